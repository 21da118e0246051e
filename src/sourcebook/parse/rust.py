# SPDX-License-Identifier: Apache-2.0
"""The fast reader of values: yaml-rs, for texts that it cannot read otherwise than the reference.

`may_read` looks at the text, `values` at what came of it. Both err on the safe side: what they turn away is read by
libyaml's events or by the reference, and yaml-rs has no word in what is wrong with a text.
"""

from __future__ import annotations

import re
from typing import Any

import yaml_rs

from sourcebook.parse import guard
from sourcebook.parse.model import Limits

_DEEPEST = 120  # columns at which a block collection may begin; past some thousand levels yaml-rs ends the process
_DEEP = re.compile(rf"\n[ -]{{{_DEEPEST}}}")
_NUL = re.compile(r"\\(?:0|x00|u0000|U00000000)")  # escapes that give a NUL, if they stand in double quotes
_HEADER = re.compile(r"[|>][-+0-9]*+(?: ++#.*+)?$")


def may_read(text: str) -> bool:
    """Whether yaml-rs may be asked for the values of ``text`` (see `text.decode`)."""
    return (
        guard.plain(text)
        and "<<" not in text
        and guard.COMMENT.search(text) is None
        and (len(text) < _DEEPEST or text[:_DEEPEST].strip(" -") != "")
        and _DEEP.search(text) is None
        and guard.indented(text)
        and not _ends_oddly(text)
        and ("\\" not in text or _NUL.search(text) is None)
    )


def _ends_oddly(text: str) -> bool:
    """Whether the text ends in a line of spaces, or in a block scalar without a line of text."""
    lines = text.rstrip(" \n")
    last = lines[lines.rfind("\n") + 1 :]
    return text[-1:] == " " or (("|" in last or ">" in last) and _HEADER.search(last) is not None)


def values(text: str, limits: Limits) -> dict[str, Any] | list[Any] | None:
    """The mapping or list that ``text`` holds; None where it holds something else, or where a doubt is left."""
    try:
        value = yaml_rs.loads(text, parse_datetime=False)
    except (ValueError, TypeError):
        return None
    found = guard.kinds(value, limits)
    if found is None or (found and guard.odd_number(text, limits)):
        return None
    return value if isinstance(value, dict | list) else None
