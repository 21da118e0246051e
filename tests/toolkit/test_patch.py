# SPDX-License-Identifier: Apache-2.0
"""The last database, patched: it says what a new one would, and is made only where it can be known to."""

from __future__ import annotations

import importlib
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.compile import chunk as chunks
from sourcebook.exact import dumps, loads
from sourcebook.files import all_files
from sourcebook.publish import cache
from sourcebook.verify import verify

DESCRIPTOR = """\
name: shelf
resources:
- {name: authors, path: build/csv/authors.csv, schema: build/tableschema/authors.json,
   sourcebook: {records: data/authors/*.yaml, schema: schemas/author.json, key: id}}
- {name: books, path: build/csv/books.csv, schema: build/tableschema/books.json,
   sourcebook: {records: data/books/*.yaml, schema: schemas/book.json, key: id, references: {REFERENCES}}}
- {name: loans, path: build/csv/loans.csv, schema: build/tableschema/loans.json,
   sourcebook: {records: data/loans/*.yaml, schema: schemas/loan.json, key: number}}
"""
TEXT = {"type": "string"}
SCHEMAS: dict[str, Any] = {
    "author": {"properties": {"id": TEXT, "name": TEXT, "about": TEXT}},
    "book": {"properties": {"id": TEXT, "title": TEXT, "by": TEXT, "words": {"type": "array", "items": TEXT}}},
    "loan": {"properties": {"number": {"type": "integer"}, "note": TEXT}},
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of two files, and any database and any change worth a patch."""
    monkeypatch.setattr(chunks, "_MOST_FILES", 2)
    monkeypatch.setattr(cache, "_LARGE", 0)
    monkeypatch.setattr(cache, "_FEW", 1.0)


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[tuple[str, str]] | None]:
    """What each attempt to patch came to."""
    check = importlib.import_module("sourcebook.check.check")
    found: list[frozenset[tuple[str, str]] | None] = []
    original = check.patch

    def noting(*arguments: object) -> object:
        found.append(original(*arguments))
        return found[-1]

    monkeypatch.setattr(check, "patch", noting)
    return found


def shelf(folder: Path, references: str = "by: authors") -> Path:
    """A book of four authors, five books and four loans."""
    for name, schema in SCHEMAS.items():
        whole = {"type": "object", "additionalProperties": False, **schema}
        (folder / "schemas").mkdir(parents=True, exist_ok=True)
        (folder / f"schemas/{name}.json").write_text(dumps(whole))
    (folder / "datapackage.yaml").write_text(DESCRIPTOR.replace("REFERENCES", references))
    for number in range(4):
        write(folder, f"authors/a{number}", f"id: a{number}\nname: Author {number}\nabout: Writes at Iğdır.\n")
        write(folder, f"loans/l{number}", f"number: {10 - number}\nnote: Loan {number}\n")
    for number in range(5):
        by = f"Author {number % 4}" if "name" in references else f"a{number % 4}"
        text = f"id: b{number}\ntitle: Book {number}\nby: {by}\nwords: [one, two]\n"
        write(folder, f"books/b{number}", text)
    return folder


def write(folder: Path, name: str, text: str) -> None:
    path = folder / f"data/{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"data/{name}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def said(folder: Path) -> tuple[dict[str, list[Any]], dict[str, bytes], str]:
    """All rows in their order, the extracts, and the logical hash of the current release."""
    with closing(sqlite3.connect(folder / "build/shelf.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        shown = [name for name in tables if not name.endswith("_fts")]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in sorted(shown)}
        rows["sqlite_stat1"].sort(key=repr)
        rows["sqlite_master"] = sorted(connection.execute("SELECT type, name, sql FROM sqlite_master"))
    current = folder / "build/current"
    files = {name: (current / name).read_bytes() for name in all_files(current) if "/" in name}
    return rows, files, loads((current / "datapackage.json").read_bytes())["sourcebook"]["database"]["logicalHash"]


def holds_against_a_clean_build(folder: Path) -> None:
    elsewhere = Path(shutil.copytree(folder, folder.with_name("clean"), ignore=shutil.ignore_patterns("build")))
    clean = sourcebook.build(elsewhere)
    assert clean.release is not None
    rows, files, logical = said(folder)
    wanted_rows, wanted_files, wanted_logical = said(elsewhere)
    assert rows == wanted_rows
    assert files == wanted_files
    assert logical == wanted_logical
    shutil.rmtree(elsewhere)


# name of the file, what is replaced, and the extracts that then are others; None where a new database is needed
BOOKS, AUTHORS, LOANS = ("documents", "books"), ("documents", "authors"), ("documents", "loans")
CHANGES = {
    "a text": ("books/b2", "title: Book 2", "title: A title", {("table", "books"), BOOKS}),
    "a row of a list": ("books/b2", "[one, two]", "[one, three]", {("table", "books_words"), BOOKS}),
    "a comment": ("books/b2", "title:", "# here\ntitle:", set()),
    "a reference": ("books/b2", "by: a2", "by: a0", {("table", "books"), BOOKS}),
    "a letter that is spelled otherwise": ("authors/a0", "Author 0", "Iğdır", {("table", "authors"), AUTHORS}),
    "the last letter that is": ("authors/a0", "Iğdır", "Igdir", {("table", "authors"), AUTHORS}),
    "a row more": ("books/b2", "[one, two]", "[one, two, three]", None),
    "a row of a table by an integer key": ("loans/l1", "Loan 1", "Another", None),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.usefixtures("small")
def test_what_is_replaced(what: str, tmp_path: Path, patched: list[frozenset[tuple[str, str]] | None]) -> None:
    folder = shelf(tmp_path / "shelf")
    first = sourcebook.build(folder)
    name, old, new, changed = CHANGES[what]
    change(folder, name, old, new)
    second = sourcebook.build(folder)
    assert patched == [None if changed is None else frozenset({*changed, ("places", name.partition("/")[0])})]
    holds_against_a_clean_build(folder)
    assert verify(folder).ok
    assert first.release is not None
    assert second.release is not None
    same = [
        path.name
        for kind in ("csv", "json")
        for path in (second.release / kind).iterdir()
        if path.samefile(first.release / kind / path.name)
    ]
    assert len(same) == (0 if changed is None else 7 - len(changed))


@pytest.mark.usefixtures("small")
def test_references_by_another_field_lead_where_they_do_now(
    tmp_path: Path, patched: list[frozenset[tuple[str, str]] | None]
) -> None:
    """A record of another key has the name that books of other chunks refer by."""
    folder = shelf(tmp_path / "shelf", "by: authors.name")
    sourcebook.build(folder)
    change(folder, "authors/a1", "id: a1", "id: a9")
    sourcebook.build(folder)
    assert patched == [None]
    holds_against_a_clean_build(folder)
    change(folder, "authors/a1", "Writes", "Wrote")
    change(folder, "books/b1", "Author 1", "Author 3")
    sourcebook.build(folder)
    places = {("places", "authors"), ("places", "books")}
    assert patched[1:] == [frozenset({("table", "authors"), AUTHORS, ("table", "books"), BOOKS, *places})]
    holds_against_a_clean_build(folder)


@pytest.mark.usefixtures("small")
def test_a_record_that_changes_its_collection(tmp_path: Path, patched: list[frozenset[tuple[str, str]] | None]) -> None:
    """The chunks are as many, with as many rows, but one is of another collection."""
    folder = shelf(tmp_path / "shelf")
    for name, files in (("drafts", "ab"), ("done", "cd")):
        with (folder / "datapackage.yaml").open("a") as file:
            file.write(
                f"- {{name: {name}, path: build/csv/{name}.csv, schema: build/tableschema/{name}.json,\n"
                f"   sourcebook: {{records: data/{name}/*.yaml, schema: schemas/author.json, key: id}}}}\n"
            )
        for letter in files:
            write(folder, f"{name}/{letter}", f"id: {letter}\nname: {letter}\n")
            write(folder, f"{name}/{letter}2", f"id: {letter}2\nname: {letter}\n")
    sourcebook.build(folder)
    for name in ("b", "b2"):
        (folder / f"data/drafts/{name}.yaml").rename(folder / f"data/done/{name}.yaml")
    sourcebook.build(folder)
    assert patched == []
    holds_against_a_clean_build(folder)


@pytest.mark.usefixtures("small")
def test_records_that_change_places(tmp_path: Path, patched: list[frozenset[tuple[str, str]] | None]) -> None:
    folder = shelf(tmp_path / "shelf")
    sourcebook.build(folder)
    one, other = folder / "data/books/b0.yaml", folder / "data/books/b4.yaml"
    texts = one.read_text(), other.read_text()
    one.write_text(texts[1])
    other.write_text(texts[0])
    sourcebook.build(folder)
    assert patched[-1] is not None
    holds_against_a_clean_build(folder)


@pytest.mark.usefixtures("small")
def test_a_last_release_without_extracts_has_none_to_take_over(tmp_path: Path) -> None:
    folder = shelf(tmp_path / "shelf")
    sourcebook.build(folder, formats=())
    change(folder, "books/b2", "Book 2", "A title")
    sourcebook.build(folder)
    holds_against_a_clean_build(folder)


OTHERS = {
    "datapackage.yaml": ("name: shelf", "name: shelf\ntitle: Shelf"),
    "schemas/book.json": ('"title":{', '"pages":{"type":"integer"},"title":{'),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "other", ["scripts/views/more.sql", "scripts/checks/none.sql", "datapackage.yaml", "schemas/book.json", "baseline"]
)
def test_what_else_a_release_is_made_of_asks_for_a_new_one(
    other: str, tmp_path: Path, patched: list[frozenset[tuple[str, str]] | None]
) -> None:
    folder = shelf(tmp_path / "shelf")
    sourcebook.build(folder)
    change(folder, "books/b2", "Book 2", "A title")
    if other == "baseline":
        change(folder, "books/b3", "title: Book 3\n", "title: 3\n")
        sourcebook.write_baseline(sourcebook.check(folder))
    elif other.startswith("scripts"):
        (folder / other).parent.mkdir(parents=True)
        (folder / other).write_text("SELECT id AS _key, 'books' AS _table FROM books WHERE 0")
    else:
        old, new = OTHERS[other]
        path = folder / other
        path.write_text(path.read_text().replace(old, new, 1))
    assert sourcebook.build(folder).release is not None
    assert patched == []
    holds_against_a_clean_build(folder)


def test_a_small_book_is_compiled_whole(tmp_path: Path, patched: list[frozenset[tuple[str, str]] | None]) -> None:
    """Its releases are the same to the byte, however they came about."""
    folder = shelf(tmp_path / "shelf")
    first = sourcebook.build(folder)
    change(folder, "books/b2", "Book 2", "A title")
    sourcebook.build(folder)
    change(folder, "books/b2", "A title", "Book 2")
    assert patched == []
    assert first.release is not None
    assert sourcebook.build(folder).release == first.release


def edits(folder: Path, chance: random.Random) -> Iterator[str]:
    """Things that happen to a shelf, at random; most leave each chunk as many rows as it had."""
    while True:
        number = chance.randrange(5)
        path = folder / f"data/books/b{number}.yaml"
        what = chance.choice(["edit", "edit", "edit", "loan", "author", "longer", "shorter", "remove", "rename"])
        text = f"id: b{number}\ntitle: T{chance.randrange(99)}\nby: a{chance.randrange(4)}\nwords: [one, two]\n"
        if what == "loan":
            write(folder, "loans/l1", f"number: 9\nnote: Loan {chance.randrange(99)}\n")
        elif what == "author":
            write(folder, "authors/a3", f"id: a3\nname: A {chance.randrange(99)} {chance.choice('ıiłø')}\n")
        elif what == "longer":
            path.write_text(text.replace("two", "two, three"))
        elif what == "shorter":
            path.write_text(text.replace("words: [one, two]\n", ""))
        elif what == "remove":
            path.unlink(missing_ok=True)
        elif what == "rename" and path.exists():
            path.rename(path.with_name(f"c{chance.randrange(9)}.yaml"))
        elif not list(path.parent.glob("c*")):
            path.write_text(text)
        yield what


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_after_any_edits_it_says_what_a_clean_build_says(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = shelf(tmp_path_factory.mktemp("edits") / "shelf")
    sourcebook.build(folder)
    for _, _what in zip(range(8), edits(folder, random.Random(seed)), strict=False):
        if sourcebook.build(folder).release is not None:
            holds_against_a_clean_build(folder)
