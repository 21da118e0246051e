# SPDX-License-Identifier: Apache-2.0
"""``baseline`` and ``baseline-stale``: findings that are known, and those of them that no longer occur.

What a fixed rule finds cannot be in a baseline, since it could not be published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sourcebook.book import BASELINE, Book, Known
from sourcebook.finding import Finding
from sourcebook.rules import can_be_lowered


def settled(book: Book, findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings that are new, and those that the book's baseline knows."""
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        is_known = finding.fingerprint in book.baseline.fingerprints and can_be_lowered(finding.rule)
        (known if is_known else new).append(finding)
    return new, known


def check(book: Book) -> Iterator[Finding]:
    """What is wrong with the entries of the baseline by themselves."""
    for entry in book.baseline.known:
        if not can_be_lowered(entry.rule):
            message = f"the rule {entry.rule!r} cannot be lowered, so its findings cannot be in a baseline"
            yield _at(entry, "baseline", message, "mend what it finds, and remove this entry")


def stale(book: Book, known: Collection[Finding]) -> Iterator[Finding]:
    """Entries of the baseline that none of the ``known`` findings is: they are to be removed, so that it shrinks."""
    met = {finding.fingerprint for finding in known}
    for entry in book.baseline.known:
        if entry.fingerprint not in met and can_be_lowered(entry.rule):
            message = f"this finding of {entry.path} no longer occurs: {entry.rule}: {entry.message}"
            yield _at(entry, "baseline-stale", message, "run `sourcebook check --write-baseline`, which removes it")


def _at(entry: Known, rule: str, message: str, hint: str) -> Finding:
    return Finding(BASELINE, entry.line, entry.column, rule, message, hint=hint, pointer=entry.pointer)
