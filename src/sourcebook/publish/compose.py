# SPDX-License-Identifier: Apache-2.0
"""A release made: a book checked, and what is published of it written; apart from seeing that nothing has changed."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sourcebook.book import Book
from sourcebook.check.check import Target, check_book
from sourcebook.check.result import Checked
from sourcebook.compile.patch import Patched
from sourcebook.compile.scan import Last, Scan
from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import dumps
from sourcebook.extract import Extracting, configure, package
from sourcebook.formats.layout import extracts
from sourcebook.formats.write import Made, complete, write_files
from sourcebook.history.past import Kept, Past
from sourcebook.progress import Stopwatch
from sourcebook.publish import release
from sourcebook.publish.all_keys import write_keys
from sourcebook.publish.commit import Commit
from sourcebook.report import Result, as_data
from sourcebook.sqlite import RECORDS, reading
from sourcebook.tables.whole_book import Plans


def compose(
    book: Book,
    found: Scan,
    work: Path,
    *,
    last: Last | None,
    kept: Kept,
    formats: Collection[str],
    jobs: int,
    watch: Stopwatch,
) -> tuple[Checked, dict[str, str], str]:
    """Check a book whose data files were ``found``; where it has no errors, the folder ``work`` then holds its release.

    What the ``last`` release has already is taken from there, and what was told of commits from where it is ``kept``.
    Also returns the SHA-256 of files in the folder, by path, as far as they are known, and a hash of what git told of
    the past. Options are those of ``build``.
    Raises OSError where the disk fails, EnvironmentFailure where the database is not whole.
    """
    known: Path | None = None
    changed: Patched = frozenset()
    with (
        Extracting(book, work, jobs, extracts=bool(formats)) as extracting,
        Commit(book.root) as commit,
        Past(book, work, kept) as past,
    ):

        def loaded(plans: Plans, database: Path, patched: Patched | None) -> None:
            nonlocal known, changed
            if last and formats and last.formats and patched is not None:
                known, changed = last.folder, patched
            extracting.begin(plans, database, known, changed)

        target = Target(found, work, last, loaded)
        checked = check_book(book, target, progress=watch)
        if not checked.ok:
            return checked, {}, ""
        watch("telling the history")
        past.write(work / book.database, checked)
        watch("proving the database")
        with ThreadPoolExecutor(1) as thread:  # neither holds Python's lock while it works
            digest = thread.submit(release.flushed, work / book.database)
            _prove(work / book.database, checked)
        watch("writing extracts")
        if formats:  # the index of the site has what is gone of them
            write_keys(book, past, checked.there, checked.hidden, work)
        written = extracting.finish()
        source, history = commit.answer(), commit.history()
        if source and found.work.data:
            source["changed"] = True  # the commit does not say what data it was built from
    configure(book, checked.plans, work)
    _tell_coverage(checked, work)
    digests = {book.database: digest.result()}
    if formats:
        watch("writing formats")
        made = Made(book, checked.plans, work, known, changed)
        others = write_files(made, formats, jobs)
        package(book, checked.plans, work, written, digest.result(), [one.told for one in others])
        digests |= complete(made, [*extracts(book, checked.plans, written), *others], digest.result(), formats, jobs)
    watch("publishing")
    write_report(checked, source, work, watch)
    return checked, digests, history


def _tell_coverage(checked: Checked, work: Path) -> None:
    """Write what the sources of passages carry, of a book that has such."""
    if any(collection.anchors for collection in checked.book.collections):
        from sourcebook.check.covering import published  # which most books do not need
        from sourcebook.evidence.coverage import FILE

        told = published(checked.book, checked.plans, work / checked.book.database)
        (work / FILE).write_text(dumps(told) + "\n", encoding="utf-8", newline="\n")


def write_report(checked: Checked, source: dict[str, str | bool], work: Path, watch: Stopwatch) -> None:
    """Write beside what is published what it was built from, what was found, and how long that took."""
    result = Result(checked.book.root, checked.findings, checked.ledger, checked.known)
    report = {
        **as_data(result.public(checked.book)),
        "tables": {
            name: {"json": dict(plan.json_columns), "losses": list(plan.losses)} for name, plan in checked.plans.items()
        },
        "source": source,
        **({"day": checked.book.visibility.day} if checked.book.visibility.embargoes else {}),
        "seconds": watch.seconds,
    }
    (work / release.REPORT).write_text(dumps(report, indent=2) + "\n", encoding="utf-8")


def _prove(database: Path, checked: Checked) -> None:
    """Raise EnvironmentFailure unless SQLite finds the database whole, linked, and holding every record."""
    with reading(database) as connection:
        whole = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        count = connection.execute(f"SELECT count(*) FROM {RECORDS}").fetchone()[0]
    if whole != ["ok"] or broken or count != checked.count:
        raise EnvironmentFailure(
            f"the compiled database is not whole: {whole[0]}, {len(broken)} broken links, {count} records"
        )
