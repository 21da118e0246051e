# SPDX-License-Identifier: Apache-2.0
"""An inferred schema asks no more than the records give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sourcebook.book import join
from sourcebook.validation.schemas import Schemas


def fitted(schema: dict[str, Any], values: Sequence[Any]) -> Iterator[str]:
    """Take from an inferred schema, in place, what the records do not keep; tell what that was."""
    yield from _left_open(schema, values, "")
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


def _left_open(schema: Any, values: Sequence[Any], path: str) -> Iterator[str]:
    """Leave open what stands where there are numbers that no column holds exactly: it is then kept as JSON."""
    if not isinstance(schema, dict):
        return
    if any(isinstance(value, Decimal) or (isinstance(value, int) and abs(value) >= 2**63) for value in values):
        schema.clear()
        yield f"{path} holds numbers past 64 bits, so it is kept as JSON"
        return
    mappings = [value for value in values if isinstance(value, dict)]
    known = schema.get("properties", {})
    for name, inner in known.items():
        yield from _left_open(inner, [value[name] for value in mappings if name in value], join(path, name))
    rest = [item for value in mappings for name, item in value.items() if name not in known]
    yield from _left_open(schema.get("additionalProperties"), rest, path + "{}")
    items = [item for value in values if isinstance(value, list) for item in value]
    yield from _left_open(schema.get("items"), items, path + "[]")


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
