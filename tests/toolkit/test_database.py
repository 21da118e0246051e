# SPDX-License-Identifier: Apache-2.0
"""sqlite-utils: a release's database for its users, and a second pair of eyes for ``verify``."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

import sourcebook
from sourcebook.book import Script
from sourcebook.compile import database, ddl
from sourcebook.errors import UsageError
from sourcebook.sqlite import quote
from sourcebook.tables import Column, Table

Copy = Callable[[str], Path]


def test_the_current_release_is_read(book: Copy) -> None:
    folder = book("orchard")
    sourcebook.build(folder)
    with sourcebook.database(folder) as one:
        assert type(one) is sqlite_utils.Database
        assert one["growers"].count == 2
        assert one["varieties"].get("red-lantern")["name"] == "Red Lantern"
        assert [row["key"] for row in one["_records"].rows_where("collection = ?", ["growers"])]
        assert one["harvests"].foreign_keys
        (folder / "data/growers/late.yaml").write_text("name: Late Farm\n")
        assert sourcebook.build(folder).release
        assert one["growers"].count == 2
    with sourcebook.database(folder) as other:
        assert other["growers"].count == 3


def test_it_cannot_write(book: Copy) -> None:
    folder = book("orchard")
    sourcebook.build(folder)
    with sourcebook.database(folder) as one:
        for change in (
            lambda: one["growers"].insert({"_key": "x", "name": "X"}),
            lambda: one["more"].insert({"a": 1}),
            lambda: one["growers"].enable_fts(["place"]),
            lambda: one.vacuum(),
        ):
            with pytest.raises(sqlite3.OperationalError):
                change()
    assert sourcebook.verify(folder).ok


def test_where_nothing_is_built_it_says_so(book: Copy) -> None:
    with pytest.raises(UsageError, match="nothing is built"):
        sourcebook.database(book("orchard"))


def test_the_command_line_reads_a_release(book: Copy) -> None:
    """As the documentation says: the database opened as immutable, which asks for no lock and leaves no file."""
    folder = book("orchard")
    sourcebook.build(folder)
    command = [sys.executable, "-m", "sqlite_utils", "rows", str(folder / "build/orchard.db"), "growers", "--csv"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Alder Farm" in result.stdout
    assert sourcebook.verify(folder).ok


# What our own code forgets, the database and the one compiled anew lack alike.
def _nullable(table: Table, column: Column, *, strict: bool, made: Callable[..., str] = ddl._column_sql) -> str:
    return made(table, column, strict=strict).replace(" NOT NULL", "")


def _any(table: Table, column: Column, *, strict: bool, made: Callable[..., str] = ddl._column_sql) -> str:
    return made(table, column, strict=strict).replace(" INTEGER", " ANY")


def _one_more(connection: sqlite3.Connection, view: Script, made: Any = database._create_view) -> str:
    connection.execute(f"CREATE VIEW {quote(f'{view.name}_again')} AS SELECT 1 AS one")
    return str(made(connection, view))


FORGOTTEN: list[tuple[object, str, object, str]] = [
    (ddl, "_column_sql", _nullable, "the columns of"),
    (ddl, "_column_sql", _any, "the columns of"),
    (database, "index_sql", lambda _table: [], "the indexes of"),
    (database, "search_sql", lambda _table, _spelled: [], "the tables"),
    (database, "_create_view", _one_more, "the views"),
    (
        database,
        "table_sql",
        lambda table, tables, strict, made=ddl.table_sql: made(table, tables, strict=strict).removesuffix(" STRICT"),
        "the kind of",
    ),
]


@pytest.mark.parametrize(("module", "name", "other", "told"), FORGOTTEN, ids=[told for *_, told in FORGOTTEN])
def test_verify_sees_what_our_own_code_forgets(
    book: Copy, monkeypatch: pytest.MonkeyPatch, module: object, name: str, other: object, told: str
) -> None:
    folder = book("orchard")
    monkeypatch.setattr(module, name, other)
    built = sourcebook.build(folder)
    assert built.release, built.checked.findings
    messages = [difference.message for difference in sourcebook.verify(folder).differences]
    assert any(message.startswith(told) and "sqlite-utils" in message for message in messages), messages


def test_sqlite_utils_is_imported_where_it_is_asked_for() -> None:
    code = "import sys, sourcebook, sourcebook.verify, sourcebook.publish.build; print('sqlite_utils' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
