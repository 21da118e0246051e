# SPDX-License-Identifier: Apache-2.0
"""Files compiled one by one: what a file gives is plain data, and records that fit are not looked at again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.check import inspection
from sourcebook.compile import chunk, database
from sourcebook.compile.batch import Batch, pack, unpack
from sourcebook.compile.convert import Job, compiled, jobs, without
from sourcebook.compile.database import insert
from sourcebook.compile.store import Store
from sourcebook.records.read import Reading
from sourcebook.records.register import Register
from sourcebook.rules.reference import holder
from sourcebook.tables.links import Index
from sourcebook.tables.search import folds, spellings
from sourcebook.tables.whole_book import plan_book

Copy = Callable[[str], Path]


# --- files ----------------------------------------------------------------------------------------------------------


def batches(folder: Path) -> Iterator[tuple[Job, Batch]]:
    """What each file of a book with schemas compiles to, with what it compiles by."""
    book = load_book(folder)
    plans, problems = plan_book(book, Reading((), (), frozenset()))
    assert not problems
    work = jobs(book, plans, Index(plans))
    for source in Register(book).sources:
        job = work[source.collection.name]
        yield job, compiled(job, [source], [((folder / source.path).read_bytes(), None)])


@pytest.mark.parametrize("name", ["orchard", "unquoted-number", "schema", "reference", "yaml-key-lookalike"])
def test_what_a_file_compiles_to_survives_as_bytes(book: Copy, name: str) -> None:
    made = [batch for _, batch in batches(book(name))]
    assert made
    for batch in made:
        parts = pack(batch)
        assert repr(unpack(parts)) == repr(batch)
        summary = unpack(parts[:1])
        assert (summary.stands, summary.texts, summary.rows) == (batch.stands, [], [])


def test_a_record_that_fits_is_not_suspect(book: Copy) -> None:
    folder = book("orchard")
    assert suspects(folder) == ["red-lantern"]  # it has an unquoted number that loses something
    (folder / "data/harvests.yaml").write_text(
        "- number: 1\n  variety: Red Lantern\n  by: alder-farm\n  kilograms: x\n"
    )
    assert suspects(folder) == ["red-lantern", 1]


def suspects(folder: Path) -> list[str | int]:
    return [batch.stands[number][0] for _, batch in batches(folder) for number in batch.suspects]


def test_files_together_compile_to_what_each_does(book: Copy) -> None:
    folder = book("orchard")
    with (folder / "data/growers/odd.yaml").open("w") as file:
        file.write("name: [Odd\n")
    varieties = folder / "data/varieties"
    (varieties / "x.yaml").write_text("name: X\nsynonyms: nothing of the kind\n")
    loaded = load_book(folder)
    plans, _ = plan_book(loaded, Reading((), (), frozenset()))
    work = jobs(loaded, plans, Index(plans))
    single = list(batches(folder))
    for name, job in work.items():
        sources = [source for source in Register(loaded).sources if source.collection.name == name]
        whole = compiled(job, sources, [((folder / source.path).read_bytes(), None) for source in sources])
        own = [batch for made, batch in single if made.plan.collection == name]
        assert whole.texts == [text for batch in own for text in batch.texts]
        assert whole.rows == [
            [value for batch in own for value in batch.rows[table]] for table in range(len(job.plan.tables))
        ]
        assert [stand[0] for stand in whole.stands] == [stand[0] for batch in own for stand in batch.stands]
        told = [finding for batch in own for summary in batch.told.values() for finding in summary.findings]
        assert [finding for summary in whole.told.values() for finding in summary.findings] == told


def test_records_that_are_left_out_leave_nothing(book: Copy) -> None:
    for job, batch in batches(book("orchard")):
        again = without(job, batch, [])
        assert repr(again) == repr(batch)
        nothing = without(job, batch, range(len(batch.stands)))
        assert (nothing.stands, nothing.texts, nothing.suspects) == ([], [], {})
        assert not any([*nothing.rows, *nothing.written, *nothing.fields])


# --- records looked at again ------------------------------------------------------------------------------------------


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str | int]:
    """The keys of records that are looked at one by one."""
    seen: list[str | int] = []
    record = inspection.record

    def counted(entry: Any, *rest: Any) -> Any:
        seen.append(entry.key)
        return record(entry, *rest)

    monkeypatch.setattr(inspection, "record", counted)
    return seen


def test_records_in_which_nothing_is_wrong_are_not_looked_at_again(book: Copy, looked_at: list[str | int]) -> None:
    checked = sourcebook.check(book("orchard"))
    assert (checked.ok, looked_at) == (True, ["red-lantern"])
    assert checked.ledger.as_dict()["reference"]["performed"] == 6


def test_of_a_dangling_reference_only_the_records_that_write_it_are_looked_at(
    book: Copy, looked_at: list[str | int]
) -> None:
    folder = book("orchard")
    with (folder / "data/harvests.yaml").open("a") as file:
        file.writelines(
            f"- number: {number}\n  variety: Red Lantern\n  by: {by}\n  kilograms: 1\n"
            for number, by in ((3, "alder-farm"), (4, "nobody"), (5, "alder-farm"))
        )
    checked = sourcebook.check(folder)
    assert [finding.rule for finding in checked.findings] == ["reference", "unquoted-number"]
    assert looked_at == ["red-lantern", 4]
    assert checked.ledger.as_dict()["reference"]["performed"] == 12


@pytest.mark.parametrize("value", ["a", 'with "quotes" \\ and é', 7, "7", "a.b*"])
def test_a_value_is_found_in_the_text_of_its_record(value: Any) -> None:
    text = json.dumps({"x": [value]}, ensure_ascii=False, separators=(",", ":"))
    assert holder({value, "another"})(text)
    assert not holder({"another"})(text)
    assert holder({str(number) for number in range(1_000)})(text)  # too many to look for
    assert not holder(())(text)


# --- rows set aside, and put in -------------------------------------------------------------------------------------


def test_what_is_kept_is_read_again_part_by_part(tmp_path: Path) -> None:
    store = Store(tmp_path)
    parts = [b"summary", b"", b"texts" * 1_000, b"rows"]
    kept = store.put("a", parts)
    assert list(store.parts(kept, range(4))) == parts
    assert list(store.parts(kept, [3, 0])) == [b"rows", b"summary"]
    assert store.first("a") == (kept, b"summary")
    assert store.first("b") is None
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("width", [1, 3, 1_900])
@pytest.mark.parametrize("count", [0, 1, 59, 60, 61, 250])
def test_rows_go_in_many_in_a_statement(width: int, count: int) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    statements: list[str] = []
    names = ", ".join(f"c{number}" for number in range(width))
    connection.execute(f"CREATE TABLE t ({names})")
    connection.set_trace_callback(statements.append)
    rows = [[f"{row}/{column}" for column in range(width)] for row in range(count)]
    values = [value for row in rows for value in row]
    cut = (count // 3) * width  # chunks end where rows do
    insert(connection, "t", width, [values[:cut], values[cut:]])
    connection.set_trace_callback(None)
    assert connection.execute("SELECT * FROM t ORDER BY rowid").fetchall() == list(map(tuple, rows))
    most = min(database._MOST_ROWS, connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width)
    assert len([one for one in statements if one.startswith("INSERT")]) == count // most + count % most
    connection.close()


def test_every_row_is_put_in_once(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    put: dict[str, int] = {}

    def counted(connection: Any, table: str, width: int, chunks: Any, columns: Any = ()) -> None:
        kept = list(chunks)
        put[table] = put.get(table, 0) + sum(map(len, kept)) // width
        insert(connection, table, width, kept, columns)

    monkeypatch.setattr(database, "insert", counted)
    built = sourcebook.build(book("orchard"))
    assert built.release is not None
    with closing(sqlite3.connect(built.release / "orchard.db")) as connection:
        for table, rows in put.items():
            assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (rows,)
    assert put["_records"] == len(built.checked.records) == 6


@pytest.mark.parametrize("name", ["orchard", "key-duplicate", "schema", "reference", "layouts", "nulls"])
def test_rows_that_go_in_while_others_are_read_are_the_same(
    book: Copy, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that constraints refuse are put in once more, without them, so that SQL checks see all."""
    folder = book(name)

    def found() -> list[object]:
        checked = sourcebook.check(folder, aside=folder)
        with closing(sqlite3.connect(folder / checked.book.database)) as connection:
            rows = sorted(connection.iterdump())
        return [checked.findings, checked.ledger.as_dict(), checked.records, rows]

    at_the_end = found()
    monkeypatch.setattr(database, "_AT_ONCE", 1)
    monkeypatch.setattr(chunk, "_MOST_FILES", 1)
    assert found() == at_the_end


@pytest.mark.parametrize(
    ("text", "spelled"), [("plain", "plain"), ("é", "é"), ("Iğdır", "Iğdır\n\ue000\nigdir"), (None, None)]
)
def test_text_is_indexed_in_both_spellings(text: str | None, spelled: str | None) -> None:
    assert spellings(text) == spelled
    assert folds(["x", None, text]) is (text != spelled)
