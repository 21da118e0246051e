# SPDX-License-Identifier: Apache-2.0
"""Before records are compiled: the plans of their tables, or why there can be none, and what is wrong so far."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field

from sourcebook.book import Book
from sourcebook.finding import Finding, Ledger
from sourcebook.records.model import Held
from sourcebook.records.read import Reading, read
from sourcebook.rules import baseline, levels, names
from sourcebook.tables.whole_book import Plans, plan_book

# Rules of what nothing else is built on: a book with such errors is checked to its end.
_HARMLESS = ("allowed-signers", "script", "baseline", "different", "moved", "withdrawn")


@dataclass(frozen=True)
class Planned:
    """The ``plans`` of a book, or the reason why it is ``stopped`` before there are tables.

    ``findings`` and ``ledger`` are what is known before records are compiled, or all that will be known of a book that
    is stopped. ``read`` are the files that had to be read already, by collection and path: to infer a schema.
    """

    findings: list[Finding]
    plans: Plans = field(default_factory=dict)
    read: MutableMapping[tuple[str, str], Held] = field(default_factory=dict)
    stopped: str = ""
    ledger: Ledger = field(default_factory=Ledger)


def plan(book: Book, *, public: bool = False) -> Planned:
    """The plans of a book's tables, with ``public`` of what is published. Raises OSError where the disk fails."""
    if not book.collections:
        return Planned(list(book.findings), stopped="the descriptor has errors")
    findings = [*book.findings, *levels.check(book), *baseline.check(book)]
    if any(finding.rule not in _HARMLESS and finding.level == "error" for finding in book.findings):
        why = "the descriptor or a schema has errors"
        reading = _read_only(book)
        reading.ledger.skipped("schema", why, len(reading.records))
        return Planned([*findings, *reading.findings], stopped=why, ledger=reading.ledger)
    inferred = {collection.name for collection in book.collections if collection.planned_from_records}
    seen = read(book, inferred) if inferred else Reading((), (), frozenset())
    plans, problems = plan_book(book, seen, public=public)
    unclassified = [finding for finding in problems if finding.rule == "unclassified"]
    problems = [finding for finding in problems if finding.rule != "unclassified"]
    findings += unclassified
    odd = [] if problems else list(names.check(book, plans))
    problems += [finding for finding in odd if finding.rule == "table-name"]
    if problems:
        why = "the tables could not be planned"
        reading = _read_only(book, plans)
        return Planned([*findings, *reading.findings, *problems], stopped=why, ledger=reading.ledger)
    return Planned([*findings, *odd], plans, dict(seen.files))


def _read_only(book: Book, plans: Plans | None = None) -> Reading:
    """The records of a book that cannot be compiled: what is wrong with its files and keys is told all the same."""
    reading = read(book)
    count_book(book, reading.ledger, plans)
    return reading


_OF_SCHEMAS = (
    *("reference-unclear", "schema-id-twice", "schema-invalid", "schema-misspelt", "schema-near-miss"),
    "schema-reference",
)


def count_book(book: Book, ledger: Ledger, plans: Plans | None = None) -> None:
    """Count what loading the book and planning its tables have looked at: each rule by the things that it judges."""
    if plans is not None:
        tables = [table for plan in plans.values() for table in plan.tables]
        for rule in ("name-collision", "table-name"):
            ledger.performed(rule, len(tables))
        ledger.performed("column-name", sum(len(table.columns) for table in tables))
    for rule in ("address-taken", "descriptor", "descriptor-near-miss", "licence-missing"):
        ledger.performed(rule)
    if book.visibility:
        for rule in ("visibility", "visibility-differs"):
            ledger.performed(rule, len(book.visibility.masks))
        ledger.performed("refers-to-hidden", len(book.visibility.masks))
    if plans is not None and book.settings.get("classified") == "required":
        ledger.performed("unclassified", sum(len(table.columns) for plan in plans.values() for table in plan.tables))
    for rule in _OF_SCHEMAS:
        ledger.performed(rule, len(book.schemas.paths))
    scripts = sum(map(len, (book.checks, book.views, book.queries, *book.panels.values())))
    ledger.performed("script", scripts)
    ledger.performed("script-unrun", scripts + len(book.chores))
    if book.chores:
        ledger.skipped("script", "files in scripts/ that are no SQL are not the book's, and not run", len(book.chores))
    for rule in ("baseline", "baseline-stale"):
        ledger.performed(rule, len(book.baseline.known))
    ledger.performed("different", len(book.different))
    ledger.performed("moved", len(book.moved))
    ledger.performed("withdrawn", len(book.withdrawn))
    ledger.performed("allowed-signers", book.signers)
