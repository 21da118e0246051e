# SPDX-License-Identifier: Apache-2.0
"""Fictional texts of which every sentence is known: what the edits are made on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sourcebook.evidence.normalise import normalised

_WHO = (
    *("the harbour master", "the parish clerk", "Captain Oda Brekke", "the widow Lindqvist", "the council of Elmsund"),
    *("the pilots", "the mill’s owner", "Dr. Ansgar Thule", "the second officer", "the brothers Aamot"),
)
_DID = (
    *("reported that", "denied that", "was told that", "wrote in March that", "could not say whether", "noted that"),
    *("was aware of the plan by which", "had not heard that", "repeated the claim that", "remembered well that"),
)
_WHAT = (
    *("the brig {name} had lost {n} men off {place}", "{n} barrels of tar were landed at {place}"),
    *("the lamp on the mole of {place} was not lit for {n} nights", "the ferry {name} carried {n} people to {place}"),
    *("no more than {n} houses stood at {place} after the flood", "the toll at {place} was raised by {n} per cent"),
    *(
        "“the bridge at {place} will hold {n} carts,” as {name} put it",
        "{name} paid {n} crowns for the marsh at {place}",
    ),
)
_NAMES = ("Anna", "Ragna", "Stella", "Fortuna", "Hedvig", "Thora", "Vega", "Alma", "Sigrun", "Viola", "Merete", "Embla")
_PLACES = (
    "Elmsund",
    "Birkholt",
    "Askvik",
    "Tornby",
    "Lindøre",
    "Hasselvær",
    "Ørevad",
    "Rosnes",
    "Bøgeskov",
    "Pilstrand",
)
_WHEN = (
    *(
        "in the spring",
        "on a Sunday",
        "before the thaw",
        "at noon",
        "under the old toll law",
        "by lamplight",
        "in haste",
    ),
    *("as the custom was", "against the advice of the surveyor", "with two witnesses", "after evensong", "for a wager"),
    *("in the year of the comet", "while the dean looked on", "without a licence", "to everyone’s surprise", "twice"),
    *("against a bond of the exchange", "when the ice had gone", "for want of rope", "near the tannery", "that autumn"),
)
_MORE = (
    "",
    "",
    ", which the town’s accounts don’t show",
    ", and nobody asked for the reason",
    " – so the minutes have it",
)


@dataclass(frozen=True)
class Sentence:
    """A sentence, which is one wherever it goes: sentences are told apart by what they are, not by their words."""

    words: str
    number: int


Paragraph = list[Sentence]
Draft = list[Paragraph]


class Writer:
    """Writes sentences that are all different, and drafts of them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._written: set[str] = set()
        self._number = 0

    def sentence(self) -> Sentence:
        """One that was not written before."""
        choose = self.random.choice
        while True:
            what = choose(_WHAT).format(name=choose(_NAMES), place=choose(_PLACES), n=self.random.randint(3, 98))
            who = choose(_WHO)
            when = f" {choose(_WHEN)}" if self.random.random() < 0.7 else ""
            words = f"{who[0].upper()}{who[1:]} {choose(_DID)} {what}{when}, {choose(_WHEN)}{choose(_MORE)}."
            if words not in self._written:
                self._written.add(words)
                return self.of(words)

    def of(self, words: str) -> Sentence:
        """A sentence of these words, which is none of the others."""
        self._number += 1
        return Sentence(words, self._number)

    def draft(self) -> Draft:
        """A text of a page or two."""
        return [[self.sentence() for _ in range(self.random.randint(3, 5))] for _ in range(self.random.randint(8, 10))]


def text_of(draft: Draft) -> str:
    """A draft as a file has it: lines of a hundred characters, an empty line between paragraphs."""
    return "\n\n".join(" ".join(one.words for one in paragraph) for paragraph in draft) + "\n"


def place_of(draft: Draft, sentence: Sentence) -> tuple[int, int] | None:
    """Where a sentence of a draft stands in the normalised text."""
    at = 0
    for one in (one for paragraph in draft for one in paragraph):
        size = len(normalised(one.words))
        if one.number == sentence.number:
            return at, at + size
        at += size + 1
    return None
