# SPDX-License-Identifier: Apache-2.0
"""A record gets another key: in every layout and manner of writing, one line a change, and nothing else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from sourcebook.edit.carry_out import judged, write
from sourcebook.edit.model import Changed, Refused
from sourcebook.errors import UsageError
from tests.rekeyed import PEOPLE, clean, made, of_members, run, there

MOVED = "- {collection: people, key: rosa, to: rosa-testdiaz, on: "
MANNERS = ["", "crlf", "bom", "open", "crlf bom open"]


@pytest.mark.slow
@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("layout", PEOPLE)
def test_everything_that_is_the_key_changes_and_nothing_else(tmp_path: Path, layout: str, manner: str) -> None:
    """As if the book had been written with the other key from the start."""
    made(tmp_path / "book", layout, manner)
    wanted = made(tmp_path / "wanted", layout, manner, "rosa-testdiaz")
    write(sourcebook.rename(tmp_path / "book", "people", "rosa", "rosa-testdiaz"))
    files = there(tmp_path / "book")
    assert files.pop("curation/moved.yaml").decode().splitlines()[-1].startswith(MOVED)
    assert files == wanted
    assert clean(tmp_path / "book")


@pytest.mark.slow
@pytest.mark.parametrize("layout", PEOPLE)
def test_back_again_it_is_the_book_that_it_was(tmp_path: Path, layout: str) -> None:
    before = made(tmp_path, layout)
    write(sourcebook.rename(tmp_path, "people", "rosa", "r-2"))
    write(sourcebook.rename(tmp_path, "people", "r-2", "rosa"))
    files = there(tmp_path)
    (kept,) = [line for line in files.pop("curation/moved.yaml").decode().splitlines() if line[0] != "#"]
    assert kept.startswith("- {collection: people, key: r-2, to: rosa, on: ")
    assert files == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "key", ["yes", "2014-05-01", "017", "a: b", "#x", "'quoted'", 'double "q"', "- x", "null", "ß", "[a", "0x1f"]
)
@pytest.mark.parametrize("layout", ["list", "map", "file", "json-map", "list-in-flow"])
def test_any_text_is_a_key(tmp_path: Path, layout: str, key: str) -> None:
    made(tmp_path, layout)
    proposal = sourcebook.rename(tmp_path, "people", "rosa", key)
    assert judged(proposal) == ()
    write(proposal)
    referred = sourcebook.refs(tmp_path, "people", key)
    assert len(referred.mentions) >= 6


def test_it_shows_what_it_would_do_and_writes_nothing(tmp_path: Path) -> None:
    before = made(tmp_path, "list")
    result = run(tmp_path, "rename", "people", "rosa", "rosa-testdiaz", "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "rename people rosa to rosa-testdiaz: 8 references, 3 files"
    assert "+  person: rosa-testdiaz  # first of all\n" in result.stdout
    assert there(tmp_path) == before
    result = run(tmp_path, "rename", "people", "rosa", "rosa-testdiaz")
    assert result.exit_code == 2
    assert "nobody can be asked" in result.stderr
    assert there(tmp_path) == before


def test_what_is_no_reference_is_told_and_left(tmp_path: Path) -> None:
    made(tmp_path, "list", key="rosa-1")
    notes = tmp_path / "data/notes.yaml"
    notes.write_text(notes.read_text().replace("said: rosa}", "said: rosa-1}"))
    scripts = tmp_path / "scripts/queries"
    scripts.mkdir(parents=True)
    (scripts / "of-one.sql").write_text("SELECT * FROM people\n-- of\u2028'rosa-1'\nWHERE id = 'rosa-1'\n", "utf-8")
    result = run(tmp_path, "rename", "people", "rosa-1", "rosa-2", "--dry-run")
    assert "  data/notes.yaml:11: notes n1, rows[1].said: the same text\n" in result.stdout
    assert "  scripts/queries/of-one.sql:3: the text 'rosa-1' stands in SQL\n" in result.stdout
    assert result.stdout.count("stands in SQL") == 1  # and not in a comment, whatever characters it has
    assert "said: rosa-2" not in result.stdout
    assert run(tmp_path, "rename", "people", "rosa-1", "rosa-2", "--texts", "--yes").exit_code == 0
    assert "said: rosa-2}" in notes.read_text()
    assert "'rosa-1'" in (scripts / "of-one.sql").read_text()


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("ole", "people has a record 'ole' already (Ole), at data/people.yaml:6: `sourcebook merge people ole rosa`"),
        ("Ole", "the key 'Ole' differs from 'ole', which another record has, by case alone"),
        ("оle", "the key 'оle' looks like 'ole', which another record has: it has U+043E"),
        ("", "NEW names nothing"),
        ("  ", "NEW names nothing"),
        (" ole2", "begins or ends with a blank"),
        ("a\nb", r"the key 'a\nb' holds characters that are not seen"),
        ("a\u200bb", "holds characters that are not seen"),
        ("ROSA", "the schema of people does not have the key 'ROSA'"),
    ],
)
def test_a_key_that_cannot_be(tmp_path: Path, key: str, told: str) -> None:
    before = made(tmp_path, "list")
    result = run(tmp_path, "rename", "people", "rosa", key, "--yes", "--force")
    assert result.exit_code == (1 if key.strip() else 2)
    assert told in result.stderr
    assert there(tmp_path) == before
    with pytest.raises(UsageError, match="a key is not empty"):
        sourcebook.rename(tmp_path, "people", "rosa", " ")


@pytest.mark.parametrize("key", ["a/b", "..", ".", "x" * 241, "ü" * 130])
@pytest.mark.parametrize("layout", ["file-by-name", "front-matter"])
def test_a_key_that_no_file_can_have(tmp_path: Path, layout: str, key: str) -> None:
    before = made(tmp_path, layout)
    result = run(tmp_path, "rename", "people", "rosa", key, "--yes", "--force")
    assert result.exit_code == 1
    assert "no file can be called" in result.stderr or "none can be called" in result.stderr
    assert there(tmp_path) == before


def test_a_file_in_the_way(tmp_path: Path) -> None:
    before = made(tmp_path, "file-by-name")
    (tmp_path / "data/people/lee.yaml").mkdir()
    with pytest.raises(Refused, match=r"cannot become data/people/lee\.yaml, for that is there already"):
        sourcebook.rename(tmp_path, "people", "rosa", "lee")
    assert there(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("peeple", "rosa", "x"), "there is no collection 'peeple': did you mean 'people'?"),
        (("people", "rosaa", "x"), "people has no record 'rosaa': did you mean 'rosa'?"),
        (("people", "zebra", "x"), "people has no record 'zebra'"),
    ],
)
def test_what_is_not_there(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    made(tmp_path, "list")
    result = run(tmp_path, "rename", *arguments, "--yes")
    assert result.exit_code == 2
    assert told in result.stderr


def test_the_key_that_it_has_already(tmp_path: Path) -> None:
    before = made(tmp_path, "list")
    result = run(tmp_path, "rename", "people", "rosa", "rosa", "--yes")
    assert (result.exit_code, result.stdout) == (0, "people rosa has that key already\nnothing to be changed\n")
    assert there(tmp_path) == before


def test_a_key_that_another_record_had(tmp_path: Path) -> None:
    made(tmp_path, "list")
    renamed(tmp_path, "rosa", "rosa-2")
    with pytest.raises(Refused, match=r"'rosa' was another record's of people, which has been 'rosa-2' since 2"):
        sourcebook.rename(tmp_path, "people", "ole", "rosa")
    with pytest.raises(UsageError, match=r"people has no record 'rosa': it has the key 'rosa-2' since 2"):
        sourcebook.rename(tmp_path, "people", "rosa", "rosa-3")


def renamed(folder: Path, old: str, new: str) -> None:
    assert run(folder, "rename", "people", old, new, "--yes").exit_code == 0


def test_a_chain_is_kept_as_it_was_done_and_leads_to_the_end(tmp_path: Path) -> None:
    made(tmp_path, "list")
    for old, new in (("rosa", "b"), ("b", "c"), ("c", "d"), ("d", "b")):
        renamed(tmp_path, old, new)
    entries = [line for line in (tmp_path / "curation/moved.yaml").read_text().splitlines() if line[0] != "#"]
    assert [line.partition(", on:")[0] for line in entries] == [
        "- {collection: people, key: rosa, to: b",
        "- {collection: people, key: c, to: d",
        "- {collection: people, key: d, to: b",
    ]
    assert clean(tmp_path)
    release = sourcebook.build(tmp_path).release
    assert release
    moved = json.loads((release / "site.json").read_text())["moved"]["people"]
    assert {key: left["to"] for key, left in moved.items()} == {"rosa": "b", "c": "b", "d": "b"}


@pytest.mark.parametrize(
    "there_already",
    [
        "",
        "[]\n",
        "# none\n",
        "- {collection: people, key: x, gone: why, on: 2026-01-01}",
        "- collection: people\n  key: x\n  gone: why\n  on: 2026-01-01\r\n",
    ],
)
def test_an_entry_goes_at_the_end_of_the_list(tmp_path: Path, there_already: str) -> None:
    made(tmp_path, "list")
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation/moved.yaml").write_bytes(there_already.encode())
    renamed(tmp_path, "rosa", "rosa-testdiaz")
    after = (tmp_path / "curation/moved.yaml").read_bytes().decode()
    assert after.startswith(there_already.rstrip().removesuffix("[]"))
    assert after.splitlines()[-1].startswith(MOVED)
    assert clean(tmp_path)


@pytest.mark.parametrize(
    "odd", ["people: rosa\n", "[{collection: people, key: x, gone: why, on: 2026-01-01}]\n", "- [\n"]
)
def test_a_list_that_nothing_can_be_added_to(tmp_path: Path, odd: str) -> None:
    made(tmp_path, "list")
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation/moved.yaml").write_text(odd)
    before = there(tmp_path)
    with pytest.raises(Refused, match=r"curation/moved\.yaml"):
        sourcebook.rename(tmp_path, "people", "rosa", "lee")
    assert there(tmp_path) == before


def test_a_map_that_would_have_a_key_twice(tmp_path: Path) -> None:
    made(tmp_path, "list")
    notes = tmp_path / "data/notes.yaml"
    notes.write_text(notes.read_text().replace("    ole: he\n", "    lee: he\n"))
    people = tmp_path / "data/people.yaml"
    people.write_text(people.read_text() + "- {id: lee}\n")
    with pytest.raises(Refused, match="people has a record 'lee' already"):
        sourcebook.rename(tmp_path, "people", "rosa", "lee")


def test_what_the_baseline_knows_of_a_record_it_knows_by_the_new_key(tmp_path: Path) -> None:
    made(tmp_path, "file-by-name")
    (tmp_path / "data/people/rosa.yaml").write_text("name: 7\n")
    sourcebook.write_baseline(sourcebook.check(tmp_path))
    renamed(tmp_path, "rosa", "rosa-testdiaz")
    checked = sourcebook.check(tmp_path)
    assert checked.findings == ()
    assert [(one.path, one.subject) for one in checked.known] == [
        ("data/people/rosa-testdiaz.yaml", "people/rosa-testdiaz#/name")
    ]


def test_pairs_that_were_judged_different_follow(tmp_path: Path) -> None:
    made(tmp_path, "list")
    (tmp_path / "curation").mkdir()
    pairs = '# told apart\n- {collection: people, keys: [ole, rosa], on: 2026-01-01, why: "no kin"}  # yes\n'
    (tmp_path / "curation/different.yaml").write_text(pairs)
    renamed(tmp_path, "rosa", "rosa-2")
    assert (tmp_path / "curation/different.yaml").read_text() == pairs.replace("rosa", "rosa-2")


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/lines.yaml").write_text("- {number: 7, name: Seven}\n- {number: 8, name: Eight, next: 7}\n")
    (tmp_path / "data/stops.yaml").write_text('- {id: a, line: "7", lines: [8, 7]}\n')
    (tmp_path / "datapackage.yaml").write_text("""name: transit
title: Lines
licenses: [{name: CC0-1.0}]
resources:
  - name: lines
    path: build/csv/lines.csv
    schema: build/tableschema/lines.json
    sourcebook: {records: data/lines.yaml, layout: list, key: number, references: {next: lines.number}}
  - name: stops
    path: build/csv/stops.csv
    schema: build/tableschema/stops.json
    sourcebook:
      records: data/stops.yaml
      layout: list
      key: id
      references: {line: {to: lines, as: text}, "lines[]": lines.number}
""")
    assert clean(tmp_path)
    assert run(tmp_path, "rename", "lines", "7", "70", "--yes").exit_code == 0
    assert (
        tmp_path / "data/lines.yaml"
    ).read_text() == "- {number: 70, name: Seven}\n- {number: 8, name: Eight, next: 70}\n"
    assert (tmp_path / "data/stops.yaml").read_text() == '- {id: a, line: "70", lines: [8, 70]}\n'
    assert "key: 7, to: 70" in (tmp_path / "curation/moved.yaml").read_text()
    assert clean(tmp_path)


def test_a_reference_by_another_field_stays(tmp_path: Path) -> None:
    made(tmp_path, "list")
    descriptor = tmp_path / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text().replace("person: people\n", "person: people.name\n"))
    notes = tmp_path / "data/notes.yaml"
    text = notes.read_text().replace("person: rosa", "person: Rosa").replace("person: ole", "person: Ole")
    notes.write_text(text.replace("person: 'rosa'", "person: 'Rosa'"))
    assert clean(tmp_path)
    renamed(tmp_path, "rosa", "rosa-2")
    assert "  person: Rosa  # first of all" in notes.read_text()
    assert clean(tmp_path)


def test_what_would_mean_two_records_is_not_written(tmp_path: Path) -> None:
    made(tmp_path, "list")
    descriptor = tmp_path / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text().replace("person: people\n", "person: [people, notes]\n"))
    notes = tmp_path / "data/notes.yaml"
    notes.write_text(
        notes.read_text()
        .replace("- {id: rosa, kind: thing, subject: rosa}\n", "")
        .replace("thing, subject: rosa", "thing, subject: n1")
    )
    assert clean(tmp_path)
    before = there(tmp_path)
    result = run(tmp_path, "rename", "people", "rosa", "n4", "--yes")
    assert result.exit_code == 1
    assert "means more than one record" in result.stdout
    assert there(tmp_path) == before


def test_a_book_in_git_keeps_its_index(tmp_path: Path) -> None:
    made(tmp_path, "file")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    index = (tmp_path / ".git/index").read_bytes()
    renamed(tmp_path, "rosa", "rosa-2")
    assert (tmp_path / ".git/index").read_bytes() == index


def test_an_edit_by_someone_else_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    made(tmp_path, "list")
    proposal = sourcebook.rename(tmp_path, "people", "rosa", "rosa-2")
    people = tmp_path / "data/people.yaml"
    people.write_text(people.read_text() + "- {id: lee}\n")
    before = there(tmp_path)
    with pytest.raises(Changed, match=r"data/people\.yaml was changed by someone else meanwhile"):
        write(proposal)
    assert there(tmp_path) == before


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    made(tmp_path / "book", "list")
    (tmp_path / "book/curation").symlink_to(tmp_path)
    result = run(tmp_path / "book", "rename", "people", "rosa", "rosa-2", "--yes")
    assert result.exit_code != 0
    assert not (tmp_path / "moved.yaml").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_a_record_whose_key_names_another_has_another_key_with_it(tmp_path: Path) -> None:
    of_members(tmp_path)
    proposal = sourcebook.rename(tmp_path, "people", "rosa", "r-2", on="2026-02-02")
    assert proposal.what == "rename people rosa to r-2: 6 references, 5 files"
    assert proposal.told == (
        "offices rosa becomes r-2, for its key names what is renamed",
        "terms rosa-1901 becomes r-2-1901, for its key names what is renamed",
        "terms rosa-1905 becomes r-2-1905, for its key names what is renamed",
    )
    write(proposal)
    files = there(tmp_path)
    assert files["data/offices/r-2.yaml"] == b"who: r-2\nroom: 7\n"
    assert files["data/visits.yaml"] == b"- {id: v, office: r-2, term: r-2-1905, by: r-2}\n"
    assert files["data/terms.yaml"].startswith(b"- {who: r-2, year: 1901}\n- {who: r-2, year: 1905}\n- {who: ole")
    assert [line.partition(", on")[0] for line in files["curation/moved.yaml"].decode().splitlines()[2:]] == [
        "- {collection: people, key: rosa, to: r-2",
        "- {collection: offices, key: rosa, to: r-2",
        "- {collection: terms, key: rosa-1901, to: r-2-1901",
        "- {collection: terms, key: rosa-1905, to: r-2-1905",
    ]
    assert clean(tmp_path)
    write(sourcebook.rename(tmp_path, "people", "r-2", "rosa", on="2026-02-02"))
    assert there(tmp_path)["data/visits.yaml"] == b"- {id: v, office: rosa, term: rosa-1905, by: rosa}\n"
    assert clean(tmp_path)


def test_what_would_have_a_key_that_another_has_is_not_renamed(tmp_path: Path) -> None:
    of_members(tmp_path)
    terms = tmp_path / "data/terms.yaml"
    terms.write_text(terms.read_text() + "- {who: rosa, year: 1905-1901}\n")
    before = there(tmp_path)
    with pytest.raises(Refused, match="terms has a record 'rosa-1905-1901' already"):
        sourcebook.rename(tmp_path, "people", "ole", "rosa-1905")
    assert there(tmp_path) == before


def test_a_key_that_came_again_and_goes_again_has_one_entry(tmp_path: Path) -> None:
    made(tmp_path, "list")
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation/moved.yaml").write_text("- {collection: people, key: rosa, to: ole, on: 2026-01-01}\n")
    assert [one.rule for one in sourcebook.check(tmp_path).findings] == ["moved-taken"]
    write(sourcebook.rename(tmp_path, "people", "rosa", "rosa-2", on="2026-02-02"))
    assert (tmp_path / "curation/moved.yaml").read_text() == (
        "- {collection: people, key: rosa, to: rosa-2, on: 2026-02-02}\n"
    )
    assert clean(tmp_path)


def test_a_record_that_lies_in_another_is_written_once(book: Callable[[str], Path]) -> None:
    folder = book("lists-within")
    shop = folder / "data/shop.yaml"
    write(sourcebook.rename(folder, "goods", "jar", "pot"))
    assert "- {id: pot, price: 5}" in shop.read_text()
    assert [one.where for one in sourcebook.refs(folder, "goods", "pot").mentions] == ["goods[1].id"]


@pytest.mark.parametrize("schema", ["{", '{"type": "nothing"}', '{"$ref": "nowhere.json"}'])
def test_a_book_whose_schemas_are_wrong_is_left_alone(tmp_path: Path, schema: str) -> None:
    made(tmp_path, "list")
    (tmp_path / "schemas/person.schema.json").write_text(schema)
    before = there(tmp_path)
    for verb in (("rename", "people", "rosa", "lee"), ("delete", "people", "rosa"), ("merge", "people", "ole", "rosa")):
        result = run(tmp_path, *verb, "--yes", "--force")
        assert result.exit_code == 1
        assert "nothing can be changed while the descriptor or a schema has errors" in result.stderr
    assert there(tmp_path) == before
