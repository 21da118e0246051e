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
        self._last: dict[_Key, bool] = {}
        self._where: dict[_Key, list[_Key]] = {}
        self._all_above: dict[_Key, set[_Key]] = {}
        self._all_repeated: dict[_Key, set[_Key]] = {}
        self._ends: Mapping[_Key, Set[_Key]] = {one: self._first(one) for one in self._order}

    def rows(self) -> Iterator[tuple[_Key, tuple[Any, ...]]]:
        """By collection and key, what the other columns are to hold."""
        says: dict[_Key, int] = {}
        beside: dict[_Key, set[_Key]] = {}
        for one, ends in self._ends.items():
            for end in ends:
                says[end] = says.get(end, 0) + 1
            for end in {end for to in self._supports.get(one, ()) for end in self._ends[to]}:
                beside.setdefault(end, set()).update(ends)
        for one, ends in self._ends.items():
            others = {other for end in ends for other in beside.get(end, ())} - ends
            yield one, (sum(says[end] for end in ends), *self._count(self._sorted(ends) + self._sorted(others)))
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
        every = {one, *self._repeated(one)}
        return {min({x, *self._repeated(x)}, key=self._order.__getitem__) for x in every if self._is_last(x)}

    def _is_last(self, one: _Key) -> bool:
        """Whether what a statement repeats, it repeats from each of these too."""
        if one not in self._last:
            self._last[one] = all(one in self._repeated(other) for other in self._repeated(one))
        return self._last[one]

    def _repeated(self, one: _Key) -> set[_Key]:
        if one not in self._all_repeated:
            self._all_repeated[one] = self._reached(one, self._repeats)
        return self._all_repeated[one]

    def _sorted(self, some: Iterable[_Key]) -> list[_Key]:
        return sorted(some, key=self._order.__getitem__)

    # --- one count ----------------------------------------------------------------------------------------------------

    def _count(self, bearers: Sequence[_Key]) -> tuple[int, int, str]:
        place = {one: number for number, one in enumerate(bearers)}
        standing: dict[_Key, list[_Key]] = {}
        for one in bearers:
            for document in self._documents(one):
                standing.setdefault(document, []).append(one)
        kept = [
            one
            for one in bearers
            if not any(
                self._all_from(one, other) and (not self._all_from(other, one) or place[other] < place[one])
                for base in dict.fromkeys(base for d in self._documents(one) for base in self._above(d))
                for other in standing.get(base, ())
                if other != one
            )
        ]
        who: dict[_Key, list[_Key]] = {}
        for one in kept:
            for origin in self._origins(one):
                who.setdefault(origin, []).append(one)
        bases = {one: self._base(some) for one, some in who.items() if one not in self._unknown}
        apart = 0
        for group in self._groups(bases):
            sizes = range(len(group), 0, -1) if len(group) <= _LARGEST else ()
            apart += next((n for n in sizes if any(self._differ(some, bases) for some in combinations(group, n))), 1)
        listed = [
            f"{name}/{self._typed(name, key)}" if self._several and name else self._typed(name, key)
            for name, key in who
        ]
        return max(apart, 1), max(len(who), 1), dumps(listed)

    @cached_property
    def _several(self) -> bool:
        return len({name for one in self._order for name, _ in self._origins(one)} - {""}) > 1

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
        if one not in self._where:
            self._where[one] = self._of_role(one)
        return self._where[one]

    def _of_role(self, one: _Key) -> list[_Key]:
        return list(self._told.at(one, self._case.book.by_name[one[0]].roles[STATEMENT]["in"]))

    def _all_from(self, one: _Key, other: _Key) -> bool:
        """Whether every document of a statement is derived from one of another's."""
        theirs = set(self._documents(other))
        documents = self._documents(one)
        return bool(documents) and all(self._above(d) & theirs for d in documents)

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

    def _above(self, document: _Key) -> set[_Key]:
        """The documents that one is derived from."""
        if document not in self._all_above:
            self._all_above[document] = self._reached(document, self._derived) - {document}
        return self._all_above[document]

    def _base(self, statements: Iterable[_Key]) -> set[_Key]:
        ways = [[self._above(d) for d in self._documents(one)] for one in statements]
        return set.intersection(*(base for some in ways for base in some)) if all(ways) else set()

    def _may_be_one(self, one: _Key, other: _Key, bases: Mapping[_Key, set[_Key]]) -> bool:
        return frozenset((one, other)) in self._same or bool(bases[one] & bases[other])

    def _differ(self, some: Iterable[_Key], bases: Mapping[_Key, set[_Key]]) -> bool:
        return not any(self._may_be_one(*pair, bases) for pair in combinations(some, 2))

    def _groups(self, bases: Mapping[_Key, set[_Key]]) -> Iterator[list[_Key]]:
        """The origins that hang together by being possibly the same."""
        near: dict[_Key, set[_Key]] = {one: set() for one in bases}
        on: dict[_Key, list[_Key]] = {}
        for one, some in bases.items():
            for base in some:
                on.setdefault(base, []).append(one)
        for pair in [*map(tuple, self._same), *((some[0], one) for some in on.values() for one in some)]:
            if len(pair) == 2 and pair[0] in near and pair[1] in near:
                near[pair[0]].add(pair[1])
                near[pair[1]].add(pair[0])
        left = dict.fromkeys(bases)
        while left:
            group, waiting = [], [next(iter(left))]
            while waiting:
                one = waiting.pop()
                if one in left:
                    del left[one]
                    group.append(one)
                    waiting += near[one]
            yield group
