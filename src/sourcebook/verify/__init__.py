# SPDX-License-Identifier: Apache-2.0
"""The verb ``verify``: an independent judge of what was built.

In comes a release; out go the differences to what it must be. It knows where releases lie, nothing of what a build
takes over from the last one, and trusts neither builds nor hashes: it checks the book anew, reads the records file by
file, and holds the database, every extract and every description against them and against each other. What an extract
and a description are to say, it asks of `extract`. Damage is found though every checksum was made anew after it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sourcebook.book import DESCRIPTOR, Book, Folder, build_folder, load_book
from sourcebook.check.check import check_book
from sourcebook.errors import SourcebookError, UsageError
from sourcebook.exact import loads
from sourcebook.progress import Progress, silent
from sourcebook.publish import release
from sourcebook.publish.ground import PARTITIONS
from sourcebook.verify.answers import answers
from sourcebook.verify.checksums import checksums
from sourcebook.verify.covered import covered
from sourcebook.verify.data_package import packages
from sourcebook.verify.database import whole_database
from sourcebook.verify.described import described
from sourcebook.verify.descriptions import descriptions
from sourcebook.verify.exports import exports
from sourcebook.verify.extracts import csv_extracts, json_extracts
from sourcebook.verify.flat import flat_files
from sourcebook.verify.history import history
from sourcebook.verify.judging import Judge, Judging
from sourcebook.verify.kept_versions import kept_versions
from sourcebook.verify.lines import ndjson
from sourcebook.verify.listed_keys import listed_keys
from sourcebook.verify.origins import origins
from sourcebook.verify.parquet import parquet
from sourcebook.verify.records import documents, tables
from sourcebook.verify.result import Difference, Verified
from sourcebook.verify.shape import shape
from sourcebook.verify.site_index import site_index
from sourcebook.verify.taken_away import archive, packed_copies
from sourcebook.verify.withheld import withheld

__all__ = ["Difference", "Verified", "verify"]

_MOST = 5  # differences told of one file


def verify(folder: Folder, *, only: str = "", progress: Progress = silent) -> Verified:
    """Verify the current release of the book in ``folder``; with ``only`` parquet, or where there is no other, that of
    partitions alone.

    A book whose records have errors cannot be held against a release: that is a difference too, and the only one told.
    Raises UsageError where there is no book or no release, EnvironmentFailure where what judges partitions is not here.
    """
    if only not in ("", "parquet"):
        raise UsageError(f"a release without a database is of parquet only, and not of {only!r}")
    build = build_folder(folder)
    if only or (not release.has(build) and release.has(build, PARTITIONS)):
        from sourcebook.verify.partitioned import partitioned  # which most books do not need

        parts = release.parted(build)
        verified = partitioned(_on_its_day(load_book(folder), parts), parts, progress)
        return replace(verified, differences=tuple(_first_of_each_file(verified.differences)))
    current = release.current(build)
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        progress("reading records")
        checked = check_book(_on_its_day(load_book(folder), current), aside=Path(aside))
        if not checked.ok:
            message = "the book has errors, so the release cannot be held against it; run `sourcebook check`"
            return Verified(current, (Difference(DESCRIPTOR, message),))
        judging = Judging(_JUDGES, of_extracts=_OF_EXTRACTS, of_files=_OF_FILES)
        judging.of(checked, current, Path(aside), progress)
        size = (Path(aside) / checked.book.database).stat().st_size
        told, counted = kept_versions(checked.book, size, progress)
    judging.ledger.add(counted)
    behind = bool(judging.told) and _OF_CHECKSUMS not in judging.told and _is_as_built(build, current)
    return Verified(current, tuple(_first_of_each_file([*judging.differences, *told])), judging.ledger, behind)


def _is_as_built(build: Path, folder: Path) -> bool:
    """Whether the seal of a release says that a build of this user wrote it as it is."""
    try:
        release.check_own(build, folder)
    except (SourcebookError, OSError):
        return False
    return True


def _on_its_day(book: Book, folder: Path) -> Book:
    """The book as it is on the day of a release, on which it depends what of it is embargoed."""
    if not book.visibility.embargoes:
        return book
    try:
        day = loads((folder / release.REPORT).read_bytes())["day"]
    except (OSError, ValueError, LookupError, TypeError):
        return book
    # No release may say that it is of a day to come, and show what is embargoed until then.
    return replace(book, visibility=book.visibility.on(min(str(day), book.visibility.day)))


# What is verified, by name, in order.
_OF_CHECKSUMS = "checksums"
_JUDGES: Mapping[str, Judge] = {
    _OF_CHECKSUMS: checksums,
    "database": whole_database,
    "shape": shape,
    "records": documents,
    "what is not public": withheld,
    "tables against records": tables,
    "derived columns": answers,
    "independent origins": origins,
    "coverage of sources": covered,
    "descriptions": descriptions,
    "descriptions for programs": described,
    "history": history,
    "all keys": listed_keys,
    "site index": site_index,
    "CSV extracts": csv_extracts,
    "JSON extracts": json_extracts,
    "NDJSON": ndjson,
    "flat files": flat_files,
    "Parquet": parquet,
    "exports to other models": exports,
    "packed copies": packed_copies,
    "archive": archive,
    "Data Package": packages,
}
_OF_EXTRACTS = (
    "descriptions for programs",
    "CSV extracts",
    "JSON extracts",
    "NDJSON",
    "flat files",
    "Parquet",
    "exports to other models",
    "packed copies",
    "archive",
    "Data Package",
)
_OF_FILES = (_OF_CHECKSUMS, "Data Package")  # where the database is not read, so that nothing can be its fault


def _first_of_each_file(differences: Iterable[Difference]) -> Iterator[Difference]:
    by_file: dict[str, list[Difference]] = {}
    for difference in dict.fromkeys(differences):
        by_file.setdefault(difference.file, []).append(difference)
    for file, found in sorted(by_file.items()):
        yield from found[:_MOST]
        if len(found) > _MOST:
            yield Difference(file, f"and {len(found) - _MOST:,} differences more")
