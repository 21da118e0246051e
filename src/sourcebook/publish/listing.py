# SPDX-License-Identifier: Apache-2.0
"""``releases.json``: which versions are kept, told to mirrors. It is made of what lies there, and never believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sourcebook.exact import loads
from sourcebook.files import kind, open_below, sha256
from sourcebook.publish.ground import INDEX, VERSIONS
from sourcebook.publish.kept import SIGNATURE, Version, kept
from sourcebook.publish.release import SUMS

TagOf = Callable[[Version], str]
FORMAT = "sourcebook releases 1"
_MOST = 16 * 1024 * 1024


def index(build: Path, *, tag_of: TagOf | None = None) -> dict[str, Any]:
    """The index of the versions that are kept in ``build``, the newest first.

    ``tag_of`` says the tag of a version; without it a tag is what the index there says of that version and commit, for
    a tag is one of a commit: it is there also where a version was made anew since, or its files are gone.
    Raises EnvironmentFailure where something lies there that is no version.
    """
    versions = kept(build)
    before = _tags(build) if tag_of is None else {}
    entries = []
    for one in versions:
        sums = sha256(one.folder / SUMS)
        tag = tag_of(one) if tag_of else before.get((one.version, one.commit), "")
        entries.append(_entry(one, sums, tag))
    name = next((one.name for one in versions if one.name), "")
    return {"format": FORMAT, "name": name, "releases": entries}


def _entry(one: Version, sums: str, tag: str) -> dict[str, Any]:
    signature = sha256(one.folder / SIGNATURE) if one.signed else None
    return {
        "version": one.version,
        "day": one.day,
        "commit": one.commit or None,
        "tag": tag or None,
        "id": one.id,
        "sums": sums,
        "signature": signature,
        "after": one.after or None,
        "breaking": one.breaking,
        "changes": dict(one.changes),
        "bytes": sum(path.stat().st_size for path in one.folder.rglob("*") if path.is_file()),
        "withdrawn": dict(one.withdrawn) if one.withdrawn else None,
        "replaced": dict(one.replaced) if one.replaced else None,
    }


def _tags(build: Path) -> dict[tuple[str, str], str]:
    """The tags that the index there tells, each by version and commit."""
    folder = build / VERSIONS
    if kind(folder / INDEX) != "file":
        return {}
    try:
        with open(open_below(folder, INDEX), "rb") as file:
            told = loads(file.read(min(os.fstat(file.fileno()).st_size, _MOST)))
        return {(one["version"], one["commit"] or ""): str(one["tag"] or "") for one in told["releases"]}
    except (OSError, ValueError, TypeError, KeyError):
        return {}
