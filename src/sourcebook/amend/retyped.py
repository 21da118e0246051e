# SPDX-License-Identifier: Apache-2.0
"""Values as another type, exactly: nothing is lost, or it is said why that cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from sourcebook.exact import decimal_number, dumps
from sourcebook.validation.formats import days
from sourcebook.validation.wording import shown


class CannotBe(ValueError):
    """A value cannot be what it is to be; the message says why."""


_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]|-?(?:0|[1-9][0-9]*)\.0")
TRUE: Final = ("true", "yes", "on")
FALSE: Final = ("false", "no", "off")


def retyped(value: Any, kind: str, written: str = "") -> Any:
    """``value`` as an ``integer``, a ``number``, a ``string``, a ``boolean`` or a ``date`` (a text).

    ``written`` is how the file has it, which says more than the value where that was not quoted: ``012``. Null stays.
    Raises CannotBe where something would be lost or guessed.
    """
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise CannotBe(f"{shown(value)} stands there, and no single value")
    return KINDS[kind](value, written or (value if isinstance(value, str) else dumps(value)))


def _integer(value: Any, written: str) -> int:
    if isinstance(value, bool):
        raise CannotBe(f"{written} is true or false, and no integer")
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        if _INTEGER.fullmatch(value) and value != "-0":
            return int(value)
        raise CannotBe(f"{shown(value)} is not written as an integer is" + _lost(value))
    if value == int(value):
        return int(value)
    raise CannotBe(f"{written} has a fraction")


def _number(value: Any, written: str) -> int | float | Decimal:
    if isinstance(value, bool):
        raise CannotBe(f"{written} is true or false, and no number")
    if not isinstance(value, str):
        number: int | float | Decimal = value
        return number
    if _INTEGER.fullmatch(value) and value != "-0":
        return int(value)
    if _DECIMAL.fullmatch(value):
        return decimal_number(value)
    raise CannotBe(f"{shown(value)} is not written as a number is" + _lost(value))


def _lost(text: str) -> str:
    """That a text is nearly a number: which of its characters it would lose."""
    if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", text):
        return ": zeros, or a sign, would be lost"
    return ""


def _string(_value: Any, written: str) -> str:
    return written


def _boolean(value: Any, written: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.casefold() in (*TRUE, *FALSE):
        return value.casefold() in TRUE
    raise CannotBe(f"{shown(written)} is neither true nor false, yes nor no")


def _date(_value: Any, written: str) -> str:
    if is_date(written):
        return written
    found = list(dict.fromkeys(days(written)))
    if len(found) == 1:
        return found[0]
    if found:
        raise CannotBe(f"{shown(written)} may be {' or '.join(found)}")
    raise CannotBe(f"{shown(written)} is no whole day")


def is_date(text: str) -> bool:
    """Whether a text is a day that exists, as ISO 8601 writes it."""
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and text in days(text.replace("-", ""))


KINDS: dict[str, Callable[[Any, str], Any]] = {
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "date": _date,
}
