# SPDX-License-Identifier: Apache-2.0
"""Names of properties and folders that mean something else in SQL, addresses, patterns or CSV, through every stage."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

import sourcebook
from sourcebook.sqlite import quote
from tests.served import BOOKS, OTHER, PYTHONS, serving

NAMES = [
    *(
        "names[en]",
        " name ",
        " ",
        "a\nb",
        "\x07",
        "x" * 1000,
        "q\"u'o",
        "a%41",
        "a#b",
        "a?b/c",
        "a__b",
        "<b>&c;d=e",
        "é",
    ),
    *("back\\slash", "{x}", "a.b", "a+b", "*", "_facet", "select", "rowid"),
]
FOLDERS = ["[x]", "a?b", "%41", "#", "a b & c"]


def _schema(properties: dict[str, Any]) -> str:
    return json.dumps({"type": "object", "properties": {"id": {"type": "string"}, **properties}})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection for each name: of a column, its label, a facet, a reference, and a table where it may be one's."""
    folder = tmp_path_factory.mktemp("names") / FOLDERS[1]
    (folder / "data").mkdir(parents=True)
    (folder / "schemas").mkdir()
    text, resources = {"type": "string"}, []
    for number, name in enumerate(NAMES):
        other: dict[str, Any] = {} if "]" in name else {name: {"type": "array", "items": text}}
        for kind, properties, values in (
            ("c", {name: text}, [{name: "v1"}, {name: "v2"}, {name: "v1"}]),
            ("r", {name: {**text, "x-references": f"c{number}"}}, [{name: "k1"}, {name: "k2"}, {name: "k1"}]),
            ("t", other, [{one: ["v1", "v2"]} for one in other]),
        ):
            collection = f"{kind}{number}"
            records = [{"id": f"k{at + 1}", **value} for at, value in enumerate(values)] or [{"id": "k1"}]
            (folder / f"schemas/{collection}.json").write_text(_schema(properties))
            (folder / f"data/{collection}.json").write_text(json.dumps(records))
            block = {"records": f"data/{collection}.json", "schema": f"schemas/{collection}.json", "layout": "list"}
            more = {"key": "id", **({"label": name, "facets": [name]} if kind == "c" else {})}
            csv_path, schema_path = f"build/csv/{collection}.csv", f"build/tableschema/{collection}.json"
            resources.append(
                {"name": collection, "path": csv_path, "schema": schema_path, "sourcebook": {**block, **more}}
            )
    (folder / "datapackage.yaml").write_text(json.dumps({"name": "b", "resources": resources}))
    assert sourcebook.build(folder).release
    return folder


def test_every_name_is_in_every_file(book: Path) -> None:
    verified = sourcebook.verify(book)
    assert verified.differences == ()
    assert any("frictionless" in line and "unverifiable" in line for line in verified.ledger.lines())
    with closing(sqlite3.connect(f"{(book / 'build/b.db').resolve().as_uri()}?mode=ro", uri=True)) as connection:
        for number, name in enumerate(NAMES):
            assert connection.execute(f"SELECT {quote(name)} FROM c{number}").fetchall() == [("v1",), ("v2",), ("v1",)]
            with (book / f"build/csv/c{number}.csv").open(encoding="utf-8", newline="") as file:
                assert next(csv.reader(file))[1] == name
            fields = json.loads((book / f"build/tableschema/c{number}.json").read_text())["fields"]
            assert fields[1]["name"] == name


def test_names_that_differ_by_blanks_alone_are_no_difference(tmp_path: Path) -> None:
    """Frictionless takes them for one; what a CSV really says twice, or says otherwise, is a difference still."""
    folder = tmp_path / "b"
    shutil.copytree(BOOKS / "column-name", folder)
    path = folder / "schemas/station.schema.json"
    path.write_text(path.read_text("utf-8").replace('"name ": {', '"name": {"type": "string"}, "name ": {', 1), "utf-8")
    assert sourcebook.build(folder).release
    assert sourcebook.verify(folder).differences == ()
    file = (folder / "build/csv/stations.csv").resolve()
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b",names[en],", b",name,", 1))
    told = [one.message for one in sourcebook.verify(folder).differences if one.message.startswith("frictionless")]
    assert any("duplicated" in one for one in told)


@pytest.fixture(scope="module", params=PYTHONS)
def client(request: pytest.FixtureRequest, book: Path) -> Iterator[httpx.Client]:
    """A client of the book, in each version of Datasette."""
    if request.param == "datasette-1" and not OTHER.exists():
        pytest.skip("the environment of Datasette 1.0 is not there")
    with serving(PYTHONS[request.param], book) as client:
        yield client


@pytest.mark.xdist_group("serve")
def test_every_page_and_link_of_every_name(client: httpx.Client) -> None:
    """Tables, rows, facets, JSON and CSV; what a link filters by is what it leads to."""
    assert client.get("/").status_code == 200
    database = client.get("/b")
    assert database.status_code == 200
    tables = sorted(set(re.findall(r'href="(/b/[^"?]+)"', database.text)) - {"/b/-/schema", "/b/-/query"})
    assert len([table for table in tables if re.match("/b/[crt][0-9]", table)]) >= 3 * len(NAMES)
    wrong = []
    for table in tables:
        if not re.match("/b/[crt][0-9]", table):
            continue
        for address in (table, f"{table}.json?_shape=objects", f"{table}.csv", f"{table}.json?_labels=on"):
            answer = client.get(address)
            if answer.status_code != 200:
                wrong.append((address, answer.status_code))
        for link in {unescape(link) for link in re.findall(r'href="([^"]+)"', client.get(table).text)}:
            address = re.sub("^http://[^/]+", "", link)
            if "=v1" in address or re.match(r"/b/[crt][0-9]+/k1", address):
                rows = client.get(re.sub(r"\?|$", ".json?_shape=objects&", address, count=1)).json()["rows"]
                expected = 2 if "=v1" in address and address.startswith("/b/c") else 1
                if len(rows) != expected:
                    wrong.append((address, len(rows)))
    assert wrong == []


@pytest.mark.xdist_group("serve")
def test_a_page_shows_the_name(client: httpx.Client) -> None:
    for number, name in enumerate(NAMES):
        (first, *_) = client.get(f"/b/c{number}.json?_shape=objects").json()["rows"]
        assert first[name] == "v1"
        sorted_rows = client.get(f"/b/c{number}.json", params={"_shape": "objects", "_sort_desc": name}).json()["rows"]
        assert [row[name] for row in sorted_rows] == ["v2", "v1", "v1"]


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLDERS)
def test_a_book_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "inside" / name
    shutil.copytree(BOOKS / "orchard", folder)
    assert sourcebook.build(folder).release
    assert sourcebook.verify(folder).differences == ()
    with serving(PYTHONS["datasette-0"], folder) as client:
        assert client.get("/").status_code == 200
        assert len(client.get("/orchard/growers.json?_shape=objects").json()["rows"]) == 2


def test_adoption_gives_names_that_can_be_carried(tmp_path: Path) -> None:
    row = {"id": "a", "names[en]": ["x"], "name ": "n", " ": "m", "by\n": {"in[x]": ["p"]}, "name": "o"}
    (tmp_path / "barns.json").write_text(json.dumps([row, {**row, "id": "b"}]))
    made = sourcebook.init(tmp_path, adopt=True)
    assert {one.rule for one in made.checked.findings} <= {"licence-missing"}
    assert sourcebook.build(tmp_path).release
    assert sourcebook.verify(tmp_path).differences == ()
    names = {column.name for plan in made.checked.plans.values() for table in plan.tables for column in table.columns}
    assert {"name", "name_2", "unnamed"} <= names
