# SPDX-License-Identifier: Apache-2.0
"""What the lines of a network say: the records that they are, and the statements that these rest on.

A line between two people is easily an accusation. So no words of it stand anywhere without who says them and what
answers them: where there is no room for that, it is only said that there is a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sourcebook.content import records
from sourcebook.content.labels import Labels, Reference
from sourcebook.content.records import Part
from sourcebook.content.statements import Statement, attributed, fetch, is_statement, statements
from sourcebook.content.values import Shown, shortened
from sourcebook.extract.site import Collection
from sourcebook.site.pictures.frame import named, row_id
from sourcebook.site.pictures.graph import Edge, Graph

_LONGEST = 1_600  # letters that a line says by itself


@dataclass(frozen=True, slots=True)
class Tie:
    """A record that links two others: its parts, without what ``kind``, ``one`` and ``other`` say already."""

    id: str
    key: str
    href: str
    collection: Collection
    one: Reference
    other: Reference
    kind: tuple[Shown, ...]
    when: Shown | None
    parts: tuple[Part, ...]
    statement: Statement | None

    @property
    def rests_on(self) -> tuple[Statement, ...]:
        """The statements that the record refers to."""
        found = {one.key: one for part in self.parts for one in _statements(part)}
        return tuple(found.values())

    @property
    def kinds(self) -> str:
        """How the two are linked, in the record's words."""
        told = (getattr(one, "told", None) for one in self.kind)
        return "; ".join(
            named(said) if isinstance(said, Statement) else one.text for one, said in zip(self.kind, told, strict=True)
        )


def _statements(part: Part) -> Iterator[Statement]:
    for value in part.values:
        told = getattr(value, "told", None)
        if isinstance(told, Statement):
            yield told
    for inner in (*part.parts, *(one for item in part.items for one in item.parts)):
        yield from _statements(inner)


Ends = Mapping[int, tuple[tuple[Collection, str], tuple[Collection, str]]]
"""By the number of an edge, the records that it leads from and to."""


def ties(labels: Labels, edges: Mapping[int, tuple[Collection, str]], ends: Ends) -> dict[int, Tie]:
    """What some edges say, by their numbers: ``edges`` are their records. Labels are fetched."""
    numbers: dict[tuple[str, str], int] = {(of.name, key): number for number, (of, key) in edges.items()}
    by_collection: dict[str, list[str]] = {}
    for collection, key in edges.values():
        by_collection.setdefault(collection.name, []).append(key)
    found = {}
    for name, keys in by_collection.items():
        collection = labels.opened.site.collection(name)
        said = {one.key: one for one in statements(labels, collection, keys)} if is_statement(collection) else {}
        for record in records.read(labels, collection, keys, collection.fields):
            number = numbers[name, record.key]
            one, other = (labels.reference(of.name, key) for of, key in ends[number])
            found[number] = _tie(labels, collection, record, (one, other), said.get(record.key))
    fetch(labels)
    return found


def tied(labels: Labels, graph: Graph, edges: Sequence[Edge]) -> list[Tie]:
    """What some edges say, for the rows of a table."""
    records = graph.records({node for _, *ends in edges for node in ends})
    found = ties(
        labels,
        graph.edge_records(number for number, *_ in edges),
        {number: (records[one], records[other]) for number, one, other in edges},
    )
    return [found[number] for number, *_ in edges if number in found]


def _tie(
    labels: Labels,
    collection: Collection,
    record: records.Record,
    ends: tuple[Reference, Reference],
    statement: Statement | None,
) -> Tie:
    role = collection.roles["edge"]
    kind = record.part(role["kind"]) if "kind" in role else None
    interval = collection.roles.get("interval", {})
    said = {*role.values(), *(interval[name] for name in ("earliest", "latest") if name in interval)}
    return Tie(
        id=row_id("network", collection, record.key),
        key=record.key,
        href=labels.at.record(collection.address, record.key),
        collection=collection,
        one=ends[0],
        other=ends[1],
        kind=kind.values if kind else (),
        when=records.when(collection, record),
        parts=tuple(
            part for part in record.parts if part.field.path not in said and part.field.column != collection.key
        ),
        statement=statement,
    )


def called(one: Reference) -> str:
    """A record at the end of a line in words; a statement with who says it."""
    return named(one.told) if isinstance(one.told, Statement) else shortened(one.whole, 120)


def words(tie: Tie, *, has_statements: bool) -> str:
    """What a line says that is one record, with what that rests on."""
    middle = tie.kinds or "linked with"
    text = f"{called(tie.one)} – {middle} – {called(tie.other)}"
    text += f" ({tie.when.text})" if tie.when else ""
    rests = tie.rests_on
    if tie.statement:
        text += f"; a statement: {attributed(tie.statement)}"
    if rests:
        text += f"; as is said: {' | '.join(map(attributed, rests))}"
    elif has_statements and not tie.statement:
        text += "; no statement that it rests on is shown here"
    if len(text) > _LONGEST:
        return f"{called(tie.one)} – {called(tie.other)}: how, who says so and what answers it is in the record"
    return text


def several(some: Sequence[Tie], count: int, one: str, other: str, *, has_statements: bool) -> str:
    """What a line says that is ``count`` records, of which ``some`` are read: all of them, or none."""
    head = f"{count:,} records link {one} and {other}" if one != other else f"{count:,} records link within {one}"
    text = f"{head}: " + " — ".join(words(tie, has_statements=has_statements) for tie in some) if some else ""
    if text and len(text) <= _LONGEST:
        return text
    return f"{head}. The table has each, with what it rests on"


def wanted(lines: Iterable[Sequence[int]]) -> list[int]:
    """The numbers of the edges whose words lines say: of those that are few."""
    found: list[int] = []
    for numbers in lines:
        if len(numbers) <= _NAMED and len(found) + len(numbers) <= _MOST_READ:
            found += numbers
    return found


_NAMED, _MOST_READ = 2, 300
