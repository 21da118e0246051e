# SPDX-License-Identifier: Apache-2.0
"""Where the columns of somebody's own table may go: proposed by header and values, told where unsure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sourcebook.book import steps
from sourcebook.edit.model import Refused
from sourcebook.sheets.beside import Beside, fold
from sourcebook.sheets.cells import plain
from sourcebook.sheets.headings import Heading
from sourcebook.sheets.mapping import ORDERS, Column, Columns, Place, dated, places
from sourcebook.sheets.opened import Opened
from sourcebook.tables.reference_paths import written
from sourcebook.validation.likeness import nearest

_NEAR = 0.84
_SEPARATORS = (";", "|", "\n", ",")


def propose(opened: Opened, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Columns:
    """Where each column of a table may go, judged by its header and its values; what is not placed is told.

    Raises Refused where no column names the records.
    """
    return _Proposing(opened, header, rows).columns()


@dataclass
class _Proposing:
    opened: Opened
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = places(self.opened.plan, self.opened.sheets)
        self.values = {
            name: [row[place] for row in self.rows if place < len(row) and plain(row[place]) != ""]
            for place, name in enumerate(self.header)
            if name
        }

    def columns(self) -> Columns:
        """The mapping."""
        key = self._key_by_name()
        found = self._placed([name for name in self.values if name != key])
        slug = False
        if not key:
            key = self._key_by_look([name for name in self.values if name not in found])
        if not key:
            key, slug = self._label(found), True
        columns = {}
        for name in self.values:
            if name in found:
                place = self.places[found[name]]
                column = _judged(place, self.values[name], self.opened.beside, self.told, name)
                columns[name] = replace(column, digits=self._are_digits(place, name))
            elif name != key:
                columns[name] = Column()
                self.told.append(f"{name!r} goes nowhere: no property is called so")
        return Columns(self.opened.name, key, slug, columns, tuple(self.told))

    def _are_digits(self, place: Place, name: str) -> bool:
        """Whether numbers in a column of texts may be taken as their digits: the book has such texts there, as long as
        these, and none of them begins with a zero.
        """
        values = self.values[name]
        if place.heading.encoding != "text" or place.listed or not all(isinstance(one, float) for one in values):
            return False
        path = steps(place.path)
        there = {str(one) for record in self.opened.own.values() for _, one in written(record.value, path)}
        texts = {plain(one) for one in values}
        plainly = all(re.fullmatch(r"[1-9]\d*", one) for one in texts | there)
        if not there or not plainly or not {len(one) for one in texts} <= {len(one) for one in there}:
            return False
        self.told.append(f"{name!r} has numbers, taken as their digits: the texts that the book has there are such")
        return True

    # --- what names records -------------------------------------------------------------------------------------------

    def _key_by_name(self) -> str:
        usual = {fold(one.name) for one in self.opened.sheets[0].headings if one.role == "key"} | {"id", "key", "slug"}
        return next((name for name in self.values if fold(name) in usual), "")

    def _key_by_look(self, names: Sequence[str]) -> str:
        """The column that has a text in every row, each once, which look like the keys that are there."""
        column = next(one for one in self.opened.plan.tables[0].columns if one.role == "key")
        looks = {_look(str(key)) for key in self.opened.own}
        for name in names:
            if looks == {"a"} and not column.note.pattern and name != self.header[0]:
                continue  # words look like one another
            texts = [plain(one).strip() for one in self.values[name]]
            once = len(texts) == len(self.rows) and len(set(texts)) == len(texts) > 0
            pattern = column.note.pattern
            fits = all(_matches(pattern, text) for text in texts) if pattern else {_look(one) for one in texts} <= looks
            if once and fits:
                self.told.append(f"{name!r} names the records: what stands in it looks like their keys")
                return name
        return ""

    def _label(self, found: Mapping[str, str]) -> str:
        """The column of what readers know records by, of which keys may be made."""
        table = self.opened.plan.tables[0]
        path = table.column(table.label).path if table.label else ""
        key = next((name for name, to in found.items() if to == path and path), "")
        if not key:
            named = next(one.name for one in self.opened.sheets[0].headings if one.role == "key")
            more = f", or one for {path}" if path and path != named else ""
            raise Refused(f"no column names the records: have one with the header {named!r}{more}")
        self.told.append(f"keys are made of {key!r}, in small letters with hyphens")
        return key

    # --- what is called like a property -------------------------------------------------------------------------------

    def _placed(self, names: Sequence[str]) -> dict[str, str]:
        """The paths of columns: those that are called so first, then what is near, then what is described so."""
        called = self._called()
        found: dict[str, str] = {}
        for name in names:
            path = called.get(fold(name), "")
            if path and path not in found.values():
                found[name] = path
        for name in names:
            if name not in found:
                left = {one: path for one, path in called.items() if path not in found.values()}
                near = nearest(fold(name), left, _NEAR)
                path = left[near] if near else self._described(name, set(left.values()))
                if path:
                    found[name] = path
                    how = "whose name is near" if near else "which is described so"
                    self.told.append(f"{name!r} goes to {path}, {how}: look whether that is right")
        return found

    def _called(self) -> dict[str, str]:
        """The paths by what headers may call them, what is surest first."""
        found: dict[str, str] = {}
        for path in self.places:
            found.setdefault(fold(path), path)
        for path, one in self.places.items():
            found.setdefault(fold(one.heading.name), path)
            found.setdefault(fold(re.sub(r"\[\]$", "", path).rpartition(".")[2]), path)
        for table in self.opened.plan.tables:
            for column in table.columns:
                if column.path in self.places and column.note.title:
                    found.setdefault(fold(column.note.title), column.path)
        return found

    def _described(self, name: str, paths: set[str]) -> str:
        """The one property in whose description all words of a header stand."""
        words = {fold(word) for word in name.split() if fold(word)}
        fit = []
        for path in paths if words and max(map(len, words)) > _SHORT else ():
            about = {fold(word) for word in self.places[path].heading.about.split()}
            fit += [path] if words <= about else []
        return fit[0] if len(fit) == 1 else ""


_SHORT = 3  # letters of words that say nothing: of, the


def _look(text: str) -> str:
    return re.sub(r"[^\W\d]+", "a", re.sub(r"\d", "9", text))


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:  # of the other dialect, that schemas are written in
        return False


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
    fit = [order for order in ORDERS if others and all(dated(one, order) for one in others)]
    if len(fit) > 1:
        told.append(f"{name!r} has dates that may be read as {' or '.join(fit)}: say which by `date` in its line")
        return ""
    if fit:
        told.append(f"{name!r} has dates whose parts stand as {fit[0]}")
    return fit[0] if fit else ""


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
