# SPDX-License-Identifier: Apache-2.0
"""A pattern of JSON Schema as Table Schema writes it.

JSON Schema's patterns are ECMAScript's, and may match anywhere in a text. Table Schema's are XML Schema's, and match
the whole of it; readers in Python take them for Python's. What is written here means the same to all three. Where that
cannot be had (a look ahead, a class of Unicode) there is no pattern: a constraint that is missing does no harm, one
that refuses good data does.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ANYTHING = r"[\s\S]*"
_SPACES = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # \s, as ECMAScript has it
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACES}
_CONTROLS = {"t": r"\t", "n": r"\n", "r": r"\r", "f": "\f", "v": "\v"}
_SPECIAL = frozenset(r"\|.-^?*+{}()[]")  # what XML Schema lets be escaped
_TOKEN = re.compile(
    r"""\\u(?P<u>[0-9A-Fa-f]{4}) | \\x(?P<x>[0-9A-Fa-f]{2}) | \\(?P<escaped>[^ux])
      | (?P<open>\((?:\?:|\?<[A-Za-z]\w*>|(?!\?))) | (?P<times>(?:[*+?]|\{\d+(?:,\d*)?\})\??) | (?P<other>[^\\])""",
    re.ASCII | re.DOTALL | re.VERBOSE,
)


class _Foreign(Exception):
    """The pattern has a part that not all of its readers know."""


def table_pattern(pattern: str) -> str | None:
    """The Table Schema pattern of a JSON Schema pattern, or None where its readers might not take it as it is meant."""
    try:
        branches = _Reader(pattern).branches()
        text = branches[0] if len(branches) == 1 else f"({'|'.join(branches)})"
        re.compile(f"^{text}$")
    except (_Foreign, re.error):
        return None
    return text


class _Reader:
    """Reads a pattern from left to right. ``at`` is where it is."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def branches(self) -> list[str]:
        """The alternatives of the whole pattern, each for a whole text."""
        found = []
        while True:
            begins = self._takes("^")
            inner = self._sequence()
            ends = self._takes("$")
            found.append(("" if begins else _ANYTHING) + inner + ("" if ends else _ANYTHING))
            if not self._takes("|"):
                break
        if self.at != len(self.pattern):
            raise _Foreign
        return found

    def _takes(self, character: str) -> bool:
        here = self.pattern.startswith(character, self.at)
        self.at += here
        return here

    def _sequence(self) -> str:
        """What follows, up to the end of the alternative."""
        parts: list[str] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)$":
            found = _TOKEN.match(self.pattern, self.at)
            if found is None:
                raise _Foreign
            self.at = found.end()
            if found["times"]:
                if not parts:
                    raise _Foreign
                parts[-1] += found["times"] if len(found["times"]) == 1 else found["times"].removesuffix("?")
            elif found["open"]:
                parts.append(self._group())
            elif found["other"]:
                parts.append(self._character(found["other"]))
            else:
                parts.append(_escape(found, lambda inner: f"[{inner}]"))
        return "".join(parts)

    def _group(self) -> str:
        inner = [self._sequence()]
        while self._takes("|"):
            inner.append(self._sequence())
        if not self._takes(")"):
            raise _Foreign
        return f"({'|'.join(inner)})"

    def _character(self, character: str) -> str:
        if character == ".":
            return r"[^\n]"
        if character == "[":
            return self._class()
        if character in "^{}]":
            raise _Foreign
        return _literal(character)

    def _class(self) -> str:
        """The rest of a class of characters, after its bracket."""
        parts = ["[^" if self._takes("^") else "["]
        while not self._takes("]"):
            found = _TOKEN.match(self.pattern, self.at)
            if found is None:
                raise _Foreign
            if found["escaped"] or found["u"] or found["x"]:
                self.at = found.end()
                parts.append(_escape(found, lambda inner: inner))
            else:
                character = self.pattern[self.at]
                self.at += 1
                ranged = character == "-" and len(parts) > 1 and not self.pattern.startswith("]", self.at)
                parts.append("-" if ranged else _literal(character))
        if len(parts) == 1:
            raise _Foreign
        return "".join(parts) + "]"


def _escape(found: re.Match[str], put: Callable[[str], str]) -> str:
    """What an escape stands for; ``put`` makes an expression of the inside of a class."""
    if code := found["u"] or found["x"]:
        if 0xD800 <= int(code, 16) < 0xE000:  # half of a character
            raise _Foreign
        return _literal(chr(int(code, 16)))
    name = found["escaped"]
    if name in _CLASSES:
        return put(_CLASSES[name])
    if name.lower() in _CLASSES and put("") == "[]":
        return f"[^{_CLASSES[name.lower()]}]"
    if name in _CONTROLS:
        return _CONTROLS[name]
    if name.isalnum():
        raise _Foreign
    return _literal(name)


def _literal(character: str) -> str:
    return f"\\{character}" if character in _SPECIAL else character
