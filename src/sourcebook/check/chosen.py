# SPDX-License-Identifier: Apache-2.0
"""Some files of a book checked, or one text that is no file yet: at once, and saying what that could not see.

Only of these files anything is told. Of the others as much is read as references into them need, and not too much
(`beside`); collections without a schema are read whole, since their tables are as their records are. What looks at the
whole book is counted as skipped (`unseen`): references into files that were not read, keys that these may have too, the
book's SQL.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sourcebook import files
from sourcebook.book import DESCRIPTOR, Book, Folder, load_book
from sourcebook.check.asked import STDIN, alone, below, inside_of
from sourcebook.check.beside import Beside, known_to, look_beside
from sourcebook.check.inspection import inspect
from sourcebook.check.result import Checked
from sourcebook.check.unseen import count, count_text
from sourcebook.compile.chunk import chunked
from sourcebook.compile.gather import Gathered, gather
from sourcebook.compile.scan import Scan
from sourcebook.compile.store import Store
from sourcebook.compile.work import Work
from sourcebook.finding import Finding, Ledger
from sourcebook.progress import Progress, silent
from sourcebook.records.claims import claims
from sourcebook.records.doubled import doubled
from sourcebook.records.model import Entries
from sourcebook.records.read import Reading, read
from sourcebook.records.register import Register
from sourcebook.rules import RULES, baseline, levels, names
from sourcebook.rules.levels import leveled
from sourcebook.tables.whole_book import plan_book
from sourcebook.validation.likeness import run as hints


def check_files(
    folder: Folder,
    paths: Iterable[str | Path],
    *,
    jobs: int = 0,
    sources: Folder | None = None,
    progress: Progress = silent,
) -> Checked:
    """Check some files of the book in ``folder``: data files, the descriptor, schemas and scripts.

    ``paths`` lead from the current folder to files, to folders, of which every file is meant, or are patterns. What was
    not looked at is in the ledger as skipped; ``sources`` is as of ``check``. Raises UsageError where a path leads to
    nothing, or out of the book; OSError where the disk fails.
    """
    book = load_book(folder, sources=sources)
    asked = below(book.root, paths)
    with hints():
        return _checked(book, book, asked, jobs, progress)


def check_text(
    folder: Folder,
    text: bytes,
    *,
    collection: str | None = None,
    path: str | None = None,
    sources: Folder | None = None,
    progress: Progress = silent,
) -> Checked:
    """Check a text that is no file yet, as an editor has it: one record of ``collection``, or the file at ``path``.

    A ``path`` from the current folder that a pattern of the book claims has the text be that file, whatever lies there.
    Any other is a name for findings, which are else about ``stdin``. Raises UsageError where there is no such
    collection, or neither it nor the path says what the text is.
    """
    book = load_book(folder, sources=sources)
    with hints(), tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        if not book.collections:
            return _checked(book, book, frozenset(), 0, progress)
        beside = Path(aside).resolve()
        inside = inside_of(book, collection, path)
        if inside:
            reader, where = replace(book, root=beside), inside
        else:
            one = alone(book, collection)
            where = one.records[0] if path is None else one.records[0].removesuffix(".yaml") + Path(path).suffix
            one = replace(one, records=(where,))
            others = tuple(one if old.name == one.name else old for old in book.collections)
            reader = replace(book, root=beside, collections=others)
        reader = replace(reader, sources=_sources(book))
        for needed in (DESCRIPTOR, *(one for one in book.schemas.paths if ".." not in one)):
            _copy(book.root, beside, needed)
        target = beside / where
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
        checked = _checked(book, reader, frozenset({where}), 0, progress)
        if inside:
            return replace(checked, book=book)
        return _renamed(replace(checked, book=book), where, path or STDIN)


def _sources(book: Book) -> Path | None:
    """The folder of the texts that a book cites, which lie where it lies; None where there is none."""
    if not any(collection.anchors for collection in book.collections):
        return None
    from sourcebook.evidence.held import Held  # which most books do not need

    held = Held.of(book.root, book.sources)
    return held.where if held.folder or files.kind(held.where) == "folder" else None


def _copy(root: Path, beside: Path, path: str) -> None:
    data, odd = files.read_bytes(root, path, 1 << 30)
    if not odd:
        (beside / path).parent.mkdir(parents=True, exist_ok=True)
        (beside / path).write_bytes(data)


def _renamed(checked: Checked, path: str, name: str) -> Checked:
    """What a check came to, with another name for one file."""
    told = [replace(one, path=name) if one.path == path else one for one in checked.findings]
    known = [replace(one, path=name) if one.path == path else one for one in checked.known]
    return replace(checked, findings=tuple(told), known=tuple(known))


def _checked(book: Book, reader: Book, asked: Several[str], jobs: int, progress: Progress) -> Checked:
    """Check the files ``asked`` for of ``book``, as they lie where ``reader`` is."""
    if not book.collections or any(_grave(one) for one in book.findings):
        return _stopped(book, book.findings, "the descriptor or a schema has errors")
    progress("reading records")
    seen = _seen(book, reader, asked)
    plans, problems = plan_book(reader, seen, public=True)
    unclassified = [finding for finding in problems if finding.rule == "unclassified"]
    problems = [finding for finding in problems if finding.rule != "unclassified"]
    odd = [] if problems else list(names.check(book, plans))
    problems += [finding for finding in odd if finding.rule == "table-name"]
    if problems:
        return _stopped(book, [*book.findings, *problems], "the tables could not be planned")
    own = [
        one
        for one in (*book.findings, *unclassified, *odd, *levels.check(book), *baseline.check(book))
        if one.path in asked
    ]
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as folder:
        register = Register(reader, asked)
        rest = register.passed_over if reader is book else _rest(book, asked)
        work = Work(reader, chunked(register.sources), Store(Path(folder)), jobs, progress)
        gathered = gather(plans, {}, Scan(register, work, ""))
        beside = look_beside(book, rest, seen, gathered)
        gathered = known_to(gathered, beside)
        found = [one for one in inspect(reader, plans, gathered, beside.passed_over) if one.rule != "undeclared"]
        found += _taken(book, reader, gathered, beside, rest)
    count(book, gathered, beside, asked)
    if reader is not book:
        count_text(book, reader, gathered.ledger)
    findings = leveled(book, [*own, *gathered.findings, *found])
    new, known = baseline.settled(book, findings)
    return Checked(book, tuple(new), gathered.ledger, plans, gathered.entries, tuple(known))


def _grave(finding: Finding) -> bool:
    return finding.level == "error" and finding.rule not in ("script", "baseline")


def _seen(book: Book, reader: Book, asked: Several[str]) -> Reading:
    """The records of the collections whose tables are as their records are: all, those of the files asked for anew."""
    inferred = {one.name for one in book.collections if one.planned_from_records}
    if not inferred:
        return Reading((), (), frozenset())
    whole = read(book, inferred)
    if reader is book:
        return whole
    others = [one for one in whole.records if one.path not in asked]
    return replace(whole, records=(*others, *read(reader, inferred).records))


def _rest(book: Book, asked: Several[str]) -> dict[str, list[str]]:
    """The other files of each collection."""
    claimed, _, _ = claims(book, Ledger(), asked)
    return {name: [path for path in paths if path not in asked] for name, paths in claimed.items()}


def _taken(
    book: Book, reader: Book, gathered: Gathered, beside: Beside, rest: Mapping[str, Sequence[str]]
) -> Iterator[Finding]:
    """The records that have the key of one in another file."""
    for name, known in beside.stands.items():
        entries = gathered.entries[name]
        others = Entries(name)
        others.add([stand for stand in known if str(stand[0]) in entries])
        doubles = [entries[key] for key in others]
        for path in {other.path for other in others.values()} if reader is not book else ():
            _copy(book.root, reader.root, path)  # in which the place is looked up that is told
        if doubles:
            yield from doubled(reader, reader.by_name[name], doubles, others, rest[name])


def _stopped(book: Book, findings: Iterable[Finding], why: str) -> Checked:
    ledger = Ledger()
    for rule in (*RULES, *(f"checks/{script.name}" for script in book.checks)):
        ledger.skipped(rule, why)
    new, known = baseline.settled(book, leveled(book, findings))
    return Checked(book, tuple(new), ledger, known=tuple(known))
