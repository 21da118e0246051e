# SPDX-License-Identifier: Apache-2.0
"""Which records a picture shows: of which collections, narrowed down as their listings are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sourcebook.content.labels import Labels
from sourcebook.content.statements import fetch
from sourcebook.content.values import Shown
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Asked
from sourcebook.site.choosing.facets import Facet, facets, shown
from sourcebook.site.choosing.recordsets import record_sets
from sourcebook.site.choosing.selection import Selection, selection
from sourcebook.site.parameters import PAGE, repeated, unknown
from sourcebook.site.pictures.frame import Pairs
from sourcebook.site.published import Published

_MOST_FACETS = 4  # of a collection, that a form has


@dataclass(frozen=True, slots=True)
class Used:
    """A filter that is in use, with one of its values; ``href`` leads to the picture without it."""

    title: str
    shown: Shown | None
    typed: str
    href: str

    @property
    def text(self) -> str:
        """The value in words."""
        return self.shown.text if self.shown else self.typed


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a picture is asked to show.

    ``collections`` are all that it could show, ``only`` the one that is asked for, where one is; ``selected`` says for
    each that is shown, by name, which of its records. ``facets`` and ``used`` are those of ``only``.
    """

    collections: tuple[Collection, ...]
    only: Collection | None
    selected: Mapping[str, Selection]
    typed: str
    problems: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    used: tuple[Used, ...] = ()

    @property
    def shown(self) -> tuple[Collection, ...]:
        """The collections that are shown."""
        return tuple(one for one in self.collections if one.name in self.selected)

    def rows(self, collection: Collection) -> Sequence[int] | None:
        """The rows of the table of records that are shown of a collection; None where it is all of them."""
        selected = self.selected[collection.name]
        return None if selected.is_whole else selected.sets.rows(selected.which)


def chosen(opened: Published, labels: Labels, asked: Asked, role: str, own: Sequence[str] = ()) -> Chosen:
    """What is asked for of the collections that have a ``role``; ``own`` are parameters of the picture itself.

    Words are looked for in all of them; all other parameters are filters of the one ``collection`` that is asked for,
    or of the only one that there is. A property that is called as one of the picture's own parameters is asked for with
    a dot before its name. Labels are fetched.
    """
    every = tuple(one for one in opened.site.collections if role in one.roles)
    by_name = {one.name: one for one in every}
    typed = asked.one("collection")
    only = by_name.get(typed) or (every[0] if len(every) == 1 else None)
    own = ("collection", *own)
    problems = list(repeated(asked, ("q", PAGE, *own)))
    if typed and typed not in by_name:
        problems.append(f"“{typed}” is no collection that is shown here.")
    rest, open_ = _narrowing(asked, (PAGE, *own), own)
    known = {name for one in every if open_ for name in record_sets(opened, one).filters}
    problems += unknown(replace(asked, query=open_), {"q", *known})
    filters = {name: values for name, values in rest.items() if only or name == "q"}
    if len(filters) < len(rest):
        names = ", ".join(f"“{name}”" for name in rest if name not in filters)
        problems.append(f"Say of which collection: {names} is left out.")
    selected = {
        one.name: selection(opened, one, replace(asked, query=filters), paged=False)
        for one in ((only,) if only else every)
    }
    problems += dict.fromkeys(told for one in selected.values() for told in one.problems)
    choices, used = [], []
    if only:
        found = [one for one in facets(labels, only, selected[only.name]) if one.choices][:_MOST_FACETS]
        choices = [replace(one, name=f".{one.name}") if one.name in own else one for one in found]
        used = list(_used(labels, asked, selected[only.name], own))
    fetch(labels)
    first = next(iter(selected.values()), None)
    return Chosen(every, only, selected, first.typed if first else "", tuple(problems), tuple(choices), tuple(used))


def _narrowing(
    asked: Asked, not_of_records: Sequence[str], own: Sequence[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The parameters of an address that ask for records, and those that are there without a value, or mean nothing.

    A form sends what is left open as empty, and so does that of another collection.
    """
    dotted = {f".{name}": name for name in own}
    rest: dict[str, tuple[str, ...]] = {}
    open_: dict[str, tuple[str, ...]] = {}
    for name, values in asked.query.items():
        filled = tuple(filter(None, values))
        if name not in not_of_records:
            (rest if filled and name != "sort" else open_)[dotted.get(name, name)] = filled
    return rest, open_


def _used(labels: Labels, asked: Asked, selected: Selection, own: Sequence[str]) -> Iterator[Used]:
    kept: Pairs = [(name, value) for name in own for value in asked.query.get(name, ()) if value]

    def there(pairs: Pairs) -> str:
        rest = [(f".{name}" if name in own else name, value) for name, value in pairs]
        return labels.at.listing(asked.path[0], kept + rest)

    if selected.typed:
        yield Used("Words", None, selected.typed, there([pair for pair in selected.query() if pair[0] != "q"]))
    for name, (one, values) in selected.narrowed.items():
        for value in values:
            yield Used(one.title, shown(labels, one, value), value, there(selected.with_value(name, value)))
