# SPDX-License-Identifier: Apache-2.0
"""The page of the schema: every table and column, joins that run, examples that accuse nobody, a diagram."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import sourcebook
from sourcebook.extract.site import Backlink, Collection, Site
from sourcebook.site import routes
from sourcebook.site.answer import Asked
from sourcebook.site.diagram import Diagram, diagram
from sourcebook.site.published import Published
from tests.served import BOOKS, PYTHONS, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(BOOKS / "questions", tmp_path_factory.mktemp("schema") / "book")
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Published]:
    with closing(Published((folder / "build/current").resolve())) as opened:
        yield opened


@pytest.fixture(scope="module")
def text(opened: Published) -> str:
    answer = routes.answer(opened, Asked(("schema",)))
    assert answer.status == 200
    return answer.body.decode()


def words(marked_up: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", marked_up)).split())


def row(text: str, table: str, column: str) -> str:
    """What the page says of a column."""
    (part,) = re.findall(rf'<div id="table-{table}">.*?</table>', text, re.DOTALL)
    (found,) = re.findall(rf'<tr><th scope="row"><code>{re.escape(column)}</code>.*?</tr>', part, re.DOTALL)
    return words(found)


def test_every_table_and_column_of_the_database_is_there(opened: Published, text: str) -> None:
    for table in opened.site.tables:
        known = [name for _, name, *_ in opened.connection.execute(f'PRAGMA table_info("{table.name}")')]
        for column in known:
            assert row(text, table.name, column)
        assert f'href="/kites/{table.name}"' in text


def test_a_column_has_its_meaning_and_what_is_asked_of_it(text: str) -> None:
    assert row(text, "remarks", "height") == "height real In metres. Such as 120 at least 0, at most 500"
    assert row(text, "remarks", "kind") == "kind text required one of accuses, denies, states"
    assert row(text, "members", "name") == "name text For example: Some Body required"
    assert row(text, "remarks", "paper") == "paper text required papers.id"
    assert "^[a-z-]+$" in row(text, "remarks", "id")
    assert 'href="#table-papers"' in text


def test_no_text_of_a_book_of_statements_is_an_example(opened: Published, text: str) -> None:
    """What is said of somebody would stand there without who says it, and without what answers it."""
    said = words(text)
    for table in ("remarks", "members", "papers"):
        columns = [
            one.name for one in opened.site.tables if one.name == table for one in one.columns if one.type == "TEXT"
        ]
        for column in columns:
            for (value,) in opened.connection.execute(f'SELECT "{column}" FROM {table} WHERE "{column}" IS NOT NULL'):
                assert f"Such as {value}" not in said
    assert "Lindwurm" not in said


def test_other_books_have_examples_but_not_of_what_they_hide(tmp_path: Path) -> None:
    folder = shutil.copytree(BOOKS / "orchard", tmp_path / "orchard")
    descriptor = folder / "datapackage.yaml"
    descriptor.write_text(
        descriptor.read_text("utf-8").replace("      facets: [season, keeps]\n", "      page: {hide: [name]}\n"),
        "utf-8",
    )
    assert sourcebook.build(folder).release
    with closing(Published((folder / "build/current").resolve())) as orchard:
        page = routes.answer(orchard, Asked(("schema",))).body.decode()
    assert "Such as" not in row(page, "varieties", "name")
    assert "Such as" in row(page, "growers", "name")
    assert "Such as red-lantern/trials/0" in row(page, "varieties_trials", "_key")


def test_every_join_and_example_runs_and_finds_what_it_says(opened: Published, text: str) -> None:
    statements = [
        parse_qs(urlsplit(unescape(one)).query)["sql"][0] for one in re.findall(r'href="(/kites\?[^"]+)"', text)
    ]
    assert len(statements) > 15
    for sql in statements:
        opened.connection.execute(sql).fetchall()
    (counting,) = [sql for sql in statements if "UNION ALL" in sql]
    assert dict(opened.connection.execute(counting))["remarks"] == 6
    (joined,) = [sql for sql in statements if "JOIN papers" in sql]
    assert joined == "SELECT * FROM remarks JOIN papers ON papers.id = remarks.paper LIMIT 100"
    assert len(opened.connection.execute(joined).fetchall()) == 6
    assert "JOIN remarks ON remarks.id = remarks_denies._parent" in words(text)


def test_names_that_sql_has_for_itself_are_in_quotes(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    (folder / "data").mkdir(parents=True)
    (folder / "data/order.json").write_text('[{"id": "a", "group": "a", "odd name": "a"}]')
    schema = {
        "properties": {
            "id": {"type": "string"},
            "group": {"type": "string", "x-references": "order.id"},
            "odd name": {"type": "string", "x-references": "order.id"},
        }
    }
    (folder / "schema.json").write_text(json.dumps(schema))
    (folder / "datapackage.yaml").write_text(
        "name: odd\nresources:\n- {name: order, path: build/csv/order.csv, schema: build/tableschema/order.json,\n"
        "   sourcebook: {records: data/order.json, layout: list, schema: schema.json, key: id}}\n"
    )
    built = sourcebook.build(folder)
    assert built.release, built.checked.findings
    with closing(Published((folder / "build/current").resolve())) as odd:
        data = json.loads(routes.answer(odd, Asked(("schema.json",))).body)
        lines = data["tables"][0]["joins"]
        assert lines[0] == 'JOIN "order" AS other ON other."id" = "order"."group"'
        for line in lines:
            assert odd.connection.execute(f'SELECT count(*) FROM "order" {line}').fetchone() == (1,)


def test_the_same_as_data(opened: Published) -> None:
    data = json.loads(routes.answer(opened, Asked(("schema.json",))).body)
    assert [one["name"] for one in data["tables"]] == [one.name for one in opened.site.tables]
    height = next(one for one in data["tables"][0]["columns"] if one["name"] == "height")
    assert height == {"name": "height", "type": "REAL", "description": "In metres.", "range": "at least 0, at most 500"}
    assert "JOIN papers ON papers.id = remarks.paper" in data["tables"][0]["joins"]


# --- diagram ----------------------------------------------------------------------------------------------------------


def book_of(references: dict[str, list[str]]) -> Site:
    """A book of collections that refer to others."""
    back: dict[str, list[Backlink]] = {name: [] for name in references}
    for name, to in references.items():
        for number, other in enumerate(to):
            back[other].append(Backlink(name, f"p{number}", "P", name, f"p{number}"))
    collections = tuple(
        Collection(name, number, name, "", name, name, "id", "text", "rowid", "id", (), backlinks=tuple(back[name]))
        for number, name in enumerate(references, 1)
    )
    return Site("odd", "Odd", "odd.db", {}, collections, ())


def is_apart(one: Diagram) -> bool:
    boxes = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in one.boxes]
    return not any(
        a is not b and a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a in boxes for b in boxes
    )


@pytest.mark.parametrize(
    "references",
    [
        {"a": []},
        {"a": ["a"]},
        {"a": ["a"], "b": ["c"], "c": []},
        {"a": ["b"], "b": [], "c": ["c"]},
        {"a": ["b"], "b": ["a"]},
        {"a": ["b", "c"], "b": ["c"], "c": ["a"], "d": [], "e": ["a"]},
        {f"c{i}": [f"c{(i * 7 + k) % 40}" for k in range(i % 4)] for i in range(40)},
        {f"c{i}": [] for i in range(40)},
        {"a": ["b"] * 30, "b": []},
    ],
    ids=[
        "one",
        "itself",
        "itself before two",
        "itself behind two",
        "circle",
        "several",
        "forty",
        "forty alone",
        "thirty",
    ],
)
def test_boxes_are_apart_and_every_reference_to_another_has_a_line(references: dict[str, list[str]]) -> None:
    one = diagram(book_of(references))
    assert len(one.boxes) == len(references)
    assert is_apart(one)
    assert all(box.x + box.width <= one.width and box.y + box.height <= one.height for box in one.boxes)
    assert len(one.paths) == sum(other != name for name, to in references.items() for other in to)
    assert one == diagram(book_of(references))


def test_what_refers_stands_left_of_what_it_refers_to() -> None:
    one = diagram(book_of({"papers": [], "remarks": ["papers", "members"], "members": ["towns"], "towns": []}))
    x = {box.title: box.x for box in one.boxes}
    assert x["remarks"] < x["members"] < x["towns"]
    assert x["remarks"] < x["papers"]


def test_the_diagram_has_words_for_those_who_do_not_see_it(text: str) -> None:
    (svg,) = re.findall(r"<svg width.*?</svg>", text, re.DOTALL)
    assert 'role="img" aria-labelledby="diagram-title diagram-told"' in svg
    assert "3 collections, 6 references between them" in svg
    assert "style=" not in text


# --- served -----------------------------------------------------------------------------------------------------------


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_joins_open_the_editor_with_what_they_find(folder: Path, python: str) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(python, folder) as site:
        text = site.get("/schema").text
        href = unescape(re.findall(r'<a href="([^"]+)"><code>JOIN papers', text)[0])
        answer: httpx.Response = site.get(href, follow_redirects=True)
        assert answer.status_code == 200
        assert "The Windward Gazette" in answer.text
        assert site.get("/schema.json").json()["book"] == "kites"


def test_the_release_has_not_changed(folder: Path) -> None:
    database = (folder / "build/current/kites.db").resolve()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
