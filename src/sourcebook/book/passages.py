# SPDX-License-Identifier: Apache-2.0
"""Which properties of records are anchors of passages, and which property of the record names the text of each.

A schema says it where the anchor is described, by ``x-anchor: {source: PATH}``; the descriptor in the collection's
block, under ``anchors``, and goes first, path by path. The path ``.`` is the record itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.book.paths import SPECIAL, join
from sourcebook.book.said import Said
from sourcebook.finding import Finding
from sourcebook.validation.keywords import schemas_of
from sourcebook.validation.schemas import Schemas

ANCHOR = "x-anchor"
ITSELF = "."
"""The path that stands for the record itself: its own text is meant."""
_HINT = f'{ANCHOR}: {{"source": "PATH"}}, the property of the record that names the document'


def anchors_of(block: Mapping[str, Any], schema: str | None, schemas: Schemas) -> Mapping[str, str]:
    """By the path of each anchor in a collection's records, the path of what names its text."""
    found = _by_schema(schema, schemas) if schema in schemas.valid and schemas.parts.mention(ANCHOR) else {}
    return {**found, **{path: said["source"] for path, said in block.get("anchors", {}).items()}}


def malformed(said: Said) -> Iterator[Finding]:
    """What is wrong with the annotations of schemas by themselves."""
    for path in said.schemas.valid if said.schemas.parts.mention(ANCHOR) else ():
        for where, schema in schemas_of(said.schemas.contents(path)):
            if ANCHOR in schema and not _is_form(schema[ANCHOR]):
                message = f"{ANCHOR} names the property that holds the source, and nothing else"
                yield said.schema(path).finding((*where, ANCHOR), message, _HINT, rule="schema-invalid")


def _is_form(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"source"} and _is_path(value["source"])


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _by_schema(path: str | None, schemas: Schemas) -> dict[str, str]:
    from sourcebook.validation.annotations import annotations_of  # which most books do not need

    assert path is not None
    said = annotations_of(schemas.schema(path), ANCHOR, _sources, schemas.parts.judge)
    found: dict[str, str] = {}
    for place in said.places():
        for source in place.options[:1]:
            found.setdefault(_written(place.steps), source)
    return found


def _sources(value: Any) -> tuple[str, ...]:
    return (value["source"],) if _is_form(value) else ()


def _written(steps: tuple[str, ...]) -> str:
    path = ""
    for step in steps:
        path = f"{path}{step}" if step in SPECIAL else join(path, step)
    return path
