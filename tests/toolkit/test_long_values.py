# SPDX-License-Identifier: Apache-2.0
"""Long values: what is published every page can show, on both versions of Datasette; what is too long is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import sourcebook
from sourcebook.sqlite import MOST_OF_ROW
from sourcebook.verify import verify
from tests.served import PYTHONS, serving

NEARLY = MOST_OF_ROW - 1_000
SCHEMA = {
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string"},
        "more": {"type": "string"},
        "free": {"type": "object"},
        "words": {"type": "array", "items": {"type": "string"}},
        "named": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "additionalProperties": False,
}
# Each takes nearly as much as a row can hold, and one byte a character or several.
LONG: list[dict[str, Any]] = [
    {"id": "one", "text": "orchard " * (NEARLY // 8)},
    {"id": "sum", "text": "a " * (NEARLY // 4), "more": "b" * (NEARLY // 2 - 100)},
    {"id": "wide", "text": "é" * (NEARLY // 2)},
    {"id": "unspaced", "text": "果" * (NEARLY // 3)},
    {"id": "json", "free": {"a": ["x" * 1_000] * (NEARLY // 1_003)}},
    {"id": "escaped", "text": '"' * (NEARLY // 2)},
    {"id": "list", "words": ["w" * (NEARLY - 10_000), "short"]},
    {"id": "map", "named": {"k" * 300: "v" * (NEARLY - 10_000)}},
    {"id": "short", "text": "an orchard"},
]


def write(folder: Path, records: list[dict[str, Any]]) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "schemas").mkdir()
    (folder / "schemas/one.json").write_text(json.dumps(SCHEMA))
    for record in records:
        (folder / f"data/{record['id']}.json").write_text(json.dumps(record, ensure_ascii=False))
    (folder / "datapackage.yaml").write_text(
        "name: long\nresources:\n- {name: ones, path: build/csv/ones.csv, schema: build/tableschema/ones.json,\n"
        "   sourcebook: {records: data/*.json, schema: schemas/one.json, key: id, undeclared: json}}\n"
    )
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("long") / "long", LONG)
    built = sourcebook.build(folder)
    assert built.release, built.checked.findings
    return folder


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, folder: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, folder) as client:
        yield client


PAGES = ["ones", "ones_words", "ones_named", "_records"]
SORTED = ["ones?_sort=text", "ones?_sort_desc=more", "ones?_facet=text", "ones?_facet=id&_search=orchard"]
SORTED += ["_records?_sort=document", "ones_words?_sort=_value"]


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("page", PAGES + SORTED)
def test_every_page_shows_long_values(site: httpx.Client, page: str) -> None:
    name, _, query = page.partition("?")
    for form in ("", ".json", ".csv"):
        answer = site.get(f"/long/{name}{form}?{query}")
        if form or "_facet" in query:  # all of a page may be more than is answered at once; a row never is
            refused = ("larger than", "more memory", "longer than")
            assert answer.status_code == 200 or any(one in answer.text for one in refused), answer.text[:300]
            answer = site.get(f"/long/{name}{form}?_size=1")
        assert answer.status_code == 200, (form, answer.text[:300])


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("page", ["ones", "ones?_sort=text", "ones?_search=orchard", "_records"])
def test_a_page_cuts_what_is_long(site: httpx.Client, page: str) -> None:
    assert len(site.get(f"/long/{page}").content) < 500_000


@pytest.mark.xdist_group("serve")
def test_the_row_and_the_download_have_all_of_it(site: httpx.Client) -> None:
    for record in LONG[:4]:
        (row,) = site.get(f"/long/ones/{record['id']}.json?_shape=array").json()
        assert row["text"] == record["text"]
        assert site.get(f"/long/ones/{record['id']}").status_code == 200
    downloaded = {record["id"]: record for record in site.get("/-/downloads/json/ones.json").json()}
    assert [downloaded[record["id"]] for record in LONG] == LONG
    assert LONG[0]["text"] in site.get("/-/downloads/csv/ones.csv").text


@pytest.mark.xdist_group("serve")
def test_long_texts_are_searched(site: httpx.Client) -> None:
    for words, keys in (("orchard", {"one", "short"}), ("果果", {"unspaced"}), ("a", {"sum"})):
        rows = site.get("/long/ones.json", params={"_search": words, "_shape": "array", "_col": "id"}).json()
        assert {row["id"] for row in rows} == keys


@pytest.mark.xdist_group("serve")
def test_what_readers_make_is_still_bounded(site: httpx.Client) -> None:
    for sql in ("select length(randomblob(6000000))", "select group_concat(text) from ones"):
        answer = site.get("/long.json", params={"sql": sql, "_shape": "array"}, follow_redirects=True)
        assert answer.status_code >= 400


@pytest.mark.slow
def test_verify_reads_long_values(folder: Path) -> None:
    assert verify(folder).ok


TOO_LONG: dict[str, tuple[dict[str, Any], str]] = {
    "a value": ({"text": "a" * MOST_OF_ROW}, "/text"),
    "bytes, not characters": ({"text": "é" * (MOST_OF_ROW // 2)}, "/text"),
    "a sum": ({"text": "a" * 3_000_000, "more": "b" * 2_000_000}, "/text"),
    "a list": ({"words": ["a" * 1_000] * 5_000}, "/words"),
    "one of a list": ({"words": ["a" * MOST_OF_ROW, "b"]}, "/words/0"),
    "a map": ({"named": {"x": "a" * MOST_OF_ROW}}, "/named/x"),
    "free form": ({"free": {"a": {"b": ["c" * MOST_OF_ROW]}}}, "/free/a/b/0"),
    "a name": ({"named": {"n" * MOST_OF_ROW: "x"}}, "/named"),
    "its escapes": ({"text": '"' * (MOST_OF_ROW // 2)}, "/text"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", TOO_LONG)
def test_what_is_too_long_is_told(what: str, tmp_path: Path) -> None:
    record, pointer = TOO_LONG[what]
    built = sourcebook.build(write(tmp_path / "long", [{"id": "it", **record}, LONG[-1]]))
    assert built.release is None
    (finding,) = built.checked.findings
    assert (finding.rule, finding.level, finding.pointer) == ("record-size", "error", pointer)
