# SPDX-License-Identifier: Apache-2.0
"""The answer to a question as readers are shown it: linked rows below their headings, statements with their answers.

Columns that say again what stands in the row already (the words of a statement, who says it, what answers it, the name
of a record that is linked) are left out, where they do so in every row; those that are the same in all rows of each
heading stand there. Files of the answer have all columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sourcebook.content.labels import Labels, Reference
from sourcebook.content.opened import Opened
from sourcebook.content.statements import fetch, is_statement
from sourcebook.content.values import Shown, Value, date, is_link, is_part_of_date
from sourcebook.extract import cell_text
from sourcebook.extract.site import Question
from sourcebook.site.results.asking import Found, ask
from sourcebook.site.results.headings import under_headings
from sourcebook.site.results.named import Links, Made, Told, existing, in_row, linked, made_of, told, unsaid
from sourcebook.site.results.rows import Column, Read, Result

MOST_ROWS = 500
"""Rows of a table that a page shows."""
MOST_STATEMENTS = 100
"""Rows that a page shows where each has a statement, and what answers it."""
_MOST_BYTES = 1_000_000


def run(opened: Opened, labels: Labels, question: Question, values: Mapping[str, str]) -> Result:
    """The answer to a question, with ``values`` for its parameters. Raises `Refused`."""
    blocks = any(is_statement(opened.site.collection(name)) for name in question.link.values())
    found = ask(opened, question, values, MOST_STATEMENTS if blocks else MOST_ROWS, _MOST_BYTES)
    links = linked(labels, question, found)
    named = told(labels, found, links)
    if named and len(found.rows) > MOST_STATEMENTS:
        found = replace(found, rows=found.rows[:MOST_STATEMENTS], whole=False)
    columns = [_column(found, index, links, named) for index in range(len(found.names))]
    read = _read(labels, found, links, named)
    fetch(labels)
    left_out = _said_again(labels, made_of(labels, named), read, columns) | _named(read, columns)
    top, rest = under_headings(question, read, columns, left_out)
    about = [one for one in columns if one.statements]
    return Result(
        found,
        rest,
        top,
        blocks=bool(about),
        usual=next((one for one in about if one.name not in question.group), None),
        unsaid=unsaid(labels, found, links, named),
    )


def _column(found: Found, index: int, links: Links, named: Told) -> Column:
    values = [row[index] for row in found.rows if row[index] is not None]
    numeric = bool(values) and index not in links and all(isinstance(one, int | float) for one in values)
    return Column(index, found.names[index], numeric, index in named)


def _read(labels: Labels, found: Found, links: Links, named: Told) -> Read:
    """What is shown of all values: complete when the labels are fetched."""
    there = {
        index: existing(labels, collection, (row[index] for row in found.rows))
        for index, collection in links.items()
        if index not in named
    }
    dates = {index for index in range(len(found.names)) if _are_dates(row[index] for row in found.rows)}
    cells, said = [], []
    for row in found.rows:
        shown: dict[int, Shown] = {}
        about = {index: some for index in named if (some := in_row(named, row, index))}
        for index, stored in enumerate(row):
            if stored is None or len(about.get(index, ())) == 1:  # the statement is shown instead
                continue
            if str(stored) in there.get(index, ()):
                shown[index] = labels.reference(links[index].name, stored)
            else:
                shown[index] = _value(stored, dated=index in dates)
        cells.append(shown)
        said.append(about)
    return Read(found, tuple(cells), tuple(said))


def _value(stored: Any, *, dated: bool) -> Shown:
    if isinstance(stored, bytes):
        return Value(f"{len(stored):,} bytes that are no text")
    if isinstance(stored, int | float):
        return Value(cell_text(stored), kind="number")
    if dated:
        return date(stored)
    return Value(stored, stored, "outside") if is_link(stored) else Value(stored)


def _are_dates(values: Iterable[Any]) -> bool:
    """Whether all values are dates or parts of such, and one at least is more than a year."""
    there = [one for one in values if one is not None]
    texts = all(isinstance(one, str) and is_part_of_date(one) for one in there)
    return texts and any(len(one) > len("2015") for one in there)


# --- columns that are left out ----------------------------------------------------------------------------------------


def _named(read: Read, columns: Iterable[Column]) -> set[int]:
    """The columns of keys of statements, all of which are shown."""
    return {one.index for one in columns if one.statements and all(one.index not in cells for cells in read.cells)}


def _said_again(labels: Labels, made: Made, read: Read, columns: Iterable[Column]) -> set[int]:
    """The columns that say nothing but what a statement or a link in the same row says, the same one in all rows."""
    again = set()
    for column in columns:
        saying: set[tuple[int, str]] | None = None
        for number, row in enumerate(read.found.rows if not column.statements else ()):
            if row[column.index] is not None:
                now = set(_saying(labels, made, read, number, column.index, cell_text(row[column.index])))
                saying = now if saying is None else saying & now
                if not saying:
                    break
        if saying:
            again.add(column.index)
    return again


def _saying(labels: Labels, made: Made, read: Read, number: int, index: int, text: str) -> Iterator[tuple[int, str]]:
    """What else in a row says the ``text`` of the column at ``index``: columns, each with the part that does."""
    for other, some in read.said[number].items():
        for part, values in some[0].values.items() if len(some) == 1 else ():
            if any(text in _texts(labels, one) for one in values):
                yield other, part
        for name, derived in made.get((some[0].collection, some[0].key), {}).items() if len(some) == 1 else ():
            if text == derived:  # such as what answers it, which is shown with the statement
                yield other, f"={name}"
    cells = read.cells[number]
    if not isinstance(cells.get(index), Reference):
        for other, cell in cells.items():
            if other != index and isinstance(cell, Reference) and text in _texts(labels, cell):
                yield other, ""


def _texts(labels: Labels, one: Shown) -> tuple[str, ...]:
    """What a value is known by: its text, and of a link the record's key and whole label."""
    if isinstance(one, Reference):
        return one.key, labels.label(one.collection, one.key)
    return one.text, getattr(one, "exact", "") or one.text
