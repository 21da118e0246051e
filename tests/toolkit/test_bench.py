# SPDX-License-Identifier: Apache-2.0
"""The benchmark measures what it says: its books, its plain script, its turns, its report. No test here is timed."""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from bench.books import Input
from bench.cases import CHECK, CLEAN, PEER_NAMES, Setting, cases
from bench.facts import facts
from bench.generate import Stated, generate
from bench.inputs import make
from bench.load import load
from bench.measure import Case, Result, Run, ratios, take_turns
from bench.peers import plain
from bench.report import BEGIN, END, Measured, Report, as_data, as_markdown, into_page

RECORDS, WRONG_EVERY = 60, 12


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Stated, sourcebook.Built]:
    """A tiny book, what it says of itself, and what Sourcebook made of it."""
    folder = tmp_path_factory.mktemp("bench") / "book"
    stated = generate(folder, RECORDS, wrong_every=WRONG_EVERY)
    return folder, stated, sourcebook.build(folder)


Made = tuple[Path, Stated, sourcebook.Built]


def rows(database: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return sorted(connection.execute(f'SELECT * FROM "{table}"'), key=repr)


def test_the_generator_writes_the_same_bytes_for_the_same_seed(made: Made, tmp_path: Path) -> None:
    folder, stated, _ = made
    assert generate(tmp_path / "again", RECORDS, wrong_every=WRONG_EVERY) == stated
    assert generate(tmp_path / "other", RECORDS, wrong_every=WRONG_EVERY, seed=2).records == RECORDS

    def files(of: Path) -> dict[str, bytes]:
        paths = [path for path in of.rglob("*") if path.is_file() and "build" not in path.parts]
        return {path.relative_to(of).as_posix(): path.read_bytes() for path in paths}

    assert files(tmp_path / "again") == files(folder)
    assert files(tmp_path / "other") != files(folder)
    assert len([name for name in files(folder) if name.startswith("data/")]) == RECORDS
    sizes = [len(data) for name, data in files(folder).items() if name.startswith("data/objects/")]
    assert 800 < sum(sizes) / len(sizes) < 1_200


def test_the_generated_book_holds_what_it_states(made: Made) -> None:
    folder, stated, built = made
    assert built.release is not None
    assert len(built.checked.records) == stated.records == RECORDS
    assert {finding.rule for finding in built.checked.findings} == {"schema"}
    assert len({finding.path for finding in built.checked.findings}) == stated.invalid == 5
    assert {table: len(rows(folder / "build/museum.db", table)) for table in stated.rows} == stated.rows
    per_object = sum(count for table, count in stated.rows.items() if table != "people") / stated.rows["objects"]
    assert per_object == 12


def test_the_plain_script_makes_the_same_tables_and_finds_the_same_mistakes(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, stated, _ = made
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["plain", str(folder), str(out)])
    assert plain.main() == 1
    assert capsys.readouterr().out.endswith(f"\n{stated.invalid} records are wrong\n")
    for table in stated.rows:
        assert rows(out / "museum.db", table) == rows(folder / "build/museum.db", table), table
        assert (out / f"{table}.csv").read_bytes() == (folder / f"build/csv/{table}.csv").read_bytes(), table
    assert len(rows(out / "museum.db", "_records")) == stated.records
    for collection in ("objects", "people"):
        extracts = [out / f"{collection}.json", folder / f"build/json/{collection}.json"]
        assert json.loads(extracts[0].read_bytes()) == json.loads(extracts[1].read_bytes())
    indexed = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_fts' ESCAPE '\\'"
    with (
        closing(sqlite3.connect(out / "museum.db")) as theirs,
        closing(sqlite3.connect(folder / "build/museum.db")) as ours,
    ):
        assert set(theirs.execute(indexed)) == set(ours.execute(indexed))
        (count,) = theirs.execute("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql NOT NULL").fetchone()
        assert ours.execute("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql NOT NULL").fetchone() == (
            count,
        )


def test_inputs_of_peers_hold_the_same_objects(made: Made, tmp_path: Path) -> None:
    from sourcebook.parse import parse

    folder, stated, _ = made
    book = Input("tiny", "Tiny", folder, RECORDS, ("data/objects/**/*.yaml", "^title: .*$"), "title: Title {}")
    aside = make(book, tmp_path / "aside")
    objects = json.loads((aside / "objects.json").read_bytes())
    assert len(objects) == stated.rows["objects"]
    assert parse((aside / "objects.yaml").read_bytes(), "objects.yaml").documents[0].value == objects
    quoted = sorted((aside / "quoted").rglob("*.yaml"))
    assert [parse(path.read_bytes(), path.name).documents[0].value for path in quoted] == objects


def test_every_peer_is_run_on_a_synthetic_book_on_its_share_and_can_be_asked_for(made: Made, tmp_path: Path) -> None:
    book = Input("tiny", "Tiny", made[0], RECORDS, ("", ""), "", ("schema", ["data"], ".yaml"), synthetic=True)
    found = list(cases(book, Setting(1, tmp_path)))
    assert [case.name for case in found if case.limit == 1] == [*PEER_NAMES]
    assert all(case.share and case.base in (CHECK, CLEAN) for case in found if case.name not in (CHECK, CLEAN))


def test_an_edit_changes_as_many_records_as_it_says(tmp_path: Path) -> None:
    generate(tmp_path / "book", RECORDS)
    book = Input(
        "tiny", "Tiny", tmp_path / "book", RECORDS, ("data/objects/**/*.yaml", "^title: .*$"), "title: Title {}"
    )
    files = sorted((tmp_path / "book/data/objects").rglob("*.yaml"))
    before = [path.read_bytes() for path in files]
    book.change(7, 3)
    assert sum(path.read_bytes() != old for path, old in zip(files, before, strict=True)) == 7


# --- turns, processes, figures --------------------------------------------------------------------------------------


def test_cases_take_turns_and_one_that_fails_or_is_late_is_not_run_again(tmp_path: Path) -> None:
    order = []

    def noted(name: str) -> Callable[[int], None]:
        return lambda number: order.append((number, name))

    def case(name: str, code: str, **more: Any) -> Case:
        return Case(name, "", [sys.executable, "-S", "-c", code], tmp_path, noted(name), **more)

    child = "import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', 'x = bytearray(60_000_000)'])"
    cases = [
        case("good", child),
        case("wrong", "raise SystemExit(3)"),
        case("found", "raise SystemExit(1)", codes=frozenset({0, 1})),
        case("late", "import time; time.sleep(60)", limit=0.2),
        case("absent", "", missing="is not installed"),
    ]
    told: list[str] = []
    results = take_turns(cases, 2, tmp_path, told.append)
    assert order == [(1, "good"), (1, "wrong"), (1, "found"), (1, "late"), (2, "good"), (2, "found")]
    good, wrong, found, late, absent = results
    assert [run.code for run in good.runs] == [0, 0]
    assert all(run.wall > 0 and run.cpu > 0 and run.peak > 60_000_000 for run in good.runs)
    assert wrong.note == ["failed with exit code 3"]
    assert [run.code for run in found.done] == [1, 1]
    assert late.over
    assert late.done == absent.runs == []


def test_ratios_are_of_pairs_within_a_round() -> None:
    case = Case("x", "", [], Path())
    base = Result(case, [Run(1, 1.0, 1, 1, 0), Run(2, 2.0, 1, 1, 0), Run(3, 4.0, 1, 1, 0)])
    peer = Result(case, [Run(1, 2.0, 1, 1, 0), Run(2, 8.0, 1, 1, 0), Run(3, 1.0, 1, 1, None)])
    spread = ratios(peer, base)
    assert spread is not None
    assert (spread.median, spread.least, spread.greatest) == (3.0, 2.0, 4.0)
    assert ratios(Result(case), base) is None


def test_the_report_says_what_was_late_missing_or_wrong_and_names_no_path(tmp_path: Path) -> None:
    book = Input("synthetic-60", "Synthetic book, 60 records", tmp_path, 60, ("", ""), "", synthetic=True)
    base = Case("sourcebook build", "all", [str(tmp_path)], tmp_path)
    results = [
        Result(base, [Run(1, 2.0, 1.5, 5e7, 0)]),
        Result(Case("slow", "part", [], tmp_path, limit=300, base=base.name), [Run(1, 300.2, 1, 4e7, None)]),
        Result(Case("gone", "part", [], tmp_path, base=base.name, missing="is not installed")),
        Result(
            Case("odd", "part", [], tmp_path, base=base.name), [Run(1, 1.0, 1, 1e7, 7)], ["failed with exit code 7"]
        ),
    ]
    report = Report("scripts/bench", facts(), 1, [Measured(book, results)])
    text = as_markdown(report)
    assert "| **sourcebook build** | 2.00 (2.00–2.00) | 1.50 | 50 |  | 1 |" in text
    assert "| slow | more than 300 | | 40 | > 150 | 1 |" in text
    assert "| gone | is not installed |" in text
    assert "| odd | failed with exit code 7 |" in text
    larger = Input("synthetic-160", "Synthetic book, 160 records", tmp_path, 160, ("", ""), "", synthetic=True)
    report.measured.append(Measured(larger, [Result(base, [Run(1, 3.0, 1.5, 6e7, 0)]), *results[1:]]))
    text = as_markdown(report)
    assert "| sourcebook build | 33.3 | 833 | 18.8 | 375 | 10 | 100 |" in text
    assert "| slow |  |  |  |  |  |  |" in text
    data = json.dumps(as_data(report))
    assert str(tmp_path) not in data + text
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    into_page(page, text)
    into_page(page, text)
    assert page.read_text("utf-8") == f"before\n{BEGIN}\n\n{text}\n{END}\nafter\n"


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = self.path != "/missing"
        self.send_response(200 if found else 404)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            return
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"abcde")

    def log_message(self, *_args: Any) -> None:
        pass


def test_the_load_generator_counts_answers_and_failures_and_ends_by_itself() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            port = server.server_address[1]
            plainly = load(port, ["/", "/chunked", "/missing"], clients=3, seconds=30, most=30)
        finally:
            server.shutdown()
            thread.join()
    assert (plainly.answers, plainly.failures, plainly.bytes) == (30, 10, 150)
