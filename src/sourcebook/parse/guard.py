# SPDX-License-Identifier: Apache-2.0
"""What the fast sources share: cheap looks at a text before it is read, and at the values after.

Every expression begins with a literal or a set of rare characters, which makes the search fast.
"""

from __future__ import annotations

import re
from typing import Any

from sourcebook.parse.lookalike import lookalikes
from sourcebook.parse.model import Limits

_CHARACTERS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # 1.1 ends lines at some; the rest, see `text`
_LINE_START = re.compile(r"\n(?:%|---|\.\.\.| *+:)")  # directives, further documents, empty keys
COMMENT = re.compile(r"#(?<![\w \n/.(&=\"']#)(?<!\A#)")  # comments without a space before them; yaml-rs sees to quotes
_INDICATORS = tuple(  # explicit keys, tags, anchors, aliases
    (character, re.compile(rf"\{character}(?:(?<=[ \n\[{{,]\{character})|(?<=[\"'\]}}]:\{character})){after}"))
    for character, after in (("?", ""), ("!", ""), ("&", "(?=[^ \n])"), ("*", "(?=[^ \n])"))
)


def plain(text: str) -> bool:
    """Whether a text (see `text.decode`) has one document, without tabs, properties, aliases and odd characters."""
    return (
        "\t" not in text
        and text[:1] not in "%:?!&* ."
        and _LINE_START.search(text) is None
        and ((text.isascii() and "\x7f" not in text) or _CHARACTERS.search(text) is None)
        and not any(character in text and found.search(text) for character, found in _INDICATORS)
    )


def kinds(value: Any, limits: Limits) -> bool | None:
    """Whether plain data hold numbers; None where they are too deep, or where a key is no text or has a look-alike."""
    numbers = False
    level = [value]
    for depth in range(limits.depth + 1):
        if depth == limits.depth and any(type(one) in (dict, list) for one in level):
            return None
        keys: list[Any] = []
        inner: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is dict:
                keys += one
                inner += one.values()
            elif kind is list:
                inner += one
            elif kind is int or (kind is float and one - one == 0):
                numbers = True
            elif one is not None and kind is not bool:
                return None
        if not _sound(keys, level):
            return None
        level = [one for one in inner if type(one) is not str]
        if not level:
            return numbers
    return None


def _sound(keys: list[Any], level: list[Any]) -> bool:
    """Whether all ``keys``, which are those of the mappings in ``level``, are texts without look-alikes."""
    try:
        return "".join(keys).isascii() or not any(any(lookalikes(one)) for one in level if type(one) is dict)
    except TypeError:
        return False


# --- lines ----------------------------------------------------------------------------------------------------------

_OPENING = (  # a quoted text or a flow collection that does not plainly end on its line
    r"(?:'(?![^'\n]*+(?:''[^'\n]*+)*+'[^'])|\"(?![^\"\\\n]*+\")|[\[{](?![^\[\]{}\"'#|>\n]*+[\]}]))"
)
_OPENINGS = (re.compile(rf"\n[ -]*+{_OPENING}"), re.compile(rf": ++{_OPENING}"))
_PIECE = re.compile(r"'(?:[^']|'')*+'|\"(?:[^\"\\]|\\.)*+\"|[\[\]{}\"']", re.DOTALL)
_NOT_IN_FLOW = re.compile("[|>#]")
_FARTHEST = 100_000  # characters to look through for an end


def indented(text: str) -> bool:
    """Whether further lines of quoted texts and flow collections are indented below what they stand in.

    And whether nothing in a flow collection looks like a block scalar, or like a comment, which may hide its end.
    """
    text = "\n" + text
    left = len(text)  # characters to look through, so that the time has a bound
    for expression in _OPENINGS:
        for found in expression.finditer(text):
            begin = found.end() - 1
            end = _end(text, begin)
            left -= end - begin
            if left < 0 or not _below(text, begin, end):
                return False
            if text[begin] in "[{" and _NOT_IN_FLOW.search(text, begin, end):
                return False
    return True


def _end(text: str, begin: int) -> int:
    """Where the quoted text or flow collection that begins there ends; the end of the text where it does not."""
    nesting = 0
    for piece in _PIECE.finditer(text, begin, begin + _FARTHEST):
        if piece[0] in "[{":
            nesting += 1
        elif piece[0] in "]}":
            nesting -= 1
        elif len(piece[0]) == 1:  # a quote that is not closed
            break
        if nesting <= 0:
            return piece.end()
    return len(text)


def _below(text: str, begin: int, end: int) -> bool:
    line = text.rfind("\n", 0, begin) + 1
    column = line
    while text[column] in " -":
        column += 1
    least = column - line + (column < begin)
    for further in text[begin:end].split("\n")[1:]:
        content = further.lstrip(" ")
        if content and len(further) - len(content) < least:
            return False
    return True


# --- numbers --------------------------------------------------------------------------------------------------------

# A plain scalar may begin after these, and after spaces.
_BEGINNINGS = ("\n", ": ", "- ", ",", "[", "{", '":', "':", "]:", "}:")
# What may be a number by the core schema or for yaml-rs, and is not written as Python writes it: signs, leading and
# trailing zeros, exponents, underscores, other bases; and decimals of more than 15 digits, which are looked at more
# closely. One before a colon is a key, and found as that.
_END = r"(?= *+(?:[\n,\]}#]|\Z))"
_WRITTEN = (
    rf"(?:0|-?+[1-9][0-9]{{0,29}}+){_END}"
    rf"|(?=[-.0-9]{{1,16}}{_END})-?+(?!0\.0000)(?:0|[1-9][0-9]*+)\.(?:0|[0-9]*[1-9]){_END}"
)
_NUMBER = (
    r"(?=[-+_.]*+[0-9])([-+]?+"
    r"(?:[0-9_]*+\.?+[0-9_]*+(?:[eE][-+]?+[0-9_]*+)?+|0[xXoObB][0-9a-fA-F_]*+))" + _END
)
_ODD_NUMBERS = tuple(
    (begin, re.compile(rf"{re.escape(begin)} *+(?=[-+_.0-9])(?!{_WRITTEN}){_NUMBER}")) for begin in _BEGINNINGS
)
_DIGITS = 32  # that a limit must allow for numbers not to be looked at one by one


def odd_number(text: str, limits: Limits) -> bool:
    """Whether there may be a number whose text is not what its value shows, or that a limit is about."""
    return limits.digits < _DIGITS or any(
        begin[0] in text and any(not _shown(found[1]) for found in expression.finditer(text))
        for begin, expression in _ODD_NUMBERS
    )


_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*+)\.[0-9]++")


def _shown(number: str) -> bool:
    return len(number) < _DIGITS and _DECIMAL.fullmatch(number) is not None and repr(float(number)) == number
