# SPDX-License-Identifier: Apache-2.0
"""Records in lists: label and summary, and what they rest on; of a statement, who says it and what answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcebook.content import records
from sourcebook.content.labels import Labels, label_column
from sourcebook.content.records import Part
from sourcebook.content.statement_data import leading
from sourcebook.content.statements import Statement, fetch, is_statement, statements
from sourcebook.content.values import Shown
from sourcebook.extract.site import Collection


@dataclass(frozen=True, slots=True)
class Card:
    """A record in a list of such; ``when`` is its time, where its collection has the role of an interval."""

    key: str
    href: str
    label: str
    collection: str
    parts: tuple[Part, ...] = ()
    when: Shown | None = None


def cards(labels: Labels, collection: Collection, keys: Sequence[str]) -> list[Card] | list[Statement]:
    """What lists show of the records of ``keys``, in their order: statements, where the collection is one of these."""
    if is_statement(collection):
        said = statements(labels, collection, keys)
        fetch(labels)
        return said
    interval = collection.roles.get("interval", {})
    grounds = leading(labels.opened.site, (one for one in collection.fields if one.single or one.kind == "value"))
    paths = [
        *collection.summary,
        *(one.path for one in grounds),
        *(interval[name] for name in ("earliest", "latest") if name in interval),
    ]
    column = label_column(collection)
    fields = [found for path in dict.fromkeys(paths) if (found := collection.field(path)) and found.column != column]
    read = records.read(labels, collection, keys, fields)
    for record in read:
        labels.reference(collection.name, record.key)
    fetch(labels)
    ends = set(interval.values())
    return [
        Card(
            key=record.key,
            href=labels.at.record(collection.address, record.key),
            label=labels.label(collection.name, record.key),
            collection=collection.name,
            parts=tuple(part for part in record.parts if part.field.path not in ends),
            when=records.when(collection, record),
        )
        for record in read
    ]
