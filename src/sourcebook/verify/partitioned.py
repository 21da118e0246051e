# SPDX-License-Identifier: Apache-2.0
"""A release of partitions alone, judged through DuckDB: against the records, and its files against each other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sourcebook import apart, duck
from sourcebook.book import DESCRIPTOR, Book
from sourcebook.errors import EnvironmentFailure
from sourcebook.files import all_files, sha256
from sourcebook.finding import Ledger
from sourcebook.formats.parquet import parquet_schema
from sourcebook.partitions import proof
from sourcebook.partitions.making import DESCRIBED, anew, described
from sourcebook.partitions.parts import FOLDER, Parts
from sourcebook.partitions.views import references
from sourcebook.partitions.written import COMMON, METADATA, File, merged
from sourcebook.progress import Progress
from sourcebook.publish import release
from sourcebook.verify.partition_rows import against_records
from sourcebook.verify.result import Difference, Verified

_SECONDS, _A_RECORD = 120.0, 0.02  # seconds that a judge may take, and more a record
_MEMORY, _MEMORY_A_RECORD = 3 * 1024**3, 4_000
_MOST = 20_000  # differences that are told of by one judge
_LONGEST = 4_000  # characters of one
_Told = Iterator[tuple[str, str]]


@dataclass
class _Case:
    """A release in ``folder``, and the partitions that its book comes to; what is not kept goes ``aside``."""

    parts: Parts
    folder: Path
    aside: Path
    ledger: Ledger = field(default_factory=Ledger)

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()


def partitioned(book: Book, folder: Path, progress: Progress) -> Verified:
    """Verify a release of partitions in ``folder`` of a book, as it is on the day of that.

    Raises EnvironmentFailure without DuckDB, OSError where the disk fails.
    """
    if not duck.is_there():
        raise EnvironmentFailure(f"partitions are verified by DuckDB: run `{duck.INSTALL}`")
    with tempfile.TemporaryDirectory(prefix="sourcebook-") as aside:
        progress("reading records")
        checked, parts = anew(book, Path(aside), progress)
        if parts is None:
            message = "the book has errors, so the release cannot be held against it; run `sourcebook check`"
            return Verified(folder, (Difference(DESCRIPTOR, message),))
        parts.prepare()
        seconds, memory = _SECONDS + checked.count * _A_RECORD, _MEMORY + checked.count * _MEMORY_A_RECORD
        case = _Case(parts, folder, Path(aside))
        ledger, found = Ledger(), list[Difference]()
        with closing(apart.mapped(partial(_judged, case), len(_JUDGES), apart.Allowed(seconds, memory))) as results:
            for name, result in zip(map(_telling(progress), _JUDGES), results, strict=True):
                found += _differences(name, result, ledger)
    return Verified(folder, tuple(sorted(set(found))), ledger)


def _telling(progress: Progress) -> Callable[[str], str]:
    def tell(name: str) -> str:
        progress(f"verifying {name}")
        return name

    return tell


def _differences(name: str, result: Any, ledger: Ledger) -> Iterator[Difference]:
    if not isinstance(result, apart.Over):
        ledger.add(Ledger.of(result[1]))
        yield from (Difference(*one) for one in result[0])
        return
    if result.what == "end":
        raise EnvironmentFailure(f"the process that was verifying {name} has ended: is there enough memory?")
    much = {"time": "time", "memory": "memory", "result": "room"}[result.what]
    yield Difference(FOLDER, f"{name}: takes more {much} than any release of such records")


def _judged(case: _Case, number: int, _at: apart.At) -> Any:
    """What one judge says, as plain data."""
    if apart.FORKS:
        tempfile.tempdir = str(case.aside)  # so that nothing is left of a process that is ended
    case.ledger = Ledger()
    judge = list(_JUDGES.values())[number]
    found = [(file, message[:_LONGEST]) for file, message in islice(judge(case), _MOST)]
    return found, case.ledger.as_dict()


# --- the judges -------------------------------------------------------------------------------------------------------


def _checksums(case: _Case) -> _Told:
    """Every file is the one that SHA256SUMS lists, and part of such a release."""
    tables = {f"{FOLDER}/{case.parts.stems[name]}/{file}" for name in case.parts.tables for file in (METADATA, COMMON)}
    expected = {one.path for one in case.parts.all} | tables | {release.SUMS, release.REPORT, *DESCRIBED}
    for name in sorted(set(all_files(case.folder)) ^ expected):
        yield name, "is no part of the release" if case.has(name) else "is missing"
    case.ledger.performed("checksums", len(expected))
    for name in release.damaged(case.folder):
        why = "is no list of checksums" if name == release.SUMS else "is not the file that SHA256SUMS lists"
        yield name, why if case.has(name) else "is missing"


def _descriptions(case: _Case) -> _Told:
    """What describes the partitions says what they are: the package, the views, what stands beside each table's."""
    files: dict[str, list[File]] = {name: [] for name in case.parts.tables}
    for one in case.parts.all:
        if case.has(one.path):
            place = case.folder / one.path
            files[one.table.name].append(File(one.path, one.rows, place.stat().st_size, sha256(place)))
    for name, text in described(case.parts, files).items():
        case.ledger.performed("descriptions of partitions")
        if not case.has(name) or (case.folder / name).read_bytes() != text.encode():
            yield name, "does not say what the partitions are"
    for name, some in files.items():
        stem = f"{FOLDER}/{case.parts.stems[name]}"
        case.ledger.performed("descriptions of partitions", 2)
        if some and not _says_the_same(case.folder / stem, [one.path.rpartition("/")[2] for one in some]):
            yield f"{stem}/{METADATA}", "does not say what the partitions say of themselves"
        if not _has_schema(case.folder / stem / COMMON, parquet_schema(case.parts.tables[name])):
            yield f"{stem}/{COMMON}", f"does not have the columns of the table {name}"


def _says_the_same(folder: Path, names: list[str]) -> bool:
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    try:
        found, wanted = read_metadata(folder / METADATA), merged(folder, names)
    except (ArrowException, OSError, ValueError):
        return False
    said, should = found.to_dict(), wanted.to_dict()
    return bool(found.schema.equals(wanted.schema) and said["row_groups"] == should["row_groups"])


def _has_schema(path: Path, schema: Any) -> bool:
    from pyarrow import ArrowException
    from pyarrow.parquet import read_schema

    try:
        return bool(read_schema(path).equals(schema, check_metadata=True))
    except (ArrowException, OSError, ValueError):
        return False


def _records(case: _Case) -> _Told:
    """Every row is what the records come to, and groups of rows say of their values what these are."""
    found: list[tuple[str, str]] = []
    with duck.reading(case.folder) as tables:
        against_records(tables, case.parts, case.folder, case.ledger, lambda *told: found.append(told))
    yield from found


def _links(case: _Case) -> _Told:
    """Keys are unique, and every reference leads to a row, by the views that the release has."""
    rows = dict.fromkeys(case.parts.tables, 0)
    for one in case.parts.all:
        rows[one.table.name] += one.rows
    with duck.reading(case.folder) as tables:
        try:
            proof.load(tables, case.parts.tables, case.parts.stems, case.folder)
        except duck.Refused as error:
            yield "views.sql", f"DuckDB does not take the views: {error}"
            return
        for name, wrong in proof.proved(tables, case.parts.tables, rows):
            yield f"{FOLDER}/{case.parts.stems[name]}", wrong
    case.ledger.performed("keys of partitions", len(rows))
    case.ledger.performed("foreign keys of partitions", len(list(references(case.parts.tables.values()))))


_JUDGES: Mapping[str, Callable[[_Case], _Told]] = {
    "checksums": _checksums,
    "descriptions": _descriptions,
    "partitions against records": _records,
    "keys and references": _links,
}
