# SPDX-License-Identifier: Apache-2.0
"""The versions that are kept for good: the list of them, and the files of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sourcebook.content.addresses import Addresses
from sourcebook.extract.gone_keys import KEYS
from sourcebook.publish.kept import CHANGES, SIGNATURE, Version
from sourcebook.publish.release import SUMS
from sourcebook.site.absent import version_withdrawn
from sourcebook.site.answer import JSON, Answer, Asked
from sourcebook.site.handing.listed import listed
from sourcebook.site.machines.heads import of_kept, of_releases
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

_FIRST = (SUMS, SIGNATURE, CHANGES, KEYS)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a version that is kept."""

    path: str
    href: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as readers are told of it: ``counts`` are how many records it changed, by what was done to them."""

    kept: Version
    commit: str  # where the repository shows it
    counts: tuple[tuple[str, int], ...]
    main: tuple[File, ...]
    files: int
    bytes: int


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/releases``, ``/releases.json``, ``/releases/VERSION`` and what was at an address of a file below that."""
    versions = opened.versions.all
    if not versions:
        return None
    if asked.path == ("releases.json",):
        return Answer(opened.versions.list, JSON)
    at = asked.at(opened.site.name)
    if len(asked.path) == 1:
        shown = [_shown(opened, at, one) for one in versions.values()]
        return page("releases", opened, asked, head=of_releases(opened, asked), versions=shown)
    version = versions.get(asked.path[1])
    if version is None:
        return None
    if version.withdrawn is not None:
        return version_withdrawn(opened, asked, version)
    if len(asked.path) > 2:
        return None
    return page(
        "release",
        opened,
        asked,
        head=of_kept(opened, asked, version.version),
        version=_shown(opened, at, version),
        files=list(_files(at, version)),
    )


def _shown(opened: Published, at: Addresses, one: Version) -> Shown:
    template = str(opened.site.about_book.get("repository", {}).get("commit", ""))
    files = list(_files(at, one)) if one.withdrawn is None else []
    return Shown(
        kept=one,
        commit=template.replace("{commit}", quote(one.commit, safe="")) if one.commit else "",
        counts=tuple((name, one.changes[name]) for name in _KINDS if one.changes.get(name)),
        main=tuple(file for file in files if _is_main(opened, file.path)),
        files=len(files),
        bytes=sum(file.bytes for file in files),
    )


_KINDS = ("added", "changed", "removed", "renamed")


def _is_main(opened: Published, path: str) -> bool:
    return path in _FIRST or path == opened.site.database or (path.endswith(".zip") and "/" not in path)


def _files(at: Addresses, version: Version) -> Iterator[File]:
    """The files of a version, those that stand for the others last."""
    try:
        found = listed(version.folder, (SIGNATURE,))
    except (OSError, ValueError):
        return
    for path, one in sorted(found.items(), key=lambda item: (item[0] in _FIRST, item[0])):
        size = _size(version.folder / path)
        if size is not None:
            yield File(path, at.kept(version.version, path), size, one.plain.digest)


def _size(path: Path) -> int | None:
    try:
        return path.lstat().st_size
    except OSError:
        return None
