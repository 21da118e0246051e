# SPDX-License-Identifier: Apache-2.0
"""A value of the database as a text: the one way in which CSV files, and what is counted, write it."""

from __future__ import annotations

from typing import Any

from sourcebook.tables import EXACT


def cell_text(value: Any) -> str:
    """The text of a SQLite value in a CSV: NULL and the empty text are both empty, and 7.0 is 7."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= EXACT else repr(value)
    return "" if value is None else str(value)
