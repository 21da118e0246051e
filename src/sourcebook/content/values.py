# SPDX-License-Identifier: Apache-2.0
"""Values of a database as readers are shown them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol

from sourcebook.exact import dumps, loads
from sourcebook.extract import cell_text
from sourcebook.extract.site import Field

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PART_OF_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_LINKED = ("http://", "https://", "mailto:")


class Shown(Protocol):
    """What a page shows of one value: its text, and the address that it leads to, if any."""

    @property
    def text(self) -> str:
        """The value in words."""

    @property
    def href(self) -> str:
        """Where it leads; empty where it is no link."""

    @property
    def kind(self) -> str:
        """``text``, ``number``, ``date``, ``data`` (JSON), ``outside`` (a link that leaves the site), ``record``."""


@dataclass(frozen=True, slots=True)
class Value:
    """A single value; ``exact`` is what the record has, where ``text`` says it in other words."""

    text: str
    href: str = ""
    kind: str = "text"
    exact: str = ""


def exact(one: Shown) -> str:
    """A value as the record has it, where it is shown in other words."""
    return str(getattr(one, "exact", "") or one.text)


def value_of(field: Field, stored: Any) -> Value | None:
    """What is shown of a value as the database stores it; None where there is none."""
    if stored is None:
        return None
    if field.encoding == "boolean":
        return Value("yes" if stored else "no")
    if field.encoding == "json":
        return _of_json(stored)
    if field.encoding in ("integer", "number"):
        return Value(cell_text(stored), kind="number")
    text = cell_text(stored)
    if is_link(text):
        return Value(text, text, "outside")
    if field.format == "date":
        return date(text)
    return Value(text)


def is_link(text: str) -> bool:
    """Whether a text is an address that a page may link to: of the web, or of mail, and nothing else."""
    return text.startswith(_LINKED) and not re.search(r"[\s\x00-\x20\x7f<>\"]", text) and len(text) > len("mailto:")


def date(text: str) -> Value:
    """A date as a reader knows it, in part where only a part is known: ``2015-02`` is February 2015."""
    found = _PART_OF_DATE.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12:
        return Value(text, kind="date", exact=text if re.fullmatch(r"\d{4}", text) else "")
    day = f"{int(found[3])} " if found[3] else ""
    return Value(f"{day}{_MONTHS[int(found[2]) - 1]} {found[1]}", kind="date", exact=text)


def is_part_of_date(text: str) -> bool:
    """Whether a text is a date as records write it: a day, a month or a year."""
    found = _PART_OF_DATE.fullmatch(text)
    return bool(re.fullmatch(r"\d{4}", text) or (found and 1 <= int(found[2]) <= 12))


def interval(earliest: str, latest: str) -> Value:
    """When something was that is known between two dates only, either of which may be missing."""
    if earliest == latest or not (earliest and latest):
        known = date(earliest or latest)
        if earliest and latest:
            return known
        return Value(f"{'from' if earliest else 'until'} {known.text}", kind="date", exact=known.exact)
    return Value(f"between {date(earliest).text} and {date(latest).text}", kind="date", exact=f"{earliest}/{latest}")


def _of_json(stored: Any) -> Value:
    """Free-form data: single values as they are, all else as JSON text."""
    value = loads(stored) if isinstance(stored, str) else stored
    if isinstance(value, bool):
        return Value("yes" if value else "no")
    if isinstance(value, str):
        return Value(value, value, "outside") if is_link(value) else Value(value)
    if isinstance(value, dict | list):
        return Value(dumps(value, indent=2), kind="data")
    return Value("none" if value is None else dumps(value), kind="number")


def shortened(text: str, most: int = 240) -> str:
    """The beginning of a text, with … where something is left out."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(" ,;.:") + " …"
