# SPDX-License-Identifier: Apache-2.0
"""Keys that a template makes of a file's path, of keys above a record and of its properties: which part makes what."""

from __future__ import annotations

import posixpath
import re

from sourcebook import files
from sourcebook.book import PART, Collection, look_up, steps
from sourcebook.records.model import Record


def said_of(collection: Collection, record: Record, part: str) -> str:
    """What a part of a key is of a record; the empty text where it cannot be told."""
    if part in ("stem", "parent", "path"):
        return _of_path(collection, record.path)[part]
    if part == "key":
        return str(record.at[-1]) if record.at else ""
    if part.isdecimal():
        ways = [at for at, step in enumerate(collection.at) if not isinstance(step, str | int)]
        number = int(part) - 1
        return str(record.at[ways[number]]) if number < len(ways) else ""
    try:
        return str(look_up(record.value, steps(part)))
    except KeyError:
        return ""


def _of_path(collection: Collection, path: str) -> dict[str, str]:
    folder, _, name = path.rpartition("/")
    below = path.removeprefix(files.base(collection.records[0]) + "/")
    return {
        "stem": re.sub(r"(?<=.)\.[^.]*$", "", name),
        "parent": folder.rpartition("/")[2],
        "path": re.sub(r"(?<=.)\.[^./]*$", "", below),
    }


def part_for(collection: Collection, path: str, part: str, key: str, known: dict[str, str]) -> str | None:
    """What a part of a template is to be, so that the key is ``key`` while all other parts stay."""
    said = {**_of_path(collection, path), **known}
    pieces = re.split(PART, collection.key_template)  # texts, and between them the names of parts
    names = pieces[1::2]
    if names.count(part) != 1 or any(name != part and name not in said for name in names):
        return None
    at = names.index(part)
    before = "".join(text + (said[name] if name else "") for text, name in _paired(pieces[: 2 * at + 1]))
    behind = "".join(text + (said[name] if name else "") for text, name in _paired(["", *pieces[2 * at + 2 :]][1:]))
    for old, new in collection.key_replace.items():
        before, behind = before.replace(old, new), behind.replace(old, new)
    if not key.startswith(before) or not key.endswith(behind) or len(key) <= len(before) + len(behind):
        return None
    text = key[len(before) : len(key) - len(behind)]
    replaced = text
    for old, new in collection.key_replace.items():
        replaced = replaced.replace(old, new)
    return text if replaced == text else None


def _paired(pieces: list[str]) -> list[tuple[str, str]]:
    return [(pieces[at], pieces[at + 1] if at + 1 < len(pieces) else "") for at in range(0, len(pieces), 2)]


def with_part(collection: Collection, path: str, part: str, new: str) -> str | None:
    """The path of a file with another stem, parent or way; None where no file may be called so."""
    folder, name = posixpath.split(path)
    ending = posixpath.splitext(name)[1] if "." in name[1:] else ""
    if part == "stem":
        found = posixpath.join(folder, new + ending)
        ok = "/" not in new
    elif part == "parent":
        found = posixpath.join(posixpath.dirname(folder), new, name)
        ok = "/" not in new
    else:
        base = files.base(collection.records[0])
        found = posixpath.join(base, new + ending)
        ok = True
    pieces = found.split("/")
    fine = ok and all(one not in ("", ".", "..") and not set(one) & set("\\\0\n\r\t") for one in pieces)
    return found if fine else None
