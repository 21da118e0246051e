# SPDX-License-Identifier: Apache-2.0
"""Repairs of records that depart from their schemas: each guess is tried by the schema before it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.amend.as_written import AsWritten
from sourcebook.amend.declared import declared
from sourcebook.amend.guesses import guesses, names_near
from sourcebook.amend.mending import Case, Mending, at, surest
from sourcebook.book import Book, Collection
from sourcebook.check.explaining import Explaining
from sourcebook.finding import Finding
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.rules import schema
from sourcebook.validation.violation import Violation

_UNKNOWN = ("additionalProperties", "unevaluatedProperties")


@dataclass(frozen=True)
class BySchema:
    """Finds repairs for what a schema says of records."""

    book: Book
    positioner: Positioner
    as_written: AsWritten
    explaining: Explaining

    def cases(self, findings: Sequence[Finding], records: Sequence[Record]) -> Iterator[Case]:
        """A case for each of the ``findings`` of the rule ``schema``, which are about ``records``."""
        wanted = {finding.fingerprint: finding for finding in findings}
        found: list[tuple[Finding, Record, Violation, list[Mending]]] = []
        for record, violations in zip(records, self.explaining.violations(records), strict=True):
            told = list(schema.check(record, violations, self.positioner))
            if len(told) != len(violations):
                continue  # a template that was not filled in
            for violation, finding in zip(violations, told, strict=True):
                if known := wanted.get(finding.fingerprint):
                    found.append((known, record, violation, list(self._mendings(record, violation))))
        fits = self._fitting(found)
        for finding, record, violation, mendings in found:
            wanted.pop(finding.fingerprint, None)
            good = tuple(one for one in mendings if (finding.fingerprint, id(one)) in fits)
            yield Case(finding, record, good, "" if good else _why_not(violation, mendings))
        for finding in wanted.values():
            yield Case(finding, why="what is meant cannot be told from what is there")

    def _mendings(self, record: Record, violation: Violation) -> tuple[Mending, ...]:
        return surest(self._guessed(record, violation))

    def _guessed(self, record: Record, violation: Violation) -> Iterator[Mending]:
        collection, path = self.book.by_name[record.collection], violation.path
        if violation.at_key and (violation.keyword in _UNKNOWN or violation.name):
            yield from self._renamed(collection, record, path)
        elif violation.keyword == "required" and violation.name:
            said = declared(self.book, collection, (*path, violation.name), record.value)
            if len(said.choices) == 1:
                value, why = said.choices[0], "the only value that it may have"
                yield Mending((*path, violation.name), value, certain=False, why=why)
        elif not violation.at_key and path:
            value = at(record.value, path)
            said = declared(self.book, collection, path, record.value)
            written = "" if isinstance(value, dict | list) else self.as_written(record, path, value)
            yield from guesses(path, value, written, said, violation.keyword)

    def _renamed(self, collection: Collection, record: Record, path: Path) -> Iterator[Mending]:
        holder: Any = at(record.value, path[:-1])
        names = declared(self.book, collection, path[:-1], record.value).names
        for name, certain in names_near(str(path[-1]), [name for name in names if name not in holder]):
            yield Mending(
                path, name=name, certain=certain, why="the only one that is near" if certain else "the nearest"
            )

    def _fitting(self, found: Sequence[tuple[Finding, Record, Violation, list[Mending]]]) -> set[tuple[str, int]]:
        """Those guesses after which the record departs less from its schema, and in nothing new."""
        trials = [(finding, record, one) for finding, record, _, several in found for one in several]
        changed = [replace(record, value=one.applied(record.value)) for _, record, one in trials]
        originals = list({id(record): record for _, record, _, _ in found}.values())
        before = dict(zip(map(id, originals), map(_said, self.explaining.violations(originals)), strict=True))
        after = self.explaining.violations(changed)
        fits = set()
        for (finding, record, one), violations in zip(trials, after, strict=True):
            said, was = _said(violations, one), before[id(record)]
            if len(said) < len(was) and said <= was | _moved(was, one):
                fits.add((finding.fingerprint, id(one)))
        return fits


def _why_not(violation: Violation, tried: Sequence[Mending]) -> str:
    """Why nothing mends a violation; what was ``tried`` does not."""
    named = next((one.name for one in tried if one.name), "")
    if named:
        return f"{named!r} is near, but may not be so there: mend its value, or what stands beside it, first"
    if violation.keyword in _UNKNOWN:
        return "no property that the schema has is near"
    if violation.keyword == "required":
        return "the value that is missing is in no file"
    if violation.keyword in ("enum", "const"):
        return "none of the values that the schema has is near"
    if violation.keyword == "format":
        return violation.hint if "whichever was meant" in violation.hint else _SEVERAL
    if "empty (null)" in violation.message:
        return "it has no value, and what it is to be is in no file"
    return "what is meant cannot be told from what is there"


_SEVERAL = "what is written may mean several things, or none"


def _said(violations: Sequence[Violation], _mending: Mending | None = None) -> set[tuple[Path, str]]:
    return {(violation.path, violation.message) for violation in violations}


def _moved(was: set[tuple[Path, str]], mending: Mending) -> set[tuple[Path, str]]:
    """What was wrong below a property, where it is wrong once that has another name."""
    if mending.name is None:
        return set()
    depth, new = len(mending.path), (*mending.path[:-1], mending.name)
    return {((*new, *path[depth:]), message) for path, message in was if path[:depth] == mending.path}
