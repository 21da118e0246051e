# SPDX-License-Identifier: Apache-2.0
"""Releases: immutable folders under ``build/releases``, and the one link that says which is current.

A release is written in a work folder, flushed to disk, renamed into place and made current by renaming a link, so that
a reader sees the old release whole or the new one whole, whenever the build is stopped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import all_files, flush, sha256

CURRENT = "current"
RELEASES = "releases"
SUMS = "SHA256SUMS"
REPORT = "report.json"  # holds timings, so it stays outside the checksums
_WORK = ".work-"
_AT_ONCE = 8  # files that are flushed at the same time: a disk makes one write of several
_KEEP = 2  # the current release, and the one before it for readers that are still on it


def current(build: Path) -> Path:
    """The folder of the current release. Raises UsageError where nothing was built yet."""
    release = build / CURRENT
    if not release.is_dir():
        raise UsageError(f"nothing is built in {build} yet; run `sourcebook build`")
    return release.resolve()


@contextmanager
def work_folder(build: Path, waiting: Callable[[str], None]) -> Iterator[Path]:
    """An empty folder to write a release in, held by this process alone; leftovers of killed builds are removed.

    Where another build is under way, ``waiting`` is told so, and this one waits for it.
    """
    build.mkdir(parents=True, exist_ok=True)
    with (build / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting("another build of this book is under way; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left in build.glob(f"{_WORK}*"):
            shutil.rmtree(left)
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=build))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def publish(build: Path, work: Path, digests: Mapping[str, str] | None = None) -> Path:
    """Make what was written in ``work`` the current release; returns its folder.

    ``digests`` are the SHA-256 of files, by path, as far as they are known. The release is named for its content, so
    that the same content is the same release. Raises OSError where the disk fails; the release that was current then
    still is.
    """
    from concurrent.futures import ThreadPoolExecutor  # slow to import, and a build without changes publishes nothing

    names = [name for name in all_files(work) if name not in (SUMS, REPORT)]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = threads.map(lambda name: sealed(work / name, (digests or {}).get(name)), names)
        sums = "".join(f"{digest}  {name}\n" for digest, name in zip(found, names, strict=True))
    (work / SUMS).write_text(sums, encoding="utf-8", newline="\n")
    for name in (SUMS, REPORT):
        if (work / name).is_file():
            flush(work / name)
    work.chmod(0o755)
    identity = hashlib.sha256(sums.encode()).hexdigest()[:16]
    release = _place(build / RELEASES, work, identity)
    for name in sorted(path.name for path in release.iterdir()):
        _link(build / name, f"{CURRENT}/{name}")
    _link(build / CURRENT, f"{RELEASES}/{release.name}")
    flush(build)
    _prune(build, release)
    return release


def _place(releases: Path, work: Path, identity: str) -> Path:
    releases.mkdir(exist_ok=True)
    number = 1
    release = releases / identity
    while release.exists():
        if not damaged(release):
            (work / REPORT).replace(release / REPORT)  # the content is the same, what was checked need not be
            return release
        number += 1
        release = releases / f"{identity}-{number}"
    for folder in {path.parent for path in work.rglob("*")}:
        flush(folder)
    work.rename(release)
    flush(releases)
    return release


def stamps(release: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file of a release, by name: they tell at a glance whether it is as it was written."""
    stats = {name: (release / name).stat() for name in all_files(release)}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def damaged(release: Path) -> list[str]:
    """The files of a release that are not what its checksums say, missing and unlisted ones included."""
    try:
        lines = (release / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [SUMS]
    if not lines or not all(map(_SUM.fullmatch, lines)):
        return [SUMS]
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    present = set(all_files(release)) - {SUMS, REPORT}
    wrong = [name for name in present & listed.keys() if sha256(release / name) != listed[name]]
    return sorted({*wrong, *(present ^ listed.keys())})


_SUM = re.compile("[0-9a-f]{64}  .+")


def _link(path: Path, target: str) -> None:
    """Make ``path`` a link to ``target`` in one step; anything else of that name is in the way, and an error."""
    if path.is_symlink() and os.readlink(path) == target:
        return
    if path.exists() and not path.is_symlink():
        raise EnvironmentFailure(
            f"{path} is in the way: everything in {path.parent.name}/ is generated; move it elsewhere"
        )
    aside = path.with_name(f".link-{path.name}")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.rename(path)


def sealed(path: Path, digest: str | None = None) -> str:
    """SHA-256 of a file, if it is not known, which is flushed to disk."""
    flush(path)
    return digest or sha256(path)


def _prune(build: Path, release: Path) -> None:
    """Remove releases older than the one before the current, and links to files that no release has any more."""
    kept = sorted((p for p in (build / RELEASES).iterdir() if p != release), key=lambda p: p.stat().st_mtime_ns)
    for old in kept[: -(_KEEP - 1)]:
        shutil.rmtree(old, ignore_errors=True)
    for path in build.iterdir():
        if path.is_symlink() and not path.exists():
            path.unlink()
