# SPDX-License-Identifier: Apache-2.0
"""Two values and what makes one of the other: applied to the old one, the changes give the new one, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcebook.diff.alignment import aligned
from sourcebook.diff.applied import changed
from sourcebook.diff.model import Change
from sourcebook.diff.values import changes
from sourcebook.exact import dumps, loads
from sourcebook.finding import pointer
from tests.toolkit.plain_data import values


def as_json(change: Change) -> dict[str, Any]:
    places = {
        name: None if at is None else pointer(at) for name, at in (("old_at", change.old_at), ("new_at", change.new_at))
    }
    told: dict[str, Any] = loads(dumps({"kind": change.kind, **places, "old": change.old, "new": change.new}))
    return told


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(values(), values())
def test_the_changes_of_a_value_make_the_new_one_of_the_old_one(old: Any, new: Any) -> None:
    found = changes(old, new)
    assert dumps(changed(old, map(as_json, found))) == dumps(new)
    assert bool(found) == (dumps(old) != dumps(new))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(values(), max_size=8), st.lists(values(), max_size=8))
def test_no_item_of_a_list_is_aligned_twice(old: list[Any], new: list[Any]) -> None:
    pairs = aligned(old, new).pairs
    assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)


ROLES = [{"id": "minister", "from": 2001}, {"id": "mayor", "from": 1990}, {"id": "member", "from": 1980}]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # By the items' own key, whatever place they have.
        (
            ROLES,
            [ROLES[0], {"id": "mayor", "from": 1991}, {"id": "clerk"}, ROLES[2]],
            [("changed", "[id=mayor].from"), ("added", "[id=clerk]")],
        ),
        (ROLES, [ROLES[2], ROLES[0], ROLES[1]], [("moved", "[id=member]")]),
        (ROLES, ROLES[1:], [("removed", "[id=minister]")]),
        # By the longest common subsequence.
        (["a", "b", "c", "d"], ["a", "c", "x", "d"], [("removed", "[1]"), ("added", "[2]")]),
        (["a", "b"], ["a", "x"], [("changed", "[1]")]),
        ([], ["a"], [("added", "[0]")]),
        # Of mappings without a key of their own, one that is mostly alike is the same one.
        (
            [{"a": 1, "b": 2, "c": 3}],
            [{"z": 1, "b": 1, "c": 1}, {"a": 1, "b": 2, "c": 4}],
            [("changed", "[0].c"), ("added", "[0]")],
        ),
        # Types and the order of names are told apart.
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, [("order", "")]),
        ({"a": 1}, {"a": 1.0}, [("changed", "a")]),
        ({"a": "1"}, {"a": 1}, [("changed", "a")]),
        ({"a": None}, {}, [("removed", "a")]),
        ({"a.b": {"c": 1}}, {"a.b": {"c": 2}}, [("changed", "a\\.b.c")]),
        ({"a": [1]}, {"a": {"0": 1}}, [("changed", "a")]),
    ],
)
def test_what_is_told_of_a_change(old: Any, new: Any, told: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.name) for one in changes(old, new)] == told


@pytest.mark.slow
def test_long_lists_are_compared_in_time() -> None:
    old = [{"page": n % 7, "text": f"line {n}"} for n in range(5_000)]
    new = [*old[:2_000], {"page": 1, "text": "new"}, *old[2_001:]]
    assert len(changes(old, new)) == 2
    texts = [f"line {n % 50}" for n in range(20_000)]
    assert len(changes(texts, [*texts[:10_000], "new", *texts[10_000:]])) == 1
    mixed = [f"line {n}" if n % 3 else "same" for n in range(20_000)]
    shuffled = ["first", *mixed[:5_000], *mixed[5_010:], "last"]
    assert changes_make(mixed, shuffled) == (2, 10)
    changes_make(texts, [f"line {n % 49}" for n in range(19_000)])
    changes_make([{"a": n % 3} for n in range(3_000)], [{"a": n % 2} for n in range(2_900)])


def changes_make(old: Any, new: Any) -> tuple[int, int]:
    """How much was added and removed; what is found makes the new value of the old one."""
    found = changes(old, new)
    assert changed(old, map(as_json, found)) == new
    return sum(one.kind == "added" for one in found), sum(one.kind == "removed" for one in found)


def test_changes_of_another_value_are_refused() -> None:
    found = [as_json(one) for one in changes({"a": 1}, {"b": 1})]
    with pytest.raises(ValueError, match="not those"):
        changed({"c": 1}, found)
    with pytest.raises(ValueError, match="holds nothing"):
        changed("text", found)
