# SPDX-License-Identifier: Apache-2.0
"""By which values a listing can be narrowed down, and how many records each would leave.

Of a whole collection these are the counts that were made at build time, else they are counted from sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.content.addresses import parameter
from sourcebook.content.labels import Labels
from sourcebook.content.statements import is_statement
from sourcebook.content.values import Shown, Value, value_of
from sourcebook.extract.site import Collection
from sourcebook.site.choosing.filters import NONE, Filter
from sourcebook.site.choosing.selection import Selection
from sourcebook.sqlite import quote

_MOST_SHOWN = 40  # values of a facet, the most frequent
_FIRST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: ``href`` leads to the listing with it, or without it where it is in use already."""

    value: str
    shown: Shown
    count: int | None
    href: str
    in_use: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A property with its values; ``different`` is how many there are in the whole collection.

    ``name`` is the parameter of the listing that narrows down by it.
    """

    name: str
    title: str
    choices: tuple[Choice, ...]
    different: int

    @property
    def first(self) -> tuple[Choice, ...]:
        """Those that are shown at once: the first, and all that are in use."""
        return tuple(one for number, one in enumerate(self.choices) if number < _FIRST_SHOWN or one.in_use)

    @property
    def further(self) -> tuple[Choice, ...]:
        """All others."""
        return tuple(one for number, one in enumerate(self.choices) if number >= _FIRST_SHOWN and not one.in_use)


def facets(labels: Labels, collection: Collection, selected: Selection) -> Iterator[Facet]:
    """The facets of a listing; none where the release has no counts. Labels of references are to be fetched after."""
    if not _has_counts(labels):
        return
    sizes = "SELECT facet, distinct_values FROM site.facet_sizes WHERE collection = ? ORDER BY rowid"
    for name, different in labels.opened.connection.execute(sizes, (collection.name,)).fetchall():
        one = selected.sets.filters.get(parameter(name))
        if one is not None:
            counts = _counted(labels, collection, selected, one, name)
            choices = (_choice(labels, collection, selected, one, value, count) for value, count in counts)
            yield Facet(one.name, one.title, tuple(choices), different)


def shown(labels: Labels, one: Filter, value: str) -> Shown:
    """A value of a filter as readers know it: the label of what it refers to, yes or no, a date in words."""
    if value == NONE:
        return Value("(none)")
    for link in one.field.to:
        to = labels.opened.site.collection(link.collection)
        sql = f"SELECT 1 FROM {quote(to.table)} WHERE {quote(to.key)} = ?"
        if labels.opened.connection.execute(sql, (value,)).fetchone():
            # What a statement says is shown with who says it, or not at all.
            return Value(value) if is_statement(to) else labels.reference(link.collection, value)
    stored: Any = value in ("1", "true", "yes") if one.field.encoding == "boolean" else value
    return value_of(one.field, stored) or Value(value)


def _has_counts(labels: Labels) -> bool:
    sql = "SELECT 1 FROM pragma_database_list WHERE name = 'site'"
    return labels.opened.connection.execute(sql).fetchone() is not None


def _counted(
    labels: Labels, collection: Collection, selected: Selection, one: Filter, name: str
) -> Sequence[tuple[str, int | None]]:
    """The values of a facet that some records have, with how many: the most frequent, and those in use."""
    sql = "SELECT value, rows FROM site.facets WHERE collection = ? AND facet = ? ORDER BY position"
    counts: dict[str, int] = {}
    for value, rows in labels.opened.connection.execute(sql, (collection.name, name)):
        counts[value or NONE] = counts.get(value or NONE, 0) + rows
    in_use = selected.narrowed[one.name][1] if one.name in selected.narrowed else ()
    if selected.is_whole:
        return list(counts.items())[:_MOST_SHOWN]
    sets = selected.sets.by_value(one, list(counts))
    if sets is None:
        return [(value, None) for value in list(counts)[:_MOST_SHOWN]]
    which = selected.without(one.name)
    found = {value: (which & some).bit_count() for value, some in sets.items()}
    found |= {value: (which & selected.sets.having(one, [value])).bit_count() for value in in_use if value not in found}
    ranked = sorted(found.items(), key=lambda pair: -pair[1])
    return [(value, count) for value, count in ranked[:_MOST_SHOWN] if count or value in in_use]


def _choice(
    labels: Labels, collection: Collection, selected: Selection, one: Filter, value: str, count: int | None
) -> Choice:
    in_use = one.name in selected.narrowed and value in selected.narrowed[one.name][1]
    href = labels.at.listing(collection.address, selected.with_value(one.name, value))
    return Choice(value, shown(labels, one, value), count, href, in_use)
