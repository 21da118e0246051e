# SPDX-License-Identifier: Apache-2.0
"""Where sentences of a normalised text end, as far as that can be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…][\"'”’»)\]]*(?= )")
_NO_END = re.compile(
    r"(?:^|[\s(\[“\"])(?:[^\W\d_]|[ap]\.m|e\.g|i\.e|etc|vs|cf|approx|no|nos|vol|pp?|st|mr|mrs|ms|dr|prof|gen|col|lt|maj|"
    r"capt|sgt|cmdr|gov|sen|rep|rev|hon|jr|sr|inc|ltd|co)\.$",
    re.IGNORECASE,
)


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
