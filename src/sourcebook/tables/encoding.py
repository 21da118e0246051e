# SPDX-License-Identifier: Apache-2.0
"""Values of JSON to values of SQLite, and back: what a column of each encoding keeps as it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sourcebook.exact import dumps, loads
from sourcebook.tables.model import Encoding
from sourcebook.tables.shape import Note

_LEAST, _MOST = -(2**63), 2**63 - 1
EXACT = 2**53
"""Integers up to this one, and down to its negative, are all doubles."""


def encoding_of(types: frozenset[str]) -> Encoding:
    """The encoding of a column for single values of ``types``, those of JSON Schema but null."""
    if not types:
        return "any"
    if types == {"string"}:
        return "text"
    if types == {"integer"}:
        return "integer"
    if types <= {"integer", "number"}:
        return "number"
    if types == {"boolean"}:
        return "boolean"
    return "any"


def kept_as_text(types: frozenset[str], note: Note) -> Note:
    """The note of a value of ``types``, with what its column makes text of."""
    if encoding_of(types) != "any":
        return note
    told = {"numbers": types & {"integer", "number"}, "true and false": types & {"boolean"}}
    others = ", ".join(words for words, there in told.items() if there)
    return replace(note, kept=f"{others.capitalize()} are kept as text.") if others else note


def fits(value: Any, encoding: Encoding) -> bool:
    """Whether a column of ``encoding`` keeps ``value`` as it is."""
    if encoding == "json":
        return True
    if encoding == "text":
        return isinstance(value, str)
    if encoding == "boolean":
        return isinstance(value, bool)
    if encoding == "any":
        return isinstance(value, str | int | float | Decimal)
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return encoding == "number" or (value.is_integer() and _LEAST <= value <= _MOST)
    if isinstance(value, int):
        return _is_double(value) if encoding == "number" else _LEAST <= value <= _MOST
    return False


def _is_double(value: int) -> bool:
    """Whether a double keeps an integer as it is."""
    if -EXACT <= value <= EXACT:
        return True
    try:
        return int(float(value)) == value
    except OverflowError:
        return False


def as_text(value: Any) -> str:
    """A single value as a column keeps it that may hold text: a text as it is, all others as JSON writes them."""
    return value if isinstance(value, str) else dumps(value)


def encode(value: Any, encoding: Encoding) -> Any:
    """The SQLite value of a JSON value that fits a column of ``encoding``; NULL for null.

    Integers go as they are into columns of numbers and of text, for SQLite makes of them what the column holds: so a
    reference is still what a record writes, the text ``7`` or the integer.
    """
    if value is None:
        return None
    if encoding == "json":
        return dumps(value)
    if encoding in ("boolean", "integer"):
        return int(value)
    if type(value) is int and _LEAST <= value <= _MOST:
        return value
    if encoding == "any":
        return as_text(value)
    return float(value) if encoding == "number" else value


def decode(value: Any, encoding: Encoding) -> Any:
    """What a column of ``encoding`` tells of the JSON value that ``encode`` made a SQLite value of.

    The column of a reference is of the type of the key that it leads to, so that an integer may be a text there.
    """
    if value is None:
        return None
    if encoding in ("text", "any"):
        return as_text(value)
    if encoding == "boolean":
        return bool(value)
    return loads(value) if encoding == "json" or isinstance(value, str) else value


def told(value: Any, encoding: Encoding) -> Any:
    """What a column of ``encoding`` tells of a JSON value that it fits: what ``decode`` gives, if not in type."""
    if encoding == "any":
        return as_text(value)
    return int(value) if encoding == "integer" else value
