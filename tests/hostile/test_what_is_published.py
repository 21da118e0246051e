# SPDX-License-Identifier: Apache-2.0
"""What a release holds: each value as it was written, nothing that was not declared, and all files of one build."""

from __future__ import annotations

import getpass
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.book.formats import FORMATS
from sourcebook.exact import loads
from sourcebook.publish import release
from tests.hostile.books.model import RECORD, SCHEMA, book, descriptor, resource
from tests.hostile.test_taken_down import where

# --- values and keys --------------------------------------------------------------------------------------------------

_TYPES = {"t": "string", "i": "integer", "n": "number", "b": "boolean"}
_VALUES = {
    "t": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
    | st.sampled_from(("007", "1e3", "1.0", " 7", "NULL", "true", "0x10", "1" * 40)),
    "i": st.integers(-(2**63), 2**63 - 1),
    "n": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    "b": st.booleans(),
}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.fixed_dictionaries({}, optional=_VALUES), min_size=30, max_size=60))
def test_no_value_becomes_another_on_its_way_into_a_column(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("values") / "book"
    files = {f"r{n}.json": json.dumps(one).encode() for n, one in enumerate(records)}
    schema = {"type": "object", "properties": {name: {"type": kind} for name, kind in _TYPES.items()}}
    book(files, schema, records="data/lights/*").write(folder)
    made = sourcebook.build(folder).release
    assert made is not None
    with closing(sqlite3.connect(made / "coast.db")) as connection:
        found = {row[0]: row[1:] for row in connection.execute("SELECT _key, t, i, n, b FROM lights")}
        whole = dict(connection.execute("SELECT key, document FROM _records"))
    assert len(found) == len(records)
    for number, record in enumerate(records):
        assert found[f"r{number}"] == tuple(record.get(name) for name in _TYPES), record
        kinds = {"t": str, "i": int, "n": float, "b": int}
        for name, value in zip(_TYPES, found[f"r{number}"], strict=True):
            assert value is None or type(value) is kinds[name], record
        assert loads(whole[f"r{number}"].encode()) == record


@pytest.mark.parametrize("statement", ["INSERT INTO lights (name) VALUES ('x')", "UPDATE lights SET _key = NULL"])
def test_a_table_takes_no_row_without_a_key(tmp_path: Path, statement: str) -> None:
    _book_of_two(tmp_path / "book")
    with closing(_copy(tmp_path / "book")) as connection, pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        connection.execute(statement)


def test_a_table_takes_no_key_twice_and_no_value_of_another_type(tmp_path: Path) -> None:
    _book_of_two(tmp_path / "book")
    with closing(_copy(tmp_path / "book")) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute("UPDATE lights SET _key = 'same'")
        with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in REAL column"):
            connection.execute("UPDATE lights SET height = 'tall'")
        kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
        own = [(name, sql) for name, sql in kept if "_fts" not in name and name != "sqlite_stat1"]
        assert {name for name, _ in own} == {"_records", "lights", "lights_keepers"}
        assert [name for name, sql in own if not sql.rstrip().endswith("STRICT")] == []


@pytest.mark.parametrize(
    ("records", "rule"),
    [
        ('[{"id": "a"}, {"id": "b"}, {"id": "a"}]', "key-duplicate"),
        ('[{"id": "a"}, {"name": "b"}]', "key-missing"),
        ('[{"id": "a"}, {"id": null}]', "key-missing"),
        ('[{"id": 7}, {"id": "7"}]', "key-duplicate"),
    ],
)
def test_a_key_that_is_not_there_or_there_twice_is_told(tmp_path: Path, records: str, rule: str) -> None:
    case = book({"all.json": records.encode()}, {}, records="data/lights/*", layout="list", key="id")
    case.write(tmp_path / "book")
    built = sourcebook.build(tmp_path / "book")
    assert built.release is None
    told = [one for one in built.checked.findings if one.rule == rule]
    assert [(one.path, one.level) for one in told] == [("data/lights/all.json", "error")], built.checked.findings


def _book_of_two(folder: Path) -> None:
    book({"low.yaml": RECORD, "high.yaml": RECORD}).write(folder)
    assert sourcebook.build(folder).release is not None


def _copy(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    with closing(sqlite3.connect((folder / "build/coast.db").resolve())) as made:
        made.backup(connection)
    return connection


# --- what is public ---------------------------------------------------------------------------------------------------

_KEPT_BACK = ("zqignored", "zqcomment", "zqbeside", "zqhidden", "zqbuild", "zqchore", "zqgit")


def _secretive(folder: Path) -> None:
    """A book with words in every place that is not declared to be published."""
    more = {
        "data/ignored/draft.yaml": b"name: zqignored\n",
        "data/lights/high.yaml": b"# zqcomment\nname: High  # zqcomment\n",
        "notes.txt": b"zqbeside",
        "README.md": b"zqbeside",
        ".env": b"TOKEN=zqhidden",
        "data/lights/.low.yaml.swp": b"name: zqhidden\n",
        ".git/config": b"zqgit",
        "build/leftover.txt": b"zqbuild",
        "scripts/chores.py": b"print('zqchore')\n",
    }
    case = book(said=descriptor(resource(), sourcebook={"ignore": ["data/ignored/**"]}), more=more)
    case.write(folder)


def test_a_release_holds_nothing_that_was_not_declared(tmp_path: Path) -> None:
    _secretive(tmp_path / "book")
    made = sourcebook.build(tmp_path / "book", formats=[name for name in FORMATS if FORMATS[name].is_there]).release
    assert made is not None
    assert where(made, "Low Light"), "what is published is found by this search"
    assert {word: found for word in _KEPT_BACK if (found := where(made, word))} == {}
    names = [str(tmp_path), *([getpass.getuser()] if len(getpass.getuser()) > 5 else [])]
    assert {name: found for name in names if (found := where(made, name))} == {}


def test_a_public_database_has_the_tables_that_are_declared_and_no_others(tmp_path: Path) -> None:
    _secretive(tmp_path / "book")
    made = sourcebook.build(tmp_path / "book").release
    assert made is not None
    said = json.loads((made / "datapackage.json").read_text())
    declared = {one["name"] for one in said["resources"]} | {"_records"}
    with closing(sqlite3.connect(made / "coast.db")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        others = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger')").fetchall()
    of_search = {name for name in tables if name.rpartition("_fts")[0] in declared}
    assert tables - of_search - {"sqlite_stat1", "sqlite_stat4"} == declared
    assert others == []


# --- files of one build -----------------------------------------------------------------------------------------------

_CALLS = ("rename", "replace", "symlink", "unlink", "rmdir", "mkdir", "open", "chmod", "fsync")


def test_at_every_step_of_a_build_what_is_current_is_one_whole_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files by one pointer: a reader sees those of the build before, or those of the new one."""
    folder = tmp_path / "book"
    book(RECORD, SCHEMA).write(folder)
    before = sourcebook.build(folder).release
    assert before is not None
    (folder / "data/lights/low.yaml").write_bytes(RECORD.replace(b"Low", b"Lower"))
    pointer, seen, looking = folder / "build/current", list[str](), False

    def stepped(call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any, **options: Any) -> Any:
            nonlocal looking
            try:
                return call(*arguments, **options)
            finally:
                if not looking:
                    looking = True
                    seen.append(_seen(pointer))
                    looking = False

        return made

    with monkeypatch.context() as watched:
        for name in _CALLS:
            watched.setattr(os, name, stepped(getattr(os, name)))
        after = sourcebook.build(folder).release
    assert after is not None
    assert len(seen) > 50
    assert [one for one in seen if one not in (before.name, after.name)] == []
    assert seen == sorted(seen, key=(before.name, after.name).index), "and never goes back"
    assert {before.name, after.name} == set(seen)


def _seen(pointer: Path) -> str:
    """The release that a reader sees now, or what is wrong with it."""
    made = pointer.resolve(strict=True)
    wrong = release.damaged(made)
    return f"{made.name}: {wrong}" if wrong else made.name
