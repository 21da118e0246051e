# SPDX-License-Identifier: Apache-2.0
"""What kinds of values plain data hold, looked at level by level, in many documents at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sourcebook.parse.lookalike import lookalikes
from sourcebook.parse.model import Limits

# Numbers that data hold, to be added: integers and decimals, and some that are too large, or too near to zero, for
# `numbers` to tell from their shape how they are written.
INTEGERS, DECIMALS, FAR = 1, 2, 4
_INTEGERS_TO = 10**30
_DECIMALS_FROM, _DECIMALS_TO = 1e-4, 1e7


def kinds(values: Sequence[Any], limits: Limits) -> int | None:
    """The kinds of numbers in plain data; None where some are too deep, or a key is no text or has a look-alike."""
    integers: list[int] = []
    decimals: list[float] = []
    level = values
    for depth in range(limits.depth + 1):
        if depth == limits.depth and any(type(one) in (dict, list) for one in level):
            return None
        keys: list[Any] = []
        inner: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is dict:
                keys += one
                inner += one.values()
            elif kind is list:
                inner += one
            elif kind is int:
                integers.append(one)
            elif kind is float and one - one == 0:
                decimals.append(one)
            elif one is not None and kind is not bool:
                return None
        if not _sound(keys, level):
            return None
        level = [one for one in inner if type(one) is not str]
        if not level:
            break
    return (_of_integers(integers) if integers else 0) | (_of_decimals(decimals) if decimals else 0)


def _sound(keys: list[Any], level: Sequence[Any]) -> bool:
    """Whether all ``keys``, which are those of the mappings in ``level``, are texts without look-alikes."""
    try:
        return "".join(keys).isascii() or not any(
            any(lookalikes(one)) for one in level if type(one) is dict and not "".join(one).isascii()
        )
    except TypeError:
        return False


def _of_integers(integers: list[int]) -> int:
    return INTEGERS if max(integers) < _INTEGERS_TO and min(integers) > -_INTEGERS_TO else INTEGERS | FAR


def _of_decimals(decimals: list[float]) -> int:
    near = all(_DECIMALS_FROM <= abs(one) < _DECIMALS_TO or one == 0 for one in decimals)
    return DECIMALS if near else DECIMALS | FAR
