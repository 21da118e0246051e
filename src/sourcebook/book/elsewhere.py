# SPDX-License-Identifier: Apache-2.0
"""What a descriptor must not say, since others act on it: to read elsewhere, or to make a file they cannot have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.book.model import as_tuple
from sourcebook.book.taken import is_device, unfit
from sourcebook.book.written import Written
from sourcebook.finding import Finding

_PART, _WHOLE = 255, 3_000  # bytes of a name, and of a path: systems end at 4,096, with the way to the book before it
_TOLD = 1_000  # characters of a path: the schema of a descriptor tells of longer ones, and of what is no text


def of_file_systems(document: Written, block: Mapping[str, Any], where: tuple[str | int, ...]) -> Iterator[Finding]:
    """What is called as no file can be: here, or where readers unpack what is published."""
    name = block.get("name")
    if isinstance(name, str) and is_device(name):
        yield document.finding((*where, "name"), unfit(name), f"name: {name}-table" if where else f"name: {name}-book")
    said = block.get("sourcebook")
    settings = said if isinstance(said, dict) else {}
    for key in ("records", "schema", "ignore"):
        for path in as_tuple(settings[key]) if isinstance(settings.get(key), str | list) else ():
            if not isinstance(path, str) or len(path) > _TOLD:
                continue
            encoded = path.encode("utf-8", "surrogatepass")
            if len(encoded) > _WHOLE or any(len(part) > _PART for part in encoded.split(b"/")):
                message = f"no file can be called so: a name has {_PART} bytes at most, and a path {_WHOLE:,}"
                yield document.finding((*where, "sourcebook", key), message, "shorten it")


# Properties that tell programs how to read a table, or which other files to open. What is published is written by
# Sourcebook, and one way; and who follows a path or an address here opens it, be it on this machine or another.
OF_READING = (
    "checklist",
    "compression",
    "control",
    "dialect",
    "extrapaths",
    "innerpath",
    "layout",
    "pipeline",
    "scheme",
)


def of_reading(document: Written, block: Mapping[str, Any], where: tuple[str | int, ...]) -> Iterator[Finding]:
    """What says how a table is to be read, or leads elsewhere: a ``block`` of the descriptor, at ``where`` in it."""
    for name in OF_READING:
        if name in block:
            message = f"the property {name!r} says how others are to read a table, which is written by build"
            yield document.finding((*where, name), message, "remove it", at_key=True)
    profile = block.get("profile")
    if isinstance(profile, str) and re.search("[/:\\\\]", profile):
        message = "the profile is an address or a path, which programs that read the descriptor would follow"
        yield document.finding(
            (*where, "profile"), message, "remove it, or write the name of one: profile: data-package"
        )
    encoding = block.get("encoding", "utf-8")
    if not isinstance(encoding, str) or encoding.lower().replace("-", "") != "utf8":
        message = "what is published is in UTF-8, whatever the descriptor says"
        yield document.finding((*where, "encoding"), message, "encoding: utf-8")
