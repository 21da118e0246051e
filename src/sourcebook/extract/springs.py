# SPDX-License-Identifier: Apache-2.0
"""Where the nodes of a small network are drawn: near to those that they have lines to, far from all others.

By Fruchterman and Reingold (1991), from places on a circle in the order of the nodes. There is no chance in it, and no
operation on numbers whose result is not the same on every machine: sums, products, quotients and square roots.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

UNIT = 10_000
"""The width and the height of what nodes are laid out in; their places are whole numbers."""

_STEPS = 90
_FIRST = 0.12  # how far a node is moved in the first step, of the width
_INWARD = 5.0  # how strongly all nodes are drawn to the middle, which keeps together what no line holds
_LEAST = 1e-9


def laid_out(count: int, lines: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places of ``count`` nodes, numbered from 0; lines from a node to itself and second ones count for nothing."""
    if count < 2:
        return [(UNIT // 2, UNIT // 2)] * count
    pairs = sorted({(min(line), max(line)) for line in lines if line[0] != line[1]})
    places = [(x / 2, y / 2) for x, y in (turned(number / count) for number in range(count))]
    apart = 1 / math.sqrt(count)
    for step in range(_STEPS):
        places = _moved(places, pairs, apart, _FIRST * (1 - step / _STEPS))
    return _fitted(places)


def _moved(
    places: Sequence[tuple[float, float]], pairs: Iterable[tuple[int, int]], apart: float, most: float
) -> list[tuple[float, float]]:
    """The places after each node was moved by the forces on it, by ``most`` at most."""
    xs, ys = [x for x, _ in places], [y for _, y in places]
    count = len(places)
    moved_x, moved_y = [-_INWARD * x * apart for x in xs], [-_INWARD * y * apart for y in ys]
    square = apart * apart
    for one in range(count):
        x, y = xs[one], ys[one]
        sum_x = sum_y = 0.0
        for other in range(one + 1, count):
            across, down = x - xs[other], y - ys[other]
            force = square / (across * across + down * down + _LEAST)
            across *= force
            down *= force
            sum_x += across
            sum_y += down
            moved_x[other] -= across
            moved_y[other] -= down
        moved_x[one] += sum_x
        moved_y[one] += sum_y
    for one, other in pairs:
        across, down = xs[one] - xs[other], ys[one] - ys[other]
        force = math.sqrt(across * across + down * down) / apart
        moved_x[one] -= across * force
        moved_y[one] -= down * force
        moved_x[other] += across * force
        moved_y[other] += down * force
    found = []
    for x, y, across, down in zip(xs, ys, moved_x, moved_y, strict=True):
        length = math.sqrt(across * across + down * down) + _LEAST
        part = min(length, most) / length
        found.append((x + across * part, y + down * part))
    return found


def _fitted(places: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Places as whole numbers, as wide and as high as there is room."""
    axes = []
    for values in zip(*places, strict=True):
        least, most = min(values), max(values)
        size = most - least
        axes.append([round((value - least) / size * UNIT) if size > 1e-6 else UNIT // 2 for value in values])
    return list(zip(*axes, strict=True))


_TURN = 6.283185307179586


def turned(part: float) -> tuple[float, float]:
    """The point on the circle of radius 1 after a ``part`` of a turn from the right, by the series of sine and cosine.

    Those of the machine's own library may differ in the last place from another machine's.
    """
    quarter, rest = divmod(part % 1 * 4, 1)
    angle = rest * _TURN / 4
    cosine, sine, term = 0.0, 0.0, 1.0
    for power in range(0, 24, 2):
        cosine += term
        term *= angle / (power + 1)
        sine += term
        term *= -angle / (power + 2)
    return ((cosine, sine), (-sine, cosine), (-cosine, -sine), (sine, -cosine))[int(quarter) % 4]
