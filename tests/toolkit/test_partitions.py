# SPDX-License-Identifier: Apache-2.0
"""A book as partitions of Parquet, without a database: the same values as its extract, whole for who reads them.

They are read by pyarrow, DuckDB and polars. What is tampered with is found by verify, though checksums are made anew.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, assume, given, settings
from pyarrow import dataset, parquet

import sourcebook
from sourcebook import duck
from sourcebook.book import load_book
from sourcebook.book.formats import FORMATS
from sourcebook.cli import main
from sourcebook.edit.carry_out import write as carry_out
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import all_files
from sourcebook.machine import toolkit
from sourcebook.partitions import parts as plan_of_parts
from sourcebook.partitions import written
from sourcebook.partitions.by_workers import answered, facts_here
from sourcebook.partitions.making import anew
from sourcebook.partitions.views import views_sql
from sourcebook.partitions.writing import partition
from sourcebook.progress import silent
from tests import generated
from tests.generated import books
from tests.harbour import BOOK as HARBOUR
from tests.served import BOOKS
from tests.toolkit.canaries import found_below, planted
from tests.toolkit.harbours import harbours
from tests.toolkit.test_odd_books import WHOLE, write

FERRY = BOOKS / "ferry-case"
ACCUSED, DENIED = "Corvin Tallow had the ferry sunk", "No ferry was sunk on anybody's word"


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    return shutil.copytree(FERRY, tmp_path / "ferry")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Partitions end after two rows, and the chunk at hand."""
    monkeypatch.setattr(plan_of_parts, "MOST_ROWS", 2)


def parted(folder: Path, **options: Any) -> Path:
    """The folder of a book's partitions."""
    built = sourcebook.build(folder, only="parquet", **options)
    assert built.release is not None, [str(one) for one in built.checked.findings]
    assert built.parted
    return built.release


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [arguments[0], "--book", str(folder), *arguments[1:]])


def table_of(release: Path, name: str) -> Any:
    """A table, partition after partition."""
    files = sorted((release / "parquet" / name).glob("part-*.parquet"))
    return pyarrow.concat_tables([parquet.read_table(one) for one in files])


def names_in(release: Path) -> list[str]:
    return sorted(path.name for path in (release / "parquet").iterdir())


def many(folder: Path) -> Path:
    """A book of several chunks: boats, a file each, with lists, flags and numbers, owned by people."""
    boat = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "length": {"type": "number"},
            "crew": {"type": "integer"},
            "afloat": {"type": "boolean"},
            "owner": {"type": "string"},
            "ports": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name"],
    }
    files: dict[str, Any] = {
        "schemas/boat.json": boat,
        "schemas/owner.json": {"properties": {"name": {"type": "string"}}},
        "data/owners.yaml": "- {id: una, name: Una Reed}\n- {id: odd, name: Odd Ankerløkke}\n",
    }
    for number in range(1_200):
        some = {"name": f"Boat {number}", "length": number / 4 if number % 3 else number, "crew": number % 5}
        more = {"afloat": number % 2 == 0, "owner": ("una", "odd")[number % 2], "ports": ["Wick", "Sand"][: number % 3]}
        files[f"data/boats/b{number:04}.yaml"] = some | (more if number % 7 else {})
    collections = {
        "boats": {"records": "data/boats/*.yaml", "schema": "schemas/boat.json", "references": {"owner": "owners"}},
        "owners": {"layout": "list", "key": "id", "schema": "schemas/owner.json"},
    }
    return write(folder, collections, files)


# --- the same as the extract ------------------------------------------------------------------------------------------


def _books() -> Iterator[tuple[str, Callable[[Path], Path]]]:
    for name in ("ferry-case", "moorings", "orchard", "ways", "odd-values"):
        if (BOOKS / name).is_dir():
            yield name, lambda folder, name=name: shutil.copytree(BOOKS / name, folder)  # type: ignore[misc]
    yield "harbour", lambda folder: shutil.copytree(HARBOUR, folder)
    for name, (collections, files) in WHOLE.items():
        yield name, lambda folder, of=(collections, files): write(folder, *of)  # type: ignore[misc]
    yield "many", many


MADE = dict(_books())


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE)
def test_columns_types_and_values_are_those_of_the_extract(tmp_path: Path, small: None, name: str) -> None:
    folder = MADE[name](tmp_path / "book")
    whole = sourcebook.build(folder, formats=["parquet"]).release
    if whole is None:
        assert sourcebook.build(folder, only="parquet").release is None
        return
    release = parted(folder)
    extracts = sorted((whole / "parquet").iterdir())
    assert names_in(release) == sorted([*(one.stem for one in extracts), "_records"])
    for one in extracts:
        should, found = parquet.read_table(one), table_of(release, one.stem)
        assert found.schema.equals(should.schema, check_metadata=True), one.stem
        # A database has rows with a number as their key in the order of that.
        assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, should.to_pylist())), one.stem
    with sourcebook.database(folder) as database:
        records = database.query("SELECT collection, key, path, line, document FROM _records ORDER BY rowid")
        assert table_of(release, "_records").to_pylist() == list(records)
    assert sourcebook.verify(folder, only="parquet").ok


def test_an_accusation_travels_with_its_speaker_and_its_answer(ferry: Path) -> None:
    release = parted(ferry)
    (claim,) = (row for row in table_of(release, "claims").to_pylist() if row["statement"] == ACCUSED)
    assert DENIED in claim["answers"]
    assert claim["denied_by"] == '["never-sank"]'
    (aboard,) = (row for row in table_of(release, "events_people").to_pylist() if "ordered it" in str(row))
    assert aboard["said_by"]
    assert aboard["published_in"]
    assert DENIED in aboard["answers"]
    with open_views(release) as connection:
        for (view,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
            for row in connection.execute(f'SELECT * FROM "{view}"').fetchall() if view != "_records" else ():
                assert ACCUSED not in str(row) or DENIED in str(row) or "never-sank" in str(row), view


def test_circles_are_found_without_a_database(tmp_path: Path) -> None:
    for name in ("repeats-circle", "derived-circle"):
        folder = shutil.copytree(BOOKS / name, tmp_path / name)
        should = [one for one in sourcebook.check(folder).findings if one.rule == name]
        found = [one for one in sourcebook.build(folder, only="parquet").checked.findings if one.rule == name]
        assert should
        assert found == should


# --- the same bytes ---------------------------------------------------------------------------------------------------


def sums(release: Path) -> str:
    return (release / "SHA256SUMS").read_text("utf-8")


@pytest.mark.slow
def test_bytes_depend_on_the_records_alone(tmp_path: Path, small: None) -> None:
    folder = many(tmp_path / "book")
    first = parted(folder, jobs=1)
    of_boats = [path.name for path in sorted((first / "parquet/boats").glob("part-*"))]
    assert len(of_boats) > 3
    assert of_boats[0] == "part-00000.parquet"
    again = parted(folder, jobs=2, clean=True)
    assert again.name == first.name
    moved = parted(shutil.copytree(folder, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("build")))
    assert sums(moved) == sums(first)


def test_partitions_made_elsewhere_are_the_same_bytes(ferry: Path, tmp_path: Path, small: None) -> None:
    def elsewhere(waiting: Iterator[written.Packed]) -> Iterator[bytes]:
        for one in waiting:
            answer = answered(*pickle.loads(pickle.dumps((facts_here(), one))))  # noqa: S301
            assert not answer.facts
            yield answer.data

    (aside := tmp_path / "aside").mkdir()
    _, parts = anew(load_book(ferry), aside, silent)
    assert parts is not None
    folders = [tmp_path / "here", tmp_path / "there"]
    for folder, way in zip(folders, (None, elsewhere), strict=True):
        written.write_parts(parts, folder, elsewhere=way)
    files = list(all_files(folders[0]))
    assert list(all_files(folders[1])) == files
    assert [(folders[1] / one).read_bytes() for one in files] == [(folders[0] / one).read_bytes() for one in files]


def test_a_worker_with_another_toolkit_or_writer_makes_no_partition() -> None:
    *others, writer = facts_here()
    assert writer == f"pyarrow {pyarrow.__version__}"
    packed = (plan_of_parts.WHOLE, [], b"")
    assert answered((*others, writer), packed).data[:4] == b"PAR1"
    assert answered((*others, "pyarrow 1"), packed) == (b"", facts_here())
    assert toolkit.unlike((*others, "pyarrow 1"), facts_here()) == f"pyarrow 1 in the place of {writer}"
    assert toolkit.unlike(("CPython 2.7", *others[1:], writer), facts_here()).startswith(
        "CPython 2.7 in the place of CPython 3"
    )


@pytest.mark.slow
def test_a_cluster_makes_the_same_release(tmp_path: Path, small: None) -> None:
    folder = many(tmp_path / "book")
    here = parted(folder)
    there = parted(folder, cluster="local", jobs=2, clean=True)
    assert sums(there) == sums(here)


# --- read by others ---------------------------------------------------------------------------------------------------


def open_views(release: Path) -> Any:
    """DuckDB with the views of a release, as who reads it has them: paths are seen from its folder."""
    connection = duckdb.connect()
    connection.execute(f"SET file_search_path = {duck.literal(str(release))}")
    connection.execute((release / "views.sql").read_text("utf-8"))
    return connection


def test_duckdb_has_a_view_of_each_table_and_each_reference(ferry: Path, small: None) -> None:
    release = parted(ferry)
    with open_views(release) as connection:
        views = {
            name for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
        assert {"claims", "claims_people", "_records", "claims_with_origin", "claims_people_with_parent"} <= views
        for table in names_in(release):
            count = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            assert count == table_of(release, table).num_rows
            for view in (one for one in views if one.startswith(f"{table}_with_")):
                assert connection.execute(f'SELECT count(*) FROM "{view}"').fetchone()[0] == count, view
        row = connection.execute(
            'SELECT "origin", "origin.name" FROM claims_with_origin WHERE id = \'sank-it\''
        ).fetchone()
        assert row[0] == "mate"
        assert row[1]


def test_polars_and_pyarrow_read_all_partitions_as_one(tmp_path: Path, small: None) -> None:
    release = parted(many(tmp_path / "book"))
    boats = polars.scan_parquet(release / "parquet/boats/*.parquet")
    owners = polars.scan_parquet(release / "parquet/owners/*.parquet")
    found = boats.join(owners, left_on="owner", right_on="id").group_by("name_right").len().sort("len").collect()
    assert found["len"].sum() == boats.filter(polars.col("owner").is_not_null()).collect().height
    every = dataset.parquet_dataset(release / "parquet/boats/_metadata")
    assert len(every.files) == len(list((release / "parquet/boats").glob("part-*")))
    assert every.to_table().equals(table_of(release, "boats"))
    metadata = parquet.read_metadata(release / "parquet/boats/_metadata")
    assert metadata.num_rows == 1_200
    groups = [metadata.row_group(number).column(0).statistics for number in range(metadata.num_row_groups)]
    assert [one.min for one in groups] == sorted(one.min for one in groups)
    assert groups[-1].max == "b1199"
    assert parquet.read_schema(release / "parquet/boats/_common_metadata").equals(every.to_table().schema)


def test_the_data_package_lists_every_partition(tmp_path: Path, small: None) -> None:
    release = parted(many(tmp_path / "book"))
    said = json.loads((release / "datapackage.json").read_text("utf-8"))
    assert said["sourcebook"] == {"kind": "partitions", "records": 1_202}
    listed = [path for one in said["resources"] for path in one["path"]]
    assert sorted(listed) == sorted(path for path in all_files(release) if path.endswith(".parquet"))
    boats = next(one for one in said["resources"] if one["name"] == "boats")
    assert boats["rows"] == 1_200
    assert boats["bytes"] == sum((release / path).stat().st_size for path in boats["path"])
    assert boats["schema"]["foreignKeys"][0]["reference"]["resource"] == "owners"
    assert "missingValues" not in boats["schema"]


def test_an_empty_table_has_one_partition_without_rows(tmp_path: Path) -> None:
    schema = {"properties": {"id": {"type": "string"}, "stops": {"items": {"type": "string"}}}}
    lines = {"layout": "list", "key": "id", "schema": "schemas/line.json"}
    folder = write(tmp_path / "book", {"lines": lines}, {"schemas/line.json": schema, "data/lines.yaml": "- {id: a}\n"})
    release = parted(folder)
    assert table_of(release, "lines_stops").num_rows == 0
    assert sourcebook.verify(folder, only="parquet").ok


@pytest.mark.parametrize("above", ["year=2024", "books [2024]", "a*b", "what?", "{a,b}", "it's [!x]"])
def test_no_name_of_a_folder_is_taken_for_a_pattern(
    tmp_path: Path, above: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor for the name and value of a column, as is read out of paths elsewhere."""
    (tmp_path / "axb" / "book").mkdir(parents=True)
    parted(harbours(tmp_path / "axb" / "book"))
    (tmp_path / above / "book").mkdir(parents=True)
    book = harbours(tmp_path / above / "book")
    (book / "data/files/new.yaml").write_text("name: New\n", "utf-8")
    release = parted(book)
    assert run(book, "verify", "--only", "parquet").exit_code == 0
    monkeypatch.chdir(release)
    with duckdb.connect() as views:
        views.execute((release / "views.sql").read_text("utf-8"))
        columns = [one[0] for one in views.sql("DESCRIBE files").fetchall()]
    assert columns == parquet.read_schema(release / "parquet/files/part-00000.parquet").names


def test_names_of_views_are_free() -> None:
    from sourcebook.book import Target
    from sourcebook.tables import Column, Table

    def table(name: str, *columns: Column) -> Table:
        return Table(name, name, "", (Column("id", "text", "key", required=True), *columns), ("id",), None, "", "")

    refers = Column("By", "text", "property", foreign=Target("people", ""))
    tables = {
        one.name: one
        for one in (table("a", refers, Column("by.id", "text", "property")), table("A_with_By"), table("people"))
    }
    text = views_sql(tables, {name: f"stem-{number}" for number, name in enumerate(tables)}, base="/it's/")
    assert 'VIEW "a_with_By_2"' in text
    assert '"By.id_2"' in text
    assert "'/it''s/parquet/stem-0/part-*.parquet'" in text


# --- what is not published --------------------------------------------------------------------------------------------


def test_errors_publish_nothing_and_what_was_there_stays(ferry: Path) -> None:
    before = parted(ferry)
    claims = ferry / "data/claims.yaml"
    claims.write_text(claims.read_text("utf-8").replace("denies: [sank-it]", "denies: [nobody-said]"), "utf-8")
    built = sourcebook.build(ferry, only="parquet")
    assert built.release is None
    assert [one.rule for one in built.checked.findings if one.level == "error"] == ["reference"]
    assert (ferry / "build/partitions").resolve() == before.resolve()
    assert not list((ferry / "build").glob(".work-*"))
    result = run(ferry, "build", "--only", "parquet")
    assert result.exit_code == 1
    assert "nothing was published" in result.output


@pytest.mark.slow
def test_nothing_that_is_not_public_stands_in_any_file(tmp_path: Path) -> None:
    book = planted(tmp_path / "book")
    release = parted(book.folder)
    assert found_below(release, book.hidden) == []
    shown = " ".join(found_below(release, book.shown))
    assert all(name in shown for name in ("open_",)), shown
    assert sourcebook.verify(book.folder, only="parquet").ok


def cut(folder: Path, *, hidden: bool) -> None:
    """Have the stays of ships in a book of harbours hidden from the public, or shown to it."""
    for name in ("record", "page"):
        path = folder / "schemas" / f"{name}.json"
        schema = json.loads(path.read_text("utf-8"))
        schema["properties"]["stays"].pop("x-visibility", None)
        if hidden:
            schema["properties"]["stays"]["x-visibility"] = "private"
        path.write_text(json.dumps(schema), "utf-8")


def shows_stays(release: Path) -> bool:
    """Whether a release, of either kind, has the ship that stayed at the pier."""
    if (release / "views.sql").is_file():
        return any("Wren" in str(parquet.read_table(one).to_pylist()) for one in release.glob("parquet/*/*.parquet"))
    return b"Wren" in (release / "harbours.db").read_bytes()


@pytest.mark.parametrize(
    ("before", "first", "last"),
    [
        (("whole",), ("parted",), ("whole",)),  # of which the last finds nothing changed
        (("whole",), ("parted",), ("edited", "whole")),
        (("whole",), ("parted",), ("parted",)),
        (("parted",), ("whole", "parted"), ("whole",)),
        (("whole", "parted"), ("parted", "whole"), ("parted",)),
        (("whole", "parted"), ("looked at",), ("edited", "parted")),
        ((), ("parted",), ("whole",)),
        ((), ("whole", "parted"), ("clean",)),
    ],
)
def test_what_is_hidden_stands_in_no_release_from_before(
    tmp_path: Path, before: tuple[str, ...], first: tuple[str, ...], last: tuple[str, ...]
) -> None:
    """Hidden, shown, hidden again: whatever kinds of builds there were, only a current release that stays has it."""
    book = harbours(tmp_path)

    def did(steps: tuple[str, ...]) -> None:
        for step in steps:
            if step == "edited":
                (book / "data/files/new.yaml").write_text("name: New\n", "utf-8")
                continue
            formats = () if step == "looked at" else None
            only = "parquet" if step == "parted" else ""
            built = sourcebook.build(book, only=only, formats=formats, clean=step == "clean")
            assert built.release is not None
            told.append((step, built.told))

    told: list[tuple[str, tuple[str, ...]]] = []
    for hidden, steps in ((True, before), (False, first), (True, last)):
        cut(book, hidden=hidden)
        did(steps)
    current = (book / "build/current").resolve()
    showing = [one for one in (book / "build/releases").iterdir() if shows_stays(one)]
    if last[-1] == "parted" and current in showing:
        assert showing == [current], "and readers were told how they get rid of it"
        assert any("run `sourcebook build`" in one for one in told[-1][1])
    else:
        assert not showing
        assert not any("run `sourcebook build`" in one for one in told[-1][1])


def test_partitions_that_are_cut_alike_stay(tmp_path: Path) -> None:
    book = harbours(tmp_path)
    cut(book, hidden=False)
    sourcebook.build(book)
    cut(book, hidden=True)
    parts = parted(book)
    for _ in range(2):  # the second has nothing to do
        sourcebook.build(book)
        assert (book / "build/partitions").resolve() == parts
        assert len(list((book / "build/releases").iterdir())) == 2


def test_checks_that_need_the_database_are_counted_as_skipped(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOKS / "panels", tmp_path / "panels")
    built = sourcebook.build(folder, only="parquet")
    tally = built.checked.ledger.as_dict()["script"]
    book = load_book(folder)
    assert tally["skipped"] == len(book.views) + len(book.queries) + sum(map(len, book.panels.values())) > 0
    assert any("none was made" in str(one) for one in tally["reasons"])  # type: ignore[attr-defined]
    folder = shutil.copytree(BOOKS / "checks", tmp_path / "checks")
    told = run(folder, "build", "--only", "parquet")
    assert "SQL of the book runs on its database, and none was made" in told.output


# --- beside the current release ---------------------------------------------------------------------------------------


def test_partitions_lie_beside_the_current_release(ferry: Path) -> None:
    build = ferry / "build"
    current = sourcebook.build(ferry, formats=["csv"]).release
    first = parted(ferry)
    assert (build / "current").resolve() == current
    assert (build / "partitions").resolve() == first.resolve()
    boats = ferry / "data/boats.yaml"
    boats.write_text(boats.read_text("utf-8") + "- {id: tern, name: The Tern}\n", "utf-8")
    result = run(ferry, "build", "--only", "parquet")
    assert "the current release stays; beside it partitions" in result.output, result.output
    second = (build / "partitions").resolve()
    assert {path.name for path in (build / "releases").iterdir()} == {current.name, first.name, second.name}  # type: ignore[union-attr]
    now = sourcebook.build(ferry, formats=["csv"]).release
    assert now != current
    assert (build / "partitions").resolve() == second
    assert sourcebook.verify(ferry).ok
    assert sourcebook.verify(ferry, only="parquet").ok
    sourcebook.build(ferry, formats=["csv", "ndjson"], forget=True)  # partitions may have what is to be forgotten
    assert not os.path.lexists(build / "partitions")
    assert not second.exists()


def test_what_needs_a_database_says_that_there_is_none(ferry: Path) -> None:
    parted(ferry)
    twin = ferry.parent / "twin"
    asked: list[Callable[[], object]] = [
        lambda: sourcebook.database(ferry),
        lambda: sourcebook.freeze(ferry, twin),
        lambda: sourcebook.serve(ferry),
    ]
    for ask in asked:
        with pytest.raises(UsageError, match="partitions of Parquet alone, and no database"):
            ask()
    result = run(ferry, "serve")
    assert result.exit_code == 2
    assert "build/partitions with DuckDB or polars" in result.output
    assert run(ferry, "verify").exit_code == 0  # which judges them, where there is nothing else


def test_where_links_cannot_be_made_a_file_says_which_they_are(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCEBOOK_LINKS", "file")
    release = parted(ferry)
    assert (ferry / "build/partitions").read_text("utf-8") == f"releases/{release.name}\n"
    assert sourcebook.verify(ferry).ok


def test_a_build_without_duckdb_says_that_nothing_is_proved(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sourcebook.build(ferry, only="parquet").told == ()
    monkeypatch.setattr(duck, "is_there", lambda: False)
    (told,) = sourcebook.build(ferry, only="parquet").told
    assert "not proved" in told
    assert "sourcebook[cluster]" in told
    done = run(ferry, "build", "--only", "parquet", "--quiet")
    assert "not proved" in done.output
    with pytest.raises(EnvironmentFailure, match=r"sourcebook\[cluster\]"):
        sourcebook.verify(ferry, only="parquet")


def test_what_partitions_lack_is_told_with_all_that_they_need(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "parquet", replace(FORMATS["parquet"], module="no_such_module"))
    with pytest.raises(UsageError, match=r"sourcebook\[cluster\]"):
        sourcebook.build(ferry, only="parquet")


@pytest.mark.parametrize("what", ["a folder", "a link to what is no release"])
def test_what_lies_in_the_place_of_partitions_is_not_followed(ferry: Path, tmp_path: Path, what: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (ferry / "build").mkdir()
    if what == "a folder":
        (ferry / "build/partitions").mkdir()
    else:
        (ferry / "build/partitions").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EnvironmentFailure, match=r"in the way|is no release"):
        sourcebook.verify(ferry, only="parquet")
    if what != "a folder":
        release = parted(ferry)  # which replaces the link, and nothing behind it
        assert (ferry / "build/partitions").resolve() == release.resolve()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_was_taken_down_is_swept_out_of_partitions(tmp_path: Path) -> None:
    folder = shutil.copytree(HARBOUR, tmp_path / "harbour")
    sourcebook.build(folder, formats=["csv"])
    old = parted(folder)
    key, log = "oil-forty-barrels", {"requested_by": "editor"}
    gone = {"reason": "Asked for.", "on": "2026-05-05", "values": log, "with_answers": True}
    carry_out(sourcebook.takedown(folder, "claims", key, **gone))  # type: ignore[arg-type]
    assert sourcebook.build(folder, formats=["csv"]).release
    swept = sourcebook.sweep(folder)
    assert swept.ok
    assert any("build/partitions removed" in one for one in swept.told), swept.told
    assert not old.exists()
    new = parted(folder)  # which is without it
    assert sourcebook.sweep(folder).ok
    assert new.exists()
    assert key not in table_of(new, "claims")["id"].to_pylist()


def test_a_takedown_of_a_book_that_has_partitions_alone(tmp_path: Path) -> None:
    folder = shutil.copytree(HARBOUR, tmp_path / "harbour")
    old = parted(folder)
    values = {"requested_by": "editor"}
    carry_out(
        sourcebook.takedown(
            folder, "claims", "oil-forty-barrels", reason="Asked.", on="2026-05-05", values=values, with_answers=True
        )
    )
    result = run(folder, "build", "--only", "parquet")
    assert "published partitions without a database" in result.output, result.output
    assert "what was taken down is swept out of build/" in result.output
    assert not old.exists()
    assert not sourcebook.pending(folder)
    assert sourcebook.verify(folder).ok


def test_options_that_contradict_each_other(ferry: Path) -> None:
    for more in (("--formats", "csv"), ("--no-extracts",)):
        result = run(ferry, "build", "--only", "parquet", *more)
        assert result.exit_code == 2
        assert "says all that is written" in result.output
    assert run(ferry, "build", "--only", "csv").exit_code == 2
    for only, formats in (("csv", None), ("parquet", ["csv"])):
        with pytest.raises(UsageError):
            sourcebook.build(ferry, only=only, formats=formats)
    with pytest.raises(UsageError, match="run `sourcebook build --only parquet`"):
        sourcebook.verify(ferry, only="parquet")


def test_without_duckdb_they_are_made_and_not_verified(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duck, "is_there", lambda: False)
    parted(ferry)
    with pytest.raises(EnvironmentFailure, match=r"sourcebook\[cluster\]"):
        sourcebook.verify(ferry, only="parquet")


def test_partitions_that_do_not_hold_together_are_not_published(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(table: Any, packed: Any, derived: bytes = b"") -> bytes:
        return partition(table, packed[:0] if table.name == "people" else packed, derived)

    monkeypatch.setattr(written, "partition", half)
    with pytest.raises(EnvironmentFailure, match=r"the partitions of .* are not whole"):
        parted(ferry, jobs=1)
    assert not os.path.lexists(ferry / "build/partitions")


# --- what was tampered with -------------------------------------------------------------------------------------------


def anew_summed(release: Path) -> None:
    """Make all checksums of a release anew, as who forges one does."""
    names = [name for name in all_files(release) if name not in ("SHA256SUMS", "report.json")]
    lines = [f"{sha256((release / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (release / "SHA256SUMS").write_text("".join(lines), "utf-8")


def rewritten(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Write a partition with other rows, as the toolkit would; and what is told of it."""
    table = parquet.read_table(path)
    rows = table.to_pylist()
    change(rows)
    parquet.write_table(pyarrow.Table.from_pylist(rows, table.schema), path, compression="zstd")
    names = sorted(one.name for one in path.parent.glob("part-*"))
    written.merged(path.parent, names).write_metadata_file(str(path.parent / "_metadata"))


CLAIMS = "parquet/claims/part-00000.parquet"


def _words(release: Path) -> None:
    rewritten(release / CLAIMS, lambda rows: rows[0].update(statement="He sank it himself"))


def _answer(release: Path) -> None:
    rewritten(release / CLAIMS, lambda rows: rows[0].update(answers=None, denied_by=None))


def _row_less(release: Path) -> None:
    rewritten(release / "parquet/boats/part-00000.parquet", lambda rows: rows.pop())


def _row_twice(release: Path) -> None:
    rewritten(release / CLAIMS, lambda rows: rows.append(rows[0]))


def _swapped(release: Path) -> None:
    rewritten(release / CLAIMS, lambda rows: rows.reverse())


def _key_of_another(release: Path) -> None:
    rewritten(release / CLAIMS, lambda rows: rows[1].update(id=rows[0]["id"]))


def _broken_link(release: Path) -> None:
    rewritten(release / CLAIMS, lambda rows: rows[0].update(origin="nobody"))


def _document(release: Path) -> None:
    path = release / "parquet/_records/part-00000.parquet"
    rewritten(path, lambda rows: rows[0].update(document=rows[0]["document"].replace("sunk", "sold")))


def _statistics(release: Path) -> None:
    """Bounds that no value has, by which readers would pass over rows."""
    path = release / CLAIMS
    data = path.read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    body, footer = data[: -8 - size], data[-8 - size :]
    least = min(parquet.read_table(path)["id"].to_pylist()).encode()
    assert least in footer
    path.write_bytes(body + footer.replace(least, b"b" + least[1:]))
    written.merged(path.parent, [path.name]).write_metadata_file(str(path.parent / "_metadata"))


def _told_of_all(release: Path) -> None:
    path = release / "parquet/claims/_metadata"
    shutil.copyfile(release / "parquet/boats/_metadata", path)


def _no_parquet(release: Path) -> None:
    (release / CLAIMS).write_bytes(b"PAR1 and no more")


def _gone(release: Path) -> None:
    (release / CLAIMS).unlink()


def _more(release: Path) -> None:
    shutil.copyfile(release / CLAIMS, release / "parquet/claims/part-00009.parquet")


def _views(release: Path) -> None:
    path = release / "views.sql"
    path.write_text(path.read_text("utf-8").replace("SELECT * FROM", "SELECT DISTINCT * FROM", 1), "utf-8")


def _package(release: Path) -> None:
    path = release / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace('"records": ', '"records": 1'), "utf-8")


def _columns(release: Path) -> None:
    table = parquet.read_table(release / CLAIMS)
    parquet.write_table(table.drop_columns(["answers"]), release / CLAIMS)


TAMPERED: Mapping[Callable[[Path], None], str] = {
    _words: "row 1 of the table claims is not what the records come to",
    _answer: "row 1 of the table claims is not what the records come to",
    _row_less: "rows, and the records make",
    _row_twice: "stands in 2 rows",
    _swapped: "row 1 of the table claims is not what the records come to",
    _key_of_another: "stands in 2 rows",
    _broken_link: "origin refers to 'nobody', which is not among the keys of origins",
    _document: "row 1 of the table _records is not what the records come to",
    _statistics: "what it says of the values in id does not hold",
    _told_of_all: "does not say what the partitions say of themselves",
    _no_parquet: "cannot be read",
    _gone: "is missing",
    _more: "is no part of the release",
    _views: "does not say what the partitions are",
    _package: "does not say what the partitions are",
    _columns: "its columns, or what it says of them, are not those of the table claims",
}


@pytest.mark.slow
@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda one: one.__name__[1:])
def test_what_was_tampered_with_is_found(ferry: Path, tamper: Callable[[Path], None]) -> None:
    release = parted(ferry)
    tamper(release)
    anew_summed(release)
    verified = sourcebook.verify(ferry, only="parquet")
    assert any(TAMPERED[tamper] in str(one) for one in verified.differences), list(map(str, verified.differences))


def test_a_byte_that_changed_is_not_what_was_summed(ferry: Path) -> None:
    release = parted(ferry)
    with (release / CLAIMS).open("r+b") as file:
        file.seek(20)
        file.write(b"\0\1\2")
    assert f"{CLAIMS}: is not the file that SHA256SUMS lists" in map(str, sourcebook.verify(ferry).differences)
    assert run(ferry, "verify").exit_code == 1


def test_a_book_with_errors_is_not_held_against_partitions(ferry: Path) -> None:
    parted(ferry)
    (ferry / "data/boats.yaml").write_text("- {name: without a key}\n", "utf-8")
    (told,) = sourcebook.verify(ferry).differences
    assert "the book has errors" in told.message


def test_what_is_gathered_anew_takes_nothing_from_before(ferry: Path, tmp_path: Path) -> None:
    parted(ferry)
    shutil.rmtree(ferry / "build/.cache")
    checked, parts = anew(load_book(ferry), tmp_path, silent)
    assert checked.ok
    assert parts is not None
    assert sum(one.rows for one in parts.all if one.table.name == "claims") == 11
    assert not (ferry / "build/.cache").exists()


# --- books that nobody wrote ------------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=books())
def test_of_random_books_partitions_are_as_the_extract(files: dict[str, Any], small: None) -> None:
    with tempfile.TemporaryDirectory() as aside:
        folder = generated.write(files, Path(aside, "book"))
        whole = sourcebook.build(folder, formats=["parquet"]).release
        assume(whole is not None)
        assert whole is not None
        release = parted(folder)
        for one in sorted((whole / "parquet").iterdir()):
            should, found = parquet.read_table(one), table_of(release, one.stem)
            assert found.schema.equals(should.schema, check_metadata=True), one.stem
            assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, should.to_pylist())), one.stem
        assert sourcebook.verify(folder, only="parquet").differences == ()
