# SPDX-License-Identifier: Apache-2.0
"""The fast path: whole documents by parsers that give values alone, for texts on which they cannot differ.

What they turn away, or fail at, is read from events; they never have a word in what is wrong with a text.
"""

from __future__ import annotations

from collections.abc import Sequence

from sourcebook.parse import lines, objects, rust
from sourcebook.parse.model import Document, Limits


def documents(texts: Sequence[str], limits: Limits, depth: int | None) -> list[Document | None]:
    """The only document of each text, without unquoted numbers that say more than their value; None where in doubt.

    With ``depth`` they carry the places of keys and values at most so deep.
    """
    found = [_object(text, limits, depth) if objects.may_read(text) else None for text in texts]
    others = [number for number, document in enumerate(found) if document is None]
    if others:
        values = rust.values([texts[number] for number in others], limits)
        for number, value in zip(others, values, strict=True):
            text = texts[number]
            where = None if depth is None or value is None else lines.positions(text, value, depth)
            if value is not None and (depth is None or where is not None):
                found[number] = Document(value, lines.first_line(text), (), where)
    return found


def _object(text: str, limits: Limits, depth: int | None) -> Document | None:
    value = objects.values(text, limits)
    if value is None:
        return None
    return Document(value, lines.first_line(text), (), None if depth is None else objects.positions(text, depth))
