# SPDX-License-Identifier: Apache-2.0
"""The plans of a whole book: each collection's tables, and the links between them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from sourcebook.book import DESCRIPTOR, HIDDEN, Book, Collection, Target, steps, targets
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Path
from sourcebook.records.places import descriptor_place
from sourcebook.records.read import Reading
from sourcebook.tables.annotated import annotation_problems
from sourcebook.tables.conditional_references import judged, leads_on, places
from sourcebook.tables.departures import meets, spots
from sourcebook.tables.derived import with_derived
from sourcebook.tables.from_schema import Seen, shape_of, with_text
from sourcebook.tables.model import Column, Plan, Table, collisions
from sourcebook.tables.planner import Wanted, plan_collection
from sourcebook.tables.shape import Object
from sourcebook.tables.undeclared import filled
from sourcebook.validation.annotations import Annotations, annotations_of
from sourcebook.validation.declared_names import declares
from sourcebook.validation.references import KEYWORD
from sourcebook.validation.schemas import Schema, Schemas
from sourcebook.validation.wording import did_you_mean

Plans = Mapping[str, Plan]


def plan_book(book: Book, reading: Reading, *, public: bool = False) -> tuple[Plans, list[Finding]]:
    """The plan of each collection of ``book``, by name, and what is wrong with references, names and labels.

    With ``public`` it is that of what is published: of the public forms of records. For a collection without a schema
    one is inferred from the records of ``reading`` first, and for what a schema does not declare where the descriptor
    wants tables of that; else they play no part.
    """
    plans: Plans = {
        collection.name: plan_one(book, collection, reading, public=public) for collection in book.collections
    }
    # Which properties there are is not known where a schema would be inferred from records that could not all be read.
    known = [c for c in book.collections if not c.planned_from_records or c.name not in reading.incomplete]
    findings: list[Finding] = []
    wholes: dict[str, Plan] = {}
    if public and (book.visibility or any(one.visibility for one in known) or "classified" in book.settings):
        findings, wholes = _classified(book, known, plans, reading)
    names = frozenset(one.name for one in known)
    findings += [finding for one in known for finding in _problems(book, one, plans, names, wholes.get(one.name))]
    stopping = [finding for finding in findings if finding.rule != "unclassified"]
    if not stopping:
        plans = with_derived(book, plans)
    collided = [
        _at(
            book,
            name,
            (),
            "name-collision",
            f"{one} and {other} would have one name in SQLite, which ignores case",
            "give one of them another name under the collection's rename",
        )
        for name, one, other in collisions(plans.values())
    ]
    findings += collided
    if not stopping and not collided:
        plans = {name: _settled(plan, plans, enforced=book.enforced(name)) for name, plan in plans.items()}
    return plans, findings


def _classified(
    book: Book, collections: Iterable[Collection], plans: Plans, reading: Reading
) -> tuple[list[Finding], dict[str, Plan]]:
    """What is wrong with what is said of visibility, and the plans of whole records, where these are others."""
    from sourcebook.tables.classified import unclassified, visibility_problems  # which most books do not need

    findings: list[Finding] = []
    wholes: dict[str, Plan] = {}
    for one in collections:
        if one.name in book.visibility.masks or one.visibility:
            whole = wholes[one.name] = plan_one(book, one, reading)
            findings += visibility_problems(book, one, whole)
        if book.settings.get("classified") == "required":
            findings += unclassified(book, one, wholes.get(one.name, plans[one.name]))
    return findings, wholes


_TEXT = "The text below the front matter."
_GIVEN = "The key of the mapping that the record stands in."


def plan_one(book: Book, collection: Collection, reading: Reading, *, public: bool = False) -> Plan:
    """The plan of one collection by itself: what it is without a look at those it is linked to."""
    seen = _seen(book, collection) if public else None
    wanted = Wanted(
        collection.name,
        collection.title,
        collection.description,
        collection.key,
        collection.label,
        collection.key_column,
        collection.references,
        collection.rename,
        _key_fits(book, collection),
        frozenset(collection.conditions),
    )
    schema = schema_of(book, collection, reading, public=public)
    shape = shape_of(schema, seen=seen) if not (seen and seen.never) else Object(open=False)
    for name in collection.given:
        if not (seen and seen.mask and book.visibility.never(seen.mask.named(name))):
            shape = with_text(shape, name, _GIVEN if name in collection.above else _TEXT)
    if collection.schema and collection.undeclared == "tables":
        shape = filled(shape, shape_of(_inferred(book, collection, reading, public=public), seen=seen))
    plan = plan_collection(wanted, shape)
    outside = frozenset(name for name in collection.given if not declares(schema, name))
    judge = judged(plan, collection, _annotations(book, collection, schema), outside)
    return replace(plan, judged=judge, from_records=not collection.schema)


def _annotations(book: Book, collection: Collection, schema: Schema) -> Annotations | None:
    """What a collection's schema says of references; None where no schema of the book speaks of any."""
    if not collection.schema or not book.schemas.parts.mention(KEYWORD):
        return None
    found = annotations_of(schema, KEYWORD, targets, book.schemas.parts.judge)
    return found if found.options else None


def _key_fits(book: Book, collection: Collection) -> bool:
    """Whether every published record has a key as the schema wants it."""
    if book.level("schema", collection=collection.name) != "error":
        return False
    known = [one for one in book.baseline.known if one.of == collection.name]
    found = [spot for one in known for spot in spots(one.place, one.message)]
    return collection.key is None or not meets(collection.key, found)


def _seen(book: Book, collection: Collection) -> Seen | None:
    """What is public of the records of a collection; None where all is."""
    mask = book.visibility.masks.get(collection.name)
    return Seen(book.visibility, mask) if mask else None


def schema_of(book: Book, collection: Collection, reading: Reading, *, public: bool = False) -> Schema:
    """The JSON Schema of a collection: its own, or one inferred from its records in ``reading``."""
    if collection.schema:
        return book.schemas.schema(collection.schema)
    return _inferred(book, collection, reading, public=public)


def _inferred(book: Book, collection: Collection, reading: Reading, *, public: bool) -> Schema:
    from sourcebook.infer import infer_schema  # which only collections that are planned from records need

    values = [record.value for record in reading.records if record.collection == collection.name]
    if public:
        values = [one for value in values if (one := book.visibility.public(collection.name, value)) is not HIDDEN]
    return Schemas({collection.name: infer_schema(values).schema}).schema(collection.name)


def key_column(plan: Plan) -> Column:
    """The column that is the primary key of a collection's own table."""
    return next(column for column in plan.tables[0].columns if column.role == "key")


def leads_to(tables: Mapping[str, Table], column: Column) -> tuple[Table, Column]:
    """The column whose values a foreign key holds, and its table, one of ``tables`` by name.

    That is a key; if it is a foreign key itself, what that leads to.
    """
    passed: list[Column] = []
    while True:
        target = column.foreign
        assert target, "a key that leads nowhere ends the loop"
        table = tables[target.collection]
        passed.append(column)
        column = table.column(table.primary_key[0])
        if column.foreign is None or column in passed:
            return table, column


def _settled(plan: Plan, plans: Plans, *, enforced: bool) -> Plan:
    """The plan with each reference's column of the type of the key that it will hold.

    Where the schema is not ``enforced``, any column may hold what it does not allow, or nothing.
    """

    tables = {one.name: one for other in plans.values() for one in other.tables}

    def settled(column: Column) -> Column:
        if column.role in ("key", "property", "value") and not enforced:
            column = replace(column, exempt=True)
        if column.foreign is None:
            return column
        held = leads_to(tables, column)[1].encoding
        return column if column.encoding == held else replace(column, encoding=held)

    def table(one: Table) -> Table:
        return replace(one, columns=tuple(map(settled, one.columns)))

    return replace(plan, tables=tuple(map(table, plan.tables)))


def _problems(
    book: Book, collection: Collection, plans: Plans, planned: Container[str], whole: Plan | None = None
) -> Iterator[Finding]:
    """What is wrong with references, names and labels; ``whole`` is the plan of whole records, where that is another.

    References may stand in what is not public. Of the collections that are not ``planned`` it is not known which
    properties they have.
    """
    plan = whole or plans[collection.name]
    paths = {column.path for table in plan.tables for column in table.columns if column.role != "other"}
    free = {path for path in collection.references if leads_on(plan, steps(path))}
    inside = [column.path for table in plan.tables for column in table.columns]
    named = {table.path for table in plan.tables} | set(inside)
    for kind, wanted in (("references", collection.references), ("rename", collection.rename)):
        for path in wanted:
            known = (
                path in paths
                or (kind == "references" and path in free)
                or (kind == "rename" and (path in named or any(p.startswith(f"{path}.") for p in inside)))
            )
            if not known:
                hint = did_you_mean(path, paths) or "write lists as tags[], maps as names{}, a dot in a name as \\."
                yield _at(book, collection.name, (kind, path), "descriptor", f"no property has the path {path!r}", hint)
    yield from _conditions(book, collection, plan, paths)
    plan = plans[collection.name]
    held: set[Target] = set()
    for table in plan.tables:
        for column in table.columns:
            if column.role in ("property", "value", "key", "name"):
                for target in (column.foreign, *column.targets):
                    if target is not None:
                        held.add(target)
                        yield from _target_problem(book, collection, column, target, plans, planned)
    for target, path in places(plan.judged) if plan.judged else ():
        if target not in held:
            column = Column("", "any", "other", path)
            yield from _target_problem(book, collection, column, target, plans, planned)
    yield from annotation_problems(book, collection, plans, whole)


def _conditions(book: Book, collection: Collection, plan: Plan, paths: Iterable[str]) -> Iterator[Finding]:
    """What is wrong with the properties on which references are said to depend."""
    known = [path for path in paths if path]
    for path, conditions in collection.conditions.items():
        for named in dict.fromkeys(name for wanted in conditions.values() for name in wanted):
            if named not in known and not leads_on(plan, steps(named)):
                hint = did_you_mean(named, known) or "it is a path from the record, as that of the reference is"
                message = f"no property has the path {named!r}, on which the references at {path!r} are said to depend"
                yield _at(book, collection.name, ("references", path), "descriptor", message, hint)


def _target_problem(
    book: Book, collection: Collection, column: Column, target: Target, plans: Plans, planned: Container[str]
) -> Iterator[Finding]:
    place: Path = ("references", column.path) if column.path in collection.references else ("schema",)
    if target.collection not in plans:
        message = (
            f"the references at {column.path!r} lead to {target.collection!r}, which is no collection of this book"
        )
        yield _at(
            book,
            collection.name,
            place,
            "descriptor",
            message,
            did_you_mean(target.collection, plans) or f"the collections are {', '.join(plans)}",
        )
        return
    if target.collection not in planned:
        return  # what is wrong with that collection is told
    columns = [column for table in plans[target.collection].tables for column in table.columns]
    fields = [c.path for c in columns if c.role in ("key", "property", "value", "name") and c.path]
    own = key_column(plans[target.collection]).path
    if column.role == "key" and _holds_another(column, plans):
        message = f"the key {column.path!r} is a reference by {target.field!r}, so its column would hold another key"
        hint = f"write the references by the key of {target.collection}, or name another key"
        yield _at(book, collection.name, place, "descriptor", message, hint)
    elif target.field != own and any(c.path == target.field and _holds_another(c, plans) for c in columns):
        message = f"the references at {column.path!r} are written by {target.field!r}, which is itself a reference"
        hint = f"write them by the key of {target.collection}, or by a field that is no reference"
        yield _at(book, collection.name, place, "descriptor", message, hint)
    if target.field and target.field not in fields and not leads_on(plans[target.collection], steps(target.field)):
        hidden = book.visibility.hides(target.collection, steps(target.field))
        where = f"{target.field!r}, which {target.collection} does not have"
        where = f"{target.field!r} of {target.collection}, which is not public" if hidden else where
        message = f"the references at {column.path!r} are written by {where}"
        yield _at(
            book,
            collection.name,
            place,
            "descriptor",
            message,
            did_you_mean(target.field, fields) or f"its fields are {', '.join(fields[:12])}",
        )


def _holds_another(column: Column, plans: Plans) -> bool:
    """Whether a column holds a key where the records write another field of what it leads to."""
    target = column.foreign
    if target is None or not target.field or target.collection not in plans:
        return False
    return target.field != key_column(plans[target.collection]).path


def _at(book: Book, collection: str, path: Path, rule: str, message: str, hint: str = "") -> Finding:
    whole = (*book.by_name[collection].where, "sourcebook", *path)
    return Finding(DESCRIPTOR, *descriptor_place(book, whole), rule, message, hint=hint, pointer=pointer(whole))
