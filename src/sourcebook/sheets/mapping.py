# SPDX-License-Identifier: Apache-2.0
"""How somebody's own table becomes records: which of its columns goes where, proposed once, kept in the book.

It is a file of the book, ``curation/imports/NAME.yaml``, to be read and changed by people. What it does not say is not
done: a header that it does not know is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sourcebook.edit.model import Refused
from sourcebook.edit.written import Manner, in_flow, key_text
from sourcebook.parse import parse
from sourcebook.sheets.headings import Heading, Sheet
from sourcebook.tables.model import Plan
from sourcebook.validation.likeness import nearest

FOLDER = "curation/imports"
ORDERS = {"d.m.y": (0, 1, 2), "m/d/y": (1, 0, 2), "y-m-d": (2, 1, 0)}
_PARTS = re.compile(r"(\d{1,4})[./\- ]{1,2}(\d{1,2})[./\- ]{1,2}(\d{1,4})\.?")


@dataclass(frozen=True, slots=True)
class Column:
    """Where the values of one column go. ``to`` is the path of a property, or of a list of single values (``tags[]``).

    ``by_label``: what is written are labels of what the reference leads to. ``split`` parts the entries of a list.
    ``date`` says in which order the parts of dates stand. ``values`` are what some values stand for. ``digits``:
    numbers in a column of texts are taken as their digits.
    """

    to: str = ""
    by_label: bool = False
    split: str = ""
    date: str = ""
    digits: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """It as plain data."""
        found: dict[str, Any] = {"to": self.to} if self.to else {}
        found |= {"by": "label"} if self.by_label else {}
        found |= {name: getattr(self, name) for name in ("split", "date") if getattr(self, name)}
        found |= {"numbers": "digits"} if self.digits else {}
        return found | ({"values": dict(self.values)} if self.values else {})


@dataclass(frozen=True)
class Columns:
    """The columns of a table by their headers; ``key`` is the header that names records, as a ``slug`` of its text."""

    collection: str
    key: str
    slug: bool
    columns: Mapping[str, Column]
    told: tuple[str, ...] = ()

    def text(self, file: str) -> str:
        """It as the file that is kept."""
        manner = Manner()
        key: Any = {"from": self.key, "as": "slug"} if self.slug else {"from": self.key}
        lines = [
            f"# How {' '.join(file.split())} becomes records of {self.collection}: a column a line, and where it goes.",
            "# `sourcebook import` proposed it, and reads it the next time: change what is wrong.",
            f"collection: {in_flow(self.collection, manner)}",
            f"key: {in_flow(key, manner)}",
            "columns:",
            *(f"  {key_text(name, manner)}: {in_flow(one.data(), manner)}" for name, one in self.columns.items()),
        ]
        return "\n".join(lines) + "\n"


def read_mapping(data: bytes, path: str, collection: str, targets: Iterable[str]) -> Columns:
    """The mapping in a file of the book. Raises Refused where it is none, at its line."""
    parsed = parse(data, path)
    if parsed.findings and any(one.level == "error" for one in parsed.findings):
        raise Refused(str(next(one for one in parsed.findings if one.level == "error")))
    value = parsed.documents[0].value if parsed.documents else None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("columns"), dict)
        or not isinstance(value.get("key"), dict)
    ):
        raise Refused(f"{path}: it says not how a table becomes records: collection, key, columns")
    if value.get("collection") != collection:
        raise Refused(f"{path}: it is of the collection {value.get('collection')!r}, not of {collection!r}")
    known = list(targets)
    columns = {str(name): _column(path, str(name), one, known) for name, one in value["columns"].items()}
    key = value["key"]
    return Columns(collection, str(key.get("from", "")), key.get("as") == "slug", columns)


_KNOWN = {"to", "by", "split", "date", "numbers", "values"}


def _column(path: str, name: str, said: Any, targets: Sequence[str]) -> Column:
    said = said or {}
    if not isinstance(said, dict) or said.keys() - _KNOWN:
        raise Refused(f"{path}: {name}: of a column is said: {', '.join(sorted(_KNOWN))}")
    to = str(said.get("to", ""))
    if to and to not in targets:
        near = nearest(to, targets)
        raise Refused(
            f"{path}: {name}: no property has the path {to!r}" + (f": did you mean {near!r}?" if near else "")
        )
    date_order = str(said.get("date", ""))
    if date_order and date_order not in (*ORDERS, "cell"):
        raise Refused(f"{path}: {name}: dates stand as {', '.join(ORDERS)}, or as `cell` says them")
    values = said.get("values", {})
    return Column(
        to,
        said.get("by") == "label",
        str(said.get("split", "")),
        date_order,
        said.get("numbers") == "digits",
        {str(key): one for key, one in values.items()} if isinstance(values, dict) else {},
    )


# --- where values may go ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A property that a column may go to: its heading, and whether it is a list of such values."""

    path: str
    heading: Heading
    listed: bool = False


def places(plan: Plan, sheets: Sequence[Sheet]) -> Mapping[str, Place]:
    """What a column may go to, by path: single values of a record, and lists of single values."""
    found = {}
    for one in sheets[0].headings:
        if one.is_value and one.role == "property" and not one.beside:
            path = plan.tables[0].columns[one.at].path
            found[path] = Place(path, one)
    for below in sheets[0].below:
        sheet = next(one for one in sheets if one.number == below.table)
        only = [one for one in sheet.headings if one.is_value]
        if not below.by_name and len(only) == 1 and only[0].role == "value":
            path = plan.tables[below.table].columns[only[0].at].path
            found[path] = Place(path, only[0], listed=True)
    return found


def dated(text: str, order: str) -> str:
    """A date in ISO 8601 of one whose parts stand in an ``order``; the empty text where it is none."""
    found = _PARTS.fullmatch(text.strip())
    if not found or (order == "m/d/y" and "." in text):  # nobody parts them by points in that order
        return ""
    parts = [found[number] for number in (1, 2, 3)]
    day, month, year = (parts[number] for number in ORDERS[order])
    if len(year) != 4:
        return ""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
