# SPDX-License-Identifier: Apache-2.0
"""What stands beside a passage, kept without the text: hashes of blocks of tokens, the nearest first.

A block is four tokens with a space between them, of which twelve digits of the hash are kept. So a neighbour is known
again where punctuation, or part of it, has changed, and cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from sourcebook.evidence.anchors import BLOCK, DIGITS, Anchor, hashes_of
from sourcebook.evidence.tokens import Tokens, words_of

SLIP = 8
"""Tokens by which a block may stand nearer or further than it did: something was inserted, or taken out."""
_MANY = 50  # places of one block: what stands oftener tells nothing


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens beside a passage: how many, their hash, and how many stand between them and it."""

    count: int
    hash: str
    distance: int


def blocks_of(neighbour: str) -> list[Block]:
    """The blocks that a neighbour is kept as; words are one block."""
    if hashes := hashes_of(neighbour):
        return [Block(BLOCK, one, number * BLOCK) for number, one in enumerate(hashes) if one]
    words = words_of(neighbour)
    return [Block(len(words), hash_of(words), 0)] if words else []


def hash_of(words: Iterable[str]) -> str:
    """The hash of tokens."""
    return sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


@dataclass(frozen=True, slots=True)
class Sides:
    """The neighbours of an anchor."""

    before: list[Block]
    after: list[Block]

    @classmethod
    def of(cls, anchor: Anchor) -> Sides:
        """Those that it carries."""
        return cls(blocks_of(anchor.before), blocks_of(anchor.after))

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def beside(tokens: Tokens, blocks: list[Block], at: int, *, before: bool) -> int:
    """How many ``blocks`` stand where they stood, beside a passage that begins (or ends) at this place."""
    if not blocks:
        return 0
    reach = reach_of(blocks)
    words = tokens.told(tokens.left(at, reach))[::-1] if before else tokens.told(tokens.right(at, reach))
    found = 0
    for block in blocks:
        some = words[block.distance : block.distance + block.count]
        found += len(some) == block.count and hash_of(some[::-1] if before else some) == block.hash
    return found


def reach_of(blocks: list[Block]) -> int:
    """How many tokens of a side they are of."""
    return max((block.distance + block.count for block in blocks), default=0)


def most(found: int, blocks: list[Block]) -> bool:
    """Whether so many of the ``blocks`` are most of them."""
    return 2 * found > len(blocks)


class Standing:
    """Where the blocks of some anchors stand in a text, looked up in one way through it."""

    def __init__(self, tokens: Tokens, wanted: Iterable[Block]) -> None:
        self._at: dict[str, list[int]] = {}
        by_count: dict[int, set[str]] = {}
        for block in wanted:
            by_count.setdefault(block.count, set()).add(block.hash)
        words = tokens.words if by_count else []
        for count, hashes in by_count.items():
            for number in range(len(words) - count + 1):
                one = hash_of(words[number : number + count])
                if one in hashes:
                    self._at.setdefault(one, []).append(number)

    def places(self, blocks: list[Block], *, before: bool) -> list[tuple[int, int]]:
        """Where a passage beside them would begin (or end), as a number of tokens, and how many blocks say so.

        What several blocks say within a slip is one place: that of the nearest.
        """
        said = sorted(
            (number + block.count + block.distance if before else number - block.distance, block.distance)
            for block in blocks
            if len(self._at.get(block.hash, ())) <= _MANY
            for number in self._at.get(block.hash, ())
        )
        places: list[tuple[int, int]] = []
        group: list[tuple[int, int]] = []
        for one in (*said, None):
            if one is not None and (not group or one[0] - group[-1][0] <= SLIP):
                group.append(one)
                continue
            if group:
                places.append((min(group, key=lambda each: each[1])[0], len(group)))
            group = [one] if one is not None else []
        return places
