# SPDX-License-Identifier: Apache-2.0
"""How a text is written in the form that a schema asks for: what is wrong in it, where that can be told."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator

from sourcebook.validation.likeness import nearest

_FORMS = {
    "date": "write it as 2014-05-31, a day that exists",
    "date-time": "write it as 2014-05-31T18:30:00Z",
    "time": "write it as 18:30:00Z",
    "uri": "write a whole address with ASCII characters only, such as https://example.org/page",
    "iri": "write a whole address, such as https://example.org/page",
    "email": "write it as name@example.org",
    "uuid": "write it as 123e4567-e89b-12d3-a456-426614174000",
    "regex": "write an expression of ECMA 262 (JavaScript), as JSON Schema asks",
}


KNOWN = (
    *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
    *("uri", "uri-reference", "iri", "iri-reference", "uri-template", "json-pointer", "relative-json-pointer"),
    *("uuid", "regex"),
)
"""The formats that are asserted."""

_MEANT = {"url": "uri", "timestamp": "date-time", "ip": "ipv4", "guid": "uuid", "mail": "email", "regexp": "regex"}


def unknown(form: object) -> str:
    """How to mend the name of a format by which nothing is checked, since none is called so; empty for others."""
    if not isinstance(form, str) or form in KNOWN:
        return ""
    meant = _MEANT.get(form.casefold()) or nearest(form.casefold(), KNOWN)
    return f"did you mean {meant!r}?" if meant else f"the formats that are checked are {', '.join(KNOWN)}"


def mended(form: str, text: str) -> str:
    """How to mend ``text``, which is not of the format ``form``; an example where no more can be said of it."""
    special = _SPECIAL.get(form)
    return (special(text) if special else "") or _FORMS.get(form, "")


def _date(text: str) -> str:
    several = list(dict.fromkeys(days(text)))
    if several:
        either = ", whichever was meant: year-month-day" if len(several) > 1 else ""
        return f"write it as {' or '.join(several)}{either}"
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?", text)
    if parts:
        return _no_such_day(int(parts[1]), int(parts[2]), int(parts[3])) or f"leave the time out: {text[:10]}"
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2})?", text):
        return "write the whole day, as in 2014-05-31; or let the schema ask for text, if less is known"
    return ""


def days(text: str) -> Iterator[str]:
    """The days that a date in another form may mean: 2014-5-31, 20140531, 31.5.2014 or 5/31/2014, 31 May 2014."""
    parts = re.fullmatch(r"([0-9]{4})[-./ ]([0-9]{1,2})[-./ ]([0-9]{1,2})", text)
    parts = parts or re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", text)
    if parts and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        yield from _day(parts[1], parts[2], parts[3])
    parts = re.fullmatch(r"([0-9]{1,2})([-./ ])([0-9]{1,2})\2([0-9]{4})", text)
    if parts:
        yield from _day(parts[4], parts[3], parts[1])
        yield from _day(parts[4], parts[1], parts[3])
    parts = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?\.? ([A-Za-z]+)\.?,? ([0-9]{4})", text)
    if parts and parts[2][:3].lower() in _MONTHS:
        yield from _day(parts[3], str(_MONTHS.index(parts[2][:3].lower()) + 1), parts[1])
    parts = re.fullmatch(r"([A-Za-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})", text)
    if parts and parts[1][:3].lower() in _MONTHS:
        yield from _day(parts[3], str(_MONTHS.index(parts[1][:3].lower()) + 1), parts[2])


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _day(year: str, month: str, day: str) -> Iterator[str]:
    try:
        yield datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return


def _no_such_day(year: int, month: int, day: int) -> str:
    """Why a date that has the right form is none; empty where it is one."""
    if not 1 <= month <= 12:
        swapped = list(_day(str(year), str(day), str(month)))
        other = f": {swapped[0]}, if the day was written before the month" if swapped else ""
        return f"there is no month {month:02}; write year-month-day{other}"
    if year == 0:
        return "there is no year 0000"
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        return f"there is no day {day:02} in {year}-{month:02}, which has {days} days"
    return ""


def _date_time(text: str) -> str:
    if _is_date(text):
        return f"add the time: {text}T00:00:00Z"
    parts = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?(.*)", text)
    if parts is None:
        return ""
    if not _is_date(parts[1]):
        return _date(parts[1])
    zone = parts[4].strip()
    whole = f"{parts[1]}T{parts[2]}{parts[3] or ':00'}"
    if not zone:
        return f"write it as {whole}Z, or with the offset from UTC in the place of Z: {whole}+01:00"
    return f"write it as {whole}{zone}" if re.fullmatch(r"Z|[-+][0-9]{2}:[0-9]{2}", zone) else ""


def _time(text: str) -> str:
    parts = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(:[0-9]{2})?", text)
    if parts and int(parts[1]) < 24 and int(parts[2]) < 60:
        return f"write it as {int(parts[1]):02}:{parts[2]}{parts[3] or ':00'}Z"
    return ""


def _is_date(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and bool(list(_day(*text.split("-"))))


def _address(text: str) -> str:
    if text != text.strip():
        return "take the spaces around it away"
    if re.search(r"\s", text):
        return "write each space in it as %20"
    if re.match(r"(?:www\.|[\w-]+(?:\.[\w-]+)+(?:/|$))", text) and "@" not in text:
        return f"write it with its scheme: https://{text}"
    return ""


def _email(text: str) -> str:
    if text.startswith("mailto:"):
        return "write it without mailto:"
    found = re.search(r"<([^<>]+@[^<>]+)>", text)
    return f"write the address alone: {found[1]}" if found else ""


def _regex(text: str) -> str:
    """What is wrong in an expression, and at which of its characters."""
    try:
        re.compile(text)
    except re.error as error:
        at = (error.pos or 0) + 1
        words = next((hint for begin, hint in _REGEX if error.msg.startswith(begin)), error.msg)
        return f"at character {at}: {words}"
    except (OverflowError, RecursionError):
        return ""
    return "" if text else "write an expression"


_REGEX = (
    ("unterminated character set", r"the [ is not closed: close it with ], or write \[ for the character itself"),
    ("missing ), unterminated", r"the ( is not closed: close it with ), or write \( for the character itself"),
    ("unbalanced parenthesis", r"the ) closes nothing: remove it, or write \) for the character itself"),
    ("nothing to repeat", r"there is nothing to repeat: write \*, \+ or \? for the character itself"),
    ("multiple repeat", r"what repeats is repeated: write \*, \+ or \? for the character itself"),
    ("bad character range", r"the range runs backwards: write \- for the character itself"),
    ("bad escape (end", r"a single \ at the end: write \\ for the character itself"),
    ("bad escape", "this escape means nothing: leave the backslash out"),
)

_SPECIAL = {
    "date": _date,
    "date-time": _date_time,
    "time": _time,
    "uri": _address,
    "iri": _address,
    "email": _email,
    "idn-email": _email,
    "regex": _regex,
}
