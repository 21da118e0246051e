# SPDX-License-Identifier: Apache-2.0
"""Random plain data, as records hold it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "id", "0", "1", "a/b", "~x", "name", "a.b"])


def scalars() -> st.SearchStrategy[Any]:
    """Single values."""
    numbers = st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False) | st.just(10**30)
    return st.none() | st.booleans() | numbers | st.sampled_from(["", "x", "y", "0", "no", "ğ|`<"])


def _below(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    item = st.fixed_dictionaries({"id": st.integers(0, 6)}, optional={"v": inner})
    keyed = st.lists(item, max_size=5, unique_by=lambda one: one["id"])
    return st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=4) | keyed


def values() -> st.SearchStrategy[Any]:
    """Values of any depth, lists of mappings with a key of their own among them."""
    return st.recursive(scalars(), _below, max_leaves=15)


def mappings() -> st.SearchStrategy[dict[str, Any]]:
    """Records."""
    return st.dictionaries(NAMES, values(), max_size=5)
