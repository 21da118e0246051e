# SPDX-License-Identifier: Apache-2.0
"""The fast reader of values: yaml-rs, for texts that it cannot read otherwise than the reference.

`_odd` looks at the texts, `kinds` and `numbers` at what came of them. All err on the safe side: what they turn away is
read by libyaml's events or by the reference, and yaml-rs has no word in what is wrong with a text.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Any

import yaml_rs

from sourcebook.parse import guard
from sourcebook.parse.kinds import kinds
from sourcebook.parse.model import Limits
from sourcebook.parse.numbers import odd_numbers
from sourcebook.parse.side_by_side import Texts, rule

_RULES = (
    *guard.RULES,
    rule(b"<(?=<)"),  # merges
    rule(rb"#(?<![\w \n/.(&=\"']#)"),  # comments without a space before them; yaml-rs sees to quotes
    rule(rb"\\(?:0|x00|u0000|U00000000)"),  # escapes that give a NUL, if they stand in double quotes
)
_DEEPEST = 120  # columns at which a block collection may begin; past some thousand levels yaml-rs ends the process
_DEEP = (rule(rb"\n[ -]{%d}" % _DEEPEST),)
_STEP = 20  # bytes from one to the next of those that tell whether there may be such a line
_MAY_BE_DEEP = re.compile(rb"[ -][ -]{%d}" % (_DEEPEST // _STEP - 1))
_NO_END = " \n|>0123456789+-"  # what may stand before the last line break where a header is the end
_TOGETHER = 32  # texts whose values are looked at together, before they leave the caches
_HEADER = re.compile(r"[|>][-+0-9]*+(?: ++#.*+)?$")


def values(texts: Texts, limits: Limits) -> list[dict[str, Any] | list[Any] | None]:
    """The mapping or list that each text holds; None where it holds something else, or where a doubt is left."""
    odd = _odd(texts)
    found: list[dict[str, Any] | list[Any] | None] = []
    held = 0
    for start in range(0, len(texts.texts), _TOGETHER):
        some = enumerate(texts.texts[start : start + _TOGETHER], start)
        values = [None if number in odd else _value(text) for number, text in some]
        kind = kinds([value for value in values if value is not None], limits)
        if kind is None:  # of some of them
            each = [None if value is None else kinds([value], limits) for value in values]
            values = [None if kind is None else value for value, kind in zip(values, each, strict=True)]
            kind = reduce(or_, (kind or 0 for kind in each))
        held |= kind
        found += values
    for number in odd_numbers(texts, found, held, limits):
        found[number] = None
    return found


def _value(text: str) -> dict[str, Any] | list[Any] | None:
    try:
        value = yaml_rs.loads(text, parse_datetime=False)
    except (ValueError, TypeError):
        return None
    return value if isinstance(value, dict | list) else None


def _odd(texts: Texts) -> set[int]:
    """The texts that yaml-rs may read otherwise (see `text.decode` for what they are)."""
    found = guard.odd(texts, _RULES) | guard.not_indented(texts)
    if _MAY_BE_DEEP.search(texts.data[::_STEP]):
        found |= texts.matching(_DEEP)
    found.update([number for number, text in enumerate(texts.texts) if _ends_oddly(text)])
    return found


def _ends_oddly(text: str) -> bool:
    """Whether the text ends in a line of spaces, or in a block scalar without a line of text."""
    if text[-1:] == "\n" and text[-2:-1] not in _NO_END and text.find("#", text.rfind("\n", 0, -1) + 1) < 0:
        return False
    lines = text.rstrip(" \n")
    last = lines[lines.rfind("\n") + 1 :]
    return text[-1:] == " " or (("|" in last or ">" in last) and _HEADER.search(last) is not None)
