# SPDX-License-Identifier: Apache-2.0
"""Names as they are compared: without case, accents and punctuation, in Latin letters, their words in any order."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from sourcebook.dups.romanised import romanised
from sourcebook.tables.search import fold
from sourcebook.validation.likeness import edit_distance, similarity

_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORDS = re.compile(r"[^\W_]+[+#]*")  # C, C++ and C# are three
_NUMBER = re.compile(r"\d+")
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
    return Name(words, "".join(words), tuple(number.lstrip("0") for word in words for number in _NUMBER.findall(word)))


NEARLY = 0.7  # below, two names are not looked at word by word
_SUBSET = 0.3  # what a word counts that only one of two names has, if they share two others
_INITIAL = 0.72  # what an initial is worth in the place of a name
_TOGETHER = 0.97  # what names are worth that are the same but for where words end
_HEARD = 0.85  # what words are worth that are nearly the same when they are heard
_TWO = 2
_LONG = 12  # characters of a word in which three letters may be other ones
_SHORT = 3


class Likeness:
    """Compares names: 1 where they are the same but for case, accents, script and the order of words."""

    def __init__(self) -> None:
        self._similar = similarity()
        self._edits = edit_distance()

    def __call__(self, one: Name, other: Name) -> float:
        """How much two names look alike, up to 1; 0 where their numbers differ."""
        if one.words == other.words:
            return 1.0
        if one.numbers != other.numbers:
            return 0.0
        if len(one.words) == len(other.words) == _TWO:  # most names, and the fast way of most pairs
            (first, second), (third, fourth) = one.words, other.words
            if first == third:
                return self._with_one(second, fourth)
            if second == fourth:
                return self._with_one(first, third)
            if first == fourth:
                return self._with_one(second, third)
            if second == third:
                return self._with_one(first, fourth)
        if one.joined == other.joined:
            return _TOGETHER
        if not self._similar(one.joined, other.joined, score_cutoff=NEARLY):
            return 0.0
        by_words = self._by_words(one.words, other.words)
        if len(one.words) == len(other.words):
            return by_words
        return max(by_words, self._of_words(one.joined, other.joined) * _TOGETHER)

    def _with_one(self, word: str, other: str) -> float:
        """How much names look alike that have one word in common, by the others."""
        worth = self._of_words(word, other)
        return (1 + worth) / 2 if worth else 0.0

    def _by_words(self, one: tuple[str, ...], other: tuple[str, ...]) -> float:
        """The same by words: each of the shorter name with the most alike of the longer."""
        few, many = (one, other) if len(one) <= len(other) else (other, one)
        left = list(many)
        gained = 0.0
        shared = 0
        for word in sorted(few, key=len, reverse=True):
            best, worth = self._best(word, left)
            if not worth:
                return 0.0
            left.remove(best)
            gained += worth
            shared += len(word) > 1
        return gained / (len(few) + len(left) * (_SUBSET if shared > 1 else 1.0))

    def _best(self, word: str, others: list[str]) -> tuple[str, float]:
        if word in others:
            return word, 1.0
        best, worth = "", 0.0
        for other in others:
            found = self._of_words(word, other)
            if found > worth:
                best, worth = other, found
        return best, worth

    def _of_words(self, one: str, other: str) -> float:
        """How much two words that are not the same look alike: by how many letters would make one the other."""
        if len(one) == 1 or len(other) == 1:
            return _INITIAL if one[0] == other[0] else 0.0
        length = max(len(one), len(other))
        most = 1 if length <= _SHORT else 2 if length < _LONG else 3
        half = length // 2
        edits = self._edits(one, other, score_cutoff=max(most, half))
        worth = 1 - (0.2 * edits - 0.1) - 0.4 * edits / length if edits <= most else 0.0
        return _HEARD if worth < _HEARD and edits <= half and heard(one) == heard(other) else worth


_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "w": "v", "f": "v", "j": "i", "y": "i", "d": "t", "b": "p"})
_SILENT = re.compile("[aeiouh]+")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(1 << 16)
def heard(word: str) -> str:
    """What is heard of a word besides vowels: the first letter, and consonants that are easily taken for each other."""
    plain = word.replace("ph", "f").replace("kh", "h").replace("ck", "k").translate(_SOUNDS)
    return plain[:1] + _TWICE.sub(r"\1", _SILENT.sub("", plain[1:]))
