# SPDX-License-Identifier: Apache-2.0
"""A JSON Schema for records that have none: the one door to ``genson``.

In come plain values; out goes a schema. It knows nothing of files, records and tables. genson finds types, properties
and what is required. Beside it stand the judgements that it leaves to others: mappings whose keys are data are maps,
texts of one form or of few values say so, and nothing is asked that a record does not keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sourcebook.infer.fitting import fitted
from sourcebook.infer.seen import Seen, annotate, is_map, seed_of

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Inferred:
    """A schema that every record fits, and a sentence for each thing that it leaves open because some do not."""

    schema: dict[str, Any]
    notes: tuple[str, ...]


Written = Mapping[tuple[str | int, ...], str]
"""How numbers of a value are written whose text says more than they do (``007``, ``1.10``), by their paths in it."""


def infer_schema(values: Iterable[Any], written: Iterable[Written] = ()) -> Inferred:
    """A schema that every one of ``values`` (plain data) fits; a property is required where every mapping has it.

    ``written`` says, of values in any order, which numbers lose part of their text: text is allowed there too, since a
    schema that asks for a number would call that no loss.
    """
    from genson import SchemaBuilder  # which only collections without a schema need

    values = list(values)
    seen = _seen(values)
    for texts in written:
        for path, text in texts.items():
            seen.lose(path, text)
    builder = SchemaBuilder(schema_uri=_DIALECT)
    seed = seed_of(seen, record=True)
    if seed:
        builder.add_schema(seed)
    for value in values:
        builder.add_object(_plain(value))
    schema: dict[str, Any] = builder.to_schema()
    annotate(schema, seen)
    return Inferred(schema, tuple(fitted(schema, values, seen)))


def looks_like_a_map(value: Any) -> bool:
    """Whether the keys of a mapping look like data rather than like names of properties."""
    return isinstance(value, dict) and is_map(_seen([value]), record=True)


def _seen(values: Iterable[Any]) -> Seen:
    seen = Seen()
    for value in values:
        seen.add(value)
    return seen


def _plain(value: Any) -> Any:
    """``value`` without the decimals that genson does not know."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


__all__ = ["Inferred", "Written", "infer_schema", "looks_like_a_map"]
