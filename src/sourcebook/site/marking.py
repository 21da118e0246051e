# SPDX-License-Identifier: Apache-2.0
"""What a reader searched for, found again in a text: folded as the index folds, and marked in the text as written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup, escape

from sourcebook.tables.search import fold

_TYPED = re.compile('"([^"]*)"?|([^"\\s]+)')


class _Word(NamedTuple):
    """A word of a text, folded, and where it stands in that."""

    folded: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed: words and phrases, each as its folded words; the last one may be the beginning of a word."""

    phrases: tuple[tuple[str, ...], ...]

    def found(self, text: str) -> frozenset[int]:
        """Which of the phrases stand in a text, by their numbers."""
        return frozenset(number for number, _, _ in self._places(list(_words(text))))

    def marked(self, text: str) -> Markup:
        """A text as markup, with all that was sought in it marked."""
        done, pieces = 0, []
        for begin, end in _joined(sorted((begin, end) for _, begin, end in self._places(list(_words(text))))):
            pieces += [escape(text[done:begin]), Markup("<mark>{}</mark>").format(text[begin:end])]
            done = end
        return Markup("").join([*pieces, escape(text[done:])])

    def excerpt(self, text: str, most: int = 220) -> str:
        """The part of a text around the first word that was sought, as whole words, with … where something is cut."""
        text = " ".join(text.split())
        first = min((begin for _, begin, _ in self._places(list(_words(text)))), default=0)
        if len(text) <= most:
            return text
        begin = 0 if first < most * 2 // 3 else text.rfind(" ", 0, first - most // 3) + 1
        end = begin + most
        cut = text[begin:end] if end >= len(text) else text[begin:end].rsplit(" ", 1)[0]
        return ("… " if begin else "") + cut + ("" if end >= len(text) else " …")

    def _places(self, words: Sequence[_Word]) -> Iterator[tuple[int, int, int]]:
        for place in range(len(words)):
            for number, phrase in enumerate(self.phrases):
                if self._stands(phrase, words[place : place + len(phrase)], number == len(self.phrases) - 1):
                    yield number, words[place].begin, words[place + len(phrase) - 1].end

    @staticmethod
    def _stands(phrase: Sequence[str], words: Sequence[_Word], last: bool) -> bool:
        if len(words) != len(phrase):
            return False
        *whole, end = zip(phrase, words, strict=True)
        begins = end[1].folded.startswith(end[0]) if last else end[1].folded == end[0]
        return begins and all(sought == word.folded for sought, word in whole)


def sought(typed: str) -> Sought:
    """What a reader typed into the field of a search."""
    texts = (phrase or word for phrase, word in _TYPED.findall(typed.replace("\0", " ")))
    phrases = (tuple(word.folded for word in _words(text)) for text in texts)
    return Sought(tuple(phrase for phrase in phrases if phrase))


def _words(text: str) -> Iterator[_Word]:
    """The words of a text as the index has them, each character of a script without spaces being one."""
    for run in _RUN.finditer(text):
        if run[0].isascii():
            yield _Word(run[0].lower(), run.start(), run.end())
        else:
            yield from _in_run(run[0], run.start())


_RUN = re.compile(r"(?:[A-Za-z0-9]|[^\x00-\x7f])+")


def _in_run(run: str, start: int) -> Iterator[_Word]:
    folded, begin, end = "", 0, 0
    for place, piece in _pieces(run):
        for letter in fold(piece).casefold():
            if unicodedata.category(letter)[0] in "LNM" or unicodedata.category(letter) == "Co":
                begin = begin if folded else place
                folded, end = folded + letter, place + len(piece)
            elif folded:
                yield _Word(folded, start + begin, start + end)
                folded = ""
    if folded:
        yield _Word(folded, start + begin, start + end)


def _pieces(run: str) -> Iterator[tuple[int, str]]:
    """Characters with the marks that follow them, and where they begin."""
    begin = 0
    for place in range(1, len(run) + 1):
        if place == len(run) or unicodedata.category(run[place])[0] != "M":
            yield begin, run[begin:place]
            begin = place


def _joined(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Places in a text without those that lie in others."""
    done = 0
    for begin, end in places:
        if end > done:
            yield max(begin, done), end
            done = end
