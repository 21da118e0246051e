# SPDX-License-Identifier: Apache-2.0
"""Anchors held against a text: same, moved, ambiguous, altered or gone.

A passage is taken for the anchored one only where its hash is the anchor's, no token is cut by its ends, and it stands
beside what it stood beside, if the anchor says what that was. What else looks like it is never taken: it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sourcebook.evidence.anchors import Anchor, Verdict
from sourcebook.evidence.by_hash import PLACES, ByHash, places_of
from sourcebook.evidence.by_hash import hash_of_passage as hash_of_passage
from sourcebook.evidence.neighbours import SLIP, Block, Sides, Standing, beside, most, reach_of
from sourcebook.evidence.quotes import spans_of
from sourcebook.evidence.sentences import begins, ends
from sourcebook.evidence.tokens import Tokens, words_of

_STRONG = 4  # tokens of a neighbour that may tell a place by itself
_ROOM = 200  # characters that may have come into a passage, beside thrice its length


def judged(anchor: Anchor, text: str) -> Verdict:
    """What has become of a passage in a normalised text."""
    return judge([anchor], text)[0]


def judge(anchors: Sequence[Anchor], text: str, tokens: Tokens | None = None) -> list[Verdict]:
    """The same of several in one text, which costs less than one by one."""
    judging = _Judging(text, anchors, tokens or Tokens(text))
    first = [judging.at_its_place(anchor) for anchor in anchors]
    return [one or judging.elsewhere(anchor) for anchor, one in zip(anchors, first, strict=True)]


class _Judging:
    def __init__(self, text: str, anchors: Sequence[Anchor], tokens: Tokens) -> None:
        self._text = text
        self._tokens = tokens
        self._anchors = anchors
        self._by_hash = ByHash(tokens)

    @cached_property
    def _standing(self) -> Standing:
        sides = map(Sides.of, self._anchors)
        return Standing(self._tokens, (block for side in sides for block in (*side.before, *side.after)))

    def at_its_place(self, anchor: Anchor) -> Verdict | None:
        """That it is the same, where little shows it; else None."""
        if not self._by_hash.stands(anchor, anchor.start):
            return None
        passage = self._text[anchor.start : anchor.end]
        if not self._tokens.whole(anchor.start, anchor.end):
            return None
        sides = Sides.of(anchor)
        alone = self._tokens.once(passage)
        if alone and sides:
            alone = self._agrees_on_all(sides, anchor.start, len(passage)) and self._is_beside_once(anchor, sides)
            alone = alone and self._goes_on(sides, anchor.start, anchor.end)
        return self._found(anchor, anchor.start, "") if alone else None

    def _is_beside_once(self, anchor: Anchor, sides: Sides) -> bool:
        """Whether what stands beside the passage stands nowhere else, on one side at least."""
        text, tokens = self._text, self._tokens
        left = tokens.left(anchor.start, reach_of(sides.before)) if sides.before else []
        right = tokens.right(anchor.end, reach_of(sides.after)) if sides.after else []
        return bool(
            (left and tokens.once(text[left[0][0] : anchor.start]))
            or (right and tokens.once(text[anchor.end : right[-1][1]]))
        )

    def elsewhere(self, anchor: Anchor) -> Verdict:
        """What has become of one that is not plainly the same."""
        sides = Sides.of(anchor)
        passage = self._by_hash.passage(anchor, sides, self._standing if sides else None)
        places = places_of(self._tokens, passage) if passage else []
        if not sides:
            return self._by_places(anchor, places, passage)
        return self._by_sides(anchor, sides, places)

    # --- which of its places is the one ---

    def _found(self, anchor: Anchor, start: int, why: str) -> Verdict:
        self._by_hash.found(anchor, start)
        end = start + anchor.end - anchor.start
        return Verdict("same" if start == anchor.start else "moved", start, end, why=why)

    def _by_places(self, anchor: Anchor, places: list[int], passage: str) -> Verdict:
        """By the places of its words alone, where nothing is known of its neighbours."""
        if len(places) == 1:
            return self._found(anchor, places[0], "its words stand at one place")
        if places:
            return Verdict("ambiguous", places=tuple(places), why=_several(places))
        return self._by_quote(anchor) or self._cut(anchor, passage) or self._not_there()

    def _by_sides(self, anchor: Anchor, sides: Sides, places: list[int]) -> Verdict:
        size = anchor.end - anchor.start
        agreeing = [start for start in places if self._agrees(sides, start, start + size)]
        between = self._between(anchor, sides)
        near = [
            (one.first, one.last)
            for one in between
            if one.whole and not any(self._holds(one, start, start + size) for start in agreeing)
        ]
        if len(agreeing) == 1 and not near:
            if not self._goes_on(sides, agreeing[0], agreeing[0] + size):
                why = "its words stand there, and the sentence that they are part of goes on otherwise"
                return Verdict("altered", agreeing[0], agreeing[0] + size, why=why)
            return self._found(anchor, agreeing[0], "its words stand beside what they stood beside")
        if agreeing:
            rivals = [self._tokens.starts[b] for b, _ in near if b < len(self._tokens.starts)]
            told = tuple(sorted({*agreeing, *rivals}))
            return Verdict("ambiguous", places=told, why="what stood beside its words stands at several places")
        likely = _likely(between)
        if len(likely) > 1:
            return self._torn(places, likely)
        if likely:
            return self._in_between(likely[0].first, likely[0].last, places)
        if places:
            why = _several(places) if len(places) > 1 else "its words stand at one place, beside other words"
            return Verdict("ambiguous", places=tuple(places), why=why)
        return self._by_quote(anchor) or self._at_an_end(anchor, sides) or self._not_there()

    def _agrees_on_all(self, sides: Sides, start: int, size: int) -> bool:
        return all(
            most(beside(self._tokens, blocks, at, before=before), blocks)
            for blocks, at, before in ((sides.before, start, True), (sides.after, start + size, False))
            if blocks
        )

    def _goes_on(self, sides: Sides, start: int, end: int) -> bool:
        """Whether the words next to a passage are what they were, where it is part of a sentence.

        A "not" before it, or a "denied" after it, alters what it says and none of its words.
        """
        for blocks, at, before in ((sides.before, start, True), (sides.after, end, False)):
            next_to = [block for block in blocks if not block.distance]
            is_other = next_to and not beside(self._tokens, next_to, at, before=before)
            if is_other and not (begins if before else ends)(self._text, at):
                return False
        return True

    def _agrees(self, sides: Sides, start: int, end: int) -> bool:
        """Whether a passage stands beside what the anchored one did: on one side, if that says enough; else on both."""
        told = [
            (self._stands(blocks, at, before=before), sum(block.count for block in blocks))
            for blocks, at, before in ((sides.before, start, True), (sides.after, end, False))
            if blocks
        ]
        return any(agrees and count >= _STRONG for agrees, count in told) or all(agrees for agrees, _ in told)

    def _stands(self, blocks: list[Block], at: int, *, before: bool) -> bool:
        """Whether most of the blocks stand beside a place, if need be a little further off."""
        if most(beside(self._tokens, blocks, at, before=before), blocks):
            return True
        number = self._tokens.before(at) if before else self._tokens.after(at)
        places = self._standing.places(blocks, before=before)
        return any(abs(place - number) <= SLIP and most(count, blocks) for place, count in places)

    def _holds(self, one: _Between, start: int, end: int) -> bool:
        """Whether a passage stands there, or as near to it as the neighbours may have moved."""
        first, last = self._tokens.after(start), self._tokens.before(end)
        return first <= one.last + SLIP and one.first - SLIP <= last

    def _between(self, anchor: Anchor, sides: Sides) -> list[_Between]:
        """Where both neighbours stand as if the passage stood between them."""
        if not (sides.before and sides.after):
            return []
        room = 3 * (anchor.end - anchor.start) + _ROOM
        ends = self._standing.places(sides.after, before=False)
        found = []
        for first, count in self._standing.places(sides.before, before=True):
            for last, others in ends:
                if first - SLIP <= last and self._size(first, last) <= room:
                    on_both = most(count, sides.before), most(others, sides.after)
                    found.append(_Between(first, max(first, last), count + others, any(on_both), all(on_both)))
        return found

    def _size(self, first: int, last: int) -> int:
        """Characters of tokens ``first`` to before ``last``."""
        starts, ends = self._tokens.starts, self._tokens.ends
        return ends[min(last, len(ends)) - 1] - starts[first] if 0 <= first < last and first < len(starts) else 0

    # --- what became of one that is not there as it was ---

    def _in_between(self, first: int, last: int, places: list[int]) -> Verdict:
        if last - first <= 0 or not self._size(first, last):
            why = "what stood before it and after it now meets"
            if places:
                return Verdict("ambiguous", places=tuple(places), why=f"{why}; {_several(places)}")
            return Verdict("gone", why=why)
        return self._altered(first, last, "other words stand between what it stood between")

    def _altered(self, first: int, last: int, why: str) -> Verdict:
        return Verdict("altered", self._tokens.starts[first], self._tokens.ends[last - 1], why=why)

    def _torn(self, places: list[int], between: list[_Between]) -> Verdict:
        starts = self._tokens.starts
        told = sorted({*places, *(starts[one.first] for one in between if one.first < len(starts))})
        return Verdict("ambiguous", places=tuple(told), why="what stood beside it stands at several places")

    def _at_an_end(self, anchor: Anchor, sides: Sides) -> Verdict | None:
        """That it was altered, where it was the first or the last of its text, and its only neighbour is there."""
        count, room = len(self._tokens.spans), 3 * (anchor.end - anchor.start) + _ROOM
        if sides.before and not sides.after:
            spans = [(first, count) for first, _ in self._standing.places(sides.before, before=True)]
        elif sides.after and not sides.before:
            spans = [(0, last) for last, _ in self._standing.places(sides.after, before=False)]
        else:
            return None
        spans = [(first, last) for first, last in spans if 0 < self._size(first, last) <= room]
        if len(spans) != 1:
            return None
        return self._altered(*spans[0], "other words stand beside what it stood beside")

    def _by_quote(self, anchor: Anchor) -> Verdict | None:
        """That it was altered, where the words quoted of it stand at one place."""
        if len(words_of(anchor.quote)) < _STRONG:
            return None
        spans = list(spans_of(self._tokens, anchor.quote, 2))
        if len(spans) != 1:
            return None
        return Verdict("altered", *spans[0], why="the words quoted of it stand there, and others than did around them")

    def _cut(self, anchor: Anchor, passage: str) -> Verdict | None:
        """That it was altered, where its words stand at its place as part of others."""
        if not passage or not self._by_hash.stands(anchor, anchor.start):
            return None
        return Verdict("altered", anchor.start, anchor.end, why="its words are part of others there")

    def _not_there(self) -> Verdict:
        if self._by_hash.is_tired:
            return Verdict("unverifiable", why="too many passages of a long text are not where they were")
        return Verdict("gone", why="its words stand nowhere")


@dataclass(frozen=True, slots=True)
class _Between:
    """Tokens between what both neighbours are: how many blocks say so; if most of one neighbour, or of both, do."""

    first: int
    last: int
    blocks: int
    sure: bool
    whole: bool


def _likely(between: list[_Between]) -> list[_Between]:
    """Those of which most blocks stand there, if most of one neighbour do; of such as overlap the shortest."""
    best = max((one.blocks for one in between if one.sure), default=0)
    found: list[_Between] = []
    for one in sorted(between, key=lambda one: (one.last - one.first, one.first)):
        if one.sure and one.blocks == best and not any(_overlap(one, other) for other in found):
            found.append(one)
    return found


def _overlap(one: _Between, other: _Between) -> bool:
    return one.first <= other.last + SLIP and other.first <= one.last + SLIP


def _several(places: Iterable[int]) -> str:
    count = len(list(places))
    if count == 1:
        return "its words stand at one place, beside other words"
    return f"its words stand at {count if count <= PLACES else f'more than {PLACES}'} places"
