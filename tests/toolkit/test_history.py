# SPDX-License-Identifier: Apache-2.0
"""What the database tells of the past: of made histories all of it, and nothing that may not be told."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.evidence.fingerprints import fingerprint
from tests.toolkit.histories import AUTHOR, EMAIL, Quay, Told, git

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]

KEYS = ("rosa", "ben", "mira")
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Rosa", "Ben", "Mira Sand"]),
        "age": st.integers(1, 3),
        "tags": st.lists(st.sampled_from("abc"), max_size=3),
        "home": st.fixed_dictionaries({}, optional={"town": st.sampled_from(["Quay", "Mole"]), "street": st.just("1")}),
    },
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(KEYS), VALUES),
        st.tuples(st.just("remove"), st.sampled_from(KEYS)),
        st.tuples(st.just("rename"), st.sampled_from(KEYS), st.sampled_from(("rosa-b", "ben-b"))),
        st.tuples(st.just("layout")),
        st.tuples(st.just("folder")),
        st.tuples(st.just("reformat")),
        st.tuples(st.just("schema")),
        st.tuples(st.just("branch"), st.sampled_from(KEYS), VALUES),
        st.tuples(st.just("break")),
    ),
    min_size=1,
    max_size=7,
)


def carry_out(book: Quay, step: tuple[Any, ...]) -> None:
    """Change a book by a step, and commit it."""
    what = step[0]
    comment = ""
    if what in ("put", "branch"):
        if what == "branch":
            git(book.root, "checkout", "-q", "-b", f"side-{book.days}")
            before, states, commits = dict(book.records), list(book.states), list(book.commits)
        book.records[step[1]] = dict(step[2])
        book.commit()
        if what == "branch":
            name = git(book.root, "branch", "--show-current")
            book.states, book.commits = states, commits
            book.records, after = before, book.records
            git(book.root, "checkout", "-q", "main")
            git(book.root, "merge", "-q", "--no-ff", "--no-edit", name, at=book.days)
            book.records = after
            book.noted()
        return
    if what == "remove":
        book.records.pop(step[1], None)
    elif what == "rename" and step[1] in book.records and step[2] not in book.records:
        book.records[step[2]] = book.records.pop(step[1])
    elif what == "layout":
        book.layout = "list" if book.layout == "files" else "files"
    elif what == "folder":
        book.folder = "data/folk" if book.folder == "data/people" else "data/people"
    elif what == "reformat":
        comment = "# as before\n"
        book.records = {key: dict(reversed(value.items())) for key, value in book.records.items()}
    elif what == "schema":
        book.properties["note"] = {"type": "string"}
    book.commit(comment=comment)


def at(value: Any, name: str) -> Any:
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def leaves(value: Any, name: str = "") -> dict[str, Any]:
    if isinstance(value, dict) and value:
        return {k: v for part, item in value.items() for k, v in leaves(item, f"{name}.{part}".strip(".")).items()}
    return {name: value}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_the_changes_from_nothing_come_to_the_records(steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = Quay(Path(folder, "book"))
        book.commit()
        kept = Path(folder, "kept")
        kept.mkdir()
        for number, step in enumerate(steps):
            carry_out(book, step)
            if number % 2:
                Told(book.root, kept)
        told = Told(book.root, kept)
        clean = Told(book.root)
        assert (told.versions, told.changes) == (clean.versions, clean.changes)
        holds(book, clean)


def holds(book: Quay, told: Told) -> None:
    """Hold what is told against the states that there were."""
    versions = {commit: number for number, commit, *_ in told.versions}
    assert set(versions) <= set(book.commits)
    by_version: dict[int, list[Any]] = {}
    for row in told.changes:
        by_version.setdefault(row[0], []).append(row)
    there: set[str] = set()
    before: dict[str, Any] = {}
    for commit, state in zip(book.commits, book.states, strict=True):
        rows = by_version.get(versions.get(commit, 0), [])
        there -= {row[2] for row in rows if row[4] == "removed"} | {row[5] for row in rows if row[4] == "renamed"}
        there |= {row[2] for row in rows if row[4] in ("added", "renamed")}
        assert there == set(state), commit
        names = {row[2]: row[5] for row in rows if row[4] == "renamed"}
        for key, value in state.items():
            old = before.get(names.get(key, key))
            mine = [row for row in rows if row[2] == key and row[6]]
            if any(row[4] == "added" and row[2] == key for row in rows) or old is None:
                assert not mine
                continue
            one, other = leaves(old), leaves(value)
            differ = {name for name in {*one, *other} if name and one.get(name) != other.get(name)}
            assert bool(differ) == bool([row for row in mine if row[6] != "id"]), (key, differ, mine)
            for *_, name, change, was, now, _ in mine:
                if "[" in name or name == "id":
                    continue
                if now is not None:
                    assert json.loads(now) == at(value, name)
                if was is not None:
                    assert json.loads(was) == at(old, name)
                assert change in ("added", "changed", "removed")
        before = state
    for row in told.changes:
        assert row[3] is not None or (row[8], row[9]) == (None, None)  # of what is gone no value
    for text in (EMAIL, AUTHOR, "Told by"):
        assert text.encode() not in told.bytes


def test_a_record_is_followed_through_renames_and_moves(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa", "age": 3}, "ben": {"name": "Ben"}}
    book.commit()
    book.records = {"rosa": {"name": "Rosa", "age": 4}, "ben": {"name": "Ben"}}
    book.commit()
    book.records = {"rosa-diaz": {"name": "Rosa", "age": 4}, "ben": {"name": "Ben"}}
    book.commit()
    book.layout = "list"
    book.commit()
    del book.records["ben"]
    book.commit()
    told = Told(tmp_path)
    assert [row[:7] for row in told.changes] == [
        (1, "people", "ben", None, "added", None, None),
        (1, "people", "rosa", "rosa-diaz", "added", None, None),
        (2, "people", "rosa", "rosa-diaz", "changed", None, "age"),
        (3, "people", "rosa-diaz", "rosa-diaz", "renamed", "rosa", None),
        (3, "people", "rosa-diaz", "rosa-diaz", "changed", None, "id"),
        (4, "people", "ben", None, "removed", None, None),
    ]
    assert [version[1] for version in told.versions] == [*book.commits[:3], book.commits[4]]  # a layout is none


def test_a_value_of_a_property_that_the_schema_has_no_more_is_not_told(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.properties["street"] = {"type": "string"}
    book.records = {"rosa": {"name": "Rosa", "street": "Hill Way"}}
    book.commit()
    book.records = {"rosa": {"name": "Rosa Diaz", "street": "Harbour Lane"}}
    book.commit()
    assert b"Harbour Lane" in Told(tmp_path).bytes
    del book.properties["street"]
    book.records = {"rosa": {"name": "Rosa Diaz"}}
    book.commit()
    told = Told(tmp_path)
    assert ("changed", "rosa", "street") in [row[1:] for row in told.kinds()]
    assert b"Harbour Lane" not in told.bytes
    assert b"Hill Way" not in told.bytes
    assert b'"Rosa"' in told.bytes


def test_values_of_what_is_gone_are_told_nowhere_and_kept_nowhere(tmp_path: Path) -> None:
    book = Quay(tmp_path / "book")
    kept = tmp_path / "kept"
    kept.mkdir()
    book.records = {"rosa": {"name": "Never again"}}
    book.commit()
    book.records = {"rosa": {"name": "Otherwise now"}}
    book.commit()
    assert b"Never again" in Told(book.root, kept).bytes
    book.records = {}
    book.commit()
    told = Told(book.root, kept)
    assert [row[1] for row in told.kinds()] == ["added", "changed", "removed"]
    for text in (b"Never again", b"Otherwise now"):
        assert text not in told.bytes
        assert all(text not in file.read_bytes() for file in kept.iterdir())


def test_what_is_not_committed_is_a_version_without_a_commit(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa"}, "ben": {"name": "Ben"}}
    book.commit()
    book.records = {"rosa": {"name": "Rosa Diaz"}, "mira": {"name": "Mira"}}
    book.write()
    told = Told(tmp_path)
    assert told.versions[-1] == (2, None, None, None, None, 3)
    assert told.kinds()[2:] == [(2, "removed", "ben", None), (2, "added", "mira", None), (2, "changed", "rosa", "name")]
    git(tmp_path, "checkout", "--", ".")
    git(tmp_path, "clean", "-fdq")
    for path in (tmp_path / "data").rglob("*.yaml"):
        path.touch()  # git must not be taken at the word of a clock
    assert [version[1] for version in Told(tmp_path).versions] == book.commits


def test_releases_are_tags_that_the_descriptor_knows(tmp_path: Path) -> None:
    book = Quay(tmp_path, "version: 1.0.0\n")
    book.records = {"rosa": {"name": "Rosa"}}
    book.commit()
    git(tmp_path, "tag", "v1.0.0")
    git(tmp_path, "tag", "9.9.9")
    git(tmp_path, "tag", "tools-v3")
    book.records["ben"] = {"name": "Ben"}
    book.commit()
    book.more = "version: 1.1.0\n"
    book.commit()
    git(tmp_path, "tag", "-a", "-m", "A release", "1.1.0")
    book.records["mira"] = {"name": "Mira"}
    book.commit()
    assert [version[4] for version in Told(tmp_path).versions] == ["1.0.0", "1.1.0", None]


def test_a_shallow_clone_tells_nothing_and_says_so(tmp_path: Path) -> None:
    book = Quay(tmp_path / "book")
    book.records = {"rosa": {"name": "Rosa"}}
    book.commit()
    book.records = {"rosa": {"name": "Rosa Diaz"}}
    book.commit()
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{book.root}", "clone")
    told = Told(tmp_path / "clone")
    assert not told.is_there
    assert told.line().startswith("history: 0 performed, 1 unverifiable (the clone is shallow")


def test_without_git_and_where_it_is_turned_off_there_are_no_tables(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa"}}
    book.commit()
    assert Told(tmp_path).is_there
    book.more = "sourcebook: {history: false}\n"
    book.commit()
    assert not Told(tmp_path).is_there
    book.more = ""
    book.write()
    shutil.rmtree(tmp_path / ".git")
    assert not Told(tmp_path).is_there


def test_a_build_sees_a_new_commit_and_a_new_tag_and_verify_agrees(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {key: {"name": key.title()} for key in KEYS}
    book.commit()
    built = sourcebook.build(tmp_path)
    assert built.release
    assert sourcebook.build(tmp_path).unchanged
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.records["anna"] = book.records.pop("mira")
    book.commit()
    assert not sourcebook.build(tmp_path).unchanged
    assert sourcebook.build(tmp_path).unchanged
    git(tmp_path, "tag", "1.0.0")
    assert not sourcebook.build(tmp_path).unchanged
    verified = sourcebook.verify(tmp_path)
    assert verified.ok, verified.differences
    keys = (tmp_path / "build/keys.csv").read_text()
    day = git(tmp_path, "log", "-1", "--format=%cs")
    assert f"people,mira,2023-11-15,{day},renamed\n" in keys
    assert f"people,anna,{day},,\n" in keys
    release = (tmp_path / "build/current").resolve()
    names = [path for path in release.rglob("*") if path.is_file()]
    for text in (EMAIL, AUTHOR):
        assert [path for path in names if text.encode() in path.read_bytes()] == []


def test_verify_finds_a_history_that_was_changed(tmp_path: Path) -> None:
    book = Quay(tmp_path)
    book.records = {"rosa": {"name": "Rosa"}, "ben": {"name": "Ben"}}
    book.commit()
    book.records["rosa"]["name"] = "Rosa Diaz"
    book.commit()
    for sql, word in (
        ("UPDATE _changes SET new = '\"Rose\"' WHERE new NOT NULL", "is not"),
        ("DELETE FROM _changes WHERE kind = 'added' AND key = 'ben'", "is a record"),
        ("UPDATE _versions SET \"commit\" = '0123' WHERE _version = 2", "no commit of the line"),
        ("UPDATE _versions SET at = '2020-01-01T00:00:00Z' WHERE _version = 2", "not committed at"),
        ("UPDATE _changes SET record = 'ben' WHERE key = 'rosa'", "is said to be"),
    ):
        built = sourcebook.build(tmp_path, clean=True)
        assert built.release
        with closing(sqlite3.connect(built.release / "quay.db")) as connection:
            connection.execute(sql)
            connection.commit()
        told = [str(one) for one in sourcebook.verify(tmp_path).differences]
        assert [one for one in told if word in one], (sql, told)


def with_statements(root: Path) -> Quay:
    """A book of claims that people make and deny, and of a person of whom one is made."""
    book = Quay(root)
    write = book.write

    def with_claims(*, comment: str = "") -> None:
        write(comment=comment)
        (root / "data/claims").mkdir(parents=True, exist_ok=True)
        for key, value in book.claims.items():  # type: ignore[attr-defined]
            (root / f"data/claims/{key}.yaml").write_text(json.dumps({"id": key, **value}) + "\n")
        properties = {name: {"type": "string"} for name in ("id", "text", "by", "paper")} | {
            "denies": {"type": "array", "items": {"type": "string"}}
        }
        (root / "schemas/claim.json").write_text(json.dumps({"type": "object", "properties": properties}))
        with (root / "datapackage.yaml").open("a") as file:
            file.write(
                "  - name: claims\n    title: Claims\n    path: build/csv/claims.csv\n"
                "    schema: build/tableschema/claims.json\n"
                "    sourcebook:\n      records: data/claims/*.yaml\n      schema: schemas/claim.json\n      key: id\n"
                "      may_be_empty: true\n      references: {'denies[]': claims}\n"
                "      role: {statement: {text: text, by: by, in: paper, denies: 'denies[]'}}\n"
            )

    book.claims = {}  # type: ignore[attr-defined]
    book.write = with_claims  # type: ignore[method-assign]
    return book


def test_a_statement_of_the_past_stands_with_its_speaker_and_its_answer(tmp_path: Path) -> None:
    book = with_statements(tmp_path)
    book.records = {"rosa": {"name": "Rosa"}}
    claim = {"text": "Rosa sank the boat.", "by": "A pilot", "paper": "The Mole Echo"}
    book.claims = {"sank": dict(claim)}  # type: ignore[attr-defined]
    book.commit()
    book.claims["sank"]["text"] = "Rosa sank the tin boat."  # type: ignore[attr-defined]
    book.commit()
    answer = {"text": "She did not.", "by": "Rosa Quay", "paper": "The Quay Post", "denies": ["sank"]}
    book.claims["denied"] = answer  # type: ignore[attr-defined]
    book.commit()
    with closing(_database(tmp_path)) as connection:
        sql = "SELECT old, new, said_by, published_in, answers FROM _changes WHERE property = 'text'"
        ((old, new, said_by, published_in, answers),) = connection.execute(sql)
    assert (old, new) == ('"Rosa sank the boat."', '"Rosa sank the tin boat."')
    assert (said_by, published_in) == ("A pilot", "The Mole Echo")
    assert "She did not." in answers
    assert "Rosa Quay" in answers


def test_what_rested_on_statements_and_does_not_any_more_is_told_without_its_values(tmp_path: Path) -> None:
    book = with_statements(tmp_path)
    claim = {"type": "string", "x-references": "claims.id"}
    office = {"type": "object", "properties": {"what": {"type": "string"}, "claim": claim}}
    book.properties |= {"claims": {"type": "array", "items": claim}, "offices": {"type": "array", "items": office}}
    book.claims = {"sank": {"text": "Rosa sank it.", "by": "A pilot", "paper": "The Mole Echo"}}  # type: ignore[attr-defined]
    rosa = {"name": "Rosa who sank it", "claims": ["sank"], "offices": [{"what": "sinker of boats", "claim": "sank"}]}
    book.records = {"rosa": rosa, "ben": {"name": "Ben"}}
    book.commit()
    rosa["offices"] = [{"what": "sinker of tin boats", "claim": "sank"}]
    book.records["ben"]["name"] = "Benny"
    book.commit()
    sql = "SELECT property, old, new, said_by FROM _changes WHERE property NOT NULL ORDER BY _change"
    with closing(_database(tmp_path)) as connection:
        assert all(row[3] == "A pilot" for row in connection.execute(sql) if row[0] != "name")
    book.records["rosa"] = {"name": "Rosa", "claims": [], "offices": []}
    book.commit()
    with closing(_database(tmp_path)) as connection:
        told = connection.execute(sql).fetchall()
    assert [row[1:] for row in told if row[0] == "name"] == [('"Ben"', '"Benny"', None), (None, None, None)]
    assert not [row for row in told if "sink" in str(row) or "sank it" in str(row)]
    assert ("claims[0]", '"sank"', None, None) in told


def _database(root: Path) -> sqlite3.Connection:
    sourcebook.build(root)
    return sqlite3.connect(next((root / "build/current").glob("*.db")))


def test_what_is_private_has_no_past(tmp_path: Path) -> None:
    book = Quay(tmp_path / "book")
    kept = tmp_path / "kept"
    kept.mkdir()
    book.properties["phone"] = {"type": "string"}
    book.records = {"rosa": {"name": "Rosa", "phone": "555-7311"}}
    book.commit()
    book.records["rosa"]["phone"] = "555-9244"
    book.commit()
    assert b"555-7311" in Told(book.root, kept).bytes
    book.properties["phone"] = {"type": "string", "x-visibility": "private"}
    book.commit()
    told = Told(book.root, kept)
    assert [row[1] for row in told.kinds()] == ["added"]
    for text in (b"555-7311", b"555-9244"):
        assert text not in told.bytes
        assert all(text not in file.read_bytes() for file in kept.iterdir())


@pytest.mark.parametrize("said", ["private", {"embargoed": "2999-01-01"}])
def test_what_was_private_when_it_was_written_has_no_past_either(tmp_path: Path, said: Any) -> None:
    book = Quay(tmp_path / "book")
    kept = tmp_path / "kept"
    kept.mkdir()
    book.properties["phone"] = {"type": "string", "x-visibility": said}
    book.records = {"rosa": {"name": "Rosa", "phone": "555-7311"}}
    book.commit()
    book.records["rosa"]["phone"] = "the harbour office's"
    book.commit()
    Told(book.root, kept)
    book.properties["phone"] = {"type": "string"}
    book.commit()
    for told in (Told(book.root, kept), Told(book.root)):
        assert told.kinds() == [(1, "added", "rosa", None), (2, "changed", "rosa", "phone")]
        assert told.changes[-1][8:10] == (None, json.dumps("the harbour office's"))
        assert b"555-7311" not in told.bytes
        assert all(b"555-7311" not in file.read_bytes() for file in kept.iterdir())


def test_an_embargo_of_the_past_ends_on_its_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Quay(tmp_path / "book")
    kept = tmp_path / "kept"
    kept.mkdir()
    book.properties["phone"] = {"type": "string", "x-visibility": {"embargoed": "2030-01-01"}}
    book.records = {"rosa": {"name": "Rosa", "phone": "555-7311"}}
    book.commit()
    book.properties["phone"] = {"type": "string"}
    book.records["rosa"]["phone"] = "555-9244"
    book.commit()
    for day, is_told in (("1800000000", False), ("2000000000", True)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", day)
        for told in (Told(book.root, kept), Told(book.root)):
            assert (b"555-7311" in told.bytes) == is_told


@pytest.mark.parametrize("entry", ["property: name", "hashes: [%s]"])
def test_what_was_taken_down_has_no_past(tmp_path: Path, entry: str) -> None:
    words = "Rosa Diaz keeps the second key of the harbour"
    book = Quay(tmp_path / "book")
    kept = tmp_path / "kept"
    kept.mkdir()
    book.records = {"rosa": {"name": words, "age": 1}, "ben": {"name": "Ben"}}
    book.commit()
    book.records["rosa"] |= {"name": "Rosa", "age": 2}
    book.commit()
    assert words.encode() in Told(book.root, kept).bytes
    said = entry % fingerprint(words) if "%" in entry else f"{entry}, hashes: []"
    (book.root / "curation").mkdir()
    (book.root / "curation/withdrawn.yaml").write_text(
        "- {collection: people, key: rosa, property: name, how: taken-down, on: 2026-11-30, "
        f"reason: She asked for it., {said.removeprefix('property: name, ')}}}\n"
    )
    book.commit()
    told = Told(book.root, kept)
    assert words.encode() not in told.bytes
    assert all(words.encode() not in file.read_bytes() for file in kept.iterdir())
    assert ("changed", "rosa", "age") in [row[1:] for row in told.kinds()]
