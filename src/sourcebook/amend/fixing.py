# SPDX-License-Identifier: Apache-2.0
"""The verb ``fix``: what a check finds, mended where it is certain what is meant; told apart, what is only likely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sourcebook import files
from sourcebook.amend.changing import Carried, Wish, carried
from sourcebook.amend.repairs_of_records import Chosen, OfRecords
from sourcebook.amend.repairs_of_texts import TIDY, TextRepair, mended, tidied
from sourcebook.book import Folder
from sourcebook.check.check import check
from sourcebook.check.result import Checked
from sourcebook.edit.carry_out import copied
from sourcebook.edit.model import FileChange, Proposal
from sourcebook.errors import UsageError
from sourcebook.finding import Finding, pointer
from sourcebook.progress import Progress, silent
from sourcebook.records.read import Reading, read
from sourcebook.rules import RULES
from sourcebook.rules.repairs import REPAIRS, TIDYING, why_not
from sourcebook.validation.likeness import run as hints
from sourcebook.validation.wording import did_you_mean, many

_OF_TEXTS = ("yaml-syntax", "json-syntax", "yaml-encoding")
_WITH_REPAIRS = f"those with repairs are {', '.join((*REPAIRS, *TIDYING))}"
_ROUNDS = 3  # of repairs that turn out to make something else wrong
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
    first = _Fixing(checked, rule, tuple(paths), likely=likely)
    texts = first.texts()
    if not texts:
        return first.proposal({})
    # What could not be read hid what else is wrong, with its file and with others: the book is looked at once more.
    with copied(Proposal(checked.book.root, "", tuple(texts.values()))) as copy:
        second = _Fixing(check(copy, progress=progress), rule, tuple(paths), likely=likely, told=first.told)
        return replace(second.proposal(texts), root=checked.book.root)


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

    def __init__(
        self, checked: Checked, rule: str | None, paths: tuple[str, ...], *, likely: bool, told: _Told | None = None
    ) -> None:
        self.checked = checked
        self.book = checked.book
        self.rule = rule
        self.paths = paths
        self.likely = likely
        self.told = told or _Told()
        self.reading: Reading = read(self.book)

    def texts(self) -> dict[str, FileChange]:
        """The repairs of files that cannot be parsed, by path."""
        return dict(self._texts([one for one in self._findings() if one.rule in _OF_TEXTS]))

    def proposal(self, texts: Mapping[str, FileChange]) -> Proposal:
        """All repairs of what can be read, with those of ``texts``, which are made already, as one proposal."""
        findings = self._findings()
        with hints():
            chosen = OfRecords(self.checked, self.reading, likely=self.likely).chosen(findings)
        result = self._without_new_findings(carried(self.book, [wish for _, wish in chosen.wishes]), chosen)
        changes = {one.path: one for one in result.changes}
        tidied = self._tidied(changes) if self.rule is None or self.rule in TIDYING else {}
        changes |= tidied
        for path, change in texts.items():
            last = changes.get(path, change)
            changes[path] = FileChange(path, change.before, last.after)
        self._tell_of_the_rest(findings, chosen)
        count = len(result.done) + len(tidied) + len(texts)
        what = f"{many(count, 'repair')} in {many(len(changes), 'file')}"
        if not changes:
            what = f"nothing that could be mended{'' if self.likely else ' for certain'}"
        seen = (
            frozenset(one.fingerprint for one in (*self.checked.findings, *self.checked.known))
            if texts
            else frozenset()
        )
        ordered = tuple(changes[path] for path in sorted(changes))
        told = (*result.told, *self.told.told())
        return Proposal(self.book.root, f"fix{f' {self.rule}' if self.rule else ''}: {what}", ordered, told, seen)

    def _without_new_findings(self, result: Carried, chosen: Chosen) -> Carried:
        """The repairs without those of records of which, once they are mended, something else would be wrong."""
        known = {one.fingerprint for one in (*self.checked.findings, *self.checked.known)}
        wishes = chosen.wishes
        for _ in range(_ROUNDS if wishes else 0):
            with copied(Proposal(self.book.root, "", result.changes)) as copy:
                new = [one for one in check(copy).findings if one.fingerprint not in known]
            blamed = {id(wish): one for one in new for wish in _blamed(one, [wish for _, wish in wishes])}
            if new and not blamed:  # by a schema that asks for more now
                blamed = {id(wish): new[0] for _, wish in wishes if not wish.record.collection}
            if not blamed:
                break
            for case, wish in wishes:
                if id(wish) in blamed:
                    one = blamed[id(wish)]
                    self.told.add(
                        "not repaired", f"mended, it would be {one.rule}: {one.message}", _place(case.finding)
                    )
            wishes = [(case, wish) for case, wish in wishes if id(wish) not in blamed]
            result = carried(self.book, [wish for _, wish in wishes])
        return result

    def _findings(self) -> list[Finding]:
        return [one for one in self.checked.findings if self._wants(one.path) and self.rule in (None, one.rule)]

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
                found[path] = FileChange(path, change.before if change else data, tidy.data)
        return found

    # What is told.

    def _tell_of_the_rest(self, findings: Iterable[Finding], chosen: Chosen) -> None:
        for finding in chosen.waiting:
            why = "something around it is mended first: run it once more"
            self.told.add("not yet repaired", why, _place(finding))
        for case in chosen.left:
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


def _blamed(finding: Finding, wishes: Sequence[Wish]) -> list[Wish]:
    """The wishes that a finding comes of: at its place, else in its record, else in its file."""
    here = [wish for wish in wishes if wish.record.path == finding.path]
    own = [wish for wish in here if finding.subject.startswith(f"{wish.record.collection}/{wish.record.key}#")]
    at = [wish for wish in own if f"{finding.pointer}/".startswith(f"{pointer(wish.change.at)}/")]
    return at or own or ([] if finding.subject else here)


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
