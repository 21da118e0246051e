# SPDX-License-Identifier: Apache-2.0
"""Where in a YAML text a value ends, when it is known where it begins: what may be cut out and put in its place.

Places come from the reader of YAML; a span is believed only where its text, read by itself, gives the value.
"""

from __future__ import annotations

import re
from typing import Any

from sourcebook.exact import same
from sourcebook.parse import parse

Span = tuple[int, int]

_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^']|'')*'")}
_ENDS = re.compile(r"[,\]}]|[ \t]#|\r|\n|\Z")


def line_starts(text: str) -> list[int]:
    """Offsets at which the lines of ``text`` begin."""
    return [0, *(found.end() for found in re.finditer("\r\n|\r|\n", text))]


def scalar(text: str, start: int, value: Any) -> Span | None:
    """The span of a single value on one line that begins at ``start``; None of another (block texts, aliases)."""
    first = text[start : start + 1]
    if first in _QUOTED:
        found = _QUOTED[first].match(text, start)
        return (start, found.end()) if found and _reads(found[0], value) else None
    if first in ("", "|", ">", "*", "&", "!", "[", "{"):
        return None
    for end in _ENDS.finditer(text, start):
        piece = text[start : end.start()].rstrip(" \t")
        if piece and _reads(piece, value):
            return start, start + len(piece)
        if end[0] in ("\r", "\n", ""):
            return None
    return None


def _reads(text: str, value: Any) -> bool:
    documents = parse(text.encode(), "value.yaml").documents
    return len(documents) == 1 and same(documents[0].value, value)


def is_block(text: str, start: int) -> bool:
    """Whether the key or item at ``start`` begins its line, dashes of lists aside."""
    return not text[_line_start(text, start) : start].strip(" -")


def after_dash(text: str, start: int) -> bool:
    """Whether the dash of a list stands before ``start`` on its line."""
    return "-" in text[_line_start(text, start) : start]


def block(text: str, start: int, *, column: int, dashes: bool = False) -> int:
    """Where what begins at ``start`` ends: at the first line that is not indented past ``column``.

    With ``dashes``, items of a list at ``column`` itself belong to it. Blank lines and comments after it do not.
    """
    end = at = _next_line(text, start)
    while at < len(text):
        line = text[at : _next_line(text, at)]
        bare = line.lstrip(" ")
        indent = len(line) - len(bare)
        if bare.strip() and not bare.startswith("#"):
            inside = indent > column or (dashes and indent == column and bare.startswith(("- ", "-\n", "-\r")))
            if not inside or (column < 0 and line.startswith(("---", "..."))):
                break
            end = at + len(line)
        at += len(line)
    return end


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _next_line(text: str, at: int) -> int:
    found = re.compile("\r\n|\r|\n").search(text, at)
    return found.end() if found else len(text)
