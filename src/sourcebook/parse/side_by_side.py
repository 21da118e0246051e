# SPDX-License-Identifier: Apache-2.0
"""Texts side by side, so that an expression is run over all of them at once: small texts cost calls, not characters."""

from __future__ import annotations

import re
import string
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sourcebook.parse.decode import UNUSUAL

# Between texts, before the first and after the last: no text holds a NUL (see `text.decode`). Each text has a line
# break before it, so that its first line begins like any other. In bytes, since no search is faster than theirs.
_BORDER = "\0\n"
_NUL = re.compile(b"\0")
_MARK = b"\xef"  # what a byte order mark begins with
_COMMON = (string.ascii_letters.replace("E", "") + string.digits + " \n.,:-/()").encode()


class Rule(NamedTuple):
    """What to look for: an expression, and the byte that it begins with if that is a rare one.

    The text is that in which a hit ends; one that ends with the border of a text counts as in the text before it.
    """

    literal: bytes
    expression: re.Pattern[bytes]


def rule(expression: bytes) -> Rule:
    """The rule of an expression that begins with a byte, which is escaped if it has a meaning."""
    first = expression.removeprefix(b"\\")[:1]
    return Rule(b"" if first in _COMMON + b"\0" else first, re.compile(expression))


class Texts:
    """Some texts, by number. None holds a NUL."""

    __slots__ = ("_borders", "_data", "_rare", "_rare_of_each", "texts")

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._data = b""
        self._rare = b""
        self._rare_of_each: list[bytes] = []
        self._borders: list[int] = []

    @classmethod
    def of(cls, files: Sequence[bytes]) -> Texts | None:
        """The texts of files; None unless all are UTF-8 that `text.decode` would leave as it is."""
        found = cls(())
        found._take(_BORDER.encode() + _BORDER.encode().join(files) + b"\0")
        usual = len(found._rare) - len(found._rare.translate(None, UNUSUAL)) == len(files) + 1
        if not usual or any(data[:1] == _MARK for data in files):
            return None
        try:
            found.texts = found._data[2:-1].decode("utf-8").split(_BORDER) if files else []
        except UnicodeDecodeError:
            return None
        return found

    @property
    def data(self) -> bytes:
        """All of them, with borders before, between and after them."""
        if not self._data:
            self._take((_BORDER + _BORDER.join(self.texts) + "\0").encode())
        return self._data

    def _take(self, data: bytes) -> None:
        self._data = data
        self._rare = data.translate(None, _COMMON)

    def matching(self, rules: Iterable[Rule]) -> set[int]:
        """The numbers of the texts in which any of the rules finds something."""
        found: set[int] = set()
        data = self.data
        if len(self.texts) == 1:
            for literal, expression in rules:
                if literal in self._rare and expression.search(data):
                    return {0}
            return found
        for literal, expression in rules:
            if literal in self._rare:
                having = self._having(literal) if literal else None
                if having is None or 3 * len(having) > len(self.texts):
                    found.update(self._search(expression))
                else:
                    found.update(number for number in having if self._in_one(expression, number))
        return found

    def _having(self, literal: bytes) -> list[int]:
        """The numbers of the texts with a rare byte."""
        if not self._rare_of_each:
            self._rare_of_each = self._rare[1:-1].split(b"\0")
        return [number for number, rare in enumerate(self._rare_of_each) if literal in rare]

    def _in_one(self, expression: re.Pattern[bytes], number: int) -> bool:
        borders = self._where()
        return expression.search(self.data, borders[number] + 1, borders[number + 1] + 1) is not None

    def _search(self, expression: re.Pattern[bytes]) -> Iterator[int]:
        """The numbers of the texts with a hit, each once."""
        found = expression.search(self.data)
        while found:
            borders = self._where()
            number = bisect_left(borders, found.end() - 1) - 1
            yield number
            found = expression.search(self.data, max(found.end(), borders[number + 1]))

    def _where(self) -> list[int]:
        """Where the borders are."""
        if not self._borders:
            self._borders = [border.start() for border in _NUL.finditer(self.data)]
        return self._borders
