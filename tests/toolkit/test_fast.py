# SPDX-License-Identifier: Apache-2.0
"""The fast path of `parse`: taken for ordinary files, and never with another result than the reference."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import tarfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcebook.parse import Limits, fast, parse, parse_many
from sourcebook.parse import yaml_rs as rust
from sourcebook.parse.decode import decode
from sourcebook.parse.side_by_side import Texts
from tests.conftest import ROOT
from tests.toolkit.test_yaml_reader import CORPORA, JSON, RECORDS, TEXTS, TRAPS, mutated
from tests.toolkit.yaml_events import assert_same, outer

LIMITS = Limits()

# --- no difference ----------------------------------------------------------------------------------------------------

# Lines of ordinary files and of what is nearly so, to be put together.
LINES = r"""
a: 1
b: 12.5
c: -3
n: 1.10
n: 0x1F
n: 1_000
n: 007
n: -0
n: 0.00001
n: 0.30000000000000004
n: 12345678901234567890
n: 1234567890.1234567890
n: .iNF
n: 5.
n: 1e3
386: x
'1': a
1: a
true: 1
~: 1
é: 1
e\u0301: 2
k : v
"q k": v
'q k':
  z: 1
l:\n\n  # c\n  m: 1
n:
o: ~
k: v # c
k: v #
k:
- a
-
-\n  a: 1
- # c\n  a: 1
- - - a
- id: 1\n  n: a
  - x: 1\n    y: 2
x: |\n  a
x: >+
x: |2\n   a
y: >-\n  a\n\n  b
z: 'q\n  r'
z: 'q\nr'
z: "q\n  r\\\n  s"
z: [a,\n  b]
z: [a,\nb]
z: {a: >-\n  b}
z: [a, # ]\nb]
z: [don't,\nb]
z: ["]",\n'[', ]
{"a": 1}
# c
---
---␣
a:b
a: b: c
? a
s: "#c"
t: [a, b], c
u: {x: "\u0041\0"}
w: a *b &c ?d !e ? f
w *x: [a *b, c &d ? e]
w: |\n  *a b *c
w: "a" *b
""".strip("\n").split("\n")
PIECES = st.lists(
    st.tuples(
        st.sampled_from(["", "", "", "  "]), st.sampled_from(LINES), st.sampled_from(["\n", "\n", "\n", "", " \n"])
    ),
    max_size=6,
).map(
    lambda lines: "".join(
        a + b.replace("␣", " ").replace(r"\n", "\n").replace(r"e\u0301", "e\u0301") + c for a, b, c in lines
    )
)


@pytest.mark.slow
@given(st.one_of(PIECES, TEXTS, mutated()), st.sampled_from([LIMITS, LIMITS, Limits(depth=2), Limits(digits=3)]))
@settings(max_examples=2_000, deadline=None)
def test_the_fast_path_is_the_reference_on_any_text(text: str, limits: Limits) -> None:
    assert_same(text.encode("utf-8", "surrogatepass"), limits)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=600, deadline=None)
def test_the_fast_path_is_the_reference_on_json(data: st.DataObject) -> None:
    value, ascii_only = data.draw(JSON), data.draw(st.booleans())
    text = json.dumps(value, ensure_ascii=ascii_only, indent=data.draw(st.sampled_from([None, 2, "\t"])))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        piece = data.draw(
            st.sampled_from(
                [*'{}[]:,"\\\n\t-01.e', '"a":', "-0", "1.10", "1E400", "NaN", "\\u0000", "\\ud83d", "\x7f", "#"]
            )
        )
        text = text[:at] + piece + text[at + data.draw(st.integers(0, 2)) :]
    assert_same(text.encode())


@pytest.mark.parametrize("file", TRAPS, ids=lambda file: file.stem)
def test_the_fast_path_is_the_reference_on_traps(file: Any) -> None:
    assert_same(file.read_bytes())


DOUBTS = [
    "a: 1.10", "a: 1e3", "a: 0x1F", "a: 0o14", "a: 1_000", "a: 0b11", "a: 007", "a: -0", "a: +1", "a: .5", "a: 5.",
    "a: .inf", "a: .iNF", "a: 0.00001", "a: 0.10000000000000000001", "386: a", "true: a", "~: a", "1: a\n'1': b",
    "a: 1\na: 2", "a: &x 1\nb: *x", "a: !!str 1", "? a", "<<: {a: 1}", "a:\t1", "a: 1\n---\nb: 1", "a: 1\n...\n",
    "a: \x7f", "é: 1\ne\u0301: 2", 'a: "\\0"', "a: 'x\ny'", "a: [x,\ny]", "{a: b}#c", "a: >+\n", "a: |\n  x\n ",
    "\ufeffa: \ufeff", '{"a": 1, "a": 2}', '{"a": 1.10}', '{"a": -0}', '{"a": "\\u0000"}', '{"a": "\\ud83d"}',
    '[1e3]', "[" * 65 + "]" * 65, "- " * 65 + "a", "", "a", "- a\n- 1.50", '{"é": 1, "e\u0301": 2}',
]  # fmt: skip


@pytest.mark.parametrize("text", DOUBTS)
def test_what_is_unusual_is_turned_away(text: str) -> None:
    assert not assert_same(text.encode())


_CORE_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_CORE_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


@pytest.mark.parametrize("shape", ["- {}\n", "a: {}\n", "x: [{},{}]\n", "x:\n  k:  {} # c\n", "{{'a':{}}}\n"])
def test_numbers_are_taken_just_when_they_show_as_written(shape: str) -> None:
    """All short ones; and yaml-rs takes for a number whatever the core schema does."""
    written = ["".join(number) for size in range(1, 5) for number in itertools.product("-+_.019eEoxb", repeat=size)]
    written = [number for number in written if number.strip("-") or len(number) == 2]
    texts = [shape.format(number, number) for number in written]
    documents = [one for start in range(0, len(texts), 500) for one in _documents(texts[start : start + 500])]
    for number, text, document in zip(written, texts, documents, strict=True):
        value = rust._value(text)
        while isinstance(value, dict | list):
            value = next(iter(value.values() if isinstance(value, dict) else value))
        if _CORE_INTEGER.fullmatch(number):
            assert type(value) is int, text
        elif _CORE_DECIMAL.fullmatch(number):
            assert type(value) is float, text
        assert (document is not None) == (isinstance(value, str) or repr(value) == number), text


# --- many at once -----------------------------------------------------------------------------------------------------


def _documents(texts: list[str], limits: Limits = LIMITS) -> list[Any]:
    return fast.documents(Texts(texts), limits, None)


ODD_BYTES = [
    b"", b"\n", b" ", b"\xff\xfea\x00", b"\xfe\xff\x00a", b"\xef\xbb\xbfa: 1\n", b"a: \xef\xbb\xbf\n",
    b"a: 1\r\nb: 2\r\n", b"a: 1\r", b"a: \x00\n", b"\x00", b"a: \x07\n", b"a: \xff\n", b"a: \xc3", b"\xa9: 1\n",
    b"a: \xed\xa0\x80\n", b"a: \x7f\n", b"a: \xc2\x85\n", b"a: \xe2\x80\xa8\n", b"a: \xef\xbf\xbe\n", b"a: 1", b"a: 'x",
    b"'", b'"', b"[", b"{", b"a: |", b"a: 0", b"a: -", b"a: 1.", b"a: 1.5e", b"a: _", b"a: +", b"#", b"a: #", b"a:",
    b"---", b"...", b"%", b"-", b"- &", b"*", b"<", b"\\",
]  # fmt: skip
FILES = st.lists(
    st.one_of(
        st.one_of(PIECES, PIECES, TEXTS, mutated(), JSON.map(json.dumps), st.sampled_from(LINES)).map(
            lambda text: text.encode("utf-8", "surrogatepass")
        ),
        st.sampled_from(ODD_BYTES),
        st.sampled_from([text.encode() for text in (*RECORDS, *DOUBTS)]),
        st.binary(max_size=4),
    ),
    max_size=12,
)


@pytest.mark.slow
@given(
    FILES,
    st.sampled_from([None, None, 0, 2]),
    st.sampled_from([LIMITS, LIMITS, Limits(depth=2), Limits(digits=3), Limits(bytes=20)]),
)
@settings(max_examples=1_000, deadline=None)
def test_many_files_are_read_like_each(contents: list[bytes], depth: int | None, limits: Limits) -> None:
    files = [(f"{number}.yaml", data) for number, data in enumerate(contents)]
    together = parse_many(files, limits, depth=depth)
    assert repr(together) == repr([parse(data, path, limits, depth=depth) for path, data in files])


@pytest.mark.slow
@given(st.lists(st.one_of(PIECES, TEXTS, mutated(), st.sampled_from([*DOUBTS, *RECORDS])), max_size=12))
@settings(max_examples=600, deadline=None)
def test_what_is_odd_in_a_text_turns_no_other_away(texts: list[str]) -> None:
    texts = [text for text in texts if decode(text.encode("utf-8", "surrogatepass"), "f", LIMITS) == (text, None)]
    assert repr(_documents(texts)) == repr([_documents([text])[0] for text in texts])


def test_many_large_files_are_not_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    original = fast.documents

    def counted(texts: Texts, *arguments: Any) -> Any:
        sizes.append(len(texts.texts))
        return original(texts, *arguments)

    monkeypatch.setattr(fast, "documents", counted)
    small, large = b"a: 1\n", b"- some text\n" * 30_000
    files = [(f"{number}.yaml", data) for number, data in enumerate([small, small, large, small, small, small, large])]
    assert parse_many(files) == [parse(data, path) for path, data in files]
    assert sizes[:5] == [2, 1, 3, 1, 1]
    assert parse_many([]) == []


# --- it is taken ------------------------------------------------------------------------------------------------------

ORDINARY = [
    *RECORDS,
    "a: 1.5\nb: 2014-05-01\nc: NO\nd: 22:22\ne: '007'\nf: 12345678901234567890\ng: -0.5\nh: 0.30000000000000004\n",
    "note: a quoted text\nlong: 'of several\n  lines'\nlist: [a, b,\n  c]\n# c\nurl: https://example.org/?a=b&c=*\n",
    "---\n- id: 1\n  name: Reed & Sons\n- id: 2\n",
    "a: It is *not* so. **Note:** *this*, the ?next and !that &c\nb: |\n  Is it ? (No) *really*\n",
    '{"a": [1, -2.5, 12345678901234567890], "é": {"b": "\\u00e9"}}\n',
    '\n[\n\t{"id": 7}, {}\n]\n',
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_files_take_the_fast_path(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert assert_same(text.encode())
    served = []
    original = fast.documents

    def counted(*arguments: Any) -> Any:
        served.append(original(*arguments))
        return served[-1]

    monkeypatch.setattr(fast, "documents", counted)
    monkeypatch.setattr("sourcebook.parse._by_events", None)
    assert len(parse(text.encode(), "f.yaml").documents) == 1
    assert len(parse(text.encode(), "f.yaml", depth=1).documents) == 1
    assert len(served) == 2


def test_outer_places_come_from_lines() -> None:
    text = "# c\nrecords:\n  - id: 1\n    n: a\n  # c\n  - id: 2\nmeta:\n\n  # c\n  k: v\nnote: |\n  - x\nlast:\n"
    (document,) = fast.documents(Texts([text]), LIMITS, 2)
    assert document is not None
    assert document.positions is not None
    assert {path: tuple(place) for path, place in document.positions.values.items()} == {
        (): (2, 1),
        ("records",): (3, 3),
        ("records", 0): (3, 5),
        ("records", 1): (6, 5),
        ("meta",): (10, 3),
        ("meta", "k"): (10, 6),
        ("note",): (11, 7),
        ("last",): (13, 6),
    }
    assert assert_same(text.encode())


@given(st.one_of(PIECES, TEXTS, mutated()), st.integers(0, 3))
@settings(max_examples=600, deadline=None)
def test_outer_places_are_those_of_all_places(text: str, depth: int) -> None:
    """By whichever source."""
    data = text.encode("utf-8", "surrogatepass")
    some, every = parse(data, "f.yaml", depth=depth), parse(data, "f.yaml", positions=True)
    assert some.findings == every.findings
    for one, other in zip(some.documents, every.documents, strict=True):
        assert one.positions is not None
        assert other.positions is not None
        places = outer(other.positions, depth)
        for path in (*places.values, *places.keys, *(path for path in places.redirects if len(path) <= depth)):
            assert one.positions.value(path) == other.positions.value(path)
            assert one.positions.key(path) == other.positions.key(path)


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not at hand here")
@pytest.mark.parametrize(
    ("name", "share"),
    [("pypa-advisories", 0.95), ("sigma-rules", 0.95), ("congress-legislators", 0.8), ("awesome-selfhosted", 0.97)],
)
def test_the_fast_path_is_the_reference_on_real_records(name: str, share: float) -> None:
    """On a sample of each corpus, of which nearly all files are to take it."""
    every = 1 if name == "congress-legislators" else 23
    seen = served = 0
    with tarfile.open(CORPORA / f"{name}.tar.xz") as archive:
        for member in archive:
            if not member.name.endswith((".yaml", ".yml")) or member.size > 400_000:
                continue
            seen += 1
            if seen % every == 0:
                content = archive.extractfile(member)
                assert content is not None
                served += assert_same(content.read())
    assert served >= share * (seen // every), f"{served} of {seen // every}"


# --- no crash ---------------------------------------------------------------------------------------------------------

HOSTILE = """
from sourcebook.parse import parse
units = ["- ", "[", "{a: ", "[{a: ", '{"a":', '[{"a":', "a: ", "a: - ", "? ", "- a: ", "- ? ", ": "]
texts = [unit * 100_000 for unit in units]
texts += ["\\n".join(" " * n + "a:" for n in range(3_000)), "\\n".join(" " * n + "-" for n in range(3_000))]
texts += ["\\n".join(" " * n + "- - a:" for n in range(0, 3_000, 4)), "x: 1\\n" + "- " * 100_000]
texts += ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000]
print(sum(len(parse(text.encode(), "f").findings) == 1 for text in texts), len(texts))
"""


def test_deep_nesting_ends_no_process() -> None:
    run = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=True, cwd=ROOT)
    found, made = run.stdout.split()
    assert found == made
