# SPDX-License-Identifier: Apache-2.0
"""The numbers of records, in the order of the book: those of new ones lie between their neighbours'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sourcebook.dev.files import Files
from sourcebook.dev.numbers import between
from sourcebook.records.model import Source, Stand

Place = tuple[str, str]
"""Of a file: its collection and its path."""


class Order:
    """Where the records of a file come among all."""

    def __init__(
        self, files: Files, numbers: Mapping[str, Mapping[str, int]], keys: Mapping[Place, Sequence[str]], step: int
    ) -> None:
        """``numbers`` are those of records by collection and key, ``keys`` those in each file: both change with it."""
        self._files, self._numbers, self._keys, self._step = files, numbers, keys, step

    def places(self, source: Source, numbers: Sequence[int | None]) -> list[int] | None:
        """The numbers of a file's records, of which some have one; None where there is no room for the others."""
        if None not in numbers:
            return [number for number in numbers if number is not None]
        made: list[int] = []
        before, end = self._neighbours(source)
        at = 0
        while at < len(numbers):
            if (number := numbers[at]) is not None:
                made.append(number)
                before, at = number, at + 1
                continue
            last = at
            while last < len(numbers) and numbers[last] is None:
                last += 1
            after = numbers[last] if last < len(numbers) else end
            some = between(before, after, last - at, self._step)
            if some is None:
                return None
            made += some
            before, at = made[-1], last
        return made

    def _neighbours(self, source: Source) -> tuple[int, int | None]:
        """The number of the last record before a file, and of the first after it, which may be of other collections."""
        name, names = source.collection.name, [*self._numbers]
        earlier, later = self._files.around(source)
        at = names.index(name)
        before, after = self._end(name, earlier, last=True), self._end(name, later, last=False)
        for other in reversed(names[:at]) if before is None else ():
            before = max(self._numbers[other].values(), default=None)
            if before is not None:
                break
        for other in names[at + 1 :] if after is None else ():
            after = min(self._numbers[other].values(), default=None)
            if after is not None:
                break
        return before or 0, after

    def _end(self, name: str, paths: Iterable[str], *, last: bool) -> int | None:
        """The number of the nearest record of a collection in files that come one after the other."""
        numbers = self._numbers[name]
        for path in paths:
            there = [numbers[key] for key in self._keys.get((name, path), ()) if key in numbers]
            if there:
                return max(there) if last else min(there)
        return None


def numbers_of(stands: Mapping[str, Mapping[str, Stand]], step: int) -> dict[str, dict[str, int]]:
    """Numbers for all records of a book, a ``step`` apart, by collection and key."""
    number = 0
    found: dict[str, dict[str, int]] = {}
    for name, some in stands.items():
        found[name] = {}
        for key in some:
            number += step
            found[name][key] = number
    return found
