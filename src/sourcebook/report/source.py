# SPDX-License-Identifier: Apache-2.0
"""The line of a file that a finding is about, with a mark under the place, for a terminal.

What stands in the line may be hostile: controls are shown as escapes, and the mark stays under its character though
others before it are wide, combining, tabs or escapes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from sourcebook import files
from sourcebook.finding import printable

_MOST_BYTES = 64 * 1024 * 1024
_TAB = 4


class Sources:
    """The lines of a book's files, each file read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lines: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str | None:
        """Line ``number`` of the file, from 1; None where it cannot be read."""
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return lines[number - 1] if 0 < number <= len(lines) else None

    def _read(self, path: str) -> list[str]:
        try:
            data, odd = files.read_bytes(self._root, path, _MOST_BYTES)
        except (OSError, ValueError):
            return []
        return [] if odd else re.split("\r\n|\r|\n", data.decode("utf-8", "replace").removeprefix("\ufeff"))


def marked(line: str, column: int, width: int) -> tuple[str, str]:
    """``line`` as it may be shown, cut to ``width`` cells around ``column`` (from 1), and a line with the mark."""
    begin = max(column - 1 - _AROUND, 0)
    part = line[begin : column - 1 + _AROUND]
    cells = list(_cells(part))
    at = min(column - 1 - begin, len(cells))
    before = sum(size for _, size in cells[:at])
    total = sum(size for _, size in cells)
    start, end = 0, len(cells)
    if total > width:
        while start < at and before > width // 2:  # the place is in the first half of what is shown
            before -= cells[start][1]
            start += 1
        room = width - 2
        end = start
        while end < len(cells) and cells[end][1] <= room:
            room -= cells[end][1]
            end += 1
    head = "…" if begin or start else ""
    tail = "…" if end < len(cells) or begin + len(part) < len(line) else ""
    shown = head + "".join(text for text, _ in cells[start:end]) + tail
    return shown, " " * (before + len(head)) + "^"


_AROUND = 2_000  # characters on both sides of a place that are looked at: a line may have millions


def _cells(line: str) -> Iterator[tuple[str, int]]:
    """What each character of a line is shown as, and how many cells of a terminal that takes."""
    position = 0
    for character in line:
        if character == "\t":
            text = " " * (_TAB - position % _TAB)
            size = len(text)
        else:
            text = printable(character)
            size = len(text) if text != character else _width(character)
        position += size
        yield text, size


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
