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
    place_of,
    place_of_manifest,
    read_manifest,
    read_pointer,
)
from sourcebook.errors import EnvironmentFailure
from sourcebook.storage import Missing, Storage

_SOME = 100  # files that are removed before it is asked again who is current, and what is being pushed


def prune(storage: Storage, pointer: Pointer, manifest: Manifest) -> int:
    """Remove what neither the current release needs nor one that is being pushed after it; how much that was.

    Nothing is touched that is not named as what a push writes. It ends where another release became current. What
    cannot be read may be needed: raises EnvironmentFailure then, and where another became current in the very moment of
    a removal, and lacks what was removed.
    """
    gone, removed = _unneeded(storage, pointer, manifest), 0
    for start in range(0, len(gone), _SOME):
        some = gone[start : start + _SOME]
        if start:  # whoever pushes meanwhile has said by a manifest what is needed, before it looked what is there
            some = sorted(set(some) & set(_unneeded(storage, pointer, manifest)))
        if not _is_current(storage, pointer):
            break
        storage.remove(some)
        removed += len(some)
        if _current(storage) not in (None, pointer.manifest):
            _check_whole(storage, some)
            break
    return removed


def _unneeded(storage: Storage, pointer: Pointer, manifest: Manifest) -> list[str]:
    """The places of contents and manifests that nothing needs."""
    there = {name: size for folder in FOLDERS for name, size in storage.sizes(folder).items()}
    needed = set(manifest.hashes)
    former = []
    for digest, path in manifests(there).items():
        if digest == pointer.manifest:
            continue
        coming = _read(storage, path, there[path])
        if coming is not None and coming.serial > manifest.serial:  # who pushes it compared with ours
            needed |= coming.hashes.keys()
        else:
            former.append(path)
    return [path for digest, path in objects(there).items() if digest not in needed] + former


def _read(storage: Storage, path: str, size: int) -> Manifest | None:
    """The manifest at a place; None where none lies there that anybody could follow. Raises StorageFailure."""
    if size > MOST_OF_MANIFEST:
        return None
    try:
        return read_manifest(storage.read(path, MOST_OF_MANIFEST))
    except (Missing, ValueError):
        return None


def _check_whole(storage: Storage, removed: list[str]) -> None:
    """Raise EnvironmentFailure where what became current needs something that was removed, and is not there again."""
    try:
        now = read_pointer(storage.read(POINTER, MOST_OF_POINTER, fresh=True))
        needed = {place_of(digest) for digest in read_manifest(storage.read(place_of_manifest(now.manifest))).hashes}
    except (Missing, ValueError):
        return  # its own publisher looks
    if lacks := [path for path in removed if path in needed and not storage.exists(path)]:
        raise EnvironmentFailure(
            f"another publisher made a release current at {storage.url} while this one removed what it had needed no "
            f"more: that release lacks {len(lacks):,} contents now; push it once more from where it was pushed"
        )


def _is_current(storage: Storage, pointer: Pointer) -> bool:
    return _current(storage) == pointer.manifest


def _current(storage: Storage) -> str | None:
    """Which manifest is current; None where nothing says so."""
    try:
        return read_pointer(storage.read(POINTER, MOST_OF_POINTER, fresh=True)).manifest
    except (Missing, ValueError):
        return None
