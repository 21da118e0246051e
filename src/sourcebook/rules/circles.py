# SPDX-License-Identifier: Apache-2.0
"""``repeats-circle`` and ``derived-circle``: statements that repeat each other, documents derived from each other.

Who was first cannot be told of them, so that it is not known on whom they rest.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.book import STATEMENT, Book, steps
from sourcebook.exact import loads
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Path
from sourcebook.records.model import Entry
from sourcebook.records.places import Positioner
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Plan
from sourcebook.tables.derived import Spot, spot_at
from sourcebook.tables.independence import Name, components
from sourcebook.tables.reference_paths import written

_RULES = {
    "repeats-circle": (STATEMENT, "repeats", "it repeats itself", "these repeat each other"),
    "derived-circle": ("source", "derived_from", "it is derived from itself", "these are derived from each other"),
}
_MOST = 50  # circles told of what hangs together


@dataclass(frozen=True)
class Circles:
    """What is looked at: a book, its plans and records, and the ``connection`` to its tables."""

    book: Book
    plans: Mapping[str, Plan]
    entries: Mapping[str, Mapping[str, Entry]]
    connection: sqlite3.Connection
    ledger: Ledger

    def check(self) -> Iterator[Finding]:
        """A finding for each circle, at the reference that closes it, which names all that is in it."""
        for rule, (role, part, alone, together) in _RULES.items():
            links: dict[Name, list[Name]] = {}
            spots: dict[str, Spot] = {}
            for name, plan in self.plans.items():
                path = self.book.by_name[name].roles.get(role, {}).get(part)
                if path and (spot := spot_at(plan, path)):
                    spots[name] = spot
                    for one, to in self._references(name, spot):
                        links.setdefault(one, []).append(to)
            if links:
                self.ledger.performed(rule, sum(map(len, links.values())))
            for circle in _circles(links):
                keys = " → ".join(str(key) for _, key in circle)
                said = f"{together}: {keys}" if len(circle) > 2 else alone
                yield self._finding(rule, circle, spots, said)

    def _references(self, name: str, spot: Spot) -> Iterator[tuple[tuple[str, Any], tuple[str, Any]]]:
        for of, column in spot.links:
            sql = f"SELECT {quote(spot.row)}, {quote(column)} FROM {quote(spot.table.name)} WHERE {quote(column)} "
            for key, to in self.connection.execute(f"{sql} IS NOT NULL ORDER BY {spot.table.order}"):
                yield (name, key), (of, to)

    def _finding(
        self, rule: str, circle: Sequence[tuple[str, Any]], spots: Mapping[str, Spot], message: str
    ) -> Finding:
        (name, key), to = circle[0], circle[1]
        entry = self.entries[name][str(key)]
        role, part, *_ = _RULES[rule]
        path = self._path(name, key, spots[name], self.book.by_name[name].roles[role][part], to)
        hint = "say of one of them what it rests on: who was first repeats none, and is derived from none"
        return Positioner(self.book).finding(entry, path, rule, message, hint)

    def _path(self, name: str, key: Any, spot: Spot, said: str, to: tuple[str, Any]) -> Path:
        """Where in a record the reference to another stands: at the place that it has among all of them there."""
        columns = ", ".join(quote(column) for _, column in spot.links)
        sql = f"SELECT {columns} FROM {quote(spot.table.name)} WHERE {quote(spot.row)} = ? ORDER BY {spot.table.order}"
        rows = self.connection.execute(sql, (key,)).fetchall()
        led = [
            next(((of, one) for (of, _), one in zip(spot.links, row, strict=True) if one is not None), None)
            for row in rows
        ]
        (text,) = self.connection.execute(
            f"SELECT document FROM {RECORDS} WHERE collection = ? AND key = ?", (name, str(key))
        ).fetchone()
        document = loads(text)
        for path in (said, f"{said}[]"):
            places = [place for place, _ in written(document, steps(path))]
            if len(places) == len(led) and to in led:
                return places[led.index(to)]
        return ()


def circular(book: Book, plans: Mapping[str, Plan]) -> Iterator[Spot]:
    """Where references stand that may lead in a circle."""
    for role, part, *_ in _RULES.values():
        for name, plan in plans.items():
            path = book.by_name[name].roles.get(role, {}).get(part)
            if path and (spot := spot_at(plan, path)):
                yield spot


def _circles(links: Mapping[Name, Sequence[Name]]) -> Iterator[list[Any]]:
    """Circles, each as what follows each other in it, from the first record back to it; none is told twice."""
    left = {one: list(dict.fromkeys(some)) for one, some in links.items()}
    place = {one: number for number, one in enumerate(left)}
    for some in list(components(left, left)):
        inside = sorted((one for one in some if one in left), key=place.__getitem__)
        for one in inside[:_MOST]:
            known = set(inside)
            if circle := _shortest(one, left, known):
                yield circle
                left[one].remove(circle[1])


def _shortest(start: Name, links: Mapping[Name, Sequence[Name]], among: set[Name]) -> list[Name] | None:
    """The shortest way from a name back to itself."""
    came: dict[Name, Name] = {}
    waiting = [start]
    for one in waiting:
        for to in links.get(one, ()):
            if to == start:
                return _closed(start, one, came)
            if to in among and to not in came:
                came[to] = one
                waiting.append(to)
    return None


def _closed(start: Name, last: Name, came: Mapping[Name, Name]) -> list[Name]:
    way = [last]
    while way[-1] != start:
        way.append(came[way[-1]])
    return [*way[::-1], start]
