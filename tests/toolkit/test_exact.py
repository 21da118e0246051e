# SPDX-License-Identifier: Apache-2.0
"""JSON text without loss, whichever library writes it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcebook.exact import decimal_number, dumps, loads, same

ONE = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just(Decimal("0.10000000000000000001"))
)
DATA = st.recursive(ONE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(DATA)
def test_what_is_written_is_read_again(value: Any) -> None:
    text = dumps(value)
    assert same(loads(text), value)
    assert "\n" not in text


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("within", [lambda it: it, lambda it: [None, {"a": it}], lambda it: [2**70, it]])
def test_what_json_does_not_have_is_not_made_null(number: float, within: Any) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dumps(within(number))


@given(st.text())
def test_texts_are_written_as_the_standard_library_writes_them(text: str) -> None:
    """So that a value can be looked for in the text of a record."""
    assert dumps(text) == json.dumps(text, ensure_ascii=False)


def test_halves_of_surrogate_pairs_are_kept() -> None:
    assert loads(dumps(["\ud800"])) == ["\ud800"]


def test_what_is_nested_more_deeply_than_python_reads_is_no_json() -> None:
    for text in ("[" * 500_000, b'{"a":' * 500_000):
        with pytest.raises(ValueError, match="too deeply"):
            loads(text)


@pytest.mark.parametrize("text", ["92233036854775808.", "922330368547758081234.0e0", "9223303685477580812.34e2"])
def test_a_decimal_without_a_fraction_stays_a_decimal(text: str) -> None:
    value = decimal_number(text)
    assert value == Decimal(text)
    assert same(loads(dumps(value)), value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(lambda one: abs(one.adjusted()) < 400))
def test_every_decimal_is_read_again_as_it_was(value: Decimal) -> None:
    number = decimal_number(str(value))
    assert same(loads(dumps([number])), [number])
