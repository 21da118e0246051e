# SPDX-License-Identifier: Apache-2.0
"""JSON is read by its own grammar (RFC 8259): what departs from it is told at its place, and nothing else is."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sourcebook.exact import dumps, same
from sourcebook.parse import Limits, Parsed, parse, parse_many
from sourcebook.records.layout import parse_data


def read(text: str, path: str = "f.json", **limits: int) -> Parsed:
    """What is read of a text, the same in every way of reading it."""
    some, data = Limits(**limits), text.encode()
    ways = [parse(data, path, some), parse(data, path, some, positions=True), parse(data, path, some, depth=1)]
    ways += parse_many([("a.yaml", b"a: 1"), (path, data), ("b.json", b"{}")], some)[1:2]
    for way in ways:
        assert way.findings == ways[0].findings
        assert [one.lossy for one in way.documents] == [one.lossy for one in ways[0].documents]
        assert [one.line for one in way.documents] == [one.line for one in ways[0].documents]
        assert same([one.value for one in way.documents], [one.value for one in ways[0].documents])
    return ways[0]


# --- what is JSON -----------------------------------------------------------------------------------------------------

VALUES: list[tuple[str, Any]] = [
    ("{}", {}),
    (" [ ] ", []),
    ('"text"', "text"),
    ("null", None),
    ("-0", 0),
    ("[true, false, null]", [True, False, None]),
    ("[0, -1, 1.5, 1E3, 1e+3, 1e-2, -0.0]", [0, -1, 1.5, 1000.0, 1000.0, 0.01, -0.0]),
    ('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', '"\\/\b\f\n\r\té'),
    ('["\\ud83d\\ude00", "\\uD83D\\uDE00"]', ["😀", "😀"]),
    ('"\\\\ud83d"', "\\ud83d"),
    ('["\u007f", "\u2028", "\u0085", "\ufeff", "// no", "/* no */", "# no", ",]", "NaN"]', None),
    ('{"": 1, "<<": {"a": 2}, "null": 3, "a b": 4}', {"": 1, "<<": {"a": 2}, "null": 3, "a b": 4}),
    ('{\r\n\t"a"\r\n:\t1\r\n}\r\n', {"a": 1}),
    ("\ufeff{}", {}),
    ('{"a": "*b", "c": "&d", "e": "!f", "g": "- h", "i": "@", "j": ": "}', None),
    ('{"long key of more than is allowed in YAML without a mark": 1}'.replace("long", "l" * 2000), None),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text[:20] for text, _ in VALUES])
def test_what_is_json_is_read(text: str, value: Any) -> None:
    parsed = read(text)
    assert not parsed.broken
    (document,) = parsed.documents
    assert same(document.value, json.loads(text.removeprefix("\ufeff")) if value is None else value)


def test_numbers_keep_their_value() -> None:
    (document,) = read("[0.1234567890123456789, 1e400, 12345678901234567890123456789, 1.10]").documents
    assert dumps(document.value) == "[0.1234567890123456789,1E+400,12345678901234567890123456789,1.1]"
    assert [(one.text, one.place) for one in document.lossy] == [("1e400", (1, 25)), ("1.10", (1, 63))]


# --- what is not ------------------------------------------------------------------------------------------------------

SYNTAX: list[tuple[str, str, str, str]] = [
    # text, place, a part of the message, a part of the hint
    ('{"a": 1} // c', "1:10", "a comment, which JSON does not have", "remove it"),
    ('// first one "n"\n{"n": 1}', "1:1", "a comment", "remove it"),
    ('{"a": 1, # c\n"b": 2}', "1:10", "a comment", "name the file .yaml"),
    ('{"a": /* c */ 1}', "1:7", "a comment", "remove it"),
    ("[1 /* c */]", "1:4", "a comment", "remove it"),
    ('{"a": 1,}', "1:8", "a comma before the closing }", "no comma stands after the last"),
    ("[\n  1,\n  2,\n]", "3:4", "a comma before the closing ]", "no comma stands after the last"),
    ("[1,,2]", "1:4", "a value is expected before this ,", "null"),
    ("[,1]", "1:2", "a value is expected before this ,", "null"),
    ("{,}", "1:2", "a comma where a key is expected", "remove it"),
    ('{"a": None}', "1:7", "None is not a value of JSON", "write null"),
    ('{"a": True}', "1:7", "True is not a value of JSON", "write true"),
    ('{"a": FALSE}', "1:7", "FALSE is not a value of JSON", "write false"),
    ('{"a": undefined}', "1:7", "undefined is not a value of JSON", "write null"),
    ('{"a": yes}', "1:7", "the text yes stands without quotes", '"yes"'),
    ('{"a": hello world, "b": 1}', "1:7", "the text hello world stands without quotes", '"hello world"'),
    ('{"a": truex}', "1:7", "the text truex stands without quotes", '"truex"'),
    ("{'a': 1}", "1:2", "single quotes", "double quotes"),
    ("[1, 'x']", "1:5", "single quotes", "double quotes"),
    ("[`x`]", "1:2", "backquotes", "double quotes"),
    ("{“a”: 1}", "1:2", "the quotation mark “ (U+201C)", "double quotes"),
    ('{"a": „x“}', "1:7", "the quotation mark „ (U+201E)", "double quotes"),
    ("{a: 1}", "1:2", "the key a stands without quotes", 'write "a"'),
    ('{"b": 1, $a-b: 1}', "1:10", "the key $a-b stands without quotes", 'write "$a-b"'),
    ("{12: 1}", "1:2", "the key 12 stands without quotes", 'write "12"'),
    ('{"a" 1}', "1:6", "a colon is expected after the key", '"key": value'),
    ('{"a"= 1}', "1:5", "an equals sign", "`:`"),
    ('{"a", "b"}', "1:5", "a colon is expected", "square brackets"),
    ('{"a": 1\n "b": 2}', "2:2", "a comma is missing", "put a comma"),
    ("[1 2]", "1:4", "a comma is missing", "put a comma"),
    ("[1; 2]", "1:3", "a semicolon", "a comma"),
    ("[1: 2]", "1:3", "a colon in a list", "braces"),
    ('["a" + "b"]', "1:6", "a sum", "one pair of quotes"),
    ("[007]", "1:2", "does not begin with 0", 'write 7, or "007"'),
    ("[-01.5]", "1:2", "does not begin with 0", "write -1.5"),
    ("[+1]", "1:2", "plus sign", "write 1"),
    ("[.5]", "1:2", "does not begin with a point", "write 0.5"),
    ("[-.5]", "1:2", "does not begin with a point", "write -0.5"),
    ("[5.]", "1:2", "does not end in a point", "write 5"),
    ("[0x1F]", "1:2", "hexadecimal", "write 31"),
    ("[0o17]", "1:2", "octal", "write 15"),
    ("[0b11]", "1:2", "binary", "write 3"),
    ("[1_000]", "1:2", "underscores", "write 1000"),
    ("[10n]", "1:2", "10n is not a number", '"10n"'),
    ("[1e]", "1:2", "1e is not a number", '"1e"'),
    ("[1.2.3]", "1:2", "1.2.3 is not a number", '"1.2.3"'),
    ("[2014-05-01]", "1:2", "2014-05-01 stands without quotes", '"2014-05-01"'),
    ('{"a": 1,5}', "1:9", "not the number 5", "as a dot"),
    ('["x\ty"]', "1:4", "a tab inside a text", r"\t"),
    ('{"a": "x\ny"}', "1:7", "not closed on its line", r"\n"),
    ('["C:\\data"]', "1:5", r"the escape \d is not one of JSON", r"\\"),
    ('["it\\\'s"]', "1:5", r"the escape \' is not one of JSON", "without a backslash"),
    ('["\\x41"]', "1:3", r"the escape \x41 is not one of JSON", r"\u0041"),
    ('["\\u12"]', "1:3", "four hexadecimal digits", r"\u00e9"),
    ('["\\', "1:3", "the file ends inside a text", "cut short"),
    ('["x', "1:2", "a text that begins here is not closed", "close it"),
    ('{"a": [1, 2', "1:7", "a list that begins here is not closed", "]"),
    ('{"a": 1', "1:1", "a mapping that begins here is not closed", "}"),
    ('{"a":', "1:1", "a mapping that begins here is not closed", "}"),
    ("[1, 2}", "1:6", "a } where the list is to be closed with ]", "write ]"),
    ('{"a": [1, {"b": 3]}', "1:18", "a ] where the mapping is to be closed with }", "write }"),
    ("[1]]", "1:4", "a ] that closes nothing", "remove it"),
    ("[1],", "1:4", "a , after the end of the value", "remove it"),
    ("[1]\n[2]", "2:1", "a second value after the end of the first", ".jsonl"),
    ("[\u00a01]", "1:2", "the blank U+00A0", "a space"),
    ("[1,\u200b2]", "1:4", "the blank U+200B", "a space"),
    ("[1]\ufeff", "1:4", "the blank U+FEFF", "a space"),
    ("name: x\n", "1:1", "the key name stands without quotes and braces", "name the file .yaml"),
    ("- a\n", "1:1", "as in YAML", "name the file .yaml"),
    ("---\na: 1\n", "1:1", "as in YAML", "name the file .yaml"),
    ("[new Date(1)]", "1:2", "the text new Date(1) stands without quotes", "double quotes"),
    ("callback([1])", "1:1", "a call of callback", "the value itself"),
    ("[(1, 2)]", "1:2", "a value cannot begin with (", "quotes"),
    ("<html></html>", "1:1", "a value cannot begin with <", "HTML"),
    ("[*a]", "1:2", "a value cannot begin with *", "quotes"),
    ("[!!str 1]", "1:2", "a value cannot begin with !", "quotes"),
    ("[a, &b c]", "1:2", "the text a stands without quotes", "quotes"),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), SYNTAX, ids=[one[0][:20] for one in SYNTAX])
def test_what_is_not_json_is_told_at_its_place(text: str, place: str, message: str, hint: str) -> None:
    (finding,) = read(text).findings
    assert (finding.rule, f"{finding.line}:{finding.column}") == ("json-syntax", place)
    assert message in finding.message
    assert hint in finding.hint


OTHERS: list[tuple[str, str, str, str]] = [
    ('{"a": NaN}', "yaml-number", "1:7", "NaN is no number in JSON"),
    ('{"a": [-Infinity]}', "yaml-number", "1:8", "-Infinity is no number in JSON"),
    ("[1e99999]", "yaml-number", "1:2", "out of all proportion"),
    (f"[{'9' * 1001}]", "yaml-number", "1:2", "1,001 characters"),
    ('["\\ud83d"]', "yaml-encoding", "1:3", r"the escape \ud83d is no character"),
    ('["\\ude00\\ud83d"]', "yaml-encoding", "1:3", r"the escape \ude00 is no character"),
    ('["\\\\ud83d\\ude00"]', "yaml-encoding", "1:10", r"the escape \ude00 is no character"),
    ('["\\ud83d\\ud83d\\ude00"]', "yaml-encoding", "1:3", r"the escape \ud83d is no character"),
    ('{"a\\u0000": 1}', "yaml-encoding", "1:2", "the key holds a NUL character"),
    ('["\\u0000"]', "yaml-encoding", "1:2", "the text holds a NUL character"),
    ('["\a"]', "yaml-encoding", "1:3", "U+0007"),
    ('{"a": 1,\n "b": {"a": 2}, "a": 3}', "yaml-duplicate-key", "2:17", "it was given on line 1"),
    ('{"a": 1, "\\u0061": 2}', "yaml-duplicate-key", "1:10", "'a' stands here again"),
    ('{"\u00e9": 1, "e\u0301": 2}', "yaml-key-lookalike", "1:10", "looks like"),
    ("[" * 65 + "]" * 65, "yaml-limit", "1:65", "64 levels"),
    ("[" * 100_000, "yaml-limit", "1:65", "64 levels"),
    ("[\n<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n]", "json-syntax", "2:1", "a conflict of git"),
]


@pytest.mark.parametrize(("text", "rule", "place", "message"), OTHERS, ids=[one[0][:20] for one in OTHERS])
def test_what_else_is_wrong_is_told_as_in_yaml(text: str, rule: str, place: str, message: str) -> None:
    (finding,) = read(text).findings
    assert (finding.rule, f"{finding.line}:{finding.column}") == (rule, place)
    assert message in finding.message


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\ufeff"])
def test_an_empty_file_holds_no_document(text: str) -> None:
    assert read(text) == Parsed()


def test_limits_hold() -> None:
    assert [f.rule for f in read("[12345]", digits=4).findings] == ["yaml-number"]
    assert [f.rule for f in read("[[[]]]", depth=2).findings] == ["yaml-limit"]
    assert [f.rule for f in read("[1, 2]", bytes=5).findings] == ["yaml-limit"]


@pytest.mark.parametrize("name", ["a.JSON", "a.geojson", "A.GeoJSON", "a.jsonld", "a.topojson", "a.schema.json"])
def test_json_has_many_names(name: str) -> None:
    assert [f.rule for f in read("{a: 1}", name).findings] == ["json-syntax"]


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "CITATION.cff", "json", "a.json.yaml"])
def test_yaml_that_looks_like_json_is_yaml(name: str) -> None:
    (document,) = read("{a: 1, 'b': [x,], } # c", name).documents
    assert document.value == {"a": 1, "b": ["x"]}


@pytest.mark.parametrize("name", ["a.json5", "a.JSON5", "data/a.jsonc", "a.hjson"])
def test_what_is_nearly_json_is_refused_by_name(name: str) -> None:
    (finding,) = read("{}", name).findings
    assert (finding.rule, finding.line) == ("json-syntax", 1)
    assert ".yaml" in finding.hint


# --- JSON Lines -------------------------------------------------------------------------------------------------------


def lines(text: str, name: str = "f.jsonl") -> list[str]:
    return [f"{f.line}:{f.column} {f.message}" for f in parse_data(text.encode(), name, Limits()).findings]


def test_each_line_is_json() -> None:
    assert lines('{"a": 1}\n\n{"a": 2,}\n{a: 3}\n', "f.NDJSON") == [
        "3:8 a comma before the closing }",
        "4:2 the key a stands without quotes",
    ]
    (document, other) = parse_data('\ufeff{"a": 1}\r\n[2]\r\n'.encode(), "f.jsonl", Limits()).documents
    assert (document.value, other.value, other.line) == ({"a": 1}, [2], 2)
    assert lines('{"a": 1}\n\ufeff{"a": 2}\n') == ["2:1 a byte order mark inside the file"]


def test_json_on_several_lines_is_one_mistake() -> None:
    assert lines(json.dumps([{"a": n} for n in range(100)], indent=1)) == [
        "1:1 the file is one value on several lines; JSON Lines has a value on each line"
    ]


@pytest.mark.slow
def test_one_mistake_on_many_lines_is_not_told_of_each() -> None:
    told = lines("{'a': 1}\n" * 50_000)
    assert len(told) == 21
    assert told[-1] == "21:2 49,980 more lines are not JSON"


# --- against the standard library -------------------------------------------------------------------------------------

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
PIECES = [
    '"',
    "'",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "\\",
    "\\u",
    "/",
    "#",
    "0",
    "-",
    ".",
    "e",
    "n",
    "null",
    " ",
    "\n",
    "é",
]


def by_the_library(text: str) -> Any:
    """The value by Python's own strict reader. Raises ValueError."""

    def no_constant(name: str) -> Any:
        raise ValueError(name)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("twice")
        return dict(pairs)

    value = json.loads(text, parse_constant=no_constant, object_pairs_hook=once)
    plain = json.dumps(value, ensure_ascii=False)
    plain.encode()  # no surrogates
    if "\\u0000" in plain:
        raise ValueError("NUL")
    return value


@given(
    JSON_VALUES,
    st.booleans(),
    st.integers(),
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(PIECES)), max_size=3),
)
@example({"a": [1, "x"]}, True, 1, [])
def test_it_takes_what_the_library_takes(value: Any, escaped: bool, indent: int, edits: list[tuple[int, str]]) -> None:
    text = json.dumps(value, ensure_ascii=escaped, indent=indent % 3 or None)
    for at, piece in edits:
        at %= len(text) + 1
        text = text[:at] + piece + text[at + (len(piece) % 2) :]
    try:
        expected = by_the_library(text)
    except ValueError:
        assert read(text).broken or not text.strip()
        return
    parsed = read(text)
    assert not parsed.broken
    assert float_equal(parsed.documents[0].value, expected)


def float_equal(one: Any, other: Any) -> bool:
    """The same, but for decimals that no float holds, which the library rounds."""
    if isinstance(one, dict):
        return list(one) == list(other) and all(float_equal(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(float_equal, one, other))
    return same(one, other) or (isinstance(other, float) and float(one) == other)


@given(JSON_VALUES)
def test_places_are_those_of_yaml(value: Any) -> None:
    """Of a text that both grammars have, every key and value stands where the reader of YAML says."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    as_json, as_yaml = (parse(text.encode(), name, positions=True) for name in ("f.json", "f.yaml"))
    if not as_yaml.broken and not as_json.broken:
        for one, other in zip(as_json.documents, as_yaml.documents, strict=True):
            assert (one.positions, one.line, one.lossy) == (other.positions, other.line, other.lossy)
            assert same(one.value, other.value)


def test_the_time_grows_with_the_size() -> None:
    chance = random.Random(1)
    text = json.dumps([{"a": 1.10, "b": chance.choice(["x\ud83d", "y", 'q"'])} for _ in range(20_000)])
    begun = time.perf_counter()
    assert read(text).broken
    assert time.perf_counter() - begun < 20
