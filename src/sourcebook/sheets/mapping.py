# SPDX-License-Identifier: Apache-2.0
"""How somebody's own table becomes records: which of its columns goes where, proposed once, kept in the book.

It is a file of the book, ``curation/imports/NAME.yaml``, to be read and changed by people. What it does not say is not
done: a header that it does not know is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sourcebook.edit.model import Refused
from sourcebook.edit.written import Manner, in_flow, key_text
from sourcebook.parse import parse
from sourcebook.sheets.beside import Beside, fold
from sourcebook.sheets.cells import plain
from sourcebook.sheets.headings import Heading, Sheet
from sourcebook.tables.model import Plan
from sourcebook.validation.likeness import nearest

FOLDER = "curation/imports"
_NEAR = 0.84
_SEPARATORS = (";", "|", "\n", ",")
_ORDERS = {"d.m.y": (0, 1, 2), "m/d/y": (1, 0, 2), "y-m-d": (2, 1, 0)}
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
    if date_order and date_order not in (*_ORDERS, "cell"):
        raise Refused(f"{path}: {name}: dates stand as {', '.join(_ORDERS)}, or as `cell` says them")
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


# --- a proposal ------------------------------------------------------------------------------------------------------


def propose(
    collection: str,
    header: Sequence[str],
    rows: Sequence[Sequence[Any]],
    plan: Plan,
    sheets: Sequence[Sheet],
    beside: Beside,
) -> Columns:
    """Where each column of a table may go, judged by its header and its values; what is not placed is told.

    Raises Refused where no column names the records.
    """
    there = places(plan, sheets)
    names = _names(plan, there)
    key_names = [one for one in sheets[0].headings if one.role == "key"]
    columns: dict[str, Column] = {}
    told: list[str] = []
    key, taken = "", set[str]()
    for place, name in enumerate(header):
        if not name:
            continue
        if not key and fold(name) in {fold(one.name) for one in key_names} | {"id", "key", "slug"}:
            key = name
            continue
        values = [row[place] for row in rows if place < len(row) and plain(row[place]) != ""]
        path, near = _path_for(name, names, taken)
        if not path:
            columns[name] = Column()
            told.append(f"{name!r} goes nowhere: no property is called so")
            continue
        taken.add(path)
        columns[name] = _judged(there[path], values, beside, told, name)
        if near:
            told.append(f"{name!r} goes to {path}, whose name is only near: look whether it is right")
    if key:
        return Columns(collection, key, False, columns, tuple(told))
    label = plan.tables[0].column(plan.tables[0].label).path if plan.tables[0].label else ""
    key = next((name for name, one in columns.items() if one.to == label and label), "")
    if not key:
        named = key_names[0].name if key_names else "id"
        raise Refused(
            f"no column names the records: have one with the header {named!r}, or one for {label or 'a name'}"
        )
    told.append(f"keys are made of {key!r}, in small letters with hyphens")
    return Columns(collection, key, True, columns, tuple(told))


def _names(plan: Plan, there: Mapping[str, Place]) -> dict[str, str]:
    """The paths by what headers may call them, what is surest first."""
    found: dict[str, str] = {}
    for path in there:
        found.setdefault(fold(path), path)
    for path, one in there.items():
        found.setdefault(fold(one.heading.name), path)
        last = re.sub(r"\[\]$", "", path).rpartition(".")[2]
        found.setdefault(fold(last), path)
    for table in plan.tables:
        for column in table.columns:
            if column.path in there and column.note.title:
                found.setdefault(fold(column.note.title), column.path)
    return found


def _path_for(name: str, names: Mapping[str, str], taken: set[str]) -> tuple[str, bool]:
    exact = names.get(fold(name), "")
    if exact and exact not in taken:
        return exact, False
    left = [one for one, path in names.items() if path not in taken]
    near = nearest(fold(name), left, _NEAR)
    return (names[near], True) if near else ("", False)


def _judged(place: Place, values: Sequence[Any], beside: Beside, told: list[str], name: str) -> Column:
    heading = place.heading
    split = ""
    if place.listed:
        texts = [plain(one) for one in values]
        split = next((one for one in _SEPARATORS if any(one in text for text in texts)), ";")
        values = [part.strip() for text in texts for part in text.split(split) if part.strip()]
    if heading.targets:
        return Column(place.path, _by_label(heading, values, beside), split)
    return Column(place.path, split=split, date=_dates(heading, values, told, name), values=_meanings(heading, values))


def _by_label(heading: Heading, values: Sequence[Any], beside: Beside) -> bool:
    """Whether some of the values are no references as they may be written, and are labels of what these lead to."""
    others = [plain(one) for one in values if beside.meant(heading.targets, plain(one)) is None]
    labels = beside.labels(heading.targets) if others else {}
    return any(fold(one) in labels for one in others)


def _dates(heading: Heading, values: Sequence[Any], told: list[str], name: str) -> str:
    """In which order the parts of dates stand, where the values tell that."""
    if heading.form not in ("date", "date-time") or not values:
        return ""
    if any(isinstance(one, date | datetime) for one in values):
        told.append(f"{name!r} has dates of the program, taken as in 2026-11-30")
        return "cell"
    texts = [plain(one).strip() for one in values]
    others = [one for one in texts if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", one)]
    fit = [order for order in _ORDERS if others and all(dated(one, order) for one in others)]
    if len(fit) > 1:
        told.append(f"{name!r} has dates that may be read as {' or '.join(fit)}: say which by `date` in its line")
        return ""
    if fit:
        told.append(f"{name!r} has dates whose parts stand as {fit[0]}")
    return fit[0] if fit else ""


def dated(text: str, order: str) -> str:
    """A date in ISO 8601 of one whose parts stand in an ``order``; the empty text where it is none."""
    found = _PARTS.fullmatch(text.strip())
    if not found or (order == "m/d/y" and "." in text):  # nobody parts them by points in that order
        return ""
    parts = [found[number] for number in (1, 2, 3)]
    day, month, year = (parts[number] for number in _ORDERS[order])
    if len(year) != 4:
        return ""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


_YES = {"yes", "y", "ja", "oui", "si", "x", "1", "true", "wahr"}
_NO = {"no", "n", "nein", "non", "0", "false", "falsch"}


def _meanings(heading: Heading, values: Sequence[Any]) -> dict[str, Any]:
    """What values stand for that are no choices of the schema, but are so but for case, accents and signs."""
    texts = dict.fromkeys(plain(one) for one in values)
    if heading.encoding == "boolean":
        alike = {text: fold(text) for text in texts if text not in ("true", "false")}
        if alike and set(alike.values()) <= _YES | _NO:
            return {text: fold in _YES for text, fold in alike.items()}
        return {}
    by_fold = {fold(str(one)): one for one in heading.choices}
    known = {str(one) for one in heading.choices}
    return {text: by_fold[fold(text)] for text in texts if text not in known and fold(text) in by_fold}
