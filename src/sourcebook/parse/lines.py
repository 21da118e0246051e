# SPDX-License-Identifier: Apache-2.0
"""Places without events: those of the outer keys and values of a block YAML text whose values are known.

Each entry of a block collection begins on a line of its own, at the collection's column. Nothing else that stands at
that column can be told from an entry by its line alone, but it can be counted: where as many lines begin there as the
collection has entries, the lines are the entries.
"""

from __future__ import annotations

import re
from typing import Any

from sourcebook.parse.decode import Places
from sourcebook.parse.model import Path, Positions

_PREFIX = re.compile(
    r"(?: *+(?:#[^\n]*+)?\n)*+ *+(?:#[^\n]*+\Z)?"
)  # empty lines and comments, and the indentation of the next line
_MARKER = re.compile(r"^---(?:(?: ++#[^\n]*+| *+)\n| )", re.MULTILINE)
_COLON = re.compile(r"( *+:)(?:(?: ++#[^\n]*+| *+)(?:\n|\Z)| ++(?=([^\n#])))")


def first_line(text: str) -> int:
    """The line on which the only document of a text begins: that of its marker, or of its first content."""
    return 1 if text[:1] not in " \n#" else text.count("\n", 0, _content(text, 0)) + 1


def positions(text: str, value: Any, depth: int) -> Positions | None:
    """The places of keys and values at most ``depth`` deep; None where lines do not tell them."""
    start = _content(text, 0)
    marker = _MARKER.match(text, start)
    if marker is not None:
        start = marker.end()
    found = Positions({}, {}, {})
    scan = _Scan(text, depth, Places(text), found)
    return found if scan.block(value, start, len(text), ()) else None


def _content(text: str, start: int) -> int:
    found = _PREFIX.match(text, start)
    assert found is not None
    return found.end()


class _Scan:
    """One text. Each function says whether the lines told what was asked."""

    def __init__(self, text: str, depth: int, places: Places, found: Positions) -> None:
        self.text = text
        self.depth = depth
        self.places = places
        self.found = found

    def block(self, value: Any, start: int, end: int, path: Path) -> bool:
        """A value on lines of its own, between two offsets."""
        text = self.text
        at = _content(text, start)
        if at >= end:
            return False
        self.found.values[path] = self.places(at)
        if len(path) == self.depth or not isinstance(value, dict | list):
            return True
        line = text.rfind("\n", 0, at) + 1
        if not value or text[at] in "[{" or text[line:at].strip(" "):
            return False
        if isinstance(value, list):
            return self._items(value, line, end, at - line, path)
        return self._entries(value, line, end, at - line, path)

    def _items(self, value: list[Any], start: int, end: int, column: int, path: Path) -> bool:
        marks = list(
            re.compile(rf"^ {{{column}}}-(?: ++(?=([^ #\n]))|(?=[ \n]|\Z))", re.MULTILINE).finditer(
                self.text, start, end
            )
        )
        if len(marks) != len(value):
            return False
        for index, (item, mark) in enumerate(zip(value, marks, strict=True)):
            inner = (*path, index)
            if mark[1] is None or (len(inner) < self.depth and isinstance(item, dict | list) and item):
                return False
            self.found.values[inner] = self.places(mark.end())
        return True

    def _entries(self, value: dict[str, Any], start: int, end: int, column: int, path: Path) -> bool:
        lines = re.compile(rf"^ {{{column}}}(?![ #\n]|\Z|-(?:[ \n]|\Z))", re.MULTILINE)
        starts = [mark.end() for mark in lines.finditer(self.text, start, end)]
        if len(starts) != len(value):
            return False
        ends = [*(at - column for at in starts[1:]), end]
        return all(
            self._entry(key, item, at, to, (*path, key))
            for (key, item), at, to in zip(value.items(), starts, ends, strict=True)
        )

    def _entry(self, key: str, value: Any, at: int, end: int, path: Path) -> bool:
        text = self.text
        after = at + len(key)
        if not text.startswith(key, at):
            if text[at] not in "\"'" or not text.startswith(key + text[at], at + 1):
                return False
            after += 2
        colon = _COLON.match(text, after)
        if colon is None:
            return False
        self.found.keys[path] = self.places(at)
        if value is None and _content(text, colon.end()) >= end:
            self.found.values[path] = self.places(colon.end(1))
            return True
        if colon[2] is None:
            return self.block(value, colon.end(), end, path)
        self.found.values[path] = self.places(colon.end())
        return len(path) == self.depth or not (isinstance(value, dict | list) and value)
