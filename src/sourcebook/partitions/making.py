# SPDX-License-Identifier: Apache-2.0
"""A book checked and written as partitions, without a database: what the folder of such a release has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sourcebook import duck, sqlite
from sourcebook.book import Book
from sourcebook.check.check import check_rows, circles
from sourcebook.check.result import Checked
from sourcebook.compile.gather import Gathered
from sourcebook.compile.scan import Scan, scan
from sourcebook.compile.store import Store
from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import dumps
from sourcebook.extract import PACKAGE
from sourcebook.files import remove
from sourcebook.finding import Finding
from sourcebook.partitions import proof, views
from sourcebook.partitions.by_workers import by_workers
from sourcebook.partitions.deriving import Derived, derived, with_documents
from sourcebook.partitions.package import package_of
from sourcebook.partitions.parts import Parts
from sourcebook.partitions.written import File, write_parts
from sourcebook.progress import Progress, Stopwatch
from sourcebook.tables.derived import tells_origins

DESCRIBED = (PACKAGE, views.NAME)
"""The files that describe partitions."""
_ASIDE = ".aside"


def gathered(book: Book, found: Scan, aside: Path, progress: Progress) -> tuple[Checked, Parts | None]:
    """A book checked whose data files were ``found``, and its partitions; None where it has errors.

    What they take besides is made in the folder ``aside``, and is to be there as long as they are read. Raises OSError
    where the disk fails.
    """
    made: list[Derived] = []

    def beyond(rows: Gathered) -> list[Finding]:
        links = derived(rows, aside)
        made.append(links)
        if not tells_origins(book) or links.path is None:
            return []
        with sqlite.reading(links.path) as connection:
            with_documents(connection, rows)
            return circles(book, rows, connection)

    checked, rows = check_rows(book, found, beyond, progress=progress)
    return checked, Parts(rows, made[0]) if rows and made and checked.ok else None


def anew(book: Book, aside: Path, progress: Progress) -> tuple[Checked, Parts | None]:
    """The same with nothing taken over from before: all files are compiled anew, into the folder ``aside``."""
    store = aside / "chunks"
    store.mkdir()
    return gathered(book, scan(book, Store(store), progress=progress), aside, progress)


def described(parts: Parts, files: Mapping[str, Sequence[File]]) -> dict[str, str]:
    """By the name of its file, what describes partitions: ``files`` are they, by table."""
    said = package_of(parts.gathered.work.book, parts.gathered.plans, parts.stems, files)
    return {PACKAGE: dumps(said, indent=2) + "\n", views.NAME: views.views_sql(parts.tables, parts.stems)}


@dataclass(frozen=True, slots=True)
class Making:
    """A book while it is made into partitions in the empty folder ``work``.

    ``jobs`` processes share the work, 0 for as many as gain; or the workers of a cluster do.
    """

    book: Book
    work: Path
    jobs: int = 0

    def make(self, found: Scan, watch: Stopwatch) -> tuple[Checked, Mapping[str, str]]:
        """Check the book whose data files were ``found``, and write it if it has no errors.

        Returns what the check came to, and the SHA-256 of files by path, as far as they are known. Raises OSError
        where the disk fails, EnvironmentFailure where what was written does not hold together.
        """
        aside = self.work / _ASIDE
        aside.mkdir()
        try:
            checked, parts = gathered(self.book, found, aside, watch)
            if parts is None:
                return checked, {}
            watch("writing partitions")
            with by_workers(found.work) as elsewhere:
                files = write_parts(parts, self.work, self.jobs, elsewhere)
        finally:
            remove(aside)
        self._tell(parts, files)
        watch("proving the partitions")
        self._prove(parts, files)
        return checked, {one.path: one.sha256 for some in files.values() for one in some}

    def _tell(self, parts: Parts, files: Mapping[str, Sequence[File]]) -> None:
        for name, text in described(parts, files).items():
            (self.work / name).write_text(text, encoding="utf-8", newline="\n")

    def _prove(self, parts: Parts, files: Mapping[str, Sequence[File]]) -> None:
        """Raise EnvironmentFailure unless DuckDB, if it is there, finds every row, key and link in the partitions."""
        if not duck.is_there():
            return
        rows = {name: sum(one.rows for one in some) for name, some in files.items()}
        with duck.reading(self.work, self.work) as tables:
            try:
                proof.load(tables, parts.tables, parts.stems, self.work)
            except duck.Refused as error:
                raise EnvironmentFailure(f"the views of the partitions do not hold: {error}") from error
            for name, wrong in proof.proved(tables, parts.tables, rows):
                raise EnvironmentFailure(f"the partitions of {name} are not whole: {wrong}")
