# SPDX-License-Identifier: Apache-2.0
"""Contents copied from a target into ``build/.coming``, each named by its hash, which it then has.

Who is stopped goes on with those that are missing. What a build folder has already, in releases and kept versions, is
not copied; it is read again, for disks fail.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from sourcebook.channel.form import Refused, Short, place_of
from sourcebook.files import flush, kind, remove, sha256
from sourcebook.machine import system
from sourcebook.progress import Progress
from sourcebook.publish import versions
from sourcebook.publish.ground import COMING, RELEASES, VERSIONS
from sourcebook.publish.release import SUMS
from sourcebook.storage import Storage

_AT_ONCE = 6  # contents
_OFTEN = 0.1
_PART = ".part-"
WAITING = "waiting for another process that copies into the same folder"
"""What is told as a stage while another has the turn."""
_SPARE = 64 * 1024 * 1024  # bytes of a disk that are left free


def fetch(build: Path, storage: Storage, wanted: Mapping[str, int], progress: Progress) -> tuple[dict[str, Path], int]:
    """A file with each content of the ``wanted`` hashes, which have so many bytes, and how many were copied for it.

    ``progress`` is told by several threads. Raises Missing where the target has one no more, Refused where it sends
    something else, and Short where the disk has not the room.
    """
    coming = build / COMING
    clear(build, but=wanted)  # of what was refused nothing stays
    known = _there(build, wanted, progress)
    for digest in wanted.keys() - known.keys():
        if kind(coming / digest) == "file":  # so named when it was whole, and on disk
            known[digest] = coming / digest
    missing = sorted(wanted.keys() - known.keys())
    total, done = sum(wanted[digest] for digest in missing), 0
    free = shutil.disk_usage(build).free
    if total > free - _SPARE:
        raise Short(
            f"{total:,} bytes are to be copied and {_SPARE:,} more to stay free, and the disk of {build} has {free:,}",
            "the disk has not the room for it",
        )

    def goes_on() -> None:  # told with each part, for one may be large
        progress("copying (bytes)", done, total)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        tasks = [threads.submit(_copied, coming, storage, digest, wanted[digest], goes_on) for digest in missing]
        try:
            for digest, task in zip(missing, tasks, strict=True):
                known[digest] = task.result()
                done += wanted[digest]
                goes_on()
        except BaseException:
            threads.shutdown(wait=True, cancel_futures=True)
            raise
    flush(coming)
    return known, len(missing)


@contextmanager
def turn(build: Path, progress: Progress) -> Iterator[None]:
    """Be the only one that copies into ``build``; who comes while another does waits until that has ended.

    ``progress`` is told that it is `WAITING`, again and again.
    """
    coming = build / COMING
    coming.mkdir(exist_ok=True)
    try:
        handle = system.held(coming)
    except OSError:  # a system that holds no folders, of which an empty one is none to hold
        yield
        return
    try:
        system.await_lock(handle, _OFTEN, lambda: progress(WAITING))
        yield
    finally:
        os.close(handle)


def clear(build: Path, *, but: Iterable[str] = ()) -> None:
    """Remove what was copied and is needed no more, all ``but`` some contents."""
    coming, spared = build / COMING, set(but)
    if kind(coming) != "folder":
        return
    with os.scandir(coming) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if name not in spared:
            with suppress(OSError):
                remove(coming / name)


def _there(build: Path, wanted: Mapping[str, int], progress: Progress) -> dict[str, Path]:
    """Files of releases and versions here that have a wanted content, and were read to know it."""
    found: dict[str, Path] = {}
    for folder in _folders(build):
        try:
            listed = versions.sums(folder)
        except (OSError, ValueError):
            continue
        for name, digest in listed.items():
            progress("looking what is here")
            path = folder / name
            if digest in wanted and digest not in found and _is(path, digest, wanted[digest]):
                found[digest] = path
        if (digest := _hash(folder / SUMS)) in wanted:
            found.setdefault(digest, folder / SUMS)
    return found


def _folders(build: Path) -> Iterator[Path]:
    for above in (RELEASES, VERSIONS):
        if kind(build / above) == "folder":
            with os.scandir(build / above) as entries:
                names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
            yield from (build / above / name for name in names if not name.startswith("."))


def _is(path: Path, digest: str, size: int) -> bool:
    try:
        return kind(path) == "file" and path.lstat().st_size == size and sha256(path) == digest
    except OSError:
        return False


def _hash(path: Path) -> str:
    try:
        return sha256(path) if kind(path) == "file" else ""
    except OSError:
        return ""


def _copied(coming: Path, storage: Storage, digest: str, size: int, goes_on: Callable[[], None]) -> Path:
    """One content, copied and compared."""
    place, aside, seen = coming / digest, coming / f"{_PART}{secrets.token_hex(8)}", 0
    found = hashlib.sha256()
    try:
        with aside.open("xb") as file:
            for part in storage.parts(place_of(digest), size):
                found.update(part)
                seen += len(part)
                file.write(part)
                goes_on()
            file.flush()
            os.fsync(file.fileno())
        if seen != size or found.hexdigest() != digest:
            raise Refused(f"{place_of(digest)} at {storage.url} is not what its name says; nothing is taken")
        aside.replace(place)
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(place)  # by which what is half of it is known
        raise
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return place
