# SPDX-License-Identifier: Apache-2.0
"""A list that curators keep of records beside them, in a file of ``curation/``: entries, each told where it is odd.

What is a list of what stands in the module that asks: its names, what each is to be, and what else is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Document, Limits, parse
from sourcebook.validation.wording import did_you_mean

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Form:
    """What a list is made of: its file, the rule that judges it, and in words what it is; an entry as an example.

    ``fields`` are the names that an entry may have, those of ``needed`` it has to have; ``keys`` are those that are
    keys of records, which may be numbers. ``depth`` is how deep an entry is nested.
    """

    path: str
    rule: str
    what: str
    example: str
    fields: tuple[str, ...]
    needed: tuple[str, ...]
    names: str
    keys: tuple[str, ...] = ()
    depth: int = 2


class Entries:
    """The entries of a list; ``findings`` is what is wrong with them, so far.

    ``others`` judge the values of a field that is no text, ``whole`` what the fields of an entry are together.
    """

    def __init__(
        self,
        form: Form,
        collections: Collection[str],
        others: Mapping[str, Callable[[Entries, int, Any], None]] | None = None,
        whole: Callable[[Entries, int, dict[str, Any]], None] | None = None,
    ) -> None:
        self.form = form
        self.findings: list[Finding] = []
        self._collections = collections
        self._others = others or {}
        self._whole = whole
        self._document: Document | None = None
        self._lossy: dict[tuple[str | int, ...], str] = {}

    def read(self, root: Path, limits: Limits) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries with nothing odd, each with its number. One is odd too where who asks says so meanwhile."""
        form = self.form
        data, odd = files.read_bytes(root, form.path, limits.bytes)
        if odd:
            self.findings.append(odd)
            return
        parsed = parse(data, form.path, limits, depth=form.depth)
        if parsed.broken or len(parsed.documents) > 1:
            found = next((one for one in parsed.findings if one.level == "error"), None)
            place = (found.line, found.column) if found else (parsed.documents[1].line, 1)
            why = found.message if found else "a second document begins here"
            message = f"this is no list of {form.what}: {why}"
            self.findings.append(Finding(form.path, *place, form.rule, message, hint=form.example))
            return
        if not parsed.documents or parsed.documents[0].value is None:
            return  # all entries were taken out
        self._document = parsed.documents[0]
        self._lossy = {one.path: one.text for one in self._document.lossy}
        entries = self._document.value
        if not isinstance(entries, list):
            self.tell((), f"this is no list of {form.what}: a list of entries is expected")
            return
        for number, entry in enumerate(entries):
            told = len(self.findings)
            self._judge(number, entry)
            if len(self.findings) == told:
                yield number, entry

    def _judge(self, number: int, entry: Any) -> None:
        form = self.form
        if not isinstance(entry, dict):
            self.tell((number,), f"an entry is a mapping with {form.names}")
            return
        for name in entry:
            if name not in form.fields:
                hint = did_you_mean(name, form.fields) or f"an entry has {', '.join(form.fields)}"
                self.tell((number, name), f"{name!r} means nothing in an entry", hint, at_key=True)
        for name in form.fields:
            if name not in entry:
                if name in form.needed:
                    self.tell((number,), f"the entry has no {name!r}")
            elif name in self._others:
                self._others[name](self, number, entry[name])
            else:
                self.text(number, name, entry[name])
        if self._whole:
            self._whole(self, number, entry)

    def text(self, number: int, name: str, value: Any) -> None:
        """Judge a value that is to be a text."""
        where = (number, name)
        if where in self._lossy:
            self.lossy(where, repr(name), value)
        elif isinstance(value, bool) or not isinstance(value, str | int if name in self.form.keys else str):
            self.tell(where, f"{name!r} is to be a text", "put it in quotes if it is one" if value else "")
        elif isinstance(value, str) and not value.strip():
            self.tell(where, f"{name!r} is empty")
        elif name == "on" and not _DAY.fullmatch(value):
            self.tell(where, f"{value!r} is no day", "on: 2026-11-30")
        elif name == "collection" and value not in self._collections:
            hint = did_you_mean(value, self._collections) or f"there are {', '.join(self._collections)}"
            self.tell(where, f"there is no collection {value!r}", hint)

    def lossy(self, where: tuple[str | int, ...], what: str, value: Any) -> bool:
        """Whether a value is not what is written there, which is told."""
        if where not in self._lossy:
            return False
        self.tell(where, f"{what} is read as {value}, and written {self._lossy[where]}", "put it in quotes")
        return True

    def tell(self, where: tuple[str | int, ...], message: str, hint: str = "", *, at_key: bool = False) -> None:
        """Say what is wrong at a place; without a hint, it is the example."""
        place = self._place(where, at_key=at_key)
        form = self.form
        self.findings.append(
            Finding(form.path, *place, form.rule, message, hint=hint or form.example, pointer=pointer(where))
        )

    def place(self, number: int) -> dict[str, Any]:
        """Where an entry stands, as the carriers have it."""
        line, column = self._place((number,))
        return {"line": line, "column": column, "pointer": pointer((number,))}

    def _place(self, where: tuple[str | int, ...], *, at_key: bool = False) -> tuple[int, int]:
        assert self._document is not None
        assert self._document.positions is not None
        positions = self._document.positions
        return positions.key(where) if at_key else positions.value(where)


__all__ = ["Entries", "Form"]
