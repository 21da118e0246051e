# SPDX-License-Identifier: Apache-2.0
"""Texts that are edited: what comes out reads as was wished for, and nothing else differs."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sourcebook.edit.text import edited
from sourcebook.exact import same
from sourcebook.parse import Limits, parse
from tests.toolkit.edit_texts import Writer, carried_out, changes_of, collection, records

FILE = collection()


@st.composite
def _cases(draw: st.DrawFn) -> tuple[bytes, Any, Any]:
    value = draw(records)
    text = Writer(draw).document(value)
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n"]))
    if draw(st.integers(0, 4)) == 0 and not text.endswith(("...\n",)):
        text = text.rstrip("\n")
    data = ("\ufeff" if draw(st.integers(0, 5)) == 0 else "").encode() + text.replace("\n", end).encode()
    parsed = parse(data, "a.yaml")
    documents = parsed.documents if not parsed.broken else ()
    read = documents[0].value if len(documents) == 1 else None
    return data, read, draw(changes_of(read)) if isinstance(read, dict) else []


@given(_cases())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_changes(case: tuple[bytes, Any, Any]) -> None:
    data, value, changes = case
    if not changes:
        return
    after = edited(FILE, "data/a.yaml", data, changes, Limits())
    got = parse(after, "a.yaml")
    assert not got.broken
    assert same(got.documents[0].value, carried_out(value, changes))
