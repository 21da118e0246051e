# SPDX-License-Identifier: Apache-2.0
"""Targets that read a book: a small one in a folder, of which one file is the input."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from sourcebook.book import DESCRIPTOR, Collection, load_book, scripts_of
from sourcebook.book.baseline import read_baseline
from sourcebook.check.check import check
from sourcebook.check.planning import plan
from sourcebook.compile.convert import Job, compiled, jobs
from sourcebook.errors import UsageError
from sourcebook.exact import loads
from sourcebook.finding import Finding
from sourcebook.init import init
from sourcebook.records.model import Source
from sourcebook.tables import Rows, flatten, projected, rebuild
from sourcebook.tables.links import Index
from sourcebook.tables.rowcode import flat_rows
from tests.hostile.fuzz.oracle import holds, plain_value, right_findings, sampled, tellable

_CLOSELY = 16
SMALL = {
    DESCRIPTOR: """\
name: shore
title: The shore
licenses: [{name: CC-BY-4.0}]
resources:
  - name: jetties
    title: Jetties
    path: build/csv/jetties.csv
    schema: build/tableschema/jetties.json
    sourcebook: {records: data/jetties/*.yaml, key: id, schema: schemas/jetty.schema.json, references: {owner: owners}}
  - name: owners
    title: Owners
    path: build/csv/owners.csv
    schema: build/tableschema/owners.json
    sourcebook: {records: data/owners.yaml, layout: map, schema: schemas/owner.schema.json}
""",
    "schemas/jetty.schema.json": """\
{"x-sourcebook": {"label": "name"},
 "type": "object", "required": ["id"], "additionalProperties": false, "properties": {
 "id": {"type": "string", "pattern": "^[a-z-]+$"}, "name": {"type": "string"}, "length": {"type": "number"},
 "owner": {"type": "string"}, "since": {"type": "string", "format": "date"},
 "boats": {"type": "array", "items":
  {"type": "object", "properties": {"name": {"type": "string"}, "berth": {"type": "integer"}}}}}}
""",
    "schemas/owner.schema.json": """\
{"type": "object", "properties": {"name": {"type": "string"}, "of_age": {"type": "boolean"}}}
""",
    "data/jetties/north.yaml": """\
id: north
name: North jetty
length: 12.5
owner: reed
boats:
  - {name: Heron, berth: 3}
""",
    "data/jetties/south.yaml": "id: south\nname: South jetty\nlength: 40\nsince: '1990-05-01'\n",
    "data/owners.yaml": "reed: {name: Reed and Sons, of_age: true}\nash: {name: Ash}\n",
    "scripts/checks/long.sql": """\
-- title: No jetty is too long
SELECT 'jetties' AS _table, id AS _key, 'too long' AS message FROM jetties WHERE length > 100
""",
}  # fmt: skip
"""A book of made up jetties, by file."""


def written(folder: Path, files: dict[str, str] = SMALL) -> Path:
    """The files in a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


class Files:
    """The contents of a book's files, which a finding is held against."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, path: str) -> bytes | None:
        """The bytes of a file, if there is one."""
        try:
            return (self._root / path).read_bytes()
        except (OSError, ValueError):
            return None

    def hold(self, findings: tuple[Finding, ...] | list[Finding], data: bytes) -> str:
        """Judge findings; what they say."""
        right_findings(findings, self, whole_files=True)
        if sampled(data, _CLOSELY):
            tellable(findings, data)
        return repr(findings)


def _planned(path: str) -> Callable[[Path], Callable[[bytes], str]]:
    def prepare(folder: Path) -> Callable[[bytes], str]:
        root = written(folder)
        files = Files(root)

        def run(data: bytes) -> str:
            (root / path).write_bytes(data)
            found = plan(load_book(root))
            return files.hold(found.findings, data) + repr(found.plans)

        return run

    return prepare


descriptor = _planned(DESCRIPTOR)
"""The descriptor of a book: read, and the tables planned."""
schema = _planned("schemas/jetty.schema.json")
"""A schema of a book: read, translated, and the tables planned."""


def baseline(folder: Path) -> Callable[[bytes], str]:
    """A baseline."""
    files = Files(folder)

    def run(data: bytes) -> str:
        (folder / "baseline.json").write_bytes(data)
        findings: list[Finding] = []
        found = read_baseline(folder, findings)
        return files.hold(findings, data) + repr(found)

    return run


def sql(folder: Path) -> Callable[[bytes], str]:
    """The header of an SQL script; the first line says of which kind."""
    files = Files(folder)

    def run(data: bytes) -> str:
        kind, _, script = data.partition(b"\n")
        name = kind.decode("utf-8", "replace")
        name = name if name in ("checks", "views", "queries") else "checks"
        for path in (folder / "scripts").rglob("*.sql"):
            path.unlink()
        path = folder / "scripts" / name / "one.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(script)
        findings: list[Finding] = []
        found = scripts_of(folder, name, findings)
        for one in found:
            plain_value(one.header)
        return files.hold(findings, data) + repr(found)

    return run


def record(books: dict[str, Path]) -> Callable[[Path], Callable[[bytes], object]]:
    """A file of records, compiled; the first line says of which of the ``books``, and of which collection."""

    def prepare(_: Path) -> Callable[[bytes], object]:
        known: dict[str, tuple[Collection, Job]] = {}
        for name, folder in books.items():
            book = load_book(folder)
            plans = plan(book).plans
            for collection in book.collections if plans else ():
                known[f"{name}/{collection.name}"] = (
                    collection,
                    jobs(book, plans, Index(plans))[collection.name],
                )
        first = next(iter(known))

        def run(data: bytes) -> object:
            head, _, body = data.partition(b"\n")
            collection, job = known.get(head.decode("utf-8", "replace"), known[first])
            pattern = collection.records[0]
            path = PurePosixPath(pattern.replace("**", "x").replace("*", "one")).as_posix()
            batch = compiled(job, [Source(collection, path, (collection.at,))], [(body, None)])
            for summary in batch.told.values():
                right_findings(summary.findings, lambda _: body)
            rows = [values[:] for values in batch.rows]
            for number, (stand, text) in enumerate(zip(batch.stands, batch.texts, strict=True)):
                value = loads(text)
                plain_value(value)
                _taken_apart(job, stand[0], value, alone=rows if len(batch.stands) == 1 and number == 0 else None)
            return batch.told, batch.stands, batch.texts, batch.rows, batch.suspects, batch.written

        return run

    return prepare


def _taken_apart(job: Job, key: str | int, value: object, alone: list[list[object]] | None) -> None:
    """The rows of a record by the slow way are those of the fast one, and give what tables hold of it."""
    rows, misfits = flatten(job.plan, key, value)
    if alone is not None:
        holds(repr(flat_rows(job.plan, rows)) == repr(alone), "other rows by the slow way")
    if not misfits and not job.plan.judged:
        numbers = {table.name: number for number, table in enumerate(job.plan.tables)}
        found = Rows(job.plan, lambda name: rows.get(numbers[name], []))
        again = rebuild(found, found.roots[0])
        holds(again == projected(job.plan, value), f"another record out of its rows: {again!r}")


def book(folder: Path) -> Callable[[bytes], str]:
    """A whole check of a book; the first line says which file is the input."""
    root = written(folder / "book")

    def run(data: bytes) -> str:
        head, _, body = data.partition(b"\n")
        name = head.decode("utf-8", "replace")
        path = name if name in SMALL else "data/jetties/north.yaml"
        (root / path).write_bytes(body)
        try:
            found = check(root, jobs=1)
        finally:
            (root / path).write_text(SMALL[path], "utf-8")
        after = Files(root)
        right_findings(found.findings, lambda one: body if one == path else after(one), whole_files=True)
        if sampled(data, _CLOSELY):
            tellable(found.findings, data)
        return repr(found.findings) + repr(found.ledger.as_dict())

    return run


def adopt(folder: Path) -> Callable[[bytes], str]:
    """A folder of found files that is adopted; the first line is the name of the one that is the input."""
    found = folder / "found"

    def run(data: bytes) -> str:
        head, _, body = data.partition(b"\n")
        name = head.decode("utf-8", "replace")
        parts = [part for part in PurePosixPath(name).parts if part not in ("..", "/") and "\0" not in part]
        path = found.joinpath(*parts[:4]) if parts and len(name) < 200 else found / "boats" / "one.yaml"
        shutil.rmtree(found, ignore_errors=True)
        written(found, {"boats/heron.yaml": "name: Heron\nlength: 4\n", "boats/otter.yaml": "name: Otter\nlength: 5\n"})
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        except (OSError, ValueError):  # no name of a file here
            return ""
        try:
            made = init(found, adopt=True, dry_run=not sampled(data, 8))
        except UsageError as error:
            return str(error)
        right_findings(made.checked.findings, Files(found), whole_files=True)
        return repr((made.written, made.collections, made.undecided, made.checked.findings))

    return run
