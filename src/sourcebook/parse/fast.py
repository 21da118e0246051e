# SPDX-License-Identifier: Apache-2.0
"""The fast path: whole documents by parsers that give values alone, for texts on which they cannot differ.

What they turn away, or fail at, is read from events; they never have a word in what is wrong with a text.
"""

from __future__ import annotations

from sourcebook.parse import lines, objects, rust
from sourcebook.parse.model import Document, Limits


def document(text: str, limits: Limits, depth: int | None) -> Document | None:
    """The only document of a text, without unquoted numbers that say more than their value; None where in doubt.

    With ``depth`` it carries the places of keys and values at most so deep.
    """
    if objects.may_read(text):
        value = objects.values(text, limits)
        if value is not None:
            where = None if depth is None else objects.positions(text, depth)
            return Document(value, lines.first_line(text), (), where)
    if not rust.may_read(text):
        return None
    value = rust.values(text, limits)
    if value is None:
        return None
    where = None if depth is None else lines.positions(text, value, depth)
    if depth is not None and where is None:
        return None
    return Document(value, lines.first_line(text), (), where)
