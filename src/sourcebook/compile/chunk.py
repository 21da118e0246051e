# SPDX-License-Identifier: Apache-2.0
"""Chunks: some files of one collection that follow each other, which are compiled together.

Where a chunk ends depends on the names of its files, so that a file more or less leaves the other chunks as they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import groupby

from sourcebook.finding import Finding
from sourcebook.records.model import Source

Chunk = Sequence[Source]
Contents = Sequence[tuple[bytes, Finding | None]]
"""The bytes of files, or why they were not read."""

_MEAN_FILES = 128  # a chunk ends after a file the checksum of whose path is a multiple of this
_MOST_FILES = 512


def chunked(sources: Sequence[Source]) -> Sequence[Chunk]:
    """The files in chunks, in order."""
    chunks: list[list[Source]] = []
    for _, same in groupby(sources, key=lambda source: source.collection.name):
        chunk: list[Source] = []
        for source in same:
            chunk.append(source)
            path = source.path.encode("utf-8", "surrogatepass")
            if zlib.crc32(path) % _MEAN_FILES == 0 or len(chunk) == _MOST_FILES:
                chunks.append(chunk)
                chunk = []
        if chunk:
            chunks.append(chunk)
    return chunks
