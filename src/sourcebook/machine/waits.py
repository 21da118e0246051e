# SPDX-License-Identifier: Apache-2.0
"""How long to wait before something that failed is tried again."""

from __future__ import annotations


def backed_off(first: float, times: int, most: float, by: float = 2.0) -> float:
    """``first`` seconds, ``by`` times as many for each of so many ``times``, and ``most``, however often it failed."""
    try:
        return min(most, first * by**times)
    except OverflowError:  # of what fails for hours
        return most
