# SPDX-License-Identifier: Apache-2.0
"""A text as the reader sees it, with each line break as one, and edits in it as edits of the text as it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

Edit = tuple[int, int, str]  # from, to, and what is put there

_MARK = "\ufeff"


class Text:
    """The text of a file: ``text`` is as `parse` reads it. Raises UnicodeDecodeError where it is no UTF-8."""

    def __init__(self, data: bytes) -> None:
        whole = data.decode("utf-8")
        self._mark = _MARK if whole.startswith(_MARK) else ""
        self._raw = whole.removeprefix(_MARK)
        pairs = [found.start() for found in re.finditer("\r\n", self._raw)] if "\r" in self._raw else []
        self._pairs = [at - number for number, at in enumerate(pairs)]  # where their line breaks are in ``text``
        self.text = self._raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in self._raw else self._raw
        breaks = {"\n": self._raw.count("\n") - len(pairs), "\r\n": len(pairs)}
        breaks["\r"] = self._raw.count("\r") - len(pairs)
        self.line_end = max(breaks, key=lambda one: breaks[one])

    def with_edits(self, edits: Iterable[Edit]) -> bytes:
        """The bytes of the file with ``edits``. Raises ValueError where two of them are about the same place."""
        parts, at = [self._mark], 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            begin, stop = self._there(start), self._there(end)
            if begin < at or stop < begin:
                raise ValueError("two changes are about the same place")
            parts += [self._raw[at:begin], new.replace("\n", self.line_end)]
            at = stop
        parts.append(self._raw[at:])
        return "".join(parts).encode("utf-8")

    def _there(self, offset: int) -> int:
        return offset + bisect_left(self._pairs, offset)

    def line(self, offset: int) -> int:
        """The number of the line at an offset, from 1."""
        return self.text.count("\n", 0, offset) + 1


def line_starts(text: str) -> list[int]:
    """Offsets at which the lines of ``text`` begin, whatever ends them."""
    return [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]
