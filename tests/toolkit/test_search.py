# SPDX-License-Identifier: Apache-2.0
"""Search finds what ``docs/reference/search.md`` promises, over HTTP and in the database, in some thirty scripts."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import sourcebook
from sourcebook.tables import search
from sourcebook.tables.search import TOKENIZER, expression, fold, folds, is_blank, spellings
from sourcebook.verify import verify
from tests.conftest import ROOT
from tests.served import PYTHONS, serving

Copy = Callable[[str], Path]


@dataclass
class Promise:
    """A line of the table: a text, what finds it, and what does not."""

    script: str
    text: str
    finds: list[str]
    others: list[str]


def promises() -> list[Promise]:
    page = (ROOT / "docs/reference/search.md").read_text("utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Promise(script, text, a.split(" · "), b.split(" · ") if b else []) for script, text, a, b in cells]


PROMISES = promises()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of the table's texts, each a record whose key is the number of its line."""
    folder = tmp_path_factory.mktemp("search") / "texts"
    schema = {"properties": {"number": {"type": "integer"}, "text": {"type": "string"}}, "additionalProperties": False}
    (folder / "schemas").mkdir(parents=True)
    (folder / "schemas/text.json").write_text(json.dumps(schema))
    (folder / "data").mkdir()
    records = [{"number": number, "text": one.text} for number, one in enumerate(PROMISES)]
    (folder / "data/texts.json").write_text(json.dumps(records))
    (folder / "datapackage.yaml").write_text(
        "name: texts\nresources:\n- {name: texts, path: build/csv/texts.csv, schema: build/tableschema/texts.json,\n"
        "   sourcebook: {records: data/texts.json, layout: list, schema: schemas/text.json, key: number,\n"
        "    page: {address: all-texts}}}\n"
    )
    built = sourcebook.build(folder)
    assert built.release, built.checked.findings
    return folder


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=PYTHONS)
def site(request: pytest.FixtureRequest, folder: Path) -> Iterator[httpx.Client]:
    if not Path(request.param).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    with serving(request.param, folder) as client:
        yield client


def numbers(site: httpx.Client, **parameters: str) -> set[int]:
    answer = site.get("/texts/texts.json", params={"_shape": "array", "_size": "1000", **parameters})
    assert answer.status_code == 200, (parameters, answer.text[:300])
    return {row["number"] for row in answer.json()}


def test_the_table_is_of_many_scripts() -> None:
    assert len(PROMISES) > 30
    assert len({one.script.partition(",")[0] for one in PROMISES}) > 25


@pytest.mark.xdist_group("serve")
def test_the_promises_are_kept_over_http(site: httpx.Client) -> None:
    broken = []
    for number, one in enumerate(PROMISES):
        broken += [
            (one.script, typed, "is not found") for typed in one.finds if number not in numbers(site, _search=typed)
        ]
        broken += [(one.script, typed, "is found") for typed in one.others if number in numbers(site, _search=typed)]
    assert broken == []


def variants(typed: str) -> set[str]:
    """The same as other keyboards and programs write it."""
    forms = {unicodedata.normalize(form, typed) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    return {variant for form in forms for variant in (form, form.upper(), form.lower(), form.casefold())}


def test_they_are_kept_however_a_text_is_encoded(folder: Path) -> None:
    broken = []
    with closing(sqlite3.connect(folder / "build/texts.db")) as connection:
        for number, one in enumerate(PROMISES):
            for typed in [*one.finds, one.text]:
                for variant in variants(typed):
                    found = connection.execute(
                        "SELECT rowid FROM texts_fts WHERE texts_fts MATCH ?", (expression(variant),)
                    ).fetchall()
                    broken += [] if (number,) in found else [(one.script, variant)]
    assert broken == []


def test_they_are_kept_where_the_record_is_encoded_otherwise() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f'CREATE VIRTUAL TABLE t USING fts5(text, tokenize="{TOKENIZER}")')
        for number, one in enumerate(PROMISES):
            connection.execute("DELETE FROM t")
            texts = list(variants(one.text))
            connection.executemany("INSERT INTO t VALUES (?)", [(spellings(text),) for text in texts])
            for typed in one.finds:
                found = connection.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression(typed),)).fetchone()
                assert found == (len(texts),), (number, one.script, typed)


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("typed", ["", " ", "\t\n", '"', '""', '" "', '"""', "\u3000", "\u200b", "\0", '\u00a0"'])
def test_a_search_for_nothing_shows_all_rows(site: httpx.Client, typed: str) -> None:
    everything = set(range(len(PROMISES)))
    for parameters in ({"_search": typed}, {"_search_text": typed}, {"_search": typed, "_searchmode": "raw"}):
        assert numbers(site, **parameters) == everything
        assert site.get("/texts/texts", params=parameters).status_code == 200
    assert numbers(site, _search=typed, number="3") == {3}


ODD = [
    "*",
    "'",
    "(",
    ")",
    "AND",
    "OR NOT",
    "NEAR(",
    "text:",
    "^a",
    "a*",
    "-a",
    "{",
    "\\",
    ";--",
    "%",
    "\uff02a",
    "a\0b",
]
ODD += ["\u0301", "\u0640", "🍎", "🍎 apple", '"apple', 'a "b" c"', "a" * 7_000, "a " * 3_000, "東" * 1_500, '"' * 999]


@pytest.mark.xdist_group("serve")
@pytest.mark.parametrize("typed", ODD, ids=range(len(ODD)))
def test_no_search_is_an_error(site: httpx.Client, typed: str) -> None:
    found = numbers(site, _search=typed)
    assert found == numbers(site, _search_text=typed)
    if "apple" in typed:
        assert found == {number for number, one in enumerate(PROMISES) if "ＡＰＰＬＥ" in one.text}


@pytest.mark.xdist_group("serve")
def test_the_expression_is_there_for_sql(site: httpx.Client) -> None:
    sql = "select rowid from texts_fts where texts_fts match escape_fts('東京')"
    answer = site.get("/texts.json", params={"sql": sql, "_shape": "array"}, follow_redirects=True)
    assert [PROMISES[row["rowid"]].script for row in answer.json()] == ["Japanese"]


def test_either_spelling_is_found_in_plain_sql(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "build/texts.db")) as connection:
        for typed in ("Kırmızı", "kirmizi", "Ёлка", "елка", "שלום", "Straße", "strasse", '"東 京"'):
            found = connection.execute("SELECT count(*) FROM texts_fts WHERE texts_fts MATCH ?", (typed,)).fetchone()
            assert found == (1,), typed


def test_what_is_left_to_the_tokenizer_it_folds_alike() -> None:
    """Of each character that is not spelled twice, SQLite makes the word that it makes of the folded one."""
    plain = [chr(code) for code in range(0xD800) if not search._OTHERWISE.search(chr(code))]
    plain += [chr(code) for code in range(0xE000, 0x20000) if not search._OTHERWISE.search(chr(code))]
    assert len(plain) > 1000
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f'CREATE VIRTUAL TABLE t USING fts5(text, tokenize="{TOKENIZER}")')
        connection.execute("CREATE VIRTUAL TABLE words USING fts5vocab(t, instance)")
        texts = [text for character in plain for text in (f"x{character}y", fold(f"x{character}y"))]
        connection.executemany("INSERT INTO t (rowid, text) VALUES (?, ?)", enumerate(texts))
        words: dict[int, list[str]] = {}
        for word, row in connection.execute("SELECT term, doc FROM words ORDER BY doc, offset"):
            words.setdefault(row, []).append(word)
    assert [plain[row // 2] for row in range(0, len(texts), 2) if words.get(row) != words.get(row + 1)] == []


def test_what_is_folded_stays_folded() -> None:
    for one in PROMISES:
        for text in (one.text, *one.finds):
            folded = fold(text)
            assert " ".join(fold(folded).split()).casefold() == " ".join(folded.split()).casefold(), text


def test_plain_texts_are_indexed_once() -> None:
    for text in ("An orchard", "Crème brûlée — “cider” · 5 €", "Москва", "Οδος", "🍎", "", None):
        assert spellings(text) == text
        assert not folds([text])
    assert spellings("ß") == "ß\n\ue000\nss"
    assert folds(["plain", None, "ß"])


def test_no_phrase_runs_from_one_spelling_to_the_other() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f'CREATE VIRTUAL TABLE t USING fts5(text, tokenize="{TOKENIZER}")')
        connection.execute("INSERT INTO t VALUES (?)", (spellings("ßa ende"),))
        assert not connection.execute("SELECT * FROM t WHERE t MATCH ?", (expression('"ende ßa"'),)).fetchall()


@pytest.mark.parametrize(("typed", "blank"), [("", True), ('" "', True), ("\u200e", True), ("a", False), ("*", False)])
def test_blank(typed: str, blank: bool) -> None:
    assert is_blank(typed) is blank


def test_verify_holds_the_index(folder: Path) -> None:
    assert verify(folder).ok
