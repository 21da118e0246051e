# SPDX-License-Identifier: Apache-2.0
"""Annotations: what a book says of its records to those who make pages of them.

The schema of a collection may say it at its root, under ``x-sourcebook``, and the descriptor in the collection's block.
What the descriptor says goes first, key by key: each of ``page`` and each ``role`` by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sourcebook.book.answer_kinds import STATEMENT
from sourcebook.book.model import Page

KEYWORD = "x-sourcebook"
NAMES = ("label", "aliases", "facets", "page", "role")
_BY_KEY = ("page", "role")  # of which each key is said by itself
_ABOUT = "about"  # what alone in a role is several paths
_RELAYS = "relays"  # what is no path, but values of a property


def overlaid(block: Mapping[str, Any], said: Mapping[str, Any]) -> Mapping[str, Any]:
    """A collection's ``block`` of the descriptor with what its schema has ``said`` of what the block leaves open."""
    found = dict(block)
    for name in NAMES:
        if name in _BY_KEY and name in said:
            found[name] = {**said[name], **block.get(name, {})}
        elif name in said:
            found.setdefault(name, said[name])
    return found


def by_descriptor(block: Mapping[str, Any], path: tuple[str | int, ...]) -> bool:
    """Whether it is the ``block`` of the descriptor that says what stands at ``path``, and not the schema."""
    name = path[0] if path else ""
    if name in _BY_KEY and len(path) > 1:
        return path[1] in block.get(name, {})
    return name in block or name not in NAMES


def page_of(block: Mapping[str, Any], name: str) -> Page:
    """The pages of the collection ``name``."""
    said = block.get("page", {})
    paths = {one: tuple(map(_property, said.get(one, ()))) for one in ("summary", "order", "hide")}
    return Page(said.get("address", name), **paths)


def roles_of(block: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """By role, the path of each property that plays a part in it."""
    return {
        name: {part: path for part, path in parts.items() if part not in (_ABOUT, _RELAYS)}
        for name, parts in block.get("role", {}).items()
    }


def about_of(block: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths of the properties that refer to what statements are about."""
    return tuple(block.get("role", {}).get(STATEMENT, {}).get(_ABOUT, ()))


def relays_of(block: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of those who pass on what they do not say whose knowledge it is."""
    return tuple(block.get("role", {}).get("origin", {}).get(_RELAYS, ()))


def _property(path: str) -> str:
    """The path of a whole property, which may be written as that of the items of a list, or of the values of a map."""
    return path.removesuffix("[]").removesuffix("{}") or path
