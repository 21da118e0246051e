# SPDX-License-Identifier: Apache-2.0
"""``table-name`` and ``column-name``: names that a stage after the tables cannot carry, or carries badly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator

from sourcebook import files
from sourcebook.book import Book, steps
from sourcebook.book.written import Written
from sourcebook.exact import dumps
from sourcebook.finding import Finding, is_unprintable, pointer
from sourcebook.parse import Path
from sourcebook.records.places import descriptor_place
from sourcebook.tables import Plan, Table
from sourcebook.tables.whole_book import Plans
from sourcebook.validation.addresses import schemas_in
from sourcebook.validation.wording import shown

LONGEST = 120
"""Characters of a name: it is a heading, a part of addresses and of file names."""


def check(book: Book, plans: Plans) -> Iterator[Finding]:
    """A finding for each name of a table or a column, at the property in the schema that it was made of."""
    for plan in plans.values():
        taken = {table.name for table in plan.tables}
        for table in plan.tables:
            if unfit(table.name) and table.parent:
                why = "holds a ], at which Datasette 0.65 shows no page of the database"
                yield _finding(book, plan, "table-name", f"the table's name {shown(table.name)} {why}", table, taken)
            yield from _columns(book, plan, table)


def unfit(table: str) -> bool:
    """Whether no page can show a table of that name."""
    return "]" in table


def _columns(book: Book, plan: Plan, table: Table) -> Iterator[Finding]:
    taken = {column.name for column in table.columns}
    for column in table.columns:
        why = awkward(column.name) if column.path and column.role in ("key", "property") else ""
        if why:
            message = f"the column's name {shown(column.name)} {why}"
            yield _finding(book, plan, "column-name", message, table, taken, column.path, column.name)


def awkward(name: str) -> str:
    """What is awkward about the name of a column for those who read it; the empty string where nothing is."""
    if not name.strip():
        return "is blank"
    if name != name.strip():
        return "begins or ends with a blank, which readers of CSV take away"
    if any(map(is_unprintable, name)):
        return "holds characters that are not seen: controls, line breaks, marks of direction or of no width"
    if len(name) > LONGEST:
        return f"has {len(name):,} characters"
    if name.startswith("_search"):
        return "begins as Datasette's parameter of search does, so that nothing can be filtered by it"
    if name.startswith("{"):
        return "begins with {, after which Datasette reads what it is to facet by as JSON"
    return ""


def _finding(
    book: Book,
    plan: Plan,
    rule: str,
    message: str,
    table: Table,
    taken: Container[str],
    path: str | None = None,
    name: str | None = None,
) -> Finding:
    path, name = table.path if path is None else path, table.name if name is None else name
    hint = f"add to the collection in the descriptor: rename: {{{_quoted(path)}: {plain(name, taken)}}}"
    for file, value, data, where in _declared(book, plan, path):
        place = Written(value, data, file, book.limits).positions.key(where)
        return Finding(file, *place, rule, message, hint=hint, pointer=pointer(where))
    where = (*book.by_name[plan.collection].where, "sourcebook")
    return Finding("datapackage.yaml", *descriptor_place(book, where), rule, message, hint=hint, pointer=pointer(where))


def _declared(book: Book, plan: Plan, path: str) -> Iterator[tuple[str, object, bytes, Path]]:
    """The places in schemas where a property is declared that has the name which a path ends with, the likely first."""
    names = [step for step in steps(path) if step not in ("[]", "{}")]
    own = book.by_name[plan.collection].schema
    for file in sorted(book.schemas.paths, key=lambda one: one != own) if own and names else ():
        contents = book.schemas.contents(file)
        for where, one, _ in schemas_in(contents, ""):
            declared = one.get("properties")
            if isinstance(declared, dict) and names[-1] in declared:
                data, _odd = files.read_bytes(book.root, file, book.limits.bytes)
                yield file, contents, data, (*where, "properties", names[-1])


def _quoted(path: str) -> str:
    """A path as it is written in YAML, where what is not seen is escaped."""
    return "".join(f"\\u{ord(c):04x}" if is_unprintable(c) else c for c in dumps(path))


def plain(name: str, taken: Container[str]) -> str:
    """A name without what is awkward in ``name``, which is not ``taken``."""
    words = re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", name)).strip("_")[: LONGEST // 2].strip("_")
    plain, number = words or "unnamed", 2
    while plain in taken:
        plain, number = f"{words or 'unnamed'}_{number}", number + 1
    return plain
