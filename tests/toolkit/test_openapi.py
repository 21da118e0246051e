# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document: what is in it, and that each address in it answers as its schema says."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from jsonschema import Draft202012Validator

import sourcebook
from sourcebook.extract.site import Collection, Field
from sourcebook.site.machines import shapes
from sourcebook.site.published import Published
from tests.conftest import BOOKS
from tests.harbour import BOOK, get, opened
from tests.served import PYTHONS, serving
from tests.toolkit.test_corpora import CORPORA, unpacked

Document = dict[str, Any]


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("openapi")) as found:
        yield found


def document(of: Published) -> Document:
    answer = get(of, "/openapi.json")
    assert answer.status == 200
    found: Document = json.loads(answer.body)
    return found


def checked(found: Document) -> None:
    """Each name stands once, and each part of it is referred to."""
    ids = [item["get"]["operationId"] for item in found["paths"].values()]
    assert len(ids) == len(set(ids))
    tags = {one["name"] for one in found["tags"]}
    assert {tag for item in found["paths"].values() for tag in item["get"]["tags"]} <= tags
    for kind, parts in found["components"].items():
        for name in parts:
            used = json.dumps(found).count(f'"#/components/{kind}/{name}"')
            assert used, f"nothing needs {kind}/{name}"


def schema_of(found: Document, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": found["components"]})


def parameters(found: Document, item: Any) -> list[Any]:
    some = item["get"].get("parameters", [])
    return [found["components"]["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in some]


BUILT = (
    *("annotated", "answers-elsewhere", "column-name", "layouts", "linked", "listings", "moorings", "nulls", "orchard"),
    *("records-at-the-root", "undeclared"),
)


@contextmanager
def published(folder: Path) -> Iterator[Published]:
    """A release of the book in ``folder``, without extracts."""
    built = sourcebook.build(folder, formats=())
    assert built.release
    found = Published(built.release)
    try:
        yield found
    finally:
        found.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT)
def test_it_is_right_whatever_the_book(tmp_path: Path, name: str) -> None:
    with published(Path(shutil.copytree(BOOKS / name, tmp_path / "book"))) as found:
        checked(document(found))
        hold(found)


def test_that_of_the_harbour_is_right(harbour: Published) -> None:
    checked(document(harbour))


def test_records_are_as_their_schemas_say(harbour: Published) -> None:
    told = document(harbour)
    for collection in harbour.site.collections:
        schema = schema_of(told, told["components"]["schemas"][f"records.{collection.name}"])
        documents = harbour.connection.execute("SELECT document FROM _records WHERE collection = ?", (collection.name,))
        for (text,) in documents:
            assert [error.message for error in schema.iter_errors(json.loads(text))] == []
            assert set(json.loads(text)) <= set(schema.schema["properties"])  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["awesome-selfhosted", "congress-legislators", "pypa-advisories", "sigma-rules"])
def test_records_of_real_books_too(tmp_path: Path, name: str) -> None:
    if not (CORPORA.is_dir() and list(CORPORA.glob(f"{name}*"))):
        pytest.skip("the corpora are not at hand here")
    with published(unpacked(name, tmp_path)) as found:
        checked(document(found))
        hold(found)


@pytest.mark.slow
def test_records_of_the_reference_book_too(reference_book: Path) -> None:
    found = Published((reference_book / "build/current").resolve())
    try:
        checked(document(found))
        hold(found)
    finally:
        found.close()


def hold(found: Published) -> None:
    told = document(found)
    names = shapes.safe(one.name for one in found.site.collections)
    for collection in found.site.collections:
        schema = schema_of(told, told["components"]["schemas"][f"records.{names[collection.name]}"])
        sql = "SELECT key, document FROM _records WHERE collection = ? ORDER BY key LIMIT 400"
        for key, text in found.connection.execute(sql, (collection.name,)):
            assert [error.message for error in schema.iter_errors(json.loads(text))] == [], (collection.name, key)


def test_a_schema_that_fits_nothing_would_be_seen(harbour: Published) -> None:
    told = document(harbour)
    schema = schema_of(told, told["components"]["schemas"]["records.places"])
    assert list(schema.iter_errors({"id": ["no", "key"], "latitude": "north"}))
    alone = schema_of(told, told["components"]["schemas"]["records.claims.alone"])
    claim = json.loads(get(harbour, "/claims/oil-forty-barrels.json").body)
    assert not list(alone.iter_errors(claim))
    assert list(alone.iter_errors({name: value for name, value in claim.items() if name != "attribution"}))


def test_names_of_any_writing_are_names_that_a_document_may_have() -> None:
    found = shapes.safe(["a", "a b", "a/b", "ß", "東京", ""])
    assert len(set(found.values())) == len(found)
    assert all(one.isascii() and "/" not in one for one in found.values())


def test_a_record_that_is_no_mapping_is_what_it_is() -> None:
    def schema(*fields: Field) -> Document:
        return shapes.record(Collection("a", 1, "A", "", "a", "a", "_key", "text", "rowid", "_key", fields))

    value = Field("value", "", "", column="_value", encoding="integer")
    assert schema(value) == {"type": ["integer", "null"], "title": "A"}
    listed = schema(Field("list", "", "", table="a_b", fields=(Field("value", "[].one", "One", encoding="text"),)))
    assert listed["items"]["properties"] == {"one": {"type": ["string", "null"], "title": "One"}}
    assert schema(value, Field("value", "b", "B", column="b")) == {"title": "A"}


# --- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(BOOK, tmp_path_factory.mktemp("openapi") / "harbour"))
    assert sourcebook.build(folder).release
    return folder


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, built: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, built) as client:
        yield client


def asked(found: Document, path: str, item: Any) -> Iterator[str]:
    """Addresses that a path of the document stands for: with all that must be said, and with each thing that may be."""
    some = parameters(found, item)
    places = {one["name"]: one for one in some if one["in"] == "path"}
    values: list[dict[str, str]] = [{}]
    for name, one in places.items():
        choices = one["schema"].get("enum", [one["example"]] if "example" in one else [])
        values = [{**value, name: choice} for value in values for choice in choices]
    needed = {
        one["name"]: one.get("example") or one["schema"].get("const") or one["schema"].get("enum", ["x"])[0]
        for one in some
        if one["in"] == "query" and one.get("required")
    }
    for value in values:
        address = path
        for name, text in value.items():
            address = address.replace(f"{{{name}}}", quote(text, safe=""))
        yield address + (f"?{urlencode(needed)}" if needed else "")
    for one in some if not places else ():
        if one["in"] == "query" and not one.get("required") and values:
            for choice in one["schema"].get("enum", ["a"]):
                yield f"{path}?{urlencode({**needed, one['name']: choice})}"


@pytest.mark.xdist_group("serve")
def test_every_address_of_the_document_answers_as_it_says(site: httpx.Client) -> None:
    found: Document = site.get("/openapi.json").json()
    assert found["servers"] == [{"url": str(site.base_url).rstrip("/")}]
    seen = set()
    for path, item in found["paths"].items():
        if path.endswith("/{row}.json"):  # of each table: its first row
            continue
        for address in asked(found, path, item):
            answer = site.get(address)
            responses = item["get"]["responses"]
            status = str(answer.status_code)
            assert status in responses, f"{address}: {status} {answer.text[:200]}"
            assert status in ("200", "302"), f"{address}: {status} {answer.text[:200]}"
            seen.add(path)
            if status == "302":
                assert site.get(address, follow_redirects=True).status_code == 200
                continue
            content = responses[status]["content"]
            kind = answer.headers["content-type"].partition(";")[0]
            assert kind in content, f"{address}: {kind}"
            if "schema" in content[kind]:
                errors = [
                    error.message for error in schema_of(found, content[kind]["schema"]).iter_errors(answer.json())
                ]
                assert errors == [], address
            elif kind == "text/csv":
                assert len(list(csv.reader(io.StringIO(answer.text)))) >= 1
            if "ETag" in responses[status].get("headers", {}) and "etag" in answer.headers:
                again = site.get(address, headers={"if-none-match": answer.headers["etag"]})
                assert again.status_code == 304
    left = set(found["paths"]) - seen
    assert all(path.endswith("/{row}.json") for path in left), left


@pytest.mark.xdist_group("serve")
def test_rows_of_tables_too(site: httpx.Client) -> None:
    found: Document = site.get("/openapi.json").json()
    (path,) = (path for path in found["paths"] if path.endswith("/{row}.json"))
    schema = schema_of(found, found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"])
    answer = site.get(path.replace("{table}", "people").replace("{row}", "isil-fener") + "?_shape=array")
    assert answer.status_code == 200
    assert not list(schema.iter_errors(answer.json()))
    assert [row["id"] for row in answer.json()] == ["isil-fener"]


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/people/nobody.json", 404), ("/people/bystander.json", 410), ("/claims.json?colour=red", 400)],
)
def test_what_is_refused_is_refused_as_it_says(site: httpx.Client, path: str, status: int) -> None:
    found: Document = site.get("/openapi.json").json()
    answer = site.get(path)
    assert answer.status_code == status
    schema = found["components"]["responses"][str(status)]["content"]["application/json"]["schema"]
    assert not list(schema_of(found, schema).iter_errors(answer.json()))
    assert list(schema_of(found, schema).iter_errors({"ok": True}))
