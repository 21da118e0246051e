# SPDX-License-Identifier: Apache-2.0
"""The levels of rules: what the descriptor says of them, and findings brought to their levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sourcebook.book import DESCRIPTOR, Book
from sourcebook.finding import Finding, pointer
from sourcebook.records.places import descriptor_place
from sourcebook.rules import RULES
from sourcebook.validation.wording import did_you_mean


def check(book: Book) -> Iterator[Finding]:
    """What is wrong with the levels that the descriptor gives to rules."""
    known = {*RULES, *(f"checks/{script.name}" for script in book.checks)}
    for name, level in book.levels.items():
        path = ("sourcebook", "rules", name)
        rule = RULES.get(name)
        if name not in known:
            message = f"there is no rule {name!r}"
            hint = did_you_mean(name, known) or "`sourcebook explain` lists them"
        elif rule and rule.fixed and level != rule.level:
            message = f"the rule {name!r} cannot be lowered: what it finds could not be published whole"
            hint = "remove this line, and mend what the rule finds"
        else:
            continue
        place = descriptor_place(book, path)
        yield Finding(DESCRIPTOR, *place, "descriptor", message, hint=hint, pointer=pointer(path))


def leveled(book: Book, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings at the levels that the rules, the book's checks and the descriptor give them, in order of place."""
    found = []
    for finding in findings:
        rule = RULES.get(finding.rule)
        level = book.level(finding.rule, rule.level if rule else finding.level)
        if rule and rule.fixed:
            level = rule.level
        found.append(finding if finding.level == level else replace(finding, level=level))
    return tuple(_once(sorted(set(found))))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One of those that say the same of the same place: a mistake in what several records merge or repeat by alias."""
    said = set()
    for one in findings:
        words = (one.path, one.line, one.column, one.rule, one.level, one.message)
        if words not in said:
            said.add(words)
            yield one
