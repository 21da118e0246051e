# SPDX-License-Identifier: Apache-2.0
"""What differs between a claim and its passage, listed for a person to look at: numbers, names, hedges, negations.

A signal is no mistake. What is said in other words has signals and is right; what has none may be wrong. No check shows
that a passage supports a claim.

Numbers in figures, and names, are seen in any language with capital letters. Numbers in words, hedges and negations are
those of English alone: of other languages nothing is said by there being no signal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "name", "hedge", "negation"]
Side = Literal["claim", "passage"]


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """A word that stands on one side alone: in the claim, or in its passage."""

    kind: Kind
    side: Side
    word: str

    def __str__(self) -> str:
        """``number: 40 in the claim, not in its passage``."""
        one, other = ("the claim", "its passage") if self.side == "claim" else ("its passage", "the claim")
        return f"{self.kind}: {self.word} in {one}, not in {other}"


def signals(
    claim: str, passage: str, *, around: str = "", known: Iterable[str] = (), hedge: str = ""
) -> tuple[Signal, ...]:
    """What differs. ``known`` are texts that say who makes the claim and where: their names need not be in the passage.

    ``around`` is the paragraph of the passage, which may have the names and years that the passage takes up by "he" and
    "then". ``hedge`` is the reservation that the claim is recorded with, beside its own words. A claim may say less
    than its passage: names, and numbers, of the passage alone are no signals, unless the claim has a number that it has
    not.
    """
    beside = " ".join(known)
    hedged = f"{claim} {hedge}"
    years = {one for one in _numbers(around) if _YEAR.fullmatch(one)}
    numbers = list(_apart("number", "claim", _numbers(claim), {*_numbers(passage), *_numbers(beside), *years}))
    found = [
        *numbers,
        *(_apart("number", "passage", _numbers(passage), _numbers(claim)) if numbers else ()),
        *_apart("name", "claim", _names(claim), _all_words(f"{passage} {around} {beside}")),
        *_apart("hedge", "claim", _words(hedged, _VAGUE), _words(passage, _VAGUE)),
        *_apart("hedge", "passage", _words(passage, _VAGUE | _RESERVED), _words(hedged, _VAGUE | _RESERVED)),
        *_apart("negation", "claim", _negations(claim), _negations(passage)),
        *_apart("negation", "passage", _negations(passage), _negations(claim)),
    ]
    return tuple(dict.fromkeys(found))


def _apart(kind: Kind, side: Side, words: Mapping[str, str], others: Container[str]) -> Iterator[Signal]:
    """The words of one side that the other does not have; by what they are compared by, each as it is written."""
    yield from (Signal(kind, side, word) for one, word in words.items() if one not in others)


# --- numbers ----------------------------------------------------------------------------------------------------------

_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_FIGURE = re.compile(r"(?<![^\W_])\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: number for number, word in enumerate(_UNITS)}
_VALUES |= {word: 10 * number for number, word in enumerate(_TENS, start=2)}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "once": 1,
    "twice": 2,
    "both": 2,
    "dozen": 12,
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_LETTERS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_NUMBER_WORD = re.compile(r"[^\W\d_]+|[^\s\w-]")


def _numbers(text: str) -> dict[str, str]:
    """Numbers by their value, each as it is written; ``one`` is as often a pronoun, and left out."""
    found = {_plain(one[0]): one[0] for one in _FIGURE.finditer(text)}
    for value, word in _in_words(text):
        found.setdefault(str(value), word)
    return found


def _plain(figure: str) -> str:
    plain = re.sub(r"[,\u00a0\u202f]", "", figure)
    whole, _, part = plain.partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _in_words(text: str) -> Iterable[tuple[int, str]]:
    run: list[str] = []
    for word in [*(one[0].casefold() for one in _NUMBER_WORD.finditer(text)), ""]:
        if word in _VALUES or (run and word in _SCALES):
            run.append(word)
            continue
        if run and run != ["one"]:
            yield _value(run), " ".join(run)
        run = []
        if word in _ORDINALS:
            yield _ORDINALS[word], word


def _value(run: list[str]) -> int:
    total = part = 0
    for word in run:
        if word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            total, part = total + max(part, 1) * _SCALES[word], 0
        else:
            part += _VALUES[word]
    return total + part


# --- words ------------------------------------------------------------------------------------------------------------

_VAGUE = frozenset(
    [
        "about",
        "almost",
        "apparently",
        "approximately",
        "around",
        "could",
        "likely",
        "may",
        "maybe",
        "might",
        "nearly",
        "perhaps",
        "possibly",
        "presumably",
        "probably",
        "roughly",
        "seems",
        "some",
    ]
)
_RESERVED = frozenset(
    [
        "allegedly",
        "alleged",
        "claimed",
        "claims",
        "purportedly",
        "reportedly",
        "rumoured",
        "rumored",
        "suggest",
        "suggested",
        "suggests",
        "supposedly",
        "suspected",
        "unconfirmed",
    ]
)
_NEGATIONS = frozenset(
    [
        "cannot",
        "denied",
        "denies",
        "deny",
        "lack",
        "lacked",
        "neither",
        "never",
        "no",
        "nobody",
        "none",
        "nor",
        "not",
        "nothing",
        "without",
    ]
)
_REFUSALS = frozenset(["refuse", "refused", "refuses", "rejected", "reject", "rejects"])
_MONTHS = (
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday"
)
_CAPITAL = frozenset(f"{_MONTHS} i".split())


_UNATTRIBUTED = re.compile(r"\bwithout (?:\w+ )?(?:naming|attribution|citing|saying|source)\b", re.IGNORECASE)


def _folded(word: str) -> str:
    """Without case and accents, and without the ’s of a possessive."""
    word = re.sub(r"['\u2019]s?$", "", word).casefold().replace("\u0131", "i")
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))


def _all_words(text: str) -> set[str]:
    return {_folded(one[0]) for one in _LETTERS.finditer(text)}


def _names(text: str) -> dict[str, str]:
    """Words with a capital letter: not those that a sentence begins with, unless they are written so within one too."""
    found: dict[str, str] = {}
    begins = {0} | {one.end() for one in re.finditer(r"(?<![A-Z]\w)[.!?:]\s+[“\"'(]?|^[“\"'(]", text)}
    for one in _LETTERS.finditer(text):
        word = re.sub(r"['\u2019]s?$", "", one[0])
        is_name = word[:1].isupper() and _folded(word) not in _CAPITAL
        if is_name and (one.start() not in begins or word.isupper()) and len(word) > 1:
            found.setdefault(_folded(word), word)
    return found


def _words(text: str, among: frozenset[str]) -> dict[str, str]:
    words = (one[0] for one in _LETTERS.finditer(text) if one[0] != "May")  # which is the month
    return {_folded(word): word for word in words if _folded(word) in among}


def _negations(text: str) -> dict[str, str]:
    """Whether there is any: which words say no matters little, so that one stands for all."""
    words = [one[0] for one in _LETTERS.finditer(_UNATTRIBUTED.sub("", text))]
    for word in words:
        if _folded(word) in _NEGATIONS | _REFUSALS or re.search(r"n['\u2019]t$", word, re.IGNORECASE):
            return {"": word}
    return {}
