# SPDX-License-Identifier: Apache-2.0
"""Texts that are edited: what comes out reads as was wished for, and no other line differs."""

from __future__ import annotations

import json
import random
import tarfile
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcebook.edit.text import Add, CannotEdit, Change, Drop, Insert, Put, Remove, Rename, edited
from sourcebook.exact import same
from sourcebook.parse import Limits, parse
from sourcebook.records.layout import parse_file
from tests.toolkit.edit_texts import Writer, carried_out, changes_of, collection, paths, records

FILE = collection()
ROOT = Path(__file__).parent.parent.parent
_SLOWLY = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def put(at: str, value: Any, **others: Any) -> Put:
    """A value at a path such as ``tags/0``."""
    return Put(0, _path(at), value, **others)


def _path(at: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdecimal() else part for part in at.split("/") if part)


def cut(at: str) -> Remove:
    return Remove(0, _path(at))


def item(at: str, index: int, value: Any) -> Insert:
    return Insert(0, _path(at), index, value)


def _differences(before: str, after: str) -> str:
    lines = list(unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm=""))
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


# Each is a text, changes, and the lines that differ.
CASES: list[tuple[str, list[Change], str]] = [
    ("a: x  # why\nb: 'it''s'\n", [put("a", "t"), put("b", "it's not")],
        "-a: x  # why\n-b: 'it''s'\n+a: t  # why\n+b: 'it''s not'",
   ),
    ('a: "x"\n', [put("a", 'say "so"')], '-a: "x"\n+a: "say \\"so\\""'),
    ("a: x\n", [put("a", "no")], '-a: x\n+a: "no"'),
    ("a: 2014-05-01\n", [put("a", "2014-05-02")], "-a: 2014-05-01\n+a: 2014-05-02"),
    ("a: x\n", [put("a", "2014-05-02")], '-a: x\n+a: "2014-05-02"'),
    ("a: 1\n", [put("a", None)], "-a: 1\n+a: null"),
    ("a: ~\nb: 1\n", [put("b", None)], "-b: 1\n+b: ~"),
    ("a:\nb: 1\n", [put("a", "x")], "-a:\n+a: x"),
    ("a: # why\n", [put("a", "x")], "-a: # why\n+a: x # why"),
    ("a: |\n  one\n  two\n", [put("a", "one\nthree\n")], "-  two\n+  three"),
    ("a: |\n  one\n", [put("a", 5)], "-a: |\n-  one\n+a: 5"),
    ("a: >\n  one two\n  three\n\n  four\n", [put("a", "one two three\n4\n")],
        "-  four\n+  4",
   ),
    ("a: one two\n  three four\n  five\n", [put("a", "one two three 4 five")], "-  three four\n+  three 4"),
    ("a: x\n", [put("a", {"b": [1, "t"]})], "-a: x\n+a:\n+  b:\n+    - 1\n+    - t"),
    ("a: x # why\n", [put("a", ["t"])], "-a: x # why\n+a: # why\n+  - t"),
    ("a:\n- x\n", [put("b", ["t"])], "+b:\n+- t"),
    ("a:\n  b: 1\n", [put("a", [])], "-a:\n-  b: 1\n+a: []"),
    ("a: [x, 'y']\n", [put("a/1", "z"), item("a", 0, "w")], "-a: [x, 'y']\n+a: [w, x, 'z']"),
    ("a: {x: 1}\n", [put("a/z", [2])], "-a: {x: 1}\n+a: {x: 1, z: [2]}"),
    ("a: []\n", [item("a", 0, "x")], "-a: []\n+a:\n+  - x"),
    ("a:\n  - x\n", [item("a", 1, {"b": 1, "c": 2})], "+  - b: 1\n+    c: 2"),
    ("# head\na: 1\n# about b\nb: 2\n", [cut("b")], "-# about b\n-b: 2"),
    ("# head\na: 1\n# about b\nb: 2\n", [cut("a")], "-a: 1"),
    ("a: 1\n\nb: 2\n\nc: 3\n", [cut("b")], "-\n-b: 2"),
    ("a: 1\n", [cut("a")], "-a: 1\n+{}"),
    ("a:\n  - x\n", [cut("a/0")], "-a:\n-  - x\n+a: []"),
    ("- a: 1\n  b: 2\n- c: 3\n", [cut("0/a")], "-- a: 1\n-  b: 2\n+- b: 2"),
    ("- a: 1\n  # about b\n  b: 2\n", [cut("0/a")], "-- a: 1\n+-"),
    ("'a': 1\n", [Rename(0, ("a",), "b c")], "-'a': 1\n+'b c': 1"),
    ("a: 1\nc: 3\n", [put("b", 2, before="c")], "+b: 2"),
    ("? a\n: 1\n", [put("a", 2)], "-: 1\n+: 2"),
    ("a: &x 1\n", [put("a", 2)], "-a: &x 1\n+a: &x 2"),
    ("a: !!str 12\n", [put("a", 13)], "-a: !!str 12\n+a: 13"),
    ("a: 1\n...\n# end\n", [put("b", 2)], "+b: 2"),
    ("a: [\n  1, # one\n  2 # two\n  ]\n", [item("a", 2, 3)], "-  2 # two\n+  2, # two\n+  3"),
    ("a: [\n  1, # one\n  2 # two\n  ]\n", [cut("a/0")], "-  1, # one"),
    ("a: 1\n    \nb: 2\n", [put("a", "x\ny\n")], '-a: 1\n+a: "x\\ny\\n"'),
    ("a: [] # why\n", [cut("a"), put("b", "x\ny\n")], "-a: [] # why\n+b: |\n+  x\n+  y"),
    ("a: {<<: [&x {b: 1}]}\n", [put("a/c", 2)], "-a: {<<: [&x {b: 1}]}\n+a: {<<: [&x {b: 1}], c: 2}"),
    ("a: !<tag:yaml.org,2002:str> x\n", [put("a", "z")], "-a: !<tag:yaml.org,2002:str> x\n+a: z"),
    ("- {a: 1, on: 2020-01-01}\n", [item("", 1, {"a": 2, "on": "2020-01-02"})], "+- {a: 2, on: 2020-01-02}"),
    ("b: &b {x: 1}\nuse: *b\n", [put("use/x", 1), put("b", {"x": 1})], ""),
    ("a: 1", [put("b", "x\ny\n")], "+b: |\n+  x\n+  y"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "changes", "wanted"), CASES)
@pytest.mark.parametrize("way", ["plain", "crlf", "mark"])
def test_lines_that_differ(text: str, changes: list[Change], wanted: str, way: str) -> None:
    begin, end = "\ufeff" * (way == "mark"), "\r\n" if way == "crlf" else "\n"
    data = (begin + text.replace("\n", end)).encode()
    if way == "crlf" and "\n" not in text:
        return  # it has no line end to go by
    after = edited(FILE, "data/a.yaml", data, changes, Limits()).decode()
    assert after.startswith(begin)
    assert end == "\n" or after.count("\r\n") == after.count("\n")
    assert _differences(text, after.removeprefix(begin).replace("\r\n", "\n")) == wanted
    assert after.endswith(end) == text.endswith("\n")


def test_one_item_of_a_list_that_is_put_whole() -> None:
    text = "a:\n  - x  # 1\n  # about y\n  - y\n  - {z: 1, w: [2]}\n"
    after = edited(FILE, "data/a.yaml", text.encode(), [put("a", ["x", "v", "y", {"z": 1, "w": [3]}])], Limits())
    assert _differences(text, after.decode()) == "+  - v\n-  - {z: 1, w: [2]}\n+  - {z: 1, w: [3]}"


REFUSED = [
    ("base: &b\n  x: 1\nuse: *b\n", put("use/x", 2), 3, "what &b names is written on line 1; change it there"),
    ("base: &b\n  x: 1\nuse: *b\n", put("base/x", 2), 1, r"that of aliases too \(\*b\)"),
    ("base: &b\n  x: 1\nuse: *b\n", cut("base"), 1, r"that of aliases too \(\*b\)"),
    ("b: &b\n  x: 1\nuse:\n  <<: *b\n  y: 2\n", put("use/x", 2), 4, r"came by a merge.*at &b, on line 1"),
    ("a: [1, # one\n  2]\n", cut("a/0"), 1, "a comment stands between the entries"),
    ("a: 1\na: 2\n", put("a", 3), 2, "the file has an error already"),
    ("a: 1\n", put("a", float("inf")), 1, "is no number of YAML"),
    ("a: 1\nb: 2\n", Rename(0, ("a",), "b"), 1, "has a property 'b' already"),
]


@pytest.mark.parametrize(("text", "change", "line", "why"), REFUSED)
def test_what_cannot_be_edited_is_told(text: str, change: Change, line: int, why: str) -> None:
    with pytest.raises(CannotEdit, match=why) as error:
        edited(FILE, "data/a.yaml", text.encode(), [change], Limits())
    assert (error.value.path, error.value.line) == ("data/a.yaml", line)


@pytest.mark.parametrize(
    "changes",
    [
        [put("a", 1), put("a", 2)],
        [put("a", 1), put("a/b", 2)],
        [cut("a"), put("a/b", 2)],
        [put("a/b", 2), cut("a")],
        [cut("a"), cut("a")],
        [put("nothing/0", 1)],
        [cut("nothing")],
        [item("a/b", 0, 1)],
        [Put(1, ("a",), 1)],
    ],
)
def test_changes_that_overlap_or_lead_nowhere(changes: list[Change]) -> None:
    with pytest.raises(ValueError, match=r"same place|nothing at|no list|no document"):
        edited(FILE, "data/a.yaml", b"a:\n  b: 1\n", changes, Limits())


def test_properties_stand_in_the_order_of_the_schema() -> None:
    order = {(): ("id", "name", "born", "died"), ("born",): ("year", "place")}
    text = "id: a\nborn:\n  place: X\nother: 1\n"
    changes = [put("died", 2), put("name", "A"), put("born/year", 1), put("new", 0)]
    after = edited(FILE, "data/a.yaml", text.encode(), changes, Limits(), order=order).decode()
    assert after == "id: a\nname: A\nborn:\n  year: 1\n  place: X\ndied: 2\nother: 1\nnew: 0\n"


# --- other languages and layouts ------------------------------------------------------------------------------------

JSONS = [
    ('{"a":1,"b":[1,2]}', [put("a", "x"), item("b", 2, 3)], '{"a":"x","b":[1,2,3]}'),
    ('{\n\t"a": 1\n}\n', [put("b", {"c": [1]})], '{\n\t"a": 1,\n\t"b": {\n\t\t"c": [\n\t\t\t1\n\t\t]\n\t}\n}\n'),
    ('{\n  "a": 1,\n  "b": 2\n}\n', [cut("b")], '{\n  "a": 1\n}\n'),
    ('{\n  "a": 1,\n  "b": 2\n}\n', [cut("a"), cut("b")], "{}\n"),
    ('{"a": "\\u00e9", "b": 1}', [put("b", "è")], '{"a": "\\u00e9", "b": "\\u00e8"}'),
    ('{"a": [], "b": {}}', [item("a", 0, 1), put("b/c", None)], '{"a": [1], "b": {"c": null}}'),
    ('{ "a" : 1 }', [Rename(0, ("a",), 'b"')], '{ "b\\"" : 1 }'),
]


@pytest.mark.parametrize(("text", "changes", "wanted"), JSONS)
def test_json(text: str, changes: list[Change], wanted: str) -> None:
    assert edited(FILE, "data/a.json", text.encode(), changes, Limits()).decode() == wanted


def test_json_lines() -> None:
    many = collection("documents")
    data = b'{"a": 1}\r\n\r\n{"a": 2}\r\n{"a": 3}'
    changes = [Put(2, ("a",), "x"), Drop(0, ()), Add({"a": 4})]
    assert edited(many, "data/a.jsonl", data, changes, Limits()) == b'\r\n{"a": 2}\r\n{"a": "x"}\r\n{"a": 4}'


def test_documents() -> None:
    many = collection("documents")
    data = b"# head\na: 1\n---\n# two\na: 2\n---\na: 3\n"
    after = edited(many, "data/a.yaml", data, [Drop(1, ()), Put(2, ("a",), 4), Add({"a": 5})], Limits())
    assert after == b"# head\na: 1\n---\na: 4\n---\na: 5\n"
    with pytest.raises(CannotEdit, match="has this record alone"):
        edited(many, "data/a.yaml", b"a: 1\n", [Drop(0, ())], Limits())


@pytest.mark.parametrize("value", [{"id": "one\ntwo\n"}, ["one\ntwo\n", 2], [["one\n"]], {"a": {"b": "one\n\n"}}])
@pytest.mark.parametrize("text", ["id:\n  -\n    # about\n    - ash\n", "? id\n: -\n   # about\n   - ash\n  # below\n"])
def test_a_text_of_lines_is_not_begun_before_a_comment(text: str, value: Any) -> None:
    after = edited(FILE, "data/a.yaml", text.encode(), [put("id/0", value)], Limits()).decode()
    assert parse(after.encode(), "a.yaml").documents[0].value == {"id": [value]}
    assert "# about\n" in after


@pytest.mark.parametrize(
    ("path", "text", "rest"),
    [
        ("data/a.json", '{\n "id": [\n  [],\n  "a #b"\n ]\n}', '{\n "id": [\n  []\n ]\n}'),
        ("data/a.json", '{\n "id": [\n  "a",\n  {"x": "# b"},\n  "c"\n ]\n}', '{\n "id": [\n  "a",\n  "c"\n ]\n}'),
        ("data/a.yaml", "id: [\n  'x',\n  'a #b',\n  'c', # of c\n  ]\n", "id: [\n  'x',\n  'c', # of c\n  ]\n"),
    ],
)
def test_a_number_sign_in_a_text_is_no_comment(path: str, text: str, rest: str) -> None:
    assert edited(FILE, path, text.encode(), [Remove(0, ("id", 1))], Limits()).decode() == rest


def test_front_matter() -> None:
    pages = collection("front-matter")
    data = b"---\ntitle: A # b\n---\nOne.\n\nTwo.\n"
    after = edited(pages, "data/a.md", data, [put("title", "B"), put("body", "One.\n\n2.\n")], Limits())
    assert after == b"---\ntitle: B # b\n---\nOne.\n\n2.\n"
    for change in (cut("body"), Rename(0, ("body",), "text"), put("body", 1)):
        with pytest.raises(CannotEdit, match="is the text of the page"):
            edited(pages, "data/a.md", data, [change], Limits())


# --- at random ------------------------------------------------------------------------------------------------------


@st.composite
def _cases(draw: st.DrawFn) -> tuple[bytes, Any, list[Change]]:
    value = draw(records)
    text = Writer(draw).document(value)
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n"]))
    if draw(st.integers(0, 4)) == 0 and not text.endswith("...\n"):
        text = text.rstrip("\n")
    data = ("\ufeff" if draw(st.integers(0, 5)) == 0 else "").encode() + text.replace("\n", end).encode()
    parsed = parse(data, "a.yaml")
    documents = parsed.documents if not parsed.broken else ()
    read = documents[0].value if len(documents) == 1 else None
    return data, read, draw(changes_of(read)) if isinstance(read, dict) else []


def _holds(path: str, data: bytes, value: Any, changes: list[Change]) -> None:
    """The text reads as was wished for, and its byte order mark and line ends are as before."""
    after = edited(FILE, path, data, changes, Limits())
    got = parse(after, path)
    assert not got.broken
    assert same(got.documents[0].value, carried_out(value, changes))
    assert after.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    if b"\r\n" in data:
        assert after.count(b"\n") == after.count(b"\r\n")
    if len(changes) == 1 and isinstance(changes[0], Put) and not isinstance(changes[0].value, dict | list | str):
        _other_lines_stay(data, after)


def _other_lines_stay(data: bytes, after: bytes) -> None:
    """A change is in one place: what is above and below it is as it was."""
    if data == after:
        return
    before, now = data.split(b"\n"), after.split(b"\n")
    top = next((n for n, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), 0)
    bottom = next((n for n, (a, b) in enumerate(zip(before[::-1], now[::-1], strict=False)) if a != b), 0)
    assert len(now) - top - bottom <= 2


@given(_cases())
@settings(max_examples=60, **_SLOWLY)
def test_random_changes(case: tuple[bytes, Any, list[Change]]) -> None:
    data, value, changes = case
    if changes:
        _holds("data/a.yaml", data, value, changes)


@pytest.mark.slow
@given(_cases())
@settings(max_examples=1_000, **_SLOWLY)
def test_many_random_changes(case: tuple[bytes, Any, list[Change]]) -> None:
    data, value, changes = case
    if changes:
        _holds("data/a.yaml", data, value, changes)


@st.composite
def _json_cases(draw: st.DrawFn) -> tuple[bytes, Any, list[Change]]:
    value = draw(records)
    indent = draw(st.sampled_from([None, 1, 2, 4, "\t"]))
    separators = draw(st.sampled_from([None, (",", ":"), (", ", ": ")])) if indent is None else None
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=draw(st.booleans()))
    text += draw(st.sampled_from(["", "\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode(), value, draw(changes_of(value))


@given(_json_cases())
@settings(max_examples=100, **_SLOWLY)
def test_random_changes_of_json(case: tuple[bytes, Any, list[Change]]) -> None:
    data, value, changes = case
    if changes and not parse(data, "a.json").broken:
        _holds("data/a.json", data, value, changes)


@given(st.data())
@settings(max_examples=50, **_SLOWLY)
def test_the_same_value_changes_no_byte(drawn: st.DataObject) -> None:
    data, value, _ = drawn.draw(_cases())
    if not isinstance(value, dict):
        return
    for path in paths(value):
        found: Any = value
        for step in path:
            found = found[step]
        assert edited(FILE, "data/a.yaml", data, [Put(0, path, found)], Limits()) == data


def test_traps() -> None:
    """What YAML is known for: every value is changed, renamed and taken out, or it is told why not."""
    done = refused = 0
    for trap in sorted((ROOT / "tests" / "traps").glob("*.yaml")):
        data = trap.read_bytes()
        parsed = parse(data, trap.name)
        for number, document in enumerate(() if parsed.broken else parsed.documents):
            for path in paths(document.value)[:20]:
                for change in (Put(number, path, "two\nlines\n"), Put(number, path, [1]), Remove(number, path)):
                    try:
                        edited(collection("documents"), "data/a.yaml", data, [change], Limits())
                        done += 1
                    except CannotEdit as error:
                        assert error.line > 0  # noqa: PT017
                        refused += 1
    assert done > 300
    assert refused < done / 5


# --- the collections of others --------------------------------------------------------------------------------------

_ARCHIVES = ROOT.parent / "shared" / "corpora"
_EVERY = 97  # of the single values of all files, one is changed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["awesome-selfhosted", "congress-legislators", "pypa-advisories", "sigma-rules"])
def test_corpora(name: str) -> None:
    """A value that is put again changes no byte, and another one in its place only its own lines."""
    archive = _ARCHIVES / f"{name}.tar.xz"
    if not archive.exists():
        pytest.skip("the corpora are not there")
    chance, count, refused, aliased = random.Random(name), 0, 0, 0
    for path, data in _texts(archive):
        parsed = parse_file(FILE, data, path, Limits())
        if parsed.broken or len(parsed.documents) != 1 or not isinstance(parsed.documents[0].value, dict | list):
            continue
        value = parsed.documents[0].value
        single = [one for one in paths(value) if not isinstance(_at(value, one), dict | list)]
        some = chance.sample(single, min(len(single), 40 if len(data) > 200_000 else len(single) // _EVERY + 1))
        same_again: list[Change] = [Put(0, one, _at(value, one)) for one in single]
        assert edited(FILE, path, data, same_again, Limits()) == data
        others: list[Change] = [Put(0, one, _another(_at(value, one))) for one in some]
        try:
            after = edited(FILE, path, data, others, Limits())
        except CannotEdit as error:
            aliased += "alias" in error.why
            refused += 1
            continue
        old, new = data.split(b"\n"), after.split(b"\n")
        assert len(old) == len(new), path
        assert sum(a != b for a, b in zip(old, new, strict=True)) <= len(some), path
        count += len(some)
    assert count > 100
    assert refused == aliased < 10


def _texts(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for number, member in enumerate(tar):
            if member.isfile() and member.name.endswith((".yaml", ".yml", ".json")):
                file = tar.extractfile(member)
                if file is not None and (member.size > 100_000 or number % 4 == 0):
                    yield member.name, file.read()


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _another(value: Any) -> Any:
    """Another value, of as many lines."""
    if isinstance(value, str):
        return value[:-1] + "x\n" if value.endswith("\n") else value + "x"
    return value + 1 if type(value) in (int, float) else "x"
