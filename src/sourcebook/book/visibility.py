# SPDX-License-Identifier: Apache-2.0
"""Visibility: what of a book's records is public on a day, what never is, and what will be.

A schema says it at any depth by ``x-visibility``, and the descriptor in a collection's block, by the paths of
properties: ``public``, ``private`` or ``{embargoed: 2027-01-01}``; of what a record itself dates,
``{embargoed: {until: embargo.ends}}``. Where several are said of one place, all that keeps it back holds.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sourcebook.book.paths import SPECIAL, steps
from sourcebook.errors import UsageError

if TYPE_CHECKING:  # which most books do not need
    from sourcebook.validation.masks import Mask
    from sourcebook.validation.schema_nodes import Graph
    from sourcebook.validation.schemas import Schemas

KEYWORD = "x-visibility"


class Hidden:
    """What stands for a record of which nothing is public."""

    def __repr__(self) -> str:
        return "HIDDEN"


HIDDEN: Final = Hidden()
PUBLIC: Final = "public"


class Kept(NamedTuple):
    """What keeps a value from being public: for good, until a ``day``, or until the days at a path of the record."""

    day: str = ""
    until: tuple[str, ...] = ()

    def back(self, record: Any, today: str) -> bool:
        """Whether it does so ``today``, in ``record``, a whole one. Where the record says no day, it does."""
        if self.day:
            return today < self.day
        days = days_at(record, self.until) if self.until else [""]
        return not _are_days(days) or today < max(days)

    @property
    def for_all(self) -> bool:
        """Whether it does so in every record alike."""
        return not self.until


@dataclass(frozen=True)
class Visibility:
    """What of each collection's records is public on a ``day``; ``masks`` are of those of which not all is, by name."""

    day: str = ""
    masks: Mapping[str, Mask] = field(default_factory=dict)
    graph: Graph | None = None
    embargoes: frozenset[Kept] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything may be kept back."""
        return bool(self.masks)

    def on(self, day: str) -> Visibility:
        """The same on another day."""
        return replace(self, day=day)

    def public(self, collection: str, record: Any) -> Any:
        """The public form of a record, plain data: what is not public is left out, and HIDDEN where all of it is.

        It is the record itself where nothing is kept back. Nothing of the record is changed.
        """
        cut = self.cut(collection, record)
        return record if cut is None else cut.value

    def cut(self, collection: str, record: Any) -> Cut | None:
        """The same, with what is noted on the way; None where nothing of the collection's records is kept back."""
        mask = self.masks.get(collection)
        return None if mask is None else Cut(mask, record, self.day)

    def public_of_past(self, collection: str, record: Any) -> Any:
        """What may be told now of a record as it was once: HIDDEN where nothing may.

        An embargo that records date themselves is judged by the record of today, which is another: what stands under
        one is told of no record of the past. A whole record is judged by its own; whether it is public now, who asks
        has to know.
        """
        mask = self.masks.get(collection)
        return record if mask is None else Cut(mask, record, self.day, past=True).value

    def kept(self, mask: Mask | None) -> tuple[Kept, ...]:
        """What keeps back the values at a place: not what is over on the day."""
        if mask is None:
            return ()
        return tuple(one for one in mask.said if isinstance(one, Kept) and not (one.day and one.day <= self.day))

    def hides(self, collection: str, path: Iterable[str]) -> bool:
        """Whether what stands at a path is kept back, in some record at least."""
        mask = self.masks.get(collection)
        return mask is not None and any(self.kept(one) for one in mask.at(path))

    def never(self, mask: Mask | None) -> bool:
        """Whether no value at a place is public on the day, in whatever record."""
        return any(one.for_all for one in self.kept(mask))

    @cached_property
    def fingerprint(self) -> tuple[str, ...]:
        """What the public form depends on besides descriptor and schemas: which embargoes are over on the day.

        Where records say themselves how long they are kept back, that is the day itself.
        """
        if any(one.until for one in self.embargoes):
            return (self.day,)
        return tuple(sorted(one.day for one in self.embargoes if one.day > self.day))


def public_form(visibility: Visibility, collection: str, record: Any, day: str | None = None) -> Any:
    """The public form of a record of ``collection`` on a ``day``, by default that of the build: see `Visibility`."""
    return (visibility if day is None else visibility.on(day)).public(collection, record)


_Collections = Iterable[tuple[str, str | None, Mapping[str, Any]]]


def classified(schemas: Schemas, collections: _Collections) -> Visibility:
    """The same as `visibility_of`, with what is said to be public among what is said, and masks of all places."""
    return visibility_of(schemas, collections, silent=True)


def visibility_of(schemas: Schemas, collections: _Collections, *, silent: bool = False) -> Visibility:
    """The visibility of a book's collections: of each its name, its schema, and what the descriptor says by paths.

    What is said in a form that means nothing keeps back for good. Raises UsageError where SOURCE_DATE_EPOCH is no time.
    """
    from sourcebook.validation.masks import Overlay, mask_of
    from sourcebook.validation.schema_nodes import Graph

    told: list[Kept] = []

    def said(value: Any) -> tuple[Hashable, ...]:
        found = _said(value)
        told.extend(found)
        return found or ((PUBLIC,) if silent else ())

    graph = Graph(KEYWORD, said)
    masks = {}
    found = [
        (name, schemas.schema(path) if path in schemas.valid else None, by_path) for name, path, by_path in collections
    ]
    for _, schema, _ in found:
        if schema is not None:
            graph.node(schema)
    graph.mark()
    for name, schema, by_path in found:
        overlay = Overlay()
        for path, value in by_path.items():
            overlay.at(_way(path)).said += said(value)
        mask = mask_of(graph, schema, overlay, silent=silent)
        if mask is not None:
            masks[name] = mask
    embargoes = frozenset(one for one in told if one.day or one.until)
    return Visibility(today() if masks else "", masks, graph, embargoes)


def today() -> str:
    """The day of a build: of SOURCE_DATE_EPOCH where it is set, else the day in UTC. Raises UsageError."""
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(int(said) if said else time.time()))
    except (OverflowError, ValueError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {said!r}, which is no time in seconds") from error


def is_day(value: Any) -> bool:
    """Whether a value is a day as embargoes want it: 2027-01-01."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        return time.strftime("%Y-%m-%d", time.strptime(value, "%Y-%m-%d")) == value
    except ValueError:
        return False


def days_at(record: Any, path: tuple[str, ...]) -> list[Any]:
    """What stands at a path of a record, of which an embargo is dated."""
    found = [record]
    for step in path:
        if step == "[]":
            found = [one for value in found if isinstance(value, list) for one in value]
        elif step == "{}":
            found = [one for value in found if isinstance(value, dict) for one in value.values()]
        else:
            found = [value[step] for value in found if isinstance(value, dict) and step in value]
    return [one for one in found if one is not None]


def read(value: Any) -> Kept | None:
    """What a visibility says that is written well: None where all is public. Raises ValueError where it is not."""
    if value == "public":
        return None
    if value == "private":
        return Kept()
    said = value.get("embargoed") if isinstance(value, dict) and len(value) == 1 else None
    if isinstance(said, str) and is_day(said):
        return Kept(day=said)
    path = said.get("until") if isinstance(said, dict) and len(said) == 1 else None
    if isinstance(path, str) and steps(path) and "{key}" not in steps(path):
        return Kept(until=steps(path))
    raise ValueError(value)


def _said(value: Any) -> tuple[Kept, ...]:
    try:
        found = read(value)
    except ValueError:
        return (Kept(),)
    return () if found is None else (found,)


def _way(path: str) -> tuple[str, ...]:
    """The steps of a path; ``.`` is the record."""
    return () if path == "." else tuple(step for step in steps(path) if step != SPECIAL[2])


class Cut:
    """A record cut down to its public form on a ``day``, and what was noted on the way.

    ``embargoed`` are how many values are kept back until which day (the empty text where a path that is not public says
    it, or nothing does); ``undated`` the paths at which the record was to say a day, and does not.
    """

    def __init__(self, mask: Mask, record: Any, day: str, *, past: bool = False) -> None:
        self._past = past
        self.embargoed: Counter[str] = Counter()
        self.undated: set[tuple[str, ...]] = set()
        self._record, self._day, self._top = record, day, mask
        self.value = self._public(mask, record)

    def _public(self, mask: Mask, value: Any) -> Any:
        here = mask if isinstance(value, list) else mask.one
        if here.said:
            back = [one for one in here.said if isinstance(one, Kept) and self._is_back(one, mask)]
            if back:
                self._note(back)
                return HIDDEN
        if isinstance(value, dict):
            pairs = [
                (name, item if (below := here.named(name)) is None else self._public(below, item))
                for name, item in value.items()
            ]
            same = all(item is value[name] for name, item in pairs)
            return value if same else {name: item for name, item in pairs if item is not HIDDEN}
        if isinstance(value, list):
            items = [
                item if (below := here.item(index)) is None else self._public(below, item)
                for index, item in enumerate(value)
            ]
            same = all(one is other for one, other in zip(items, value, strict=True))
            return value if same else [item for item in items if item is not HIDDEN]
        return value

    def _is_back(self, one: Kept, mask: Mask) -> bool:
        if self._past and one.until and mask is not self._top:
            return True
        return one.back(self._record, self._day)

    def _note(self, back: list[Kept]) -> None:
        self.undated |= {one.until for one in back if one.until and not _are_days(days_at(self._record, one.until))}
        if all(one.day or one.until for one in back):
            self.embargoed[max((self._until(one) for one in back), key=lambda day: (not day, day))] += 1

    def _until(self, one: Kept) -> str:
        if one.day:
            return one.day
        days = days_at(self._record, one.until)
        if not _are_days(days) or any(kept for place in self._top.at(one.until) for kept in place.said):
            return ""
        return str(max(days))


def _are_days(values: list[Any]) -> bool:
    return bool(values) and all(map(is_day, values))
