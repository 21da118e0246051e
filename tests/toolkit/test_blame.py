# SPDX-License-Identifier: Apache-2.0
"""Which commit last changed a value: by its place in the record, through merges, renamed keys, moved files, layouts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import UsageError
from tests.toolkit.histories import AUTHOR, EMAIL, Quay, git

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]


def values(root: Path, key: str, name: str, table: str = "people") -> list[tuple[str, Any]]:
    """The commits and values that are told of a property."""
    (found,) = sourcebook.blame(root, table, key, name).properties
    return [(was.commit, was.value) for was in found.values]


def test_a_value_is_followed_through_keys_files_and_layouts(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa", "age": 1, "tags": ["a", "b"], "home": {"town": "Quay"}}, "ben": {}}
    first = book.commit()
    book.records["rosa"]["age"] = 2
    second = book.commit()
    book.records = {"rosa-d": book.records["rosa"], "ben": {}}
    book.commit()
    book.folder = "data/folk"
    book.commit()
    book.layout = "list"
    book.commit()
    book.records["rosa-d"]["tags"] = ["c", "a", "b"]
    book.commit(comment="# lines move\n")
    book.records["rosa-d"]["home"]["town"] = "Mole"
    last = book.commit()
    assert values(tmp_path, "rosa-d", "name") == [(first, "Rosa")]
    assert values(tmp_path, "rosa-d", "age") == [(second, 2), (first, 1)]
    assert values(tmp_path, "rosa-d", "tags[1]") == [(first, "a")]  # the item, wherever it stood
    assert values(tmp_path, "rosa-d/1", "_value", "people_tags") == [(first, "a")]
    assert values(tmp_path, "rosa-d", "home.town") == values(tmp_path, "rosa-d", "home_town")
    assert values(tmp_path, "rosa-d", "home_town") == [(last, "Mole"), (first, "Quay")]
    whole = sourcebook.blame(tmp_path, "people", "rosa-d")
    assert {one.name: one.values[0].commit for one in whole.properties} == {
        "id": book.commits[2],
        "name": first,
        "age": second,
        "tags": book.commits[5],
        "home.town": last,
    }


def test_a_merge_is_blamed_for_what_it_made_alone(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa", "age": 1, "home": {"town": "Quay", "street": "1"}}}
    book.commit()
    git(tmp_path, "checkout", "-q", "-b", "side")
    book.records["rosa"]["age"] = 2
    side = book.commit()
    git(tmp_path, "checkout", "-q", "main")
    book.records["rosa"] |= {"age": 1, "name": "Rosa Diaz"}
    main_line = book.commit()
    git(tmp_path, "merge", "-q", "-s", "ours", "--no-commit", "side")
    book.records["rosa"] |= {"age": 2, "home": {"town": "Mole", "street": "1"}}
    merge = book.commit()
    assert values(tmp_path, "rosa", "age") == [(side, 2), (book.commits[0], 1)]
    assert values(tmp_path, "rosa", "name") == [(main_line, "Rosa Diaz"), (book.commits[0], "Rosa")]
    assert values(tmp_path, "rosa", "home.town") == [(merge, "Mole"), (book.commits[0], "Quay")]
    assert values(tmp_path, "rosa", "home.street") == [(book.commits[0], "1")]


def test_what_is_not_committed_is_told_as_such(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa"}}
    first = book.commit()
    book.records = {"rosa": {"name": "Rosa Diaz"}, "ben": {"name": "Ben"}}
    book.write()
    assert values(tmp_path, "rosa", "name") == [("", "Rosa Diaz"), (first, "Rosa")]
    assert values(tmp_path, "ben", "name") == [("", "Ben")]
    told = CliRunner().invoke(main, ["blame", "people", "rosa", "name", "--book", str(tmp_path)])
    assert told.exit_code == 0
    assert told.output.splitlines()[2].split() == ["not", "committed", "yet", '"Rosa', 'Diaz"']
    form = CliRunner().invoke(main, ["blame", "people", "rosa", "--book", str(tmp_path), "--format", "json"])
    found = json.loads(form.output)
    assert found["properties"][1]["values"][0]["commit"] is None
    for output in (told.output, form.output):
        assert EMAIL not in output
        assert AUTHOR not in output


def test_roles_that_records_name_are_told_of_the_changes_that_wrote_them(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.properties |= {"entered": {"type": "object", "properties": {"by": {"type": "string"}}}}
    book.records = {"rosa": {"name": "Rosa", "entered": {"by": "editor"}}}
    write = book.write

    def with_role(*, comment: str = "") -> None:
        write(comment=comment)
        file = tmp_path / "datapackage.yaml"
        block = "key: id, role: {curation: {entered_by: entered.by}}"
        file.write_text(file.read_text().replace("key: id", block))

    book.write = with_role  # type: ignore[method-assign]
    book.commit()
    book.records["rosa"] |= {"name": "Rosa Diaz"}
    book.commit()
    book.records["rosa"] |= {"name": "Rosa D", "entered": {"by": "ada@harbour.example"}}
    book.commit()
    (found,) = sourcebook.blame(tmp_path, "people", "rosa", "name").properties
    assert [was.by for was in found.values] == ["", "", "editor"]  # an address is no role


def test_what_there_is_not_is_refused_with_a_hint(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa"}}
    book.commit()
    for table, key, column, words in (
        ("peple", "rosa", None, "did you mean 'people'"),
        ("people", "rose", None, "no row 'rose'"),
        ("people", "rosa", "nme", "did you mean 'name'"),
    ):
        with pytest.raises(UsageError, match=words):
            sourcebook.blame(tmp_path, table, key, column)
    shutil.rmtree(tmp_path / ".git")
    with pytest.raises(UsageError, match="no repository"):
        sourcebook.blame(tmp_path, "people", "rosa")


def test_a_shallow_clone_says_that_older_commits_are_not_here(tmp_path: Path) -> None:
    book = Quay(tmp_path / "book")
    book.records = {"rosa": {"name": "Rosa"}}
    book.commit()
    book.records["rosa"]["age"] = 2
    book.commit()
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{book.root}", "clone")
    told = sourcebook.blame(tmp_path / "clone", "people", "rosa", "name")
    assert told.notes
    assert told.notes[0].startswith("The clone is shallow")
