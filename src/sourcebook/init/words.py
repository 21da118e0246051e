# SPDX-License-Identifier: Apache-2.0
"""The words that names of files, folders and properties are judged by."""

from __future__ import annotations

import re
from functools import cache


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names of folders and files that say that something is held, not what.
HOLDERS = _set(
    "data _data dataset datasets src source content contents records record db database collections collection entries "
    "items files resources assets public static yaml yml json markdown md site lib main index all list"
)

# Properties that are keys, the likeliest sort first.
IDENTIFIERS = _set("id key slug identifier uid uuid guid _id identifiers ids")
CODES = _set("code number no nr isbn issn doi abbr abbreviation symbol ref handle year date")
NAMES = _set("name title label term word username login fullname full_name")

# Properties that tell the kinds of documents apart.
KINDS = ("kind", "type", "_type", "class", "model", "table", "collection", "object")

_EMPTY = _set("id ids key keys name names title slug code number no type value of the ref refs list")
_PLURALS = (("people", "person"), ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("xes", "x"), ("s", ""))


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: ``thomas_id``, ``thomas-id`` and ``thomasId`` are alike."""
    return tuple(part.lower() for part in re.split(r"[^a-zA-Z0-9]+|(?<=[a-z])(?=[A-Z])", name) if part)


@cache
def meaning(name: str) -> frozenset[str]:
    """The words of a name that tell what is meant, in the singular: of ``related_tag_ids``, related and tag."""
    return frozenset(singular(word) for word in words(name) if word not in _EMPTY)


def singular(word: str) -> str:
    """An English noun in the singular, as far as its ending tells."""
    for ending, single in _PLURALS:
        if word.endswith(ending) and not (ending == "s" and word.endswith("ss")):
            return word.removesuffix(ending) + single
    return word
