# SPDX-License-Identifier: Apache-2.0
"""Which passages of a text carry records: paragraphs and sentences, each with how many anchors touch it.

What is counted is numbers, places and hashes; no word of the text is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.evidence.anchors import BLOCK
from sourcebook.evidence.judging import hash_of_passage
from sourcebook.evidence.sentences import sentences
from sourcebook.evidence.tokens import Tokens

FILE = "coverage.json"
"""Name of the file of a release that says what its sources carry."""
MANY, WORDS_EACH = 3, 6
"""More records than so many, with fewer words for each of them than so many, are a reason to look again."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph or a sentence: where it stands in the normalised text, its hash, its words, and who touches it.

    ``records`` are the numbers of those that do, in the order in which they were given, each once.
    """

    start: int
    end: int
    sha256: str
    words: int
    records: tuple[int, ...]
    sentences: tuple[Unit, ...] = ()

    @property
    def many(self) -> bool:
        """Whether it carries so many, for its length, that it is worth another look: no more is said by it."""
        return len(self.records) > MANY and self.words < WORDS_EACH * len(self.records)

    def as_dict(self) -> dict[str, Any]:
        """As plain data: the number of records stands for them. A few words have no hash, which could be guessed."""
        shown = self.sha256 if self.words >= BLOCK else None
        found = {"start": self.start, "end": self.end, "sha256": shown, "words": self.words}
        told = {**found, "records": len(self.records), "many": self.many}
        return told | ({"sentences": [one.as_dict() for one in self.sentences]} if self.sentences else {})


def units(tokens: Tokens, paragraphs: Iterable[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> Iterator[Unit]:
    """The paragraphs of a text with their sentences; ``spans`` are where passages of records stand, by number."""
    ordered = sorted((start, end, number) for number, (start, end) in enumerate(spans))
    for low, high in paragraphs:
        here = [one for one in ordered if one[0] < high and one[1] > low]
        inside = tuple(_unit(tokens, *span, here) for span in sentences(tokens.text, low, high))
        yield _unit(tokens, low, high, here, inside)


def _unit(
    tokens: Tokens, low: int, high: int, near: Iterable[tuple[int, int, int]], inside: tuple[Unit, ...] = ()
) -> Unit:
    touching = sorted({number for start, end, number in near if start < high and end > low})
    words = len(Tokens(tokens.text[low:high]).spans)
    return Unit(low, high, hash_of_passage(tokens.text[low:high]), words, tuple(touching), inside)
