# SPDX-License-Identifier: Apache-2.0
"""Hints say what is wrong in the value at hand, and how it is written: others of each kind in tests/messages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.parse import parse
from sourcebook.validation import addresses, lost_references
from sourcebook.validation.schemas import check
from tests.toolkit.amended import book
from tests.toolkit.test_messages import BOOK


@pytest.mark.parametrize(
    ("form", "text", "hint"),
    [
        ("date", "2014-5-1", "write it as 2014-05-01"),
        ("date", "2014/05/31", "write it as 2014-05-31"),
        ("date", "20140531", "write it as 2014-05-31"),
        ("date", "31.5.2014", "write it as 2014-05-31"),
        ("date", "5/31/2014", "write it as 2014-05-31"),
        ("date", "1/2/2014", "write it as 2014-02-01 or 2014-01-02, whichever was meant: year-month-day"),
        ("date", "31 May 2014", "write it as 2014-05-31"),
        ("date", "May 31st, 2014", "write it as 2014-05-31"),
        ("date", "2014-13-01", "there is no month 13; write year-month-day: 2014-01-13, if the day was written before"),
        ("date", "2014-02-30", "there is no day 30 in 2014-02, which has 28 days"),
        ("date", "2014-05-31T10:00:00Z", "leave the time out: 2014-05-31"),
        ("date", "2014-05", "write the whole day, as in 2014-05-31; or let the schema ask for text, if less is known"),
        ("date", "soon", "write it as 2014-05-31, a day that exists"),
        ("date", "“2014-05-31”", 'write "2014-05-31", with straight ones'),
        ("date-time", "2014-05-31", "add the time: 2014-05-31T00:00:00Z"),
        ("date-time", "2014-05-31 18:30", "write it as 2014-05-31T18:30:00Z, or with the offset"),
        ("date-time", "2014-02-30 18:30", "there is no day 30 in 2014-02"),
        ("time", "18:30", "write it as 18:30:00Z"),
        ("uri", "www.example.org/a", "write it with its scheme: https://www.example.org/a"),
        ("uri", "https://example.org/a b", "write each space in it as %20"),
        ("uri", "https://example.org/\u00a0a", "character 21 is U+00A0 (no-break space)"),
        ("email", "<ada@example.org>", "write the address alone: ada@example.org"),
        ("regex", "a(b", r"at character 2: the ( is not closed: close it with ), or write \( for the character itself"),
        ("regex", "a)b", "at character 2: the ) closes nothing"),
        ("regex", "*a", "at character 1: there is nothing to repeat"),
        ("regex", "[z-a]", "at character 2: the range runs backwards"),
        ("regex", "a\\", r"at character 2: a single \ at the end"),
        ("uuid", "1", "write it as 123e4567-e89b-12d3-a456-426614174000"),
    ],
)
def test_a_text_of_a_wrong_format(form: str, text: str, hint: str) -> None:
    (found,) = check(text, {"format": form})
    assert hint in found.hint


@pytest.mark.parametrize(
    ("value", "kind", "hint"),
    [
        (["a"], "object", "take the `- ` away"),
        ({"a": 1}, "array", "write `- ` before each item of the list"),
        ({"a": 1}, "string", "put it in quotes, if it is a text with a colon in it"),
        (["a"], "string", "write one value on the line of its key"),
        ("a", "object", "write `key: value` lines below it, indented"),
        (3, "array", "write a list: [3]"),
        (1, "boolean", "write true or false"),
        ("1,200", "integer", "write it without commas: 1200"),
        ("1,200", "number", "write it without commas: 1200, or 1.200 if the comma is a decimal point"),
        (None, "string", "give a value, or leave the property out"),
        (2.5, "integer", "write it without a fraction"),
    ],
)
def test_a_value_of_a_wrong_type(value: object, kind: str, hint: str) -> None:
    (found,) = check(value, {"type": kind})
    assert found.hint.startswith(hint)


def test_an_empty_property_may_be_left_out_only_where_none_requires_it() -> None:
    schema = {"required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    assert [one.hint for one in check({"a": None, "b": None}, schema)] == [
        "give a value: the schema requires the property",
        "give a value, or leave the property out",
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        # a missing dash
        ("- a: 1\n  b: 2\n  a: 3\n  b: 4\n", 3, "write `- ` before it"),
        ("- a: 1\n  a: 2\n", 2, "write `- ` before it"),
        ("- a: 1\n  b: 2\n  b: 3\n", 3, "keep one of the two"),
        ("x:\n  - a: 1\n    b: 2\n  a: 3\n", 4, "write `- ` before it, if an item begins here"),
        ("a: 1\nb: 2\na: 3\nb: 4\n", 3, "begin another record as the first one begins"),
        # indentation
        ('a: "x"\n b: 1\n', 2, "it has 1 space before it; align it with the keys it belongs to: indent it by 0 spaces"),
        (
            "a: x\n   b: 1\n",
            2,
            "it has 3 spaces before it; align it with the keys it belongs to: indent it by 0 spaces",
        ),
        (
            "m:\n  a: x\n b: 1\n",
            3,
            "it has 1 space before it; align it with the keys it belongs to: indent it by 0 or 2",
        ),
        ("m:\n  - a\n - b\n", 3, "align it with the other items: indent it by 2 spaces"),
        ("a: some\n text: with a colon\n", 2, "or put the text in quotes, if it is no key"),
        # colons
        ("a: 1\nname:Ash\n", 2, "write a space after the colon: name: Ash"),
        ("a: 1\nname Ash\n", 2, "write a colon after 'name' if it is a key: name: Ash"),
        ("a: 1\nname=Ash\n", 2, "write a colon after 'name' if it is a key: name: Ash"),
        ("a: 1\n'name' Ash\n", 2, "quote all of it"),
        # what cannot be seen, and quotes of print
        ("a: 1\nname:\u00a0Ash\n", 2, "write a space; it looks like one, and is another character"),
        ("a: “x: y”\n", 1, "“ is no quote to YAML, but part of the text"),
        ("a: {{ name }}\n", 1, "a placeholder in braces"),
    ],
)
def test_a_text_that_is_no_yaml(text: str, line: int, said: str) -> None:
    (found,) = parse(text.encode(), "a.yaml").findings
    assert found.line == line
    assert said in found.hint


def test_three_records_without_dashes_are_two_findings() -> None:
    text = "- id: a\n  n: 1\n  id: b\n  n: 2\n  id: c\n  n: 3\n"
    found = parse(text.encode(), "a.yaml").findings
    assert [one.line for one in found] == [3, 5]
    assert {one.hint.partition(",")[0] for one in found} == {"write `- ` before it"}


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ("name: Café\n".encode("latin-1"), "save the file as UTF-8 text"),
        ("name: x\n".encode("utf-16-le"), "the file seems to be UTF-16: save it as UTF-8"),
        (b"PK\x03\x04\x00\x00\x00", "a ZIP archive, as those of spreadsheets are"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        (b"name: \x07x\n", "remove this character, which cannot be seen"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, hint: str) -> None:
    (found,) = parse(data, "a.yaml").findings
    assert found.rule == "yaml-encoding"
    assert hint in found.hint


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("data/branches/east.yml", "rename it to east.yaml"),
        ("data/branches/east.YAML", "rename it to east.yaml"),
        ("data/branches/east.yaml.txt", "rename it to east.yaml"),
        ("data/branches/east.json", "rename it to east.yaml"),
        ("data/notes/closed.markdown", "rename it to closed.md"),
        ("data/brances/east.yaml", "move it to data/branches/, where branches are read from"),
        ("data/branches/new/east.yaml", "move it to data/branches/, where branches are read from"),
        ("data/plans.pdf", "move it, widen a pattern"),
    ],
)
def test_a_file_that_a_pattern_nearly_claims(tmp_path: Path, path: str, hint: str) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text("name: East\nopened: 1990-01-01\n", encoding="utf-8")
    (found,) = sourcebook.check(folder).findings
    assert (found.path, found.rule) == (path, "file-unclaimed")
    assert found.hint.startswith(hint)


@pytest.mark.parametrize("path", ["data/branches/central.yaml", "schemas/branch.json", "data/notes/opening.md"])
def test_a_pointer_of_git_lfs_is_named_wherever_it_lies(tmp_path: Path, path: str) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    text = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    (folder / path).write_text(text, encoding="utf-8")
    found = [one for one in sourcebook.check(folder).findings if one.path == path]
    assert [(one.rule, one.hint) for one in found] == [("file-kind", "run `git lfs pull`")]


def test_a_submodule_may_hold_schemas_and_lie_below_the_repository(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "repository/book"))
    (tmp_path / "repository/.git").mkdir()
    text = '[submodule "shared"]\n\tpath = book/schemas\n\turl = https://example.org/shared.git\n'
    (tmp_path / "repository/.gitmodules").write_text(text, encoding="utf-8")
    shutil.rmtree(folder / "schemas")
    (folder / "schemas").mkdir()
    found = sourcebook.check(folder).findings
    assert {one.hint for one in found} == {"run `git submodule update --init`: book/schemas is a submodule of git"}
    assert {one.path for one in found} == {"datapackage.yaml"}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("+++\ntitle = 'x'\n+++\n", "write it as YAML"),
        ('{"title": "x"}\n\nText\n', "write it as YAML"),
        ("\n---\ntitle: x\n---\nText\n", "remove the empty space before ---"),
        ("Text\n", "begin it with a line ---"),
        ("---\ntitle: x\nText\n", "end it with a line ---"),
    ],
)
def test_a_page_without_front_matter(tmp_path: Path, text: str, hint: str) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    (folder / "data/notes/opening.md").write_text(text, encoding="utf-8")
    (found,) = sourcebook.check(folder).findings
    assert hint in found.hint


def test_a_record_is_referred_to_by_what_it_is_called(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    items = folder / "data/items.yaml"
    text = items.read_text("utf-8")

    def hint(written: str) -> str:
        items.write_text(text.replace("branch: central", f"branch: {written}"), encoding="utf-8")
        (found,) = sourcebook.check(folder).findings
        return found.hint

    assert hint("central  library").startswith('did you mean "central"? It is the key of the record whose name is')
    assert hint("Central") == "did you mean 'central'?"
    item = folder / "data/branches/central.yaml"
    shutil.copyfile(item, folder / "data/branches/bo.yaml")
    item.unlink()
    assert hint('"bo "') == "did you mean 'bo'? The spaces differ"
    (folder / "data/branches/bo.yaml").rename(item)
    shutil.copyfile(folder / "data/branches/central.yaml", folder / "data/branches/second.yaml")
    assert "did you mean" not in hint("Central Library")  # which two are called now


@pytest.mark.parametrize(
    ("file", "written", "meant"),
    [
        ("a#b.json", "a#b.json#/$defs/s", "a%23b.json#/$defs/s"),
        ("a?b.json", "a?b.json#/$defs/s", "a%3Fb.json#/$defs/s"),
        ("a:b.json", "a:b.json#/$defs/s", "a%3Ab.json#/$defs/s"),
        ("a:b.json", "a:b.json", "a%3Ab.json"),
        ("a b.json", "a b.json#/$defs/ö", "a%20b.json#/$defs/%C3%B6"),
        ("parts/b.json", "parts\\b.json", "parts/b.json"),
        ("parts/b.json", "parts\\b.json#/$defs/s", "parts/b.json#/$defs/s"),
        ("b.json", "b.json#/$defs/t", "b.json#/$defs/s"),
    ],
)
def test_a_path_in_the_place_of_an_address(file: str, written: str, meant: str) -> None:
    files = {"schemas/home.json": {"$ref": written}, f"schemas/{file}": {"$defs": {"s": {"type": "string"}}}}
    base = addresses.address("schemas/home.json")
    assert lost_references.hint(written, "schemas/home.json", base, files) == f"did you mean {meant!r}?"


def test_a_licence_is_asked_for_once_a_book_speaks_to_readers(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    path = folder / "datapackage.yaml"
    text = path.read_text("utf-8").replace("licenses:\n  - name: CC0-1.0\n", "")

    def rules(written: str) -> list[str]:
        path.write_text(written, encoding="utf-8")
        return [one.rule for one in sourcebook.check(folder).findings]

    assert rules(text) == ["licence-missing"]
    assert rules(text + "licenses: []\n") == ["licence-missing"]
    assert rules(text + "licences: [{name: CC0-1.0}]\n") == ["descriptor-near-miss"]
    assert rules(text.replace("title: Lending libraries of Arvenmoor\n", "")) == []
    each = text.replace("    sourcebook:\n", "    licenses: [{name: CC0-1.0}]\n    sourcebook:\n")
    assert rules(each) == []


SETTINGS = "sourcebook: {rules: {file-unclaimed: warning, collection-empty: warning}}\n"


def test_what_follows_from_a_mistake_is_told_only_where_that_may_be_published(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    path = folder / "data/branches/quayside.yaml"
    path.rename(path.with_suffix(".yml"))
    assert {one.rule for one in sourcebook.check(folder).findings} == {"file-unclaimed"}
    descriptor = folder / "datapackage.yaml"
    text = descriptor.read_text("utf-8")
    descriptor.write_text(text + SETTINGS, encoding="utf-8")
    assert {one.rule for one in sourcebook.check(folder).findings} == {"file-unclaimed", "reference"}
    descriptor.write_text(text.replace("data/branches/", "data/branchs/"), encoding="utf-8")
    found = [one for one in sourcebook.check(folder).findings if one.path == "datapackage.yaml"]
    assert [(one.rule, one.line, one.hint) for one in found] == [
        ("collection-empty", 11, "did you mean the folder data/branches?")
    ]
    assert not [one for one in sourcebook.check(folder).findings if one.rule == "reference"]
    descriptor.write_text(text.replace("data/branches/", "data/branchs/") + SETTINGS, encoding="utf-8")
    assert [one for one in sourcebook.check(folder).findings if one.rule == "reference"]


@pytest.mark.parametrize(
    ("old", "new", "place", "hint"),
    [
        ("WHERE district", "WERE district", (4, 6), "did you mean WHERE by WERE?"),
        ("SELECT branch FROM", "SELECT branch FORM", (4, 56), "did you mean FROM by FORM?"),
        ("AND _key", "ADN _key", (4, 24), "did you mean AND by ADN?"),
        ("FROM branches", "FROM branchs", (3, 6), "did you mean 'branches'?"),
    ],
)
def test_a_statement_stops_at_the_word_that_is_wrong(
    tmp_path: Path, old: str, new: str, place: tuple[int, int], hint: str
) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    script = folder / "scripts/checks/busy.sql"
    script.write_text(script.read_text("utf-8").replace(old, new), encoding="utf-8")
    (found,) = sourcebook.check(folder).findings
    assert (found.hint, found.line) == (hint, place[0])
    assert found.column == place[1]


@pytest.mark.parametrize(
    ("path", "old", "new", "line", "hint"),
    [
        ("datapackage.yaml", "resources:", "resource:", 5, "did you mean it by 'resource'?"),
        ("datapackage.yaml", "data/branches/*.yaml", "/data/branches/*.yaml", 11, "data/branches/*.yaml"),
        ("datapackage.yaml", "data/branches/*.yaml", r"data\branches\*.yaml", 11, "data/branches/*.yaml"),
        ("datapackage.yaml", "name: lending", "name: Lending Libraries", 1, "lending-libraries"),
        ("datapackage.yaml", "  - name: branches\n    title", "  - title", 6, "add `name: …`"),
        ("schemas/branch.json", '"postcode": {"type": "string"', '"postcode": {"type": "text"', 12, "'string'"),
        (
            "schemas/branch.json",
            '{"type": "string"}',
            '{"type": "string", "required": true}',
            12,
            "in the list `required`",
        ),
        ("data/branches/central.yaml", "- reading", "-reading", 9, "write a space after each `-`"),
        ("data/branches/central.yaml", "step_free: true", 'step_free: "true"', 6, "take the quotes away"),
        ("data/branches/central.yaml", "district:", "“district”:", 3, "“ and ” are part of the text"),
        ("data/items.yaml", "branch: central", "branch: data/branches/central.yaml", 3, 'did you mean "central"?'),
        ("data/items.yaml", "branch: central", 'branch: "central "', 3, "The spaces differ"),
        ("data/items.yaml", "price: 12.5", "price: €12.50", 8, "write the number alone: 12.50"),
        ("data/items.yaml", "id: songs", "id:", 5, "give it one that no other record has"),
        ("data/notes/opening.md", "title: On", "title On", 1, "each with a colon and a space after its key"),
    ],
)
def test_others_of_the_kinds_in_the_table(tmp_path: Path, path: str, old: str, new: str, line: int, hint: str) -> None:
    folder = Path(shutil.copytree(BOOK, tmp_path / "book"))
    text = (folder / path).read_text("utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [one for one in sourcebook.check(folder).findings if not one.rule.startswith("checks/")]
    assert [one.line for one in found] == [line]
    assert hint in found[0].hint


def test_a_record_is_not_called_what_it_refers_to(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "head": {"type": "string", "x-references": "people"}},
    }
    files = {"data/people/ada.yaml": "name: Ada\n", "data/people/bo.yaml": "name: Bo\nhead: adda-quist\n"}
    (found,) = sourcebook.check(book(tmp_path, {"people": {"schema": schema}}, files)).findings
    assert found.hint == "add data/people/adda-quist.yaml, or mend the reference"
