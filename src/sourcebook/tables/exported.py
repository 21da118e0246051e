# SPDX-License-Identifier: Apache-2.0
"""What a book says of its records to FollowTheMoney: whether a schema there suits them, and what it is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sourcebook.book import Book, Collection
from sourcebook.book.followthemoney import NOTE, SCHEMATA
from sourcebook.parse import Path
from sourcebook.tables.model import Column
from sourcebook.validation.wording import did_you_mean

ROLE, SCHEMA = "ftm", "schema"
_Problem = tuple[Path, str, str]


def schema_problems(book: Book, collection: Collection, columns: Mapping[str, Column]) -> Iterator[_Problem]:
    """What is wrong with the schema of a collection; ``columns`` are those of what stands in its records, by path."""
    name, place = collection.roles[ROLE][SCHEMA], ("role", ROLE, SCHEMA)
    statements = "statement" in collection.roles
    if statements and name != NOTE:
        message = f"the records of {collection.name} are statements, and a {name} would say them without who says them"
        yield place, message, f"let the schema be {NOTE}, which has with it who says it and what answers it"
    elif name == NOTE and not statements:
        yield place, f"the records of {collection.name} are no statements, and a {NOTE} is one", "name another schema"
    elif SCHEMATA[name].ends:
        yield from _ends(book, collection, name, columns)


def property_problems(
    book: Book, collection: Collection, part: str, column: Column, targets: list[str]
) -> Iterator[_Problem]:
    """What is wrong with a property of a schema that is to be filled from a ``column``."""
    place: Path = ("role", ROLE, part)
    name = collection.roles[ROLE][SCHEMA]
    known = SCHEMATA[name].properties
    statements = [one for one in targets if one in book.by_name and "statement" in book.by_name[one].roles]
    if part not in known:
        hint = did_you_mean(part, known) or f"there are {', '.join(known)}"
        yield place, f"a {name} has no {part!r} that a book may fill", hint
    elif statements:
        message = f"{column.path!r} leads to statements, which no property can say with who says them"
        yield place, message, f"take it out: what a record rests on is told with it, and {statements[0]} can be notes"


def _ends(book: Book, collection: Collection, name: str, columns: Mapping[str, Column]) -> Iterator[_Problem]:
    """Whether a link leads from and to what its schema has at its ends."""
    edge = collection.roles.get("edge")
    if not edge:
        message = f"a {name} links two records, and the records of {collection.name} do not say which"
        yield ("role", ROLE, SCHEMA), message, "give the collection the role edge, or name another schema"
        return
    for part, (end, needed) in zip(("from", "to"), SCHEMATA[name].ends, strict=True):
        column = columns.get(edge[part])
        targets = [one.collection for one in (column.foreign, *column.targets) if one] if column else []
        schemata = {one: book.by_name[one].roles.get(ROLE, {}).get(SCHEMA, "") for one in targets}
        if schemata and not any(schemata.values()):
            message = f"{edge[part]!r} leads to {next(iter(schemata))}, whose records have no schema"
            yield ("role", ROLE, SCHEMA), message, f"give it the role {ROLE} too"
        for one, schema in schemata.items():
            if schema and needed not in SCHEMATA[schema].isa:
                message = f"{edge[part]!r} leads to {one}, of schema {schema}; the {end} of a {name} is a {needed}"
                yield ("role", ROLE, SCHEMA), message, "UnknownLink links records of any schema"
