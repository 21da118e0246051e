# SPDX-License-Identifier: Apache-2.0
"""What may be asked of Datasette: each address and parameter that the installed version knows, and odd ones."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import datasette
import pytest
from datasette.app import Datasette

from sourcebook.site.allowed import refusal, runs_sql
from sourcebook.site.allowed.addresses import Kind, kind

BOOK = ("harbour",)
BOATS = ("harbour", "boats")
QUERIES = {"by.weight"}
VIEWS = {"fleet"}

# Routes of either version that somebody has looked at: what is there shows nothing of the machine, and only reads.
SHOWN = {
    *("/", "/.json"),
    "/-/static/x",
    *("/-/jump", "/-/jump.json", "/-/queries", "/-/queries.json", "/-/schema", "/-/schema.json"),
    *("/harbour", "/harbour.json", "/harbour.db"),
    *("/harbour/-/queries", "/harbour/-/queries.json", "/harbour/-/query", "/harbour/-/query.json"),
    *("/harbour/-/query/parameters", "/harbour/-/schema", "/harbour/-/schema.json"),
    *("/harbour/x", "/harbour/x.json", "/harbour/x/x", "/harbour/x/x.json"),
    *("/harbour/x/-/definition", "/harbour/x/-/autocomplete"),
    *("/harbour/x/-/schema", "/harbour/x/-/schema.json"),
}
# Parameters of either version that somebody has looked at.
KNOWN = {
    *("_blob_column", "_blob_hash", "_col", "_context", "_dl", "_extra", "_extras", "_facet", "_facet_size", "_fts_pk"),
    *("_fts_table", "_header", "_hide_sql", "_initial", "_json", "_json_infinity", "_label", "_labels", "_message"),
    *("_next", "_nl", "_nocol", "_nocount", "_nofacet", "_nosuggest", "_page", "_redirect_to_table", "_row"),
    *("_search", "_searchmode", "_shape", "_show_hidden", "_show_sql", "_size", "_sort", "_sort_by_desc"),
    *("_sort_desc", "_stream", "_success", "_through", "_timelimit", "_trace", "_ttl", "_where"),
}


def segments(path: str) -> tuple[str, ...]:
    return tuple(path.removeprefix("/").split("/"))


def examples(route: str) -> list[str]:
    """Addresses that a route matches: with its ending and without."""
    plain = re.sub(r"\(\\\.\(\?P<format>[^()]*(?:\([^()]*\))?[^()]*\)\)\?", "{ending}", route.removesuffix("$"))
    plain = re.sub(r"\(\?P<database>[^()]*\)", "harbour", plain)
    plain = re.sub(r"\(\?P<\w+>[^()]*\)", "x", plain).replace("\\", "")
    found = [plain.format(ending=ending) for ending in ("", ".json")]
    assert all(re.match(route, one) for one in found), route
    return found


def test_only_addresses_that_somebody_has_looked_at_are_shown() -> None:
    routes = [pattern.pattern for pattern, _ in Datasette(memory=True)._routes()]
    assert len(routes) > 20
    addresses = {one for route in routes for one in examples(route)}
    refused = {one for one in addresses if refusal("GET", segments(one), "") is not None}
    assert {one for one in addresses - refused if one != "/favicon.ico"} <= SHOWN  # which the site has of its own
    for hidden in ("threads", "settings", "config", "permissions", "messages", "actor", "logout", "allow-debug"):
        assert f"/-/{hidden}" in refused


def test_every_parameter_that_the_installed_version_knows_was_looked_at() -> None:
    sources = Path(datasette.__file__).parent
    found: set[str] = set()
    for source in [*sources.glob("*.py"), *sources.glob("views/*.py")]:
        text = source.read_text("utf-8")
        found.update(re.findall(r'(?:args|params)\.(?:get|getlist)\(\s*"(_\w+)"', text))
        found.update(re.findall(r'"(_\w+)" in (?:request\.)?(?:args|params)', text))
    assert len(found) > 20
    assert found <= KNOWN


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_nothing_but_reading_is_answered(method: str) -> None:
    refused = refusal(method, BOATS, "")
    assert refused is not None
    assert refused.status == 405
    assert refused.headers == {"allow": "GET, HEAD, OPTIONS"}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/harbour/boats", "_facet=kind&_sort=name&_size=max&name__contains=sea&_labels=on"),
        ("/harbour/boats", "_size=1000&_facet_size=max&_next=12%2CLa+Palma&_ttl=0"),
        ("/harbour/boats.json", "_shape=array&_nl=on&_col=name&_nocol=kind"),
        ("/harbour/boats", "_facet_array=tags&_facet_date=built"),
        ("/harbour/boats", "_facet=%7B%22column%22%3A%22kind%22%7D"),
        ("/harbour/boats", '_through={"table":"crew","column":"name","value":"Ada"}'),
        ("/harbour", "sql=select+1&_timelimit=200"),
        ("/harbour/-/query.csv", "sql=select+:a&a=1"),
        ("/harbour/boats", "_id__exact=1&utm_source=x"),
        ("/harbour/boats/-", ""),
        ("/harbour/boats/a~2Fb,2.json", ""),
    ],
)
def test_what_pages_link_to_is_answered(path: str, query: str) -> None:
    assert refusal("GET", segments(path), query) is None


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("sql=select+1&" + urlencode([(f"p{n}", n) for n in range(6000)]), "16,000 bytes"),
        ("sql=select+1&" + "&".join(f"p{n}" for n in range(300)), "too many parameters"),
        ("sql=select+1&" + "&".join(f"p{n}" for n in range(100)), "101 parameters"),
        ("&".join(["_where=1"] * 11), "_where is there 11 times"),
        ("&".join(["_facet=kind"] * 11), "11 columns"),
        ("&".join(["_facet_array=kind", "_facet_date=kind"] * 6), "12 columns"),
        ("&".join(f"name__not={n}" for n in range(51)), "51 filters"),
        ("&".join(f"_search_name={n}" for n in range(51)), "51 filters"),
        ("_size=1001", "from 0 to 1000 or max"),
        ("_size=-1", "from 0 to 1000 or max"),
        ("_size=%C2%B2", "from 0 to 1000 or max"),
        ("_facet_size=%D9%A3", "from 0 to 1000"),
        ("_timelimit=x", "whole number"),
        ("_timelimit=99999999999999999999", "whole number"),
        ("_ttl=99999999999", "whole number"),
        ("_json_infinity=x", "on or off"),
        ("_facet={}", "name of a column"),
        ('_facet={"column":["x"]}', "name of a column"),
        ('_facet_array={"column":', "name of a column"),
        ("_through=x", "JSON object of table"),
        ("_through=" + "[" * 3000, "JSON object of table"),
        ('_through={"table":"crew","column":"name","value":{}}', "JSON object of table"),
        ("name__in=[1", "JSON array"),
        ("name__notin=[[1]]", "JSON array"),
        ("_where=a%00b", "U+0000"),
        ("a%00b=1", "U+0000"),
        ("sql=" + "+" * 8001, "8,000 characters"),
        ("_sort=name&_sort=kind", "_sort is there 2 times"),
        ("sql=select+1&sql=select+2", "sql is there 2 times"),
    ],
)
def test_parameters_are_bounded(query: str, told: str) -> None:
    refused = refusal("GET", BOATS, query)
    assert refused is not None
    assert 400 <= refused.status < 500
    assert told in refused.told
    assert len(refused.told) < 200  # and does not say again what it was sent


@pytest.mark.parametrize("query", ["_next=100001", "_next=x", "_next=99999999999999999999", "_next=-1", "_next=1,2"])
def test_rows_of_a_view_are_passed_over_within_a_limit(query: str) -> None:
    assert refusal("GET", BOATS, query, VIEWS) is None  # a key of a table
    for path in (("harbour", "fleet"), ("harbour", "fleet.json")):
        assert refusal("GET", path, query, VIEWS) is not None
        assert refusal("GET", path, "_next=100000", VIEWS) is None


@pytest.mark.parametrize(
    "path",
    [
        *("/-/threads", "/-/threads.json", "/-/static-plugins/sourcebook/x", "/-/nosuch", "/-/", "/-", "/_internal"),
        *("/_internal/databases", "/_memory", "/_memory.json", "/:memory:x", "/harbour//boats", "//x", "/harbour/../x"),
        *("/harbour/boats/-/insert", "/harbour/-/create", "/harbour/-/execute-write", "/harbour/boats/1/-/update"),
        *("/harbour/boats/-/fragment", "/harbour/boats/-/count"),  # rows of statements without who says them
        *("/harbour/boats/-/nosuch", "/harbour/a\0b", "/-/static", "/-/static/../../threads", "/harbour/-/-/query"),
    ],
)
def test_what_is_not_listed_is_not_shown(path: str) -> None:
    refused = refusal("GET", segments(path), "")
    assert refused is not None
    assert refused.status in (403, 404)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/harbour", "sql=select+1"),
        ("/harbour.json", "s%71l=select+1"),
        ("/harbour/boats", "_where=1"),
        ("/harbour/boats", "%5Fwhere=1"),
        ("/harbour/boats", "_through=x"),
        ("/harbour/boats", "_search=a&_searchmode=raw"),
        ("/harbour/boats", "name__like=%25a%25a%25"),
        ("/harbour/boats", "name__contains=a%25a%25a%25"),
        ("/harbour/boats", "name__glob=*a*a*"),
        ("/harbour/by~2Eweight", ""),
        ("/harbour/by~2Eweight.json", ""),
        ("/harbour/fleet", ""),
        ("/harbour/-/query", ""),
        ("/harbour/-/query/parameters", ""),
        ("/-/threads", ""),
        ("/harbour/-/nosuch", ""),
    ],
)
def test_sql_of_a_reader_is_told_apart(path: str, query: str) -> None:
    assert runs_sql("GET", segments(path), query, QUERIES, VIEWS)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        *((path, "") for path in ("/harbour", "/harbour.json", "/harbour/boats", "/harbour/boats/1", "/-/static/x.js")),
        ("/harbour/boats.csv", "name__contains=sea&_sort=name"),
        ("/harbour/boats", "name__like=%25sea%25&_search=sql"),
        ("/-/static/x.js", "sql=1"),
        ("/harbour/boats/-/schema", ""),
    ],
)
def test_pages_of_tables_are_none_of_it(path: str, query: str) -> None:
    assert not runs_sql("GET", segments(path), query, QUERIES, VIEWS)
    assert runs_sql("POST", segments(path), query, QUERIES, VIEWS)


def test_what_is_at_an_address() -> None:
    assert kind(("-", "static", "app.css")) is Kind.CODE
    assert kind(BOOK) is kind(BOATS) is Kind.TABLE
