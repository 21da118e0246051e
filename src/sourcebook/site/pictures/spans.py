# SPDX-License-Identifier: Apache-2.0
"""Records in time: those that a timeline is to show, in its order, and how many have no place there."""

from __future__ import annotations

from collections.abc import Collection as Keys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sourcebook.content import records
from sourcebook.content.labels import Labels, chunks
from sourcebook.content.opened import Opened
from sourcebook.content.statements import Statement
from sourcebook.content.values import date
from sourcebook.extract.days import day_span, day_text
from sourcebook.extract.site import Collection
from sourcebook.extract.span_layout import NO_EARLIEST, NO_LATEST
from sourcebook.site.answer import Asked
from sourcebook.site.cards import Card
from sourcebook.site.pictures.chosen import Chosen
from sourcebook.site.pictures.frame import Row, rows
from sourcebook.sqlite import RECORDS

ROLE = "interval"


@dataclass(frozen=True, slots=True)
class Span:
    """A record from its first to its last day, by the numbers of both; what it ``lacks`` is in `span_layout`.

    ``row`` is that of the table of all records, and so tells it from those of other collections too.
    """

    first: int
    last: int
    collection: Collection = field(compare=False)
    row: int
    lacks: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are asked for: None where an end is open."""

    first: int | None = None
    last: int | None = None
    problems: tuple[str, ...] = ()

    def cut(self, first: int, last: int) -> tuple[int, int]:
        """What lies in it of the days from ``first`` to ``last``, which is something."""
        return max(first, first if self.first is None else self.first), min(
            last, last if self.last is None else self.last
        )


def window(asked: Asked) -> Window:
    """From and until when records are asked for."""
    ends: list[int | None] = []
    problems = []
    for name, end in (("from", 0), ("to", 1)):
        typed = asked.one(name).strip()
        span = day_span(typed) if typed else None
        if typed and span is None:
            problems.append(f"“{typed[:80]}” is no date: write 2015, 2015-02 or 2015-02-21.")
        ends.append(span[end] if span else None)
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        problems.append("The end lies before the beginning.")
    return Window(ends[0], ends[1], tuple(problems))


def spans_of(opened: Opened, chosen: Chosen, within: Window) -> tuple[list[Span], list[str]]:
    """The records that are shown, in order of time; and sentences on those that have no place in it."""
    found: list[Span] = []
    told: list[str] = []
    for collection in chosen.shown:
        some = list(_spans(opened, collection, chosen.rows(collection)))
        told += _lacking(opened, collection, chosen, len(some))
        found += (one for one in some if _is_within(one, within))
    return sorted(found, key=lambda one: (one.first, one.last, one.collection.number, one.row)), told


def _spans(opened: Opened, collection: Collection, only: Sequence[int] | None) -> Iterator[Span]:
    wanted = None if only is None else set(only)
    sql = "SELECT first, last, row, lacks FROM site.spans WHERE collection = ?"
    for first, last, row, lacks in opened.connection.execute(sql, (collection.number,)):
        if wanted is None or row in wanted:
            yield Span(first, last, collection, row, lacks)


def _is_within(one: Span, within: Window) -> bool:
    begins = within.last is None or one.first <= within.last
    return begins and (within.first is None or one.last >= within.first)


def _lacking(opened: Opened, collection: Collection, chosen: Chosen, found: int) -> Iterator[str]:
    rows = chosen.rows(collection)
    if rows is None:
        sql = "SELECT records, missing, wrong FROM site.span_counts WHERE collection = ?"
        records, missing, wrong = opened.connection.execute(sql, (collection.number,)).fetchone() or (0, 0, 0)
        if missing:
            yield f"{missing:,} of {records:,} in {collection.title} {_have(missing)} no date."
        if wrong:
            yield (
                f"{wrong:,} of {records:,} in {collection.title} {_have(wrong)} a date that cannot be read, "
                "or an end before the beginning."
            )
    elif len(rows) > found:
        lacking = len(rows) - found
        yield f"{lacking:,} of {len(rows):,} in {collection.title} {_have(lacking)} no date to show."


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def spans_by_key(opened: Opened, collection: Collection, keys: Iterable[str]) -> list[Span]:
    """The places in time of the records of ``keys``, of those that have one."""
    found = []
    for some in chunks(list(keys)):
        marks = ", ".join("?" * len(some))
        sql = f"""SELECT first, last, row, lacks FROM {RECORDS} AS listed
            CROSS JOIN site.spans ON spans.collection = ? AND spans.row = listed.rowid
            WHERE listed.collection = ? AND listed.key IN ({marks})"""
        for first, last, row, lacks in opened.connection.execute(sql, (collection.number, collection.name, *some)):
            found.append(Span(first, last, collection, row, lacks))
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A record in time, with its row of the table; ``when`` it was, in words, and what is said of how exact that is."""

    row: Row
    when: str
    note: str


def told(labels: Labels, spans: Sequence[Span]) -> dict[Span, Told]:
    """What is said of some records. Their labels are fetched; a statement has who says it and what answers it."""
    keys = _keys(labels, spans)
    notes = dict(_notes(labels, spans, keys))
    found = rows("timeline", labels, [(one.collection, keys[one.row], ()) for one in spans if one.row in keys])
    by_id = {(row.card.collection, row.card.key): row for row in found}
    read = {}
    for one in spans:
        row = by_id.get((one.collection.name, keys.get(one.row, "")))
        if row:
            when, note = _when(one, row.card), notes.get(one.row, "")
            read[one] = Told(Row(row.id, row.card, (when, note)), when, note)
    return read


def _keys(labels: Labels, spans: Sequence[Span]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for some in chunks([str(one.row) for one in spans]):
        sql = f"SELECT rowid, key FROM {RECORDS} WHERE rowid IN ({', '.join('?' * len(some))})"
        found |= dict(labels.opened.connection.execute(sql, some))
    return found


def _notes(labels: Labels, spans: Keys[Span], keys: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """By the number of a record, how exact its dates are, in its own words."""
    by_collection: dict[str, list[Span]] = {}
    for one in spans:
        by_collection.setdefault(one.collection.name, []).append(one)
    for some in by_collection.values():
        collection = some[0].collection
        exact = collection.field(collection.roles[ROLE].get("imprecise", ""))
        if exact is None:
            continue
        of_key = {keys[one.row]: one.row for one in some if one.row in keys}
        for record in records.read(labels, collection, list(of_key), [exact]):
            yield of_key[record.key], "; ".join(one.text for part in record.parts for one in part.values)


def _when(one: Span, card: Card | Statement) -> str:
    if isinstance(card, Card) and card.when:
        return card.when.text
    first, last = date(day_text(one.first)).text, date(day_text(one.last)).text
    if one.lacks == NO_EARLIEST:
        return f"until {last}"
    if one.lacks == NO_LATEST:
        return f"from {first}"
    return first if one.first == one.last else f"between {first} and {last}"
