# SPDX-License-Identifier: Apache-2.0
"""What a reader searched for, found again in a text: folded as the index folds, and marked in the text as written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from sourcebook.tables.search import fold

_Word = tuple[str, int, int]
"""A word of a text, folded, and where it begins and ends in that."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed: words and phrases, each as its folded words."""

    phrases: tuple[tuple[str, ...], ...]
    firsts: frozenset[str]  # with which phrases begin
    begun: str  # with what the last word may only begin, where it is no part of a phrase
    goes_on: bool  # whether the last word may be begun only

    def found(self, text: str) -> frozenset[int]:
        """Which of the phrases stand in a text, by their numbers."""
        return frozenset(number for number, _, _ in self._places(text))

    def share(self, text: str) -> float:
        """Which part of a text was sought, of its words: 1 where it is all."""
        words, spans = _words(text), self._spans(text)
        if not spans:
            return 0.0
        return sum(any(begin <= word[1] < end for begin, end in spans) for word in words) / len(words)

    def marked(self, text: str) -> Markup:
        """A text as markup, with all that was sought in it marked."""
        done, pieces = 0, []
        for begin, end in self._spans(text):
            pieces += [escape(text[done:begin]), Markup("<mark>{}</mark>").format(text[begin:end])]
            done = end
        return Markup("").join([*pieces, escape(text[done:])])

    def excerpt(self, text: str, most: int = 220) -> str:
        """The part of a text around the first word that was sought, as whole words, with … where something is cut."""
        text = " ".join(text.split())
        if len(text) <= most:
            return text
        first = next((begin for begin, _ in self._spans(text)), 0)
        begin = 0 if first < most * 2 // 3 else text.rfind(" ", 0, first - most // 3) + 1
        end = begin + most
        cut = text[begin:end] if end >= len(text) else text[begin:end].rsplit(" ", 1)[0]
        return ("… " if begin else "") + cut + ("" if end >= len(text) else " …")

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a text something stands that was sought, in order, none within another."""
        spans: list[tuple[int, int]] = []
        for begin, end in sorted([(begin, end) for _, begin, end in self._places(text)]):
            done = spans[-1][1] if spans else 0
            if end > done:
                spans.append((max(begin, done), end))
        return spans

    def _places(self, text: str) -> Iterator[tuple[int, int, int]]:
        """The number of each phrase that stands in a text, and where it begins and ends."""
        words = _words(text)
        for place, (folded, begin, _) in enumerate(words):
            if folded in self.firsts or (self.begun and folded.startswith(self.begun)):
                for number, phrase in enumerate(self.phrases):
                    there = words[place : place + len(phrase)]
                    if self._stands(phrase, there, last=self.goes_on and number == len(self.phrases) - 1):
                        yield number, begin, there[-1][2]

    @staticmethod
    def _stands(phrase: Sequence[str], words: Sequence[_Word], *, last: bool) -> bool:
        if len(words) != len(phrase):
            return False
        end = words[-1][0]
        begins = end.startswith(phrase[-1]) if last else end == phrase[-1]
        return begins and all(one == word[0] for one, word in zip(phrase[:-1], words, strict=False))


def sought(typed: str) -> Sought:
    """What a reader typed into the field of a search."""
    phrases: list[tuple[str, ...]] = []
    goes_on = False
    for phrase, closed, word in _TYPED.findall(typed.replace("\0", " ")):
        if words := tuple(folded for folded, _, _ in _words(phrase or word)):
            phrases.append(words)
            goes_on = not closed
    begun = phrases[-1][0] if goes_on and len(phrases[-1]) == 1 else ""
    return Sought(tuple(phrases), frozenset(phrase[0] for phrase in phrases), begun, goes_on)


_TYPED = re.compile('"([^"]*)("?)|([^"\\s]+)')


def _words(text: str) -> Sequence[_Word]:
    """The words of a text as the index has them, each character of a script without spaces being one."""
    return _words_of_short(text) if len(text) <= _SHORT else tuple(_all_words(text))


_SHORT = 400  # characters: of texts that are looked at several times for a page, and again for the next


@lru_cache(4096)
def _words_of_short(text: str) -> Sequence[_Word]:
    return tuple(_all_words(text))


def _all_words(text: str) -> Iterator[_Word]:
    for run in _RUN.finditer(text):
        start = run.start()
        if run[0].isascii():
            yield run[0].lower(), start, run.end()
        else:
            for folded, begin, end in _in_run(run[0]):
                yield folded, start + begin, start + end


_RUN = re.compile(r"(?:[A-Za-z0-9]|[^\x00-\x7f])+")


@lru_cache(4096)  # the words of a book come again and again
def _in_run(run: str) -> tuple[_Word, ...]:
    words: list[_Word] = []
    folded, begin, end = "", 0, 0
    for place, piece in _pieces(run):
        for letter in fold(piece).casefold():
            if unicodedata.category(letter)[0] in "LNM" or unicodedata.category(letter) == "Co":
                begin = begin if folded else place
                folded, end = folded + letter, place + len(piece)
            elif folded:
                words.append((folded, begin, end))
                folded = ""
    return (*words, (folded, begin, end)) if folded else tuple(words)


def _pieces(run: str) -> Iterator[tuple[int, str]]:
    """Characters with the marks that follow them, and where they begin."""
    begin = 0
    for place in range(1, len(run) + 1):
        if place == len(run) or unicodedata.category(run[place])[0] != "M":
            yield begin, run[begin:place]
            begin = place
