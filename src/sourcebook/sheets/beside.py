# SPDX-License-Identifier: Apache-2.0
"""What is shown beside values: labels of what references lead to, who says a statement, and what answers it.

A sheet that is sent out is read far from the book: no statement stands in it without who says it, and none without what
answers it. All of this is found in the records, without a build.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from sourcebook.book import ANSWER_KINDS, STATEMENT, AnswerKind, Book, Target, steps
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.sheets.cells import plain
from sourcebook.tables.derived import Spot, derivation
from sourcebook.tables.model import Plan
from sourcebook.tables.reference_paths import written

Records = Callable[[str], Mapping[str, Record]]
SAID_BY, PUBLISHED_IN, ANSWERS = "said by", "published in", "answers"
_Key = tuple[str, str]
_LONGEST = 300  # characters of a label


class Beside:
    """What is shown beside the values of one book."""

    def __init__(self, book: Book, plans: Mapping[str, Plan], records: Records) -> None:
        """``records`` are those of a collection, by their keys as texts; each collection is asked for once needed."""
        self._book = book
        self._plans = plans
        self._records = records
        self._derivation = derivation(book, plans)
        self._by_field: dict[tuple[str, str], dict[str, str]] = {}
        self._labels: dict[_Key, str] = {}

    # --- labels -------------------------------------------------------------------------------------------------------

    def meant(self, targets: Iterable[Target], value: Any) -> _Key | None:
        """The record that a written reference leads to; None where there is none."""
        for target in targets:
            if target.collection in self._plans and not isinstance(value, dict | list):
                key = self.named(target).get(str(value))
                if key is not None:
                    return target.collection, key
        return None

    def named(self, target: Target) -> Mapping[str, str]:
        """The keys of records by what a reference to them may be written as."""
        if (target.collection, target.field) not in self._by_field:
            records = self._records(target.collection)
            if not target.field or target.field == self._book.by_name[target.collection].key:
                found = {key: key for key in records}
            else:
                path = steps(target.field)
                found = {str(one): key for key, record in records.items() for _, one in written(record.value, path)}
            self._by_field[target.collection, target.field] = found
        return self._by_field[target.collection, target.field]

    def labels(self, targets: Iterable[Target]) -> Mapping[str, Any]:
        """What references are written as, by the labels of what they lead to, folded; None where several have one."""
        found: dict[str, Any] = {}
        for target in targets:
            for written_as, key in self.named(target).items() if target.collection in self._plans else ():
                record = self._records(target.collection)[key]
                label = fold(self._named(record))
                there = found.setdefault(label, (written_as, key)) if label else None
                if there is not None and there[1] != key:
                    found[label] = (None, "")
        return {label: written_as for label, (written_as, _) in found.items()}

    def label(self, collection: str, key: str) -> str:
        """What readers know a record by; a statement with who says it and what answers it."""
        if (collection, key) not in self._labels:
            record = self._records(collection).get(key)
            statement = STATEMENT in self._book.by_name[collection].roles
            told = "" if record is None else self.attributed((collection, key)) if statement else self._named(record)
            self._labels[collection, key] = told
        return self._labels[collection, key]

    def _named(self, record: Record) -> str:
        table = self._plans[record.collection].tables[0]
        path = table.column(table.label).path if table.label else ""
        found = next((plain(one) for _, one in written(record.value, steps(path))), "") if path else ""
        found = " ".join(found.split())
        return found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"

    # --- statements ---------------------------------------------------------------------------------------------------

    def columns(self, plan: Plan) -> Mapping[str, tuple[str, ...]]:
        """What is told of statements beside the rows of each table of a plan, by its name."""
        if plan.collection in self._derivation.parts:
            return {plan.tables[0].name: (SAID_BY, PUBLISHED_IN, ANSWERS)}
        tables = {table.name for table in plan.tables}
        told = (SAID_BY, PUBLISHED_IN, ANSWERS)
        return {one.table.name: told for one in self._derivation.resting if one.table.name in tables}

    def of_row(self, plan: Plan, table: str, record: Record, path: Path) -> Mapping[str, str]:
        """The same of one row: what is told of the statement that it is, or of those that it refers to."""
        if plan.collection in self._derivation.parts:
            statements = [(plan.collection, str(record.key))]
        else:
            statements = list(dict.fromkeys(self._rests_on(table, record, path)))
        return {
            SAID_BY: _joined(self._part(one, "by") for one in statements),
            PUBLISHED_IN: _joined(map(self._where, statements)),
            ANSWERS: _joined(words for one in statements for words in self._answers(one, whole=True)),
        }

    def _rests_on(self, table: str, record: Record, path: Path) -> Iterator[_Key]:
        resting = next((one for one in self._derivation.resting if one.table.name == table), None)
        for spot in resting.spots if resting else ():
            for at, value in _written_at(spot, record):
                to = self._led(spot, value)
                if at[: len(path)] == path and to and to[0] in self._derivation.parts:
                    yield to

    def _led(self, spot: Spot, value: Any) -> _Key | None:
        column = spot.table.column(spot.column)
        return self.meant(column.targets or ((column.foreign,) if column.foreign else ()), value)

    def attributed(self, of: _Key) -> str:
        """A statement as one text: what is said, by whom, where, and what answers it."""
        by, where = self._part(of, "by") or "nobody named", self._where(of)
        parts = [f"said by {by}", *([f"in {where}"] if where else []), *self._answers(of, whole=False)]
        return f"{self._part(of, 'text') or of[1]} ({' · '.join(parts)})"

    def _answers(self, of: _Key, *, whole: bool) -> Iterator[str]:
        """What answers a statement, each in words: with what it says and where, or who says it alone."""
        for kind, by in self._answered.get(of, ()):
            who = self._part(by, "by") or "nobody named"
            if whole:
                where = self._where(by)
                yield f"{kind.backward}: {self._part(by, 'text')} (said by {who}{f' · in {where}' if where else ''})"
            else:
                yield f"{kind.told_by(who)} ({by[1]})"

    @cached_property
    def _answered(self) -> Mapping[_Key, list[tuple[AnswerKind, _Key]]]:
        """What answers each statement, in readers' order."""
        found: dict[_Key, dict[tuple[AnswerKind, _Key], None]] = {}
        for kind in ANSWER_KINDS:
            for one in (one for one in self._derivation.answering if one.kind == kind):
                for key, record in self._records(one.by).items():
                    for _, value in _written_at(one.spot, record):
                        to = self._led(one.spot, value)
                        if to and to[0] == one.of:
                            found.setdefault(to, {})[kind, (one.by, key)] = None
                            if kind.symmetric:
                                found.setdefault((one.by, key), {})[kind, to] = None
        return {key: list(some) for key, some in found.items()}

    def _part(self, of: _Key, part: str) -> str:
        """A part of a statement's role, as text: labels of what it refers to."""
        spot = self._derivation.parts[of[0]].get(part)
        record = self._records(of[0]).get(of[1])
        if spot is None or record is None:
            return ""
        return _joined(self._shown(spot, value) for _, value in _written_at(spot, record))

    def _shown(self, spot: Spot, value: Any) -> str:
        to = self._led(spot, value)
        if to is None:
            return plain(value)
        record = self._records(to[0])[to[1]]
        return self._named(record) or to[1]

    def _where(self, of: _Key) -> str:
        return ", ".join(part for part in (self._part(of, "in"), self._part(of, "at")) if part)


def fold(text: str) -> str:
    """A text by which names are alike: without accents, case, spaces and signs."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if one.isalnum())


def _written_at(spot: Spot, record: Record) -> Iterator[tuple[Path, Any]]:
    return written(record.value, steps(spot.table.column(spot.column).path))


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
