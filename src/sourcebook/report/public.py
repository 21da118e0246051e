# SPDX-License-Identifier: Apache-2.0
"""Findings as they may be published, of a book of which not everything is public.

A message quotes what stands in a file, a hint guesses at it, a pointer names properties: of files that hold what is not
public, and of what is said of such in schemas and scripts, the place and the rule are told, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sourcebook import files
from sourcebook.book import DESCRIPTOR, Book
from sourcebook.finding import Finding
from sourcebook.rules import RULES

_OF_OTHERS = ("reference", "refers-to-hidden")  # whose words are keys of other records, or guesses at them
_OF_FILES = (
    "file-kind",
    "file-name",
    "file-unclaimed",
    "file-left-out",
    "file-claimed-twice",
    "licence-missing",
)  # no word of a value


def public_findings(book: Book, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The ``findings`` without any word that may be of what is not public; all as they are where everything is.

    Of a book whose descriptor has errors, those about the descriptor alone have their words.
    """
    found = tuple(findings)
    if book.spared is not None:  # whose descriptor may be wrong about what is public: nobody knows
        return tuple(one if one.path == DESCRIPTOR or one.rule in _OF_FILES else _cut(one) for one in found)
    if not book.visibility:
        return found
    shown = [one for one in book.collections if one.name not in book.visibility.masks]
    hiding = [one for one in book.collections if one.name in book.visibility.masks]
    of_public = files.matcher(pattern for one in shown for pattern in one.records)
    of_others = files.matcher(pattern for one in hiding for pattern in one.records)

    def is_plain(one: Finding) -> bool:
        if one.rule in _OF_FILES or one.rule not in RULES:  # the book's own SQL, which sees what is published
            return True
        in_public = bool(of_public.fullmatch(one.path)) and not of_others.fullmatch(one.path)
        return in_public and one.rule not in _OF_OTHERS

    return tuple(one if is_plain(one) else _cut(one) for one in found)


def _cut(finding: Finding) -> Finding:
    summary = RULES[finding.rule].summary if finding.rule in RULES else "a check of the book finds something wrong"
    return replace(finding, message=summary, hint="", pointer="", subject="")
