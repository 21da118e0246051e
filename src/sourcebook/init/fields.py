# SPDX-License-Identifier: Apache-2.0
"""What may link, and to what: the properties of proposed collections with the values that stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sourcebook.book import look_up, steps
from sourcebook.init.proposal import Proposal
from sourcebook.records.keys import file_key
from sourcebook.tables import Column, Plan
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
        depth = len(steps(self.above))
        return {
            (number, *path[:depth]): target.numbers[value]
            for number, record in enumerate(self.proposal.values)
            for path, value in written(record, steps(self.path))
        }

    def means_itself_in(self, target: Target) -> bool:
        """Whether every record means itself by it, as a slug does that repeats an id."""
        return self.collection == target.collection and all(
            place[0] == number for place, number in self.meant(target).items()
        )


def leaf(path: str) -> str:
    """The last name of a property path."""
    return re.sub(r"(\[\]|\{\})+$", "", path).rpartition(".")[2]


def sources(proposal: Proposal, plan: Plan, targets: Iterable[Target]) -> Iterator[Source]:
    """The columns of single values that are no dates and no long texts."""
    unique = {target.field for target in targets if target.collection == proposal.name}
    for table in plan.tables:
        for column in table.columns:
            if column.role in ("property", "value", "key") and column.path and column.encoding in _ENCODINGS:
                values = {} if column.note.format in _TIMES else _written(proposal, column)
                if values:
                    yield Source(proposal, column.path, values, column.role == "key", column.path in unique)


def _written(proposal: Proposal, column: Column) -> dict[Any, str]:
    """The different values of a column, each with its first file; empty where one of them cannot be a reference."""
    path = steps(column.path)
    first: dict[Any, str] = {}
    for entry in proposal.draft.entries:
        for _, value in written(entry.value, path):
            if not _is_name(value):
                return {}
            first.setdefault(value, entry.file.path)
    return first


def targets(proposal: Proposal, plan: Plan) -> Iterator[Target]:
    """The key of a collection, and its columns whose values differ in every record that has one."""
    collection = proposal.collection()
    if collection.key is None:
        keys = [entry.key or file_key(collection, entry.file.path) for entry in proposal.draft.entries]
        yield Target(proposal, "", {key: number for number, key in enumerate(keys)}, True, False)
    for column in plan.tables[0].columns:
        if column.role in ("key", "property") and column.path and column.encoding in _ENCODINGS:
            values = [_field(value, column.path) for value in proposal.values]
            numbers = {value: number for number, value in enumerate(values) if value is not None}
            if numbers and all(map(_is_name, numbers)) and len(numbers) == len(values) - values.count(None):
                is_label = column.name == plan.tables[0].label
                yield Target(proposal, column.path, numbers, column.path == collection.key, is_label)


def _field(value: Any, path: str) -> Any:
    try:
        return look_up(value, steps(path))
    except KeyError:
        return None


def _is_name(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return isinstance(value, int) or 0 < len(value) <= _LONGEST
