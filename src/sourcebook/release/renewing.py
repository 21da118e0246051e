# SPDX-License-Identifier: Apache-2.0
"""A version told in words, as in how a book is cited: the new one put where the old one stands.

Only a whole word is surely a version. What stands in an address, in a DOI or in another name is somebody else's, and
may not be there yet for the new version: it is left, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BEFORE, _AFTER = r"(?<!\w)(?<!\w[.+-])", r"(?![.+-]?\w)"
_WORD = re.compile(r"\S+")
_NUMBER = re.compile(rf"{_BEFORE}v?\d+(?:\.\d+){{2,}}{_AFTER}", re.ASCII)
_PARTS = 3  # of a version that is hardly anything else, as the 4.0 of a licence is


@dataclass(frozen=True, slots=True)
class Renewed:
    """A text after its version is the new one; ``left`` are the words in it that may tell of the old one still."""

    text: str
    left: tuple[str, ...] = ()


def renewed(text: str, old: str, new: str, *, years: tuple[str, str] = ("", ""), licences: str = "") -> Renewed:
    """``text`` with the version ``new`` wherever ``old`` stands as a word of its own.

    One of fewer than three numbers is left where it stands several times or ``licences`` have that number too. Of
    ``years``, that of the old release and of the new one, the old one is told where it stands alone.
    """
    pattern = re.compile(rf"{_BEFORE}(v?){re.escape(old)}{_AFTER}") if old and old != new else None
    after = text
    if pattern:
        sure = old.count(".") + 1 >= _PARTS
        found = sum(len(pattern.findall(word)) for word in text.split() if "/" not in word)
        if sure or (found == 1 and not _within(old, licences)):
            after = _WORD.sub(lambda word: word[0] if "/" in word[0] else pattern.sub(rf"\g<1>{new}", word[0]), text)
    return Renewed(after, tuple(dict.fromkeys(_left(after, old, new, years, licences))))


def _left(text: str, old: str, new: str, years: tuple[str, str], licences: str) -> Iterator[str]:
    short = old.removesuffix(".0") if old.count(".") + 1 >= _PARTS else ""
    for word in (one.strip("()[]{}<>,;:.!?\"'") for one in text.split()):
        if new in word:
            continue
        bare = word.removeprefix("v")
        is_old = bool(old) and old != new and (bare == old or ("." in old and _within(old, word)))
        is_short = short not in ("", old) and bare == short and not _within(short, licences)
        if is_old or is_short or ("/" not in word and _NUMBER.fullmatch(word)):
            yield word
    was, now = years
    if was and was != now and _alone(was, text) and not _alone(now, text):
        yield was


def _within(version: str, text: str) -> bool:
    """Whether a version stands in a text as a number of its own, in whatever word."""
    return bool(re.search(rf"(?<!\d)(?<!\d\.){re.escape(version)}(?!\d)(?!\.\d)", text))


def _alone(word: str, text: str) -> bool:
    return bool(re.search(rf"{_BEFORE}{re.escape(word)}{_AFTER}", text))
