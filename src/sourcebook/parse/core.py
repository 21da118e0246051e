# SPDX-License-Identifier: Apache-2.0
"""The core schema: what plain scalars denote (YAML 1.2.2 §10.3.2).

The expressions are those of the specification's table; whatever none of them matches is text.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sourcebook.exact import decimal_number

CONSTANTS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
CONSTANTS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NUMBER_START = frozenset("-+.0123456789")

_INTEGER = re.compile(r"[-+]?[0-9]++|0o[0-7]++|0x[0-9a-fA-F]++")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BASES = {"0o": 8, "0x": 16}


class NotHeld(ValueError):
    """The text denotes a number that cannot be kept; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def number(text: str, digits: int) -> int | float | Decimal | None:
    """The number that ``text`` denotes, exactly, or None where it denotes none.

    Raises NotHeld for one that has more than ``digits`` characters, an enormous exponent, or no finite value.
    """
    integer = _INTEGER.fullmatch(text)
    if integer or _DECIMAL.fullmatch(text):
        if len(text) > digits:
            message = f"a number of {len(text):,} characters; the limit is {digits:,}"
            raise NotHeld(message, "quote it if it is an identifier or other text")
        if integer:
            return int(text, _BASES.get(text[:2], 10))
        try:
            return decimal_number(text)
        except (ValueError, ArithmeticError):
            raise NotHeld(f"the exponent of {text} is out of all proportion", "quote it if it is text") from None
    if _NOT_FINITE.fullmatch(text):
        message = f"YAML reads {text} as a number that neither JSON nor SQLite has"
        raise NotHeld(message, "quote it if it is text, or leave the value out")
    return None
