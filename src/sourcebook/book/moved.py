# SPDX-License-Identifier: Apache-2.0
"""The keys that records of a book had and have no more, read from ``curation/moved.yaml``: what leads on from each.

The file is a list, an entry a line: ``{collection, key, to, on}`` of a record that has another key now, or
``{collection, key, gone, on}`` of one that is not there any more, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import MOVED, Moved
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Document, Limits, parse
from sourcebook.validation.wording import did_you_mean

_FIELDS = ("collection", "key", "to", "gone", "on")
_DEPTH = 2  # of the values of an entry
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ENTRY = "- {collection: people, key: rosa, to: rosa-diaz, on: 2026-11-30}"


def read_moved(root: Path, collections: Collection[str], limits: Limits, findings: list[Finding]) -> tuple[Moved, ...]:
    """The moved keys of the book in ``root``, those that mean something; what is wrong is added to ``findings``."""
    data, odd = files.read_bytes(root, MOVED, limits.bytes)
    if odd:
        findings.append(odd)
        return ()
    parsed = parse(data, MOVED, limits, depth=_DEPTH)
    if parsed.broken or len(parsed.documents) > 1:
        found = next((one for one in parsed.findings if one.level == "error"), None)
        place = (found.line, found.column) if found else (parsed.documents[1].line, 1)
        why = found.message if found else "a second document begins here"
        findings.append(Finding(MOVED, *place, "moved", f"this is no list of moved keys: {why}", hint=_ENTRY))
        return ()
    if not parsed.documents or parsed.documents[0].value is None:
        return ()  # all entries were taken out
    reader = _Reader(parsed.documents[0], collections)
    moved = tuple(reader.entries())
    findings += reader.findings
    findings += _circles(moved)
    return moved


class _Reader:
    """Reads the entries of a list of moved keys; ``findings`` is what is wrong with them."""

    def __init__(self, document: Document, collections: Collection[str]) -> None:
        assert document.positions is not None
        self._document = document
        self._positions = document.positions
        self._collections = collections
        self._lossy = {one.path: one.text for one in document.lossy}
        self.findings: list[Finding] = []

    def entries(self) -> Iterator[Moved]:
        """Those entries that mean something."""
        if not isinstance(self._document.value, list):
            self._tell((), "this is no list of moved keys: a list of entries is expected", _ENTRY)
            return
        first: dict[tuple[str, str], int] = {}
        for number, entry in enumerate(self._document.value):
            told = len(self.findings)
            read = self._read(number, entry)
            if len(self.findings) > told:
                continue
            line, column = self._positions.value((number,))
            one = Moved(**read, line=line, column=column, pointer=pointer((number,)))
            if (one.collection, one.key) in first:
                message = f"{one.collection} {one.key!r} is in line {first[one.collection, one.key]} already"
                self._tell((number, "key"), message, "remove the entry that is not right")
            else:
                first[one.collection, one.key] = line
                yield one

    def _read(self, number: int, entry: Any) -> dict[str, str]:
        """The texts of an entry; what is wrong with it is told."""
        if not isinstance(entry, dict):
            self._tell((number,), "an entry is a mapping with collection, key, to or gone, and on", _ENTRY)
            return {}
        for name in entry:
            if name not in _FIELDS:
                hint = did_you_mean(name, _FIELDS) or f"an entry has {', '.join(_FIELDS)}"
                self._tell((number, name), f"{name!r} means nothing in an entry", hint, at_key=True)
        found = {name: self._text(number, name, entry[name]) for name in _FIELDS if name in entry}
        for name in ("collection", "key", "on"):
            if name not in entry:
                self._tell((number,), f"the entry has no {name!r}", _ENTRY)
        if ("to" in entry) == ("gone" in entry):
            message = "an entry says where a key has gone `to`, or why its record is `gone`"
            self._tell((number,), message + (", and not both" if "to" in entry else ""), _ENTRY)
        return found

    def _text(self, number: int, name: str, value: Any) -> str:
        """What an entry says, as a text: only keys may be numbers."""
        where = (number, name)
        if where in self._lossy:
            self._tell(where, f"{name!r} is read as {value}, and written {self._lossy[where]}", "put it in quotes")
        elif isinstance(value, bool) or not isinstance(value, str | int if name in ("key", "to") else str):
            self._tell(where, f"{name!r} is to be a text", "put it in quotes if it is one" if value else _ENTRY)
        elif isinstance(value, str) and not value.strip():
            self._tell(where, f"{name!r} is empty", _ENTRY)
        elif name == "on" and not _is_day(value):
            self._tell(where, f"{value!r} is no day", "on: 2026-11-30")
        elif name == "collection" and value not in self._collections:
            hint = did_you_mean(value, self._collections) or f"there are {', '.join(self._collections)}"
            self._tell(where, f"there is no collection {value!r}", hint)
        return str(value)

    def _tell(self, where: tuple[str | int, ...], message: str, hint: str, *, at_key: bool = False) -> None:
        place = self._positions.key(where) if at_key else self._positions.value(where)
        self.findings.append(Finding(MOVED, *place, "moved", message, hint=hint, pointer=pointer(where)))


def _is_day(text: Any) -> bool:
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        return False
    month, day = int(text[5:7]), int(text[8:])
    return 1 <= month <= 12 and 1 <= day <= 31


def _circles(moved: Iterable[Moved]) -> Iterator[Finding]:
    """A finding for each circle of keys that lead to one another, at its last entry."""
    known = {(one.collection, one.key): one for one in moved}
    passed: set[tuple[str, str]] = set()
    for start in known.values():
        way: dict[tuple[str, str], Moved] = {}
        here: Moved | None = start
        while here is not None and (here.collection, here.key) not in passed:
            passed.add((here.collection, here.key))
            way[here.collection, here.key] = here
            here = known.get((here.collection, here.to)) if here.to else None
        if here is not None and (here.collection, here.key) in way:
            circle = list(way.values())
            circle = circle[circle.index(here) :]
            last = max(circle, key=lambda one: one.line)
            told = " to ".join(repr(one.key) for one in (*circle, here))
            message = f"these keys of {last.collection} lead in a circle: {told}"
            hint = "remove the entry that is not right"
            yield Finding(MOVED, last.line, last.column, "moved", message, hint=hint, pointer=last.pointer)


def followed(moved: Iterable[Moved]) -> Mapping[tuple[str, str], Moved]:
    """By collection and key, the last entry on the way from that key: where it leads to, or why it leads nowhere.

    What leads in a circle is left out.
    """
    known = {(one.collection, one.key): one for one in moved}
    ends: dict[tuple[str, str], Moved] = {}
    for start, entry in known.items():
        way = [start]
        here = entry
        while here.to and (here.collection, here.to) in known and (here.collection, here.to) not in way:
            way.append((here.collection, here.to))
            if way[-1] in ends:
                here = ends[way[-1]]
                break
            here = known[way[-1]]
        if not (here.to and (here.collection, here.to) in known):
            ends.update(dict.fromkeys(way, here))
    return ends


__all__ = ["followed", "read_moved"]
