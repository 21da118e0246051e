# SPDX-License-Identifier: Apache-2.0
"""Records that something may be wrong with, looked at one by one with every rule.

Most records never come here: `convert` has found that they fit, and their references are counted in bulk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from sourcebook.book import STATEMENT, Book
from sourcebook.check.explaining import Explaining
from sourcebook.compile.convert import LONG
from sourcebook.compile.gather import Gathered, record
from sourcebook.finding import Finding, Ledger
from sourcebook.records.model import Entry, Record
from sourcebook.records.places import Positioner
from sourcebook.records.read import Reading
from sourcebook.rules import attribution, baseline, record_size, schema, undeclared, unquoted_number, values
from sourcebook.rules.expected import Wanted
from sourcebook.rules.levels import leveled
from sourcebook.rules.reference import References, holder
from sourcebook.tables import Plan, flatten, reference_paths
from sourcebook.tables.attribution import needed
from sourcebook.tables.links import references
from sourcebook.tables.whole_book import Plans, plan_one
from sourcebook.validation.violation import Violation

if TYPE_CHECKING:
    from sourcebook.compile.withheld import Whole


def inspect(
    book: Book, plans: Plans, gathered: Gathered, passed_over: Collection[str] | None = None
) -> Iterator[Finding]:
    """What is wrong with records, and counts of what was looked for in all of them.

    Where only some files were to be read, ``passed_over`` are the collections of which others were not.
    """
    ledger = gathered.ledger
    _count(book, plans, gathered)
    for collection in book.collections:
        if collection.schema and collection.undeclared is None and len(gathered.entries[collection.name]):
            ledger.performed("undeclared")
            characters = gathered.left_open[collection.name]
            yield from undeclared.check(book, collection, plans[collection.name], characters)
    if book.different and passed_over is None:
        from sourcebook.rules import different

        known = {
            name: {**entries, **{str(one.key): one for one in gathered.withheld.get(name, ())}}
            for name, entries in gathered.entries.items()
        }
        yield from different.check(
            book, known if gathered.withheld else gathered.entries, gathered.incomplete | gathered.keyless, ledger
        )
    if book.moved and passed_over is None:
        from sourcebook.rules import moved  # which most books do not need

        hidden = {name: {str(one.key) for one in withheld} for name, withheld in gathered.withheld.items()}
        yield from moved.check(book, gathered.entries, gathered.incomplete | gathered.keyless, ledger, hidden)
    if book.withdrawn and passed_over is None:
        from sourcebook.rules import withdrawn  # which most books do not need

        yield from withdrawn.check(book, gathered.entries, gathered.incomplete | gathered.keyless, ledger)
    if book.withdrawn:
        from sourcebook.rules import withdrawn_again

        yield from withdrawn_again.check(
            book, gathered.documents, lambda name, stand, text: record(Entry(name, *stand), text), ledger
        )
    if any(collection.anchors for collection in book.collections):
        from sourcebook.rules import anchors  # likewise

        yield from anchors.check(book, gathered.documents, Positioner(book), ledger)
    inspector = _Inspector(book, plans, gathered, passed_over or ())
    wanting = inspector.references.count(gathered.written)
    for name, suspects in gathered.suspects.items():
        holds = holder(wanting.get(name, ()))
        waiting: list[Record] = []
        size = 0
        for stand, text in gathered.documents(name) if suspects or name in wanting else ():
            lossy = suspects.get(str(stand[0]))
            if lossy is not None:
                waiting.append(record(Entry(name, *stand), text, lossy))
                size += len(text)
                if size > LONG or len(waiting) == _TOGETHER:
                    yield from inspector.inspect(waiting, are_long=size > LONG)
                    waiting, size = [], 0
            elif holds(text):
                yield from inspector.references_of(record(Entry(name, *stand), text))
        yield from inspector.inspect(waiting, are_long=size > LONG)
    for withheld in gathered.withheld.values():
        for begin in range(0, len(withheld), _TOGETHER):
            yield from inspector.inspect_hidden(withheld[begin : begin + _TOGETHER])
    yield from inspector.answers(gathered)


def _count(book: Book, plans: Plans, gathered: Gathered) -> None:
    """Say in the ledger what was looked for in all records as they were read."""
    ledger = gathered.ledger
    for collection in book.collections:
        count = len(gathered.entries[collection.name]) + len(gathered.withheld.get(collection.name, ()))
        if collection.schema:
            ledger.performed("schema", count)
            if count and (columns := _undeclared(plans[collection.name])):
                why = f"columns of {collection.name} that its schema does not declare are as the records are"
                ledger.unverifiable("schema", why, columns)
        elif count:
            ledger.unverifiable("schema", f"{collection.name} has no schema", count)
    if costly := sum(finding.rule == "record-cost" for finding in gathered.findings):
        ledger.skipped("schema", "they take too long to judge, or stand behind such", costly)
    for rule in ("record-cost", "record-size", "unquoted-number", "value-rounded", "value-unplanned"):
        ledger.performed(rule, gathered.count)
    hiding = [one.name for one in book.collections if one.name in book.visibility.masks]
    if any(one.until for one in book.visibility.embargoes):
        counts = (len(gathered.entries[name]) + len(gathered.withheld.get(name, ())) for name in hiding)
        ledger.performed("embargo-day", sum(counts))
    statements = [collection.name for collection in book.collections if needed(collection)]
    ledger.performed("attribution-missing", sum(len(gathered.entries[name]) for name in statements))


_TOGETHER = 256  # records that are looked at together, which takes a process


def _undeclared(plan: Plan) -> int:
    """How many columns hold what the schema does not declare."""
    return sum(column.note.undeclared for table in plan.tables for column in table.columns)


def _referring(plan: Plan) -> frozenset[str]:
    """The properties of a collection's records that hold references."""
    found = [*reference_paths.references(plan), *reference_paths.references(plan, conditional=True)]
    return frozenset(one.steps[0] for one in found if len(one.steps) == 1)


class _Inspector:
    """Looks at records one by one, with every rule."""

    def __init__(self, book: Book, plans: Plans, gathered: Gathered, passed_over: Collection[str]) -> None:
        self._book = book
        self._plans = plans
        self._positioner = Positioner(book)
        self._explaining = Explaining({c.name: book.validator(c) for c in book.collections})
        self._needed = {c.name: needed(c) for c in book.collections}
        self._links = {name: references(plan) for name, plan in plans.items()}
        referring = {name: _referring(plan) for name, plan in plans.items()}
        wanted = Wanted(book, gathered.index.known, gathered.entries, gathered.documents, referring)
        self.references = References(
            gathered.index,
            gathered.incomplete,
            gathered.keyless,
            self._positioner,
            gathered.ledger,
            wanted,
            passed_over,
        )
        self._masked = book.visibility.masks
        self._whole_plans: dict[str, Plan] = {}
        self._whole: Whole | None = None
        self._counted = replace(self.references, ledger=Ledger())  # for records whose references are counted already

    def inspect(self, records: Sequence[Record], *, are_long: bool = False) -> Iterator[Finding]:
        """What is wrong with records; the size of their rows is looked at where some ``are_long``."""
        whole = [self._whole_of(one) for one in records]
        for one, all_of_it, violations in zip(records, whole, self._explaining.violations(whole), strict=True):
            yield from self._inspect(one, all_of_it, violations, is_long=are_long)

    def inspect_hidden(self, records: Sequence[Record]) -> Iterator[Finding]:
        """What is wrong with records of which nothing is public: whether they fit their schema, and their numbers."""
        for one, violations in zip(records, self._explaining.violations(records), strict=True):
            yield from schema.check(one, violations, self._positioner)
            yield from unquoted_number.check(one, self._whole_plan(one.collection), self._positioner)
            yield from self._undated(one)

    def _undated(self, record: Record) -> Iterator[Finding]:
        if record.collection in self._masked:
            from sourcebook.rules import embargo  # as above

            yield from embargo.check(self._book, record, self._positioner)

    def _whole_of(self, record: Record) -> Record:
        """A record as its file has it, of which perhaps only the public form is at hand."""
        if record.collection not in self._masked:
            return record
        if self._whole is None:
            from sourcebook.compile.withheld import Whole  # which most books do not need

            self._whole = Whole(self._book)
        return self._whole.record(record) or record

    def _whole_plan(self, collection: str) -> Plan:
        """The plan of whole records."""
        if collection not in self._masked:
            return self._plans[collection]
        if collection not in self._whole_plans:
            nothing = Reading((), (), frozenset())
            self._whole_plans[collection] = plan_one(self._book, self._book.by_name[collection], nothing)
        return self._whole_plans[collection]

    def _inspect(
        self, record: Record, whole: Record, violations: Sequence[Violation], *, is_long: bool
    ) -> Iterator[Finding]:
        plan = self._plans[record.collection]
        rows, misfits = flatten(plan, record.key, record.value)
        wrong = list(schema.check(whole, violations, self._positioner))
        others = [
            *self._undated(whole),
            *unquoted_number.check(whole, self._whole_plan(record.collection), self._positioner),
            *values.check(record, misfits, self._positioner),
            *attribution.check(record, self._needed[record.collection], self._positioner),
            *(record_size.check(record, plan, rows, self._positioner) if is_long else ()),
            *self.references.check(record, self._links[record.collection], plan.judged),
        ]
        yield from wrong
        yield from _besides(self._book, wrong, others)

    def answers(self, gathered: Gathered) -> Iterator[Finding]:
        """The answers to public statements that are not public themselves."""
        for collection in self._book.collections:
            name = collection.name
            if name not in self._masked or STATEMENT not in collection.roles:
                continue
            from sourcebook.compile.withheld import seen_in  # which most books do not need
            from sourcebook.rules import answer_hidden  # as above

            in_part = gathered.entries[name].values() if answer_hidden.may_hide_parts(self._book, collection) else ()
            for one in chain(gathered.withheld.get(name, ()), seen_in(self._book, in_part)):
                links, plan = self._links[name], self._plans[name]
                yield from answer_hidden.check(self._book, one, links, plan, self.references)

    def references_of(self, record: Record) -> Iterator[Finding]:
        """What is wrong with the references of a record in which nothing else is wrong."""
        judged = self._plans[record.collection].judged
        return self._counted.check(record, self._links[record.collection], judged)


def _besides(book: Book, wrong: Iterable[Finding], others: Iterable[Finding]) -> Iterator[Finding]:
    """The ``others`` that are mistakes of their own.

    What a record's schema has said of a value is not said again, unless that would hide an error behind a warning, or
    behind what the baseline knows; nor is a warning, where another rule finds an error there.
    """
    told = leveled(book, others)
    if not told:
        return
    new, known = baseline.settled(book, leveled(book, wrong))
    grave = {finding.pointer for finding in new if finding.level == "error"}
    said = {finding.pointer for finding in (*new, *known, *(f for f in told if f.level == "error"))}
    for finding in told:
        if finding.pointer not in (grave if finding.level == "error" else said):
            yield finding
