# SPDX-License-Identifier: Apache-2.0
"""Names whose pages or files meet: told by check at their line, put elsewhere by a twin, and never written twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import free_address, load_book
from sourcebook.book.taken import ANSWERED, Taken, unfit
from sourcebook.content.addresses import Addresses
from sourcebook.errors import UsageError
from sourcebook.freeze.manifest import Manifest
from sourcebook.freeze.writing import Writer
from sourcebook.site import routes
from sourcebook.site.answer import HTML, Asked
from tests.past import with_past

PACKAGE = """\
name: letters
title: Letters of Ostrava Vale
resources:
  - name: {name}
    path: build/csv/{name}.csv
    schema: build/tableschema/{name}.json
    sourcebook: {{records: data/people.json, layout: map{said}}}
licenses:
  - {{name: CC0-1.0}}
"""


def book(folder: Path, *queries: str, name: str = "people", said: str = "") -> Path:
    for part in ("data", "scripts/queries"):
        (folder / part).mkdir(parents=True)
    (folder / "datapackage.yaml").write_text(PACKAGE.format(name=name, said=said), "utf-8")
    (folder / "data/people.json").write_text(json.dumps({"arko": {"name": "Arko"}}), "utf-8")
    for query in queries:
        (folder / f"scripts/queries/{query}.sql").write_text("SELECT 1 AS one\n", "utf-8")
    return folder


@pytest.mark.parametrize("name", ["index", "openapi", "datapackage", "croissant", "ro-crate-metadata"])
def test_a_collection_whose_data_would_be_a_file_of_every_site_has_another_address(tmp_path: Path, name: str) -> None:
    read = load_book(book(tmp_path / "book", name=name))
    assert len(read.findings) == 1, read.findings
    (told,) = read.findings
    assert (told.rule, told.path, told.line) == ("address-taken", "datapackage.yaml", 4)
    assert f"since at /{name}.json a page of every site is" in told.message
    assert read.collections[0].page.address == f"{name}-records"


@pytest.mark.parametrize(
    ("address", "free"),
    [
        ("notes.txt", "notes"),
        ("notes.ttl", "notes"),
        ("notes.json.json", "notes"),
        ("con", "con-records"),
        ("aux.x", "aux-x"),
        ("notes.", "notes"),
        ("index", "index-records"),
    ],
)
def test_an_address_that_has_no_place_as_a_folder_and_files_is_refused(tmp_path: Path, address: str, free: str) -> None:
    read = load_book(book(tmp_path / "book", said=f", page: {{address: {address}}}"))
    assert len(read.findings) == 1, read.findings
    (told,) = read.findings
    assert (told.rule, told.level, told.line) == ("descriptor", "error", 7)
    assert told.hint == f"page: {{address: {free}}}"
    assert free_address(free, "letters", []) == free


@pytest.mark.parametrize(
    ("queries", "refused"),
    [
        (("a", "b", "a-json"), []),
        (("a", "a.json"), ["a.json"]),
        (("a", "a.CSV"), ["a.CSV"]),
        (("A", "a"), ["a"]),
        (("ß", "ss"), ["ß"]),
        (("con",), ["con"]),
        (("lpt1.old",), ["lpt1.old"]),
        (("index.html",), ["index.html"]),
        (("x" * 200,), ["x" * 200]),
    ],
)
def test_questions_that_would_have_one_file_are_told(
    tmp_path: Path, queries: tuple[str, ...], refused: list[str]
) -> None:
    read = load_book(book(tmp_path / "book", *queries))
    assert [one.path for one in read.findings] == [f"scripts/queries/{name}.sql" for name in refused]
    assert {(one.rule, one.level) for one in read.findings} <= {("script", "error")}


def test_names_are_compared_as_the_poorest_disk_does() -> None:
    taken = Taken(ANSWERED, {})
    taken.take("Größe", "one")
    assert taken.met("GRÖSSE") == ("GRÖSSE", "one")
    assert taken.met("größe.Json") == ("größe.Json", "one")
    assert taken.met("grosse") is None
    assert [one for one in ("com¹", "CONIN$", "console") if unfit(one)] == ["com¹", "CONIN$"]


def test_the_record_that_is_called_as_a_feed_is_asked_for_by_its_key() -> None:
    at = Addresses("/", "letters")
    assert at.record("people", "changes.atom") == "/people/-?key=changes.atom"
    assert at.records("people", ["arko", "changes.atom"]) == ["/people/arko", "/people/-?key=changes.atom"]


def test_the_feed_of_a_collection_is_at_its_address_whatever_keys_there_are(tmp_path: Path) -> None:
    def also(folder: Path) -> None:
        schema = folder / "schemas/person.schema.json"
        schema.write_text(schema.read_text("utf-8").replace("^[a-z0-9][a-z0-9-]*$", "^[a-z0-9.-]*$"), "utf-8")
        one = (folder / "data/people/isil-fener.yaml").read_text("utf-8")
        (folder / "data/people/changes.atom.yaml").write_text(
            one.replace("id: isil-fener", "id: changes.atom"), "utf-8"
        )

    with with_past(tmp_path, also) as opened:
        assert opened.has("people", "changes.atom")
        feed = routes.answer(opened, Asked(("people", "changes.atom")))
        record = routes.answer(opened, Asked(("people", "-"), {"key": ("changes.atom",)}))
    assert (feed.status, feed.media_type.partition(";")[0]) == (200, "application/atom+xml")
    assert (record.status, record.media_type) == (200, HTML)


def frozen(folder: Path, *paths: str) -> int:
    """Write files as a freeze does; how many were removed."""
    with Manifest.read(folder).changing({}) as (now, listed):
        writer = Writer(folder, now.known)
        for path in paths:
            writer.write(path, path.encode())
        writer.flush()
        listed.add(writer.done)
    return listed.removed


def there(folder: Path) -> set[str]:
    found = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    return found - {"-/frozen.json"}


def test_a_folder_of_ours_becomes_a_file_and_a_file_a_folder(tmp_path: Path) -> None:
    frozen(tmp_path, "q/a.csv/index.html", "q/a.csv/b/c", "q/z")
    assert frozen(tmp_path, "q/a.csv", "q/z") == 2
    assert there(tmp_path) == {"q/a.csv", "q/z"}
    assert frozen(tmp_path, "q/a.csv/index.html", "q/z/index.html") == 2
    assert there(tmp_path) == {"q/a.csv/index.html", "q/z/index.html"}
    assert (tmp_path / "q/z/index.html").read_bytes() == b"q/z/index.html"


def test_a_folder_with_something_of_others_does_not_become_a_file(tmp_path: Path) -> None:
    frozen(tmp_path, "q/a.csv/index.html")
    (tmp_path / "q/a.csv/mine.txt").write_text("mine\n", "utf-8")
    with pytest.raises(UsageError, match="is in the way, and no freeze wrote it"):
        frozen(tmp_path, "q/a.csv")
    assert there(tmp_path) >= {"q/a.csv/index.html", "q/a.csv/mine.txt"}


def test_a_folder_in_the_place_of_a_file_of_ours_is_told(tmp_path: Path) -> None:
    frozen(tmp_path, "q/a")
    (tmp_path / "q/a").unlink()
    (tmp_path / "q/a").mkdir()
    (tmp_path / "q/a/mine.txt").write_text("mine\n", "utf-8")
    with pytest.raises(UsageError, match="is in the way, and no freeze wrote it"):
        frozen(tmp_path, "q/a")
    frozen(tmp_path, "q/b")
    assert there(tmp_path) == {"q/a/mine.txt", "q/b"}


def test_a_file_of_others_in_the_place_of_a_folder_does_not_stop_what_comes_after(tmp_path: Path) -> None:
    frozen(tmp_path, "q/a/index.html", "q/b")
    (tmp_path / "q/a/index.html").unlink()
    (tmp_path / "q/a").rmdir()
    (tmp_path / "q/a").write_text("mine\n", "utf-8")
    frozen(tmp_path, "q/b")
    assert there(tmp_path) == {"q/a", "q/b"}


def test_a_release_in_which_pages_meet_is_not_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book(tmp_path / "book", "a", "a.json")
    with monkeypatch.context() as older:
        older.setattr("sourcebook.book.scripts._without_place", lambda _: ())
        assert sourcebook.build(folder).release
    with pytest.raises(UsageError, match=r"no place for the question 'a\.json'"):
        sourcebook.freeze(folder, tmp_path / "site")
    assert not (tmp_path / "site").exists()
