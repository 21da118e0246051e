# SPDX-License-Identifier: Apache-2.0
"""The schemas that stand in schema files, each as a judge by itself: whether an instance fits a branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple
from urllib.parse import quote

from sourcebook.finding import pointer
from sourcebook.validation.addresses import path_of
from sourcebook.validation.verdict import Verdict

_Path = tuple[str | int, ...]


class _Place(NamedTuple):
    contents: Any
    uri: str
    path: _Path
    dialect: str


class Parts:
    """The parts of schema files, which are given by their addresses."""

    def __init__(self, files: Sequence[tuple[str, Any]], compiled: Callable[[Any], Verdict]) -> None:
        """``compiled`` makes the judge of a schema that refers to one of the ``files``."""
        self._files = files
        self._compiled = compiled
        self._conditions: dict[int, Condition] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: schemas are other objects there, and are made ready there."""
        return {"_files": self._files, "_compiled": self._compiled, "_conditions": {}}

    def mention(self, keyword: str) -> bool:
        """Whether one of them has ``keyword`` somewhere."""
        return any(keyword in place.contents for place in self._places.values())

    def place_of(self, contents: Any) -> tuple[str, _Path] | None:
        """The file in which a schema stands, and where there; None where it is in none of the book."""
        place = self._places.get(id(contents))
        path = path_of(place.uri) if place else None
        return (path, place.path) if place and path else None

    def judge(self, contents: Any) -> Condition:
        """What tells whether instances fit a schema that stands in one of the files: itself, and no copy of it."""
        if id(contents) not in self._conditions:
            self._conditions[id(contents)] = Condition(partial(self._verdict, contents))
        return self._conditions[id(contents)]

    def _verdict(self, contents: Any) -> Verdict:
        place = self._places[id(contents)]
        reference = {"$ref": f"{place.uri}#{quote(pointer(place.path))}"}
        return self._compiled({"$schema": place.dialect, **reference} if place.dialect else reference)

    @cached_property
    def _places(self) -> Mapping[int, _Place]:
        """Where each mapping stands in the files."""
        found: dict[int, _Place] = {}
        for place in (place for uri, contents in self._files for place in _mappings(uri, contents)):
            found.setdefault(id(place.contents), place)
        return found


def _mappings(uri: str, contents: Any) -> Iterator[_Place]:
    dialect = contents.get("$schema", "") if isinstance(contents, dict) else ""
    waiting: list[tuple[Any, _Path]] = [(contents, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, dict):
            yield _Place(value, uri, path, dialect)
        if isinstance(value, dict | list):
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [(one, (*path, key)) for key, one in inner]


class Condition:
    """Whether instances fit a schema. It is compiled when it is first asked."""

    def __init__(self, compiled: Callable[[], Verdict]) -> None:
        self._compiled = compiled
        self._verdict: Verdict | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: it compiles the schema itself."""
        return {"_compiled": self._compiled, "_verdict": None}

    def __call__(self, instance: Any) -> bool:
        """Whether ``instance`` (plain data) fits."""
        if self._verdict is None:
            self._verdict = self._compiled()
        return self._verdict.is_valid(instance)
