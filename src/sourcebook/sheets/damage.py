# SPDX-License-Identifier: Apache-2.0
"""What spreadsheet programs do to values by themselves: found in cells that differ, told, and not taken.

A program that opens a file makes dates of what looks like one, numbers of digits, and shortens what is long. Who edits
one cell does not see that others changed. Each function here is handed one changed cell, and says what happened to it,
or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sourcebook.sheets.cells import number_of, plain
from sourcebook.sheets.headings import Heading

_AS_TEXT = "format the cell as text and write it again"
Judge = Callable[[Any, str, Any, Heading], str | None]


def damage(cell: Any, old: Any, heading: Heading) -> str | None:
    """What a program has done to a changed cell of a column that held ``old`` (None: nothing); None where nothing.

    It is for people: the reason why the cell is not taken, and how to mend it.
    """
    text = plain(cell)
    return next((why for judge in _JUDGES if (why := judge(cell, text, old, heading))), None)


def _dated(cell: Any, text: str, old: Any, _heading: Heading) -> str | None:
    if isinstance(cell, date | datetime | time | timedelta):
        was = f" of {old!r}" if isinstance(old, str) else ""
        return f"the program made a date or a time{was} ({text}): {_AS_TEXT}, as in 2026-11-30"
    return None


_ERROR = re.compile(r"#[A-ZÀ-ÞА-Я0-9/_ ]+[!?]|#N/?[AVD]|#(?:NV|ND|N/D)|Err:\d{3}|#{3,}")


def _error(_cell: Any, text: str, _old: Any, _heading: Heading) -> str | None:
    return f"{text} is an error instead of a value: write the value" if _ERROR.fullmatch(text) else None


TRUE = {"wahr", "vrai", "verdadero", "vero", "waar", "prawda", "sand", "sann", "tosi", "doğru", "истина", "igaz", "真"}
FALSE = {"falsch", "faux", "falso", "onwaar", "fałsz", "falsk", "epätosi", "yanlış", "ложь", "nepravda", "hamis", "假"}


def _truth(cell: Any, text: str, old: Any, heading: Heading) -> str | None:
    folded = text.casefold()
    if heading.encoding == "boolean":
        meant = "true" if folded in TRUE else "false" if folded in FALSE else ""
        return f"{text!r} is how a program in another language writes {meant}: write {meant}" if meant else None
    if heading.encoding in ("integer", "number", "json"):
        return "the program made a truth value of it: write it as text" if isinstance(cell, bool) else None
    if isinstance(cell, bool) and not isinstance(old, bool):
        return f"the program made the truth value {text} of a text: {_AS_TEXT}"
    if isinstance(old, str) and old.casefold() in ("true", "false") and folded in {"true", "false"} | TRUE | FALSE:
        return f"the program made a truth value of {old!r}: {_AS_TEXT}"
    return None


_MANY_DIGITS = 15
_SHORTENED = re.compile(r"[-+]?\d(?:[.,]\d+)?[eE][+-]?\d{2,3}")


def _number(cell: Any, text: str, old: Any, heading: Heading) -> str | None:
    typed = isinstance(cell, int | float) and not isinstance(cell, bool)
    if heading.encoding in ("integer", "number"):
        if typed and abs(cell) >= 10**_MANY_DIGITS:
            return f"a number of more than {_MANY_DIGITS} digits, the last of which a spreadsheet loses: {_AS_TEXT}"
        if re.fullmatch(r"[-+]?\d+,\d+|[-+]?\d{1,3}(?:[., \u00a0\u202f’']\d{3})+(?:[.,]\d+)?", text) and not number_of(
            text
        ):
            return f"{text!r} has its digits grouped, or a comma for the point: write it as in 1234.5"
        return None
    if heading.encoding == "json" or isinstance(old, int | float) or not (typed or isinstance(cell, str)):
        return None
    if isinstance(old, str) and (told := _no_more_the_text(text, old)):
        return told
    if _SHORTENED.fullmatch(text) and not (isinstance(old, str) and _SHORTENED.fullmatch(old)):
        return f"{text} is how a program shortens a long number, or reads a code with an E: {_AS_TEXT}"
    if typed and (heading.encoding == "text" or isinstance(old, str)):
        return (
            f"the number {text} in a column of texts: zeros before it, or digits past the 15th, may be lost: {_AS_TEXT}"
        )
    return None


def _no_more_the_text(text: str, old: str) -> str | None:
    """What became of a text of digits that is now the number it looks like."""
    was, now = number_of(old), number_of(text)
    if was is None or now is None:
        return None
    if re.fullmatch(r"0\d+", old) and text == old.lstrip("0"):
        return f"the zeros before it are lost: {old!r} became {text}: {_AS_TEXT}"
    digits = old.lstrip("+-")
    if digits.isdecimal() and len(digits) > _MANY_DIGITS and f"{float(was):.14e}"[:15] == f"{float(now):.14e}"[:15]:
        return f"the digits past the 15th are lost: {old!r} became {text}: {_AS_TEXT}"
    if float(was) == float(now) or (_SHORTENED.fullmatch(text) and f"{float(was):.3e}" == f"{float(now):.3e}"):
        return f"the program made a number of the text {old!r}, {text}: {_AS_TEXT}"
    return None


_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_RETYPED = (
    re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?: .*)?"),
    re.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}(?: .*)?"),
    re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}(?::\d{2})?"),
    re.compile(r"\d{1,2}[. -]{1,2}[^\W\d]{3,9}\.?(?:[ -]\d{2,4})?"),
    re.compile(r"[^\W\d]{3,9}\.?[ -]\d{2,4}"),
    re.compile(r"[^\W\d]{3,9}\.? \d{1,2}, \d{4}"),
)
_SERIALS = range(20_000, 80_000)  # the years from 1954 to 2119, as spreadsheets count days
_DAY_ZERO = date(1899, 12, 30)


def _retyped(_cell: Any, text: str, old: Any, heading: Heading) -> str | None:
    if heading.encoding not in ("text", "any"):
        return None
    was_date = isinstance(old, str) and _ISO.fullmatch(old) is not None
    of_dates = heading.form.startswith("date") or was_date
    if of_dates and text.isdecimal() and int(text) in _SERIALS:
        return f"{text} is how a spreadsheet counts {_DAY_ZERO + timedelta(int(text))}: write the date as text"
    looks = next((form for form in _RETYPED if form.fullmatch(text)), None)
    if looks is None or (isinstance(old, str) and any(form.fullmatch(old) for form in _RETYPED)):
        return None
    if of_dates:
        return f"{text!r} is a date as a program shows it, and may be read in two ways: write it as in 2026-11-30"
    short = isinstance(old, str) and re.fullmatch(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?|[A-Za-z]{3,9}-?\d{1,4}", old)
    return f"the program made the date {text!r} of {old!r}: {_AS_TEXT}" if short else None


_BLANKS = "\u00a0\u202f\u2007"


def _blank(_cell: Any, text: str, old: Any, heading: Heading) -> str | None:
    if not any(one in text for one in _BLANKS) or (isinstance(old, str) and any(one in old for one in _BLANKS)):
        return None
    usual = re.sub(f"[{_BLANKS}]", " ", text)
    code = bool(heading.targets or heading.choices or heading.form or heading.encoding != "text")
    if usual == old or usual != usual.strip() or code:
        return "a space in it is one that does not break (U+00A0): write a plain one"
    return None


_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")


def _escape(_cell: Any, text: str, old: Any, _heading: Heading) -> str | None:
    before = old if isinstance(old, str) else ""
    found = _ESCAPE.search(text)
    if found and not _ESCAPE.search(before):
        return f"{found[0]} in it is left of a character that a program could not write: remove it"
    if "\r" in text.replace("\r\n", "\n") and "\r" not in before:
        return "a carriage return (_x000D_) in it is left of a line end: remove it"
    return None


_JUDGES: tuple[Judge, ...] = (_dated, _error, _truth, _retyped, _number, _blank, _escape)
