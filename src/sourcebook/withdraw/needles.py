# SPDX-License-Identifier: Apache-2.0
"""Words as they may stand in bytes: in pieces that no format writes otherwise, and that nothing else in the book says.

Between a text and its bytes lie quotes that are doubled, characters that are escaped, lines that are folded, pages of
a database that end in the middle. A piece is some words in a row without such; one of them that is found is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_PLAIN = re.compile(r"[\w ,;:.()-]+")  # what every format writes as it is; letters of other alphabets see `encoded`
_WORDS = 4  # in a row
_SHORTEST = 14  # characters of a piece
_LONG_WORD = 24  # characters, of which a word is looked for in pieces
_MOST = 40  # pieces of one text, from all of it


def needles(texts: Iterable[str], stays: str) -> tuple[bytes, ...]:
    """What to look for in bytes, of ``texts`` that are to be nowhere; ``stays`` is all that the book goes on saying."""
    folded = " ".join(stays.split())
    found: dict[bytes, None] = {}
    for text in texts:
        own = [one for one in _pieces(text) if one not in folded]
        step = max(1, len(own) // _MOST)
        for piece in own[::step]:
            found.update(dict.fromkeys(_encoded(piece)))
    return tuple(found)


def _pieces(text: str) -> Iterator[str]:
    """Some words in a row, from everywhere in a text, each begun once."""
    for run in _PLAIN.findall(text.replace("\n", "\0")):
        words = run.split(" ")
        for word in words:  # of writings that have no blanks, what is between two marks
            if len(word) > _LONG_WORD:
                yield from (word[at : at + _LONG_WORD] for at in range(0, len(word) - _LONG_WORD, _LONG_WORD // 2))
        if len(words) <= _WORDS:
            yield from _long(" ".join(words).strip())
        for start in range(len(words) - _WORDS):
            yield from _long(" ".join(words[start : start + _WORDS]).strip())


def _long(piece: str) -> Iterator[str]:
    if len(piece) >= _SHORTEST or (not piece.isascii() and len(piece) >= _SHORTEST // 2):
        yield piece


def _encoded(piece: str) -> Iterator[bytes]:
    """A piece in the ways in which files here are written."""
    yield piece.encode("utf-8", "surrogatepass")
    if not piece.isascii():
        escaped = "".join(c if c.isascii() else _unit(c) for c in piece)
        yield escaped.encode()
        yield re.sub(r"\\u[0-9a-f]{4}", lambda one: "\\u" + one[0][2:].upper(), escaped).encode()
        yield piece.encode("utf-16-le", "surrogatepass")


def _unit(character: str) -> str:
    """A character as JSON escapes it."""
    data = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at : at + 2].hex()}" for at in range(0, len(data), 2))
