# SPDX-License-Identifier: Apache-2.0
"""A book checked and written as partitions, without a database: what the folder of such a release has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sourcebook import duck, sqlite
from sourcebook.book import Book
from sourcebook.check.check import check_rows, circles
from sourcebook.check.result import Checked
from sourcebook.compile.gather import Gathered
from sourcebook.compile.scan import Scan
from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import dumps
from sourcebook.extract import PACKAGE
from sourcebook.files import remove
from sourcebook.finding import Finding
from sourcebook.partitions import proof, views
from sourcebook.partitions.deriving import Derived, derived, with_documents
from sourcebook.partitions.package import package_of
from sourcebook.partitions.parts import Parts
from sourcebook.partitions.written import Elsewhere, File, write_parts
from sourcebook.progress import Stopwatch
from sourcebook.tables.derived import tells_origins

_ASIDE = ".aside"


@dataclass
class Making:
    """A book while it is made into partitions in the empty folder ``work``.

    ``jobs`` processes share the work, 0 for as many as gain; partitions are made ``elsewhere``, if that is given.
    """

    book: Book
    work: Path
    jobs: int = 0
    elsewhere: Elsewhere | None = None
    _derived: Derived = field(default_factory=Derived)

    def make(self, found: Scan, watch: Stopwatch) -> tuple[Checked, Mapping[str, str]]:
        """Check the book whose data files were ``found``, and write it if it has no errors.

        Returns what the check came to, and the SHA-256 of files by path, as far as they are known. Raises OSError
        where the disk fails, EnvironmentFailure where what was written does not hold together.
        """
        aside = self.work / _ASIDE
        aside.mkdir()
        try:
            checked, gathered = check_rows(self.book, found, self._beyond, progress=watch)
            if gathered is None or not checked.ok:
                return checked, {}
            watch("writing partitions")
            parts = Parts(gathered, self._derived)
            files = write_parts(parts, self.work, self.jobs, self.elsewhere)
        finally:
            remove(aside)
        self._tell(parts, files)
        watch("proving the partitions")
        self._prove(parts, files)
        return checked, {one.path: one.sha256 for some in files.values() for one in some}

    def _beyond(self, gathered: Gathered) -> list[Finding]:
        self._derived = derived(gathered, self.work / _ASIDE)
        if not tells_origins(self.book) or self._derived.path is None:
            return []
        with sqlite.reading(self._derived.path) as connection:
            with_documents(connection, gathered)
            return circles(self.book, gathered, connection)

    def _tell(self, parts: Parts, files: Mapping[str, Sequence[File]]) -> None:
        said = package_of(self.book, parts.gathered.plans, parts.stems, files)
        texts = {PACKAGE: dumps(said, indent=2) + "\n", views.NAME: views.views_sql(parts.tables, parts.stems)}
        for name, text in texts.items():
            (self.work / name).write_text(text, encoding="utf-8", newline="\n")

    def _prove(self, parts: Parts, files: Mapping[str, Sequence[File]]) -> None:
        """Raise EnvironmentFailure unless DuckDB, if it is there, finds every row, key and link in the partitions."""
        if not duck.is_there():
            return
        rows = {name: sum(one.rows for one in some) for name, some in files.items()}
        with duck.reading(self.work) as tables:
            try:
                proof.load(tables, parts.tables, parts.stems, self.work)
            except duck.Refused as error:
                raise EnvironmentFailure(f"the views of the partitions do not hold: {error}") from error
            for name, wrong in proof.proved(tables, parts.tables, rows):
                raise EnvironmentFailure(f"the partitions of {name} are not whole: {wrong}")
