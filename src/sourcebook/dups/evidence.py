# SPDX-License-Identifier: Apache-2.0
"""What else than names speaks for two records being one, or against it: dates, and what identifies them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sourcebook.book import steps
from sourcebook.dups.fields import DATE
from sourcebook.dups.model import Compared, Reason
from sourcebook.records.model import Record
from sourcebook.tables.reference_paths import written

# How much of what names leave open a date closes that is the same to the year, the month, the day.
_GAIN = (0.0, 0.1, 0.25, 0.4)
_DAY = 3
_CONFLICT = 0.2  # what a date that is another takes away; and identifiers that are
_SLIP = 0.05  # what a date takes away that is nearly the same
_MOST_CONFLICTS = 2
_SAME_IDENTIFIER = 0.7  # how much of what names leave open an identifier closes that both have
_LEAST_BY_IDENTIFIER = 0.6  # whatever their names are


class Evidence:
    """The dates and identifiers of records, by their numbers: looked up once for each."""

    def __init__(self, by: Compared, records: Sequence[Record]) -> None:
        self._dates = {path: steps(path) for path in by.dates}
        self._identifiers = {path: steps(path) for path in by.identifiers}
        self.paths_of_dates = frozenset(by.dates)
        self.dates = [self._dated(record) for record in records] if by.dates else [{}] * len(records)
        self.identifiers = [self._identified(one) for one in records] if by.identifiers else [{}] * len(records)
        self._shared = [
            {(path, date[:4]) for path, date in dates.items()} | {(path, one) for path in found for one in found[path]}
            for dates, found in zip(self.dates, self.identifiers, strict=True)
        ]

    def may_gain(self, one: int, other: int) -> bool:
        """Whether two records may look more alike than their names do."""
        return not self._shared[one].isdisjoint(self._shared[other])

    def _dated(self, record: Record) -> Mapping[str, str]:
        """The dates of a record, by path: the day, the month or the year."""
        found = {}
        for path, way in self._dates.items():
            text = next((str(one) for _, one in written(record.value, way)), "").partition("T")[0]
            if DATE.fullmatch(text):
                found[path] = text
        return found

    def _identified(self, record: Record) -> Mapping[str, frozenset[str]]:
        """The identifiers of a record, by path."""
        found = {path: frozenset(_texts(record.value, way)) for path, way in self._identifiers.items()}
        return {path: texts for path, texts in found.items() if texts}

    def weighed(self, one: int, other: int, names: float) -> tuple[float, list[Reason]]:
        """How much two records look alike whose names do so by ``names``, and the reasons besides names."""
        left, minus, conflicts = 1 - names, 0.0, 0
        reasons: list[Reason] = []
        theirs = self.dates[other]
        for path, date in self.dates[one].items():
            if path not in theirs:
                continue
            kind, precision = compared(date, theirs[path])
            both = f"{date} and {theirs[path]}"
            if kind == "agrees":
                left *= 1 - _GAIN[precision]
                told = date if date == theirs[path] else both
                reasons.append(Reason("date", "for", f"{path} agrees: {told}"))
            elif kind == "slip":
                minus += _SLIP
                reasons.append(Reason("date", "against", f"{path} is nearly the same: {both}"))
            else:
                conflicts += 1
                reasons.append(Reason("date", "against", f"{path} is another: {both}"))
        minus += _CONFLICT * min(conflicts, _MOST_CONFLICTS)
        return self._by_identifiers(one, other, left, minus, reasons)

    def _by_identifiers(
        self, one: int, other: int, left: float, minus: float, reasons: list[Reason]
    ) -> tuple[float, list[Reason]]:
        theirs = self.identifiers[other]
        least, differ = 0.0, False
        for path, texts in self.identifiers[one].items():
            shared = texts & theirs.get(path, frozenset())
            if shared:
                left *= 1 - _SAME_IDENTIFIER
                least = _LEAST_BY_IDENTIFIER
                reasons.append(Reason("identifier", "for", f"{path} is the same: {', '.join(sorted(shared))}"))
            elif path in theirs:
                differ = True
                both = f"{', '.join(sorted(texts))} and {', '.join(sorted(theirs[path]))}"
                reasons.append(Reason("identifier", "against", f"{path} is another: {both}"))
        minus += _CONFLICT if differ and not least else 0.0
        return min(1.0, max(least, 1 - left - minus)), reasons


def compared(one: str, other: str) -> tuple[str, int]:
    """How two dates compare: whether one agrees, is a slip of the other or is another; and to how many of its parts."""
    parts, others = one.split("-"), other.split("-")
    shared = min(len(parts), len(others))
    if parts[:shared] == others[:shared]:
        return "agrees", shared
    if len(parts) == len(others):
        swapped = len(parts) == _DAY and [parts[0], parts[2], parts[1]] == others
        differing = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        turned = len(differing) == len("ab") and sorted(one) == sorted(other) and differing[1] - differing[0] == 1
        if swapped or turned or len(differing) == 1:
            return "slip", shared
    return "other", shared


def _texts(value: Any, way: tuple[str, ...]) -> Iterator[str]:
    for _, one in written(value, way):
        if isinstance(one, str | int) and not isinstance(one, bool) and str(one).strip():
            yield str(one).strip().rstrip("/").casefold()
