# SPDX-License-Identifier: Apache-2.0
"""Of findings about records: what is done, what waits for another repair, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sourcebook.amend import repairs_of_names
from sourcebook.amend.as_written import AsWritten
from sourcebook.amend.changing import Wish, put, rename
from sourcebook.amend.mending import Case, Mending, at
from sourcebook.amend.repairs_by_schema import BySchema
from sourcebook.amend.repairs_of_references import OfReferences
from sourcebook.check.explaining import Explaining
from sourcebook.check.result import Checked
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.records.read import Reading

RULES = ("schema", "unquoted-number", "reference", "anchor-moved")
"""The rules that are about values of records, and have repairs."""


@dataclass
class Chosen:
    """What is done about findings: a wish for each that is mended; those that wait for it; and those that are left."""

    wishes: list[tuple[Case, Wish]] = field(default_factory=list)
    waiting: list[Finding] = field(default_factory=list)
    left: list[Case] = field(default_factory=list)


class OfRecords:
    """Finds repairs of the records of a book that was checked."""

    def __init__(self, checked: Checked, reading: Reading, *, likely: bool) -> None:
        self._checked = checked
        self._reading = reading
        self._likely = likely

    def chosen(self, findings: Iterable[Finding]) -> Chosen:
        """What is done about those of the ``findings`` that are about records, or about names in schemas."""
        made, judged = Chosen(), set[int]()
        findings = list(findings)
        names = [one for one in findings if one.rule in repairs_of_names.RULES]
        wanted = [one for one in findings if one.rule in RULES]
        taken: dict[int, list[str]] = {}
        records = self._cases(wanted) if wanted and self._checked.plans else ()
        for case in chain(repairs_of_names.cases(self._checked.book, names), records):
            judged.add(id(case.finding))
            mending = next((one for one in case.mendings if one.certain or self._likely), None)
            if case.record is None or mending is None:
                made.left.append(case)
                continue
            here, others = pointer(mending.path), taken.setdefault(id(case.record), [])
            if here in others:
                continue  # one repair of what two rules say
            if any(f"{here}/".startswith(f"{one}/") or f"{one}/".startswith(f"{here}/") for one in others):
                made.waiting.append(case.finding)
                continue
            others.append(here)
            made.wishes.append((case, _wish(case.record, mending)))
        lost = (one for one in wanted if id(one) not in judged)
        made.left += (Case(one, why="the record that it is about cannot be told") for one in lost)
        return made

    def _cases(self, findings: Sequence[Finding]) -> Iterator[Case]:
        book, records = self._checked.book, self._reading.records
        about = _records_of(findings, records)
        positioner = Positioner(book)
        explaining = Explaining({one.name: book.validator(one) for one in book.collections})
        by_schema = BySchema(book, positioner, AsWritten(book, positioner), explaining)
        of = {rule: [one for one in findings if one.rule == rule and id(one) in about] for rule in RULES}
        wrong = {id(about[id(one)]): about[id(one)] for one in of["schema"]}
        yield from by_schema.cases(of["schema"], list(wrong.values()))
        yield from _numbers(of["unquoted-number"], about, explaining)
        yield from _moved(of["anchor-moved"], about)
        told = [(one, about[id(one)]) for one in of["reference"]]
        if told:
            yield from OfReferences(book, self._checked.plans, records, explaining).cases(told)


def _numbers(findings: Iterable[Finding], about: Mapping[int, Record], explaining: Explaining) -> Iterator[Case]:
    """Of numbers that lose their text: the text in quotes, if the schema may have that there."""
    for finding in findings:
        record = about[id(finding)]
        for lossy in record.lossy:
            if pointer((*record.at, *lossy.path)) == finding.pointer:
                mending = Mending(lossy.path, lossy.text, why="quotes keep it as it is written")
                changed = record.holding(mending.applied(record.value))
                before, after = explaining.violations([record, changed])
                if len(after) <= len(before):
                    yield Case(finding, record, (mending,))
                else:
                    yield Case(finding, record, why="the schema does not want text there")


def _moved(findings: Iterable[Finding], about: Mapping[int, Record]) -> Iterator[Case]:
    """Of passages that stand elsewhere: where they do, which the rule has looked up by their hashes."""
    for finding in findings:
        record = about[id(finding)]
        found = _PLACES.search(finding.hint)
        path = _path_of(finding.pointer.removeprefix(pointer(record.at)), record.value)
        if found and path:
            value = {**at(record.value, path), "start": int(found[1]), "end": int(found[2])}
            yield Case(finding, record, (Mending(path, value, why="its words stand there, and nowhere else"),))


_PLACES = re.compile(r"start: ([0-9]+), end: ([0-9]+)")


def _path_of(written: str, value: Any) -> Path:
    """The path that a pointer into a value means."""
    path: list[str | int] = []
    for part in written.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        path.append(int(name) if isinstance(value, list) else name)
        value = value[path[-1]]
    return tuple(path)


def _records_of(findings: Iterable[Finding], records: Iterable[Record]) -> dict[int, Record]:
    """The record that each finding is about, by the finding's identity."""
    named = {(one.path, f"{one.collection}/{one.key}"): one for one in records}
    found = {}
    for finding in findings:
        at = finding.subject.find("#")
        while at >= 0:  # a key may have such a mark in it
            record = named.get((finding.path, finding.subject[:at]))
            if record:
                found[id(finding)] = record
                break
            at = finding.subject.find("#", at + 1)
    return found


def _wish(record: Record, mending: Mending) -> Wish:
    said = mending.said(record.value)
    if mending.name is not None:
        return rename(record, mending.path, mending.name, said)
    return put(record, mending.path, mending.value, said)
