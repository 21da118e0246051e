# SPDX-License-Identifier: Apache-2.0
"""Streams of documents by the fast parsers are what the reference makes of them, document for document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.parse import Limits, by_events, parse, stream

# Parts that a stream is put together of: plain documents, and what must send the whole to the reference.
PARTS = (
    "a: 1\n",
    "a: [1, 2]\nb: {c: d}\n",
    "- x\n- y\n",
    "t: |\n  text\n  --- no marker\n",
    "t: 'one\n  two'\n",
    "t: |+\n  kept\n\n",
    "# a comment\na: b\n",
    "a: b\n\n\n",
    "a: &x 1\nb: *x\n",
    "a: 1.10\n",
    "",
    "text alone\n",
    "...\n",
    "%YAML 1.2\n",
    "a: 'open\n",
    "a: b: c\n",
    '{"a": 1}\n',
    "a: 2014-05-01 # day",
)
MARKERS = ("---\n", "--- \n", "--- # c\n", "--- a\n", "---\n---\n")


@given(st.lists(st.tuples(st.sampled_from(MARKERS), st.sampled_from(PARTS)), min_size=1, max_size=4), st.booleans())
def test_a_stream_is_read_as_the_reference_reads_it(parts: list[tuple[str, str]], marked: bool) -> None:
    text = "".join(f"{marker}{part}" for marker, part in parts)
    text = text if marked else text.partition("\n")[2]
    for depth in (None, 1, 2):
        found = stream.documents(text, Limits(), depth)
        if found is None:
            continue
        whole = by_events.parsed(text, "a.yaml", Limits(), positions=False, depth=depth)
        assert not whole.findings
        assert [document.value for document in found] == [document.value for document in whole.documents]
        assert [document.line for document in found] == [document.line for document in whole.documents]
        for one, other in zip(found, whole.documents, strict=True):
            assert (one.positions is None) == (depth is None)
            if one.positions and other.positions:
                assert dict(one.positions.values) == dict(other.positions.values)
                assert dict(one.positions.keys) == dict(other.positions.keys)


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "---\na: 1\n---\nb: 2\n", "# c\n---\na: 1\n---\nt: |\n  x\n"])
def test_plain_streams_are_read_fast(text: str) -> None:
    found = stream.documents(text, Limits(), 1)
    assert found is not None
    assert len(found) == 2
    assert parse(text.encode(), "a.yaml").documents == stream.documents(text, Limits(), None)


@pytest.mark.parametrize("text", ["a: 1\n", "a: 1\n---\n", "a: 1\n...\n---\nb: 2\n", "a: &x 1\n---\nb: *x\n"])
def test_what_is_no_plain_stream_is_left_to_the_reference(text: str) -> None:
    assert stream.documents(text, Limits(), None) is None
