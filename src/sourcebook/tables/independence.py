# SPDX-License-Identifier: Apache-2.0
"""On how many origins a statement rests, at least and at most: what repeats, and what is derived, adds none.

It counts who may have known. It says nothing of whether what is said is true, nor that different origins are
independent of each other in any other way than by what a book records.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise

Name = Hashable
"""Of a statement, an origin or a document: each is told apart by it."""

LARGEST = 16
"""Of more origins than so many that hang together by being possibly the same, one alone is counted for certain."""


@dataclass(frozen=True, slots=True)
class Said:
    """Of a statement: on whose knowledge it rests, and in which documents it stands."""

    origins: tuple[Name, ...]
    documents: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """Why a statement adds no origin: its ``document`` is derived from that where ``other`` stands (``base``)."""

    statement: Name
    document: Name
    other: Name
    base: Name


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """On how many origins something rests, and why.

    ``origins`` are those counted at most, each with the statements that bear it. Of them, ``same`` are pairs that may
    be the same, ``based`` those whose documents have a base in common, and of the ``unknown`` it is not told whose
    knowledge they are. ``again`` are statements that only repeat, ``derived`` those in documents that are derived.
    """

    at_least: int
    at_most: int
    origins: Mapping[Name, tuple[Name, ...]]
    again: tuple[Name, ...] = ()
    derived: tuple[Derived, ...] = ()
    same: tuple[tuple[Name, Name], ...] = ()
    based: Mapping[Name, tuple[Name, ...]] = field(default_factory=dict)
    unknown: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Book:
    """What a book records of its statements, these in order.

    ``repeats`` and ``supports`` lead from a statement to others, ``derived_from`` from a document to others,
    ``may_be`` from an origin to those that it may be. Of the ``unknown`` origins it is not told who they are, or whose
    knowledge they pass on: they may be any other.
    """

    said: Mapping[Name, Said]
    repeats: Mapping[Name, Sequence[Name]] = field(default_factory=dict)
    supports: Mapping[Name, Sequence[Name]] = field(default_factory=dict)
    derived_from: Mapping[Name, Sequence[Name]] = field(default_factory=dict)
    may_be: Mapping[Name, Collection[Name]] = field(default_factory=dict)
    unknown: Collection[Name] = ()

    def standing(self, statement: Name) -> Standing:
        """On how many origins a statement rests: those of what it repeats, in the end, and of what supports that."""
        return self._of_firsts(self.firsts[statement])

    def standing_of(self, statements: Iterable[Name]) -> Standing:
        """On how many origins several statements rest together, which need not say the same."""
        every = dict.fromkeys(statements)
        firsts = {first for one in every for first in self.firsts[one]}
        return self._judged(sorted(firsts, key=self._place.__getitem__), [one for one in every if one not in firsts])

    @cached_property
    def firsts(self) -> Mapping[Name, frozenset[Name]]:
        """By statement, those that it repeats in the end; itself, where it repeats none. Of a circle, its first."""
        found: dict[Name, frozenset[Name]] = {}
        for circle in components(self.said, self.repeats):
            beyond = {
                found[to] for one in circle for to in self.repeats.get(one, ()) if to in found and to not in circle
            }
            if not beyond:
                of = frozenset((min(circle, key=self._place.__getitem__),))
            else:
                of = next(iter(beyond)) if len(beyond) == 1 else frozenset().union(*beyond)
            found |= dict.fromkeys(circle, of)
        return found

    @cached_property
    def _place(self) -> Mapping[Name, int]:
        return {one: number for number, one in enumerate(self.said)}

    @cached_property
    def _again(self) -> Mapping[Name, list[Name]]:
        """By a first statement, those that repeat it."""
        found: dict[Name, list[Name]] = {}
        for one in self.said:
            for first in self.firsts[one]:
                if first != one:
                    found.setdefault(first, []).append(one)
        return found

    @cached_property
    def _supporting(self) -> Mapping[Name, dict[Name, None]]:
        """By a first statement, the first ones of what supports it, or supports what repeats it."""
        found: dict[Name, dict[Name, None]] = {}
        for one in self.said:
            for to in self.supports.get(one, ()):
                for first in self.firsts.get(to, ()):
                    found.setdefault(first, {}).update(dict.fromkeys(self.firsts[one]))
        return found

    @cached_property
    def _kept(self) -> dict[frozenset[Name], Standing]:
        return {}

    def _of_firsts(self, firsts: frozenset[Name]) -> Standing:
        if firsts not in self._kept:
            ordered = sorted(firsts, key=self._place.__getitem__)
            beside = {other for one in ordered for other in self._supporting.get(one, ())} - firsts
            again = dict.fromkeys(other for one in ordered for other in self._again.get(one, ()))
            bearers = [*ordered, *sorted(beside, key=self._place.__getitem__)]
            self._kept[firsts] = self._judged(bearers, [one for one in again if one not in beside])
        return self._kept[firsts]

    def _judged(self, bearers: Sequence[Name], again: Sequence[Name]) -> Standing:
        derived = tuple(self._derived(bearers)) if len(bearers) > 1 else ()
        adding_none = {one.statement for one in derived}
        origins: dict[Name, list[Name]] = {}
        for one in bearers:
            for origin in self.said[one].origins if one not in adding_none else ():
                origins.setdefault(origin, []).append(one)
        known = [one for one in origins if one not in self.unknown]
        based = self._based(origins) if len(origins) > 1 else {}
        same = self._same(known) if len(known) > 1 else []
        linked = [*same, *(pair for some in based.values() for pair in pairwise(some))]
        apart = sum(_most_apart(some, same, based) for some in _together(known, linked)) if linked else len(known)
        return Standing(
            max(apart, 1),
            max(len(origins), 1),
            {one: tuple(some) for one, some in origins.items()},
            tuple(again),
            derived,
            tuple(same),
            based,
            tuple(one for one in origins if one in self.unknown),
        )

    def _same(self, origins: Sequence[Name]) -> list[tuple[Name, Name]]:
        """The pairs that may be the same, as either says of the other, in order."""
        place = {one: number for number, one in enumerate(origins)}
        pairs = {
            tuple(sorted((place[one], place[other])))
            for one in origins
            for other in self.may_be.get(one, ())
            if other in place and other != one
        }
        return [(origins[one], origins[other]) for one, other in sorted(pairs)]

    # --- documents ----------------------------------------------------------------------------------------------------

    @cached_property
    def _bases(self) -> dict[Name, frozenset[Name]]:
        return {}

    def _all_bases(self, document: Name) -> frozenset[Name]:
        """The documents from which one is derived, directly or not."""
        if document not in self._bases:
            found: set[Name] = set()
            waiting = [*self.derived_from.get(document, ())]
            while waiting:
                one = waiting.pop()
                if one not in found:
                    found.add(one)
                    waiting += self.derived_from.get(one, ())
            self._bases[document] = frozenset(found - {document})
        return self._bases[document]

    def _derived(self, bearers: Sequence[Name]) -> Iterator[Derived]:
        """The statements that stand in documents derived from those of another, which add nothing to that."""
        place = {one: number for number, one in enumerate(bearers)}
        standing: dict[Name, list[Name]] = {}
        for one in bearers:
            for document in self.said[one].documents:
                standing.setdefault(document, []).append(one)
        ahead: dict[Name, dict[Name, tuple[Name, Name]]] = {}
        for one in bearers:
            for number, document in enumerate(self.said[one].documents):
                bases = sorted(self._all_bases(document) & standing.keys(), key=lambda base: place[standing[base][0]])
                here = {other: (document, base) for base in bases for other in standing[base] if other != one}
                before = ahead.get(one, {})
                ahead[one] = {
                    other: before.get(other, way) for other, way in here.items() if not number or other in before
                }
        for one, others in ahead.items():
            for other, (document, base) in others.items():
                if one not in ahead.get(other, {}) or place[other] < place[one]:
                    yield Derived(one, document, other, base)
                    break

    def _based(self, origins: Mapping[Name, Sequence[Name]]) -> Mapping[Name, tuple[Name, ...]]:
        """By document, the origins all of whose documents are derived from it: they may have it from there."""
        found: dict[Name, list[Name]] = {}
        for origin, statements in origins.items():
            documents = [document for one in statements for document in self.said[one].documents]
            if origin not in self.unknown and all(self.said[one].documents for one in statements):
                for base in frozenset.intersection(*map(self._all_bases, documents)):
                    found.setdefault(base, []).append(origin)
        several = sorted((some for some in found.items() if len(some[1]) > 1), key=lambda some: str(some[0]))
        return {base: tuple(some) for base, some in several}


def components(names: Iterable[Name], links: Mapping[Name, Sequence[Name]]) -> Iterator[list[Name]]:
    """What hangs together in circles, and every other name by itself; what links lead to comes before what has them.

    Tarjan's strongly connected components, without recursion.
    """
    number: dict[Name, int] = {}
    lowest: dict[Name, int] = {}
    known = dict.fromkeys(names)
    path: list[Name] = []
    on_path: set[Name] = set()
    for start in known:
        waiting: list[tuple[Name, Iterator[Name]]] = []
        if start not in number:
            waiting.append((start, iter(links.get(start, ()))))
            number[start] = lowest[start] = len(number)
            path.append(start)
            on_path.add(start)
        while waiting:
            one, left = waiting[-1]
            to = next((to for to in left if to in known), None)
            if to is None:
                waiting.pop()
                if waiting:
                    lowest[waiting[-1][0]] = min(lowest[waiting[-1][0]], lowest[one])
                if lowest[one] == number[one]:
                    at = _last(path, one)
                    circle = path[at:]
                    del path[at:]
                    on_path.difference_update(circle)
                    yield circle
            elif to not in number:
                number[to] = lowest[to] = len(number)
                path.append(to)
                on_path.add(to)
                waiting.append((to, iter(links.get(to, ()))))
            elif to in on_path:
                lowest[one] = min(lowest[one], number[to])


def _together(names: Sequence[Name], pairs: Iterable[tuple[Name, Name]]) -> Iterator[list[Name]]:
    """What hangs together by pairs."""
    links: dict[Name, list[Name]] = {}
    for one, other in pairs:
        links.setdefault(one, []).append(other)
        links.setdefault(other, []).append(one)
    yield from components(names, links)


def _most_apart(
    names: Sequence[Name], same: Iterable[tuple[Name, Name]], based: Mapping[Name, tuple[Name, ...]]
) -> int:
    """How many of some origins are certainly different: the most of which no two may be the same."""
    if len(names) == 1:
        return 1
    if len(names) > LARGEST:
        return 1
    place = {one: number for number, one in enumerate(names)}
    near = [0] * len(names)
    pairs = [*same, *(pair for some in based.values() for pair in combinations([o for o in some if o in place], 2))]
    for one, other in pairs:
        if one in place and other in place:
            near[place[one]] |= 1 << place[other]
            near[place[other]] |= 1 << place[one]

    def most(left: int) -> int:
        if not left:
            return 0
        at = left.bit_length() - 1
        without = left & ~(1 << at)
        with_it = 1 + most(without & ~near[at])
        return max(with_it, most(without)) if near[at] & without else with_it

    return most((1 << len(names)) - 1)


def _last(path: Sequence[Name], one: Name) -> int:
    """The place of a name in a list, looked for from its end."""
    return next(number for number in range(len(path) - 1, -1, -1) if path[number] == one)
