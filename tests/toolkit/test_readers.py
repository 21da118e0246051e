# SPDX-License-Identifier: Apache-2.0
"""What a reader sees on a page can be asked for: filtered, faceted, sorted, paged and bound, on both Datasettes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import sourcebook
from tests.generated import books, write
from tests.served import BOOKS, PYTHONS, serving

pytestmark = pytest.mark.xdist_group("serve")
READERS = [
    pytest.param(
        python,
        id=version,
        marks=pytest.mark.skipif(
            not Path(python).exists(), reason="scripts/test makes the environment of this Datasette"
        ),
    )
    for version, python in PYTHONS.items()
]
KINDS = ["oak", "ash", "elm", None]
HEIGHTS = [0, 2.5, 618.56981313, 7, 10.25, 1e-7, 1e22]  # SQLite 3.40 reads the text of the third as its neighbour


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of peaks, and with it 105 trees of few kinds, whose keys go down while their positions go up."""
    folder = shutil.copytree(BOOKS / "typed", tmp_path_factory.mktemp("served") / "typed")
    trees = [{"id": f"t{200 - n}", "kind": KINDS[n % 4], "a__b": n % 3, "height": HEIGHTS[n % 7]} for n in range(105)]
    properties = {
        "id": {"type": "string"},
        "kind": {"type": ["string", "null"]},
        "a__b": {"type": "integer"},
        "height": {"type": "number"},
    }
    (folder / "data/trees.json").write_text(json.dumps(trees))
    (folder / "schemas/tree.json").write_text(json.dumps({"properties": properties, "additionalProperties": False}))
    (folder / "scripts/views").mkdir()
    (folder / "scripts/views/forest.sql").write_text(
        "SELECT kind, substr(max(id), 2, 1) AS first, count(*) AS n, sum(height) / 2 AS half FROM trees GROUP BY kind\n"
    )
    with (folder / "datapackage.yaml").open("a") as descriptor:
        descriptor.write("""\
  - name: trees
    path: build/csv/trees.csv
    schema: build/tableschema/trees.json
    sourcebook: {records: data/trees.json, schema: schemas/tree.json, layout: list, key: id, facets: [kind, a__b]}
""")
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module", params=READERS)
def site(request: pytest.FixtureRequest, built: Path) -> Iterator[httpx.Client]:
    with serving(request.param, built) as client:
        yield client


def rows(site: httpx.Client, path: str, **parameters: str) -> list[dict[str, Any]]:
    answer = site.get(path, params={"_shape": "array", "_size": "max", **parameters}, follow_redirects=True)
    assert answer.status_code == 200, answer.text[:500]
    found: list[dict[str, Any]] = answer.json()
    return found


def ids(site: httpx.Client, path: str, **parameters: str) -> list[Any]:
    return [row["id"] for row in rows(site, path, **parameters)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"fee": "100"}, ["9", "seven"]),
        ({"fee": "100.0"}, ["9", "seven"]),
        ({"fee__gt": "99.5"}, ["9", "seven"]),
        ({"fee__lt": "99.5"}, ["7"]),
        ({"fee__gt": "99"}, ["10", "9", "seven"]),
        ({"code": "007"}, ["7"]),
        ({"code": "7"}, ["10"]),
        ({"code": "8.0"}, ["seven"]),
        ({"code__gte": "007"}, ["10", "7", "9", "seven"]),
        ({"ended": "false"}, ["10", "9"]),
        ({"ended": "2023-02-20"}, ["7"]),
        ({"ended__lt": "2024-01-01"}, ["7"]),
        ({"ended__gt": "2024-01-01", "ended__not": "false"}, ["seven"]),
        ({"steps__gt": "100.5"}, ["7", "seven"]),
        ({"id": "7"}, ["7"]),
        ({"id__in": "7,seven"}, ["7", "seven"]),
    ],
    ids=str,
)
def test_what_is_shown_is_found(site: httpx.Client, asked: dict[str, str], found: list[str]) -> None:
    assert ids(site, "/peaks/peaks.json", **asked) == found


@pytest.mark.parametrize("key", ["7", "seven", "10"])
def test_a_key_of_either_type_leads_to_its_row(site: httpx.Client, key: str) -> None:
    assert rows(site, f"/peaks/peaks/{key}.json")[0]["id"] == key
    assert f"/peaks/peaks/{key}" in site.get("/peaks/peaks").text


def test_a_reference_to_such_a_key_leads_there_and_back(site: httpx.Client) -> None:
    assert {row["peak"] for row in rows(site, "/peaks/huts.json")} == {"7", "10", "seven"}
    assert 'href="/all-peaks/7"' in site.get("/peaks/huts").text  # the peak's own page, which has its row
    assert 'href="/peaks/huts?peak=7"' in site.get("/peaks/peaks/7").text
    assert [row["name"] for row in rows(site, "/peaks/huts.json", peak="7")] == ["Upper Hut"]


@pytest.mark.parametrize(("fee", "found"), [("99.5", ["7", "10"]), ("100", ["7", "10", "9", "seven"])])
def test_a_parameter_of_a_query_is_compared_as_the_column_is(site: httpx.Client, fee: str, found: list[str]) -> None:
    assert ids(site, "/peaks/cheaper.json", fee=fee) == found


def test_text_beside_true_and_false_has_no_quotes(site: httpx.Client) -> None:
    assert [row["open"] for row in rows(site, "/peaks/huts.json", _sort="name")] == ["in summer", "true", "true"]
    assert "True and false are kept as text." in site.get("/peaks/huts").text


@pytest.mark.parametrize(
    "order",
    [{way: column} for column in ("kind", "a__b", "height", "id") for way in ("_sort", "_sort_desc")],
    ids=lambda order: " ".join(map(str, *order.items())),
)
@pytest.mark.parametrize("size", ["10", "50", "104"])
def test_a_sorted_table_shows_every_row_once(site: httpx.Client, order: dict[str, str], size: str) -> None:
    shown: list[dict[str, Any]] = []
    answer = site.get("/peaks/trees.json", params={"_shape": "objects", "_size": size, **order}).json()
    shown += answer["rows"]
    while answer["next_url"] and len(shown) <= 105:
        url = urlsplit(answer["next_url"])
        answer = site.get(f"{url.path}?{url.query}").json()
        shown += answer["rows"]
    assert len(shown) == len({row["id"] for row in shown}) == 105
    ((way, column),) = order.items()
    values = [(row[column] is not None, row[column] or 0 if column != "kind" else row[column] or "") for row in shown]
    assert values == sorted(values, reverse=way == "_sort_desc")


def test_a_facet_of_a_column_with_two_underscores_leads_to_its_rows(site: httpx.Client) -> None:
    assert len(rows(site, "/peaks/trees.json", a__b="1")) == 35
    assert len(rows(site, "/peaks/trees.json", a__b__gt="0")) == 70


def test_a_whole_number_is_shown_as_one(site: httpx.Client) -> None:
    cells = re.findall(r'<td class="col-fee[^>]*>([^<]*)</td>', site.get("/peaks/peaks").text)
    assert sorted(cell.strip() for cell in cells) == ["100", "100", "99", "99.5"]


def test_a_number_that_sqlite_reads_as_its_neighbour_is_found(site: httpx.Client) -> None:
    for height in HEIGHTS:
        assert len(rows(site, "/peaks/trees.json", height=str(height))) == 15
    assert len(rows(site, "/peaks/trees.json", height__gt="618.56981313")) == 15


def test_what_a_view_computes_is_found(site: httpx.Client) -> None:
    """Such a column has no type: a text is compared with texts, and a number with numbers."""
    shown = rows(site, "/peaks/forest.json")
    assert len(shown) == 4
    for column in ("n", "half", "first"):
        for row in shown:
            same = [other for other in shown if other[column] == row[column]]
            assert rows(site, "/peaks/forest.json", **{column: str(row[column])}) == same
            more = [other for other in shown if other[column] > row[column]]
            assert rows(site, "/peaks/forest.json", **{f"{column}__gt": str(row[column])}) == more


@pytest.mark.parametrize("python", READERS)
def test_every_link_and_facet_leads_to_the_rows_that_it_names(python: str) -> None:
    """Of books that nobody wrote, as ``tests.reader`` follows them."""
    command = [python, "-m", "tests.reader"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:

        @given(files=books())
        @settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        def followed(files: dict[str, Any]) -> None:
            assert reader.stdin
            assert reader.stdout
            with tempfile.TemporaryDirectory() as folder:
                built = sourcebook.build(write(files, Path(folder)))
                if built.release:
                    print(built.release, file=reader.stdin, flush=True)
                    assert json.loads(reader.stdout.readline()) == []

        followed()
