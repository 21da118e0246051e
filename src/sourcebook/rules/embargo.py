# SPDX-License-Identifier: Apache-2.0
"""``embargo-day``: a record does not say the day until which something in it is kept back."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.book import SPECIAL, Book
from sourcebook.book.visibility import days_at, is_day
from sourcebook.exact import dumps
from sourcebook.finding import Finding
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner


def check(book: Book, record: Record, positioner: Positioner) -> Iterator[Finding]:
    """A finding for each path at which ``record``, a whole one, was to say a day, and does not."""
    cut = book.visibility.cut(record.collection, record.value)
    for path in sorted(cut.undated) if cut else ():
        found = [one for one in days_at(record.value, path) if not is_day(one)]
        way = ".".join(step for step in path if step not in SPECIAL)
        said = f"{dumps(found[0])} is no day" if found else f"{way!r} says no day"
        message = f"{said}, so that what is embargoed until then is kept back for good"
        plain = path[: next((number for number, step in enumerate(path) if step in SPECIAL), len(path))]
        there = plain if found else ()
        yield positioner.finding(record, there, "embargo-day", message, "write it as 2027-01-01, in quotes or without")
