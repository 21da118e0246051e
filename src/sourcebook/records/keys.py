# SPDX-License-Identifier: Apache-2.0
"""The key of a record: what its layout gives, a property, or the path of its file; or why it has none."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sourcebook import files
from sourcebook.book import PART, Collection, look_up, steps, template_parts
from sourcebook.parse import Path
from sourcebook.records.layout import Item


class KeyProblem(NamedTuple):
    """Why a record has no key: ``path`` is the place within the record that says so."""

    message: str
    hint: str
    path: Path = ()
    at_key: bool = False


_ANOTHER = "give it one that no other record has"


def key_of(collection: Collection, path: str, item: Item) -> tuple[str | int, KeyProblem | None]:
    """The key of a record in the file ``path``, or what keeps it from having one."""
    if collection.key is None:
        return _made_key(collection, path, item)
    if not isinstance(item.value, dict):
        return "", _NO_MAPPING
    return _property(collection, item.value, collection.key, "which is the key of")


_NO_MAPPING = KeyProblem("the record is not a mapping, so it has no key", "write `key: value` lines")


def _property(collection: Collection, value: Any, path: str, role: str) -> tuple[str | int, KeyProblem | None]:
    """The property of a record that is its key, or a part of it."""
    parts = steps(path)
    try:
        key = look_up(value, parts)
    except KeyError:
        message = f"the record has no {path!r}, {role} {collection.name}"
        return "", KeyProblem(message, _ANOTHER)
    large = isinstance(key, int) and not -(2**63) <= key < 2**63  # more than SQLite keeps
    if key == "":
        return "", KeyProblem(f"the key {path!r} is empty", _ANOTHER, parts)
    if isinstance(key, bool) or not isinstance(key, str | int) or large:
        message = f"the key {path!r} must be text or an integer"
        if key is None:
            return "", KeyProblem(f"{message}, and has no value", _ANOTHER, parts)
        return "", KeyProblem(message, "put it in quotes if it is text", parts)
    return key, None


def _made_key(collection: Collection, path: str, item: Item) -> tuple[str, KeyProblem | None]:
    """The key that a template makes of the file's path, of keys above the record, and of the record's properties."""
    if item.key == "":
        return "", KeyProblem("the record's key in the map is empty", _ANOTHER, at_key=True)
    known = {**_of_path(collection, path), **{str(number): str(one) for number, one in enumerate(item.each, 1)}}
    if item.key is not None:
        known["key"] = item.key
    for part in template_parts(collection.key_template):
        if part not in known:
            if not isinstance(item.value, dict):
                return "", _NO_MAPPING
            value, problem = _property(collection, item.value, part, "which is part of the key of")
            if problem:
                return "", problem
            known[part] = str(value)
    key = PART.sub(lambda found: known[found[1]], collection.key_template)
    for old, new in collection.key_replace.items():
        key = key.replace(old, new)
    if collection.lacks_key:  # told of the descriptor, and not of each record
        return f"{key}/{item.at[-1]}", None
    message = f"the file's path gives the record no key by {collection.key_template!r}"
    return key, None if key else KeyProblem(message, "move the file, or name a property as the key")


def file_key(collection: Collection, path: str) -> str | None:
    """The key that the path of a file gives its record; None where the record's properties are a part of it."""
    if not collection.key_by_path:
        return None
    known = _of_path(collection, path)
    key = PART.sub(lambda found: known[found[1]], collection.key_template)
    for old, new in collection.key_replace.items():
        key = key.replace(old, new)
    return key


def _of_path(collection: Collection, path: str) -> dict[str, str]:
    """What the path of a file gives to keys."""
    folder, _, name = path.rpartition("/")
    stem = re.sub(r"(?<=.)\.[^.]*$", "", name)
    below = path.removeprefix(files.base(collection.records[0]) + "/")
    return {"stem": stem, "parent": folder.rpartition("/")[2], "path": re.sub(r"(?<=.)\.[^./]*$", "", below)}
