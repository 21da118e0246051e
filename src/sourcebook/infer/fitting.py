# SPDX-License-Identifier: Apache-2.0
"""An inferred schema asks no more than the records give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sourcebook.book import join
from sourcebook.infer.seen import Seen
from sourcebook.validation.schemas import Schemas


def fitted(schema: dict[str, Any], values: Sequence[Any], seen: Seen) -> Iterator[str]:
    """Take from an inferred schema, in place, what the records do not keep; tell what that was.

    ``seen`` is what stands at each place of the ``values``.
    """
    yield from _left_open(schema, seen, "")
    validator = Schemas({"schema": schema}).validator("schema")
    told = set()
    for value in values:
        for violation in validator.violations(value):
            node = _node(schema, violation.path)
            if node is not None and violation.keyword in node:
                asked = node.pop(violation.keyword)
                if (where := _shown_path(violation.path)) not in told:
                    told.add(where)
                    yield f"{where} is not asked to be a {asked}: {violation.message}"


def _left_open(schema: Any, seen: Seen, path: str) -> Iterator[str]:
    """Leave open what stands where there are numbers that no column holds exactly: it is then kept as JSON.

    Where numbers lose part of their text it is not known whether they are any, so text is allowed beside them.
    """
    if not isinstance(schema, dict):
        return
    if seen.past:
        schema.clear()
        yield f"{path} holds numbers past 64 bits, so it is kept as JSON"
        return
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if seen.lost and {"integer", "number"} & set(types) and "string" not in types:
        schema["type"] = [*types, "string"]
        yield (
            f"{path} has {seen.lost}, which as a number loses part of what is written, so text is allowed too: "
            "put it in quotes if it is text, else let the schema ask for a number"
        )
    known = schema.get("properties", {})
    for name, inner in known.items():
        yield from _left_open(inner, seen.properties.get(name, Seen()), join(path, name))
    if "additionalProperties" in schema:
        yield from _left_open(schema["additionalProperties"], seen.merged(known), path + "{}")
    if seen.items:
        yield from _left_open(schema.get("items"), seen.items, path + "[]")


def _node(schema: Any, path: Sequence[str | int]) -> dict[str, Any] | None:
    """The part of an inferred schema that describes the value at ``path``."""
    for part in path:
        if not isinstance(schema, dict):
            return None
        inner = schema.get("items") if isinstance(part, int) else schema.get("properties", {}).get(part)
        schema = inner if inner is not None else schema.get("additionalProperties")
    return schema if isinstance(schema, dict) else None


def _shown_path(path: Sequence[str | int]) -> str:
    """A path in a record as references are written: indexes as ``[]``."""
    text = ""
    for part in path:
        text = text + "[]" if isinstance(part, int) else join(text, part)
    return text
