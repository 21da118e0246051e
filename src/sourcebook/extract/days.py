# SPDX-License-Identifier: Apache-2.0
"""Dates and parts of dates as numbers of days, in the Gregorian calendar reckoned back before it began (ISO 8601).

Day 1 is the first of January of the year 1, as for Python's ``date``; the year 0 and those before it have days too.
"""

from __future__ import annotations

import re

_DATE = re.compile(
    r"(?P<year>\d{4}|[+-]\d{4,6})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:[T ]\d\d(?::?\d\d.*|Z)?)?)?)?", re.ASCII
)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_OF_400_YEARS = 146_097

Span = tuple[int, int]
"""The first and the last day of something."""


def day_span(text: str) -> Span | None:
    """The first and the last day of a date, a month or a year; None where ``text`` is none.

    What follows a day is the time of day, and is passed over.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = int(found["year"]), int(found["month"] or 0), int(found["day"] or 0)
    if found["month"] and not 1 <= month <= 12:
        return None
    if found["day"]:
        return (day_number(year, month, day),) * 2 if 1 <= day <= _length(year, month) else None
    if found["month"]:
        return day_number(year, month, 1), day_number(year, month, _length(year, month))
    return day_number(year, 1, 1), day_number(year, 12, 31)


def _length(year: int, month: int) -> int:
    return 29 if month == 2 and year % 4 == 0 and (year % 100 or year % 400 == 0) else _LENGTHS[month - 1]


def day_number(year: int, month: int, day: int) -> int:
    """The number of a day: http://howardhinnant.github.io/date_algorithms.html#days_from_civil, from another day on."""
    year -= month <= 2  # years begin in March, so that a leap day is the last of one
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * _OF_400_YEARS + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 305


def date_of(number: int) -> tuple[int, int, int]:
    """The year, the month and the day of the number of a day."""
    era, of_era = divmod(number + 305, _OF_400_YEARS)
    years = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return era * 400 + years + (month <= 2), month, day


def day_text(number: int) -> str:
    """A day as ISO 8601 writes it."""
    year, month, day = date_of(number)
    return f"{year_text(year)}-{month:02}-{day:02}"


def year_text(year: int) -> str:
    """A year as ISO 8601 writes it."""
    return f"{year:04}" if year >= 0 else f"-{-year:04}"
