# SPDX-License-Identifier: Apache-2.0
"""Numbers and JSON text without loss: the one door to JSON.

A number keeps its value exactly: an integer is an ``int`` of any size, a decimal is a ``float`` where the float's
shortest form denotes the same value, and a ``decimal.Decimal`` where no float does (``0.1`` is a float,
``0.10000000000000000001`` and ``1e400`` are not).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import orjson

_EXPONENT_LIMIT = 9999  # beyond it Decimal arithmetic could be made to take for ever


def decimal_number(text: str) -> float | Decimal:
    """The number that a JSON or YAML core-schema decimal denotes.

    ``text`` is a finite decimal such as ``-1.5e3``. Raises ValueError for an exponent past 9999 digits.
    """
    value = float(text)
    ordinary = 1e-300 < abs(value) < 1e300 or (value == 0 and not _has_nonzero_digit(text))
    if ordinary and len(text) <= 15:  # 15 digits always survive in a double, unless the exponent leaves its range
        return value
    exact = Decimal(text)
    if abs(exact.adjusted()) > _EXPONENT_LIMIT:
        raise ValueError(f"an exponent past {_EXPONENT_LIMIT}")
    if value in (float("inf"), float("-inf")) or Decimal(repr(value)) != exact:
        # Written without a point it would be read as an integer.
        return exact if exact.as_tuple().exponent else Decimal(f"{exact}.0")
    return value


def _has_nonzero_digit(text: str) -> bool:
    return any(c in "123456789" for c in text.lower().partition("e")[0])


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)  # made once: it is called often


def dumps(value: Any, *, indent: int | None = None) -> str:
    """JSON text of plain data: key order kept, no ASCII escapes, Decimal written in full.

    Raises ValueError for NaN and infinities, which JSON does not have.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        if indent is None:
            return _compact(value)
        if indent == 2 and (fast := _indented(value)):  # which the fast writer has
            return fast
        return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators, allow_nan=False)
    except TypeError:  # a Decimal: the standard library cannot write it
        import simplejson  # slow to import, and decimals that no float holds are rare

        text: str = simplejson.dumps(
            value, ensure_ascii=False, indent=indent, separators=separators, use_decimal=True, allow_nan=False
        )
        return text


def _indented(value: Any) -> str:
    """What the standard library writes, with an indent of two; empty where the fast writer might write another form."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:
        return ""
    return "" if _OTHER_FORM.search(text) else text.decode()


_OTHER_FORM = re.compile(rb"\de-?\d|0\.0000|null")
"""Numbers that have another form there: large and small ones; and what may have been no number at all."""


def _compact(value: Any) -> str:
    try:
        text = orjson.dumps(value)
    except TypeError:  # an integer past 64 bits, half of a surrogate pair, a Decimal: not known to this writer
        return _COMPACT.encode(value)
    if b"null" in text:
        _COMPACT.encode(value)  # raises for NaN and infinities, which the fast writer makes null of
    return text.decode()


def loads(text: str | bytes) -> Any:
    """Plain data of JSON text, numbers exact as this module says.

    Raises ValueError where it is not JSON, or nested more deeply than Python reads.
    """
    try:
        return json.loads(text, parse_float=decimal_number, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError("a key stands in an object twice")
    return mapping


def _shortest(text: str) -> float:
    value = float(text)
    if repr(value) != text:
        raise ValueError(f"{text} is not the shortest form of a float")
    return value


STRICT = json.JSONDecoder(object_pairs_hook=_each_key_once, parse_float=_shortest, parse_constant=_no_constant)
"""Reads JSON text in which no key stands twice and each decimal is the shortest form of a float; else ValueError.

Too deep a nesting raises RecursionError. Integers have any form.
"""


def same(one: Any, other: Any) -> bool:
    """Whether two pieces of plain data are the same value for value: types, key order, ``1`` and ``1.0`` told apart."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
