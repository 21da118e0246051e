# SPDX-License-Identifier: Apache-2.0
"""Which item of a list is which of another: by the items' own keys, else by the longest common subsequence."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sourcebook.exact import dumps

Pairs = list[tuple[int, int]]


class Aligned(NamedTuple):
    """The items that are the same one, by their places in both lists; ``by`` names the property that says so.

    ``moved`` are those, by their old place, that do not follow each other as before.
    """

    pairs: Pairs
    moved: frozenset[int] = frozenset()
    by: str = ""


def as_text(value: Any) -> str:
    """What tells values apart: types, the order of names, 1 and 1.0 and -0.0."""
    return dumps(value)


def aligned(old: Sequence[Any], new: Sequence[Any]) -> Aligned:
    """Which items of two lists are the same."""
    by = _own_key(old, new)
    if by:
        there = {item[by]: index for index, item in enumerate(new)}
        pairs = [(index, there[item[by]]) for index, item in enumerate(old) if item[by] in there]
        kept = _rising([other for _, other in pairs])
        return Aligned(pairs, frozenset(pair[0] for n, pair in enumerate(pairs) if n not in kept), by)
    one, other = [as_text(item) for item in old], [as_text(item) for item in new]
    same = _common(one, other)
    found: Pairs = []
    for before, after in zip([(-1, -1), *same], [*same, (len(old), len(new))], strict=True):
        gap_old, gap_new = range(before[0] + 1, after[0]), range(before[1] + 1, after[1])
        found += _alike(old, new, gap_old, gap_new)
        found += [after] if after[0] < len(old) else []
    return Aligned(found)


# --- by keys ----------------------------------------------------------------------------------------------------------

_USUAL = ("id", "key", "ref", "code", "slug", "uuid", "url", "name", "label", "title")


def _own_key(old: Sequence[Any], new: Sequence[Any]) -> str:
    """The property that names the items of both lists: in each, and no two alike.

    It is a text; of the usual names for such, a whole number too.
    """
    items = [*old, *new]
    if not old or not new or not all(isinstance(item, dict) for item in items):
        return ""
    best, most = "", 0
    for name in sorted(items[0], key=lambda one: _USUAL.index(one) if one in _USUAL else len(_USUAL)):
        usual = name in _USUAL
        if not all(_names(item.get(name), usual=usual) for item in items):
            continue
        one, other = {item[name] for item in old}, {item[name] for item in new}
        found = len(one & other)
        if len(one) == len(old) and len(other) == len(new) and found > most:
            best, most = name, found
            if usual:
                break
    return best


def _names(value: Any, *, usual: bool) -> bool:
    if isinstance(value, str):
        return value != ""
    return usual and isinstance(value, int) and not isinstance(value, bool)


def _rising(numbers: Sequence[int]) -> set[int]:
    """The places of the longest rising subsequence."""
    ends: list[int] = []  # the smallest number that ends one of each length
    at: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        if length == len(ends):
            ends.append(number)
            at.append(place)
        else:
            ends[length], at[length] = number, place
        before.append(at[length - 1] if length else -1)
    kept, place = set(), at[-1] if at else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return kept


# --- by the longest common subsequence --------------------------------------------------------------------------------

_MOST = (
    250_000  # cells of the table that finds it; longer lists are taken apart first where items are alone of their kind
)


def _common(one: Sequence[str], other: Sequence[str]) -> Pairs:
    """The places of what two lists have in common, in order."""
    first, last = _ends(one, other)
    found = [(n, n) for n in range(first)]
    middle, others = one[first : len(one) - last], other[first : len(other) - last]
    if len(middle) * len(others) <= _MOST:
        found += [(a + first, b + first) for a, b in _table(middle, others)]
    else:
        found += [(a + first, b + first) for a, b in _by_anchors(middle, others)]
    return found + [(len(one) - n, len(other) - n) for n in range(last, 0, -1)]


def _ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many items two lists have in common at their beginning, and at their end."""
    first = 0
    while first < min(len(one), len(other)) and one[first] == other[first]:
        first += 1
    last = 0
    while last < min(len(one), len(other)) - first and one[-1 - last] == other[-1 - last]:
        last += 1
    return first, last


def _by_anchors(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The same of long lists: what stands in both but once, in order, and between these what is short enough."""
    counts, counts_other = Counter(one), Counter(other)
    there = {text: place for place, text in enumerate(other) if counts_other[text] == 1}
    pairs = [(place, there[text]) for place, text in enumerate(one) if counts[text] == 1 and text in there]
    kept = _rising([place for _, place in pairs])
    anchors = [pair for number, pair in enumerate(pairs) if number in kept]
    a = b = 0
    for next_a, next_b in [*anchors, (len(one), len(other))]:
        gap, gap_other = one[a:next_a], other[b:next_b]
        if len(gap) * len(gap_other) <= _MOST:
            yield from ((a + n, b + m) for n, m in _table(gap, gap_other))
        else:
            first, last = _ends(gap, gap_other)
            yield from ((a + n, b + n) for n in range(first))
            yield from ((next_a - n, next_b - n) for n in range(last, 0, -1))
        if next_a < len(one):
            yield next_a, next_b
        a, b = next_a + 1, next_b + 1


def _table(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for a in range(len(one) - 1, -1, -1):
        row, below = lengths[a], lengths[a + 1]
        for b in range(len(other) - 1, -1, -1):
            row[b] = below[b + 1] + 1 if one[a] == other[b] else max(below[b], row[b + 1])
    a = b = 0
    while a < len(one) and b < len(other):
        if one[a] == other[b]:
            yield a, b
            a, b = a + 1, b + 1
        elif lengths[a + 1][b] >= lengths[a][b + 1]:
            a += 1
        else:
            b += 1


def _alike(old: Sequence[Any], new: Sequence[Any], one: range, other: range) -> Pairs:
    """Between two items that both lists have: as many are taken to be changed in place; of others, those alike."""
    if len(one) == len(other):
        return [(a, b) for a, b in zip(one, other, strict=True) if _kind(old[a]) == _kind(new[b])]
    if len(one) * len(other) > _FEW:
        return []
    found, begin = [], other.start
    for a in one:
        b = next((b for b in range(begin, min(other.stop, begin + _NEAR)) if _mostly(old[a], new[b])), None)
        if b is not None:
            found.append((a, b))
            begin = b + 1
    return found


_FEW = 10_000  # pairs that are looked at
_NEAR = 50  # items that are looked at for one that is alike


def _kind(value: Any) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "value"


def _mostly(one: Any, other: Any) -> bool:
    """Whether two mappings have most properties alike."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    alike = sum(name in other and as_text(one[name]) == as_text(other[name]) for name in one)
    return alike * 2 > max(len(one), len(other))
