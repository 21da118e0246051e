# SPDX-License-Identifier: Apache-2.0
"""What faults are made in: a book as it is edited (`edit.source`), and what of its texts may be cut out or replaced."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from sourcebook.book import steps
from sourcebook.check.result import Checked
from sourcebook.edit.source import Source as Ground
from sourcebook.edit.source import Spot
from sourcebook.mutate import spans
from sourcebook.mutate.model import Mutant
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.tables.shape import Scalar

Edit = tuple[int, int, str]  # from, to, and what is put there


class Source(Ground):
    """A book that was checked, as the ground for faults."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(checked.book, checked.plans)
        self.checked = checked

    # Values.

    def pick(self, chance: random.Random, wanted: Callable[[Spot], bool]) -> Iterator[Spot]:
        """Values in a random order, one of each record before a second of any."""
        records = list(self.records)
        chance.shuffle(records)
        waiting = []
        for record in records:
            found = [spot for spot in self.spots(record) if wanted(spot)]
            chance.shuffle(found)
            if found:
                yield found.pop()
                waiting.append(found)
        while waiting := [found for found in waiting if found]:
            for found in waiting:
                yield found.pop()

    def key_spot(self, record: Record) -> Spot | None:
        """The key of a record, where it is a property."""
        key = self.book.by_name[record.collection].key
        path = steps(key) if key else None
        return next((spot for spot in self.spots(record) if spot.path == path), None)

    # Places.

    def span(self, spot: Spot) -> spans.Span | None:
        """The span of a single value that is written on one line."""
        if isinstance(spot.value, dict | list):
            return None
        return spans.scalar(self.text(spot.record.path), self.start(spot.record, spot.path), spot.value)

    def key_start(self, spot: Spot) -> int | None:
        """Where the key of a property begins; None where it is written nowhere (an alias, a merge, a text below)."""
        text = self.text(spot.record.path)
        at = self.start(spot.record, spot.path, at_key=True)
        quoted = ("", '"', "'")
        return at if spot.name and any(text.startswith(q + spot.name + q, at) for q in quoted) else None

    def entry(self, spot: Spot) -> spans.Span | None:
        """The span of a property with its key that may be cut out and leave YAML behind."""
        text, at = self.text(spot.record.path), self.key_start(spot)
        if at is None:
            return None
        if spans.is_block(text, at):
            column = at - self._line_start(spot.record, spot.path)
            end = spans.block(text, at, column=column, dashes=isinstance(spot.value, list))
            if not spans.after_dash(text, at):
                return at - column, end
            bare = len(text[end:]) - len(text[end:].lstrip(" "))
            return (at, end + bare) if bare == column and text[end + bare : end + bare + 1] not in ("\n", "#") else None
        span = self.span(spot)
        if not span:
            return None
        after = text[span[1] :]
        if after.lstrip().startswith(","):
            return at, span[1] + len(after) - len(after.lstrip()[1:].lstrip(" "))
        before = text[:at].rstrip()
        return (len(before) - 1 if before.endswith(",") else at), span[1]

    def _line_start(self, record: Record, path: Path) -> int:
        return self.line_starts(record.path)[self.positioner.place(record, path, at_key=True).line - 1]

    def extent(self, record: Record) -> tuple[int, int, int] | None:
        """A record written in lines of its own: where its lines begin, where its value does, and where it ends."""
        text = self.text(record.path)
        start = self.start(record, ())
        begin = self._line_start(record, ())
        if not isinstance(record.value, dict) or text.startswith(("{", "["), start) or record.path.endswith(".md"):
            return None
        column = start - self.line_starts(record.path)[self.positioner.place(record, ()).line - 1]
        return begin, start, spans.block(text, start, column=column - 1)

    # Faults.

    def mutant(self, path: str, edits: Iterable[Edit], what: str, holders: Iterable[tuple[str, int]] = ()) -> Mutant:
        """The book with ``edits`` in the text of one file."""
        return self.mutants({path: list(edits)}, what, holders)

    def mutants(self, edits: dict[str, list[Edit]], what: str, holders: Iterable[tuple[str, int]] = ()) -> Mutant:
        """The book with edits in the texts of several files."""
        before, after = {}, {}
        for path, changes in edits.items():
            text = self.text(path)
            before[path] = text.encode()
            for start, end, new in sorted(changes, reverse=True):
                text = text[:start] + new + text[end:]
            after[path] = text.encode()
        return Mutant(what, before, after, frozenset(holders))

    def replaced(self, spot: Spot, new: str) -> Mutant | None:
        """The book with another text in place of a single value; None where the value is not on one line."""
        span = self.span(spot)
        if not span:
            return None
        old = self.text(spot.record.path)[slice(*span)]
        return self.mutant(spot.record.path, [(*span, new)], f"{_shown(spot)}: {old} to {new or 'nothing'}")


def _shown(spot: Spot) -> str:
    return f"{spot.record.collection} {spot.record.key} {'/'.join(map(str, spot.path))}"


__all__ = ["Edit", "Mutant", "Scalar", "Source", "Spot"]
