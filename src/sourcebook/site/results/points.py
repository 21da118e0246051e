# SPDX-License-Identifier: Apache-2.0
"""Rows as charts draw them: where each stands, between which ends, and what is said of it in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.content.statements import Statement, attributed
from sourcebook.content.values import Shown, is_part_of_date
from sourcebook.site.scales import Span, span

Cells = Mapping[int, Shown]
Said = Mapping[int, tuple[Statement, ...]]


@dataclass(frozen=True, slots=True)
class Point:
    """A row that has a place: its label, the figure in words, a single value, and the ends of a range; each may lack.

    Of ``low`` and ``high`` one is missing where that end is not known.
    """

    label: str
    figure: str
    value: Span | None
    low: Span | None = None
    high: Span | None = None
    unit: str = ""
    statements: tuple[Statement, ...] = ()

    @property
    def ends(self) -> Span | None:
        """From where to where it may be, as far as that is known; None where it has no ends."""
        known = [end for some in (self.low, self.high) if some for end in some]
        if known and not (self.low and self.high):
            known += self.value or ()
        return (min(known), max(known)) if known else None

    @property
    def reach(self) -> tuple[float, ...]:
        """All that is to stand on the scale."""
        return (*(self.value or ()), *(self.ends or ()))

    @property
    def answered(self) -> tuple[str, ...]:
        """How its statements are answered, a word each: denied."""
        answers = (some for one in self.statements for some in one.answers if not some.forward)
        return tuple(dict.fromkeys(some.short for some in answers))

    @property
    def text(self) -> str:
        """All that is said of it; its statements with who says them, and with what answers them."""
        told = f"{self.label}: {self.figure}" if self.label else self.figure
        return " — ".join([told, *map(attributed, self.statements)])


@dataclass
class Points:
    """Rows that have a place; how many values have none (``odd``), and how many rows' ends are ``turned`` around."""

    points: list[Point]
    odd: int = 0
    turned: int = 0


def points(
    kind: str,
    columns: Mapping[str, int | None],
    rows: Iterable[tuple[Sequence[Any], Cells, Said]],
    *,
    dated: bool,
) -> Points:
    """The rows that have a place; ``columns`` are the places of those that a chart of this ``kind`` is drawn of."""
    found = Points([])
    for row, cells, said in rows:
        read = dict(_read(kind, columns, row, dated=dated))
        found.odd += sum(1 for place in read.values() if place is None)
        known = {part: place for part, place in read.items() if place is not None}
        low, high = known.get("low"), known.get("high")
        found.turned += bool(low and high and low[0] > high[1])
        if known:
            texts = {part: cells[index].text for part, index in columns.items() if index is not None and index in cells}
            figure = _figure(kind, texts, known, dated=dated)
            statements = {(one.collection, one.key): one for some in said.values() if len(some) == 1 for one in some}
            found.points.append(
                Point(
                    texts.get("by", ""),
                    f"{figure}, {texts['note']}" if texts.get("note") else figure,
                    known.get(kind),
                    low,
                    high,
                    texts.get("unit", ""),
                    tuple(statements.values()),
                )
            )
    return found


def are_dates(values: Iterable[Any]) -> bool:
    """Whether what stands in a column is dates, of which one at least is more than a year."""
    return any(isinstance(one, str) and "-" in one[1:] and is_part_of_date(one) for one in values)


def _read(
    kind: str, columns: Mapping[str, int | None], row: Sequence[Any], *, dated: bool
) -> Iterator[tuple[str, Span | None]]:
    for part in (kind, "low", "high"):
        index = columns.get(part)
        if index is not None and row[index] is not None:
            yield part, span(row[index], dated=dated)


def _figure(kind: str, texts: Mapping[str, str], known: Mapping[str, Span], *, dated: bool) -> str:
    """The figure and its ends in words: ``10 (5–20) km``, ``at least 5 km``, ``from May 1911``."""
    low, high = (texts.get(part, "") if part in known else "" for part in ("low", "high"))
    if low and high:
        between = low if low == high else f"between {low} and {high}" if dated else f"{low}–{high}"
    elif low or high:
        words = ("from", "until") if dated else ("at least", "at most")
        between = f"{words[0]} {low}" if low else f"{words[1]} {high}"
    else:
        between = ""
    alone = texts.get(kind, "") if kind in known else ""
    if alone and alone not in (low, high):
        between = f"{alone} ({between})" if between else alone
    return " ".join(filter(None, (between, texts.get("unit", ""))))
