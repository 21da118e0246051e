# SPDX-License-Identifier: Apache-2.0
"""The levels of rules: what the descriptor says of them, and findings brought to their levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sourcebook import files
from sourcebook.book import DESCRIPTOR, Book
from sourcebook.finding import Finding, Level, pointer
from sourcebook.records.places import descriptor_place
from sourcebook.rules import RULES
from sourcebook.validation.wording import did_you_mean


def check(book: Book) -> Iterator[Finding]:
    """What is wrong with the levels that the descriptor gives to rules, of the whole book and of collections."""
    yield from _wrong(book, book.levels, ("sourcebook", "rules"))
    for collection in book.collections:
        where = (*collection.where, "sourcebook", "rules")
        yield from _wrong(book, collection.levels, where, collection.name)


def _wrong(
    book: Book, levels: Mapping[str, Level], where: tuple[str | int, ...], collection: str = ""
) -> Iterator[Finding]:
    known = {*RULES, *(f"checks/{script.name}" for script in book.checks)}
    for name, level in levels.items():
        path = (*where, name)
        rule = RULES.get(name)
        if name not in known:
            message = f"there is no rule {name!r}"
            hint = did_you_mean(name, known) or "`sourcebook explain` lists them"
        elif rule and rule.fixed and level != rule.level:
            message = f"the rule {name!r} cannot be lowered: what it finds could not be published whole"
            hint = "remove this line, and mend what the rule finds"
        elif collection and name in _OF_THE_BOOK:
            message = f"what the rule {name!r} finds is of no collection"
            hint = "set its level for the whole book, under sourcebook: rules at the top"
        else:
            continue
        place = descriptor_place(book, path)
        yield Finding(DESCRIPTOR, *place, "descriptor", message, hint=hint, pointer=pointer(path))


_OF_THE_BOOK = (
    "address-taken",
    "baseline-stale",
    "descriptor-near-miss",
    "different-stale",
    "file-left-out",
    "file-unclaimed",
    "schema-near-miss",
    "script-unrun",
)


def leveled(book: Book, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings at the levels that the rules, the book's checks and the descriptor give them, in order of place."""
    found = []
    owners = _Owners(book)
    for finding in findings:
        rule = RULES.get(finding.rule)
        default = rule.level if rule else finding.level
        levels: set[Level] = {book.level(finding.rule, default, collection=name) for name in owners.of(finding)}
        level: Level = "error" if "error" in levels else "warning"
        if rule and rule.fixed:
            level = rule.level
        found.append(finding if finding.level == level else replace(finding, level=level))
    return tuple(_once(sorted(set(found))))


class _Owners:
    """Tells which collections a finding is about, where some have levels of their own."""

    def __init__(self, book: Book) -> None:
        self._any = any(collection.levels for collection in book.collections)
        self._places = {pointer(one.where): one.name for one in book.collections}
        self._claims = [(one.name, files.matcher(one.records)) for one in book.collections if self._any]

    def of(self, finding: Finding) -> list[str]:
        """The names of the collections; that of none, the empty text, where it is about the whole book."""
        names: list[str] = []
        if self._any and finding.subject:
            names = [finding.subject.partition("/")[0]]
        elif self._any and finding.path == DESCRIPTOR:
            names = [name for place, name in self._places.items() if f"{finding.pointer}/".startswith(f"{place}/")]
        elif self._any:
            names = [name for name, claims in self._claims if claims.fullmatch(finding.path)]
        return names or [""]


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One of those that say the same of the same place: a mistake in what several records merge or repeat by alias."""
    said = set()
    for one in findings:
        words = (one.path, one.line, one.column, one.rule, one.level, one.message)
        if words not in said:
            said.add(words)
            yield one
