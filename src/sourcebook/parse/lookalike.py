# SPDX-License-Identifier: Apache-2.0
"""Keys that a reader cannot tell apart: the same but for Unicode normalization, or for what is not seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import normalize

# Default_Ignorable_Code_Point of the Unicode Character Database (DerivedCoreProperties): zero-width characters,
# bidirectional controls, variation selectors, fillers.
_UNSEEN = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def lookalikes(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each key that looks like an earlier one, with that one."""
    first: dict[str, str] = {}
    for key in keys:
        earlier = first.setdefault(_seen(key), key)
        if earlier != key:
            yield key, earlier


def _seen(key: str) -> str:
    """What is seen of a key: compatibility forms (NFKC) are taken for what they look like."""
    return key if key.isascii() else normalize("NFKC", _UNSEEN.sub("", normalize("NFKC", key)))
