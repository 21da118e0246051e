# SPDX-License-Identifier: Apache-2.0
"""YAML that pages offer: whatever a record holds, our own reader reads the same again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sourcebook.exact import loads, same
from sourcebook.parse import Limits, parse
from sourcebook.parse.yaml_text import yaml_text
from sourcebook.site.published import Published
from tests.harbour import get, opened

NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([Decimal("0.10000000000000000001"), Decimal("1E+400"), -0.0, 1e16, 1e-7, 10**30])
)
ODD = (
    *("yes", "NO", "null", "~", "", "0o17", "1e3", "12:30:45", "2026-05-01", ".inf", "0x1F", "=", "<<", "---", "...\n"),
    *("- a", "a: b", "a #b", "#", "'", "%TAG", "!x", "&a", "*a", "[a]", "{a}", "a, b", "?", "? a", ":", "|", ">", "…"),
    *("\n", "a\n", "a\n\nb", " a\nb", "a \nb", "a\n  b\n", "\ta\nb", "a\r\nb", "é\nü\n", "🕯\n🕯"),
    *("\u0085", "\u2028x\ny", "\ufeff", "a\u00a0"),
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")) | st.sampled_from(ODD)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def read(text: str) -> Any:
    parsed = parse(text.encode(), "record.yaml", Limits(digits=4000))
    assert not [one for one in parsed.findings if one.level == "error"], (text, parsed.findings)
    (document,) = parsed.documents
    return document.value


@given(VALUES)
@example({"a": ["x\n", "\n", {"b": "c: d\n- e"}]})
@example([[], {}, [[]], {"a": {}}])
@example("x" * 5000 + " y" * 5000)
@example({"k" * 300: 1, "a\nb": 2})
def test_it_reads_back_as_the_same(value: Any) -> None:
    assert same(read(yaml_text(value)), value)


@given(TEXTS)
def test_readers_of_yaml_1_1_read_the_same_texts(text: str) -> None:
    if "\ufffe" not in text and "\uffff" not in text:
        assert yaml.safe_load(yaml_text({"a": text})) == {"a": text}


def test_it_is_written_as_people_would() -> None:
    value = {
        "id": "red-lantern",
        "names": ["Kırmızı Fener", "yes"],
        "note": "One line.\nAnother.\n",
        "year": 1999,
        "at": None,
    }
    assert yaml_text(value) == (
        'id: red-lantern\nnames:\n- Kırmızı Fener\n- "yes"\nnote: |\n  One line.\n  Another.\nyear: 1999\nat: null\n'
    )


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with opened(tmp_path_factory.mktemp("yaml")) as found:
        yield found


def test_every_record_of_a_book_reads_back(harbour: Published) -> None:
    rows = harbour.connection.execute("SELECT collection, key, document FROM _records").fetchall()
    assert len(rows) > 20
    for name, key, document in rows:
        answer = get(harbour, f"/{harbour.site.collection(name).address}/{key}.yaml")
        assert answer.media_type == "application/yaml; charset=utf-8"
        assert same(read(answer.body.decode()), loads(document))
        data = get(harbour, f"/{harbour.site.collection(name).address}/{key}.json")
        assert same(json.loads(data.body)["record"], json.loads(document))
