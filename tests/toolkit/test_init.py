# SPDX-License-Identifier: Apache-2.0
"""Making books: new ones, and of folders that hold data already (``tests/adopt``, with what is expected beside each).

``python -m tests.toolkit.test_init`` writes what is expected anew.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.book import formats
from sourcebook.cli import main
from sourcebook.errors import UsageError

ADOPT = Path(__file__).parent.parent / "adopt"
FOLDERS = sorted(path for path in ADOPT.iterdir() if path.is_dir())


def told(made: sourcebook.Initialised, folder: Path) -> str:
    """What is said of an adopted folder, and the descriptor that was written."""
    lines = [line for line in made.lines() if not line.startswith(("written: ", "to be filled in: ", "next: "))]
    lines += map(str, made.checked.findings)
    return "".join(f"{line}\n" for line in lines) + "\n" + (folder / "datapackage.yaml").read_text("utf-8")


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.parametrize("found", FOLDERS, ids=lambda folder: folder.name)
def test_an_adopted_folder_is_what_is_expected_and_builds(found: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(found, tmp_path / found.name))
    before = contents(folder)
    made = sourcebook.init(folder, adopt=True)
    assert told(made, folder) == (ADOPT / f"{found.name}.expected.txt").read_text("utf-8")
    after = contents(folder)
    assert {path: after[path] for path in before} == before
    assert set(after) - set(before) == set(made.written)
    built = sourcebook.build(folder)
    assert built.release is not None
    assert len(built.checked.records) == sum(one.records for one in made.collections)
    assert sourcebook.verify(folder).differences == ()


def test_a_new_book_builds(tmp_path: Path) -> None:
    made = sourcebook.init(tmp_path / "my-book")
    assert made.checked.findings == ()
    built = sourcebook.build(tmp_path / "my-book")
    assert built.release is not None
    assert built.checked.ledger.as_dict()["checks/next-is-another"]["performed"] == 2
    assert sourcebook.verify(tmp_path / "my-book").differences == ()


def test_records_that_would_be_called_by_their_keys_are_told_with_a_label_that_works(tmp_path: Path) -> None:
    for number in range(1, 5):
        name = f"{{first: Ada, full: Ada {number}}}" if number < 4 else "{first: Bo, full: Bo 4}"
        (tmp_path / f"p{number}.yaml").write_text(f"id: {{code: P{number}}}\nname: {name}\nstate: open\n")
    made = sourcebook.init(tmp_path, adopt=True)
    (told,) = (one for one in made.undecided if "by its key" in one)
    assert told.endswith("label: name_full")
    descriptor = tmp_path / "datapackage.yaml"
    there = descriptor.read_text("utf-8")
    line = next(one for one in there.splitlines() if "      schema:" in one)
    descriptor.write_text(there.replace(line, f"{line}\n      label: name_full"), encoding="utf-8")
    assert [one for one in sourcebook.check(tmp_path).findings if one.level == "error"] == []


@pytest.mark.parametrize("adopt", [False, True])
def test_a_new_book_asks_for_what_can_be_written_where_it_is_made(
    adopt: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None if name == "brotli" else find_spec(name))
    if adopt:
        (tmp_path / "people.yaml").write_text("- {id: a, name: Ada}\n- {id: b, name: Bo}\n")
    made = sourcebook.init(tmp_path, adopt=adopt)
    downloads = made.checked.book.downloads
    assert set(formats.FORMATS) - set(downloads) == {"br"}
    assert any("all but br" in told and "sourcebook[brotli]" in told for told in made.undecided)
    assert sourcebook.build(tmp_path).lacking == ()


def test_what_cannot_become_a_book_is_said(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("x")
    with pytest.raises(UsageError, match="is not empty; to make a book of the data in it, say --adopt"):
        sourcebook.init(tmp_path / "full")
    with pytest.raises(UsageError, match="there is nothing in"):
        sourcebook.init(tmp_path / "full", adopt=True)
    with pytest.raises(UsageError, match="there is no folder"):
        sourcebook.init(tmp_path / "none", adopt=True)
    with pytest.raises(UsageError, match="is not a folder"):
        sourcebook.init(tmp_path / "full/notes.txt")
    sourcebook.init(tmp_path / "new")
    with pytest.raises(UsageError, match="is a book already"):
        sourcebook.init(tmp_path / "new", adopt=True)
    assert not (tmp_path / "full/datapackage.yaml").exists()


def test_the_command_says_what_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "b")])
    assert result.exit_code == 0
    assert f"next: sourcebook build --book {tmp_path / 'b'}, then" in result.stdout
    monkeypatch.chdir(tmp_path)
    below = CliRunner().invoke(main, ["init", "two words"])
    assert "next: sourcebook build --book 'two words', then sourcebook serve" in below.stdout
    again = CliRunner().invoke(main, ["init", str(tmp_path / "b")])
    assert again.exit_code == 2


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    (folder / "data").mkdir(parents=True)
    (folder / "data/a.yaml").write_text("name: a\n")
    (folder / "data/b.yaml").write_text("name: b\n")
    (folder / "data/c.yaml").symlink_to("/etc/hostname")
    (folder / "elsewhere").symlink_to(tmp_path)
    made = sourcebook.init(folder, adopt=True)
    assert [one.records for one in made.collections] == [2]
    assert "data/c.yaml: left out: a symbolic link; links are not followed" in made.undecided
    assert made.checked.ok


if __name__ == "__main__":
    for one in FOLDERS:
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(shutil.copytree(one, Path(scratch, one.name)))
            text = told(sourcebook.init(copy, adopt=True), copy)
        (ADOPT / f"{one.name}.expected.txt").write_text(text, encoding="utf-8")
    sys.exit(0)
