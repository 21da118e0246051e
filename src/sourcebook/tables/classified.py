# SPDX-License-Identifier: Apache-2.0
"""What a book says of visibility, held against its tables: each path is that of a property, what is kept back plays no
part in what is published, and where the book wants that of every property, each is classified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.book import DESCRIPTOR, Book, Collection, steps, template_parts
from sourcebook.book.visibility import PUBLIC, Kept, classified
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Path
from sourcebook.records.places import descriptor_place, schema_finding
from sourcebook.tables.conditional_references import leads_on
from sourcebook.tables.model import Child, Group, Nested, Node, Plan
from sourcebook.validation.masks import Mask
from sourcebook.validation.wording import did_you_mean

RULE, UNCLASSIFIED = "visibility", "unclassified"


def visibility_problems(book: Book, collection: Collection, whole: Plan) -> Iterator[Finding]:
    """What is wrong with what is said of the visibility of a collection's records, of which ``whole`` is the plan."""
    inside = [column.path for table in whole.tables for column in table.columns]
    known = {*inside, *(table.path for table in whole.tables), *(table.path[:-2] for table in whole.tables)} - {""}

    def is_known(path: str) -> bool:
        return path in known or leads_on(whole, steps(path)) or any(one.startswith(f"{path}.") for one in inside)

    def may_be(path: str) -> bool:
        """Whether records may have the property, though the schema does not declare it."""
        return _is_open(whole, steps(path)) and not did_you_mean(path, known)

    for path, said in collection.visibility.items():
        where: Path = ("visibility", path)
        if "{key}" in steps(path):
            message = "the keys of a map are published with its values"
            yield _at(book, collection, where, message, "say it of the values: {}")
        elif path != "." and not is_known(path) and not may_be(path):
            hint = did_you_mean(path, known) or "write lists as tags[], maps as names{}, a dot in a name as \\."
            yield _at(book, collection, where, f"no property has the path {path!r}", hint)
        until = said.get("embargoed") if isinstance(said, dict) else None
        if isinstance(until, dict) and not is_known(until["until"]):
            yield _at(book, collection, where, *_no_day(until["until"], known))
    mask = book.visibility.masks.get(collection.name)
    if mask is None:
        return
    for one in sorted(_until(book, collection, inside)):
        if one not in _laid_over(collection) and not is_known(one):
            yield _at(book, collection, ("schema",), *_no_day(one, known))
    for path in _of_key(collection):
        if book.visibility.hides(collection.name, steps(path)) and not book.visibility.kept(mask):
            message = f"the key of a record is published, and so is {path!r}, of which it is made"
            yield _at(book, collection, ("key",), message, "let it be public, or make the key of something else")


def _is_open(plan: Plan, way: tuple[str, ...]) -> bool:
    """Whether a mapping on the way to a place may hold more than is declared."""
    node: Node | None = plan.root
    for step in way:
        if isinstance(node, Group):
            if step not in node.members:
                return node.other is not None
            node = node.members[step]
        elif isinstance(node, Child | Nested):
            node = plan.items.get(node.table)
    return False


def _no_day(path: str, known: set[str]) -> tuple[str, str]:
    hint = did_you_mean(path, known) or "it is a path from the record, of a property that holds a day: 2027-01-01"
    return f"no property has the path {path!r}, until whose day something is kept back", hint


def _laid_over(collection: Collection) -> set[str]:
    said = [value.get("embargoed") for value in collection.visibility.values() if isinstance(value, dict)]
    return {one["until"] for one in said if isinstance(one, dict)}


def _until(book: Book, collection: Collection, paths: list[str]) -> set[str]:
    """The paths of the properties until whose days something in the records is kept back."""
    mask = book.visibility.masks[collection.name]
    masks = [one for path in paths for one in mask.at(steps(path))]
    return {_path(one.until) for found in masks for one in found.said if isinstance(one, Kept) and one.until}


def _path(way: tuple[str, ...]) -> str:
    return "".join(step if step in ("[]", "{}") else f".{step}" for step in way).removeprefix(".")


def _of_key(collection: Collection) -> Iterator[str]:
    """The paths of the properties that make the keys of records."""
    if collection.key is not None:
        yield collection.key
        return
    above = [step.name for step in collection.at if not isinstance(step, str | int)]
    for part in template_parts(collection.key_template):
        if part.isdecimal() and 0 < int(part) <= len(above):
            part = above[int(part) - 1]
        if part and part not in ("stem", "parent", "path", "key") and not part.isdecimal():
            yield part


def unclassified(book: Book, collection: Collection, whole: Plan) -> Iterator[Finding]:
    """The properties of which nobody says whether they are public, each at its place in the schema."""
    said = classified(book.schemas, [(collection.name, collection.schema, collection.visibility)])
    root = said.masks[collection.name]
    if any(one != PUBLIC for one in root.said):  # of the record it is said, so of all in it
        return
    told: set[tuple[str, bool]] = set()
    for column in (column for table in whole.tables for column in table.columns):
        if column.role not in ("key", "property", "value", "other") or (column.role == "key" and not column.path):
            continue
        way = list(root.at(steps(column.path)))[1:]
        is_other = column.role == "other"
        if is_other and not collection.schema:
            continue  # of what no schema declares, there are columns, of which each is classified
        if is_other:
            here = way[-1] if way else root
            way = [*way, *([here.one.each] if here.one.each else [])]
        if any(one.said for one in way) or (column.path, is_other) in told:
            continue
        told.add((column.path, is_other))
        which = repr(column.path) if column.path else "the record"
        if is_other:
            message = f"what the schema does not declare of {which} is not said to be public, private or embargoed"
            hint = "say additionalProperties: false, or what they are: additionalProperties: {x-visibility: private}"
        else:
            message = f"{column.path!r} is not said to be public, private or embargoed"
            hint = "x-visibility: public, or private"
        yield _in_schema(book, collection, list(root.at(steps(column.path)))[-1], column.path, message, hint)


def _in_schema(book: Book, collection: Collection, mask: Mask, path: str, message: str, hint: str) -> Finding:
    """A finding where the schema of a place stands; in the descriptor, where there is none."""
    for schema in mask.schemas:
        if place := book.schemas.parts.place_of(schema.contents):
            return schema_finding(book, *place, message, hint, rule=UNCLASSIFIED, at_key=True)
    return _at(book, collection, ("name",), message, f"visibility: {{{path or '.'}: public}}", UNCLASSIFIED)


def _at(book: Book, collection: Collection, path: Path, message: str, hint: str, rule: str = RULE) -> Finding:
    own: tuple[Any, ...] = () if path == ("name",) else ("sourcebook",)
    whole = (*collection.where, *own, *path)
    return Finding(DESCRIPTOR, *descriptor_place(book, whole), rule, message, hint=hint, pointer=pointer(whole))
