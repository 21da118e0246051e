# SPDX-License-Identifier: Apache-2.0
"""``reference``: a reference means no record, or more than one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Target
from sourcebook.exact import dumps
from sourcebook.finding import Finding, Ledger
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.rules.expected import Wanted
from sourcebook.tables.links import Index, Kind
from sourcebook.tables.model import Demand, Judged
from sourcebook.tables.reference_paths import Reference, is_key, leaves, written_in
from sourcebook.validation.wording import shown


@dataclass(frozen=True)
class References:
    """What the rule needs to know: the index of targets, and which collections it does not know whole.

    Those that are ``incomplete`` could not be read; of those that are ``keyless`` some records have no key, so that
    nothing is known by their other names. Of those that are ``passed_over`` some files were not to be read.
    ``wanted`` says what was probably meant by a reference that dangles.
    """

    index: Index
    incomplete: Collection[str]
    keyless: Collection[str]
    positioner: Positioner
    ledger: Ledger
    wanted: Wanted
    passed_over: Collection[str] = ()

    def count(self, written: Mapping[Reference | Kind, Mapping[Any, int]]) -> Mapping[str, set[Any]]:
        """Check references in bulk, given how often each value is written where: texts and integers only.

        Returns the values that dangle or are ambiguous, by the collection whose records they stand in.
        """
        wanting: dict[str, set[Any]] = {}
        for reference, counts in written.items():
            unread = self._unread(reference.targets)
            for value, count in counts.items():
                hits = len(self.index.meant(reference.targets, value))
                if hits or not unread:
                    self.ledger.performed("reference", count)
                else:
                    self._not_known(reference.targets, unread, count)
                if hits > 1 or not (hits or unread):
                    wanting.setdefault(reference.collection, set()).add(value)
        return wanting

    def check(self, record: Record, references: list[Reference], judged: Judged | None) -> Iterator[Finding]:
        """A finding for each reference of ``record`` that dangles or is ambiguous."""
        found = [*demands(record.value, references), *(judged.written(record.value) if judged else ())]
        for demand in found:
            finding = self._check(record, demand)
            if finding:
                yield finding

    def _check(self, record: Record, demand: Demand) -> Finding | None:
        value, targets = demand.value, demand.targets
        if isinstance(value, dict | list) and targets:
            return None  # no column holds it, and that is told
        hits = self.index.meant(targets, value) if targets else []
        unread = self._unread(targets)
        if not hits and unread:
            self._not_known(targets, unread)
            return None
        self.ledger.performed("reference")
        if len(hits) == 1:
            return None
        if not hits and self.index.withholds(targets, value):
            message = f"{shown(value)} is a record that is not public, and stands in one that is"
            return self.positioner.finding(
                record, demand.path, REFERS_TO_HIDDEN, message, _HIDE_BOTH, at_key=demand.at_key
            )
        if hits:
            found = " and ".join(f"{collection} {key!r}" for collection, key in hits[:3])
            message = f"{shown(value)} means more than one record: {found}"
            hint = "refer by a field that is unique"
        else:
            message = f"{shown(value)} is not in {' or '.join(map(str, targets))}"
            hint = self.wanted.hint(targets, value, record.collection)
        return self.positioner.finding(record, demand.path, "reference", message, hint, at_key=demand.at_key)

    def knows(self, rule: str, targets: Sequence[Target], value: Any) -> bool:
        """Whether it can be said what a reference with a ``value`` means; it is counted for a ``rule`` either way."""
        unread = self._unread(targets)
        if unread and not (targets and self.index.meant(targets, value)):
            self._not_known(targets, unread, rule=rule)
            return False
        self.ledger.performed(rule)
        return True

    def _not_known(self, targets: Sequence[Target], why: str, count: int = 1, rule: str = "reference") -> None:
        """Count references of which it cannot be said whether they dangle: what was not to be read was skipped."""
        by_choice = any(target.collection in self.passed_over for target in targets)
        (self.ledger.skipped if by_choice else self.ledger.unverifiable)(rule, why, count)

    def _unread(self, targets: Sequence[Target]) -> str:
        """Why it cannot be said that a reference dangles; empty where it can."""
        if not targets:
            return "a record fits no branch of its schema, so where it leads is not known"
        whole = {target.collection for target in targets}
        left = sorted(whole & {*self.passed_over})
        if left and any(target.collection in self.incomplete or self._by_name(target) for target in targets):
            return f"files of {' and '.join(left)} were not to be read"
        unread = sorted(whole & {*self.incomplete})
        if unread:
            return f"{' and '.join(unread)} could not be read whole"
        keyless = sorted({one.collection for one in targets if self._by_name(one)} & {*self.keyless})
        return f"records of {' and '.join(keyless)} have no key" if keyless else ""

    def _by_name(self, target: Target) -> bool:
        """Whether a target is another field than the key; or no record has that."""
        return not self.wanted.is_key(target) or not self.index.known(target)


def demands(value: Any, references: Iterable[Reference]) -> Iterator[Demand]:
    """The ``references`` that a record holds in its columns, each where it is written."""
    for reference in references:
        for path, item in written_in(value, reference):
            for where, one in leaves(item, path) if reference.loose else [(path, item)]:
                yield Demand(where, is_key(reference.steps), one, reference.targets)


REFERS_TO_HIDDEN = "refers-to-hidden"
_HIDE_BOTH = "say x-visibility of the property that refers, or let the record be public that it leads to"
_MOST_TEXTS = 200  # looked for at once


def holder(values: Collection[Any]) -> Callable[[str], bool]:
    """Tells of a record's JSON text whether one of ``values`` (texts and integers) may stand in it."""
    if not values:
        return lambda _text: False
    if len(values) > _MOST_TEXTS:
        return lambda _text: True
    found = re.compile("|".join(re.escape(dumps(value)) for value in values)).search
    return lambda text: found(text) is not None
