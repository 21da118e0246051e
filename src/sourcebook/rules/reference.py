# SPDX-License-Identifier: Apache-2.0
"""``reference``: a reference means no record, or more than one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.exact import dumps
from sourcebook.finding import Finding, Ledger
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.rules.expected import Wanted
from sourcebook.tables.links import Index, Reference, written_in
from sourcebook.validation.wording import shown


@dataclass(frozen=True)
class References:
    """What the rule needs to know: the index of targets, and the collections that could not be read whole.

    ``wanted`` says what was probably meant by a reference that dangles.
    """

    index: Index
    incomplete: Collection[str]
    positioner: Positioner
    ledger: Ledger
    wanted: Wanted

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
        hint = self.wanted.hint(reference.targets, value)
        return self.positioner.finding(record, path, "reference", f"{shown(value)} is not in {names}", hint)

    def _unread(self, reference: Reference) -> str:
        """Why it cannot be said that a reference dangles; empty where it can."""
        unread = sorted({target.collection for target in reference.targets} & set(self.incomplete))
        return f"{' and '.join(unread)} could not be read whole" if unread else ""


_MOST_TEXTS = 200  # looked for at once


def holder(values: Collection[Any]) -> Callable[[str], bool]:
    """Tells of a record's JSON text whether one of ``values`` (texts and integers) may stand in it."""
    if not values:
        return lambda _text: False
    if len(values) > _MOST_TEXTS:
        return lambda _text: True
    found = re.compile("|".join(re.escape(dumps(value)) for value in values)).search
    return lambda text: found(text) is not None
