# SPDX-License-Identifier: Apache-2.0
"""The fast path: whole documents by parsers that give values alone, for texts on which they cannot differ.

What they turn away, or fail at, is read from events; they never have a word in what is wrong with a text.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from sourcebook.parse import json_text as objects
from sourcebook.parse import lines
from sourcebook.parse import yaml_rs as rust
from sourcebook.parse.model import Document, Limits
from sourcebook.parse.side_by_side import Texts


def documents(texts: Texts, limits: Limits, depth: int | None, json: Container[int] = ()) -> list[Document | None]:
    """The only document of each text, without unquoted numbers that say more than their value; None where in doubt.

    With ``depth`` they carry the places of keys and values at most so deep. Those in ``json``, by number, are to be
    JSON, and are not read as anything else.
    """
    found = [_object(text, limits, depth) if objects.may_read(text) else None for text in texts.texts]
    others = [number for number, document in enumerate(found) if document is None and number not in json]
    if len(others) < len(found):
        texts = Texts([texts.texts[number] for number in others])
    for number, text, value in zip(others, texts.texts, rust.values(texts, limits) if others else (), strict=True):
        if value is not None:
            found[number] = _block(text, value, depth)
    return found


def _block(text: str, value: Any, depth: int | None) -> Document | None:
    if depth is None:
        return Document(value, lines.first_line(text))
    where = lines.positions(text, value, depth)
    return Document(value, lines.first_line(text), (), where) if where else None


def _object(text: str, limits: Limits, depth: int | None) -> Document | None:
    value = objects.values(text, limits)
    if value is None:
        return None
    return Document(value, lines.first_line(text), (), None if depth is None else objects.positions(text, depth))
