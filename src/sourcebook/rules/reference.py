# SPDX-License-Identifier: Apache-2.0
"""``reference``: a reference means no record, or more than one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Book
from sourcebook.exact import dumps
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.rules.expected import place_of
from sourcebook.tables.links import Index, Reference, written_in
from sourcebook.validation.wording import did_you_mean, shown

_QUOTED = "In quotes it is text, as it is there."
_UNQUOTED = "Without quotes it is a number, as it is there."


@dataclass(frozen=True)
class References:
    """What the rule needs to know: the index of targets, and the collections that could not be read whole."""

    book: Book
    index: Index
    incomplete: Collection[str]
    positioner: Positioner
    ledger: Ledger

    def count(self, written: Mapping[Reference, Mapping[Any, int]]) -> Mapping[str, set[Any]]:
        """Check references in bulk, given how often each value is written where: texts and integers only.

        Returns the values that dangle or are ambiguous, by the collection whose records they stand in.
        """
        wanting: dict[str, set[Any]] = {}
        for reference, counts in written.items():
            unread = self._unread(reference)
            for value, count in counts.items():
                hits = sum(len(self.index.keys(target, value)) for target in reference.targets)
                if hits or not unread:
                    self.ledger.performed("reference", count)
                else:
                    self.ledger.unverifiable("reference", unread, count)
                if hits > 1 or not (hits or unread):
                    wanting.setdefault(reference.collection, set()).add(value)
        return wanting

    def check(self, record: Record, references: list[Reference]) -> Iterator[Finding]:
        """A finding for each reference of ``record`` that dangles or is ambiguous."""
        for reference in references:
            for path, value in written_in(record.value, reference):
                finding = self._check(record, reference, path, value)
                if finding:
                    yield finding

    def _check(self, record: Record, reference: Reference, path: Path, value: Any) -> Finding | None:
        if isinstance(value, dict | list):
            return None  # no column holds it, and that is told
        hits = [(target, key) for target in reference.targets for key in self.index.keys(target, value)]
        unread = self._unread(reference)
        if not hits and unread:
            self.ledger.unverifiable("reference", unread)
            return None
        self.ledger.performed("reference")
        if len(hits) == 1:
            return None
        names = " or ".join(
            f"{target.collection}{'.' + target.field if target.field else ''}" for target in reference.targets
        )
        if hits:
            found = " and ".join(f"{target.collection} {key!r}" for target, key in hits[:3])
            message = f"{shown(value)} means more than one record: {found}"
            return self.positioner.finding(record, path, "reference", message, "refer by a field that is unique")
        known = [known for target in reference.targets for known in self.index.known(target)]
        hint = did_you_mean(value, known) or f"{self._wanting(reference, value)}, or mend the reference"
        if isinstance(value, bool) or not isinstance(value, str | int):
            hint = "a reference is a text or an integer, as keys are"
        elif other := next((one for one in known if str(one) == str(value)), None):
            hint = f"did you mean {dumps(other)}? {_QUOTED if isinstance(other, str) else _UNQUOTED}"
        return self.positioner.finding(record, path, "reference", f"{shown(value)} is not in {names}", hint)

    def _unread(self, reference: Reference) -> str:
        """Why it cannot be said that a reference dangles; empty where it can."""
        unread = sorted({target.collection for target in reference.targets} & set(self.incomplete))
        return f"{' and '.join(unread)} could not be read whole" if unread else ""

    def _wanting(self, reference: Reference, value: Any) -> str:
        """How the record that is missing would be added, to each collection that it may belong to."""
        ways = [place_of(self.book.by_name[one.collection], one, value) for one in reference.targets]
        return ", or ".join(dict.fromkeys(ways))


_MOST_TEXTS = 200  # looked for at once


def holder(values: Collection[Any]) -> Callable[[str], bool]:
    """Tells of a record's JSON text whether one of ``values`` (texts and integers) may stand in it."""
    if not values:
        return lambda _text: False
    if len(values) > _MOST_TEXTS:
        return lambda _text: True
    found = re.compile("|".join(re.escape(dumps(value)) for value in values)).search
    return lambda text: found(text) is not None
