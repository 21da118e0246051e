# SPDX-License-Identifier: Apache-2.0
"""One value of a record as a cell of a spreadsheet, and the other way round.

A cell holds less than a value may be: a spreadsheet knows no null beside the empty text, no ``1.0`` beside ``1``, no
long text. So a cell that is still as it was written says that its value stays as it is, whatever that may be; only a
cell that was changed is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sourcebook.exact import dumps, loads
from sourcebook.tables.model import Encoding

Cell = str | int | float | None
"""What is written into a cell."""

LONGEST = 32_767  # UTF-16 units that a cell holds
CUT = " … (cut here: a cell holds no more; the file has it whole)"
EMPTY_TEXT = '""'
"""What stands for the empty text, since an empty cell says that there is no value."""
_MOST_DIGITS = 10**15  # a spreadsheet keeps so many digits of a number
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOST = "\ufffd"
_LIKE_MARKUP = re.compile("<r>.*</r>", re.DOTALL)  # which XlsxWriter takes for markup
NUMERIC = ("integer", "number", "any")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a cell: ``lacks`` says what of it the cell cannot hold, so that a changed one may not replace it."""

    cell: Cell
    lacks: str = ""


def shown(value: Any, encoding: Encoding) -> Shown:
    """The cell of a value in a column of ``encoding``, whether or not it is of the type that the column is for."""
    if value is None:
        return Shown(None)
    if isinstance(value, bool):
        return Shown(dumps(value))
    if isinstance(value, dict | list) or encoding == "json":
        return _fitting(_json(value))
    if isinstance(value, int):
        return Shown(value if abs(value) < _MOST_DIGITS else str(value))
    if isinstance(value, float | Decimal):
        return _number(value)
    if not isinstance(value, str):
        return Shown(str(value), "a value of a kind that no cell holds")
    if value == "":
        return Shown(EMPTY_TEXT)
    if value.isspace():
        return Shown(_json(value))
    return _fitting(value.removesuffix("\n"))


def _number(value: float | Decimal) -> Shown:
    if isinstance(value, float) and value == value and abs(value) != float("inf") and float(f"{value:.15g}") == value:
        return Shown(value)
    return Shown(_json(value))


def _json(value: Any) -> str:
    try:
        return dumps(value)
    except ValueError:  # infinite, or not a number: JSON has no such
        return str(value)


def _fitting(text: str) -> Shown:
    lacks = ""
    if _UNWRITABLE.search(text):
        text, lacks = _UNWRITABLE.sub(_LOST, text.replace("\r\n", "\n")), "characters that a cell cannot hold"
    if _LIKE_MARKUP.fullmatch(text):
        text, lacks = f"{_LOST}{text}", "the look of markup"
    if len(text) > LONGEST // 2 and len(units := text.encode("utf-16-le")) > LONGEST * 2:
        text = units[: (LONGEST - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT
        lacks = "a text that is longer than a cell"
    return Shown(text, lacks)


def still_cut(text: str) -> bool:
    """Whether a changed cell still has what stands for something that it cannot hold."""
    return CUT.strip() in text or _LOST in text


# --- what a cell says ------------------------------------------------------------------------------------------------


def plain(cell: Any) -> str:
    """A cell as text: a number as one would write it, the empty text where nothing is in it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return dumps(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MOST_DIGITS:
        return str(int(cell))
    return cell if isinstance(cell, str) else _json(cell) if isinstance(cell, int | float) else str(cell)


def normal(cell: Any, encoding: Encoding) -> str:
    """The text by which cells of one column are alike: ``1``, ``1.0`` and ``1E0`` are one number, if not one text."""
    text = plain(cell).replace("\r\n", "\n").removesuffix("\n")
    if encoding == "boolean" and text.casefold() in ("true", "false"):
        return text.casefold()
    if encoding in ("integer", "number"):
        number = number_of(text)
        return text if number is None else _json(_simplest(number))
    return text


def _simplest(number: Any) -> Any:
    return int(number) if number == number.__trunc__() and abs(number) < _MOST_DIGITS else number


_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)


def number_of(text: str) -> Any:
    """The number that a text is, exactly; None where it is none."""
    if not _NUMBER.fullmatch(text) or len(text) > 1_000:
        return None
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    mantissa, _, exponent = text.lower().partition("e")
    if len(exponent) > 5:
        return None
    try:
        found = loads(_as_json(mantissa) + (f"e{exponent}" if exponent else ""))
    except ValueError:
        return None
    return found if isinstance(found, int | float | Decimal) else None


def _as_json(mantissa: str) -> str:
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, part = mantissa.lstrip("+-").partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}" + (f".{part}" if part else "")


class Unreadable(ValueError):
    """A cell that says nothing that its column could hold; the message says why."""


def value_of(cell: Any, encoding: Encoding, old: Any) -> Any:
    """The value that a changed cell says, in a column of ``encoding`` that held ``old`` (None: nothing).

    Raises Unreadable where it is none.
    """
    text = plain(cell).replace("\r\n", "\n")
    if text == EMPTY_TEXT and encoding in ("text", "any"):
        return ""
    if encoding == "json":
        return _value_of_json(text)
    if encoding == "boolean":
        if text.casefold() in ("true", "false"):
            return text.casefold() == "true"
        raise Unreadable(f"{_few(text)} is neither true nor false")
    if encoding in ("integer", "number"):
        return _number_in(text, encoding, old)
    if encoding == "any" and not isinstance(old, str) and old is not None:
        found = _any_of(text)
        return text if found is None else found
    return f"{text}\n" if isinstance(old, str) and old.endswith("\n") and not text.endswith("\n") else text


def _value_of_json(text: str) -> Any:
    try:
        return loads(text)
    except ValueError as error:
        raise Unreadable(f"{_few(text)} is not JSON, which this column holds: {error}") from None


def _any_of(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return number_of(text)


def _number_in(text: str, encoding: Encoding, old: Any) -> Any:
    number = number_of(text)
    if number is None:
        raise Unreadable(f"{_few(text)} is no number")
    whole = number == number.__trunc__()
    if encoding == "integer":
        if not whole:
            raise Unreadable(f"{_few(text)} is no whole number")
        return int(number)
    if whole and not isinstance(number, int) and not (isinstance(old, float) and "." in text):
        return int(number) if abs(number) < _MOST_DIGITS else number
    return number


def _few(text: str, most: int = 40) -> str:
    return repr(text if len(text) <= most else f"{text[:most]}…")
