# SPDX-License-Identifier: Apache-2.0
"""SQL of readers sees records: nothing of the server, and nothing that writes. Datasette's own pages stay whole."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from html import unescape
from pathlib import Path

import httpx
import pytest

import sourcebook
from sourcebook.sqlite import Sandbox, guard
from tests.served import BOOKS, PYTHONS, serving

REFUSED = (
    "SELECT * FROM pragma_database_list",
    "SELECT file FROM pragma_database_list()",
    "SELECT count(*) FROM PRAGMA_DATABASE_LIST",
    "SELECT * FROM main.pragma_database_list",
    "SELECT a.name FROM boats a JOIN pragma_database_list b",
    "SELECT (SELECT file FROM pragma_database_list LIMIT 1)",
    "WITH x AS (SELECT * FROM pragma_compile_options) SELECT * FROM x",
    "SELECT * FROM pragma_function_list",
    "SELECT * FROM pragma_module_list",
    "SELECT * FROM pragma_temp_store_directory",
    "SELECT hex(fts3_tokenizer('simple'))",
    "SELECT FTS3_Tokenizer('simple', x'00')",
    "SELECT load_extension('x')",
    "ATTACH 'x.db' AS x",
    "ATTACH ':memory:' AS x",
    "DETACH main",
    "VACUUM INTO 'x.db'",
    "INSERT INTO found(found) VALUES ('rebuild')",
    "INSERT INTO found(found, rank) VALUES ('rank', 'bm25(10.0)')",
    "INSERT INTO found_data VALUES (1, x'00')",
    "INSERT INTO boats VALUES ('a')",
    "UPDATE boats SET name = ''",
    "DELETE FROM boats",
    "DELETE FROM sqlite_master",
    "DROP TABLE boats",
    "CREATE TABLE x (a)",
    "CREATE TEMP TABLE x (a)",
    "CREATE VIRTUAL TABLE temp.x USING fts5vocab(main, found, row)",
    "CREATE TEMP TRIGGER x AFTER INSERT ON boats BEGIN SELECT 1; END",
    "ALTER TABLE boats RENAME TO x",
    "REINDEX",
    "ANALYZE",
    "PRAGMA writable_schema = ON",
    "PRAGMA temp_store_directory = '.'",
    "PRAGMA hard_heap_limit = 0",
    "PRAGMA query_only = OFF",
    "PRAGMA trusted_schema = ON",
    "PRAGMA journal_mode = OFF",
    "PRAGMA module_list",
    "EXPLAIN INSERT INTO boats VALUES ('a')",
    "SELECT " + " + ".join(["1"] * 2000),
    "SELECT " + ", ".join(["1"] * 301),
    "SELECT " + " UNION ALL SELECT ".join(["1"] * 200),
    "SELECT name LIKE '" + "%a" * 3_000 + "' FROM boats",
    "SELECT name GLOB '" + "*a" * 3_000 + "' FROM boats",
    "SELECT length(randomblob(900000000))",
    "SELECT 1 --" + "x" * 100_000,
    "SELECT coalesce(" + ", ".join(["1"] * 101) + ")",
)
ANSWERED = (
    "SELECT * FROM boats a JOIN boats b",
    "SELECT count(*) FROM boats, json_each('[1]')",
    "SELECT * FROM found WHERE found MATCH 'sea' ORDER BY bm25(found)",
    "SELECT highlight(found, 0, '<', '>') FROM found('sea')",
    "SELECT * FROM listed",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM pragma_table_info('boats')",
    "SELECT * FROM pragma_table_list",
    "SELECT * FROM pragma_foreign_key_list('boats')",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5) SELECT * FROM n",
    "SELECT sqlite_version()",
    "PRAGMA table_info(boats)",
    "PRAGMA main.table_list",
    "EXPLAIN QUERY PLAN SELECT * FROM boats",
    "SELECT name LIKE '%sea%' FROM boats",
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE boats (name TEXT); INSERT INTO boats VALUES ('Sea Hare');"
            "CREATE VIEW listed AS SELECT name FROM boats;"
            "CREATE VIRTUAL TABLE found USING fts5(name); INSERT INTO found VALUES ('the sea');"
        )
    return path


@pytest.fixture
def guarded(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database)) as connection:  # which could write, were it not for the guard
        guard(connection, 1_000_000)
        yield connection


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_not_of_records_is_refused(guarded: sqlite3.Connection, sql: str, database: Path) -> None:
    before = database.read_bytes()
    with pytest.raises(sqlite3.Error) as refused:
        guarded.execute(sql).fetchall()
    assert str(database.parent) not in str(refused.value)
    assert database.read_bytes() == before


@pytest.mark.parametrize("sql", ANSWERED)
def test_what_is_of_records_is_answered(guarded: sqlite3.Connection, sql: str) -> None:
    assert guarded.execute(sql).fetchall() or "foreign_key" in sql


def test_a_text_that_is_too_long_is_not_made(guarded: sqlite3.Connection) -> None:
    """SQLite 3.40 gives NULL in its place, later ones say so."""
    with suppress(sqlite3.DataError):
        ((found,),) = guarded.execute("SELECT length(printf('%.*c', 100000000, 'x'))")
        assert found is None or found < 2_000_000


def test_the_sandbox_refuses_the_same(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for sql in REFUSED:
            if ", 1" in sql and "coalesce" not in sql:
                continue  # a book may select as many columns as its tables have
            with pytest.raises(sqlite3.Error), Sandbox(connection, 1).guarded() as within:
                within.execute(sql).fetchall()
        connection.execute("ATTACH ':memory:' AS x")  # it is as it was
        assert connection.execute("SELECT " + ", ".join(["1"] * 301)).fetchone()


def test_tables_that_are_wider_than_most_are_read(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wide.db")) as connection:
        connection.execute(f"CREATE TABLE wide ({', '.join(f'c{n}' for n in range(700))})")
        guard(connection, 1_000_000)
        assert len(connection.execute("SELECT * FROM wide").description) == 700
        assert len(connection.execute("SELECT * FROM wide a LEFT JOIN wide b").description) == 1400


def test_a_server_that_writes_still_shows_nothing_of_itself(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        guard(connection, 1_000_000, writes=True)
        connection.execute("INSERT INTO boats VALUES ('Plover')")
        for sql in ("SELECT * FROM pragma_database_list", "SELECT fts3_tokenizer('simple')", "ATTACH ':memory:' AS x"):
            with pytest.raises(sqlite3.Error):
                connection.execute(sql)


# --- served -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    folder = shutil.copytree(BOOKS / "orchard", tmp_path_factory.mktemp("authorizer") / "orchard")
    sourcebook.build(folder)
    with serving(request.param, folder) as client:
        yield client


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_every_page_of_datasette_is_whole(site: httpx.Client) -> None:
    """From page to page, each kind of address once or twice, as a reader's browser would follow them."""
    waiting, seen, kinds = ["/orchard", "/orchard.json", "/orchard/varieties?_search=a"], set[str](), dict[str, int]()
    while waiting and len(seen) < 80:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = site.get(address, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.text[:400])
        assert "not authorized" not in answer.text, address
        for link in map(unescape, re.findall(r'(?:href|src)="(/(?:orchard|-/static)[^"#]*)"', answer.text)):
            kind = re.sub(r"=[^&]*", "", re.sub(r"/orchard/\w+/[^?/]+", "/orchard/t/row", link))
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= 2 and link not in seen:
                waiting.append(link)
    assert len(seen) > 40


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize(
    "sql", [sql for sql in REFUSED if sql.startswith(("SELECT", "WITH")) and "boats" not in sql and len(sql) < 9_000]
)
def test_readers_are_told_that_it_is_refused(site: httpx.Client, sql: str) -> None:
    answer = site.get("/orchard.json", params={"sql": sql}, follow_redirects=True)
    assert answer.status_code in (400, 414), (answer.status_code, answer.text[:300])
    assert answer.json()["ok"] is False
    assert answer.json()["error"]
    assert "/orchard.db" not in answer.text
    assert "/tmp" not in answer.text.replace(sql, "")  # noqa: S108


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize(
    "query",
    [
        *("_facet={}", "_where=a%00b", "_sort=nope", "_through=x", "_timelimit=x", "_size=-1", "_next=%00"),
        *("_json_infinity=x&_shape=x", "_facet_array={}", "_facet=nope", "_facet_date=nope", "_facet_array=name"),
        *(
            "_col=nope",
            "_nocol=nope",
            "_search=%22&_searchmode=raw",
            "_fts_table=nope&_search=a",
            "_fts_pk=nope&_search=a",
        ),
        *(
            "nope=1",
            "nope__gt=1",
            "name__nope=1",
            "_where=nope",
            "_next=a,b,c,d",
            "_next=nope&_sort=name",
            "_label=nope",
        ),
        *("_search_nope=a", "_shape=nope", "_sort=name&_sort_desc=name", "_extra=nope", "_extra=debug,request"),
        *("_facet_size=%C2%B2&_facet=name", "_ttl=%C2%B2", "_nl=x", "_json=nope", "_blob_column=name", "_trace=1"),
        *("name__in=[", "name__in=[1", "name__arraycontains=a", "name__date=x", "name__regexp=(", "name__isblank=x"),
        *("_filter_column=name&_filter_op=nope&_filter_value=1", "_filter_column_1=x", "_stream=1", "_sort_by_desc=on"),
        *("_through={%22table%22:%22nope%22,%22column%22:%22a%22,%22value%22:%22b%22}", "=", "&&&", "%00=1", "a;b=1"),
    ],
)
def test_odd_parameters_are_no_fault_of_the_server(site: httpx.Client, query: str) -> None:
    for address in ("/orchard/varieties", "/orchard/varieties.json", "/orchard/varieties.csv", "/orchard/harvest_list"):
        answer = site.get(f"{address}?{query}")
        assert answer.status_code < 500, (address, answer.status_code, answer.text[:300])


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize(
    "address",
    [
        *("/orchard.csv", "/orchard.csv?sql=", "/orchard.blob?sql=select+1+as+a&_blob_column=a"),
        *(
            f"/orchard/-/query.blob?sql=select+{sql}&_blob_column=a"
            for sql in ("1+as+a", "1+as+a+where+0", "'x'+as+a&_blob_hash=x")
        ),
        *(
            f"/orchard/varieties.blob?_blob_column={column}"
            for column in ("rowid", "name&_blob_hash=x", "name&name=nope")
        ),
    ],
)
def test_a_form_that_a_page_has_not_is_no_fault_of_the_server(site: httpx.Client, address: str) -> None:
    answer = site.get(address, follow_redirects=True)  # 1.0 leads from one address of SQL to another
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert "noted in the log" not in answer.text


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize(
    "address",
    [
        *(
            "/-/threads",
            "/-/databases.json",
            "/-/plugins.json",
            "/-/settings.json",
            "/-/versions.json",
            "/-/config.json",
        ),
        *(
            "/-/metadata.json",
            "/-/actor.json",
            "/-/permissions",
            "/-/messages",
            "/-/allow-debug",
            "/-/logout",
            "/-/tasks",
        ),
        *(
            "/-/auth-token",
            "/-/create-token",
            "/-/api",
            "/-/allowed",
            "/-/rules",
            "/-/check",
            "/-/patterns",
            "/_memory",
        ),
        *(
            "/-/static-plugins/sourcebook/x",
            "/orchard//x",
            "/_internal",
            "/_internal/databases",
            "/-/debug/autocomplete",
        ),
        *(
            "/-/nosuch",
            "/orchard/-/execute-write",
            "/orchard/-/create",
            "/-/%74hreads",
            "/%2D/threads",
            "/-/static/../x",
        ),
    ],
)
def test_nothing_is_shown_of_the_machine(site: httpx.Client, address: str) -> None:
    answer = site.get(address, follow_redirects=False)
    assert answer.status_code == 404
    for told in ("/tmp", "/home", "python", "3.11", "Linux"):  # noqa: S108
        assert told not in answer.text


@pytest.mark.slow
@pytest.mark.xdist_group("serve")
def test_every_answer_has_the_headers_of_one_that_is_safe(site: httpx.Client) -> None:
    tag = {"if-none-match": site.get("/varieties").headers["etag"]}
    answers = [
        site.get(address)
        for address in (
            *("/", "/varieties", "/varieties.json", "/nosuch", "/varieties?nope=1", "/orchard", "/orchard/varieties"),
            *(
                "/orchard/varieties.json",
                "/orchard?sql=nope",
                "/orchard.json?sql=nope",
                "/-/static/app.css",
                "/-/threads",
            ),
            *(
                "/-/downloads/orchard.db",
                "/-/downloads/nosuch",
                "/favicon.ico",
                "/robots.txt",
                "/orchard/varieties.csv",
            ),
            *("/-/sourcebook/site.css", "/orchard/nosuch", "/orchard/", "/-/jump.json"),
        )
    ]
    answers += [site.get("/varieties", headers=tag), site.options("/varieties"), site.options("/orchard/varieties")]
    answers += [site.options("/-/downloads/orchard.db"), site.post("/varieties"), site.delete("/orchard/varieties")]
    answers += [site.head("/varieties"), site.get("/varieties", headers={"host": 'x"y'})]
    for answer in answers:
        for name, value in (
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "cross-origin"),
        ):
            assert answer.headers.get_list(name) == [value], (answer.request.method, answer.request.url, name)
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "server" not in answer.headers
        if answer.status_code not in (204, 304):
            (policy,) = answer.headers.get_list("content-security-policy")
            assert "frame-ancestors 'none'" in policy
            assert "base-uri 'none'" in policy
    for own in answers[:5]:
        assert "unsafe" not in own.headers["content-security-policy"]
        assert "default-src 'none'" in own.headers["content-security-policy"]
