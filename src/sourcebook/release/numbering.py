# SPDX-License-Identifier: Apache-2.0
"""Versions in numbers: how one is written, which one comes next, and how much larger it is than another.

Two ways of counting are known: by what changed (https://semver.org/, ``1.4.2``, of two parts too), and by the calendar
(https://calver.org/: ``2026.11.0``, a year, a month and a number in it; ``2026.11``; ``2026-11-30``).
"""

from __future__ import annotations

import re
from datetime import date
from enum import IntEnum
from typing import Literal

from sourcebook.edit.model import Refused

_SEMANTIC = re.compile(r"(v?)(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:\.(0|[1-9]\d{0,8}))?", re.ASCII)
_MONTHS = re.compile(r"((?:19|20|21)\d\d)\.(0?[1-9]|1[0-2])(?:\.(0|[1-9]\d{0,8}))?", re.ASCII)
_DAYS = re.compile(r"((?:19|20|21)\d\d)([-.])(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])", re.ASCII)

Scheme = Literal["semantic", "months", "days", ""]


class Level(IntEnum):
    """How much a release changes for who uses the data."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        return self.name.lower()


def scheme(version: str) -> Scheme:
    """How a version is counted; the empty text where that is not known.

    ``2026.11.30`` is the thirtieth of November only where its parts have two digits each and a hyphen between them, for
    a number in the month may be as large: with dots it is the number.
    """
    found = _DAYS.fullmatch(version)
    if found and found[2] == "-":
        return "days"
    if _MONTHS.fullmatch(version):
        return "months"
    return "semantic" if _SEMANTIC.fullmatch(version) else ""


def following(version: str, level: Level, today: date) -> str:
    """The version after ``version``: by ``level``, or by the calendar, which goes on whatever changed.

    Raises Refused where the way in which it is counted is not known, or a day has one already.
    """
    how = scheme(version)
    if how == "days":
        if version >= today.isoformat():
            raise Refused(f"{version} is the version of a day that is not over; say --version with the next one")
        return today.isoformat()
    if how == "months":
        return _next_month(version, today)
    found = _SEMANTIC.fullmatch(version)
    if found is None:
        raise Refused(f"what comes after {version!r} is not known: say --version with the next one")
    major, minor, patch = int(found[2]), int(found[3]), int(found[4] or 0)
    if level is Level.MAJOR:
        parts = [major + 1, 0, 0]
    elif level is Level.MINOR:
        parts = [major, minor + 1, 0]
    else:
        return f"{found[1]}{major}.{minor}.{patch + 1}"
    return found[1] + ".".join(map(str, parts if found[4] is not None else parts[:2]))


def _next_month(version: str, today: date) -> str:
    found = _MONTHS.fullmatch(version)
    assert found is not None
    year, month = int(found[1]), int(found[2])
    if (today.year, today.month) <= (year, month):  # a clock that goes wrong counts no version back
        return f"{found[1]}.{found[2]}.{int(found[3] or 0) + 1}"
    zero = "0" if found[2].startswith("0") and today.month < _TWO_DIGITS else ""
    this = f"{today.year}.{zero}{today.month}"
    return f"{this}.0" if found[3] is not None else this


_TWO_DIGITS = 10


def asked_by(change: Level, version: str) -> Level:
    """The level that a change asks for after ``version``: before 1.0 a minor version may break what was."""
    found = _SEMANTIC.fullmatch(version)
    return min(change, Level.MINOR) if scheme(version) == "semantic" and found and int(found[2]) == 0 else change


def level_between(old: str, new: str) -> Level | None:
    """By which level ``new`` is after ``old``; None where that cannot be told: of other ways of counting.

    Raises Refused where it is not after it.
    """
    one, other = _SEMANTIC.fullmatch(old), _SEMANTIC.fullmatch(new)
    if scheme(old) != scheme(new):
        return None
    if not (one and other) or scheme(old) != "semantic":
        if scheme(old) and numbers(new) <= numbers(old):
            raise Refused(f"{new} does not come after {old}")
        return None
    before, after = numbers(old), numbers(new)
    if after <= before:
        raise Refused(f"{new} does not come after {old}")
    return Level.MAJOR if after[0] > before[0] else Level.MINOR if after[1] > before[1] else Level.PATCH


def numbers(version: str) -> list[int]:
    """The numbers in a version, by which it is before or after another that is counted alike."""
    found = [int(part) for part in re.findall(r"\d+", version)]
    return [*found, *[0] * (3 - len(found))]
