# SPDX-License-Identifier: Apache-2.0
"""The reference reader of YAML: linear in its input, never an exception; and libyaml's events equal to its own."""

from __future__ import annotations

import json
import tarfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcebook.exact import loads, same
from sourcebook.parse import Limits, Parsed, libyaml, parse
from sourcebook.parse.decode import decode
from sourcebook.parse.events import NotYaml
from sourcebook.parse.reference import events, read
from sourcebook.parse.state import Reader
from tests.conftest import ROOT
from tests.toolkit.yaml_events import assert_same_source

TRAPS = sorted((ROOT / "tests/traps").glob("*.yaml"))
CORPORA = ROOT.parent / "shared/corpora"

# --- time and steps ---------------------------------------------------------------------------------------------------

REPEATED = {
    "brackets": "[",
    "braces": "{a: ",
    "both": "[{a: ",
    "dashes": "- ",
    "questions": "? ",
    "keys on a line": "a: ",
    "comments": "# c\n",
    "empty lines": " \n",
    "items": "- a\n",
    "text": "a ",
    "lines of text": "a\n",
    "block scalars": "- |\n\n  a\n\n",
    "quoted texts": "- 'a\n\n  b'\n",
    "pairs": "- [a: b]\n",
    "anchors": "&a ",
    "exclamations": "!",
    "directives": "%A b\n",
    "markers": "---\n",
    "ends": "...\n",
    "colons": ":",
    "pipes": "| ",
    "tabs": "\t\n",
    "quotes": '"a":',
    "odd characters": "- '\x7f'\n",
    "byte order marks": "\ufeff",
}


@pytest.mark.parametrize("unit", REPEATED.values(), ids=REPEATED)
def test_steps_grow_with_the_text(unit: str) -> None:
    """A step reads at least one character, and what it looks at again has a bound: a key's 1,024 characters."""
    reader = Reader(unit * 20_000)
    held = 0
    try:
        for _ in read(reader):
            held = max(held, len(reader.queue))
    except NotYaml:
        pass
    assert reader.steps <= len(reader.text)
    assert held <= 2_100


def test_a_bracket_that_is_closed_needs_no_stack() -> None:
    text = "[" * 50_000 + "]" * 50_000
    assert sum(1 for _ in events(text)) == 100_002


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 100_000, "? " * 100_000, "[{a: " * 100_000, "a: [" + "[" * 10_000]
)
def test_nesting_ends_at_the_limit(text: str) -> None:
    """What the reader has read when the limit stops it is bounded, whatever follows."""
    reader = Reader(text)
    assert sum(1 for _ in islice(read(reader), 200)) == 200
    assert reader.pos < 5_000
    assert [f.rule for f in parse(text.encode(), "f.yaml").findings] == ["yaml-key" if text[0] == "?" else "yaml-limit"]


def test_a_line_of_ten_million_characters() -> None:
    long = "x" * 10_000_000
    assert parse(f"a: {long}\n".encode(), "f.yaml").documents[0].value == {"a": long}
    assert parse(f'a: "{long}\n'.encode(), "f.yaml").findings[0].column == 4


def test_a_file_past_the_limit_is_not_decoded() -> None:
    data = b"\xff" * (64 * 1024 * 1024 + 1)
    assert [f.rule for f in parse(data, "f.yaml").findings] == ["yaml-limit"]


def test_keys_that_are_not_marked_have_a_limit_in_yaml_and_none_in_json() -> None:
    key = "k" * 2_000
    assert parse(f'{{"{key}": ["\x7f", "\\ud83d\\ude00"]}}'.encode(), "f.json").documents[0].value == {
        key: ["\x7f", "😀"]
    }
    assert [f.rule for f in parse(f"{key}: 1".encode(), "f.yaml").findings] == ["yaml-syntax"]
    assert parse(f"? {key}\n: 1".encode(), "f.yaml").documents[0].value == {key: 1}


# --- whatever comes in ------------------------------------------------------------------------------------------------

# Fragments, parted by blanks; ␣ stands for a space, ↵ for a line break, → for a tab.
SHOWN = r"""
a key x␣y plain↵␣␣more é 😀 1 1e3 ~ s's :// < = @ ` % \ \' \" . ... ...↵ - -- --- ---↵ -␣ -␣ -␣-␣ -␣a↵ ␣␣-␣x↵
: :␣ :␣ a:␣b a:↵ k:␣[a,␣b]↵ k:␣{a:␣b}↵ [ ] { } , ,␣ " ' "q" 's' '' ": ': ]: }: 'multi↵␣␣line' "d↵↵␣␣e" # ␣#␣c ? ?␣
* &a␣ *a ! !!str␣ << <<:␣*a↵ |↵ >↵ |-↵ >+↵ |2↵ |↵␣␣lit↵ >↵␣␣one↵␣␣two↵↵␣␣␣spaced↵ |+↵␣␣k↵↵ %YAML␣1.2↵---↵
␣ ␣␣ ↵ ↵ ↵␣ ↵␣␣ ↵␣␣␣␣ ↵↵ →
"""
ODD = ["\r", "\x7f", "\x85", "\u2028", "\ufeff"]
FRAGMENTS = st.sampled_from([one.translate({0x2423: " ", 0x21B5: "\n", 0x2192: "\t"}) for one in SHOWN.split()] + ODD)
TEXTS = st.one_of(
    st.lists(FRAGMENTS, max_size=14).map("".join),
    st.text(alphabet="ab:-?[]{}&*!|>'\"#%@`\\ \n\t,<1.~", max_size=40),
)
# Pieces of records as curators write them, to be mutated.
RECORDS = [
    """\
id: reed-mill
name: Reed Mill
built: 1841-05-01
owners:
- name: Ada Finch
  from: 1841
- name: 'Finch & Sons'
""",
    """\
title: >
  A folded
  title
source:
  url: https://example.org/a?b=c#d
  pages: [12, 13]
note: |
  Kept.

   As it is.
""",
    """\
{"id": 7, "name": "Sedge", "tags": ["a", "b"], "at": {"x": 1.5}}
""",
    """\
# comment
mills:
  reed: {stones: 2, "wheel": over}
  sedge:
    note: plain text
      on two lines
    code: "0\\x41"
""",
]


SMALL_TRAPS = [file.read_bytes().decode("utf-8", "replace") for file in TRAPS if file.stat().st_size < 400]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A record, or a trap, with some characters inserted, removed or repeated."""
    text = draw(st.sampled_from(RECORDS + SMALL_TRAPS))
    for _ in range(draw(st.integers(1, 4))):
        at, to = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        text = draw(
            st.sampled_from(
                [
                    text[:at] + draw(FRAGMENTS) + text[at:],
                    text[:at] + text[at + 2 :],
                    text[:to] + text[at : at + 9] + text[to:],
                ]
            )
        )
    return text


def assert_sound(data: bytes, path: str = "f.yaml") -> Parsed:
    """Whatever is wrong has a place within the file."""
    parsed = parse(data, path, positions=True)
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in parsed.findings:
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        assert finding.message
    return parsed


@pytest.mark.slow
@given(st.one_of(TEXTS, mutated()))
@settings(max_examples=600, deadline=None)
def test_any_text_is_read_or_refused_at_its_place(text: str) -> None:
    with_positions = assert_sound(text.encode("utf-8", "surrogatepass"))
    without = parse(text.encode("utf-8", "surrogatepass"), "f.yaml")
    assert [d.value for d in with_positions.documents] == [d.value for d in without.documents]


@given(st.binary(max_size=100))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused_at_their_place(data: bytes) -> None:
    assert_sound(data)


# --- what others write ------------------------------------------------------------------------------------------------

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(CHARACTERS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(CHARACTERS), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.booleans(), st.sampled_from([None, 2, "\t"]))
@settings(deadline=None)
def test_json_is_read_as_json(value: Any, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    parsed = parse(text.encode(), "f.json")
    assert not parsed.broken, (text, parsed.findings)
    assert same(parsed.documents[0].value, loads(text))


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(" \n\n'\"\\-:#"), max_size=60),
        max_size=4,
    ),
    st.sampled_from(["'", '"', "|", ">"]),
    st.sampled_from([20, 80]),
)
@settings(deadline=None)
def test_texts_are_read_as_another_program_writes_them(texts: list[str], style: str, width: int) -> None:
    written = yaml.safe_dump({"texts": texts}, default_style=style, width=width, allow_unicode=True)
    assert parse(written.encode(), "f.yaml").documents[0].value == {"texts": texts}


# --- the two sources --------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(st.one_of(TEXTS, mutated()))
@settings(max_examples=1_500, deadline=None)
def test_both_sources_give_the_same_events(text: str) -> None:
    decoded, finding = decode(text.encode("utf-8", "surrogatepass"), "f.yaml", Limits())
    if finding is None:
        assert_same_source(decoded)


@pytest.mark.parametrize("file", TRAPS, ids=lambda file: file.stem)
def test_both_sources_give_the_same_events_of_traps(file: Path) -> None:
    text, finding = decode(file.read_bytes(), file.name, Limits())
    if finding is None:
        assert_same_source(text)


@pytest.mark.parametrize("text", RECORDS)
def test_ordinary_records_take_the_fast_source(text: str) -> None:
    assert assert_same_source(text)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not at hand here")
@pytest.mark.parametrize(
    ("name", "share"),
    [("pypa-advisories", 0.95), ("sigma-rules", 0.94), ("congress-legislators", 0.8), ("awesome-selfhosted", 0.95)],
)
def test_both_sources_give_the_same_events_of_real_records(name: str, share: float) -> None:
    """Of a sample of each corpus; nearly all of its files are to take the fast source."""
    seen = fast = 0
    with tarfile.open(CORPORA / f"{name}.tar.xz") as archive:
        for member in archive:
            if not member.name.endswith((".yaml", ".yml")) or member.size > 400_000:
                continue
            seen += 1
            if seen % 12 and name != "congress-legislators":
                continue
            content = archive.extractfile(member)
            assert content is not None
            text, finding = decode(content.read(), member.name, Limits())
            assert finding is None
            fast += assert_same_source(text)
    sampled = seen if name == "congress-legislators" else seen // 12
    assert fast >= share * sampled, f"{fast} of {sampled}"


def test_the_guard_turns_away_what_the_grammars_read_differently() -> None:
    """Each of these libyaml would read, and otherwise; a change of its release may shorten the list."""
    different = [
        "a: [b,#c\n d]\n",
        "|\n#\n",
        "a:\n|\n  b\n",
        "[?a]\n",
        "{a: :b}\n",
        "a: 'x\ny'\n",
        "a: [\nb]\n",
        'a: "\\\'"\n',
    ]
    for text in different:
        assert not assert_same_source(text), text
        if libyaml.may_read(text):
            with pytest.raises(NotYaml):
                list(libyaml.events(text))
