# SPDX-License-Identifier: Apache-2.0
"""The words and numbers of a text: what a passage may not begin or end within.

A token is a run of letters, marks, digits and underscores, with what joins them: an apostrophe, a hyphen, a full stop
between letters, and between digits what figures are written with. The sign, the currency and the per cent of a number
belong to it. Of Chinese and Japanese each character is a token, as nothing says where their words end.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache, cached_property

_SINGLE = "\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_DIGIT = "0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\uff10-\uff19"
_JOINS = "'\u2019\u02bc\\-\u2010\u2011.\u00b7@&"  # between any two
_IN_NUMBERS = "'\u2019\\-\u2010\u2011\u2013\u2212.,:/\u066b\u066c"  # between two digits
_BEFORE = "+\\-\u2212\u00b1$\u20ac\u00a3\u00a5\u20ba\u20bd\u20b9"  # which a number begins with
_AFTER = "%\u2030\u00b0\u20ac"
_LOOKED = 50_000  # places of one part of a text
_NEAR = 4_000  # characters in which a space is looked for, at which no token goes on


@cache
def _token() -> re.Pattern[str]:
    from sourcebook.evidence.code_points import no_word

    word = f"[^{no_word()}{_SINGLE}]"
    joined = f"(?:[{_JOINS}](?={word})|(?<=[{_DIGIT}])[{_IN_NUMBERS}](?=[{_DIGIT}]))"
    return re.compile(
        f"[{_SINGLE}][\u3099\u309a]*|(?:[{_BEFORE}]+(?=[{_DIGIT}]))?{word}+(?:{joined}{word}+)*"
        f"(?:(?<=[{_DIGIT}])[{_AFTER}]+)?"
    )


class Tokens:
    """The tokens of a normalised text. What is asked of one place is looked up around it, as far as spaces allow."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each token begins, and where it ends."""
        return [found.span() for found in _token().finditer(self.text)]

    @cached_property
    def words(self) -> list[str]:
        """The tokens, as neighbours are hashed."""
        return [plain(self.text[start:end]) for start, end in self.spans]

    @cached_property
    def starts(self) -> list[int]:
        """Where tokens begin."""
        return [start for start, _ in self.spans]

    @cached_property
    def ends(self) -> list[int]:
        """Where they end."""
        return [end for _, end in self.spans]

    def within(self, at: int) -> int:
        """The end of the token that a cut at this place would cut in two; 0 where it cuts none."""
        text = self.text
        if not 0 < at < len(text) or text[at] == " " or text[at - 1] == " ":
            return 0
        low, high = text.rfind(" ", max(0, at - _NEAR), at) + 1, text.find(" ", at, at + _NEAR)
        if (low or at < _NEAR) and (high >= 0 or at + _NEAR >= len(text)):
            part = text[low : high if high >= 0 else len(text)]
            ends = (one.end() for one in _token().finditer(part) if one.start() < at - low < one.end())
            return low + end if (end := next(ends, 0)) else 0
        number = bisect_left(self.starts, at) - 1  # the last that begins before
        return self.ends[number] if number >= 0 and self.ends[number] > at else 0

    def whole(self, start: int, end: int) -> bool:
        """Whether neither end of a passage cuts a token."""
        return not self.within(start) and not self.within(end)

    def places(self, part: str, low: int = 0, high: int | None = None) -> Iterator[int]:
        """Where a part of the text stands, cutting no token, between two places; -1 at last, where it stands too often.

        Too often is where so many places have to be looked at that it cannot be said whether there are more.
        """
        text, high = self.text, len(self.text) if high is None else high
        at = text.find(part, low, high)
        for _ in range(_LOOKED):
            if at < 0:
                return
            cut = self.within(at)
            if not cut and not self.within(at + len(part)):
                yield at
            at = text.find(part, max(at + 1, cut), high)
        if at >= 0:
            yield -1

    def once(self, part: str) -> bool:
        """Whether a part of the text stands at one place in it; places may overlap, which `str.count` passes over."""
        return self.text.find(part, self.text.find(part) + 1) < 0

    def before(self, at: int) -> int:
        """How many tokens end at this place, or before it."""
        return bisect_right(self.ends, at)

    def after(self, at: int) -> int:
        """The number of the first token that begins at this place, or after it."""
        return bisect_left(self.starts, at)

    def left(self, at: int, count: int) -> list[tuple[int, int]]:
        """Where the last ``count`` tokens before a place stand, or as many as there are."""
        text, size = self.text, 16 * count
        while size <= _NEAR:
            low = text.rfind(" ", max(0, at - 2 * _NEAR), max(0, at - size)) + 1
            if not low and at > 2 * _NEAR:
                break
            found = [each.span() for each in _token().finditer(text, low, at)]
            if len(found) >= count or not low:
                return found[len(found) - count :] if len(found) > count else found
            size *= 2
        number = self.before(at)
        return self.spans[max(0, number - count) : number]

    def right(self, at: int, count: int) -> list[tuple[int, int]]:
        """Where the first ``count`` tokens from a place on stand, or as many as there are."""
        text, size = self.text, 16 * count
        while size <= _NEAR:
            high = text.find(" ", at + size, at + 2 * _NEAR)
            if high < 0 and at + 2 * _NEAR < len(text):
                break
            found = [each.span() for each in _token().finditer(text, at, high if high >= 0 else len(text))]
            if len(found) >= count or high < 0:
                return found[:count]
            size *= 2
        number = self.after(at)
        return self.spans[number : number + count]

    def told(self, spans: list[tuple[int, int]]) -> list[str]:
        """The tokens that stand there, as neighbours are hashed."""
        return [plain(self.text[start:end]) for start, end in spans]


def words_of(text: str) -> list[str]:
    """The tokens of a short text, as neighbours are hashed."""
    return [plain(found) for found in _token().findall(text)]


def plain(words: str) -> str:
    """Apostrophes of one form: what neighbours are is not to depend on it."""
    return words.replace("\u2019", "'").replace("\u02bc", "'")
