# SPDX-License-Identifier: Apache-2.0
"""Pairs that were judged different: kept in the book, an entry a line, and read again."""

from __future__ import annotations

import datetime
import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.book import Different, load_book
from sourcebook.cli import main
from sourcebook.edit.model import Refused
from sourcebook.errors import NotThere, UsageError

Copy = Callable[[str], Path]
LIST = "curation/different.yaml"
DAY = datetime.date(2026, 11, 30)
LINE = "- {collection: stations, keys: [ash, elm], on: 2026-11-30, why: one is by the sea}\n"


def dups(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["dups", "stations", "--book", str(folder), *arguments])


def stations(book: Copy, content: bytes | None = None) -> Path:
    folder = book("different-stale")
    for path in (folder / "curation").iterdir():
        path.unlink()
    if content is not None:
        (folder / LIST).write_bytes(content)
    return folder


def test_entries_that_mean_something_are_kept(book: Copy) -> None:
    (kept,) = load_book(book("different")).different
    assert kept == Different("stations", ("ash", "elm"), "2026-11-30", "one is by the sea", 2, 3, "/0")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, LINE),
        (b"", LINE),
        (b"# nothing yet\n", f"# nothing yet\n{LINE}"),
        (b"# nothing yet", f"# nothing yet\n{LINE}"),
        (b"# one\r\n\r\n", "# one\r\n\r\n" + LINE.replace("\n", "\r\n")),
        ("\ufeff# marked\n".encode(), f"\ufeff# marked\n{LINE}"),
        (
            b"  - {collection: stations, keys: [a, b], on: 2026-01-01, why: c} # seen\n",
            f"  - {{collection: stations, keys: [a, b], on: 2026-01-01, why: c}} # seen\n  {LINE}",
        ),
        (
            b"- collection: stations\n  keys: [a, b]\n  on: 2026-01-01\n  why: |\n    c",
            f"- collection: stations\n  keys: [a, b]\n  on: 2026-01-01\n  why: |\n    c\n{LINE}",
        ),
    ],
)
def test_an_entry_is_a_line_at_the_end(book: Copy, before: bytes | None, after: str) -> None:
    folder = stations(book, before)
    proposal = sourcebook.mark_different(folder, "stations", "ash", "elm", "one is by the sea", DAY)
    (change,) = proposal.changes
    assert (change.path, change.before) == (LIST, before)
    assert change.after == after.encode()
    assert not (folder / LIST).exists() or (folder / LIST).read_bytes() == before


@pytest.mark.parametrize("before", [b"[]\n", b"- [\n", b"a: b\n", b"- a\n---\n- b\n", b"- a\n...\n"])
def test_a_list_that_cannot_be_added_to(book: Copy, before: bytes) -> None:
    folder = stations(book, before)
    with pytest.raises(Refused):
        sourcebook.mark_different(folder, "stations", "ash", "elm", "because")


@pytest.mark.parametrize("why", ["it's: # no comment, [or list]", "a\nb", "ü – 'quoted' \"twice\"", "yes", "12", "{"])
def test_whatever_the_reason_is(book: Copy, why: str) -> None:
    folder = stations(book)
    (change,) = sourcebook.mark_different(folder, "stations", "ash", "elm", why).changes
    assert change.after is not None
    assert change.after.count(b"\n") == 1
    (folder / LIST).write_bytes(change.after)
    (kept,) = load_book(folder).different
    assert kept.why == " ".join(why.split())
    assert sourcebook.check(folder).findings == ()


def test_what_is_refused(book: Copy) -> None:
    folder = stations(book)
    for arguments, told in (
        (("station", "ash", "elm", "because"), "did you mean 'stations'"),
        (("stations", "ash", "elms", "because"), "did you mean 'elm'"),
        (("stations", "ash", "ash", "because"), "is one record"),
        (("stations", "ash", "elm", " \n"), "say why"),
    ):
        with pytest.raises(UsageError, match=told):
            sourcebook.mark_different(folder, *arguments)
    with pytest.raises(NotThere):
        sourcebook.mark_different(folder, "none", "ash", "elm", "because")


def test_what_is_known_already(book: Copy) -> None:
    folder = stations(book, LINE.encode())
    proposal = sourcebook.mark_different(folder, "stations", "elm", "ash", "because")
    assert proposal.changes == ()
    assert proposal.told == (f"the book says so already: {LIST}:1, on 2026-11-30: one is by the sea",)


def test_a_pair_that_is_different_is_counted_and_not_shown(book: Copy) -> None:
    folder = stations(book)
    (folder / "data/stations/ashe.yaml").write_text("{id: ashe, name: ASH}\n")
    assert "ash and ashe" not in dups(folder).stdout
    (pair,) = sourcebook.dups(folder, "stations").pairs
    assert {one.key for one in pair.records} == {"ash", "ashe"}

    shown = dups(folder, "--different", "ash", "ashe", "--why", "two ships", "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "+- {collection: stations, keys: [ash, ashe]" in shown.stdout
    assert not (folder / LIST).exists()

    nobody = dups(folder, "--different", "ash", "ashe", "--why", "two ships")
    assert nobody.exit_code == 2
    assert not (folder / LIST).exists()

    done = dups(folder, "--different", "ash", "ashe", "--why", "two ships", "--yes")
    assert done.exit_code == 0, done.output
    found = sourcebook.dups(folder, "stations")
    assert (found.pairs, found.different) == ((), 1)
    assert "1 pair is not shown, since the book says that they are different" in dups(folder).stdout
    assert json.loads(dups(folder, "--format", "json").stdout)["different"] == 1
    assert sourcebook.check(folder).findings == ()

    (folder / "data/stations/ashe.yaml").unlink()
    (stale,) = sourcebook.check(folder).findings
    assert (stale.rule, stale.path, stale.level) == ("different-stale", LIST, "warning")


def test_options_that_do_not_go_together(book: Copy) -> None:
    folder = stations(book)
    for arguments in (["--different", "ash", "elm"], ["--why", "because"], ["--yes"], ["--threshold", "0"]):
        assert dups(folder, *arguments).exit_code == 2


def test_keys_that_are_numbers(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "datapackage.yaml").write_text(
        "name: b\nlicenses: [{name: CC0-1.0}]\nresources:\n- {name: stations, path: build/csv/stations.csv,\n"
        "  schema: build/tableschema/stations.json,\n  sourcebook: {records: data/s.yaml, layout: list, key: id}}\n"
    )
    (tmp_path / "data/s.yaml").write_text("- {id: 1, name: Ash}\n- {id: 2, name: ash}\n- {id: '-x', name: Ash}\n")
    found = sourcebook.dups(tmp_path, "stations")
    assert len(found.pairs) == 3
    (pair,) = [one for one in found.pairs if {rec.key for rec in one.records} == {1, "-x"}]
    assert "sourcebook merge stations -- " in pair.merge
    for command in (pair.merge, pair.different):
        program, *arguments = shlex.split(command)
        assert program == "sourcebook"
        shown = CliRunner().invoke(main, [*arguments[:2], "--book", str(tmp_path), "--dry-run", *arguments[2:]])
        assert shown.exit_code == 0, shown.output
        assert "'-x'" in shown.output or " -x" in shown.output
    done = dups(tmp_path, "--different", "1", "2", "--why", "two", "--yes")
    assert done.exit_code == 0, done.output
    assert "keys: [1, 2]" in (tmp_path / LIST).read_text()
    assert sourcebook.dups(tmp_path, "stations").different == 1


def test_a_book_whose_own_data_lie_there(book: Copy) -> None:
    folder = stations(book, LINE.encode())
    text = (folder / "datapackage.yaml").read_text().replace("data/stations/*.yaml", "'**/stations/*.yaml'")
    (folder / "datapackage.yaml").write_text(text)
    (folder / "curation/stations").mkdir()
    (folder / "curation/stations/yew.yaml").write_text("{id: yew, name: Yew}\n")
    checked = sourcebook.check(folder)
    assert checked.findings == ()
    assert checked.count == 3
