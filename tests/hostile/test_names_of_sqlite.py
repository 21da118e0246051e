# SPDX-License-Identifier: Apache-2.0
"""Tables and views that are called as SQLite's own are: who asks SQLite of its tables would ask the book instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sourcebook

_OWN = ("pragma_table_list", "Pragma_Table_Info", "json_each", "dbstat", "bytecode")


def _book(root: Path, collection: str, schema: dict[str, object]) -> Path:
    (root / "data").mkdir(parents=True)
    (root / "data" / "one.json").write_text('{"id": "one", "list": ["a"]}')
    (root / "schema.json").write_text(json.dumps({"type": "object", "properties": schema}))
    settings = {"records": "data/*.json", "schema": "schema.json", "key": "id"}
    written = {"path": f"build/csv/{collection}.csv", "schema": f"build/tableschema/{collection}.json"}
    resource = {"name": collection, **written, "sourcebook": settings}
    descriptor = {"name": "wharf", "title": "Wharf", "licenses": [{"name": "CC0-1.0"}], "resources": [resource]}
    (root / "datapackage.yaml").write_text(json.dumps(descriptor))
    return root


@pytest.mark.parametrize("name", _OWN)
def test_no_view_is_called_so(tmp_path: Path, name: str) -> None:
    book = _book(tmp_path / "book", "wharves", {"id": {"type": "string"}})
    view = book / "scripts" / "views" / f"{name}.sql"
    view.parent.mkdir(parents=True)
    view.write_text("-- title: All\nSELECT id FROM wharves\n")
    (found,) = (one for one in sourcebook.check(book).findings if one.rule == "script")
    assert found.path == f"scripts/views/{name}.sql"
    assert "by itself" in found.message


@pytest.mark.parametrize("name", [name.lower() for name in _OWN])
def test_no_table_is_called_so(tmp_path: Path, name: str) -> None:
    whole = _book(tmp_path / "whole", name, {"id": {"type": "string"}})
    collection, _, part = name.rpartition("_")
    strings = {"type": "array", "items": {"type": "string"}}
    books = [whole]
    if collection:  # the table of a list within
        books.append(_book(tmp_path / "part", collection, {"id": {"type": "string"}, part: strings}))
    for book in books:
        assert "name-collision" in {one.rule for one in sourcebook.check(book).findings}, book
