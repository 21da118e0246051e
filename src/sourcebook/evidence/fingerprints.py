# SPDX-License-Identifier: Apache-2.0
"""Fingerprints of texts: by which words are known again that are not to be kept, in whatever lines they come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from sourcebook.evidence.normalise import normalised

SHORTEST = 20
"""Characters, normalised, of a text that has a fingerprint: a shorter one would be found by trying, or by chance."""

Path = tuple[str | int, ...]


def fingerprint(text: str) -> str:
    """The SHA-256 of a text, normalised, in hexadecimal digits; the empty text for one that is too short."""
    if len(text) < SHORTEST:
        return ""
    folded = normalised(text)
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest() if len(folded) >= SHORTEST else ""


class Text(NamedTuple):
    """A text in a value, at its path; or the name of what is there in its map."""

    path: Path
    text: str
    is_name: bool = False


def texts_in(value: Any, path: Path = ()) -> Iterator[Text]:
    """Every text in a value, the names of maps among them."""
    if isinstance(value, str):
        yield Text(path, value)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield Text((*path, name), name, is_name=True)
            yield from texts_in(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from texts_in(item, (*path, number))


__all__ = ["SHORTEST", "Text", "fingerprint", "texts_in"]
