# SPDX-License-Identifier: Apache-2.0
"""How alike values are built: which properties they have, and of what kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

Traits = frozenset[tuple[str, str]]  # a property, and whether it holds a single value, a list or a mapping


def traits(value: Any) -> Traits:
    """The properties of a mapping, of the mappings in a list, or the kind of a single value."""
    if isinstance(value, dict):
        return frozenset((key, _kind(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return frozenset((f"[]{key}", kind) for item in value for key, kind in traits(item))
    return frozenset({("", type(value).__name__)})


def _kind(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "single"


def common(values: Iterable[Any]) -> Traits:
    """The traits that more than half of the values have."""
    return shared([traits(value) for value in values])


def shared(all_traits: Sequence[Traits]) -> Traits:
    """The traits that stand in more than half of ``all_traits``."""
    counts = Counter(trait for one in all_traits for trait in one)
    return frozenset(trait for trait, count in counts.items() if 2 * count > len(all_traits))


def likeness(one: Traits, other: Traits) -> float:
    """From 0 to 1: how many of the traits of either are traits of both."""
    return len(one & other) / len(one | other) if one or other else 0.0


ALIKE = 0.5  # from this likeness on two structures may be of one collection


def coherent(values: Iterable[Any]) -> bool:
    """Whether the values are built alike: four of five have at least half of what most of them have."""
    each = [traits(value) for value in values]
    usual = shared(each)
    fitting = sum(2 * len(one & usual) >= len(usual) for one in each)
    return bool(usual) and 5 * fitting >= 4 * len(each)


def clusters(values: Sequence[Any]) -> list[list[int]]:
    """The indexes of the values that are built alike, together: each value joins the first group that it is like."""
    groups: list[list[int]] = []
    counts: list[Counter[tuple[str, str]]] = []
    for index, value in enumerate(values):
        own = traits(value)
        for group, count in zip(groups, counts, strict=True):
            usual = frozenset(trait for trait, number in count.items() if 2 * number > len(group))
            if likeness(own, usual) >= ALIKE:
                group.append(index)
                count.update(own)
                break
        else:
            groups.append([index])
            counts.append(Counter(own))
    return groups


def named_things(values: Iterable[Any]) -> list[Any]:
    """What mappings lead to by name, where each leads to mappings alone; nothing where one does not."""
    values = list(values)
    if not all(isinstance(value, dict) and all(isinstance(item, dict) for item in value.values()) for value in values):
        return []
    return [item for value in values for item in value.values()]
