# SPDX-License-Identifier: Apache-2.0
"""What lies at a target and nothing needs any more, removed with every push: no former release stays there.

So what was taken down is gone from a target with the push of the release that is without it. Followers have what they
show; one that was copying a former release begins again.
"""

from __future__ import annotations

from sourcebook.channel.form import (
    FOLDERS,
    MOST_OF_MANIFEST,
    MOST_OF_POINTER,
    POINTER,
    Manifest,
    Pointer,
    manifests,
    objects,
    read_manifest,
    read_pointer,
)
from sourcebook.errors import EnvironmentFailure
from sourcebook.storage import Missing, Storage

_SOME = 500  # objects that are removed before it is asked again who is current


def prune(storage: Storage, pointer: Pointer, manifest: Manifest) -> int:
    """Remove what neither the current release needs nor one that is being pushed after it; how much that was.

    Nothing is touched that is not named as what a push writes. It ends where another release became current.
    """
    there = [name for folder in FOLDERS for name in storage.names(folder)]
    needed = set(manifest.hashes)
    former = []
    for digest, path in manifests(there).items():
        if digest == pointer.manifest:
            continue
        coming = _read(storage, path)
        if coming is not None and coming.serial > manifest.serial:  # who pushes it compared with ours
            needed |= coming.hashes.keys()
        else:
            former.append(path)
    gone = [path for digest, path in objects(there).items() if digest not in needed] + former
    removed = 0
    for start in range(0, len(gone), _SOME):
        if not _is_current(storage, pointer):
            break
        storage.remove(gone[start : start + _SOME])
        removed += len(gone[start : start + _SOME])
    return removed


def _read(storage: Storage, path: str) -> Manifest | None:
    try:
        return read_manifest(storage.read(path, MOST_OF_MANIFEST))
    except (EnvironmentFailure, ValueError):
        return None


def _is_current(storage: Storage, pointer: Pointer) -> bool:
    try:
        return read_pointer(storage.read(POINTER, MOST_OF_POINTER, fresh=True)).manifest == pointer.manifest
    except (Missing, ValueError):
        return False
