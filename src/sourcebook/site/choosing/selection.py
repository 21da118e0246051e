# SPDX-License-Identifier: Apache-2.0
"""What a listing is asked for: which records, in which order; what the address says, and what of it means nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sourcebook.extract.site import Collection
from sourcebook.site.answer import Asked
from sourcebook.site.choosing.filters import Filter
from sourcebook.site.choosing.recordsets import ORDERS, RecordSets, date_fields, record_sets
from sourcebook.site.parameters import PAGE, number_of_page, repeated
from sourcebook.site.published import Published
from sourcebook.tables.search import is_blank

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of a collection that an address asks for.

    ``narrowed`` are the filters that are in use, each with its values; ``problems`` says, in words, what of the address
    means nothing here.
    """

    sets: RecordSets
    typed: str
    narrowed: Mapping[str, tuple[Filter, tuple[str, ...]]]
    order: str
    page: int
    problems: tuple[str, ...]
    which: int

    @property
    def count(self) -> int:
        """How many records there are."""
        return self.which.bit_count()

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the collection."""
        return not self.typed and not self.narrowed

    def without(self, name: str) -> int:
        """The records that there would be without the filter of a name."""
        if name not in self.narrowed:
            return self.which
        rest = [self.sets.having(one, values) for key, (one, values) in self.narrowed.items() if key != name]
        return _common(self.sets, rest, self.typed)

    def keys(self, first: int = 0, most: int | None = None) -> list[str]:
        """The keys of ``most`` of them, from the ``first`` on, counted from 0."""
        return self.sets.keys(self.which, self.order, first, most)

    def query(self, *, page: int = 1, order: str | None = None) -> Pairs:
        """The parameters of an address that asks for the same, of another page or in another order if so said."""
        values = {name: some for name, (_, some) in self.narrowed.items()}
        return self._query(values, self.order if order is None else order, page)

    def with_value(self, name: str, value: str) -> Pairs:
        """The parameters that ask for the records that have ``value`` too; or no longer for these, if they did."""
        values = {key: some for key, (_, some) in self.narrowed.items()}
        before = values.get(name, ())
        values[name] = tuple(one for one in before if one != value) if value in before else (*before, value)
        return self._query(values, self.order)

    def _query(self, values: Mapping[str, tuple[str, ...]], order: str, page: int = 1) -> Pairs:
        pairs = [("q", self.typed)] if self.typed else []
        pairs += [(name, value) for name, some in values.items() for value in some]
        pairs += [("sort", order)] if order else []
        return pairs + ([("page", str(page))] if page > 1 else [])


def selection(opened: Published, collection: Collection, asked: Asked, *, paged: bool = True) -> Selection:
    """What an address asks for of a collection; ``paged`` where it may ask for one page of it."""
    sets = record_sets(opened, collection)
    problems = list(repeated(asked, ("q", "sort", *((PAGE,) if paged else ()))))
    narrowed: dict[str, tuple[Filter, tuple[str, ...]]] = {}
    for name, values in asked.query.items():
        if name in ("q", "sort") or (name == PAGE and paged):
            continue
        one = sets.filters.get(name)
        if one is None:
            problems.append(f"“{name}” is no property of these records that they could be narrowed down by.")
        else:
            before = narrowed[one.name][1] if one.name in narrowed else ()
            narrowed[one.name] = one, tuple(dict.fromkeys((*before, *values)))
    narrowed = _bounded(narrowed, problems)
    typed = asked.one("q").strip()
    if len(typed) > _MOST_TYPED:
        problems.append(f"Only the first {_MOST_TYPED:,} letters are searched for.")
        typed = typed[:_MOST_TYPED]
    typed = "" if is_blank(typed) else typed
    parts = [sets.having(one, values) for one, values in narrowed.values()]
    try:
        which = _common(sets, parts, typed)
    except LookupError:
        problems.append("These records cannot be searched: the release was made without an index of them.")
        typed, which = "", _common(sets, parts, "")
    return Selection(
        sets=sets,
        typed=typed,
        narrowed=narrowed,
        order=_order(sets, collection, asked, problems),
        page=_page(sets, asked, problems) if paged else 1,
        problems=tuple(problems),
        which=which,
    )


_MOST_VALUES = 40  # by which a listing is narrowed down: each is a link to the listing without it
_MOST_TYPED = 1_000  # letters


def _bounded(
    narrowed: Mapping[str, tuple[Filter, tuple[str, ...]]], problems: list[str]
) -> dict[str, tuple[Filter, tuple[str, ...]]]:
    """The filters in use with no more values than a page shows; one that has too many is told, and left out."""
    found: dict[str, tuple[Filter, tuple[str, ...]]] = {}
    left = _MOST_VALUES
    for name, (one, values) in narrowed.items():
        if len(values) > left:
            problems.append(f"More than {_MOST_VALUES} values at once: those of “{name}” are left out.")
        else:
            found[name] = one, values
            left -= len(values)
    return found


def orders(collection: Collection) -> Iterator[tuple[str, str]]:
    """The orders that a listing of a collection can be had in, each with its name."""
    names = ("Order of the book", "By name", "By name, from the end", "Earliest first", "Latest first")
    for order, name in zip(ORDERS, names, strict=True):
        if "date" not in order or date_fields(collection):
            yield order, name


def _common(sets: RecordSets, parts: list[int], typed: str) -> int:
    which = sets.every
    for one in parts:
        which &= one
    return which & sets.found(typed) if typed else which


def _order(sets: RecordSets, collection: Collection, asked: Asked, problems: list[str]) -> str:
    order = asked.one("sort")
    if order in dict(orders(collection)):
        return order
    known = ", ".join(one for one, _ in orders(collection) if one)
    problems.append(f"There is no order “{order}”; those that there are: {known}.{_meant(sets, 'sort')}")
    return ""


def _page(sets: RecordSets, asked: Asked, problems: list[str]) -> int:
    page, wrong = number_of_page(asked)
    if wrong:
        problems.append(wrong + _meant(sets, PAGE))
    return page


def _meant(sets: RecordSets, name: str) -> str:
    """How to ask for a property that is called like a parameter of the listing's own, where there is one."""
    return f" What the property “{name}” has is asked for by “.{name}”." if f".{name}" in sets.filters else ""
