# SPDX-License-Identifier: Apache-2.0
"""The key of a record: what its layout gives, a property, or the path of its file; or why it has none."""

from __future__ import annotations

import re
from typing import NamedTuple

from sourcebook import files
from sourcebook.book import Collection, look_up, steps
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
    value = item.value
    if item.key is not None:
        empty = None if item.key else KeyProblem("the record's key in the map is empty", _ANOTHER, at_key=True)
        return item.key, empty
    if collection.key is None:
        made = file_key(collection, path)
        if collection.layout == "list":  # that a key is to be named is told of the descriptor, and not of each record
            return f"{made}/{item.at[-1]}", None
        message = f"the file's path gives the record no key by {collection.key_template!r}"
        return made, None if made else KeyProblem(message, "move the file, or name a property as the key")
    if not isinstance(value, dict):
        return "", KeyProblem("the record is not a mapping, so it has no key", "write `key: value` lines")
    parts = steps(collection.key)
    try:
        key = look_up(value, parts)
    except KeyError:
        message = f"the record has no {collection.key!r}, which is the key of {collection.name}"
        return "", KeyProblem(message, _ANOTHER)
    large = isinstance(key, int) and not -(2**63) <= key < 2**63  # more than SQLite keeps
    if key == "":
        return "", KeyProblem(f"the key {collection.key!r} is empty", _ANOTHER, parts)
    if isinstance(key, bool) or not isinstance(key, str | int) or large:
        message = f"the key {collection.key!r} must be text or an integer"
        if key is None:
            return "", KeyProblem(f"{message}, and has no value", _ANOTHER, parts)
        return "", KeyProblem(message, "put it in quotes if it is text", parts)
    return key, None


def file_key(collection: Collection, path: str) -> str:
    """The key that the path of a file gives its record: by the collection's template, texts replaced as it says."""
    folder, _, name = path.rpartition("/")
    stem = re.sub(r"(?<=.)\.[^.]*$", "", name)
    below = path.removeprefix(files.base(collection.records[0]) + "/")
    parts = {"stem": stem, "parent": folder.rpartition("/")[2], "path": re.sub(r"(?<=.)\.[^./]*$", "", below)}
    key = re.sub(r"\{(stem|parent|path)\}", lambda found: parts[found[1]], collection.key_template)
    for old, new in collection.key_replace.items():
        key = key.replace(old, new)
    return key
