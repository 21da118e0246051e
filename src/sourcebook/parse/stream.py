# SPDX-License-Identifier: Apache-2.0
"""Streams of documents by the fast parsers: each document by itself, as if it were a text of its own.

A line that begins with ``---`` divides documents whatever it stands in, since no scalar may hold one
(https://yaml.org/spec/1.2.2/#rule-c-forbidden); anchors and directives do not reach across it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from sourcebook.parse import fast
from sourcebook.parse.model import Document, Limits, Path, Place, Positions
from sourcebook.parse.side_by_side import Texts

_MARKER = re.compile(r"^---(?= *$)", re.MULTILINE)
_BEFORE = re.compile(r"(?:[ ]*(?:#.*)?\n)*")  # what may stand before the first marker and is no document
_END_OR_DIRECTIVE = re.compile(r"^(?:\.\.\.|%)", re.MULTILINE)


def documents(text: str, limits: Limits, depth: int | None) -> tuple[Document, ...] | None:
    """The documents of a text that plainly has several; None where a doubt is left."""
    if "\n---" not in text or _END_OR_DIRECTIVE.search(text):
        return None
    starts = [found.start() for found in _MARKER.finditer(text)]
    if not starts:
        return None
    if not _BEFORE.fullmatch(text, 0, starts[0]):
        starts.insert(0, 0)
    if len(starts) < 2:
        return None
    pieces = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    found: list[Document] = []
    above = text.count("\n", 0, starts[0])
    for piece, document in zip(pieces, fast.documents(Texts(pieces), limits, depth), strict=True):
        if document is None:
            return None
        found.append(lowered(document, above))
        above += piece.count("\n")
    return tuple(found)


def lowered(document: Document, lines: int) -> Document:
    """A document that stands below a number of other ``lines``."""

    def lower(places: Mapping[Path, Place]) -> dict[Path, Place]:
        return {path: Place(place.line + lines, place.column) for path, place in places.items()}

    where = document.positions
    return replace(
        document,
        line=document.line + lines,
        lossy=tuple(one._replace(place=Place(one.place.line + lines, one.place.column)) for one in document.lossy),
        positions=where and Positions(lower(where.values), lower(where.keys), where.redirects),
    )
