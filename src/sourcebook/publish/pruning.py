# SPDX-License-Identifier: Apache-2.0
"""Releases removed that nobody needs: neither the current one, nor what lies beside it, nor what is still read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from sourcebook.files import kind, remove
from sourcebook.machine import system
from sourcebook.publish import pointer
from sourcebook.publish.ground import CURRENT, PARTITIONS, PREVIEW, RELEASES, has_extracts, is_parted

WORK = ".work-"
"""What folders are called in which a build works."""


def prune(
    build: Path, release: str, before: str, *, forget: bool = False, spare: bool = True, exposing: Collection[str] = ()
) -> None:
    """Remove releases but the current ``release`` and the one ``before`` it, and links to files that none has any more.

    Readers may still be on the one before, which is the newest other where it is not known, and on any that is shown;
    with ``forget`` these are removed too, and so is what is in ``exposing``, by name. Where none
    is to ``spare``, the one before goes as soon as nobody shows it.
    A preview beside the current one is kept, and is not that before it; and so are partitions, with those before them.
    """
    linked = [pointer.read(build, name) for name in (CURRENT, PREVIEW, PARTITIONS)]
    others = sorted((p for p in (build / RELEASES).iterdir() if p.name != release), key=lambda p: p.lstat().st_mtime_ns)
    others = [path for path in others if path.name not in linked]
    parts = [path for path in others if kind(path) == "folder" and is_parted(path)]
    folders = [path for path in others if kind(path) == "folder" and path not in parts]
    whole = [path for path in folders if has_extracts(path)]  # a preview of before is none to go back to
    newest = next(reversed(whole or folders), None)
    kept = [next((path for path in folders if path.name == before), newest), *parts[-1:]]
    for old in others:
        if forget or old.name in exposing:
            _discard(build, old)
        elif old not in kept or not spare:
            _discard_unread(build, old)
    for path in build.iterdir():
        if path.is_symlink() and not path.exists():
            path.unlink()


def _discard_unread(build: Path, old: Path) -> None:
    """Remove a release unless somebody shows it. It is held meanwhile, so that nobody begins to as it goes."""
    try:
        handle = system.held(old)
    except OSError:
        _discard(build, old)
        return
    try:
        system.lock(handle)
    except BlockingIOError:
        os.close(handle)
        return
    except OSError:  # a file system that knows no locks
        pass
    if not system.HANDLES:  # what is open cannot be renamed there
        os.close(handle)
    try:
        _discard(build, old)
    finally:
        if system.HANDLES:
            os.close(handle)


def _discard(build: Path, old: Path) -> None:
    """Remove a release: aside first, so that none is ever there in part. What resists, the next build removes."""
    with suppress(OSError):
        aside = Path(tempfile.mkdtemp(prefix=WORK, dir=build))
        old.rename(aside / old.name)
        remove(aside)
