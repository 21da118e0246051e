# SPDX-License-Identifier: Apache-2.0
"""What kinds of values plain data hold, looked at level by level, in many documents at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sourcebook.parse.lookalike import lookalikes
from sourcebook.parse.model import Limits

# Numbers that data hold, to be added: integers and decimals, and some that are too large, or too near to zero, for
# `numbers` to tell from their shape how they are written.
INTEGERS, DECIMALS, FAR = 1, 2, 4
_HOLDERS = {dict, list}
_KINDS = {*_HOLDERS, int, float, bool, type(None)}  # besides texts, which are left out
_INTEGERS_TO = 10**30
_DECIMALS_FROM, _DECIMALS_TO = 1e-4, 1e7


def kinds(values: Sequence[Any], limits: Limits) -> int | None:
    """The kinds of numbers in plain data; None where some are too deep, or a key is no text or has a look-alike."""
    numbers = 0
    level = values
    for depth in range(limits.depth + 1):
        present = set(map(type, level))
        if not present <= _KINDS or (depth == limits.depth and not present.isdisjoint(_HOLDERS)):
            return None
        if int in present:
            numbers |= _of_integers([one for one in level if type(one) is int])
        if float in present:
            decimals = [one for one in level if type(one) is float]
            if not all(one - one == 0 for one in decimals):  # infinite, or not a number
                return None
            numbers |= _of_decimals(decimals)
        mappings = [one for one in level if type(one) is dict]
        if not _sound(mappings):
            return None
        inner = list(chain.from_iterable(map(dict.values, mappings)))
        if list in present:
            inner += chain.from_iterable([one for one in level if type(one) is list])
        level = [one for one in inner if type(one) is not str]
        if not level:
            return numbers
    return None


def _of_integers(integers: list[int]) -> int:
    return INTEGERS if all(-_INTEGERS_TO < one < _INTEGERS_TO for one in integers) else INTEGERS | FAR


def _of_decimals(decimals: list[float]) -> int:
    near = all(_DECIMALS_FROM <= abs(one) < _DECIMALS_TO or one == 0 for one in decimals)
    return DECIMALS if near else DECIMALS | FAR


def _sound(mappings: list[dict[Any, Any]]) -> bool:
    """Whether all keys are texts without look-alikes in their mapping."""
    try:
        return "".join(chain.from_iterable(mappings)).isascii() or not any(
            any(lookalikes(one)) for one in mappings if not "".join(one).isascii()
        )
    except TypeError:
        return False
