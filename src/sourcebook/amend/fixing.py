# SPDX-License-Identifier: Apache-2.0
"""The verb ``fix``: what a check finds, mended where it is certain what is meant; told apart, what is only likely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sourcebook import files
from sourcebook.amend.as_written import AsWritten
from sourcebook.amend.changing import Carried, Wish, carried, put, rename
from sourcebook.amend.mending import Case, Mending
from sourcebook.amend.repairs_by_schema import BySchema
from sourcebook.amend.repairs_of_references import OfReferences
from sourcebook.amend.repairs_of_texts import TIDY, TextRepair, mended, tidied
from sourcebook.book import Folder
from sourcebook.check.check import check
from sourcebook.check.explaining import Explaining
from sourcebook.check.result import Checked
from sourcebook.edit.model import FileChange, Proposal
from sourcebook.errors import UsageError
from sourcebook.finding import Finding, pointer
from sourcebook.progress import Progress, silent
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.records.read import Reading, read
from sourcebook.rules import RULES
from sourcebook.rules.repairs import REPAIRS, TIDYING, why_not
from sourcebook.validation.likeness import run as hints
from sourcebook.validation.wording import did_you_mean, many

_OF_TEXTS = ("yaml-syntax", "json-syntax", "yaml-encoding")
_WITH_REPAIRS = f"those with repairs are {', '.join((*REPAIRS, *TIDYING))}"
_FEW = 3  # places of what is told alike that are all told


def fix(
    folder: Folder,
    rule: str | None = None,
    paths: Sequence[str] = (),
    *,
    likely: bool = False,
    progress: Progress = silent,
) -> Proposal:
    """What is to change so that what is wrong with the book in ``folder`` is mended, where it is certain what is meant.

    Only what ``rule`` finds (or one of the repairs of what no rule finds, ``final-newline`` and ``trailing-spaces``),
    and only in files at or below ``paths`` (from the book's folder), if given. With ``likely``, what is only likely to
    be meant as well. What is not repaired is told, with the reason. Nothing is written. Raises UsageError where
    ``folder`` is no book, or there is no such rule.
    """
    _known(rule)
    checked = check(folder, progress=progress)
    with hints():
        return _Fixing(checked, rule, tuple(paths), likely=likely).proposal()


def _known(rule: str | None) -> None:
    if rule is None or rule in RULES or rule in TIDYING or rule.startswith("checks/"):
        return
    near = did_you_mean(rule, [*REPAIRS, *TIDYING, *RULES])
    raise UsageError(f"there is no rule {rule!r}; {near or _WITH_REPAIRS}")


def is_rule(word: str) -> bool:
    """Whether a word names what can be asked of `fix`."""
    return word in RULES or word in TIDYING or word.startswith("checks/")


@dataclass
class _Told:
    """Lines about findings, those that are alike together."""

    lines: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, begin: str, why: str, place: str) -> None:
        """Note that at ``place`` something ``begin`` (not repaired) is so because of ``why``."""
        self.lines.setdefault((begin, why), []).append(place)

    def told(self) -> Iterator[str]:
        """A line for each place; of more than a few alike, one line with the first."""
        for (begin, why), places in self.lines.items():
            if len(places) <= _FEW:
                yield from (f"{begin}: {place}: {why}" for place in places)
            else:
                first = ", ".join(places[:_FEW])
                yield f"{begin}: {len(places)} times: {why}: {first} and {len(places) - _FEW} more"


class _Fixing:
    """One run of the verb over a book that was checked."""

    def __init__(self, checked: Checked, rule: str | None, paths: tuple[str, ...], *, likely: bool) -> None:
        self.checked = checked
        self.book = checked.book
        self.rule = rule
        self.paths = paths
        self.likely = likely
        self.told = _Told()
        self.count = 0
        self.reading: Reading = read(self.book)
        self.positioner = Positioner(self.book)

    def proposal(self) -> Proposal:
        """All repairs that are wanted, as one proposal."""
        findings = [one for one in self.checked.findings if self._wants(one.path) and self.rule in (None, one.rule)]
        texts = dict(self._texts([one for one in findings if one.rule in _OF_TEXTS]))
        result = carried(self.book, self._wishes([one for one in findings if one.rule not in _OF_TEXTS]))
        for line in result.told:
            self.told.lines.setdefault((line, ""), [])
        changes = {one.path: one for one in result.changes} | texts
        tidy = self._tidied(changes) if self.rule is None or self.rule in TIDYING else {}
        changes |= tidy
        self._tell_of_the_rest(findings)
        what = f"fix{f' {self.rule}' if self.rule else ''}: {self._summary(result, changes)}"
        ordered = tuple(changes[path] for path in sorted(changes))
        told = [line for (line, why) in self.told.lines if not why]
        return Proposal(
            self.book.root, what, ordered, (*told, *_Told({k: v for k, v in self.told.lines.items() if k[1]}).told())
        )

    def _summary(self, result: Carried, changes: Mapping[str, FileChange]) -> str:
        count = len(result.done) + self.count
        if not changes:
            return "nothing that could be mended for certain" if not self.likely else "nothing that could be mended"
        return f"{many(count, 'repair')} in {many(len(changes), 'file')}"

    def _wants(self, path: str) -> bool:
        return not self.paths or any(
            path == one or path.startswith(f"{one.rstrip('/')}/") or one in ("", ".") for one in self.paths
        )

    # Files that cannot be parsed.

    def _texts(self, findings: Iterable[Finding]) -> Iterator[tuple[str, FileChange]]:
        by_path: dict[str, list[Finding]] = {}
        for finding in findings:
            by_path.setdefault(finding.path, []).append(finding)
        owners = {path: self.book.by_name[name] for name, path in self.reading.files}
        for path, some in by_path.items():
            if path not in owners:
                for finding in some:
                    self.told.add("not repaired", f"{finding.rule}: only files of records are mended", _place(finding))
                continue
            data, odd = files.read_bytes(self.book.root, path, self.book.limits.bytes)
            found = mended(owners[path], path, data, self.book.limits) if odd is None else None
            if found is None or not found.what:
                why = found.why_not if found else "it cannot be read"
                self.told.add("not repaired", f"{some[0].rule}: {why}", _place(some[0]))
            elif self._may(found, path):
                self.count += 1
                yield path, FileChange(path, data, found.data)

    def _may(self, found: TextRepair, path: str) -> bool:
        if not found.certain and not self.likely:
            self.told.add("likely, with --likely", "; ".join(found.what), path)
        return found.certain or self.likely

    def _tidied(self, changes: Mapping[str, FileChange]) -> dict[str, FileChange]:
        wanted = TIDY if self.rule is None else (self.rule,)
        found = {}
        for name, path in self.reading.files:
            if not self._wants(path):
                continue
            change = changes.get(path)
            data = change.after if change else files.read_bytes(self.book.root, path, self.book.limits.bytes)[0]
            assert data is not None
            tidy = tidied(self.book.by_name[name], path, data, self.book.limits, wanted)
            if tidy:
                self.count += 1
                found[path] = FileChange(path, change.before if change else data, tidy.data)
        return found

    # Records.

    def _wishes(self, findings: Sequence[Finding]) -> list[Wish]:
        about = self._records_of(findings)
        wishes: dict[tuple[int, str], Wish] = {}
        self.left: list[Case] = []
        for case in self._cases(findings, about):
            chosen = next((one for one in case.mendings if one.certain or self.likely), None)
            if case.record is None or chosen is None:
                self.left.append(case)
                continue
            taken = [at for number, at in wishes if number == id(case.record)]
            here = pointer(chosen.path)
            if any(f"{here}/".startswith(f"{one}/") or f"{one}/".startswith(f"{here}/") for one in taken):
                if here not in taken:
                    self.told.add(
                        "not yet repaired",
                        "something around it is mended first: run it once more",
                        _place(case.finding),
                    )
                continue
            wishes[id(case.record), here] = _wish(case.record, chosen)
        return list(wishes.values())

    def _cases(self, findings: Sequence[Finding], about: Mapping[int, Record]) -> Iterator[Case]:
        explaining = Explaining({one.name: self.book.validator(one) for one in self.book.collections})
        by_schema = BySchema(self.book, self.positioner, AsWritten(self.book, self.positioner), explaining)
        of = {
            rule: [one for one in findings if one.rule == rule] for rule in ("schema", "unquoted-number", "reference")
        }
        records = {id(about[id(one)]): about[id(one)] for one in of["schema"] if id(one) in about}
        yield from by_schema.cases(of["schema"], list(records.values()))
        yield from self._numbers(of["unquoted-number"], about, explaining)
        told = [(one, about[id(one)]) for one in of["reference"] if id(one) in about]
        yield from OfReferences(self.book, self.checked.plans, self.reading.records, explaining).cases(told)

    def _numbers(
        self, findings: Iterable[Finding], about: Mapping[int, Record], explaining: Explaining
    ) -> Iterator[Case]:
        for finding in findings:
            record = about.get(id(finding))
            for lossy in record.lossy if record else ():
                assert record is not None
                if pointer((*record.at, *lossy.path)) == finding.pointer:
                    mending = Mending(lossy.path, lossy.text, why="quotes keep it as it is written")
                    changed = record.holding(mending.applied(record.value))
                    before, after = explaining.violations([record, changed])
                    if len(after) <= len(before):
                        yield Case(finding, record, (mending,))
                    else:
                        yield Case(finding, record, why="the schema does not want text there")

    def _records_of(self, findings: Iterable[Finding]) -> dict[int, Record]:
        """The record that each finding is about, by the finding's identity."""
        named = {(one.path, f"{one.collection}/{one.key}"): one for one in self.reading.records}
        found = {}
        for finding in findings:
            at = finding.subject.find("#")
            while at >= 0:
                record = named.get((finding.path, finding.subject[:at]))
                if record:
                    found[id(finding)] = record
                    break
                at = finding.subject.find("#", at + 1)
        return found

    # What is told.

    def _tell_of_the_rest(self, findings: Iterable[Finding]) -> None:
        for case in self.left:
            place = _place(case.finding)
            if case.mendings and case.record:
                best = case.mendings[0]
                self.told.add("likely, with --likely", f"{best.said(case.record.value)} ({best.why})", place)
            else:
                self.told.add("not repaired", f"{case.finding.rule}: {case.why}", place)
        for finding in findings:
            if finding.rule not in REPAIRS:
                self.told.add("not repaired", f"{finding.rule}: {why_not(finding.rule)}", _place(finding))


def _place(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def _wish(record: Record, mending: Mending) -> Wish:
    said = mending.said(record.value)
    if mending.name is not None:
        return rename(record, mending.path, mending.name, said)
    return put(record, mending.path, mending.value, said)


def relative(paths: Iterable[str], book: Path, here: Path) -> list[str]:
    """Paths as they were given in the folder ``here``, from the book's folder; those that lead out of it raise.

    Raises UsageError.
    """
    found = []
    for one in paths:
        whole = (here / one).resolve()
        inside = book.resolve() / one
        if not whole.exists() and inside.exists():
            whole = inside
        if not whole.exists():
            raise UsageError(f"there is no file or folder {one}, and no rule of that name")
        if not whole.is_relative_to(book.resolve()):
            raise UsageError(f"{one} is not in the book in {book}")
        below = whole.relative_to(book.resolve()).as_posix()
        found.append("" if below == "." else below)
    return found
