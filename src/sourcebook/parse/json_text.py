# SPDX-License-Identifier: Apache-2.0
"""The fast reader of JSON: that of the standard library, for texts that are JSON and YAML and mean the same in both."""

from __future__ import annotations

import re
from typing import Any

from sourcebook.exact import STRICT, dumps
from sourcebook.parse.decode import Places
from sourcebook.parse.kinds import kinds
from sourcebook.parse.model import Limits, Path, Positions

_START = re.compile(r"[ \n]*+[{\[]")
_NUL = "\\u0000"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NO_VALUE_SHOWS = re.compile(r"-0(?<=[ \t\n\[,:]-0)(?![.0-9])|[1-9](?=[0-9]{24})")  # and what a limit may be about
_FEWEST_DIGITS = 25  # that a limit must allow: no float has more characters in its shortest form
_WHITE = re.compile(r"[ \t\n]*+")


def may_read(text: str) -> bool:
    """Whether ``text`` (see `decode.decode`) may be JSON, and without what needs a finding."""
    return _START.match(text) is not None and _NUL not in text


def values(text: str, limits: Limits) -> dict[str, Any] | list[Any] | None:
    """The object or array that ``text`` holds; None where it is not JSON, or where a doubt is left."""
    try:
        value = STRICT.decode(text)
    except (ValueError, RecursionError):
        return None
    numbers = kinds([value], limits)
    if numbers is None or (numbers and (limits.digits < _FEWEST_DIGITS or _NO_VALUE_SHOWS.search(text))):
        return None
    if "\\" in text and _SURROGATE.search(text) and not _is_text(value):
        return None
    return value if isinstance(value, dict | list) else None


def _is_text(value: Any) -> bool:
    """Whether all surrogates, which JSON writes as escapes, are halves of pairs."""
    try:
        dumps(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def positions(text: str, depth: int) -> Positions:
    """The places of keys and values at most ``depth`` deep in a text that `values` reads."""
    found = Positions({}, {}, {})
    _note(text, _after_white(text, 0), (), depth, Places(text), found)
    return found


def _note(text: str, at: int, path: Path, depth: int, places: Places, found: Positions) -> int:
    """Note the value that begins ``at``, and what it holds; the offset after it."""
    found.values[path] = places(at)
    if len(path) == depth or text[at] not in "{[":
        return STRICT.raw_decode(text, at)[1]
    mapping = text[at] == "{"
    at = _after_white(text, at + 1)
    index = 0
    while text[at] not in "}]":
        inner: Path = (*path, index)
        if mapping:
            place = places(at)
            key, at = STRICT.raw_decode(text, at)
            inner = (*path, key)
            found.keys[inner] = place
            at = _after_white(text, _after_white(text, at) + 1)
        at = _after_white(text, _note(text, at, inner, depth, places, found))
        if text[at] == ",":
            at = _after_white(text, at + 1)
        index += 1
    return at + 1


def _after_white(text: str, at: int) -> int:
    found = _WHITE.match(text, at)
    assert found is not None
    return found.end()
