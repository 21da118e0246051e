# SPDX-License-Identifier: Apache-2.0
"""The pairs of records that were looked at and judged to be different, read from ``curation/different.yaml``.

The file is a list, an entry a line: ``{collection, keys, on, why}``, of two keys. What looks for duplicates does not
tell of these again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import DIFFERENT, Different
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Document, Limits, parse
from sourcebook.validation.wording import did_you_mean

_FIELDS = ("collection", "keys", "on", "why")
_DEPTH = 3  # of an item of the keys of an entry
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_ENTRY = "- {collection: people, keys: [rosa, rosa-diaz], on: 2026-11-30, why: born in other years}"
_PAIR = 2


def read_different(
    root: Path, collections: Collection[str], limits: Limits, findings: list[Finding]
) -> tuple[Different, ...]:
    """The pairs judged different in the book in ``root``, which has a list; what is wrong is added to ``findings``."""
    data, odd = files.read_bytes(root, DIFFERENT, limits.bytes)
    if odd:
        findings.append(odd)
        return ()
    parsed = parse(data, DIFFERENT, limits, depth=_DEPTH)
    if parsed.broken or len(parsed.documents) > 1:
        found = next((one for one in parsed.findings if one.level == "error"), None)
        place = (found.line, found.column) if found else (parsed.documents[1].line, 1)
        why = found.message if found else "a second document begins here"
        findings.append(Finding(DIFFERENT, *place, "different", f"{_NO_LIST}: {why}", hint=_ENTRY))
        return ()
    if not parsed.documents or parsed.documents[0].value is None:
        return ()  # all entries were taken out
    reader = _Reader(parsed.documents[0], collections)
    pairs = tuple(reader.entries())
    findings += reader.findings
    return pairs


_NO_LIST = "this is no list of pairs that are different"


class _Reader:
    """Reads the entries of the list; ``findings`` is what is wrong with them."""

    def __init__(self, document: Document, collections: Collection[str]) -> None:
        assert document.positions is not None
        self._document = document
        self._positions = document.positions
        self._collections = collections
        self._lossy = {one.path: one.text for one in document.lossy}
        self.findings: list[Finding] = []

    def entries(self) -> Iterator[Different]:
        """Those entries that mean something."""
        if not isinstance(self._document.value, list):
            self._tell((), f"{_NO_LIST}: a list of entries is expected", _ENTRY)
            return
        for number, entry in enumerate(self._document.value):
            told = len(self.findings)
            self._judge(number, entry)
            if len(self.findings) == told:
                keys = (str(entry["keys"][0]), str(entry["keys"][1]))
                place = self._positions.value((number,))
                yield Different(entry["collection"], keys, entry["on"], entry["why"], *place, pointer((number,)))

    def _judge(self, number: int, entry: Any) -> None:
        if not isinstance(entry, dict):
            self._tell((number,), "an entry is a mapping with collection, keys, on and why", _ENTRY)
            return
        for name in entry:
            if name not in _FIELDS:
                hint = did_you_mean(name, _FIELDS) or f"an entry has {', '.join(_FIELDS)}"
                self._tell((number, name), f"{name!r} means nothing in an entry", hint, at_key=True)
        for name in _FIELDS:
            if name not in entry:
                self._tell((number,), f"the entry has no {name!r}", _ENTRY)
            elif name == "keys":
                self._keys(number, entry[name])
            else:
                self._text(number, name, entry[name])

    def _text(self, number: int, name: str, value: Any) -> None:
        where = (number, name)
        if not isinstance(value, str):
            self._tell(where, f"{name!r} is to be a text", "put it in quotes if it is one" if value else _ENTRY)
        elif not value.strip():
            self._tell(where, f"{name!r} is empty", _ENTRY)
        elif name == "on" and not _DAY.fullmatch(value):
            self._tell(where, f"{value!r} is no day", "on: 2026-11-30")
        elif name == "collection" and value not in self._collections:
            hint = did_you_mean(value, self._collections) or f"there are {', '.join(self._collections)}"
            self._tell(where, f"there is no collection {value!r}", hint)

    def _keys(self, number: int, keys: Any) -> None:
        if not isinstance(keys, list) or len(keys) != _PAIR:
            self._tell((number, "keys"), "the keys of two records are expected here", _ENTRY)
            return
        for at, key in enumerate(keys):
            where = (number, "keys", at)
            if where in self._lossy:
                self._tell(where, f"the key is read as {key}, and written {self._lossy[where]}", "put it in quotes")
            elif isinstance(key, bool) or not isinstance(key, str | int) or key == "":
                self._tell(where, "a key is a text or an integer", "put it in quotes if it is text")
        if len({str(key) for key in keys}) == 1:
            self._tell((number, "keys"), "a record is not different from itself", "name two records")

    def _tell(self, where: tuple[str | int, ...], message: str, hint: str, *, at_key: bool = False) -> None:
        place = self._positions.key(where) if at_key else self._positions.value(where)
        self.findings.append(Finding(DIFFERENT, *place, "different", message, hint=hint, pointer=pointer(where)))
