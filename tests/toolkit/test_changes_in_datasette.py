# SPDX-License-Identifier: Apache-2.0
"""Datasette's own pages and data of the table of changes, on both versions: no accusation without who says it."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from sourcebook.site.allowed import refusal, said_in, with_attribution
from tests.past import BOOK_NAME, build, with_repository
from tests.served import PYTHONS, serving

CHANGES = f"/{BOOK_NAME}/_changes"
SAID = said_in(None)
COLUMNS = ("_change", "record", "property", "old", "new", "said_by", "published_in", "answers")
DENIAL = "denies that any barrel of lamp oil was taken away"
CLERK = "A clerk of the harbour office, not named"


# --- what is asked for ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ([("_col", "old")], ["old", "said_by", "published_in", "answers"]),
        ([("_col", "property"), ("_col", "answers")], ["property", "answers", "said_by", "published_in"]),
        ([("_col", "new"), ("_nocol", "answers")], ["new", "said_by", "published_in", "answers"]),
        ([("_col", "record")], ["record"]),
        ([("_col", "old"), ("_nocol", "old")], ["old"]),
    ],
)
def test_columns_of_what_was_said_bring_who_says_it(asked: list[tuple[str, str]], meant: list[str]) -> None:
    found = with_attribution(SAID, "_changes", asked, COLUMNS)
    assert [value for name, value in found if name == "_col"] == meant
    assert not any(name == "_nocol" and value in ("said_by", "published_in", "answers") for name, value in found)


def test_who_says_it_may_be_left_out_where_nothing_that_was_said_is_left() -> None:
    left = [("_nocol", one) for one in ("said_by", "answers")]
    assert with_attribution(SAID, "_changes", left, COLUMNS) == []
    without = [*left, ("_nocol", "property"), ("_nocol", "old"), ("_nocol", "new")]
    assert with_attribution(SAID, "_changes", without, COLUMNS) == without
    assert with_attribution(SAID, "boats", left, COLUMNS) == left


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_facet", "old"),
        ("_facet", "NEW"),
        ("_facet", "property"),
        ("_facet", '{"column": "old"}'),
        ("_facet_array", '{"simple": "kind", "column": "New"}'),
        ("_facet_array", "new"),
        ("_facet_date", "old"),
        ("_blob_column", "old"),
    ],
)
def test_what_was_said_is_not_given_by_itself(name: str, value: str) -> None:
    for path in (("b", "_changes"), ("b", "_changes.json"), ("b", "_changes", "1.blob"), ("b", "~5Fchanges.csv")):
        refused = refusal("GET", path, urlencode([("_facet", "kind"), (name, value)]))
        assert refused is not None
        assert refused.status == 400
        assert "without who says it" in refused.told
    assert refusal("GET", ("b", "boats"), urlencode({name: value})) is None
    assert refusal("GET", ("b", "_changes"), "_facet=kind&_facet=collection&_facet_size=5&old=x") is None


# --- served -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    above = tmp_path_factory.mktemp("changes-in-datasette") / "book"
    with_repository(above)
    person = above / "data/people/isil-fener.yaml"
    person.write_text(person.read_text("utf-8").replace("1908-05", "1908-06"), "utf-8")  # of an office that is alleged
    build(above)
    return above


@pytest.fixture(scope="module", params=PYTHONS)
def client(folder: Path, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    if not Path(PYTHONS[request.param]).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(PYTHONS[request.param], folder) as found:
        yield found


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", markup)).split())


def rows(client: httpx.Client, query: str = "") -> dict[str, str]:
    """The rows of a page of changes as text, by their number."""
    answer = client.get(f"{CHANGES}?_size=max{query}")
    assert answer.status_code == 200, answer.text[:500]
    body = answer.text.partition('<tbody id="rows">')[2].partition("</tbody>")[0]
    found = [words(one) for one in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)]
    return {one.split()[0]: one for one in found}


def told(client: httpx.Client, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{CHANGES}.json?_shape=array&_size=max{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


CHOSEN = ["", "&_col=old", "&_col=new", "&_col=property", "&_nocol=said_by&_nocol=published_in&_nocol=answers"]


@pytest.mark.slow
@pytest.mark.xdist_group("changes-in-datasette")
@pytest.mark.parametrize("query", [*CHOSEN, "&_col=record", "&_sort_desc=new&_col=new"])
def test_each_row_of_what_was_said_has_who_says_it_beside_it(client: httpx.Client, query: str) -> None:
    shown = rows(client, query)
    of_claim = [one for one in told(client) if one["record"] == "oil-forty-barrels"]
    resting = [one for one in told(client) if one["said_by"] and one["collection"] == "people"]
    assert of_claim
    assert resting
    for one in of_claim:
        row = shown[str(one["_change"])]
        assert f"Said by {CLERK}" in row
        assert "Denied by" in row
        assert DENIAL in row
    for one in resting:
        row = shown[str(one["_change"])]
        assert f"Said by {' '.join(one['said_by'].split())}" in row
        assert " ".join((one["answers"] or "").split()) in row


@pytest.mark.slow
@pytest.mark.xdist_group("changes-in-datasette")
def test_the_page_of_a_row_has_who_says_it(client: httpx.Client) -> None:
    numbers = [one["_change"] for one in told(client) if one["said_by"]]
    for number in numbers[:3]:
        page = client.get(f"{CHANGES}/{number}").text
        assert page.index('class="attribution"') < page.index("<code>old</code>")
        assert page.index('class="answers"') < page.index("<code>old</code>")


@pytest.mark.slow
@pytest.mark.xdist_group("changes-in-datasette")
@pytest.mark.parametrize("query", CHOSEN)
def test_data_of_what_was_said_have_who_says_it(client: httpx.Client, query: str) -> None:
    whole = {one["_change"]: one for one in told(client)}
    listed = csv.DictReader(io.StringIO(client.get(f"{CHANGES}.csv?_size=max{query}").text))
    for found in (told(client, query), list(listed)):
        assert len(found) == len(whole)
        for one in found:
            before = whole[int(one["_change"])]
            for name in ("said_by", "published_in", "answers"):
                assert (one[name] or None) == before[name]


@pytest.mark.slow
@pytest.mark.xdist_group("changes-in-datasette")
def test_other_columns_are_chosen_as_ever(client: httpx.Client) -> None:
    assert {tuple(one) for one in told(client, "&_col=record")} == {("_change", "record")}
    hidden = "&_nocol=".join(["", "property", "old", "new", "said_by"])
    assert not {"old", "new", "said_by"} & told(client, hidden)[0].keys()
    assert "answers" in told(client, hidden)[0]


@pytest.mark.slow
@pytest.mark.xdist_group("changes-in-datasette")
def test_values_of_what_was_said_are_not_counted(client: httpx.Client) -> None:
    for ending in ("", ".json", ".csv"):
        for query in ("_facet=old", "_facet_array=new", "_facet=property", "_facet=%7B%22column%22%3A%22Old%22%7D"):
            answer = client.get(f"{CHANGES}{ending}?{query}")
            assert answer.status_code == 400
            assert "without who says it" in html.unescape(answer.text)
    (number, *_) = (one["_change"] for one in told(client) if one["old"])
    assert client.get(f"{CHANGES}/{number}.blob?_blob_column=old").status_code == 400
    assert client.get(f"{CHANGES}.json?_facet=kind&_shape=objects").json()["facet_results"]
    page = html.unescape(client.get(CHANGES).text)
    assert "_facet=kind" in page
    assert not re.search(r"_facet=(old|new|property)\b", page)


@pytest.mark.parametrize("path", [f"/{BOOK_NAME}", CHANGES, f"/{BOOK_NAME}?sql=select+1"])
def test_datasettes_pages_lead_where_all_others_do(client: httpx.Client, path: str) -> None:
    """To changes and releases as well, which this book has."""

    def nav(text: str) -> list[str]:
        (found,) = re.findall(r'<nav aria-label="Site">.*?</nav>', text, re.DOTALL)
        return re.findall(r'<a href="([^"]*)">([^<]*)</a>', found)

    home = nav(client.get("/").text)
    assert {"Changes", "Releases"} <= {words for _, words in home}
    assert nav(client.get(path, follow_redirects=True).text) == home
