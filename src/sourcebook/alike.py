# SPDX-License-Identifier: Apache-2.0
"""Texts that a reader cannot tell apart, and what tells them apart: the characters, by number and name.

Two texts look alike where they differ in Unicode normalization, in compatibility forms (a wide letter, a ligature), in
what is not seen (zero-width, bidirectional), or in letters of other alphabets, dashes and quotation marks that most
fonts draw alike. Letters that only resemble each other (``α`` and ``a``, ``l`` and ``1``) do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from unicodedata import name, normalize

# Default_Ignorable_Code_Point of the Unicode Character Database (DerivedCoreProperties): zero-width characters,
# bidirectional controls, variation selectors, fillers.
_UNSEEN = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# Of the pairs of https://www.unicode.org/reports/tr39/ those that most fonts draw alike, alphabet by alphabet.
_DRAWN_ALIKE = (
    ("аеорсухіјѕһԁԛԝӏүАВЕКМНОРСТУХІЈЅԚԜҮӀ", "aeopcyxijshdqwlyABEKMHOPCTYXIJSQWYI"),  # Cyrillic
    ("οϲϳνΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ", "ocjvABEZHIKMNOPTYXC"),  # Greek
    ("օսհոցզյՕՏՍ", "ouhngqjOSU"),  # Armenian
    ("ɡ", "g"),  # Latin
    ("\u2010\u2011\u2012\u2013\u2212\u2043", "------"),
    ("\u2018\u2019\u02bc\u02b9\u2032\u00b4", "''''''"),
    ("\u201c\u201d\u2033", '"""'),
    ("\u2215\u2044", "//"),
)
_SAME = str.maketrans({one: other for some, others in _DRAWN_ALIKE for one, other in zip(some, others, strict=True)})

_MOST = 3  # differences that are told of


def seen(text: str) -> str:
    """What is seen of a text: the same for all texts that look alike. Of ASCII it is the text itself."""
    return text if text.isascii() else _seen(text)


@lru_cache(100_000)
def _seen(text: str) -> str:
    plain = normalize("NFKC", _UNSEEN.sub("", normalize("NFKC", text)))
    # Marks apart from their letters, so that a letter of another alphabet is found below its accent.
    return normalize("NFC", normalize("NFD", plain).translate(_SAME))


def looking_like(text: str, others: Iterable[str]) -> str | None:
    """The first of ``others`` that looks like ``text``, and is another; None where none does."""
    wanted = seen(text)
    plain = text.isascii()  # then no other of ASCII looks like it
    for other in others:
        if not (plain and other.isascii()) and other != text and seen(other) == wanted:
            return other
    return None


def difference(text: str, other: str) -> str:
    """What ``text`` has where ``other`` has something else: ``U+0430 CYRILLIC SMALL LETTER A, not U+0061 …``."""
    changes = list(_changes(text, other))
    told = [f"{_named(here)} where that has {_named(there)}" for here, there in changes[:_MOST]]
    more = f"; and {len(changes) - _MOST} more" if len(changes) > _MOST else ""
    return ", ".join(told) + more


def _changes(text: str, other: str) -> Iterator[tuple[str, str]]:
    """The parts in which two texts differ, in order; what follows each is the nearest character that both have."""
    here = there = 0
    while here < len(text) or there < len(other):
        if text[here : here + 1] == other[there : there + 1]:
            here, there = here + 1, there + 1
            continue
        ends = len(text) - here, len(other) - there
        steps = chain([(1, 1)], ((one, more - one) for more in range(1, sum(ends)) for one in range(more + 1)))
        one, another = next(
            (
                (one, another)
                for one, another in steps
                if one < ends[0] and another < ends[1] and text[here + one] == other[there + another]
            ),
            ends,
        )
        yield text[here : here + one], other[there : there + another]
        here, there = here + one, there + another


def _named(characters: str) -> str:
    if not characters:
        return "nothing"
    return " and ".join(f"U+{ord(one):04X} {name(one, 'without a name')}" for one in characters[:4])
