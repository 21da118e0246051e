# SPDX-License-Identifier: Apache-2.0
"""Values of JSON to values of SQLite, and back: what a column of each encoding keeps as it is."""

from __future__ import annotations

from typing import Any

from sourcebook.exact import dumps, loads
from sourcebook.tables.model import Encoding

_LEAST, _MOST = -(2**63), 2**63 - 1


def fits(value: Any, encoding: Encoding) -> bool:
    """Whether a column of ``encoding`` keeps ``value`` as it is."""
    if encoding == "json":
        return True
    if encoding == "text":
        return isinstance(value, str)
    if encoding == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return encoding != "integer" or (value.is_integer() and _LEAST <= value <= _MOST)
    if isinstance(value, int):
        return _LEAST <= value <= _MOST
    return encoding == "any" and isinstance(value, str)


def encode(value: Any, encoding: Encoding) -> Any:
    """The SQLite value of a JSON value that fits a column of ``encoding``; NULL for null."""
    if value is None:
        return None
    if encoding == "json":
        return dumps(value)
    return int(value) if encoding in ("boolean", "integer") else value


def decode(value: Any, encoding: Encoding) -> Any:
    """The JSON value that ``encode`` made a SQLite value of."""
    if value is None:
        return None
    if encoding == "json":
        return loads(value)
    return bool(value) if encoding == "boolean" else value
