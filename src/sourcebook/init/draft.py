# SPDX-License-Identifier: Apache-2.0
"""A collection while it is being proposed: its files, how records lie in them, and the records themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sourcebook.book import Each
from sourcebook.infer import Written
from sourcebook.init.structure import Traits, common
from sourcebook.init.survey import BODY, Found
from sourcebook.parse import Lossy
from sourcebook.records.in_file import Numbers
from sourcebook.records.ways_to_records import Nowhere, leads


class Entry(NamedTuple):
    """A record of a draft: what it holds, its file, and its key where the map that it stands in gives it.

    ``lossy`` are its numbers that lose part of their text.
    """

    value: Any
    file: Found
    key: str | None = None
    lossy: tuple[Lossy, ...] = ()


@dataclass(frozen=True)
class Draft:
    """Files that look like one collection.

    ``home`` is the folder or file that gives the collection its name; ``select`` is as in the descriptor.
    """

    files: tuple[Found, ...]
    home: str
    layout: str = "file"
    at: tuple[str | Each, ...] = ()
    select: int | Mapping[str, Any] | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def body(self) -> str:
        """The field that a page's text goes to: one that no front matter has."""
        names = {name for found in self.files for name in found.value}
        return next(name for name in _bodies() if name not in names)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The records, in the order of files."""
        return tuple(entry for found in self.files for entry in self._entries(found))

    @cached_property
    def usual(self) -> Traits:
        """What most of the records have."""
        return common(entry.value for entry in self.entries)

    @cached_property
    def written(self) -> list[Written]:
        """How numbers are written that lose part of their text, of each record that has any."""
        return [{one.path: one.text for one in entry.lossy} for entry in self.entries if entry.lossy]

    def _entries(self, found: Found) -> Iterator[Entry]:
        numbers = Numbers(found.parsed)
        if self.layout == "documents":
            values = [document.value for document in found.parsed.documents]
            for number, value in enumerate(values):
                if selects(self.select, number, value):
                    yield Entry(value, found, None, numbers.within(number, ()))
            return
        if self.layout == "front-matter":
            value = {self.body if k == BODY else k: v for k, v in found.value.items()}
            yield Entry(value, found, None, numbers.within(0, ()))
            return
        for lead in leads(found.value, self.at):
            if isinstance(lead, Nowhere):
                continue
            top = lead.value
            if self.layout == "list":
                for number, value in enumerate(top):
                    yield Entry(value, found, None, numbers.within(0, (*lead.at, number)))
            elif self.layout == "map":
                for key, value in top.items():
                    yield Entry(value, found, key, numbers.within(0, (*lead.at, key)))
            else:
                yield Entry(top, found, None, numbers.within(0, lead.at))


def selects(select: int | Mapping[str, Any] | None, number: int, value: Mapping[str, Any]) -> bool:
    """Whether a document of a file, by its number or its properties, is one that ``select`` names."""
    if isinstance(select, int):
        return number == select
    return select is None or all(value.get(name) == wanted for name, wanted in select.items())


def _bodies() -> Iterator[str]:
    yield from ("body", "text", "content")
    number = 1
    while True:
        number += 1
        yield f"body_{number}"
