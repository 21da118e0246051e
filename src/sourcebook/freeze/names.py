# SPDX-License-Identifier: Apache-2.0
"""Keys that no file can be named by, on some machine or beside another: each gets a name that nothing else has.

What counts is every machine that a twin may be taken to, and not the one that it is made on: the same release has the
same files everywhere. Machines are hosts, too: many hand out nothing that begins with a dot, and GitHub Pages does not
even take it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator

from sourcebook.book.taken import folded, unfit
from sourcebook.content.addresses import FEED, FORMS

_TAKEN = frozenset({"", "-", ".", "..", "index.html", FEED})
"""Names that are something else below the address of a collection."""
_FORMS = tuple(f".{form}" for form in (*FORMS, "html", "atom"))


def awkward(address: str, keys: Iterable[str], former: Iterable[str] = ()) -> Iterator[tuple[tuple[str, str], str]]:
    """Of the ``keys`` of the collection at ``address`` those that no file can be named by, each with its own name.

    Of keys that differ by case alone, or by how letters are put together, none is a name: which one would be is not
    to depend on what else there is. ``former`` keys of records that are gone or renamed stand back behind ``keys``.
    """
    by_name: dict[str, list[str]] = {}
    for key in keys:
        by_name.setdefault(folded(key), []).append(key)
    yield from _named(address, by_name, ())
    gone: dict[str, list[str]] = {}
    for key in former:
        gone.setdefault(folded(key), []).append(key)
    yield from _named(address, gone, by_name)


def _named(address: str, by_name: dict[str, list[str]], taken: Container[str]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, same in by_name.items():
        for key in same:
            if len(same) > 1 or name in taken or not is_name(key):
                yield (address, key), _name(address, key)


def is_name(key: str) -> bool:
    """Whether a file or a folder may be called by a key, on any machine, beside what else lies there."""
    name = key.casefold()
    return name not in _TAKEN and not name.endswith(_FORMS) and not unfit(key)


def _name(address: str, key: str) -> str:
    return hashlib.sha256(f"{address}/{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
