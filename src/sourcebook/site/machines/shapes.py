# SPDX-License-Identifier: Apache-2.0
"""What answers in JSON look like, as JSON Schema: records by the fields of their collection, and what is beside them.

A schema says no more than the plan of the tables does: any value may be missing, or null, and what a book's own schema
leaves open is open here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sourcebook.book.paths import steps
from sourcebook.content.statements import is_statement
from sourcebook.extract.site import Collection, Field

Schema = dict[str, Any]
_TYPES: Mapping[str, Any] = {
    "text": ["string", "null"],
    "integer": ["integer", "null"],
    "number": ["number", "null"],
    "boolean": ["boolean", "null"],
    "any": ["string", "number", "boolean", "null"],
}
_FORMATS = frozenset({"date-time", "time", "email", "uri", "uri-reference", "uuid", "hostname", "ipv4", "ipv6"})
_STRING: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}


def ref(name: str) -> Schema:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": items}


def of(description: str, required: Iterable[str] = (), /, **properties: Schema) -> Schema:
    """The schema of an object."""
    needed = list(required)
    said: Schema = {"type": "object", "properties": properties}
    return ({"description": description} if description else {}) | said | ({"required": needed} if needed else {})


def safe(names: Iterable[str]) -> dict[str, str]:
    """Names that a document may have for parts of it, each once, by the names of what they are of."""
    found: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_") or "_"
        number, one = 1, plain
        while one in found.values():
            number += 1
            one = f"{plain}-{number}"
        found[name] = one
    return found


def record(collection: Collection) -> Schema:
    """The schema of a record as it was curated."""
    fields = collection.whole or collection.fields
    said = {"title": collection.title} | _described(collection.description)
    whole = [one for one in fields if one.format != "other" and not steps(_leaf(one).path)]
    if whole:  # a record that is no mapping: a single value, a list, a map of any names
        return (_shape(whole[0], 0) if len(fields) == 1 else {}) | said
    return _object(fields, 0) | said


def _object(fields: Iterable[Field], depth: int) -> Schema:
    properties: dict[str, Schema] = {}
    for one in fields:
        path = steps(_leaf(one).path)
        if one.format != "other" and len(path) > depth:
            properties[path[depth]] = _shape(one, depth)
    return {"type": "object", "properties": properties}


def _leaf(one: Field) -> Field:
    """A field itself; of a group, which may have no path, the first that has one."""
    while one.kind == "group":
        one = next((inner for inner in one.fields if inner.format != "other"), Field("value", "", ""))
    return one


def _shape(one: Field, depth: int) -> Schema:
    said = ({"title": one.title} if one.title else {}) | _described(one.description)
    if one.kind == "group":
        return _or_null(_object(one.fields, depth + 1)) | said
    if one.kind == "nested":
        return said | {"description": one.description or "The same again, within itself."}
    if one.kind in ("list", "map"):
        inner = _value(one.single) if one.single else _or_null(_object(one.fields, len(steps(one.path)) + 1))
        if one.kind == "map":
            return {"type": ["object", "null"], "additionalProperties": inner} | said
        return {"type": ["array", "null"], "items": inner} | said
    return _value(one) | said


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": ["object", "null"]}


def _value(one: Field) -> Schema:
    """The schema of a single value; what refers to a record may be a number where the key is a text, and reversely."""
    kind = _TYPES["any"] if one.to else _TYPES.get(one.encoding)
    return ({"type": kind} if kind else {}) | ({"format": one.format} if one.format in _FORMATS else {})


def _described(text: str) -> Schema:
    return {"description": text} if text else {}


# --- what is beside records -------------------------------------------------------------------------------------------


def stored(collection: Collection, name: str) -> Schema:
    """The schema of a record in a list of such: where it stands; who says it, or what it rests on."""
    beside = {"attribution": ref("Attribution"), "answers": array(ref("Answer"))} if is_statement(collection) else {}
    ground = {"allOf": [ref("Attribution"), of("", (), answers=array(ref("Answer")))]}
    rests = {} if beside else {"rests_on": array(ground)}
    needed = ("key", "record", "source", *beside)
    return of("", needed, key=_STRING, record=ref(name), source=ref("Source"), **beside, **rests)


def alone(collection: Collection, name: str) -> Schema:
    """The schema of a record by itself."""
    more = of("", ("collection", "release"), collection={"const": collection.name}, release=_STRING)
    return {"allOf": [ref(f"{name}.stored"), more]}


def common() -> Iterator[tuple[str, Schema]]:
    """The schemas that every document has, by name."""
    yield (
        "Error",
        of(
            "What is wrong, in words.",
            ("ok", "error", "status"),
            ok={"const": False},
            error=_STRING,
            status={"type": "integer", "minimum": 400, "maximum": 599},
        ),
    )
    yield "Source", of("Where a record stands in the book.", ("path", "line"), path=_STRING, line=_WHOLE)
    yield (
        "Named",
        of("Who or what is referred to; `href` leads to the page of it.", ("text",), text=_STRING, href=_STRING),
    )
    said = dict.fromkeys(("key", "href", "kind", "said", "published_at", "at", "hedge"), _STRING)
    named = {one: array(ref("Named")) for one in ("by", "knowledge", "published_in")}
    date = {**_STRING, "description": "The day, the month or the year as the record has it, where it is one."}
    on = of("When it was said, as a reader reads it.", ("text",), text=_STRING, date=date)
    yield (
        "Attribution",
        of(
            "What somebody said, by whom, and where that was published. It is not asserted.",
            ("key", "href", "said", "by"),
            **said,
            **named,
            on=on,
        ),
    )
    answering = of(
        "Who answers an answer.", ("how", "key", "by"), how=_STRING, key=_STRING, href=_STRING, by=named["by"]
    )
    how = {**_STRING, "description": "How it answers the statement, or is answered by it."}
    answer = of("", ("how",), how=how, answered_by=array(answering))
    yield "Answer", {"allOf": [ref("Attribution"), answer]}
    yield from _pages()


def history() -> Iterator[tuple[str, Schema]]:
    """The schemas of what tells of changes and of releases, by name."""
    value = of(
        "A property that was changed: what it was and is, as far as that is told.",
        ("property", "kind"),
        property=_STRING,
        kind={"enum": ["added", "changed", "removed", "moved"]},
        old={},
        new={},
    )
    said = dict.fromkeys(
        ("day", "release", "commit", "commit_href", "collection", "key", "href", "old_key", "by"), _STRING
    )
    ground = {"allOf": [ref("Attribution"), of("", (), answers=array(ref("Answer")))]}
    beside: Schema = {"answers": array(ref("Answer")), "rests_on": array(ground)}
    change = of(
        "What a version changed in a record that is there today; or how many records that are gone it removed.",
        ("kinds",),
        **said,
        kinds=array({"enum": ["added", "changed", "renamed", "removed", "gone since"]}),
        count=_WHOLE,
        changes=array(ref("ValueChange")),
        attribution=ref("Attribution"),
        **beside,
    )
    yield "ValueChange", value
    yield "Change", change
    following: Schema = {"type": ["string", "null"]}
    yield (
        "Changes",
        of("", ("release", "changes", "next"), release=_STRING, changes=array(ref("Change")), next=following),
    )
    yield (
        "History",
        of(
            "The history of a record.",
            ("collection", "key", "changes", "next"),
            **dict.fromkeys(("collection", "key", "href", "release"), _STRING),
            former_keys=array(_STRING),
            changes=array(ref("Change")),
            attribution=ref("Attribution"),
            next=following,
            **beside,
        ),
    )
    version = of("", ("version", "day", "sums"), version=_STRING, day=_STRING, sums=_SHA256)
    yield "Releases", of("The releases that are kept.", ("format", "releases"), format=_STRING, releases=array(version))
    yield (
        "Past",
        of(
            "A record as it was, without what is not in the book today.",
            ("as_of", "today", "collection", "key", "record"),
            as_of=of("", ("version", "day"), version=_STRING, day=_STRING),
            **dict.fromkeys(("today", "collection", "key"), _STRING),
            record={},
            attribution=ref("Attribution"),
            **beside,
        ),
    )


def _pages() -> Iterator[tuple[str, Schema]]:
    hit = of(
        "A record that was found: a statement with who says it, or a record with its label.",
        ("key", "href"),
        key=_STRING,
        href=_STRING,
        label=_STRING,
        answers=array(ref("Answer")),
        rests_on=array({"type": "object"}),
        found_in=array({"type": "object"}),
    )
    yield "Hit", hit
    group = of(
        "What was found in a collection; `more` where there are more than were counted.",
        ("collection", "title", "count", "more", "href", "records"),
        collection=_STRING,
        title=_STRING,
        count=_WHOLE,
        more={"type": "boolean"},
        href=_STRING,
        records=array(ref("Hit")),
    )
    yield "Found", of("", ("q", "release", "found"), q=_STRING, release=_STRING, found=array(group))
    result = of(
        "All rows of an answer. Beside a column of statements stand who says them and what answers them; "
        "where that cannot be told, `who_says_it` tells where it stands.",
        ("question", "title", "parameters", "sql", "release", "count", "rows"),
        **dict.fromkeys(("question", "title", "description", "sql", "release"), _STRING),
        parameters={"type": "object", "additionalProperties": _STRING},
        count=_WHOLE,
        who_says_it=array(of("", ("collection", "title", "href"), collection=_STRING, title=_STRING, href=_STRING)),
        rows=array({"type": "object"}),
    )
    yield "Result", result
    file = of("", ("kind", "path", "bytes", "sha256"), kind=_STRING, path=_STRING, bytes=_WHOLE, sha256=_SHA256)
    yield (
        "Files",
        of("The files of the release.", ("release", "files"), release=_STRING, sums=_STRING, files=array(file)),
    )
    table = of(
        "", ("name", "collection", "columns"), name=_STRING, collection=_STRING, columns=array({"type": "object"})
    )
    said: Schema = dict.fromkeys(("book", "release", "database"), _STRING)
    yield "Tables", of("The tables and their columns.", ("book", "tables"), **said, tables=array(table))
    listed = of("", ("path", "format", "bytes", "sha256"), path=_STRING, format=_STRING, bytes=_WHOLE, sha256=_SHA256)
    yield "Index", of("Every file of the release.", ("name", "files"), name=_STRING, files=array(listed))


_SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
