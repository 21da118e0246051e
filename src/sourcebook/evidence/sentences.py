# SPDX-License-Identifier: Apache-2.0
"""Where sentences end, and whether a passage begins and ends with whole ones. It is a guess, as in any program."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…][\"'”’»)\]]*(?= )")
_NO_END = re.compile(
    r"(?:^|[\s(\[“\"])(?:[^\W\d_]|[ap]\.m|e\.g|i\.e|etc|vs|cf|approx|no|nos|vol|pp?|st|mr|mrs|ms|dr|prof|gen|col|lt|maj|"
    r"capt|sgt|cmdr|gov|sen|rep|rev|hon|jr|sr|inc|ltd|co)\.$",
    re.IGNORECASE,
)
_REACH = 1_000  # characters in which the end of a sentence is looked for
_MARKS = re.compile(r"[^\w+\-\u2212\u00b1$\u20ac\u00a3\u00a5]*")


def sentences(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Where the sentences of a paragraph stand.

    They end with a full stop, a question mark, an exclamation mark or an ellipsis before a space, unless a small letter
    follows or an abbreviation stands there. It is a guess, as in any program.
    """
    start = low
    for found in _END.finditer(text, low, high):
        follows = text[found.end() + 1 : found.end() + 2]
        if follows.islower() or (found[0] == "." and _NO_END.search(text[max(start, found.end() - 12) : found.end()])):
            continue
        yield start, found.end()
        start = found.end() + 1
    if start < high:
        yield start, high


def begins(text: str, start: int) -> bool:
    """Whether a sentence begins at a place, marks left out."""
    low = max(0, start - _REACH)
    begun = (one for one, _ in sentences(text, low, start + 1) if one > low or not low)
    return any(one <= start and _MARKS.fullmatch(text, one, start) for one in begun)


def ends(text: str, end: int) -> bool:
    """Whether a sentence ends at a place, marks left out."""
    high = min(len(text), end + _REACH)
    ended = (one for _, one in sentences(text, max(0, end - _REACH), high) if one < high or high == len(text))
    return any(_MARKS.fullmatch(text, *sorted((one, end))) for one in ended)
