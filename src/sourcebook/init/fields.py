# SPDX-License-Identifier: Apache-2.0
"""What may link, and to what: the properties of proposed collections with the values that stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sourcebook.book import steps
from sourcebook.init.proposal import Proposal
from sourcebook.records.keys import file_key
from sourcebook.tables import Plan
from sourcebook.tables.links import written

_LONGEST = 200  # characters of a text that may still name something
_ENCODINGS = ("text", "integer", "any")
_TIMES = ("date", "date-time", "time")


@dataclass(frozen=True, eq=False)
class Target:
    """A unique field of a collection; the empty field is a key that does not stand in the records."""

    proposal: Proposal
    field: str
    numbers: Mapping[Any, int]  # of the record that each value means
    is_key: bool
    is_label: bool  # whether pages show it for a record

    @property
    def collection(self) -> str:
        """Name of the collection."""
        return self.proposal.name

    @cached_property
    def values(self) -> frozenset[Any]:
        """Every value of the field."""
        return frozenset(self.numbers)

    @property
    def written(self) -> str:
        """The target as references write it."""
        return self.collection if self.is_key else f"{self.collection}.{self.field}"

    @property
    def leaf(self) -> str:
        """Its own name, without those of the mappings around it."""
        return leaf(self.field)


@dataclass(frozen=True, eq=False)
class Source:
    """A property that may link: each value that stands there, with the first file that has it.

    ``identity`` says that it tells the collection's records apart, so that it names the record rather than another.
    """

    proposal: Proposal
    path: str
    values: Mapping[Any, str]
    is_key: bool
    identity: bool

    @property
    def collection(self) -> str:
        """Name of the collection."""
        return self.proposal.name

    @property
    def leaf(self) -> str:
        """Its own name, without those of the mappings and lists around it."""
        return leaf(self.path)

    @property
    def above(self) -> str:
        """The path of the mapping that it stands in."""
        return re.sub(r"(\[\]|\{\})+$", "", self.path).rpartition(".")[0]

    def meant(self, target: Target) -> dict[tuple[Any, ...], int]:
        """The number of the record that each place in the records means, by record and the path of its mapping."""
        return {place: target.numbers[value] for place, value in self.places}

    @cached_property
    def places(self) -> list[tuple[tuple[Any, ...], Any]]:
        """Each value with its place: the number of the record, and the path of the mapping in it."""
        depth, way = len(steps(self.above)), steps(self.path)
        return [
            ((number, *path[:depth]), value)
            for number, record in enumerate(self.proposal.values)
            for path, value in written(record, way)
        ]

    def means_itself_in(self, target: Target) -> bool:
        """Whether every record means itself by it, as a slug does that repeats an id."""
        return self.collection == target.collection and all(
            place[0] == target.numbers[value] for place, value in self.places
        )


def leaf(path: str) -> str:
    """The last name of a property path."""
    return re.sub(r"(\[\]|\{\})+$", "", path).rpartition(".")[2]


def sources(proposal: Proposal, plan: Plan, targets: Iterable[Target]) -> Iterator[Source]:
    """The columns of single values that are no dates and no long texts."""
    unique = {target.field for target in targets if target.collection == proposal.name}
    columns = [
        column
        for table in plan.tables
        for column in table.columns
        if column.role in ("property", "value", "key")
        and column.path
        and column.encoding in _ENCODINGS
        and column.note.format not in _TIMES
    ]
    found = _written(proposal, {column.path for column in columns})
    for column in columns:
        if values := found[column.path]:
            yield Source(proposal, column.path, values, column.role == "key", column.path in unique)


class _Way:
    """Paths taken apart to steps that they share, so that each record is walked once for all of them."""

    def __init__(self) -> None:
        self.further: dict[str, _Way] = {}
        self.values: dict[Any, str] | None = None  # those at the end of a path, each with its first file
        self.ended = False  # since one of them cannot be a reference

    def walk(self, value: Any, file: str) -> None:
        """Take a value, and what it holds, into account, as `written` finds it."""
        if self.values is not None and value is not None and not self.ended:
            if _is_name(value):
                self.values.setdefault(value, file)
            else:
                self.ended = True
                self.values.clear()
        for step, way in self.further.items():
            if step in ("[]", "{}"):
                inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
                for item in inner if step == "{}" or isinstance(value, list) else (value,):
                    way.walk(item, file)
            elif isinstance(value, dict) and step in value:
                way.walk(value[step], file)


def _written(proposal: Proposal, paths: Iterable[str]) -> dict[str, dict[Any, str]]:
    """The different values at each path, each with its first file; none where one of them cannot be a reference."""
    top = _Way()
    found: dict[str, dict[Any, str]] = {}
    for path in paths:
        way = top
        for step in steps(path):
            way = way.further.setdefault(step, _Way())
        found[path] = way.values = {}
    for entry in proposal.draft.entries:
        top.walk(entry.value, entry.file.path)
    return found


def targets(proposal: Proposal, plan: Plan) -> Iterator[Target]:
    """The key of a collection, and its columns whose values differ in every record that has one."""
    collection = proposal.collection()
    if collection.key is None:
        keys = [entry.key or file_key(collection, entry.file.path) for entry in proposal.draft.entries]
        yield Target(proposal, "", {key: number for number, key in enumerate(keys)}, True, False)
    for column in plan.tables[0].columns:
        named = column.role in ("key", "property") and column.path and column.encoding in _ENCODINGS
        if named and (numbers := _unique(proposal, column.path)):
            is_label = column.name == plan.tables[0].label
            yield Target(proposal, column.path, numbers, column.path == collection.key, is_label)


def _unique(proposal: Proposal, path: str) -> dict[Any, int]:
    """The values of a field by the number of their record; none where one stands twice, or cannot be referred to."""
    numbers: dict[Any, int] = {}
    way = steps(path)
    for number, entry in enumerate(proposal.draft.entries):
        value = entry.value
        for step in way:
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            continue
        if not _is_name(value) or numbers.setdefault(value, number) != number:
            return {}
    return numbers


def _is_name(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return isinstance(value, int) or 0 < len(value) <= _LONGEST
