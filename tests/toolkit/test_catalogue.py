# SPDX-License-Identifier: Apache-2.0
"""What lists tables costs little, and lists none that only search uses; on both versions of Datasette."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.site.datasette import catalogue
from tests.served import BOOKS, PYTHONS, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("catalogue")]

ADDRESSES = ["/orchard", "/orchard.json", "/orchard?sql=select+1", "/orchard/varieties", "/orchard/varieties_fts_data"]
MOST = {"/orchard": 12, "/orchard.json": 12, "/orchard?sql=select+1": 12}  # statements; it was more than five a table


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("catalogue") / "orchard")
    sourcebook.build(folder)
    return folder / "build" / "current"


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def pages(request: pytest.FixtureRequest, built: Path) -> dict[str, dict[str, Any]]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    command = [request.param, "-m", "tests.counting", str(built.resolve()), *ADDRESSES]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    return dict(zip(ADDRESSES, map(json.loads, told.stdout.splitlines()), strict=True))


def test_pages_that_list_tables_ask_little(pages: dict[str, dict[str, Any]], built: Path) -> None:
    with closing(sqlite3.connect(built / "orchard.db")) as connection:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()
    assert tables > 20
    for address, most in MOST.items():
        page = pages[address]
        assert page["status"] == 200, address
        assert page.get("statements", 0) <= most, address
        assert page.get("functions", 0) <= most, address
        assert page.get("checks", 0) <= most, address


def test_tables_of_search_are_not_listed_and_all_others_are(pages: dict[str, dict[str, Any]], built: Path) -> None:
    told = json.loads(pages["/orchard.json"]["text"])
    listed = {table["name"] for table in told["tables"]}
    with closing(sqlite3.connect(built / "orchard.db")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        views = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
    assert listed == {name for name in tables if "_fts" not in name} - {"sqlite_stat1"}
    assert {name for name in tables if "_fts" in name}
    assert {view["name"] for view in told["views"]} == views
    assert all(table["count"] is not None for table in told["tables"])
    (records,) = (table for table in told["tables"] if table["name"] == "_records")
    assert records["hidden"]


def test_the_editor_does_not_complete_tables_of_search(pages: dict[str, dict[str, Any]]) -> None:
    for address in ("/orchard", "/orchard?sql=select+1"):
        assert "_fts_data" not in pages[address]["text"]


def test_their_own_addresses_answer_as_before(pages: dict[str, dict[str, Any]]) -> None:
    assert pages["/orchard/varieties_fts_data"]["status"] == 200


def test_where_something_is_said_of_who_may_see_it_is_asked_each_time(built: Path) -> None:
    from datasette.app import Datasette

    def site(**said: Any) -> Datasette:
        tables = {"varieties": said} if said else {}
        metadata = {"plugins": {"sourcebook": {"database": "orchard"}}, "databases": {"orchard": {"tables": tables}}}
        return Datasette([], immutables=[str(built / "orchard.db")], metadata=metadata)

    async def asked(of: Datasette) -> bool:
        await catalogue.settle(of, "orchard")
        return bool(await of.permission_allowed(None, "view-table", ("orchard", "varieties"), default=True))

    assert asyncio.run(asked(site()))
    assert not asyncio.run(asked(site(allow=False)))


def test_strangers_cannot_have_it_keep_what_is_not_there() -> None:
    asked = []

    async def exists(table: str) -> bool:
        asked.append(table)
        return table == "varieties"

    kept = catalogue._kept(exists, frozenset({"varieties"}))

    async def ask() -> None:
        for name in ("varieties", "nosuch", "varieties", "nosuch"):
            await kept(name)

    asyncio.run(ask())
    assert asked == ["varieties", "nosuch", "nosuch"]
