# SPDX-License-Identifier: Apache-2.0
"""What a fault is: the class that it belongs to, and the bytes of the files that it changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sourcebook.validation.likeness import edits


@dataclass(frozen=True)
class Mutant:
    """A book with one mistake in it: the files that differ, what was done, and where it is to be told.

    ``before`` and ``after`` are the bytes of the changed files (of a new file nothing is before). ``holders`` are the
    lines of the mappings and lists that lost something: what is gone has no line of its own.
    """

    what: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    holders: frozenset[tuple[str, int]] = frozenset()
    kind: str = field(default="", compare=False)

    def places(self) -> frozenset[tuple[str, int]]:
        """The lines, of the changed book, at which the mistake stands: those that differ, and the holders."""
        lines = {
            (path, line)
            for path, data in self.after.items()
            for line in changed_lines(_text(self.before.get(path, b"")), _text(data), gone=not self.holders)
        }
        new = {(path, 0) for path in self.after if path not in self.before}  # of which a whole file may be told
        return frozenset(lines | self.holders | new)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def changed_lines(before: str, after: str, *, gone: bool = True) -> set[int]:
    """Lines of ``after``, from 1, that ``before`` does not have there; with ``gone``, those beside removed ones too."""
    old, new = (re.split("\r\n|\r|\n", text) for text in (before, after))
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    lines: set[int] = set()
    for first, last in edits(old[start : len(old) - end], new[start : len(new) - end]):
        if first < last:
            lines.update(range(start + first + 1, start + last + 1))
        elif gone:
            lines.update(line for line in (start + first, start + first + 1) if 1 <= line <= len(new))
    return lines
