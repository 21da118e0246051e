# SPDX-License-Identifier: Apache-2.0
"""What ``sourcebook diff`` tells of small repositories made here, and what it makes of those that are odd."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import sourcebook
from sourcebook.cli import main
from sourcebook.diff import Compared
from sourcebook.diff.shapes import changes_of_tables
from sourcebook.errors import UsageError

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]

BOOK = """\
name: quay
licenses: [{name: CC0-1.0}]
resources:
  - name: people
    title: People
    path: build/csv/people.csv
    schema: build/tableschema/people.json
    sourcebook: {records: data/people/*.yaml, schema: schemas/person.schema.json, label: name}
  - name: boats
    title: Boats
    path: build/csv/boats.csv
    schema: build/tableschema/boats.json
    sourcebook: {records: "data/boats*.yaml", layout: list, key: id, may_be_empty: true}
"""
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "born": {"type": "integer"}, "trade": {"enum": ["pilot", "smith"]}},
}


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    allowed = ["-c", "protocol.file.allow=always"]
    command = ["git", "-C", folder, *who, *allowed, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, tag: str = "") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "A state of the book")
    if tag:
        git(folder, "tag", tag)


def put(folder: Path, path: str, text: str) -> Path:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(text.encode())
    return folder / path


def new_book(folder: Path) -> Path:
    put(folder, "datapackage.yaml", BOOK)
    put(folder, "schemas/person.schema.json", json.dumps(SCHEMA))
    put(folder, "data/people/ada.yaml", "name: Ada Example\nborn: 1901 # or so\n")
    put(folder, "data/people/ben.yaml", "name: Ben Example\nborn: 1911\ntrade: pilot\n")
    put(folder, "data/boats.yaml", "- id: gull\n  crew: [ada, ben]\n- id: tern\n  crew: []\n")
    return folder


@pytest.fixture
def quay(tmp_path: Path) -> Path:
    """A book in a repository of its own, as it was at the tag v1."""
    folder = new_book(tmp_path / "quay")
    git(folder, "init", "--quiet")
    commit(folder, "v1")
    return folder


def lines(compared: Compared) -> list[str]:
    return [line for line in compared.lines() if line][2:]


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments, "--book", str(folder)])


# --- records ----------------------------------------------------------------------------------------------------------


def test_nothing_differs(quay: Path) -> None:
    compared = sourcebook.diff(quay)
    assert (compared.differs, compared.old.asked, compared.new.kind) == (False, "v1", "working-tree")
    told = run(quay, "--exit-code")
    assert told.exit_code == 0
    assert "no record differs" in told.stdout


def test_what_becomes_of_records_is_told(quay: Path) -> None:
    put(quay, "data/people/ada.yaml", "name: Ada Example\nborn: 1902 # or so\nalso: [A.]\n")
    put(quay, "data/people/cleo.yaml", "name: Cleo Example\n")
    put(quay, "data/boats.yaml", "- id: gull\n  crew: [ben]\n")
    put(quay, "data/boats-old.yaml", "- id: tern\n  crew: []\n")
    (quay / "data/people/ben.yaml").rename(quay / "data/people/ben-example.yaml")
    put(quay, "README.md", "A quay.\n")
    moved = "data/people/ben.yaml → data/people/ben-example.yaml:1"
    expected = [
        "people (People)",
        "  ~ people/ada  data/people/ada.yaml:1",
        "      ~ born: 1901 → 1902",
        '      + also: ["A."]',
        f"  > people/ben → people/ben-example (known by the same content)  {moved}",
        "  + people/cleo  data/people/cleo.yaml:1",
        "      name: Cleo Example",
        "boats (Boats)",
        "  ~ boats/gull  data/boats.yaml:1",
        "      - crew[0]: ada",
        "  > boats/tern  data/boats.yaml → data/boats-old.yaml:1",
    ]
    assert lines(sourcebook.diff(quay)) == expected
    assert run(quay, "--exit-code").exit_code == 1
    assert run(quay).exit_code == 0
    commit(quay, "v2")
    other = ["Other files", "  README.md (added)"]
    assert lines(sourcebook.diff(quay, "v1", "v2")) == expected + other
    assert lines(sourcebook.diff(quay, "v1..v2")) == expected + other
    assert lines(sourcebook.diff(quay, "HEAD^", "HEAD")) == expected + other
    assert not sourcebook.diff(quay).differs, "v2 is the last tag now"


def test_what_both_come_from(quay: Path) -> None:
    git(quay, "switch", "--quiet", "--create", "side")
    put(quay, "data/people/cleo.yaml", "name: Cleo Example\n")
    commit(quay)
    git(quay, "switch", "--quiet", "--detach", "v1")
    put(quay, "data/people/dora.yaml", "name: Dora Example\n")
    commit(quay, "v2")
    assert [(one.kind, one.key) for one in sourcebook.diff(quay, "v2...side").records] == [("added", "cleo")]
    assert len(sourcebook.diff(quay, "v2..side").records) == 2


def test_without_a_tag_it_is_the_last_commit(quay: Path) -> None:
    git(quay, "tag", "--delete", "v1")
    assert sourcebook.diff(quay).old.asked == "HEAD"


def test_a_change_of_nothing_but_the_text_is_told_as_such(quay: Path) -> None:
    put(
        quay, "data/people/ada.yaml", "# Mended.\r\nborn: 1901\r\nname: 'Ada Example'\r\n".replace("born: 1901\r\n", "")
    )
    put(quay, "data/people/ada.yaml", "# A comment.\r\nname: 'Ada Example'\r\nborn: 1901\r\n")
    os.utime(quay / "data/boats.yaml", (1, 1))  # which git cannot know to be what it was
    assert lines(sourcebook.diff(quay)) == [
        "Data files that changed no record",
        "  data/people/ada.yaml (changed)",
    ]


def test_the_book_says_what_became_of_a_key(quay: Path) -> None:
    entries = (
        "- {collection: people, key: ada, to: ada-e, on: 2026-11-30}\n"
        "- {collection: people, key: ada-e, to: ada-example, on: 2026-11-30}\n"
        "- {collection: people, key: ben, gone: entered twice, on: 2026-11-30}\n"
        "- {collection: boats, key: tern, to: gull, on: 2026-11-30}\n"
        "- nonsense\n"
    )
    put(quay, "curation/moved.yaml", entries)
    (quay / "data/people/ada.yaml").unlink()
    (quay / "data/people/ben.yaml").unlink()
    put(quay, "data/people/ada-example.yaml", "name: Ada E. Example\nborn: 1901\n")
    put(quay, "data/boats.yaml", "- id: gull\n  crew: [ada, ben]\n")
    told = lines(sourcebook.diff(quay))
    assert "  > people/ada → people/ada-example (known by curation/moved.yaml)" in told[1]
    assert "      ~ name: Ada Example → Ada E. Example" in told
    assert "  - people/ben: entered twice  data/people/ben.yaml:1" in told
    assert "  - boats/tern: now boats/gull  data/boats.yaml:3" in told


def test_what_git_is_told_not_to_look_at_is_looked_at(quay: Path) -> None:
    git(quay, "update-index", "--assume-unchanged", "data/people/ada.yaml")
    put(quay, "data/people/ada.yaml", "name: Another\nborn: 1901\n")
    put(quay, ".gitignore", "data/people/new.yaml\n")
    put(quay, "data/people/new.yaml", "name: Ignored by git\n")
    assert [one.key for one in sourcebook.diff(quay).records] == ["ada", "new"]


def test_no_program_of_the_repository_is_run(quay: Path) -> None:
    mark = quay / "ran"
    put(quay, ".gitattributes", "*.yaml filter=mine diff=mine\n")
    commit(quay)
    for name in ("clean", "smudge", "process"):
        git(quay, "config", f"filter.mine.{name}", f"touch {mark}; cat")
    git(quay, "config", "diff.mine.textconv", f"touch {mark}; cat")
    git(quay, "config", "core.fsmonitor", f"touch {mark}")
    put(quay, "data/people/ada.yaml", "name: Another\nborn: 1901\n")
    for path in quay.glob("data/people/*.yaml"):
        os.utime(path)
    assert [one.key for one in sourcebook.diff(quay, "v1").records] == ["ada"]
    assert not mark.exists()


def test_the_index_is_left_alone(quay: Path) -> None:
    os.utime(quay / "data/people/ada.yaml")
    before = (quay / ".git/index").read_bytes()
    sourcebook.diff(quay)
    assert (quay / ".git/index").read_bytes() == before


# --- descriptor, layout, schemas --------------------------------------------------------------------------------------


def test_each_side_is_read_by_its_own_descriptor(quay: Path) -> None:
    before = "records: data/people/*.yaml"
    put(quay, "datapackage.yaml", BOOK.replace(before, "records: data/people.yaml, layout: map"))
    for path in quay.glob("data/people/*.yaml"):
        path.unlink()
    people = "ben: {name: Ben Example, born: 1911, trade: pilot}\nada: {name: Ada Example, born: 1902}\n"
    put(quay, "data/people.yaml", people)
    found = sourcebook.diff(quay)
    assert [(one.kind, one.key, len(one.changes)) for one in found.records] == [
        ("moved", "ben", 0),
        ("moved", "ada", 1),
    ]
    assert [one.name for one in found.descriptor] == [
        "resources[name=people].sourcebook.records",
        "resources[name=people].sourcebook.layout",
    ]
    commit(quay, "v2")
    assert sourcebook.diff(quay, "v1", "v2").records == found.records


def test_what_breaks_readers_of_the_database_is_told_apart(quay: Path) -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "born": {"type": "string"},
            "trade": {"enum": ["pilot"]},
            "note": {"type": "string"},
        },
    }
    put(quay, "schemas/person.schema.json", json.dumps(schema))
    put(quay, "scripts/views/all.sql", "-- title: All\nSELECT 1\n")
    commit(quay, "v2")
    found = sourcebook.diff(quay, "v1", "v2").tables
    assert [(one.breaks, one.kind, one.column) for one in found] == [
        (True, "column-retyped", "born"),
        (True, "enum-narrowed", "trade"),
        (False, "column-added", "note"),
        (False, "view-added", ""),
    ]
    back = sourcebook.diff(quay, "v2", "v1").tables
    assert [(one.breaks, one.kind) for one in back] == [
        (True, "column-retyped"),
        (True, "column-removed"),
        (False, "enum-widened"),
        (True, "view-removed"),
    ]
    put(quay, "datapackage.yaml", BOOK.replace("name: people", "name: persons").replace("people.", "persons."))
    words = [one.words for one in sourcebook.diff(quay, "v2").tables]
    assert words == ["the table people is called persons now"]
    renamed = BOOK.replace("label: name}", "label: name, rename: {born: year}}")
    put(quay, "datapackage.yaml", renamed)
    assert [one.words for one in sourcebook.diff(quay, "v2").tables] == ["the column people.born is called year now"]


def test_a_table_is_taken_for_another_only_where_it_can_be_no_third() -> None:
    def tables(*names: str, column: str = "_value") -> dict[str, dict[str, dict[str, Any]]]:
        return {name: {"_parent": {"type": "TEXT"}, column: {"type": "TEXT"}} for name in names}

    def told(old: Any, new: Any) -> list[tuple[str, str]]:
        return [(one.kind, one.table) for one in changes_of_tables(old, new)]

    assert told(tables("a"), tables("b")) == [("table-renamed", "a")]
    assert told(tables("a"), tables("b", "c")) == [("table-removed", "a"), ("table-added", "b"), ("table-added", "c")]
    assert told(tables("a", "d"), tables("b"))[:2] == [("table-removed", "a"), ("table-removed", "d")]
    own, other = tables("people", column="name"), tables("persons", column="name")
    below, others = tables("people_x", "people_y"), tables("persons_x", "persons_y")
    assert {kind for kind, _ in told({**own, **below}, {**other, **others})} == {"table-renamed"}


def test_tables_of_collections_without_a_schema_are_told_by_their_records(quay: Path) -> None:
    put(quay, "data/boats.yaml", "- id: gull\n  name: Gull\n- id: tern\n")
    found = [one.words for one in sourcebook.diff(quay).breaking]
    assert found == ["the table boats_crew is no more"]


def test_a_schema_in_another_folder_is_found(quay: Path) -> None:
    put(quay, "shapes/person.json", json.dumps(SCHEMA))
    put(quay, "datapackage.yaml", BOOK.replace("schemas/person.schema.json", "shapes/person.json"))
    commit(quay, "v2")
    found = sourcebook.diff(quay, "v1", "v2")
    assert (found.tables, found.unreadable) == ((), ())
    assert [one.name for one in found.descriptor] == ["resources[name=people].sourcebook.schema"]
    part = {"properties": {**SCHEMA["properties"], "trade": {"$ref": "../parts/trade.json"}}}
    put(quay, "shapes/person.json", json.dumps({**SCHEMA, **part}))
    put(quay, "parts/trade.json", json.dumps(SCHEMA["properties"]["trade"]))
    commit(quay, "v3")
    put(quay, "parts/trade.json", json.dumps({"enum": ["pilot"]}))
    commit(quay, "v4")
    assert sourcebook.diff(quay, "v2", "v3").tables == ()
    assert [one.kind for one in sourcebook.diff(quay, "v3", "v4").tables] == ["enum-narrowed"]


# --- what cannot be read ----------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_on_one_side_is_told_and_the_others_are_compared(quay: Path) -> None:
    put(quay, "data/boats.yaml", "- id: gull\n  crew: [ada\n- id: tern\n")
    put(quay, "data/people/ada.yaml", "name: Another\nborn: 1901\n")
    commit(quay, "v2")
    found = sourcebook.diff(quay, "v1", "v2")
    assert [(one.kind, one.key) for one in found.records] == [("changed", "ada")]
    (unread,) = found.unreadable
    assert (unread.side, unread.finding.path, unread.finding.rule) == ("new", "data/boats.yaml", "yaml-syntax")
    assert unread.finding.line in (2, 3)
    assert [(one.side, one.key) for one in found.uncompared] == [("old", "gull"), ("old", "tern")]
    told = list(found.lines())
    assert "1 file unreadable" in told[1]
    assert "  2 records of the other side could be held against nothing" in told
    back = sourcebook.diff(quay, "v2", "v1")
    assert [(one.side, one.key) for one in back.uncompared] == [("new", "gull"), ("new", "tern")]
    assert run(quay, "v1", "v2").exit_code == 0


def test_a_record_without_a_key_is_told(quay: Path) -> None:
    put(quay, "data/boats.yaml", "- id: gull\n  crew: [ada, ben]\n- crew: []\n")
    found = sourcebook.diff(quay)
    assert [(one.finding.rule, one.finding.line) for one in found.unreadable] == [("key-missing", 3)]
    assert [one.key for one in found.uncompared] == ["tern"]
    assert found.records == ()


def test_a_descriptor_that_cannot_be_read_is_told_and_the_other_taken(quay: Path) -> None:
    put(quay, "datapackage.yaml", BOOK.replace("name: quay", "name: [quay"))
    put(quay, "data/people/ada.yaml", "name: Another\nborn: 1901\n")
    found = sourcebook.diff(quay)
    assert [one.key for one in found.records] == ["ada"]
    assert {one.finding.path for one in found.unreadable} == {"datapackage.yaml"}
    assert any("was taken for it" in note for note in found.notes)


def test_a_descriptor_that_is_no_file_is_told(quay: Path) -> None:
    (quay / "datapackage.yaml").rename(quay / "about.yaml")
    (quay / "datapackage.yaml").symlink_to("about.yaml")
    commit(quay, "v2")
    found = sourcebook.diff(quay, "v1", "v2")
    assert [(one.finding.path, one.finding.rule) for one in found.unreadable] == [("datapackage.yaml", "file-kind")]
    assert found.records == ()


def test_a_schema_that_cannot_be_read_is_told(quay: Path) -> None:
    put(quay, "schemas/person.schema.json", "{")
    put(quay, "data/people/ada.yaml", "name: Another\nborn: 1901\n")
    found = sourcebook.diff(quay)
    assert [(one.side, one.finding.rule) for one in found.unreadable] == [("new", "json-syntax")]
    assert [one.key for one in found.records] == ["ada"]


def test_two_records_of_one_key_are_told_from_each_other(quay: Path) -> None:
    put(quay, "data/boats.yaml", "- id: gull\n  crew: [ada, ben]\n- id: tern\n  crew: []\n- id: tern\n  crew: [cleo]\n")
    (one,) = sourcebook.diff(quay).records
    assert (one.kind, one.key, one.new and one.new.number) == ("added", "tern", 1)


def test_links_and_pointers_are_told(quay: Path) -> None:
    (quay / "data/people/ada.yaml").unlink()
    (quay / "data/people/ada.yaml").symlink_to("ben.yaml")
    put(quay, "data/people/ben.yaml", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    commit(quay, "v2")
    for found in (sourcebook.diff(quay, "v1", "v2"), sourcebook.diff(quay, "v1")):
        assert sorted((one.finding.path, one.finding.rule) for one in found.unreadable) == [
            ("data/people/ada.yaml", "file-kind"),
            ("data/people/ben.yaml", "file-kind"),
        ]
        assert (found.records, len(found.uncompared)) == ((), 2)


def test_a_conflict_is_told(quay: Path) -> None:
    git(quay, "switch", "--quiet", "--create", "side")
    put(quay, "data/people/ada.yaml", "name: One\n")
    commit(quay)
    git(quay, "switch", "--quiet", "--detach", "v1")
    put(quay, "data/people/ada.yaml", "name: Other\n")
    commit(quay)
    with pytest.raises(subprocess.CalledProcessError):
        git(quay, "merge", "side")
    found = sourcebook.diff(quay)
    assert {one.finding.path for one in found.unreadable} == {"data/people/ada.yaml"}
    assert found.records == ()


# --- odd repositories -------------------------------------------------------------------------------------------------


def test_an_unknown_revision_is_refused(quay: Path) -> None:
    told = run(quay, "v9")
    assert told.exit_code == 2
    assert "v9 is neither a revision of git" in told.stderr
    assert run(quay, "--", "--output=x").exit_code == 2
    assert not (quay / "x").exists()
    assert run(quay, "v1...v9").exit_code == 2


def test_a_revision_goes_before_a_folder_of_its_name(quay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(quay, "branch", "data/people")
    monkeypatch.chdir(quay)
    assert sourcebook.diff(quay, "data/people").old.kind == "revision"
    assert sourcebook.diff(quay, ".").old.kind == "working-tree"
    with pytest.raises(UsageError, match="no book, no release"):
        sourcebook.diff(quay, "./data/people")


def test_what_lies_beside_a_book_and_is_not_of_it_is_not_told(quay: Path) -> None:
    put(quay, "datapackage.yaml", BOOK.replace("data/people/*.yaml", '"**/*.person.yaml"'))
    commit(quay, "v2")
    put(quay, "lib/thing.py", "x = 1\n")
    put(quay, "more/zed.person.yaml", "name: Zed\n")
    put(quay, "data/notes.txt", "A note.\n")
    found = sourcebook.diff(quay)
    assert [one.key for one in found.records] == ["zed.person"]
    assert [one.file for one in found.files] == ["data/notes.txt"]


def test_a_repository_without_a_commit_has_nothing_to_compare(tmp_path: Path) -> None:
    folder = new_book(tmp_path / "quay")
    git(folder, "init", "--quiet")
    told = run(folder)
    assert (told.exit_code, "nothing is committed yet" in told.stderr) == (2, True)


def test_a_shallow_clone_says_that_it_is_one(quay: Path, tmp_path: Path) -> None:
    put(quay, "data/people/ada.yaml", "name: Another\n")
    commit(quay)
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-tags", quay.as_uri(), "shallow")
    told = run(tmp_path / "shallow", "v1")
    assert (told.exit_code, "git fetch --unshallow --tags" in told.stderr) == (2, True)
    assert "shallow" in sourcebook.diff(tmp_path / "shallow").notes[0]


def test_a_partial_clone_says_what_it_lacks(quay: Path, tmp_path: Path) -> None:
    put(quay, "data/people/ada.yaml", "name: Another\n")
    commit(quay)
    git(quay, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", quay.as_uri(), "partial")
    found = sourcebook.diff(tmp_path / "partial", "v1")
    assert "partial" in str(found.unreadable) or found.records == ()
    assert found.differs


def test_a_book_in_a_folder_of_a_repository_and_the_folder_renamed(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    put(tmp_path, "README.md", "Two books.\n")
    commit(tmp_path, "v0")
    new_book(tmp_path / "books/quay")
    commit(tmp_path, "v1")
    put(tmp_path, "notes.txt", "Of no book.\n")
    put(tmp_path, "books/quay/data/people/ada.yaml", "name: Another\nborn: 1901\n")
    commit(tmp_path, "v2")
    found = sourcebook.diff(tmp_path / "books/quay", "v1", "v2")
    assert ([one.key for one in found.records], found.files) == (["ada"], ())
    (tmp_path / "books/quay").rename(tmp_path / "harbour")
    commit(tmp_path, "v3")
    for new in ("v3", None):
        moved = sourcebook.diff(tmp_path / "harbour", "v1", new)
        assert [(one.kind, one.key) for one in moved.records] == [("changed", "ada")]
        assert moved.old.folder == "books/quay"
        assert any("books/quay" in note for note in moved.notes)
    fresh = sourcebook.diff(tmp_path / "harbour", "v0", "v3")
    assert ({one.kind for one in fresh.records}, len(fresh.records)) == ({"added"}, 4)
    assert any("has no book" in note for note in fresh.notes)


def test_a_book_whose_old_folder_cannot_be_told_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    new_book(tmp_path / "a")
    new_book(tmp_path / "b")
    commit(tmp_path, "v1")
    (tmp_path / "a").rename(tmp_path / "c")
    with pytest.raises(UsageError, match="cannot be told: a/, b/"):
        sourcebook.diff(tmp_path / "c", "v1")


def test_a_submodule_is_told_and_its_files_are_not_taken_for_removed(quay: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    put(other, "ada.yaml", "name: Ada Example\n")
    git(other, "init", "--quiet")
    commit(other)
    git(quay, "rm", "--quiet", "-r", "data/people")
    git(quay, "submodule", "--quiet", "add", str(other), "data/people")
    commit(quay, "v2")
    for new in ("v2", None):
        found = sourcebook.diff(quay, "v1", new)
        assert found.records == ()
        assert [one.key for one in found.uncompared] == ["ada", "ben"]
        assert any("data/people is a submodule" in note for note in found.notes)


def test_a_repository_within_and_files_that_are_left_out_are_told(quay: Path) -> None:
    put(quay, "data/people/theirs/zed.yaml", "name: Zed\n")
    git(quay / "data/people/theirs", "init", "--quiet")
    git(quay, "sparse-checkout", "set", "--no-cone", "/*", "!/data/people/ada.yaml")
    found = sourcebook.diff(quay)
    assert [(one.kind, one.key) for one in found.records] == [("removed", "ada")]
    assert found.notes == (
        "data/people/theirs/ is a repository of its own: what it holds is not compared",
        "one file is not there, as git was told to leave out (sparse checkout)",
    )


def test_a_folder_that_git_does_not_know_has_no_revisions(tmp_path: Path) -> None:
    folder = new_book(tmp_path / "loose")
    if subprocess.run(["git", "-C", tmp_path, "rev-parse"], check=False, capture_output=True).returncode == 0:
        pytest.skip("the folder of temporary files lies in a repository")
    told = run(folder)
    assert told.exit_code == 2
    assert "is in no repository of git" in told.stderr
    assert not sourcebook.diff(folder, str(folder)).differs


def test_names_of_files_are_read_as_git_has_them(quay: Path) -> None:
    put(quay, "data/people/zoë ünal.yaml", "name: Zoë\n")
    put(quay, "data/people/a\nb.yaml", "name: Broken name\n")
    commit(quay, "v2")
    found = sourcebook.diff(quay, "v1", "v2")
    assert [one.key for one in found.records] == ["zoë ünal"]
    assert [one.finding.rule for one in found.unreadable] == ["file-name"]


# --- releases ---------------------------------------------------------------------------------------------------------


def test_releases_and_packages_are_compared(book: Callable[[str], Path]) -> None:
    folder = book("ferry-case")
    git(folder, "init", "--quiet")
    commit(folder, "v1")
    first = sourcebook.build(folder).release
    assert first is not None
    archive = folder / "build/ferry-case.zip"
    for name in (f"release:{first.name}", "release:current", str(first), str(archive)):
        found = sourcebook.diff(folder, "v1", name)
        assert (found.records, found.answers, found.tables, found.unreadable) == ((), (), (), ()), name
    kept = shutil.copy(archive, folder.parent / "before.zip")
    text = (folder / "data/claims.yaml").read_text("utf-8")
    (folder / "data/claims.yaml").write_text(text.replace("  denies: [sank-it]\n", "", 1), "utf-8")
    second = sourcebook.build(folder).release
    assert second is not None
    for old, new in (
        (f"release:{first.name}", "release:current"),
        ("v1", "release:current"),
        (f"release:{first.name}", None),
        (str(kept), None),
        (str(kept), f"release:{second.name}"),
    ):
        found = sourcebook.diff(folder, old, new)
        assert [(one.kind, one.key, len(one.changes)) for one in found.records] == [("changed", "never-sank", 1)], old
        assert [str(one) for one in found.answers] == ["claims/sank-it lost its answer claims/never-sank (denied)"], (
            old,
            new,
        )
    told = run(folder, "release:nothing")
    assert (told.exit_code, "there are" in told.stderr) == (2, True)
    assert run(folder, "release:../..").exit_code == 2


@pytest.mark.parametrize("name", ["orchard", "layouts", "odd-values", "nulls", "typed", "linked"])
def test_a_release_is_what_its_book_is(book: Callable[[str], Path], name: str) -> None:
    folder = book(name)
    assert sourcebook.build(folder).release is not None
    for other in ("release:current", *map(str, (folder / "build").glob("*.zip"))):
        for sides in ((str(folder), other), (other, str(folder))):
            found = sourcebook.diff(folder, *sides)
            assert not found.differs, list(found.lines())


def test_what_is_no_package_is_refused(quay: Path, tmp_path: Path) -> None:
    put(tmp_path, "some.zip", "no archive")
    (tmp_path / "empty").mkdir()
    for name in ("some.zip", "empty"):
        told = run(quay, str(tmp_path / name))
        assert told.exit_code == 2, name
    put(tmp_path, "odd/site.json", "{}")
    for data in ("no database", ""):
        put(tmp_path, "odd/odd.db", data)
        told = run(quay, str(tmp_path / "odd"))
        assert (told.exit_code, "cannot be read" in told.stderr) == (2, True), told.stderr
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        documents = [{"collection": "people", "path": "../people.json"}]
        archive.writestr("datapackage.json", json.dumps({"sourcebook": {"documents": documents}, "resources": []}))
    told = run(quay, str(tmp_path / "odd.zip"))
    assert (told.exit_code, "leads out of the package" in told.stderr) == (2, True)


def test_files_that_change_hands_are_told_as_what_becomes_of_records(quay: Path) -> None:
    put(quay, "datapackage.yaml", BOOK.replace("resources:", "sourcebook: {ignore: data/people/ben.yaml}\nresources:"))
    (one,) = sourcebook.diff(quay).records
    assert (one.kind, one.collection, one.key) == ("removed", "people", "ben")
    put(quay, "datapackage.yaml", BOOK.replace("data/boats*.yaml", "data/boats-*.yaml"))
    found = sourcebook.diff(quay).records
    assert [(one.kind, one.key) for one in found] == [("removed", "gull"), ("removed", "tern")]
    commit(quay, "v2")
    assert sourcebook.diff(quay, "v1", "v2").records == found
    put(quay, "datapackage.yaml", BOOK)
    assert [(one.kind, one.key) for one in sourcebook.diff(quay, "v2").records] == [
        ("added", "gull"),
        ("added", "tern"),
    ]
