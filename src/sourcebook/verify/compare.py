# SPDX-License-Identifier: Apache-2.0
"""Two sequences compared, value for value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def first_difference(one: Iterable[Any], other: Iterable[Any]) -> int | None:
    """Number, from 1, of the first item in which two sequences differ in value or type; None where they do not."""
    end = object()
    first, second = iter(one), iter(other)
    number = 0
    while True:
        number += 1
        left, right = next(first, end), next(second, end)
        if left is end and right is end:
            return None
        if left is end or right is end or _typed(left) != _typed(right):
            return number


def _typed(value: Any) -> Any:
    """A value that equals another only where their types are the same too."""
    if isinstance(value, list | tuple):
        return [(type(item), item) for item in value]
    return repr(value)
