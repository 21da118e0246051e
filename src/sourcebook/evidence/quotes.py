# SPDX-License-Identifier: Apache-2.0
"""Words that are looked for in a text as they are written, with ellipses where some are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.evidence.normalise import normalised
from sourcebook.evidence.tokens import Tokens, words_of

_ELLIPSIS = re.compile(r"\[ ?(?:…|\.{3}) ?\]|\( ?(?:…|\.{3}) ?\)|…|\.{3,}|(?:\. ){2}\.")
GAP = 2_000
"""Characters that one ellipsis may leave out."""


def parts_of(words: str) -> list[str]:
    """What stands between the ellipses of a quotation, each normalised."""
    return [part for part in (one.strip(" ") for one in _ELLIPSIS.split(normalised(words))) if part]


def count_words(quote: str) -> int:
    """How many words a quotation has."""
    return sum(len(words_of(part)) for part in parts_of(quote))


def spans_of(
    tokens: Tokens, words: str, most: int = 100, *, low: int = 0, high: int | None = None
) -> Iterator[tuple[int, int]]:
    """Where ``words`` stand, at ``most`` places, between two places: from the first of their parts to the last.

    Each part cuts no token. Of places that begin alike it is the shortest, and of those that end alike too.
    """
    parts = parts_of(words)
    if not parts:
        return
    found, last = 0, -1
    for start in _places(tokens, parts[0], low, high):
        end = start + len(parts[0])
        for part in parts[1:]:
            at = next(_places(tokens, part, end, end + GAP + len(part)), -1)
            if at < 0:
                break
            end = at + len(part)
        else:
            again = next((one for one in _places(tokens, parts[0], start + 1, end) if len(parts) > 1), -1)
            if again >= 0 and _ends(tokens, parts, again) == end:
                continue  # a shorter one ends there too
            if end != last:
                yield start, end
                found, last = found + 1, end
                if found >= most:
                    return


def as_typed(tokens: Tokens, words: str, start: int, end: int) -> str:
    """``words`` as a quotation of a passage, normalised, if they stand in it; else the empty text."""
    found = any(low >= start and high <= end for low, high in spans_of(tokens, words, low=start, high=end))
    return " … ".join(parts_of(words)) if found else ""


def _ends(tokens: Tokens, parts: list[str], start: int) -> int:
    end = start + len(parts[0])
    for part in parts[1:]:
        at = next(_places(tokens, part, end, end + GAP + len(part)), -1)
        if at < 0:
            return -1
        end = at + len(part)
    return end


def _places(tokens: Tokens, part: str, low: int = 0, high: int | None = None) -> Iterator[int]:
    return (at for at in tokens.places(part, low, high) if at >= 0)
