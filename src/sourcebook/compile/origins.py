# SPDX-License-Identifier: Apache-2.0
"""On how many origins statements rest: the table `INDEPENDENCE`, made of a database whose rows are all there.

There is one where statements are said to repeat or to support others, or documents to be derived from others. It has a
row for each statement, and for each record that statements are about. Like derived columns it is made for the whole
book, so that a database that was patched comes to the same as a new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sourcebook.book import STATEMENT, Book
from sourcebook.exact import dumps
from sourcebook.sqlite import INDEPENDENCE, quote
from sourcebook.tables import Plan, independence
from sourcebook.tables.derived import Spot, about, spot_at
from sourcebook.tables.independence import Name, Said
from sourcebook.tables.origin_words import in_words

_Plans = Mapping[str, Plan]
_Key = tuple[str, Any]  # of a record: its collection and its key; of a value that is no reference: no collection

INDEPENDENCE_SQL = f"""CREATE TABLE {INDEPENDENCE} (
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  statements INTEGER NOT NULL,
  at_least INTEGER NOT NULL,
  at_most INTEGER NOT NULL,
  origins TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (collection, key)
) STRICT"""
_Row = tuple[str, str, int, int, int, str, str]


def fill(connection: sqlite3.Connection, book: Book, plans: _Plans) -> None:
    """Have the table say what the other tables come to."""
    rows = list(_Origins(connection, book, plans).rows())
    if not connection.execute(f"PRAGMA table_info({INDEPENDENCE})").fetchone():  # of whichever file it is in
        connection.execute(INDEPENDENCE_SQL)
    elif connection.execute(f"SELECT * FROM {INDEPENDENCE} ORDER BY rowid").fetchall() == rows:
        return
    connection.execute(f"DELETE FROM {INDEPENDENCE}")
    connection.executemany(f"INSERT INTO {INDEPENDENCE} VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


@dataclass(frozen=True)
class _Origins:
    """What a database tells of the origins of statements, and what they come to."""

    connection: sqlite3.Connection
    book: Book
    plans: _Plans

    def rows(self) -> Iterator[_Row]:
        """The rows of the table, of statements first."""
        told, again = self._told, self._said_again
        for one in told.said:
            yield self._row(one, again[one], told.standing(one))
        for one, some in self._about().items():
            yield self._row(one, len(some), told.standing_of(some))

    def _row(self, of: Name, statements: int, standing: independence.Standing) -> _Row:
        if standing not in self._words:
            self._words[standing] = in_words(standing, self._called, _key_text, self._called)
        why = self._words[standing]
        (name, key), least, most = _key(of), standing.at_least, standing.at_most
        return name, str(key), statements, least, most, dumps([*map(self._written, standing.origins)]), why

    @cached_property
    def _words(self) -> dict[independence.Standing, str]:
        return {}  # of statements that say the same, they are made once

    def _written(self, origin: Name) -> Any:
        """An origin as it is listed: its key, with its collection where origins are of several; or the value."""
        name, key = _key(origin)
        return f"{name}/{key}" if name and self._several else key

    @cached_property
    def _several(self) -> bool:
        return len({_key(one)[0] for said in self._told.said.values() for one in said.origins} - {""}) > 1

    @cached_property
    def _said_again(self) -> Mapping[Name, int]:
        """By statement, how many say it: those that in the end repeat one that it repeats, and that one."""
        counts: dict[Name, int] = {}
        for firsts in self._told.firsts.values():
            for first in firsts:
                counts[first] = counts.get(first, 0) + 1
        return {one: sum(counts[first] for first in firsts) for one, firsts in self._told.firsts.items()}

    @cached_property
    def _told(self) -> independence.Book:
        names = [one.name for one in self.book.collections if STATEMENT in one.roles and one.name in self.plans]
        return independence.Book(
            said={key: one for name in names for key, one in self._said(name)},
            repeats=self._links(names, STATEMENT, "repeats"),
            supports=self._links(names, STATEMENT, "supports"),
            derived_from=self._links(self.plans, "source", "derived_from"),
            may_be=self._links(self.plans, "origin", "same_as"),
            unknown=frozenset(self._unknown()),
        )

    def _said(self, name: str) -> Iterator[tuple[_Key, Said]]:
        knowledge, by, documents = (dict(self._values(name, STATEMENT, part)) for part in ("knowledge", "by", "in"))
        own = self.plans[name].tables[0]
        for (key,) in self.connection.execute(
            f"SELECT {quote(own.primary_key[0])} FROM {quote(own.name)} ORDER BY {own.order}"
        ):
            origins = knowledge.get(key) or by.get(key, ())
            yield (name, key), Said(tuple(dict.fromkeys(origins)), tuple(dict.fromkeys(documents.get(key, ()))))

    def _unknown(self) -> Iterator[_Key]:
        """The origins that may be any other: who pass on what they do not say whose it is; and the anonymous, where it
        is not said whom they may be the same as.
        """
        for name in self.plans:
            collection = self.book.by_name[name]
            role = collection.roles.get("origin", {})
            if "anonymous" in role and "same_as" not in role:
                yield from ((name, key) for key, some in self._values(name, "origin", "anonymous") if ("", 1) in some)
            for key, some in self._values(name, "origin", "kind") if collection.relays else ():
                if any(value in collection.relays for _, value in some):
                    yield name, key

    def _links(self, names: Iterable[str], role: str, part: str) -> Mapping[Name, Sequence[Name]]:
        return {
            (name, key): [to for to in some if to[0]] for name in names for key, some in self._values(name, role, part)
        }

    def _about(self) -> Mapping[_Key, list[_Key]]:
        """By record, the statements about it, in order."""
        found: dict[_Key, dict[_Key, None]] = {}
        for name in dict.fromkeys(one for one, _ in map(_key, self._told.said)):
            for spot in about(self.book, self.plans, name):
                if self._is_origin_or_document(name, spot):
                    continue
                for key, some in self._at(spot):
                    for to in some:
                        if to[0]:
                            found.setdefault(to, {})[name, key] = None
        return {
            of: list(found[of]) for of in sorted(found, key=lambda one: (list(self.plans).index(one[0]), str(one[1])))
        }

    def _is_origin_or_document(self, name: str, spot: Spot) -> bool:
        """Whether it is who says a statement, or where: a book that does not say what statements are about has all."""
        role = self.book.by_name[name].roles[STATEMENT]
        own = (spot_at(self.plans[name], role[part]) for part in ("by", "knowledge", "in") if part in role)
        return not self.book.by_name[name].about and spot in own

    # --- what stands in the database ----------------------------------------------------------------------------------

    def _values(self, name: str, role: str, part: str) -> Iterator[tuple[Any, list[_Key]]]:
        path = self.book.by_name[name].roles.get(role, {}).get(part)
        spot = spot_at(self.plans[name], path) if path else None
        if spot:
            yield from self._at(spot)

    def _at(self, spot: Spot) -> Iterator[tuple[Any, list[_Key]]]:
        """By the key of a record, what stands at a spot: the records that it leads to, or values."""
        columns = [spot.row, spot.column, *(column for _, column in spot.links)]
        found: dict[Any, list[_Key]] = {}
        for key, value, *led in self.connection.execute(
            f"SELECT {', '.join(map(quote, columns))} FROM {quote(spot.table.name)} ORDER BY {spot.table.order}"
        ):
            to = next(((name, one) for (name, _), one in zip(spot.links, led, strict=True) if one is not None), None)
            if to or value not in (None, ""):
                found.setdefault(key, []).append(to or ("", value))
        yield from found.items()

    def _called(self, one: Name) -> str:
        """What a record is called: by its label, or by that of the record that its label refers to."""
        name, value = _key(one)
        return _line(self._label(name, value) if name else value)

    def _label(self, name: str, key: Any, *, led: bool = True) -> Any:
        if (name, key) not in self._labels:
            own = self.plans[name].tables[0]
            label, of = own.label or own.primary_key[0], own.primary_key[0]
            sql = f"SELECT {quote(label)} FROM {quote(own.name)} WHERE {quote(of)} = ?"
            (value,) = self.connection.execute(sql, (key,)).fetchone() or (None,)
            foreign = own.column(label).foreign
            if led and foreign and value is not None and foreign.collection != name:
                value = self._label(foreign.collection, value, led=False)
            self._labels[name, key] = key if value in (None, "") else value
        return self._labels[name, key]

    @cached_property
    def _labels(self) -> dict[_Key, Any]:
        return {}


def _key(one: Name) -> _Key:
    if not isinstance(one, tuple):
        raise TypeError(one)
    return one


def _key_text(one: Name) -> str:
    return str(_key(one)[1])


_LONGEST = 160


def _line(value: Any) -> str:
    line = " ".join(str(value).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
