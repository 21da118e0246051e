# SPDX-License-Identifier: Apache-2.0
"""Numbers whose text is not what their value shows, or which only one of two readers takes for numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from sourcebook.parse.kinds import DECIMALS, FAR, kinds
from sourcebook.parse.model import Limits
from sourcebook.parse.side_by_side import Rule, Texts, rule

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
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*+)\.[0-9]++")
_DIGITS = 32  # that a limit must allow for numbers not to be looked at one by one


def _odd_number(text: str) -> bool:
    """Whether there may be a number that does not show as it is written."""
    return any(
        begin[0] in text and any(not _shown(found[1]) for found in _numbers_after(begin).finditer(text))
        for begin in _BEGINNINGS
    )


@cache  # compiled late: most books have no such number
def _numbers_after(begin: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(begin)} *+(?=[-+_.0-9])(?!{_WRITTEN}){_NUMBER}")


def _shown(number: str) -> bool:
    return len(number) < _DIGITS and _DECIMAL.fullmatch(number) is not None and repr(float(number)) == number


# --- by a part ------------------------------------------------------------------------------------------------------

# Each kind of odd number has a part that is rarer than numbers are: what an expression is to begin with, so that few
# numbers are looked at closely. What does not show at a part shows in the value, as `kinds.FAR`.
_AFTER = r"(?= *+[\n,\]}#\0])"
_OF_INTEGERS = (  # signs, underscores; leading zeros and other bases; a zero with a sign
    r"\+(?:(?<=[ \n,\[{]\+)|(?<=[\"'\]}]:\+))[0-9_.]",
    r"_(?:(?<=[-+.0-9 \n,\[{]_)|(?<=[\"'\]}]:_))[-+._0-9eE \n,\]}#\0]",
    (
        r"0(?<=[ \n,\[{:\-]0)(?<![0-9]-0)(?:"
        r"(?:(?<=[ \n,\[{]0)|(?<=[\"'\]}]:0)|(?<=[ \n,\[{]-0)|(?<=[\"'\]}]:-0))"
        rf"(?:[0-9_]++(?:[.eE]|{_AFTER})|[xXoObB][0-9a-fA-F_]*+{_AFTER})"
        rf"|(?:(?<=[ \n,\[{{]-0)|(?<=[\"'\]}}]:-0)){_AFTER})"
    ),
)
_OF_DECIMALS = (  # nothing before the point; many digits, zeros at the end or nothing after it; exponents
    (
        rf"\.(?:(?<=[0-9]\.)(?:[0-9]{{9}}|(?:[0-9]++(?<=[0-9]0))?+{_AFTER})"
        r"|(?:(?<=[ \n,\[{\-]\.)|(?<=[\"'\]}]:\.))[0-9])"
    ),
    rf"e(?<=[0-9.]e)[-+]?+[0-9_]*+{_AFTER}",
    rf"E(?<=[0-9.]E)[-+]?+[0-9_]*+{_AFTER}",
)


def _rules(*expressions: str) -> tuple[Rule, ...]:
    return tuple(rule(expression.encode()) for expression in expressions)


_INTEGER_RULES = _rules(*_OF_INTEGERS)
_DECIMAL_RULES = _rules(*_OF_DECIMALS)


def odd_numbers(texts: Texts, values: Sequence[Any], held: int, limits: Limits) -> set[int]:
    """Which of the texts hold such a number; of each the value is given, and the `kinds` of numbers all of them hold.

    Only numbers that are values count: whatever one of the two readers takes for a number, yaml-rs does.
    """
    if not held:
        return set()
    if limits.digits < _DIGITS:
        return {number for number, value in enumerate(values) if kinds([value], limits)}
    by_integers = texts.matching(_INTEGER_RULES)
    by_decimals = texts.matching(_DECIMAL_RULES) if held & DECIMALS else set()
    found = set()
    for number in range(len(values)) if held & FAR else by_integers | by_decimals:
        kind = kinds([values[number]], limits) or 0
        suspect = kind & FAR or (kind and number in by_integers) or (kind & DECIMALS and number in by_decimals)
        if suspect and _odd_number(texts.texts[number]):
            found.add(number)
    return found
