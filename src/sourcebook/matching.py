# SPDX-License-Identifier: Apache-2.0
"""Patterns of paths, matched in a time that grows with the path, whatever the pattern.

A regular expression would try all ways in which several stars can share a name, so that twelve of them never end. It is
used where there is nothing to share; else all places of the pattern that a path may have come to are followed at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^]/]+\]")
_WILDCARDS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_NEVER = "(?!)"


class Matcher:
    """Says of paths whether one of several patterns claims them.

    ``*`` and ``?`` stay within a folder, ``**`` crosses folders, ``[abc]`` is a choice; dotfiles are files like others.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        several = list(patterns)
        plain = [pattern for pattern in several if _is_plain(pattern)]
        expression = "|".join(f"(?:{_expression(pattern)})" for pattern in plain)
        self._plain = re.compile(expression or _NEVER, re.DOTALL).fullmatch
        self._others = [_Places(pattern).reach for pattern in several if not _is_plain(pattern)]

    def fullmatch(self, path: str) -> bool:
        """Whether a pattern matches the whole path."""
        return self._plain(path) is not None or any(reach(path) for reach in self._others)


def _is_plain(pattern: str) -> bool:
    """Whether there is one star at most in each name, and one ``**/`` in all, so that nothing is tried twice."""
    return pattern.count("**/") <= 1 and all(
        name == "**" or name.count("*") <= 1 for name in pattern.split("/")[:-1]
    ) and pattern.rpartition("/")[2].count("*") <= 1  # fmt: skip


def _expression(pattern: str) -> str:
    out = []
    position = 0
    for found in _PARTS.finditer(pattern):
        out.append(re.escape(pattern[position : found.start()]))
        out.append(_WILDCARDS.get(found[0]) or _choice(found[0]))
        position = found.end()
    return "".join(out) + re.escape(pattern[position:])


@cache
def _choice(written: str) -> str:
    """``[abc]`` or ``[!abc]`` as an expression; one that matches nothing where its range runs backwards."""
    other = written.startswith("[!") and len(written) > 3
    inside = re.sub(r"([\\\[&|~^])", r"\\\1", written[2 if other else 1 : -1])
    expression = f"[{'^' if other else ''}{inside}]"
    try:
        re.compile(expression)
    except re.error:
        return _NEVER
    return expression


class _Places:
    """The places in one pattern, a bit each, and where each character leads from them."""

    def __init__(self, pattern: str) -> None:
        self._steps: list[Callable[[str], bool]] = []  # of the bit: the character that leads to the next
        self._stays: list[tuple[int, bool]] = []  # bits at which characters may stay: any, or any but /
        self._empty: list[tuple[int, int]] = []  # bits from which another is reached for nothing
        self._folders = 0  # bits within a name of ``**/``, from which / leads one back
        self._next: dict[str, tuple[int, int]] = {}
        self._length = 0
        position = 0
        for found in _PARTS.finditer(pattern):
            self._literal(pattern[position : found.start()])
            self._wildcard(found[0])
            position = found.end()
        self._literal(pattern[position:])
        self._beginning = self._closed(1)

    def _literal(self, text: str) -> None:
        for character in text:
            self._step(lambda one, wanted=character: one == wanted)  # type: ignore[misc]

    def _step(self, leads: Callable[[str], bool]) -> None:
        self._steps.append(leads)
        self._length += 1

    def _wildcard(self, part: str) -> None:
        here = self._length
        if part == "?":
            self._step(lambda one: one != "/")
        elif part in ("*", "**"):
            self._stays.append((1 << here, part == "**"))
            self._empty.append((1 << here, 1))
            self._step(lambda _: False)
        elif part == "**/":
            self._stays.append((1 << (here + 1), False))
            self._folders |= 1 << (here + 1)
            self._empty.append((1 << here, 2))
            self._step(lambda one: one != "/")
            self._step(lambda _: False)
        else:
            choice = re.compile(_choice(part), re.DOTALL)
            self._step(lambda one: choice.fullmatch(one) is not None)

    def _closed(self, places: int) -> int:
        """These places, and those that are reached from them for nothing: further on, so one look is enough."""
        for bit, by in self._empty:
            if places & bit:
                places |= bit << by
        return places

    def reach(self, path: str) -> bool:
        """Whether the end of the pattern is reached with the end of the path."""
        places = self._beginning
        for character in path:
            if not places:
                return False
            leads, stays = self._next.get(character) or self._of(character)
            on = (places & leads) << 1 | places & stays
            if character == "/":
                on |= (places & self._folders) >> 1
            places = self._closed(on)
        return bool(places >> self._length & 1)

    def _of(self, character: str) -> tuple[int, int]:
        leads = sum(1 << bit for bit, step in enumerate(self._steps) if step(character))
        stays = sum(bit for bit, everything in self._stays if everything or character != "/")
        self._next[character] = leads, stays
        return leads, stays
