# SPDX-License-Identifier: Apache-2.0
"""On how many origins statements rest, counted anew from documents by trying out, and held against the table.

By the words of the reference alone (``docs/reference/tables.md``): no part of it is that by which a build counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import combinations
from typing import Any

from sourcebook.book import STATEMENT
from sourcebook.exact import dumps
from sourcebook.sqlite import INDEPENDENCE, reading
from sourcebook.verify.case import Case
from sourcebook.verify.derived import Told

_Key = tuple[str, Any]
_Links = Mapping[_Key, Sequence[_Key]]
_LARGEST = 16  # past which the reference says that one is counted


def origins(case: Case) -> None:
    """Each row of the table of origins says what the records come to; there is one where they tell of such."""
    roles = [one.roles for one in case.book.collections]
    saying = any(
        {"repeats", "supports"} & one.get(STATEMENT, {}).keys() or "derived_from" in one.get("source", {})
        for one in roles
    )
    with reading(case.folder / case.database) as connection:
        sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        there = connection.execute(sql, (INDEPENDENCE,)).fetchone() is not None
        wanted = saying and any(STATEMENT in one for one in roles)
        if there != wanted:
            case.differs(case.database, f"{INDEPENDENCE} is {'there' if there else 'missing'}")
        if not (there and wanted):
            return
        if any(one.conditional for table in case.tables() for one in table.columns):
            case.ledger.unverifiable("independent origins", "a record says where its references lead")
            return
        columns = "collection, key, statements, at_least, at_most, origins"
        found = {row[:2]: row[2:] for row in connection.execute(f"SELECT {columns} FROM {INDEPENDENCE}")}
    counted = dict(_Counted(case).rows())
    case.ledger.performed("independent origins", len(counted))
    for key in found.keys() | counted.keys():
        if found.get(key) != counted.get(key):
            told = (
                f"{INDEPENDENCE}: {key[0]} {key[1]!r} has {found.get(key)!r}, the records come to {counted.get(key)!r}"
            )
            case.differs(case.database, told)


class _Counted:
    """What the documents of a book come to."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._told = Told(case)
        self._names = [one.name for one in case.book.collections if STATEMENT in one.roles]
        self._order = {
            (name, key): number
            for number, (name, key) in enumerate(
                (name, key) for name in self._names for key in self._told.documents(name)
            )
        }
        self._repeats = dict(self._links(STATEMENT, "repeats"))
        self._supports = dict(self._links(STATEMENT, "supports"))
        self._derived = dict(self._links("source", "derived_from"))
        self._same = {frozenset((one, to)) for one, some in self._links("origin", "same_as") for to in some}
        self._ends: Mapping[_Key, Set[_Key]] = {one: self._first(one) for one in self._order}

    def rows(self) -> Iterator[tuple[_Key, tuple[Any, ...]]]:
        """By collection and key, what the other columns are to hold."""
        for one, ends in self._ends.items():
            family = sum(1 for end in ends for some in self._ends.values() if end in some)
            beside = {
                x for t, some in self._supports.items() for to in some if self._ends[to] & ends for x in self._ends[t]
            }
            yield one, (family, *self._count(self._sorted(ends) + self._sorted(beside - ends)))
        about: dict[_Key, dict[_Key, None]] = {}
        for name in self._names:
            for path in self._about(name):
                for key in self._told.documents(name):
                    for to in self._told.at((name, key), path):
                        if to[0] and to[0] not in self._names:
                            about.setdefault(to, {})[name, key] = None
        for of, statements in about.items():
            ends = {end for one in statements for end in self._ends[one]}
            yield of, (len(statements), *self._count(self._sorted(ends)))

    def _about(self, name: str) -> Iterable[str]:
        collection = self._case.book.by_name[name]
        if collection.about:
            return collection.about
        role = collection.roles[STATEMENT]
        own = {role[part].removesuffix("[]") for part in ("by", "knowledge", "in") if part in role}
        plan = self._case.plans[name]
        near = [table for table in plan.tables if table.parent in (None, plan.tables[0].name)]
        columns = [one for table in near for one in table.columns if one.foreign or one.targets]
        return dict.fromkeys(one.path for one in columns if one.path and one.path.removesuffix("[]") not in own)

    def _links(self, role: str, part: str) -> Iterator[tuple[_Key, Sequence[_Key]]]:
        for one in self._case.book.collections:
            if path := one.roles.get(role, {}).get(part):
                for key in self._told.documents(one.name):
                    yield (one.name, key), [to for to in self._told.at((one.name, key), path) if to[0]]

    def _reached(self, one: _Key, links: _Links) -> set[_Key]:
        found: set[_Key] = set()
        new = {one}
        while new:
            new = {to for each in new for to in links.get(each, ())} - found
            found |= new
        return found

    def _first(self, one: _Key) -> Set[_Key]:
        """What a statement repeats in the end; of what repeats itself by others, the first."""
        reached = self._reached(one, self._repeats) | {one}
        last = [
            x for x in reached if all(x in self._reached(y, self._repeats) for y in self._reached(x, self._repeats))
        ]
        return frozenset(min({x, *self._reached(x, self._repeats)}, key=self._order.__getitem__) for x in last)

    def _sorted(self, some: Iterable[_Key]) -> list[_Key]:
        return sorted(some, key=self._order.__getitem__)

    # --- one count ----------------------------------------------------------------------------------------------------

    def _count(self, bearers: Sequence[_Key]) -> tuple[int, int, str]:
        kept = [
            one for one in bearers if not any(self._drawn(one, other, bearers) for other in self._near(one, bearers))
        ]
        who: dict[_Key, list[_Key]] = {}
        for one in kept:
            for origin in self._origins(one):
                who.setdefault(origin, []).append(one)
        known = [one for one in who if one not in self._unknown]
        apart = 0
        for group in self._groups(known, who):
            sizes = range(len(group), 0, -1) if len(group) <= _LARGEST else ()
            apart += next(
                (size for size in sizes if any(self._differ(some, who) for some in combinations(group, size))), 1
            )
        several = len({name for one in self._order for name, _ in self._origins(one)} - {""}) > 1
        listed = [
            f"{name}/{self._typed(name, key)}" if several and name else self._typed(name, key) for name, key in who
        ]
        return max(apart, 1), max(len(who), 1), dumps(listed)

    def _typed(self, name: str, key: Any) -> Any:
        return self._told.typed(name, key) if name else key

    def _origins(self, one: _Key) -> Sequence[_Key]:
        role = self._case.book.by_name[one[0]].roles[STATEMENT]
        for part in ("knowledge", "by"):
            found = [x for x in self._told.at(one, role[part]) if x[1] not in (None, "")] if part in role else []
            if found:
                return list(dict.fromkeys(found))
        return []

    def _documents(self, one: _Key) -> list[_Key]:
        return list(self._told.at(one, self._case.book.by_name[one[0]].roles[STATEMENT]["in"]))

    def _near(self, one: _Key, bearers: Sequence[_Key]) -> Iterator[_Key]:
        if any(document in self._derived for document in self._documents(one)):
            yield from (other for other in bearers if other != one)

    def _drawn(self, one: _Key, other: _Key, bearers: Sequence[_Key]) -> bool:
        return self._all_from(one, other) and (
            not self._all_from(other, one) or bearers.index(other) < bearers.index(one)
        )

    def _all_from(self, one: _Key, other: _Key) -> bool:
        """Whether every document of a statement is derived from one of another's."""
        theirs = set(self._documents(other))
        documents = self._documents(one)
        return bool(documents) and all((self._reached(d, self._derived) - {d}) & theirs for d in documents)

    @cached_property
    def _unknown(self) -> set[_Key]:
        found = set()
        for collection in self._case.book.collections:
            role = collection.roles.get("origin", {})
            for key in self._told.documents(collection.name) if role else ():

                def said(part: str, name: str = collection.name, key: str = key, role: Mapping[str, str] = role) -> Any:
                    return [value for _, value in self._told.at((name, key), role[part])] if part in role else []

                if any(kind in collection.relays for kind in said("kind")):
                    found.add((collection.name, key))
                if "same_as" not in role and True in said("anonymous"):
                    found.add((collection.name, key))
        return found

    def _base(self, origin: _Key, who: Mapping[_Key, Sequence[_Key]]) -> set[_Key]:
        ways = [[self._reached(d, self._derived) - {d} for d in self._documents(one)] for one in who[origin]]
        return set.intersection(*(base for some in ways for base in some)) if all(ways) else set()

    def _may_be_one(self, one: _Key, other: _Key, who: Mapping[_Key, Sequence[_Key]]) -> bool:
        return frozenset((one, other)) in self._same or bool(self._base(one, who) & self._base(other, who))

    def _differ(self, some: Iterable[_Key], who: Mapping[_Key, Sequence[_Key]]) -> bool:
        return not any(self._may_be_one(*pair, who) for pair in combinations(some, 2))

    def _groups(self, known: Sequence[_Key], who: Mapping[_Key, Sequence[_Key]]) -> Iterator[list[_Key]]:
        left = list(known)
        while left:
            group = [left.pop(0)]
            for one in group:
                near = [other for other in left if self._may_be_one(one, other, who)]
                group += near
                left = [other for other in left if other not in near]
            yield group
