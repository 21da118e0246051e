# SPDX-License-Identifier: Apache-2.0
"""What may be asked of the site, address by address, as path items of OpenAPI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sourcebook.content.addresses import DOWNLOADS, FORMS, UNSAID, Addresses
from sourcebook.content.flat import xlsx
from sourcebook.extract.site import Collection, Question
from sourcebook.formats.paths import media_type
from sourcebook.site.choosing.filters import filters_of
from sourcebook.site.choosing.selection import orders
from sourcebook.site.machines import files
from sourcebook.site.machines.shapes import array, ref
from sourcebook.site.published import Published
from sourcebook.site.results.asking import Refused, parameters_of
from sourcebook.sqlite import RECORDS

Node = dict[str, Any]
JSON, CSV, YAML, BIB = "application/json", "text/csv", "application/yaml", "application/x-bibtex"
ATOM = "application/atom+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEXT: Node = {"type": "string"}
_AT = Addresses("/", "")


def get(name: str, tag: str, summary: str, content: Mapping[str, Node], **more: Any) -> Node:
    """A path item of one operation: ``content`` are media types with their schemas, ``more`` what else it says.

    ``errors`` are the statuses that it may have beside 200, that of what has moved among them.
    """
    errors: Iterable[str] = more.pop("errors", ())
    found = {"description": summary, "content": {kind: {"schema": one} if one else {} for kind, one in content.items()}}
    found["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
    responses = {"200": found, "304": {"description": "It has not changed since."}}
    responses |= {status: {"$ref": f"#/components/responses/{status}"} for status in errors}
    return {"get": {"operationId": name, "tags": [tag], "summary": summary, **more, "responses": responses}}


def parameter(name: str, description: str, *, place: str = "query", schema: Node | None = None, **more: Any) -> Node:
    """A parameter of an operation."""
    said = {"name": name, "in": place, "schema": schema or _TEXT, **more}
    return (
        ({"description": description} if description else {}) | said | ({"required": True} if place == "path" else {})
    )


def pages(opened: Published) -> Iterator[tuple[str, Node]]:
    """What is asked of the site as a whole."""
    words = parameter("q", "Words. All of them are looked for, the last one as a beginning too.")
    yield (
        "/search.json",
        get(
            "search", "site", "Records that have all the words, by collection", {JSON: ref("Found")}, parameters=[words]
        ),
    )
    yield "/schema.json", get("tables", "site", "Every table and column", {JSON: ref("Tables")})
    yield "/downloads.json", get("downloads", "files", "Every file of the release", {JSON: ref("Files")})
    if opened.has_history:
        names = [one.name for one in opened.site.collections]
        asked = [parameter("collection", "Of this collection alone.", schema={"enum": names}), _BEFORE]
        summary = "What was changed in records, the newest first"
        yield (
            "/changes.json",
            get("changes", "history", summary, {JSON: ref("Changes")}, parameters=asked, errors=("400",)),
        )
        yield "/changes.atom", get("changes.feed", "history", f"{summary}, as a feed", {ATOM: {}}, parameters=[_BEFORE])
    if opened.versions.all:
        yield "/releases.json", get("releases", "history", "The releases that are kept", {JSON: ref("Releases")})
        versions = [name for name, one in opened.versions.all.items() if one.withdrawn is None]
        place = [
            parameter("version", "", place="path", schema={"enum": versions}),
            parameter("collection", "The address of a collection.", place="path"),
            parameter("key", "The key that the record had then.", place="path"),
        ]
        more = {"description": "What answers a statement is told as of today. What is gone today is gone here too."}
        item = get(
            "as_of",
            "history",
            "A record as it was in a release",
            {JSON: ref("Past")},
            parameters=place,
            errors=("404", "410"),
            **more,
        )
        yield "/as-of/{version}/{collection}/{key}.json", item
    paths = {path for path, _ in opened.files}
    if "index.json" in paths:
        yield "/index.json", get("index", "files", "Every file of the release, to be polled", {JSON: ref("Index")})
    for name in files.there(opened):
        moved = {"302": {"description": "It is among the files.", "headers": {"Location": {"schema": _TEXT}}}}
        item = get(f"file.{name}", "files", f"Leads to {name}", {})
        item["get"]["responses"] = moved
        yield f"/{name}", item


_BEFORE = parameter("before", "A place in the list, as `next` of an answer has it.")


def downloads(opened: Published) -> Iterator[tuple[str, Node]]:
    """The files of the release, folder by folder."""
    folders: dict[str, list[str]] = {}
    for path, _ in opened.files:
        folder, slash, name = path.rpartition("/")
        folders.setdefault(folder + slash, []).append(name)
    for folder, names in folders.items():
        if any("{" in name or "}" in name for name in (folder, *names)):
            continue
        kinds = sorted({media_type(folder + name).partition(";")[0] for name in names})
        one = parameter("file", "", place="path", schema={"enum": sorted(names)})
        title = f"A file of {folder.rstrip('/')}" if folder else "A file of the release"
        content: dict[str, Node] = {kind: {} for kind in kinds}
        name = f"download.{folder.rstrip('/').replace('/', '.') or 'file'}"
        item = get(name, "files", title, content, parameters=[one], errors=("404",))
        yield f"/{DOWNLOADS}{folder}{{file}}", item


# --- collections ------------------------------------------------------------------------------------------------------


def of_collection(opened: Published, one: Collection, name: str) -> Iterator[tuple[str, Node]]:
    """A collection: the list of its records, and a record. ``name`` is that of its schema in the document."""
    shared = [{"$ref": f"#/components/parameters/{key}"} for key, _ in filters(opened, one, name)]
    forms = {"json": (JSON, array(ref(f"{name}.stored"))), "csv": (CSV, {}), "xlsx": (XLSX, {})}
    for form, (kind, schema) in forms.items():
        if form != "xlsx" or xlsx.is_there():
            summary = f"{one.title}: those that are asked for, or all, as {form.upper()}"
            item = get(f"list.{name}.{form}", name, summary, {kind: schema}, parameters=shared, errors=("400",))
            yield _AT.listing(one.address, form=form), item
    key = parameter("key", "The key of the record.", place="path", **_example(opened, one))
    kinds = {"json": (JSON, ref(f"{name}.alone")), "csv": (CSV, {}), "yaml": (YAML, {}), "bib": (BIB, {})}
    for form in FORMS:
        kind, schema = kinds[form]
        summary = f"{one.title}: a record as {form.upper()}"
        item = get(f"get.{name}.{form}", name, summary, {kind: schema}, parameters=[key], errors=("308", "404", "410"))
        yield f"{_AT.page(one.address)}/{{key}}.{form}", item
    if opened.has_history:
        for form, kind, schema in (("json", JSON, ref("History")), ("atom", ATOM, {})):
            summary = f"{one.title}: the history of a record as {form.upper()}"
            item = get(
                f"history.{name}.{form}",
                name,
                summary,
                {kind: schema},
                parameters=[key, _BEFORE],
                errors=("308", "404", "410"),
            )
            yield f"{_AT.page(one.address)}/{{key}}/history.{form}", item
        summary = f"{one.title}: what was changed, as a feed"
        yield (
            f"{_AT.page(one.address)}/changes.atom",
            get(f"changes.{name}.feed", name, summary, {ATOM: {}}, parameters=[_BEFORE]),
        )
    if awkward := _awkward(opened, one):
        content = dict(kinds.values())
        asked = [
            parameter("key", "The key of the record.", required=True, example=awkward),
            parameter("form", "", required=True, schema={"enum": list(FORMS)}),
        ]
        summary = f"{one.title}: a record whose key cannot be a part of an address"
        item = get(f"get.{name}", name, summary, content, parameters=asked, errors=("308", "404", "410"))
        yield f"{_AT.page(one.address)}/-", item


def filters(opened: Published, one: Collection, name: str) -> Iterator[tuple[str, Node]]:
    """The parameters of a collection's list, by their names in the document."""
    yield f"{name}.q", parameter("q", "Words that the record has, all of them.")
    yield f"{name}.sort", parameter("sort", "", schema={"enum": [order for order, _ in orders(one)]})
    number = 0
    for key, found in filters_of(opened.site, one).items():
        if key == found.name:  # not by another name, that of the column
            number += 1
            title = f"{found.title}. Several values: any of them. An empty one: those that have none."
            some = {"type": "array", "items": _TEXT}
            yield f"{name}.{number}", parameter(key, title, schema=some, style="form", explode=True)


def _example(opened: Published, one: Collection) -> Node:
    """A key that there is."""
    sql = f"SELECT key FROM {RECORDS} WHERE collection = ? ORDER BY rowid LIMIT 20"
    keys = (str(key) for (key,) in opened.connection.execute(sql, (one.name,)))
    found = next((key for key in keys if "key=" not in _AT.record(one.address, key, "json")), None)
    return {"example": found} if found is not None else {}


def _awkward(opened: Published, one: Collection) -> str | None:
    """A key that is no part of an address, if there is one; see `Addresses.record`."""
    marks = ", ".join("?" * len(UNSAID))
    endings = " OR ".join(f"key LIKE '%.{form}'" for form in FORMS)
    sql = f"SELECT key FROM {RECORDS} WHERE collection = ? AND (key IN ({marks}) OR {endings}) LIMIT 1"
    row = opened.connection.execute(sql, (one.name, *sorted(UNSAID))).fetchone()
    return str(row[0]) if row else None


# --- questions, and Datasette -----------------------------------------------------------------------------------------


def of_question(opened: Published, one: Question, name: str) -> Iterator[tuple[str, Node]]:
    """The answer to a question."""
    try:
        fields: Sequence[str] = parameters_of(opened, one)
    except Refused:
        fields = ()
    asked = [parameter(field, "", required=field not in one.defaults, schema=_default(one, field)) for field in fields]
    for form, kind, schema in (("json", JSON, ref("Result")), ("csv", CSV, {})):
        summary = f"{one.title} As {form.upper()}"
        more = {"description": one.description} if one.description else {}
        item = get(
            f"ask.{name}.{form}", "questions", summary, {kind: schema}, parameters=asked, errors=("400",), **more
        )
        yield _AT.question(one.name, form), item


def _default(one: Question, field: str) -> Node:
    return {"type": "string", **({"default": one.defaults[field]} if field in one.defaults else {})}


def of_tables(opened: Published) -> Iterator[tuple[str, Node]]:
    """Rows of tables as Datasette gives them, as far as all of its versions give the same."""
    database = Addresses("/", opened.site.name).sql()
    tables = [one.name for one in opened.site.tables if not set("{}/") & set(one.name)]
    table = parameter("table", "", place="path", schema={"enum": tables})
    shape = parameter("_shape", "A list of rows.", required=True, schema={"const": "array"})
    size = parameter(
        "_size",
        "How many rows; the header Link leads to the next.",
        schema={"type": "integer", "minimum": 0, "maximum": 1000},
    )
    columns = [parameter("_sort", "A column."), parameter("_sort_desc", "A column.")]
    rows = {JSON: array({"type": "object"})}
    more = {
        "description": "Datasette has more: https://docs.datasette.io/. Rows of statements have no attribution here: "
        "the list of the collection has it."
    }
    item = get(
        "rows",
        "tables",
        "Rows of a table",
        rows,
        parameters=[table, shape, size, *columns],
        errors=("400", "404"),
        **more,
    )
    yield f"{database}/{{table}}.json", item
    row = parameter("row", "The key of the row.", place="path")
    item = get("row", "tables", "A row of a table", rows, parameters=[table, row, shape], errors=("404",))
    yield f"{database}/{{table}}/{{row}}.json", item
