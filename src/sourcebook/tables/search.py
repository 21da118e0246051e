# SPDX-License-Identifier: Apache-2.0
"""Words as full-text search compares them, in any script: what is indexed, and what a reader types, folded alike.

SQLite's tokenizer folds case, and the accents of Latin letters. The rest is done here, by Unicode's compatibility
decomposition (https://www.unicode.org/reports/tr15/) and case folding; what is added to them, and where they would do
harm, is in the tables below. ``docs/reference/search.md`` promises what a table there shows, which the tests run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
"""How FTS5 takes text apart: a vowel sign, which is a mark, is a part of its word in the scripts of India."""


def _ranges(*ranges: tuple[int, int]) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


# Marks that words are written with and without: accents, points, signs of reading and of variants. Other marks are
# vowels or make other letters: those of India, of Thai, the voicing of Japanese syllables.
_MARKS = _ranges(
    (0x0300, 0x036F),  # Latin, Greek, Cyrillic
    (0x0483, 0x0489),  # Cyrillic
    (0x0591, 0x05BD),  # Hebrew
    (0x05BF, 0x05BF),
    (0x05C1, 0x05C2),
    (0x05C4, 0x05C5),
    (0x05C7, 0x05C7),
    (0x0610, 0x061A),  # Arabic
    (0x0640, 0x0640),  # which is no mark, but stretches a word
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E4),
    (0x06E7, 0x06E8),
    (0x06EA, 0x06ED),
    (0x08CA, 0x08E1),
    (0x08E3, 0x08FF),
    (0x0711, 0x0711),  # Syriac
    (0x0730, 0x074A),
    (0x093C, 0x093C),  # the dot below letters of Devanagari, which is often left out
    (0x0951, 0x0954),
    (0x180B, 0x180D),  # Mongolian
    (0x180F, 0x180F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20F0),
    (0x2DE0, 0x2DFF),  # Cyrillic
    (0xA66F, 0xA672),
    (0xA674, 0xA67D),
    (0xA69E, 0xA69F),
    (0xFE00, 0xFE0F),  # variants
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
# What is not seen: joiners, hyphens that are not shown, directions of writing, the order of bytes.
_UNSEEN = _ranges(
    (0x00AD, 0x00AD),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xE0001, 0xE007F),
)
_DROPPED = re.compile(f"[{_MARKS}{_UNSEEN}]+")

# Letters that Unicode does not decompose, and is typed otherwise where a keyboard has none of them. Small letters: case
# is folded before.
_LATIN_LETTERS = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ɛ": "e"}
_LATIN_LETTERS |= {
    "ɔ": "o",
    "ɓ": "b",
    "ɗ": "d",
    "ɖ": "d",
    "ƒ": "f",
    "ƙ": "k",
    "ƴ": "y",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
_APOSTROPHES = {"ʻ": "'", "ʼ": "'", "ʹ": "", "ʾ": "", "ʿ": ""}  # those that count as letters; romanised Arabic has none
_ARABIC_LETTERS = {
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ہ": "ه",
    "ە": "ه",
    "ھ": "ه",
}  # typed for each other
_LETTERS = _LATIN_LETTERS | _APOSTROPHES | {"ґ": "г"} | _ARABIC_LETTERS
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")
_DIGIT = re.compile("[^\\D0-9]")

# Scripts that put no spaces between words, or, as Korean, hang endings on them: each character is a word of its own,
# and what is searched for a sequence of them, so that it is found wherever it stands.
_UNSPACED = _ranges(
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),  # Han
    (0x3021, 0x303B),
    (0x3041, 0x30FA),  # Hiragana, Katakana
    (0x30FC, 0x30FF),
    (0x3100, 0x312F),  # Bopomofo
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),  # Yi
    (0xA960, 0xA97F),
    (0xA980, 0xA9FF),  # Javanese, Myanmar
    (0xAA60, 0xAADF),  # Myanmar, Tai Viet
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0x12000, 0x1467F),  # cuneiform, hieroglyphs
    (0x16FE0, 0x18DFF),  # Tangut, Khitan
    (0x1AFF0, 0x1B2FF),  # kana, Nushu
    (0x20000, 0x323AF),
)
_RUN = re.compile(f"[{_UNSPACED}]+")


def fold(text: str) -> str:
    """``text`` spelled as all others that are to be found by it: without marks, small, one character for alike ones."""
    if text.isascii():
        return text  # the tokenizer folds its case
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", text)).casefold()
    plain = _LETTER.sub(lambda found: _LETTERS[found[0]], plain)
    plain = _DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), plain)
    return _RUN.sub(lambda run: f" {' '.join(run[0])} ", unicodedata.normalize("NFC", plain))


def _fold_all(text: str) -> str:
    """The same for a long text, whose words are often those of others: they are folded one by one, and remembered."""
    folded = (
        one if one.isascii() else (_fold_word if len(one) <= _LONG_WORD else fold)(one) for one in text.split(" ")
    )
    return " ".join(folded)


_fold_word = lru_cache(1 << 16)(fold)
_LONG_WORD = 40  # characters: what is longer is a text without spaces, not to be remembered


# --- what is indexed ------------------------------------------------------------------------------------------------

# Characters that the tokenizer folds as ``fold`` does, or takes for no part of a word as what they are folded to.
_LATIN = "".join(
    letter
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if (parts := unicodedata.normalize("NFD", letter))[0].isascii() and len(parts) > 1 and letter not in "Ǡǡ"
)
_PLAIN = (
    _ranges(
        (0, 0x7F),
        (0xA0, 0xA9),
        (0xAB, 0xAC),
        (0xAE, 0xB1),
        (0xB6, 0xB8),
        (0xBB, 0xBB),
        (0xBF, 0xBF),
        (0xD7, 0xD7),
        (0xF7, 0xF7),
        (0x0391, 0x03A1),
        (0x03A3, 0x03A9),
        (0x03B1, 0x03C9),
        (0x0410, 0x0418),
        (0x041A, 0x0438),
        (0x043A, 0x044F),
        (0x2010, 0x2027),
        (0x2030, 0x205E),
        (0x20A0, 0x20A7),
        (0x20A9, 0x20BF),
        (0x2190, 0x22FF),
        (0x2500, 0x2775),
        (0x3001, 0x3003),
        (0x3008, 0x3011),
        (0x1F300, 0x1FAFF),
    )
    + _LATIN
)
_OTHERWISE = re.compile(f"[^{_PLAIN}]")
_NON_JOINER = "\u200c"
APART = "\n\ue000\n"
"""A word of no language, so that no phrase runs from one text to the next."""


def spellings(text: str | None) -> str | None:
    """``text`` as it is indexed: as it is, and below it as `fold` spells it where the tokenizer would not.

    What a non-joiner holds apart, as in Persian, is typed as one word or as two: both are there.
    """
    if text is None or text.isascii() or not _OTHERWISE.search(text):
        return text
    apart = _fold_all(text.replace(_NON_JOINER, " "))
    plain = [_fold_all(text), apart] if _NON_JOINER in text else [apart]
    return text if plain == [text] else APART.join([text, *plain])


def folded(text: str | None) -> str | None:
    """``text`` as it is indexed where nothing is searched for but what `expression` makes: as `fold` spells it.

    `spellings` is for indexes that are searched by others too.
    """
    if text is None or text.isascii():
        return text
    plain = _fold_all(text)
    return APART.join([plain, _fold_all(text.replace(_NON_JOINER, " "))]) if _NON_JOINER in text else plain


def folds(texts: Iterable[str | None]) -> bool:
    """Whether `spellings` may give more than one of ``texts`` itself."""
    text = "".join(filter(None, texts))
    return not text.isascii() and _OTHERWISE.search(text) is not None


# --- what is searched for -------------------------------------------------------------------------------------------

_WORDS = re.compile('"([^"]*)("?)|([^"\\s]+)')
_MOST_WORDS = 40
_MOST_CHARACTERS = 1_000


def expression(typed: str | None, *, prefix: bool = False) -> str:
    """What a reader types, as an expression of FTS5: all words, and phrases in quotes. Nothing else has a meaning.

    With ``prefix``, the last word may go on, unless it stands in a phrase that is closed; and no more than 40 words are
    looked for, nor more than 1,000 characters looked at.
    """
    typed = (typed or "").replace("\0", " ")
    if not prefix:
        found = [fold(phrase or word) for phrase, _, word in _WORDS.findall(typed)]
        return " ".join(f'"{one}"' for text in found if (one := _unquoted(text))) or '""'
    return _open_ended(typed[:_MOST_CHARACTERS]) or '""'


def _open_ended(typed: str) -> str:
    parts: list[str] = []
    left = _MOST_WORDS
    goes_on = False
    for phrase, closed, word in _WORDS.findall(typed):
        words = [one for one in _unquoted(fold(phrase or word)).split() if _is_word(one)][:left]
        if words:
            parts.append(f'"{" ".join(words)}"')
            goes_on = not closed
        left -= len(words)
    return " ".join(parts) + (" *" if goes_on else "")


def _is_word(text: str) -> bool:
    """Whether the tokenizer finds anything in a text: what may go on is the last word, and no full stop after it."""
    return any((kind := unicodedata.category(one))[0] in "LNM" or kind == "Co" for one in text)


def _unquoted(text: str) -> str:
    return text.replace('"', " ").strip()


def is_blank(typed: str) -> bool:
    """Whether nothing is asked for: no character but spaces, quotes and what is not seen."""
    return not _BLANK.sub("", typed)


_BLANK = re.compile(f'[\\s\0-\x20"{_UNSEEN}]+')
