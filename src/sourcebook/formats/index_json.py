# SPDX-License-Identifier: Apache-2.0
"""``index.json``: every file of a release with its size and SHA-256, for programs that ask now and then what is new.

It is a file of the release, so that it is the same as long as the release is: its own hash tells whether to look on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.exact import dumps, loads
from sourcebook.formats.model import File
from sourcebook.formats.paths import media_type

NAME = "index.json"
_SAID = ("name", "title", "version", "homepage", "licenses")

Packed = Mapping[str, Mapping[str, File]]
"""By the path of a file and a content coding (gzip, br), the file that has the same packed."""


def text(book: Book, files: Collection[File], packed: Packed | None = None) -> str:
    """What stands in the file."""
    said = {name: book.descriptor[name] for name in _SAID if book.descriptor.get(name)}
    if book.settings.get("released"):
        said["released"] = str(book.settings["released"])
    return dumps({**said, "files": [_entry(one, (packed or {}).get(one.path, {})) for one in files]}, indent=2) + "\n"


def _entry(one: File, packed: Mapping[str, File]) -> dict[str, Any]:
    counted = {} if one.rows is None else {"rows": one.rows}
    of = {"of": one.of} if one.of else {}
    encodings = {
        coding: {"path": file.path, "bytes": file.bytes, "sha256": file.sha256} for coding, file in packed.items()
    }
    return {
        "path": one.path,
        "format": one.format,
        "mediatype": media_type(one.path).partition(";")[0],
        **of,
        "bytes": one.bytes,
        "sha256": one.sha256,
        **counted,
        **({"encodings": encodings} if encodings else {}),
    }


def files(release: Path) -> dict[str, File]:
    """The files that ``index.json`` of a release lists, by path. Raises OSError, ValueError or KeyError."""
    listed: Sequence[Mapping[str, Any]] = loads((release / NAME).read_bytes())["files"]
    return {
        one["path"]: File(one["path"], one["format"], one.get("of", ""), one["bytes"], one["sha256"], one.get("rows"))
        for one in listed
    }


def packed(release: Path) -> dict[str, dict[str, File]]:
    """The packed copies that ``index.json`` of a release lists, by path and coding. Raises as `files` does."""
    listed: Sequence[Mapping[str, Any]] = loads((release / NAME).read_bytes())["files"]
    return {
        one["path"]: {
            coding: File(copy["path"], coding, one.get("of", ""), copy["bytes"], copy["sha256"])
            for coding, copy in one["encodings"].items()
        }
        for one in listed
        if "encodings" in one
    }
