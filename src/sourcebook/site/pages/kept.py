# SPDX-License-Identifier: Apache-2.0
"""The versions that are kept for good: the list of them, and the files of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sourcebook.content.addresses import Addresses
from sourcebook.extract.gone_keys import KEYS
from sourcebook.publish.release import SUMS
from sourcebook.site.answer import JSON, Answer, Asked
from sourcebook.site.handing.listed import listed
from sourcebook.site.kept import CHANGES, SIGNATURE, Version
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
    """A version as readers are told of it. ``counts`` are how many records it changed, by what was done to them."""

    version: str
    day: str
    commit: str
    commit_href: str
    breaking: bool
    counts: tuple[tuple[str, int], ...]
    bytes: int
    sums: str
    signed: bool
    withdrawn: dict[str, str] | None
    main: tuple[File, ...]
    files: int


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/releases``, ``/releases.json``, ``/releases/VERSION`` and what was at an address of a file below that."""
    versions = opened.versions.all
    if not versions:
        return None
    if asked.path == ("releases.json",):
        return Answer(opened.versions.list, JSON)
    at = Addresses(asked.base, opened.site.name)
    if len(asked.path) == 1:
        shown = [_shown(opened, at, one) for one in versions.values()]
        return page("releases", opened, asked, head=of_releases(opened, asked), versions=shown)
    version = versions.get(asked.path[1])
    if version is None:
        return None
    if version.withdrawn is not None:
        return withdrawn(opened, asked, version)
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


def withdrawn(opened: Published, asked: Asked, version: Version) -> Answer:
    """That a version was withdrawn, with the day and the reason."""
    said = version.withdrawn or {}
    if asked.data:
        told = {"date": said.get("day"), "reason": said.get("reason")}
        data = {"ok": False, "error": "This version was withdrawn.", "status": 410, "version": version.version}
        return Answer.json(data | {name: one for name, one in told.items() if one}, 410, {"vary": "accept"})
    return page("version_withdrawn", opened, asked, status=410, version=version.version, said=said)


def _shown(opened: Published, at: Addresses, one: Version) -> Shown:
    told = one.told
    template = str(opened.site.about_book.get("repository", {}).get("commit", ""))
    commit = _text(told.get("commit"))
    counts = told.get("changes")
    files = list(_files(at, one)) if one.withdrawn is None else []
    return Shown(
        version=one.version,
        day=_text(told.get("day")),
        commit=commit,
        commit_href=template.replace("{commit}", quote(commit, safe="")) if commit else "",
        breaking=told.get("breaking") is True,
        counts=tuple((name, counts[name]) for name in _KINDS if counts.get(name)) if isinstance(counts, dict) else (),
        bytes=told["bytes"] if isinstance(told.get("bytes"), int) else 0,
        sums=_text(told.get("sums")),
        signed=any(file.path == SIGNATURE for file in files),
        withdrawn=None if one.withdrawn is None else dict(one.withdrawn),
        main=tuple(file for file in files if _is_main(opened, file.path)),
        files=len(files),
    )


_KINDS = ("added", "changed", "removed", "renamed")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_main(opened: Published, path: str) -> bool:
    return path in _FIRST or path == opened.site.database or (path.endswith(".zip") and "/" not in path)


def _files(at: Addresses, version: Version) -> Iterator[File]:
    """The files of a version, those that stand for the others last."""
    try:
        found = listed(version.folder, (SIGNATURE, CHANGES))
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
