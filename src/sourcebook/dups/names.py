# SPDX-License-Identifier: Apache-2.0
"""Names as they are compared: without case, accents and punctuation, in Latin letters, their words in any order."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from sourcebook.dups.romanised import romanised
from sourcebook.tables.search import fold
from sourcebook.validation.likeness import similarity

_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORDS = re.compile(r"[^\W_]+")
_LONGEST = 400  # characters of a name that are compared


class Name(NamedTuple):
    """A name to be compared: its words, sorted; these written together; and the numbers among them."""

    words: tuple[str, ...]
    joined: str
    numbers: tuple[str, ...]


@lru_cache(1 << 17)
def name_of(text: str) -> Name:
    """A text as it is compared; a name without words where there is nothing to compare."""
    plain = romanised(fold(_APOSTROPHES.sub("", text[:_LONGEST])).casefold())
    words = tuple(sorted(_WORDS.findall(plain)))
    return Name(words, "".join(words), tuple(word.lstrip("0") for word in words if word.isdecimal()))


NEARLY = 0.66  # below, two names are not looked at word by word
_SUBSET = 0.3  # what a word counts that only one of two names has, if they share two others
_INITIAL = 0.7  # what an initial is worth in the place of a name
_TOGETHER = 0.97  # what names are worth that are the same but for where words end
_SHARPER = 1.25  # so that what differs in a short word counts for more


class Likeness:
    """Compares names: 1 where they are the same but for case, accents, script and the order of words."""

    def __init__(self) -> None:
        self._similar: Callable[..., float] = similarity()

    def __call__(self, one: Name, other: Name) -> float:
        """How much two names look alike, up to 1; 0 where their numbers differ."""
        if one.words == other.words:
            return 1.0
        if one.numbers != other.numbers:
            return 0.0
        if one.joined == other.joined:
            return _TOGETHER
        whole = self._similar(one.joined, other.joined, score_cutoff=NEARLY)
        if not whole:
            return 0.0
        return float(max(whole**_SHARPER, self._by_words(one.words, other.words)))

    def _by_words(self, one: tuple[str, ...], other: tuple[str, ...]) -> float:
        """The same by words: each of the shorter name with the most alike of the longer."""
        few, many = (one, other) if len(one) <= len(other) else (other, one)
        left = list(many)
        gained = weighed = 0.0
        shared = 0
        for word in sorted(few, key=len, reverse=True):
            best, worth = self._best(word, left)
            if not worth:
                return 0.0
            left.remove(best)
            weight = max(len(word), len(best))
            gained += weight * worth
            weighed += weight
            shared += len(word) > 1
        rest = sum(map(len, left))
        return gained / (weighed + rest * (_SUBSET if shared > 1 else 1.0))

    def _best(self, word: str, others: list[str]) -> tuple[str, float]:
        if word in others:
            return word, 1.0
        best, worth = "", 0.0
        for other in others:
            if len(word) == 1 or len(other) == 1:
                found = _INITIAL if word[0] == other[0] else 0.0
            else:
                found = self._similar(word, other, score_cutoff=0.6) **_SHARPER
            if found > worth:
                best, worth = other, found
        return best, worth
