# SPDX-License-Identifier: Apache-2.0
"""The verb ``build``: check a book, compile it, export it, and make it the current release."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sourcebook import release
from sourcebook.book import Folder, build_folder, load_book
from sourcebook.cache import open_cache
from sourcebook.check import Checked, check_book
from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import dumps
from sourcebook.export import Extracting, configure, package
from sourcebook.gather import scan
from sourcebook.progress import Progress, Stopwatch, silent
from sourcebook.report import Result, as_data
from sourcebook.sqlite import RECORDS, reading


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to: the checked book, and the folder of its release (None where errors stopped it).

    ``records`` is how many the release has. Where everything is ``unchanged`` since the last build, the release is that
    one, and ``checked`` tells what was told then, without plans and records.
    """

    checked: Checked
    release: Path | None
    records: int = 0
    unchanged: bool = False


def build(
    folder: Folder, *, clean: bool = False, extracts: bool = True, jobs: int = 0, progress: Progress = silent
) -> Built:
    """Build the book in ``folder`` and make the result its current release.

    What was compiled before and did not change is not compiled again, unless the build is to be ``clean``. Without
    ``extracts`` the release has the database alone, to be looked at while a book is edited: no CSV, JSON and Data
    Package. ``jobs`` processes may share the work, 0 for as many as gain. Where the check finds errors nothing is
    published and the last release stays. Raises UsageError where ``folder`` is no book, OSError or EnvironmentFailure
    where the machine does not let the release be written.
    """
    watch = Stopwatch(progress)
    with release.work_folder(build_folder(folder), progress) as work:
        watch("looking for changes")
        book = load_book(folder)
        if not book.collections:
            return Built(check_book(book, progress=watch), None)
        cache = open_cache(book, clean=clean)
        found = scan(book, cache.store, jobs=jobs, progress=watch)
        last = cache.unchanged(found, extracts=extracts)
        if last:
            return Built(last.checked, last.release, last.records, unchanged=True)
        if not cache.store.keys and any(collection.schema is None for collection in book.collections):
            found.work.hashed()  # before the files are read that a schema is inferred from
        with Extracting(book, work, jobs) as extracting:
            loaded = extracting.begin if extracts else None
            checked = check_book(book, found, aside=work, progress=watch, loaded=loaded)
            if not checked.ok:
                return Built(checked, None)
            watch("proving the database")
            _prove(work / book.database, checked)
            watch("writing extracts")
            written = extracting.finish()
        watch("publishing")
        configure(book, checked.plans, work)
        digests = package(book, checked.plans, work, written) if extracts else {}
        _report(checked, work, watch)
        published = release.publish(book.build, work, digests)
        cache.keep(found, checked, published, extracts=extracts)
        return Built(checked, published, checked.count)


def _report(checked: Checked, work: Path, watch: Stopwatch) -> None:
    """Write beside what is published what was found, and how long that took."""
    report = {
        **as_data(Result(checked.book.root, checked.findings, checked.ledger, checked.known)),
        "tables": {
            name: {"json": dict(plan.json_columns), "losses": list(plan.losses)} for name, plan in checked.plans.items()
        },
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
