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
_INDICATORS = tuple(  # explicit keys, tags, anchors, aliases
    (character, re.compile(rf"\{character}(?<=[ \n\[{{,]\{character}){after}"))
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
    level: list[Any] = [value]
    for _ in range(limits.depth + 1):
        inner: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is dict:
                if not _sound_keys(one):
                    return None
                inner += [item for item in one.values() if type(item) is not str]
            elif kind is list:
                inner += [item for item in one if type(item) is not str]
            elif kind is int or kind is float:
                numbers = True
            elif one is not None and kind is not bool:
                return None
        if not inner:
            return numbers
        level = inner
    return None


def _sound_keys(mapping: dict[Any, Any]) -> bool:
    try:
        return "".join(mapping).isascii() or not any(lookalikes(mapping))
    except TypeError:
        return False


# A number that is not written as Python writes it, or that only yaml-rs takes for one, where a plain scalar may begin:
# signs, leading and trailing zeros, exponents, underscores, other bases; and every number of more than 15 digits.
_END = r" *+(?:[\n,\]}#:]|\Z)"
_WRITTEN = (
    r"(?=[-.0-9]{1,16}" + _END + r")"
    r"(?:-?+(?:0|[1-9][0-9]{0,14}+)(?<!-0)|-?+(?!0\.0000)(?:0|[1-9][0-9]*+)\.(?:0|[0-9]*[1-9])|-?0\.0)" + _END
)
_NUMBER = (
    r"(?=[-+_.]*+[0-9])[-+]?+"
    r"(?:[0-9_]*+\.?+[0-9_]*+(?:[eE][-+]?+[0-9_]*+)?+|0[xXoObB][0-9a-fA-F_]*+)" + _END
)
_ODD_NUMBER = re.compile(rf"[\n\[{{,:-] *+(?=[-+_.0-9])(?!{_WRITTEN}){_NUMBER}")


def odd_number(text: str) -> bool:
    """Whether there may be a number whose text is not what its value shows, or not all that its value is."""
    return _ODD_NUMBER.search(text) is not None
