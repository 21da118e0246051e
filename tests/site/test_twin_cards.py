# SPDX-License-Identifier: Apache-2.0
"""Records in the results of a search: what a twin's script shows of them is what the served page shows."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from lxml.html import HtmlElement
from playwright.sync_api import Browser

import sourcebook
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published
from tests.chromium import MARKS
from tests.served import BOOKS, ROOT
from tests.site.plain_host import hosting

pytestmark = [*MARKS, pytest.mark.slow]

DAY = {"type": "string", "format": "date"}
PART = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$"}
KINDS: dict[str, Any] = {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "site": {"type": "string"},
    "mail": {"type": "string"},
    "pages": {"type": "array", "items": {"type": "string"}},
    "afloat": {"type": "boolean"},
    "built": DAY,
    "seen": {"type": "array", "items": DAY},
    "from": PART,
    "until": PART,
    "tons": {"type": "number"},
    "note": {"type": "string"},
    "trips": {"type": "object", "additionalProperties": {"type": "integer"}},
    "crew": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    "berth": {"type": "object", "properties": {"quay": {"type": "string"}, "place": {"type": "integer"}}},
}
BOATS = [
    {
        "id": "gull",
        "name": "Gull",
        "site": "https://gull.example/a?b=1&c=2",
        "mail": "mailto:gull@boats.example",
        "pages": ["https://one.example/", "no page boat", "http://not an.example/"],
        "afloat": True,
        "built": "2015-02-01",
        "seen": ["2019-03-04", "2020-12-31"],
        "from": "2016-01-01",
        "until": "2018",
        "tons": 7.0,
        "note": "boat " + "painted again and again, " * 20,
        "trips": {f"2024-{month:02}": 500 + month for month in range(1, 13)},
        "crew": [{"name": "Bee"}, {"name": "Cee"}],
        "berth": {"quay": "north", "place": 4},
    },
    {"id": "tern", "name": "Tern", "afloat": False, "until": "2018-05", "trips": {"2024-01": 3}, "berth": {"place": 1}},
    {"id": "auk", "name": "boat, " * 60, "note": "boat", "from": "2018-05", "tons": 7.25, "crew": [{"name": "Dee"}]},
    {"id": "skua", "name": "Skua", "from": "1999", "until": "1999", "mail": "mailto:", "site": "javascript:boat"},
]
DESCRIPTOR = """\
name: marina
title: A marina
licenses: [{name: CC0-1.0}]
resources:
  - name: boats
    path: build/csv/boats.csv
    schema: build/tableschema/boats.json
    sourcebook:
      records: data/boats.yaml
      schema: schemas/boat.schema.json
      layout: list
      key: id
      label: name
      role: {interval: {earliest: from, latest: until}}
"""


@pytest.fixture
def boats(tmp_path: Path) -> Path:
    """A book whose lists show a value of every kind."""
    folder = tmp_path / "boats"
    for name in ("data", "schemas"):
        (folder / name).mkdir(parents=True)
    summary = [name for name in KINDS if name not in ("id", "name")]
    (folder / "datapackage.yaml").write_text(f"{DESCRIPTOR}      page: {{summary: {json.dumps(summary)}}}\n", "utf-8")
    (folder / "data/boats.yaml").write_text("\n".join(f"- {json.dumps(one)}" for one in BOATS) + "\n", "utf-8")
    schema = {"type": "object", "properties": KINDS, "required": ["id"], "additionalProperties": False}
    (folder / "schemas/boat.schema.json").write_text(json.dumps(schema), "utf-8")
    return folder


def _cards(whole: HtmlElement) -> list[tuple[str, list[str]]]:
    """Each record of a list that is no statement: its words, and where its links lead, without the slash of a file.

    What a record rests on is left out: a twin shows that below the line of its fields.
    """
    found = []
    for one in whole.xpath("//ul[@class='cards']/li/article[@class='card']"):
        for rests in one.xpath(".//p[@class='reason'] | .//p[@class='summary']/span[.//span[@class='brief']]"):
            rests.drop_tree()
        lines = [" ".join(line.text_content().split()) for line in one.xpath("./p")]
        links = [link.removesuffix("/") for link in one.xpath(".//a/@href")]
        found.append((" | ".join(filter(None, lines)), links))
    return found


def test_a_count_says_what_it_counts(boats: Path) -> None:
    built = sourcebook.build(boats)
    assert built.release, built.checked.findings
    with closing(Published(built.release)) as opened:
        listed = routes.answer(opened, Asked(("boats",)))
        gull, tern, auk, _ = _cards(html.fromstring(listed.body or b"".join(listed.pieces or ())))
    assert re.search(r"Trips: 12 entries Crew: 2 entries Berth: 2 entries$", gull[0]), gull
    assert re.search(r"Trips: 1 entry Berth: 1 entry$", tern[0]), tern
    assert auk[0].endswith("Crew: 1 entry"), auk


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("boats", ["gull", "tern", "auk", "skua", "boat", "north", "Bee"]),
        ("site/book", ["fener", "isil fener", "harbour", "pier", "2026", "a", "s"]),
        *((name, ["a", "b", "e", "m", "s", "t", "1", "2"]) for name in ("listings", "typed")),
    ],
)
def test_a_twin_shows_of_a_record_what_the_server_shows(
    name: str, searches: list[str], boats: Path, tmp_path: Path, browser: Browser
) -> None:
    folder = boats
    if name != "boats":
        from_ = ROOT / "tests" / name if "/" in name else BOOKS / name
        folder = Path(shutil.copytree(from_, tmp_path / "book"))
    built = sourcebook.build(folder)
    assert built.release, built.checked.findings
    sourcebook.freeze(folder, tmp_path / "twin")
    compared = 0
    with (
        closing(Published(built.release)) as opened,
        hosting(tmp_path / "twin") as host,
        browser.new_context() as context,
    ):
        page = context.new_page()
        for one in searches:
            served = _cards(html.fromstring(routes.answer(opened, Asked(("search",), {"q": (one,)})).body))
            page.goto(f"{host.address}/search/?q={one}")
            page.locator("#found > *").first.wait_for(state="attached")
            assert _cards(html.fromstring(page.content())) == served, one
            compared += len(served)
    assert compared > 3
