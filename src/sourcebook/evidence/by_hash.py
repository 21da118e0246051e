# SPDX-License-Identifier: Apache-2.0
"""Where the words of a passage stand, by their hash alone: at likely places first, then at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256

from sourcebook.evidence.anchors import Anchor
from sourcebook.evidence.neighbours import SLIP, Sides, Standing
from sourcebook.evidence.quotes import spans_of
from sourcebook.evidence.tokens import Tokens

PLACES = 100
"""Places of the same words that are told: more decide nothing."""
_HASHED = 20_000_000  # passages of one text that are hashed to find such as have moved far
_SHIFTS = 16


def hash_of_passage(passage: str) -> str:
    """SHA-256 of a normalised passage, in hexadecimal."""
    return sha256(passage.encode("utf-8", "surrogatepass")).hexdigest()


def places_of(tokens: Tokens, passage: str) -> list[int]:
    """Where a passage stands, cutting no token: the first `PLACES`, and more than those if there may be more."""
    found: list[int] = []
    for at in tokens.places(passage):
        if at < 0:
            return [*found, *[tokens.text.find(passage)] * (PLACES + 1)][: PLACES + 1]
        found.append(at)
        if len(found) > PLACES:
            break
    return found


class ByHash:
    """Finds the passages of anchors in a text. What was found helps to find more: mostly all move alike."""

    def __init__(self, tokens: Tokens) -> None:
        self._text = tokens.text
        self._tokens = tokens
        self._left = _HASHED
        self._shifts: Counter[int] = Counter()

    @property
    def is_tired(self) -> bool:
        """Whether so much was looked at that nothing more is looked for everywhere."""
        return self._left <= 0

    def found(self, anchor: Anchor, start: int) -> None:
        """Note that the passage of an anchor stands here."""
        self._shifts[start - anchor.start] += 1

    def stands(self, anchor: Anchor, start: int) -> bool:
        """Whether the words that begin here have the hash of an anchor."""
        end = start + anchor.end - anchor.start
        if start < 0 or end > len(self._text):
            return False
        return hash_of_passage(self._text[start:end]) == anchor.sha256

    def passage(self, anchor: Anchor, sides: Sides, standing: Standing | None) -> str:
        """The words that have the anchor's hash, if they stand anywhere; the empty text if not, or if unknown."""
        size = anchor.end - anchor.start
        for start in self._candidates(anchor, sides, standing):
            if self.stands(anchor, start):
                return self._text[start : start + size]
        return ""

    def _candidates(self, anchor: Anchor, sides: Sides, standing: Standing | None) -> Iterator[int]:
        """Places at which it may begin, the likely ones first."""
        size = anchor.end - anchor.start
        yield anchor.start
        for shift, _ in self._shifts.most_common(_SHIFTS):
            yield anchor.start + shift
        tokens = self._tokens
        if standing:
            for number, _ in standing.places(sides.before, before=True):
                yield from self._around(number)
            for number, _ in standing.places(sides.after, before=False):
                yield from (end - size for end in self._around(number))
        if anchor.quote:
            for start, end in spans_of(tokens, anchor.quote, PLACES):
                yield start
                yield end - size
        if self._left > 0 and self._is_there(anchor):
            yield from self._all(size)

    def _is_there(self, anchor: Anchor) -> bool:
        """Whether its words may stand in the text at all, by those that are quoted of it."""
        return not anchor.quote or next(iter(spans_of(self._tokens, anchor.quote, 1)), None) is not None

    def _around(self, number: int) -> Iterator[int]:
        """Places between a token and those before and after it, the near first."""
        starts, ends = self._tokens.starts, self._tokens.ends
        for slip in sorted(range(-SLIP, SLIP + 1), key=abs):
            at = number + slip
            if 0 <= at <= len(starts):
                low = ends[at - 1] if at else 0
                high = starts[at] if at < len(starts) else len(self._text)
                yield from range(high, max(low, high - 8) - 1, -1)

    def _all(self, size: int) -> Iterator[int]:
        """All places at which a passage of this size cuts no token."""
        text, edges = self._text, self._edges
        for start in self._beginnings:
            end = start + size
            if end > len(text):
                break
            if edges[end] and text[end - 1] != " ":
                self._left -= 1
                yield start
                if self._left <= 0:
                    break

    @cached_property
    def _edges(self) -> bytearray:
        """Of each place whether a cut there cuts no token."""
        edges = bytearray(b"\x01") * (len(self._text) + 1)
        for start, end in self._tokens.spans:
            if end - start > 1:
                edges[start + 1 : end] = bytes(end - start - 1)
        return edges

    @cached_property
    def _beginnings(self) -> list[int]:
        edges, text = self._edges, self._text
        return [at for at, character in enumerate(text) if edges[at] and character != " "]
