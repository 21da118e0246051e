# SPDX-License-Identifier: Apache-2.0
"""Making an anchor of a passage: with neighbours that tell it from where the same words stand too."""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.evidence.anchors import BLOCK, Anchor, hashed
from sourcebook.evidence.by_hash import hash_of_passage, places_of
from sourcebook.evidence.neighbours import Block, beside, hash_of, most
from sourcebook.evidence.tokens import Tokens

BLOCKS = 3
"""Blocks of each neighbour, where nothing asks for more."""
_MOST = 12
"""Blocks on each side among which they are chosen."""


@dataclass(frozen=True, slots=True)
class Made:
    """An anchor, and at how many places its words stand beside the same neighbours: 1 where these tell it."""

    anchor: Anchor
    places: int = 1


def anchored(tokens: Tokens, start: int, end: int, *, quote: str = "", blocks: int = BLOCKS) -> Made:
    """The anchor of a passage of a text, with so many ``blocks`` a neighbour, such as stand nowhere else.

    With none it has no neighbours. Raises ValueError where an end cuts a token in two, or is no place in the text.
    """
    if not 0 <= start < end <= len(tokens.text) or not tokens.whole(start, end):
        raise ValueError(f"{start} to {end} is no passage of whole words")
    passage = tokens.text[start:end]
    others = [place for place in places_of(tokens, passage) if place != start]
    if not blocks:
        return Made(Anchor(start, end, hash_of_passage(passage), quote), 1 + len(others))
    size = len(passage)
    before = _neighbour(tokens, start, blocks, before=True)
    after = _neighbour(tokens, end, blocks, before=False)
    alike = sum(
        _agrees(tokens, before, place, before=True) or _agrees(tokens, after, place + size, before=False)
        for place in others
    )
    neighbours = (hashed({block.distance // BLOCK: block.hash for block in some}) for some in (before, after))
    return Made(Anchor(start, end, hash_of_passage(passage), quote, *neighbours), 1 + alike)


def _neighbour(tokens: Tokens, at: int, blocks: int, *, before: bool) -> list[Block]:
    """What stands on one side: so many of the nearest blocks that stand nowhere else, or of all, where none is so."""
    spans = tokens.left(at, _MOST * BLOCK)[::-1] if before else tokens.right(at, _MOST * BLOCK)
    all_blocks, single = [], []
    for first in range(0, len(spans) - BLOCK + 1, BLOCK):
        some = spans[first : first + BLOCK]
        if before:
            some = some[::-1]
        all_blocks.append(Block(BLOCK, hash_of(tokens.told(some)), first))
        if tokens.once(tokens.text[some[0][0] : some[-1][1]]):
            single.append(all_blocks[-1])
        if len(single) == blocks:
            return single
    return single or all_blocks[:blocks]


def _agrees(tokens: Tokens, blocks: list[Block], at: int, *, before: bool) -> bool:
    return bool(blocks) and most(beside(tokens, blocks, at, before=before), blocks)
