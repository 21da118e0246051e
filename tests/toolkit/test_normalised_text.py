# SPDX-License-Identifier: Apache-2.0
"""The normalised text of sources: what it is, to the code point, and that it is the same on every Python."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.evidence import code_points, normalise
from sourcebook.evidence.normalise import normalised, paragraphs
from sourcebook.evidence.tokens import Tokens, words_of

_ODD = "ae\u0301\u0308 \t\n\r\x0b\x0c\x85\xa0\xad\u1680\u2003\u2028\u2029\u200b\u200c\u200e\ufeff\u3000’“-\u2010ﬁ漢\x00"
TEXTS = st.text(st.sampled_from(_ODD) | st.characters(), max_size=60)


@given(TEXTS)
def test_what_is_normalised_stays_so(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(TEXTS)
def test_paragraphs_with_a_space_between_are_the_normalised_text(text: str) -> None:
    assert " ".join(paragraphs(text)) == normalised(text)


@given(TEXTS, TEXTS)
def test_a_space_parts_what_is_normalised(one: str, other: str) -> None:
    """So places in one part do not depend on another."""
    assert normalised(f"{one} {other}") == " ".join(filter(None, (normalised(one), normalised(other))))


@given(TEXTS)
def test_it_is_what_the_reference_says(text: str) -> None:
    """By another way: character by character."""
    assert normalised(text) == _plainly(text)


SPACES = {
    0x9,
    0xA,
    0xB,
    0xC,
    0xD,
    0x20,
    0x85,
    0xA0,
    0x1680,
    *range(0x2000, 0x200B),
    0x2028,
    0x2029,
    0x202F,
    0x205F,
    0x3000,
}
GOES = {0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF}


def _plainly(text: str) -> str:
    left = [one for one in text if ord(one) not in GOES]
    found: list[str] = []
    at = 0
    while at < len(left):
        end = at
        while end < len(left) and (ord(left[end]) in SPACES or left[end] == "\xad"):
            end += 1
        if end == at:
            found.append(left[at])
            at += 1
            continue
        run = "".join(left[at:end])
        space = run.replace("\xad", "")
        breaks = space.replace("\r\n", "\n")
        count = sum(one in "\n\r\x85\u2028" for one in breaks) + 2 * breaks.count("\u2029")
        first = next((number for number, one in enumerate(run) if one in "\n\r\x85\u2028\u2029"), len(run))
        joins = count == 1 and "\xad" in run[:first]
        found.append("" if joins else space)
        at = end
    composed = unicodedata.normalize("NFC", "".join(found)) if unicodedata.unidata_version == "14.0.0" else None
    if composed is None:
        pytest.skip("this Python knows another version of Unicode")
    words, word = [], ""
    for one in [*composed, " "]:
        if ord(one) in SPACES:
            words += [word] if word else []
            word = ""
        else:
            word += one
    return " ".join(words)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("\ufeffone\u200b two\xa0\t three\n", "one two three"),
        ("some-\nthing", "some- thing"),
        ("some\xad\n  thing", "something"),
        ("some\xad\r\nthing\xad", "something"),
        ("the end\xad\n\nA new one", "the end A new one"),
        ("page one\x0cpage two", "page one page two"),
        ("e\u0301 \u2019 ﬁ “x” 'y'", "é \u2019 ﬁ “x” 'y'"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_examples(raw: str, wanted: str) -> None:
    assert normalised(raw) == wanted


def test_the_list_of_spaces_is_that_of_unicode() -> None:
    assert {ord(one) for one in map(chr, range(sys.maxunicode + 1)) if normalised(f"a{one}b") == "a b"} == SPACES


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="this Python knows another version of Unicode")
def test_the_tables_are_those_of_unicode() -> None:
    import re

    for kinds, expression in ((("Cn",), code_points.unassigned()), (None, code_points.no_word())):
        found = re.compile(f"[{expression}]")
        for number in range(sys.maxunicode + 1):
            kind = unicodedata.category(chr(number))
            if kinds is None:
                is_in = (kind[0] in "ZPS" and kind != "Pc") or kind in ("Cc", "Cf", "Cs")
                is_in = is_in and number not in (0x200C, 0x200D)
            else:
                is_in = kind in kinds
            assert bool(found.match(chr(number))) == is_in, hex(number)


def test_nothing_composes_across_what_unicode_14_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a Python that knows more: U+1E08F is a mark in Unicode 15, and was nothing in 14."""
    monkeypatch.setattr(normalise, "UNICODE", "13.0.0")  # as if this Python had another
    text = "e\U0001e08f\u0301 e\u0301"
    assert normalised(text) == "e\U0001e08f\u0301 é"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lost 50 men, $5,000.50 or -3% (10–12)", ["lost", "50", "men", "$5,000.50", "or", "-3%", "10–12"]),
        ("gov’t un-aware U.S. R&D end.", ["gov't", "un-aware", "U.S", "R&D", "end"]),
        ("war--and 'quoted' 5/6 a/b", ["war", "and", "quoted", "5/6", "a", "b"]),
        ("漢字かな, नमस्ते", ["漢", "字", "か", "な", "नमस्ते"]),
        ("", []),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(TEXTS.map(normalised))
def test_tokens_are_looked_up_near_a_place_as_in_the_whole(text: str) -> None:
    near, whole = Tokens(text), Tokens(text)
    for at in range(len(text) + 1):
        inside = any(start < at < end for start, end in whole.spans)
        assert bool(near.within(at)) == inside
        if not inside:
            assert near.left(at, 3) == [one for one in whole.spans if one[1] <= at][-3:]
            assert near.right(at, 3) == [one for one in whole.spans if one[0] >= at][:3]
