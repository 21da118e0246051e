# SPDX-License-Identifier: Apache-2.0
"""The parts of a set as they are read: each member is asked for by what it has to be, and refused where it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sourcebook.changeset.model import Refused, Run
from sourcebook.changeset.package import is_path
from sourcebook.exact import loads
from sourcebook.finding import printable

_HASH = re.compile(r"[0-9a-f]{64}")


class Part:
    """An object of the form, of which every member is asked for by its type."""

    def __init__(self, value: Any, where: str) -> None:
        self.where = where
        if not isinstance(value, dict):
            raise self.wrong("is no object")
        self.value = value

    def wrong(self, why: str, name: str = "") -> Refused:
        """What is raised of a member."""
        return Refused(f"the set is damaged: {printable(f'{self.where}/{name}' if name else self.where or '/')} {why}")

    def only(self, *names: str, also: tuple[str, ...] = ()) -> None:
        """Hold it to have these members and no others."""
        for name in names:
            if name not in self.value:
                raise self.wrong("is missing", name)
        for name in self.value:
            if name not in names and name not in also:
                raise self.wrong("is no part of one", name)

    def text(self, name: str, *, line: bool = False) -> str:
        """A text; with ``line`` one that takes one line."""
        value = self.value[name]
        if not isinstance(value, str) or _SURROGATE.search(value) or (line and "\n" in value):
            raise self.wrong("is no text" if not line else "is no text of one line", name)
        return value

    def document(self) -> str:
        """The text of a document, which is JSON."""
        text = self.text("document", line=True)
        try:
            loads(text)
        except ValueError as error:
            raise self.wrong("is no JSON", "document") from error
        return text

    def hash(self, name: str) -> str:
        """A SHA-256."""
        value = self.value[name]
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise self.wrong("is no SHA-256", name)
        return value

    def path(self, name: str) -> str:
        """The path of a file of a package."""
        value = self.value[name]
        if not isinstance(value, str) or not is_path(value):
            raise self.wrong("is no path of a file of a package", name)
        return value

    def number(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self.value[name]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGE:
            raise self.wrong("is no number that it may be", name)
        return value

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self.value[name]
        if not isinstance(value, bool):
            raise self.wrong("is neither true nor false", name)
        return value

    def none_or(self, name: str, of: Callable[[str], Any]) -> Any:
        """None, or what is asked for."""
        return None if self.value[name] is None else of(name)

    def each(self, name: str) -> list[Part]:
        """The objects of a list."""
        value = self.value[name]
        if not isinstance(value, list):
            raise self.wrong("is no list", name)
        return [Part(item, f"{self.where}/{name}/{number}") for number, item in enumerate(value)]

    def items(self, name: str) -> Iterator[tuple[str, Any]]:
        """The members of an object, by name."""
        yield from Part(self.value[name], f"{self.where}/{name}").value.items()

    def runs(self, name: str) -> tuple[Run, ...]:
        """Runs of places."""
        if not isinstance(self.value[name], list):
            raise self.wrong("is no list", name)
        return tuple(self.run(name, item) for item in self.value[name])

    def run(self, name: str, item: Any) -> Run:
        """One run."""
        if not isinstance(item, list) or len(item) != len(("start", "count")):
            raise self.wrong("holds what is neither a run of lines nor a text", name)
        start, count = item
        for one in item:
            if not isinstance(one, int) or isinstance(one, bool) or not 0 <= one < _LARGE:
                raise self.wrong("holds a run of lines that is none", name)
        return start, count

    def parts(self, name: str) -> tuple[Run | str, ...]:
        """Runs and texts."""
        if not isinstance(self.value[name], list):
            raise self.wrong("is no list", name)
        return tuple(self._part(name, one) for one in self.value[name])

    def _part(self, name: str, one: Any) -> Run | str:
        if isinstance(one, str) and _SURROGATE.search(one):
            raise self.wrong("holds what is no text", name)
        return one if isinstance(one, str) else self.run(name, one)


_LARGE = 2**40
_SURROGATE = re.compile("[\ud800-\udfff]")
