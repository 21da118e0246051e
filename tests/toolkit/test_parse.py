# SPDX-License-Identifier: Apache-2.0
"""The strict reader: traps with their values or findings, places, and the core schema against its expressions."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.exact import same
from sourcebook.parse import Limits, Parsed, parse


def read(text: str | bytes, **kwargs: Any) -> Parsed:
    return parse(text.encode() if isinstance(text, str) else text, "f.yaml", **kwargs)


def value(text: str | bytes) -> Any:
    parsed = read(text)
    assert not parsed.findings, parsed.findings
    return parsed.documents[0].value


VALUES: list[tuple[str, Any]] = [
    *[(text, text) for text in ("NO", "on", "yes", "off", "y", "22:22", "2014-05-01", "2024-02-30", "1_000", "0b11")],
    *[(text, text) for text in ("2014-05-01T10:00:00Z", "0o", "0x", "1e", ".", "+", "-x", "nUll", "tRue", "=", "Inf")],
    ("012", 12),
    ("0o14", 12),
    ("0x1F", 31),
    ("+1", 1),
    ("-0", 0),
    ("1e3", 1000.0),
    ("1.10", 1.1),
    (".5", 0.5),
    ("1.", 1.0),
    ("123456789012345678901234567890", 123456789012345678901234567890),
    ("0.1", 0.1),
    ("0.10000000000000000001", Decimal("0.10000000000000000001")),
    ("1e400", Decimal("1e400")),
    ("~", None),
    ("null", None),
    ("TRUE", True),
    ("false", False),
    ('"012"', "012"),
    ("'~'", "~"),
    ("!!str 012", "012"),
    ("! 012", "012"),
    ("!!int 12", 12),
    ("!!float 12", 12.0),
    ("{a: , b}", {"a": None, "b": None}),
    ("{386: x, true: y, ~: z}", {"386": "x", "true": "y", "~": "z"}),
    ("- a\n- - b", ["a", ["b"]]),
    ("a: |\n  one\n\n  two\nb: >\n  one\n  two\n", {"a": "one\n\ntwo\n", "b": "one two\n"}),
    ("\ufeffa: 1", {"a": 1}),
    ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    ("a: x\u2028y\u0085z", {"a": "x\u2028y\u0085z"}),
    ("a: \u200eleft", {"a": "\u200eleft"}),
    ('{"a": [1, 1.0, "\\u00e9"]}', {"a": [1, 1.0, "é"]}),
    ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
    ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
    (
        "a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}",
        {"a": {"b": 1}, "c": {"b": 2, "d": 3}, "e": {"b": 1, "d": 3}},
    ),
    ("'<<': 1", {"<<": 1}),
    ("a: text # comment\nb: text#no comment", {"a": "text", "b": "text#no comment"}),
]


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_values(text: str, expected: Any) -> None:
    assert same(value(text), expected)


FINDINGS = [
    ("a: 1\nb: 2\na: 3", "yaml-duplicate-key", 3, 1),
    ("a:\n  b: {c: 1, c: 2}", "yaml-duplicate-key", 2, 13),
    ("1: x\n'1': y", "yaml-duplicate-key", 2, 1),
    ("a: .inf", "yaml-number", 1, 4),
    ("a: -.INF", "yaml-number", 1, 4),
    ("a: .nan", "yaml-number", 1, 4),
    ("a: " + "9" * 5000, "yaml-number", 1, 4),
    ("a: 1e999999999", "yaml-number", 1, 4),
    ("a: !!binary AA==", "yaml-tag", 1, 4),
    ("a: !!timestamp 2014-01-01", "yaml-tag", 1, 4),
    ("a: !secret x", "yaml-tag", 1, 4),
    ("a: !!int x", "yaml-tag", 1, 4),
    ("a: !point {x: 1}", "yaml-tag", 1, 4),
    ("? {a: 1}\n: b", "yaml-key", 1, 3),
    ("a: *b", "yaml-alias", 1, 4),
    ("a: &a [*a]", "yaml-alias", 1, 8),
    ("a: {<<: 1}", "yaml-alias", 1, 4),
    ("a:\n\t- b", "yaml-syntax", 2, 1),
    ("a: b: c", "yaml-syntax", 1, 5),
    ("a: [1, 2", "yaml-syntax", 1, 4),
    ('a: "b', "yaml-syntax", 1, 4),
    ('a: "\\0"', "yaml-encoding", 1, 4),
    (b"a: 1\nb: \xff", "yaml-encoding", 2, 4),
    (b"a: \xed\xa0\x80", "yaml-encoding", 1, 4),
    ("a: \x00", "yaml-encoding", 1, 4),
    ("é: \x07", "yaml-encoding", 1, 4),
    ("a\r: \x07", "yaml-encoding", 2, 3),
    ("a: 1".encode("utf-16"), "yaml-encoding", 1, 1),
]


@pytest.mark.parametrize(("text", "rule", "line", "column"), FINDINGS, ids=[str(case[0])[:20] for case in FINDINGS])
def test_findings(text: str | bytes, rule: str, line: int, column: int) -> None:
    findings = read(text).findings
    assert [(f.rule, f.line, f.column) for f in findings] == [(rule, line, column)]
    assert findings[0].message


def test_every_duplicate_is_told() -> None:
    assert [f.line for f in read("a: 1\na: 2\nb: {c: 1, c: 2}\na: 3\n").findings] == [2, 3, 4]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000, "[{a: " * 30_000], ids=["[", "-", "{a:", "[{a:"]
)
def test_deep_nesting_is_a_finding_at_once(text: str) -> None:
    begun = time.monotonic()
    (finding,) = read(text).findings
    assert finding.rule == "yaml-limit"
    assert time.monotonic() - begun < 5  # a crash or a quadratic scan would show


def test_the_depth_is_a_limit_of_the_book() -> None:
    text = "[" * 100 + "]" * 100
    assert read(text).findings
    assert not read(text, limits=Limits(depth=100)).findings


def test_an_alias_bomb_is_a_finding() -> None:
    names = "abcdefghij"
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise(names))
    assert [f.rule for f in read(bomb).findings] == ["yaml-limit"]


def test_a_merge_bomb_is_a_finding() -> None:
    bomb = "a: &a {" + ", ".join(f"k{i}: 1" for i in range(2000)) + "}\n"
    bomb += "".join(f"m{i}: {{<<: *a}}\n" for i in range(200))
    assert [f.rule for f in read(bomb).findings] == ["yaml-limit"]


def test_a_file_past_the_limit_is_not_read() -> None:
    assert [f.rule for f in read(b"a: 1", limits=Limits(bytes=3)).findings] == ["yaml-limit"]


@pytest.mark.parametrize("text", ["", "# only comments\n", "\n\n"])
def test_nothing_is_no_document(text: str) -> None:
    assert read(text) == Parsed()


def test_several_documents() -> None:
    assert [(d.value, d.line) for d in read("---\na\n---\nb\n").documents] == [("a", 1), ("b", 3)]


def test_numbers_that_lose_text_are_noted() -> None:
    (document,) = read("a: 1.10\nb: [007, 7, 1.5]\nc: 1e3").documents
    assert [(lossy.path, lossy.text, lossy.place) for lossy in document.lossy] == [
        (("a",), "1.10", (1, 4)),
        (("b", 0), "007", (2, 5)),
        (("c",), "1e3", (3, 4)),
    ]


def test_places() -> None:
    text = "d: &d {x: 1, y: [é, {z: 2}]}\ne:\n  <<: *d\n  x: 5\nf: *d\n"
    positions = read(text, positions=True).documents[0].positions
    assert positions is not None
    assert positions.value(("d", "y", 1, "z")) == (1, 25)
    assert positions.key(("d", "y", 1, "z")) == (1, 22)
    assert positions.value(("e", "x")) == (4, 6)
    assert positions.value(("e", "y", 0)) == (1, 18)  # merged: where it was written
    assert positions.value(("f",)) == (5, 4)
    assert positions.value(("f", "y", 1, "z")) == (1, 25)
    assert positions.value(("e", "missing")) == (3, 3)  # the nearest value that is there
    assert positions.key(("d", "missing")) == (1, 4)


# The expressions of https://yaml.org/spec/1.2.2/#1032-tag-resolution, in their order.
CORE = [
    (r"null|Null|NULL|~", "null"),
    (r"", "null"),
    (r"true|True|TRUE|false|False|FALSE", "bool"),
    (r"[-+]?[0-9]+", "int"),
    (r"0o[0-7]+", "int"),
    (r"0x[0-9a-fA-F]+", "int"),
    (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "float"),
    (r"[-+]?(\.inf|\.Inf|\.INF)", "not finite"),
    (r"\.nan|\.NaN|\.NAN", "not finite"),
]
KINDS = {type(None): "null", bool: "bool", int: "int", float: "float", Decimal: "float", str: "str"}


@given(
    st.one_of(
        st.from_regex(re.compile(r"[-+]?[0-9a-fA-FoxXeE._]{1,12}"), fullmatch=True),
        st.from_regex(re.compile("|".join(f"(?:{expression})" for expression, _ in CORE), re.ASCII), fullmatch=True),
        st.text(alphabet="0123456789+-.eEoxbnulNULtrueTRUEfasFASinfaIN~_:", min_size=1, max_size=8),
    )
)
def test_plain_scalars_are_read_by_the_core_schema(text: str) -> None:
    parsed = read(f"- {text}")
    if not parsed.documents or not isinstance(parsed.documents[0].value, list) or len(text) > 300:
        return  # not a plain scalar: "-", "a:" and their like
    expected = next((kind for expression, kind in CORE if re.fullmatch(expression, text, re.ASCII)), "str")
    found = parsed.documents[0].value[0]
    if isinstance(found, dict | list):
        return
    if expected == "not finite" or parsed.findings:
        assert [f.rule for f in parsed.findings] == ["yaml-number"]
    else:
        assert KINDS[type(found)] == expected
        if expected == "str":
            assert found == text
        if expected == "float":
            assert Decimal(str(found)) == Decimal(text)


@pytest.mark.slow
def test_every_short_plain_scalar_is_read_by_the_core_schema() -> None:
    alphabet = "019+-.eExXoOafnNiI_~"
    texts = ["".join(letters) for length in (1, 2, 3, 4) for letters in product(alphabet, repeat=length)]
    texts.remove("-")  # a list item
    parsed = read("".join(f"- {text}\n" for text in texts))
    (document,) = parsed.documents
    refused = {finding.line for finding in parsed.findings}
    for line, (text, found) in enumerate(zip(texts, document.value, strict=True), 1):
        expected = next((kind for expression, kind in CORE if re.fullmatch(expression, text)), "str")
        assert (expected == "not finite") == (line in refused), text
        if expected != "not finite":
            assert KINDS[type(found)] == expected, text


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    parsed = read(data, positions=True)
    assert all(f.line > 0 and f.column > 0 for f in parsed.findings)


@given(st.text(alphabet="ab:-?[]{}&*!|>'\"#%@` \n\t,<1.~", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    parsed = read(text, positions=True)
    assert all(f.line > 0 and f.column > 0 for f in parsed.findings)
