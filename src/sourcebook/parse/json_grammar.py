# SPDX-License-Identifier: Apache-2.0
"""The grammar of JSON (https://www.rfc-editor.org/rfc/rfc8259) as the events that YAML has, and nothing beyond it.

So what is no matter of grammar (keys that stand twice, limits, numbers that lose their text) is found as in YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.exact import STRICT
from sourcebook.parse import json_mistakes as mistakes
from sourcebook.parse.events import (
    DOCUMENT_END,
    DOCUMENT_START,
    FLOW,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    SEQUENCE_END,
    SEQUENCE_START,
    Event,
)

_WHITE = re.compile(r"[ \t\n]*+")
_PLAIN = re.compile(r'"([^"\\\x00-\x1f]*+)"')  # a text without escapes
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_OTHER = re.compile(
    r"(?:true|false|null|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)(?![\w.$+-])", re.ASCII
)
_ENDS = {"{": ("}", MAPPING_END, MAPPING_START), "[": ("]", SEQUENCE_END, SEQUENCE_START)}


def events(text: str) -> Iterator[Event]:
    """The events of one JSON text; none where it holds nothing. Raises NotYaml where it departs from the grammar."""
    at = _after_white(text, 0)
    if at == len(text):
        return
    yield DOCUMENT_START, at, "", None, None, ""
    opened: list[int] = []  # where the arrays and objects begin that the reader is in
    while True:
        at = _after_white(text, at)
        bracket = text[at : at + 1]
        if bracket in ("{", "["):
            end, closed, begun = _ENDS[bracket]
            yield begun, at, "", None, None, FLOW
            opened.append(at)
            at = _after_white(text, at + 1)
            if not text.startswith(end, at):
                if bracket == "{":
                    key, at = _key(text, at, opened)
                    yield key
                continue  # with its first value
        else:
            value, at = _scalar(text, at, opened)
            yield value
        while opened:  # what follows a value
            at = _after_white(text, at)
            bracket = text[opened[-1]]
            end, closed, _ = _ENDS[bracket]
            if text.startswith(end, at):
                yield closed, at, "", None, None, ""
                opened.pop()
                at += 1
                continue
            if not text.startswith(",", at):
                mistakes.no_comma(text, at, opened)
            comma, at = at, _after_white(text, at + 1)
            if text[at : at + 1] in ("}", "]", ""):
                mistakes.after_comma(text, comma, at, opened)
            if bracket == "{":
                key, at = _key(text, at, opened)
                yield key
            break
        else:
            break
    at = _after_white(text, at)
    if at < len(text):
        mistakes.after_end(text, at)
    yield DOCUMENT_END, at, "", None, None, ""


def _key(text: str, at: int, opened: list[int]) -> tuple[Event, int]:
    """The key of a member, and where its value begins."""
    if not text.startswith('"', at):
        mistakes.no_key(text, at, opened)
    event, after = _text(text, at)
    colon = _after_white(text, after)
    if not text.startswith(":", colon):
        mistakes.no_colon(text, colon, opened)
    return event, colon + 1


def _scalar(text: str, at: int, opened: list[int]) -> tuple[Event, int]:
    if text.startswith('"', at):
        return _text(text, at)
    found = _OTHER.match(text, at)
    if not found:
        mistakes.no_value(text, at, opened)
    return (SCALAR, at, found[0], None, None, ""), found.end()


def _text(text: str, at: int) -> tuple[Event, int]:
    plain = _PLAIN.match(text, at)
    if plain:
        return (SCALAR, at, plain[1], None, None, '"'), plain.end()
    if not _TEXT.match(text, at):
        mistakes.bad_text(text, at)
    value, end = STRICT.raw_decode(text, at)
    mistakes.check_surrogates(text, at, end, value)
    return (SCALAR, at, value, None, None, '"'), end


def _after_white(text: str, at: int) -> int:
    found = _WHITE.match(text, at)
    assert found is not None
    return found.end()
