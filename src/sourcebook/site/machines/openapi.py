# SPDX-License-Identifier: Apache-2.0
"""``/openapi.json``: how the site is asked for data, in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1)."""

from __future__ import annotations

from typing import Any

from sourcebook.content.about_book import Licence
from sourcebook.content.statements import is_statement
from sourcebook.exact import dumps
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines import operations, shapes
from sourcebook.site.machines.llms import CAUTION
from sourcebook.site.machines.place import here, in_line, root
from sourcebook.site.published import Published

_ERRORS = {
    "400": "What is asked for means nothing here; the answer says what of it.",
    "404": "There is nothing at this address.",
    "410": "The record was withdrawn; the answer says when and why, as the book does.",
}
_MOVED = {
    "description": "The record has another key now; the header Location leads to it, in the form that was asked for.",
    "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
}


_ELSEWHERE = (
    "These are files, and of which release they are is said once: in `/downloads.json`, as `release`. What did not "
    "change is the same file in the next release."
)


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The document."""
    return Answer.json(document(opened, asked))


def document(opened: Published, asked: Asked) -> dict[str, Any]:
    """What may be asked, and what is answered: of each collection, each question, each file."""
    names = shapes.safe(one.name for one in opened.site.collections)
    questions = shapes.safe(one.name for one in opened.site.questions)
    paths = dict(operations.pages(opened))
    parameters: dict[str, Any] = {}
    schemas = {**dict(shapes.common()), **dict(shapes.history())}
    for one in opened.site.collections:
        name = f"records.{names[one.name]}"
        paths |= dict(operations.of_collection(opened, one, name))
        parameters |= dict(operations.filters(opened, one, name))
        schemas[name] = shapes.record(one)
        schemas[f"{name}.stored"] = shapes.stored(one, name)
        schemas[f"{name}.alone"] = shapes.alone(one, name)
    for question in opened.site.questions:
        paths |= dict(operations.of_question(opened, question, questions[question.name]))
    paths |= dict(operations.downloads(opened))
    paths |= dict(operations.of_tables(opened))
    etag = {
        "description": "Ask with If-None-Match; what has not changed is answered by 304.",
        "schema": {"type": "string"},
    }
    tells = asked.at(opened.site.name).tells_release
    if not tells:
        schemas = {name: one if name == "Files" else _without_release(one) for name, one in schemas.items()}
    return {
        "openapi": "3.1.0",
        "info": _info(opened, "" if tells else _ELSEWHERE),
        "servers": [{"url": here(asked).rstrip("/") or "/"}],
        "externalDocs": {"description": "The site", "url": root(opened, asked)},
        "tags": list(_tags(opened, names)),
        "paths": paths,
        "components": {
            "schemas": _needed(schemas, paths),
            "parameters": parameters,
            "responses": {"308": _MOVED} | {status: _error(told) for status, told in _ERRORS.items()},
            "headers": {"ETag": etag},
        },
    }


def _without_release(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of data that need not say of which release they are."""
    found = dict(schema)
    if "release" in schema.get("required", ()):
        found["required"] = [one for one in schema["required"] if one != "release"]
    if "allOf" in schema:
        found["allOf"] = [_without_release(one) for one in schema["allOf"]]
    return found


def _needed(schemas: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """The schemas that something of a document refers to."""
    found: dict[str, Any] = {"Error": schemas["Error"]}
    text = dumps(paths)
    while new := [name for name in schemas if name not in found and f'"{shapes.ref(name)["$ref"]}"' in text]:
        found |= {name: schemas[name] for name in new}
        text = dumps([schemas[name] for name in new])
    return found


def _info(opened: Published, elsewhere: str) -> dict[str, Any]:
    about = opened.site.about_book
    cautious = any(map(is_statement, opened.site.collections))
    info = {
        "title": in_line(opened.site.title),
        "version": str(about.get("version") or opened.release),
        "description": "\n\n".join(
            filter(None, (str(about.get("description", "")), CAUTION if cautious else "", elsewhere))
        ),
        "license": next(map(_licence, opened.about.licences), None),
    }
    return {name: value for name, value in info.items() if value}


def _licence(one: Licence) -> dict[str, str]:
    return {"name": one.title or one.name or one.url} | ({"url": one.url} if one.url else {})


def _tags(opened: Published, names: dict[str, str]) -> Any:
    yield {"name": "site", "description": "All of the book"}
    for one in opened.site.collections:
        yield {"name": f"records.{names[one.name]}"} | (
            {"description": text} if (text := one.description or one.title) else {}
        )
    yield {"name": "questions", "description": "Questions that the book answers"}
    yield {"name": "files", "description": "Files of the release"}
    if opened.has_history or opened.versions.all:
        yield {"name": "history", "description": "What was changed, and the releases that are kept"}
    yield {"name": "tables", "description": "Tables of the database, by Datasette"}


def _error(told: str) -> dict[str, Any]:
    return {"description": told, "content": {operations.JSON: {"schema": shapes.ref("Error")}}}
