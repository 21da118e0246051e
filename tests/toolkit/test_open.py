# SPDX-License-Identifier: Apache-2.0
"""A book opened in Python: every layout, places, references, tables, and books with mistakes in them."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.edit.references import referring
from sourcebook.edit.source import Source
from sourcebook.errors import EnvironmentFailure, NotThere, UsageError
from sourcebook.finding import pointer
from sourcebook.open import frames, reader
from sourcebook.records import read as reading
from sourcebook.records.places import Positioner
from sourcebook.tables.reference_paths import leaves
from tests.conftest import BOOKS, ROOT

Copy = Callable[[str], Path]


def test_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs/reference/python.md"
    blocks = re.findall("^```pycon\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page.name, str(page), 0)
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)
    assert result.attempted > 25
    assert not told, "".join(told)


def test_every_layout() -> None:
    book = sourcebook.open(BOOKS / "layouts")
    checked = book.check()
    assert {(one.collection, one.key) for one in checked.records} == {(n, k) for n in book for k in book[n]}
    for entry in checked.records:
        record = book[entry.collection][entry.key]
        assert (record.path, record.line, record.key) == (entry.path, entry.line, entry.key)
        assert record == book[entry.collection][str(entry.key)]
        assert record.place().line >= entry.line
        names = record.value if isinstance(record.value, dict) else range(len(record.value))
        for name in names:
            assert record[name] == record.value[name]
            assert record.place(f"/{name}").path == entry.path
    for name in book:
        assert book[name].to_polars().height == len(book[name])


@pytest.mark.parametrize("name", ["json-lines", "layouts", "orchard", "typed"])
def test_places_are_those_of_the_check(name: str) -> None:
    opened = sourcebook.open(BOOKS / name)
    positioner = Positioner(load_book(BOOKS / name))
    seen = 0
    for entry in opened.check().records:
        record = opened[entry.collection][entry.key]
        for path, _ in leaves(record.value):
            for at_key in (False, True):
                place = record.place(pointer(path), at_key=at_key)
                assert (place.line, place.column) == positioner.place(entry, path, at_key=at_key)
                seen += 1
    assert seen


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_where_values_stand(tmp_path: Path, ends: str, mark: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "datapackage.yaml").write_text(
        "name: b\nresources:\n"
        "- {name: rows, path: build/csv/rows.csv, schema: build/tableschema/rows.json,\n"
        "  sourcebook: {records: 'data/*.jsonl', layout: documents, key: id}}\n"
        "- {name: maps, path: build/csv/maps.csv, schema: build/tableschema/maps.json,\n"
        "  sourcebook: {records: 'data/*.yaml', layout: map}}\n"
    )
    yaml = f"{mark}# a comment{ends}one:{ends}  a/b: [x, {{y~: 12}}]{ends}2: {{a/b: [z]}}"
    (tmp_path / "data/m.yaml").write_bytes(yaml.encode())
    (tmp_path / "data/r.jsonl").write_bytes(f'{{"id": 7, "t": "u"}}{ends}{{"id": 8, "t": ["v"]}}'.encode())
    book = sourcebook.open(tmp_path)
    one = book["maps"]["one"]
    assert str(one.place("/a~1b/1/y~0")) == "data/m.yaml:3:17"
    assert str(one.place("/a~1b/1/y~0", at_key=True)) == "data/m.yaml:3:13"
    assert one.place("/a~1b/1/y~0").source == "  a/b: [x, {y~: 12}]"
    assert one.place("/a~1b/0").pointer == "/one/a~1b/0"
    assert book["maps"]["2"].place("/a~1b/0").line == book["maps"][2].line == 4
    assert str(book["rows"][8].place("/t/0")) == "data/r.jsonl:2:17"
    assert list(book["rows"]) == [7, 8]
    assert all(key in book["rows"] for key in (7, "7"))
    assert not any(key in book["rows"] for key in (True, 7.0, None, "07"))
    for wrong in ("a~1b", "/a~1b/2", "/a~1b/-", "/a~1b/01x", "/a~1b/0/x", "/nothing", "/a~1b/1/y"):
        with pytest.raises(KeyError):
            one.place(wrong)


def test_a_key_by_path_reads_one_file(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    opened = sourcebook.open(folder)
    seen: list[str] = []
    real = reading.read_file
    monkeypatch.setattr(reader, "read_file", lambda book, source: (seen.append(source.path), real(book, source))[1])
    assert opened["growers"]["alder-farm"].path == "data/growers/alder-farm.yaml"
    assert seen == ["data/growers/alder-farm.yaml"]
    assert len(opened["growers"]) == 2


def test_keys_that_were_given_up(book: Copy) -> None:
    folder = book("orchard")
    (folder / "curation").mkdir()
    (folder / "curation/moved.yaml").write_text(
        "- {collection: growers, key: old, to: older, on: 2026-11-30}\n"
        "- {collection: growers, key: older, to: alder-farm, on: 2026-11-30}\n"
        "- {collection: growers, key: none, gone: entered twice, on: 2026-11-30}\n"
    )
    growers = sourcebook.open(folder)["growers"]
    with pytest.raises(KeyError, match="its key is 'alder-farm' now"):
        growers["old"]
    with pytest.raises(KeyError, match="it is gone since 2026-11-30: entered twice"):
        growers["none"]


def test_what_cannot_be_read(book: Copy) -> None:
    folder = book("orchard")
    (folder / "data/growers/broken.yaml").write_text("name: [\n")
    (folder / "data/varieties/broken.yaml").write_text("name: [\n")
    opened = sourcebook.open(folder)
    assert {"yaml-syntax"} <= {finding.rule for finding in opened.findings}
    assert "alder-farm" in opened["growers"]
    assert "broken" not in opened["growers"]
    with pytest.raises(sourcebook.Unreadable, match=r"broken\.yaml:") as raised:
        opened["growers"]["broken"]
    assert [finding.path for finding in raised.value.findings] == ["data/growers/broken.yaml"]
    with pytest.raises(NotThere):  # for its path would say so
        opened["growers"]["other"]
    assert opened["growers"].get("other") is None
    with pytest.raises(sourcebook.Unreadable):  # which may be in the broken file
        opened["varieties"].get("other")
    assert [finding.path for finding in opened["varieties"].unread] == ["data/varieties/broken.yaml"]
    refs = opened["growers"]["alder-farm"].refs()
    assert refs.by
    assert {finding.path for finding in refs.unread} == {"data/growers/broken.yaml", "data/varieties/broken.yaml"}
    with pytest.raises(sourcebook.Unreadable, match="with_errors"):
        opened["growers"].to_pandas()
    assert len(opened["growers"].to_pandas(with_errors=True)) == 2


def test_a_book_without_collections(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a book"):
        sourcebook.open(tmp_path)
    (tmp_path / "datapackage.yaml").write_text("name: [\n")
    opened = sourcebook.open(tmp_path)
    assert list(opened) == []
    assert opened.findings
    with pytest.raises(sourcebook.Unreadable, match="the collections are not known"):
        opened["any"]
    with pytest.raises(sourcebook.Unreadable):
        _ = opened.tables


def test_references_are_those_that_the_check_counts(reference_book: Path) -> None:
    opened = sourcebook.open(reference_book)
    assert opened.check().ok
    every = [ref for name in opened for record in opened[name].values() for ref in record.refs().to]
    assert all(ref.to is not None for ref in every)
    back = [ref for name in opened for record in opened[name].values() for ref in record.refs().by]
    assert sorted(map(str, back)) == sorted(map(str, every))
    performed = opened.check().ledger.as_dict()["reference"]["performed"]
    assert len(every) == performed


@pytest.mark.parametrize(
    "name", ["linked", "reference-lists", "reference-as-text", "reference-branches", "reference-anywhere", "layouts"]
)
def test_references_of_every_form(name: str) -> None:
    opened = sourcebook.open(BOOKS / name)
    try:
        every = [ref for one in opened for record in opened[one].values() for ref in record.refs().to]
    except sourcebook.Unreadable:
        assert any(finding.level == "error" for finding in opened.findings)
        return
    assert every
    dangling = {(ref.place.path, ref.place.line) for ref in every if ref.to is None}
    told = {(one.path, one.line) for one in opened.findings if one.rule == "reference" and "is not in" in one.message}
    assert dangling == told
    for ref in every:
        if ref.to is not None:
            assert ref in ref.to.refs().by
    source = Source(load_book(BOOKS / name))
    for one in opened:
        for key, record in opened[one].items():
            verb = {(str(ref.record.key), pointer(ref.path), ref.at_key) for ref in referring(source, one, key)}
            assert verb == {(str(ref.record.key), ref.pointer, ref.at_key) for ref in record.refs().by}


def test_tables_keep_types_and_null(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "schemas").mkdir()
    (tmp_path / "datapackage.yaml").write_text(
        "name: b\nresources:\n- name: rows\n  path: build/csv/rows.csv\n  schema: build/tableschema/rows.json\n"
        "  sourcebook: {records: data/rows.yaml, layout: list, key: id, schema: schemas/row.schema.json}\n"
    )
    kinds = ", ".join(f'"{one[0]}": {{"type": "{one}"}}' for one in ("integer", "number", "boolean", "string"))
    (tmp_path / "schemas/row.schema.json").write_text(
        f'{{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {{"id": '
        f'{{"type": "string"}}, {kinds}, "tags": {{"type": "array", "items": {{"type": "string"}}}}}}, '
        '"additionalProperties": false}'
    )
    (tmp_path / "data/rows.yaml").write_text(
        f"- {{id: a, i: {2**53 + 1}, n: 2, b: true, s: '', tags: [x, y]}}\n- {{id: b}}\n"
    )
    opened = sourcebook.open(tmp_path)
    assert opened["rows"].tables == ("rows", "rows_tags")
    pandas = opened["rows"].to_pandas()
    assert [str(one) for one in pandas.dtypes] == ["string", "Int64", "Float64", "boolean", "string"]
    assert pandas["i"][0] == 2**53 + 1
    assert pandas["s"][0] == ""
    assert pandas.iloc[1].isna().tolist() == [False, True, True, True, True]
    polars = opened["rows"].to_polars()
    assert polars.rows() == [("a", 2**53 + 1, 2.0, True, ""), ("b", None, None, None, None)]
    assert [str(one) for one in polars.dtypes] == ["String", "Int64", "Float64", "Boolean", "String"]
    assert opened["rows"].to_arrow().to_pylist() == polars.to_dicts()
    assert opened.to_polars("rows_tags")["_value"].to_list() == ["x", "y"]
    with pytest.raises(NotThere, match="did you mean 'rows_tags'"):
        opened["rows"].to_pandas("row_tags")
    with pytest.raises(NotThere, match="did you mean 'rows'"):
        opened.to_pandas("row")


def test_a_library_that_is_missing(book: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = sourcebook.open(book("orchard"))
    monkeypatch.setattr(frames, "find_spec", lambda _name: None)
    for call, name in ((opened.to_pandas, "pandas"), (opened.to_polars, "polars"), (opened.to_arrow, "pyarrow")):
        with pytest.raises(EnvironmentFailure, match=f"pip install {name}"):
            call("growers")


def test_frames_need_no_pyarrow(book: Copy) -> None:
    script = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import sourcebook\n"
        f"book = sourcebook.open({str(book('orchard'))!r})\n"
        "print(len(book['growers'].to_pandas()), book['growers'].to_polars().height)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["2", "2"]


def test_what_was_compiled_is_removed(book: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book("orchard")
    (tmp_path / "aside").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "aside"))
    before = sorted(folder.rglob("*"))
    with sourcebook.open(folder) as opened:
        assert opened["growers"].to_polars().height
        assert list((tmp_path / "aside").iterdir())
    assert not list((tmp_path / "aside").iterdir())
    with pytest.raises(UsageError, match="closed"):
        opened.to_polars("growers")
    assert opened["growers"]["alder-farm"].value
    another = sourcebook.open(folder)
    assert all(one.level == "warning" for one in another.findings)
    assert list((tmp_path / "aside").iterdir())
    del another
    assert not list((tmp_path / "aside").iterdir())
    assert sorted(folder.rglob("*")) == before


def test_names_are_shown() -> None:
    assert {"open", "check", "OpenBook", "where"} <= set(dir(sourcebook))
    assert sourcebook.open.__module__ == "sourcebook.open"
    opened = sourcebook.open(ROOT / "examples/library")
    assert {"findings", "check", "keys", "values", "items", "to_pandas", "to_polars", "tables"} <= set(dir(opened))
    record = opened["authors"]["edda-probe"]
    assert {"value", "place", "refs", "path", "line", "key", "collection"} <= set(dir(record))
    for shown in (sourcebook.OpenBook, sourcebook.OpenCollection, sourcebook.OpenRecord):
        for name in dir(shown):
            if not name.startswith("_") and name not in ("get", "items", "keys", "values"):
                assert getattr(shown, name).__doc__, name
    assert repr(record) == "<record authors/edda-probe at data/authors/edda-probe.yaml:1>"


USER = """
import sourcebook

with sourcebook.open("book") as book:
    names: list[str] = list(book)
    for name, collection in book.items():
        for key, record in collection.items():
            where: str = f"{record.path}:{record.place('/a').line}:{record.key}:{key}:{name}"
            for ref in record.refs().by:
                meant: sourcebook.OpenRecord | None = ref.to
    rules: set[str] = {finding.rule for finding in book.findings}
    ok: bool = book.check().ok
    frame = book["claims"].to_polars()
    height: int = frame.height
reveal_type(book["claims"]["key"])
book["claims"].nothing
"""


@pytest.mark.slow
def test_a_user_s_types(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(USER)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache"), "user.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 'Revealed type is "sourcebook.open.record.OpenRecord"' in run.stdout
    assert [line for line in run.stdout.splitlines() if "error" in line and "Found" not in line] == [
        'user.py:16: error: "OpenCollection" has no attribute "nothing"  [attr-defined]'
    ]
