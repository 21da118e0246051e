# SPDX-License-Identifier: Apache-2.0
"""Markdown pages: the text below the front matter is a column of its own; and line breaks do not make a release."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from tests.conftest import ROOT
from tests.toolkit.test_odd_books import write

PAGE = {"records": "data/pages/*.md", "layout": "front-matter"}
TEXT = "A text of a page.\n\nWith two paragraphs.\n"


def rows(folder: Path, query: str) -> list[Any]:
    built = sourcebook.build(folder)
    assert built.release is not None, "\n".join(map(str, built.checked.findings))
    assert sourcebook.verify(folder).ok
    with closing(sqlite3.connect(folder / "build/current/odd.db")) as connection:
        return connection.execute(query).fetchall()


SCHEMAS: dict[str, tuple[Any, str]] = {
    "closed": ({"properties": {"title": {}}, "additionalProperties": False}, "SELECT body FROM pages"),
    "closed by unevaluatedProperties": (
        {"allOf": [{"properties": {"title": {}}}], "unevaluatedProperties": False},
        "SELECT body FROM pages",
    ),
    "open": ({"properties": {"title": {"type": "string"}}}, "SELECT body FROM pages WHERE _other IS NULL"),
    "without properties": ({"type": "object"}, 'SELECT body FROM pages WHERE _other = \'{"title":"T"}\''),
    "true": (True, 'SELECT body FROM pages WHERE _other = \'{"title":"T"}\''),
    "names are bounded": ({"propertyNames": {"enum": ["title"]}}, "SELECT body FROM pages"),
    "few properties": ({"maxProperties": 1, "properties": {"title": {}}}, "SELECT body FROM pages"),
    "all are short": ({"additionalProperties": {"maxLength": 3}}, "SELECT body FROM pages"),
    "a pattern of all": ({"patternProperties": {"": {"maxLength": 3}}}, "SELECT body FROM pages"),
    "named": ({"properties": {"title": {}, "body": {"type": "string"}}}, "SELECT body FROM pages"),
    "needed": ({"required": ["body", "title"]}, "SELECT body FROM pages"),
    "none": (None, "SELECT body FROM pages"),
}


@pytest.mark.parametrize("case", SCHEMAS)
def test_the_text_is_a_column_whatever_the_schema_says(case: str, tmp_path: Path) -> None:
    schema, query = SCHEMAS[case]
    files = {"data/pages/one.md": f"---\ntitle: T\n---\n{TEXT}", "schemas/page.json": schema if schema else {}}
    if schema is True:
        files["schemas/page.json"] = "true"
    pages = {**PAGE, **({"schema": "schemas/page.json"} if schema is not None else {})}
    assert rows(write(tmp_path, {"pages": pages}, files), query) == [(TEXT,)]


def test_a_schema_that_names_the_text_is_asked_about_it(tmp_path: Path) -> None:
    schema = {"allOf": [{"$ref": "#/$defs/page"}], "$defs": {"page": {"properties": {"text": {"maxLength": 3}}}}}
    files = {"data/pages/one.md": f"---\ntitle: T\n---\n{TEXT}", "schemas/page.json": schema}
    pages = {**PAGE, "schema": "schemas/page.json", "body": "text"}
    (finding,) = sourcebook.check(write(tmp_path, {"pages": pages}, files)).findings
    assert (finding.rule, finding.line, finding.pointer) == ("schema", 4, "/text")


def test_adopted_pages_may_use_a_schema_that_does_not_name_their_text(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    for number in range(4):
        (tmp_path / f"posts/p{number}.md").write_text(f"---\ntitle: Post {number}\nyear: {2000 + number}\n---\nText.\n")
    (tmp_path / "post.schema.json").write_text(
        '{"type": "object", "properties": {"title": {"type": "string"}, "year": {"type": "integer"}},'
        ' "required": ["title", "year"], "additionalProperties": false}'
    )
    made = sourcebook.init(tmp_path, adopt=True)
    assert made.checked is not None
    assert (made.checked.ok, made.checked.count) == (True, 4)
    assert [one.schema for one in made.checked.book.collections] == ["post.schema.json"]


# --- line breaks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("breaks", ["\r\n", "\r"])
@pytest.mark.parametrize("name", ["layouts", "orchard", "json-lines-whole"])
def test_line_breaks_do_not_make_a_release(name: str, breaks: str, book: Callable[[str], Path], tmp_path: Path) -> None:
    if name == "json-lines-whole":
        folder = write(
            tmp_path / name,
            {"events": {"records": "data/*.jsonl", "layout": "documents", "key": "id"}, "pages": PAGE},
            {
                "data/e.jsonl": '{"id": "a", "n": 1}\n\n{"id": "b", "n": 2}\n',
                "data/pages/one.md": f"---\ntitle: T\nlong: |\n  x\n  y\n---\n{TEXT}",
                "scripts/views/all.sql": "-- title: All\n-- description: |\n--   x\n--   y\n"
                "SELECT 'a\nb' AS t,\n  id FROM events\n",
            },
        )
    else:
        folder = book(name)
    before = sums(folder)
    for path in folder.rglob("*"):
        if path.is_file() and "build" not in path.relative_to(folder).parts and path.suffix != ".png":
            lines = "\n" if path.suffix == ".jsonl" and breaks == "\r" else breaks  # what divides its values is LF
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", lines.encode()))
    assert sums(folder) == before


def sums(folder: Path) -> str:
    built = sourcebook.build(folder)
    assert built.release is not None, "\n".join(map(str, built.checked.findings))
    return (folder / "build/current/SHA256SUMS").read_text("utf-8")


def test_places_in_a_page_are_those_of_its_lines(tmp_path: Path) -> None:
    page = "---\r\ntitle: T\r\nbad: [\r\n---\r\nText.\r\n"
    folder = write(tmp_path, {"pages": PAGE}, {})
    (folder / "data/pages").mkdir(parents=True)
    (folder / "data/pages/one.md").write_bytes(page.encode())
    (finding,) = [one for one in sourcebook.check(folder).findings if one.rule == "yaml-syntax"]
    assert (finding.line, finding.column) == (3, 6)


def test_the_reference_book_has_no_other_release_with_other_line_breaks() -> None:
    assert not any(b"\r" in path.read_bytes() for path in (ROOT / "data").rglob("*.yaml"))
