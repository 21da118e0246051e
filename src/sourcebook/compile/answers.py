# SPDX-License-Identifier: Apache-2.0
"""What stands in derived columns (`tables.derived`), from the links and labels of a database whose rows are all there.

Values are made for the whole book, and those that are not there yet are put in: so a database that was patched comes to
the same as a new one. How much a row is told of is bounded, since many rows may be answered by the same statements.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sourcebook.book import AnswerKind, Book
from sourcebook.exact import dumps
from sourcebook.sqlite import INDEPENDENCE, RECORDS, quote
from sourcebook.tables import Plan, Table
from sourcebook.tables.answer_words import Brief, Time, in_words, named
from sourcebook.tables.derived import (
    ANSWERS,
    PUBLISHED_IN,
    SAID_BY,
    Derivation,
    Resting,
    Spot,
    derivation,
    tells_origins,
)

Key = tuple[str, Any]  # of a statement: its collection and its key there
_Row = tuple[Any, ...]  # the primary key of a row
_Values = tuple[str | None, ...]  # of its derived columns


def derive(connection: sqlite3.Connection, book: Book, plans: Mapping[str, Plan]) -> set[str]:
    """Fill the derived columns, and the table of origins; the names of the tables with columns that were changed."""
    _count_origins(connection, book, plans)
    return derive_columns(connection, book, plans)


def derive_columns(connection: sqlite3.Connection, book: Book, plans: Mapping[str, Plan]) -> set[str]:
    """Fill the derived columns alone. Tables may lack what these are not made from, that of records but keys."""
    tables = {table.name: table for plan in plans.values() for table in plan.tables if table.derived}
    if not tables:
        return set()
    made = _Made(connection, plans, derivation(book, plans))
    return {name for name, table in tables.items() if _put(connection, table, made.values(table))}


def _count_origins(connection: sqlite3.Connection, book: Book, plans: Mapping[str, Plan]) -> None:
    if tells_origins(book):
        from sourcebook.compile.origins import fill  # which most books do not need

        fill(connection, book, plans)
    else:
        connection.execute(f"DROP TABLE IF EXISTS {INDEPENDENCE}")


def spoken(connection: sqlite3.Connection, book: Book, plans: Mapping[str, Plan]) -> dict[tuple[str, str], _Values]:
    """By collection and key, who says each statement of a book, and where it was published; of those that tell."""
    made = _Made(connection, plans, derivation(book, plans))
    found: dict[tuple[str, str], _Values] = {}
    for name in made.derivation.parts:
        keys = [(name, key) for (key,) in connection.execute(_KEYS.format(*map(quote, _own_key(plans[name]))))]
        by, published_in = made.part(keys, "by"), made.part(keys, "in")
        for key in keys:
            told = (named(by.get(key, ())), named(published_in.get(key, ())))
            if any(told):
                found[name, str(key[1])] = told
    return found


_KEYS = "SELECT {} FROM {}"


def _own_key(plan: Plan) -> tuple[str, str]:
    own = plan.tables[0]
    return own.primary_key[0], own.name


def _put(connection: sqlite3.Connection, table: Table, values: Mapping[_Row, _Values]) -> bool:
    """Put in what is not there yet; whether anything was not."""
    names = [quote(column.name) for column in table.derived]
    key = [quote(name) for name in table.primary_key]
    there = {
        row[: len(key)]: row[len(key) :]
        for row in connection.execute(
            f"SELECT {', '.join(key + names)} FROM {quote(table.name)} "
            f"WHERE {' OR '.join(f'{name} IS NOT NULL' for name in names)}"
        )
    }
    nothing = (None,) * len(names)
    changed = [(*values.get(row, nothing), *row) for row in there if values.get(row, nothing) != there[row]]
    changed += [(*new, *row) for row, new in values.items() if row not in there and new != nothing]
    to = ", ".join(f"{name} = ?" for name in names)
    where = " AND ".join(f"{name} = ?" for name in key)
    connection.executemany(f"UPDATE {quote(table.name)} SET {to} WHERE {where}", changed)
    return bool(changed)


_Links = Mapping[Key, Mapping[AnswerKind, Collection[Key]]]


@dataclass
class _Made:
    """The values of derived columns. What is known of statements is read once, of those that are told of."""

    connection: sqlite3.Connection
    plans: Mapping[str, Plan]
    derivation: Derivation
    _briefs: dict[Key, Brief] = field(default_factory=dict)
    _order: dict[Key, Time] = field(default_factory=dict)  # of what answers, once the links are there

    def values(self, table: Table) -> Mapping[_Row, _Values]:
        """By the primary key of a row of ``table``, what stands in its derived columns; of rows that have something."""
        resting = next((one for one in self.derivation.resting if one.table.name == table.name), None)
        return self._of_rows(table, resting) if resting else self._of_statements(table)

    @cached_property
    def _links(self) -> _Links:
        """By statement and way, what answers it, in the order of time; of several ways, that of readers."""
        found: dict[Key, dict[AnswerKind, dict[Key, None]]] = {}
        for one in self.derivation.answering:
            pairs = [((one.of, to), (one.by, by)) for by, to in self._references(one.spot, one.column)]
            if one.kind.symmetric:
                pairs += [(by, of) for of, by in pairs]
            for of, by in pairs:
                found.setdefault(of, {}).setdefault(one.kind, {})[by] = None
        self._order |= self._times({key for ways in found.values() for some in ways.values() for key in some})
        return {
            of: {
                kind: sorted(found[of][kind], key=self._order.__getitem__)
                for kind in self.derivation.kinds[of[0]]
                if kind in found[of]
            }
            for of in found
        }

    def _references(self, spot: Spot, column: str) -> Iterator[tuple[Any, Any]]:
        """The rows that refer by a column, each with the key that it has there, in order."""
        return self.connection.execute(
            f"SELECT {quote(spot.row)}, {quote(column)} FROM {quote(spot.table.name)} "
            f"WHERE {quote(column)} IS NOT NULL ORDER BY {spot.table.order}"
        )

    def _times(self, keys: Collection[Key]) -> Mapping[Key, Time]:
        """When statements were said, those without a date last; then their place among all records."""
        found: dict[Key, Time] = {}
        for name in dict.fromkeys(name for name, _ in keys):
            rows = self.connection.execute(f"SELECT key, rowid FROM {RECORDS} WHERE collection = ?", (name,))
            places: dict[str, int] = dict(iter(rows))
            some = [key for of, key in keys if of == name]
            days = self._days(name, some)
            found |= {(name, key): (key not in days, days.get(key, ""), places.get(str(key), 0)) for key in some}
        return found

    def _days(self, name: str, keys: Sequence[Any]) -> Mapping[Any, str]:
        """On which day, or in which month or year, statements were said, as texts; of those that say so."""
        spot = self.derivation.parts[name].get("on")
        found: dict[Any, str] = {}
        for key, value in self._rows(spot.table, [spot.row, spot.column], keys) if spot else ():
            if value not in (None, ""):
                found.setdefault(key, _text(value))
        return found

    # --- statements ---------------------------------------------------------------------------------------------------

    def _of_statements(self, table: Table) -> Mapping[_Row, _Values]:
        name = table.collection
        kinds = self.derivation.kinds[name]
        several = {kind: len(self.derivation.answerers(name, kind)) > 1 for kind in kinds}
        answered = [key for key in self._links if key[0] == name]
        self._read_answers(answered)
        return {
            (key[1],): (
                *(self._keys(key, kind, collections=several[kind]) for kind in kinds),
                in_words((key,), self._links, self._briefs, self._order),
            )
            for key in answered
        }

    def _keys(self, key: Key, kind: AnswerKind, *, collections: bool) -> str | None:
        found = self._links[key].get(kind, ())
        return dumps([f"{name}/{one}" if collections else one for name, one in found]) if found else None

    # --- rows that rest on statements ---------------------------------------------------------------------------------

    def _of_rows(self, table: Table, resting: Resting) -> Mapping[_Row, _Values]:
        rows = self._rest_on(resting)
        every = dict.fromkeys(key for some in rows.values() for key in some)
        by, published_in = self.part(every, "by"), self.part(every, "in")
        self._read_answers(every)
        made: dict[str, Callable[[Sequence[Key]], str | None]] = {
            SAID_BY: lambda keys: named(name for key in keys for name in by.get(key, ())),
            PUBLISHED_IN: lambda keys: named(name for key in keys for name in published_in.get(key, ())),
            ANSWERS: lambda keys: in_words(keys, self._links, self._briefs, self._order),
        }
        ways = [made[column.name] for column in table.derived]
        return {row: tuple(way(keys) for way in ways) for row, keys in rows.items()}

    def part(self, keys: Collection[Key], part: str) -> Mapping[Key, tuple[str, ...]]:
        """What stands in a part of statements, by statement."""
        return {
            (name, key): texts
            for name in dict.fromkeys(name for name, _ in keys)
            if part in self.derivation.parts[name]
            for key, texts in self._labelled(
                self.derivation.parts[name][part], [key for of, key in keys if of == name]
            ).items()
        }

    def _rest_on(self, resting: Resting) -> Mapping[_Row, Sequence[Key]]:
        """By the primary key of a row, the statements that it refers to, in order, each once."""
        found: dict[_Row, dict[Key, None]] = {}
        for spot in resting.spots:
            own = spot.table.name == resting.table.name
            key = resting.table.primary_key if own else (spot.row,)
            columns = [*key, *(column for _, column in spot.links)]
            rows = self.connection.execute(
                f"SELECT {', '.join(map(quote, columns))} FROM {quote(spot.table.name)} ORDER BY {spot.table.order}"
            )
            names = [name for name, _ in spot.links]
            for row in rows:
                for name, to in zip(names, row[len(key) :], strict=True):
                    if to is not None:
                        found.setdefault(row[: len(key)], {})[name, to] = None
        return {row: tuple(keys) for row, keys in found.items()}

    # --- what statements say ------------------------------------------------------------------------------------------

    def _read_answers(self, keys: Iterable[Key]) -> None:
        """Read of what answers statements all that is told; what answers that is told by its speakers."""
        answers = {other for key in keys for some in self._links.get(key, {}).values() for other in some}
        beyond = {other for key in answers for some in self._links.get(key, {}).values() for other in some}
        self._read_briefs(answers | beyond)

    def _read_briefs(self, keys: Collection[Key]) -> None:
        for name in dict.fromkeys(name for name, _ in keys):
            new = [key for of, key in keys if of == name and (of, key) not in self._briefs]
            if new:
                parts = self.derivation.parts[name]
                said = {part: self._labelled(parts[part], new) for part in _TOLD if part in parts}
                self._briefs |= {
                    (name, key): Brief(str(key), *(said.get(part, {}).get(key, ()) for part in _TOLD)) for key in new
                }

    def _labelled(self, spot: Spot, keys: Sequence[Any]) -> Mapping[Any, tuple[str, ...]]:
        """What stands at a spot in each of the records ``keys``: texts, and labels of what is referred to."""
        columns = [spot.row, spot.column, *(column for _, column in spot.links)]
        found: dict[Any, list[tuple[Any, Key | None]]] = {}
        for key, value, *led in self._rows(spot.table, columns, keys):
            to = next(((name, one) for (name, _), one in zip(spot.links, led, strict=True) if one is not None), None)
            if value is not None or to:
                found.setdefault(key, []).append((value, to))
        wanted = dict.fromkeys(to for some in found.values() for _, to in some if to)
        labels = {
            (name, key): label
            for name in dict.fromkeys(name for name, _ in wanted)
            for key, label in self._labels(name, [key for of, key in wanted if of == name])
        }
        return {
            key: tuple(labels.get(to) or _text(to[1]) if to else _text(value) for value, to in some)
            for key, some in found.items()
        }

    def _labels(self, name: str, keys: Sequence[Any]) -> Iterator[tuple[Any, str]]:
        """The labels of records that have one: of statements their words; of those labelled by others, these' own."""
        own = self.plans[name].tables[0]
        label = self._label_column(name)
        column = own.column(label)
        rows = [(key, value) for key, value in self._rows(own, [own.primary_key[0], label], keys) if value is not None]
        by = column.foreign.collection if column.foreign else name
        if by in (name, *self.derivation.parts):
            yield from ((key, _text(value)) for key, value in rows)
            return
        other = self.plans[by].tables[0]
        columns = [other.primary_key[0], self._label_column(by)]
        labels: dict[Any, Any] = dict(self._rows(other, columns, list(dict.fromkeys(value for _, value in rows))))
        yield from ((key, _text(labels.get(value)) or _text(value)) for key, value in rows)

    def _label_column(self, name: str) -> str:
        own = self.plans[name].tables[0]
        words = self.derivation.parts.get(name, {}).get("text")
        if words and words.table.name == own.name:
            return words.column
        there = any(column.name == own.label for column in own.columns)  # it may not be, where records are few or wrong
        return own.label if own.label and there else own.primary_key[0]

    def _rows(self, table: Table, columns: Sequence[str], keys: Sequence[Any]) -> Iterator[_Row]:
        """Rows of a table whose first of some columns is one of ``keys``, in order; of many keys, all rows are read."""
        sql = f"SELECT {', '.join(map(quote, columns))} FROM {quote(table.name)}"
        if len(keys) <= _FEW:
            where = f"WHERE {quote(columns[0])} IN ({', '.join('?' * len(keys))})"
            yield from self.connection.execute(f"{sql} {where} ORDER BY {table.order}", keys)
            return
        wanted = set(keys)
        yield from (row for row in self.connection.execute(f"{sql} ORDER BY {table.order}") if row[0] in wanted)


_FEW = 500
_TOLD = ("text", "by", "knowledge", "in", "at", "hedge")  # the parts of a brief


def _text(value: Any) -> str:
    """A value as readers see it: 7.0 is 7."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)
