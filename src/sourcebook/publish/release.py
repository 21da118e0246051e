# SPDX-License-Identifier: Apache-2.0
"""Releases: immutable folders under ``build/releases``, and the one link that says which is current.

A release is written in a work folder, flushed to disk, renamed into place and made current by renaming a link, so that
a reader sees the old release whole or the new one whole, whenever the build is stopped. Longer than most modules, so
that all that makes and removes a release is in one place.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import all_files, flush, kind, leads_to, odd_entries, remove, sha256
from sourcebook.machine import system
from sourcebook.publish import pointer
from sourcebook.publish.ground import (
    CURRENT,
    PARTITIONS,
    PATIENCE,
    PREVIEW,
    RELEASES,
    VERSIONS,
    held,
    in_the_way,
    inspect,
)
from sourcebook.publish.key import key_of
from sourcebook.publish.pruning import WORK, prune
from sourcebook.publish.seal import is_sealed, resealed

__all__ = [
    "CURRENT",
    "RELEASES",
    "REPORT",
    "SUMS",
    "check_arrived",
    "check_own",
    "current",
    "damaged",
    "flushed",
    "forgotten",
    "has",
    "own",
    "parted",
    "prune",
    "publish",
    "showing",
    "stamps",
    "work_folder",
]

SUMS = "SHA256SUMS"
REPORT = "report.json"  # holds timings, so it stays outside the checksums
_TRIES, _OFTEN = 500, 0.01  # to show a release that is looked at just then, and seconds between them
_AT_ONCE = 8  # files that are flushed at the same time: a disk makes one write of several


def current(build: Path) -> Path:
    """The folder of the current release, which has files and folders alone.

    Raises UsageError where nothing was built yet, EnvironmentFailure where what lies there is not as a build makes it.
    """
    inspect(build)
    if not has(build) and has(build, PARTITIONS):
        raise UsageError(
            f"{build} has partitions of Parquet alone, and no database, which this needs: run `sourcebook build` where "
            f"the book is not too large for one, or read {build / PARTITIONS} with DuckDB or polars"
        )
    return _led(build, CURRENT, "sourcebook build")


def has(build: Path, name: str = CURRENT) -> bool:
    """Whether there is something that says which release is current, or partitions."""
    return kind(build / name) != ""


def parted(build: Path) -> Path:
    """The folder of the release that is partitions alone; it has files and folders. Raises as `current` does."""
    inspect(build)
    return _led(build, PARTITIONS, "sourcebook build --only parquet")


def _led(build: Path, name: str, command: str) -> Path:
    """The folder that a pointer leads to."""
    link = build / name
    if not kind(link):
        raise UsageError(f"nothing is built in {build} yet; run `{command}`")
    release = pointer.folder(build, name)
    if release is None:
        said = leads_to(link) or "nothing"
        raise EnvironmentFailure(f"{link} leads to {said}, which is no release; run `{command}`")
    found = kind(release)
    if not found:
        raise UsageError(f"nothing is built in {build} yet; run `{command}`")
    if found != "folder":
        raise in_the_way(release, found)
    if odd := odd_entries(release):
        raise in_the_way(release / odd[0], kind(release / odd[0]))
    return release


def own(build: Path, *, anyones: bool = False) -> Path:
    """The folder of the current release, as a build of this user wrote it, or ``anyones``.

    Raises UsageError where nothing was built yet, EnvironmentFailure where it is another's, or damaged; of ``anyones``
    where it is not all there.
    """
    release = current(build)
    if anyones:
        check_arrived(release)
    else:
        check_own(build, release)
    return release


def check_arrived(release: Path) -> None:
    """Raise Arriving, an EnvironmentFailure, where a ``release`` is not all there, as while it is copied."""
    from sourcebook.publish.arrived import Arriving, lacking  # which builds do not need

    listed = _listed(release)
    if lacks := SUMS if listed is None else lacking(release, listed):
        raise Arriving(
            f"{release} is not all there: {lacks} is missing, or a part of it; if it is being copied here, copy "
            "`build/releases` before `build`, so that what is current is whole"
        )


def check_own(build: Path, release: Path) -> None:
    """Raise EnvironmentFailure where a ``release`` of ``build`` was not written by this user, or is damaged."""
    key = key_of(build.parent)
    if key.lacking:  # another build would bear no seal either
        raise EnvironmentFailure(
            f"whether you built {release} on this machine cannot be told, for there is no key of yours: {key.lacking}; "
            "if you or somebody you trust built it, run `sourcebook serve --unsealed`, or set XDG_STATE_HOME to a "
            "folder outside the book that you alone may read, keep it, and run `sourcebook build`"
        )
    if not is_sealed(release, REPORT, SUMS, key):
        raise EnvironmentFailure(
            f"{release} was not built by you on this machine: it does not bear your seal; if you copied it here (by "
            "rsync, into a container), or somebody you trust built it, run `sourcebook serve --unsealed`; else run "
            "`sourcebook build`"
        )
    if wrong := damaged(release):
        raise EnvironmentFailure(f"{release / wrong[0]} is not as it was built; run `sourcebook build`")


def showing(release: Path) -> int:
    """A descriptor that keeps a release where it is while it is open, whatever is built; to be closed.

    A build that forgets removes it all the same. Raises OSError where there is no such folder, or it is just removed.
    """
    handle = system.held(release)
    try:
        for left in range(_TRIES, -1, -1):
            try:
                system.lock(handle, shared=True)
                break
            except BlockingIOError:  # who removes releases looks at it, or removes it
                if not left:
                    raise
                time.sleep(_OFTEN)
            except OSError:  # a file system that knows no locks
                break
        if system.HANDLES and not os.path.samestat(os.fstat(handle), release.lstat()):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(release))
    except BaseException:
        os.close(handle)
        raise
    return handle


@contextmanager
def work_folder(build: Path, waiting: Callable[[str], None], patience: float = PATIENCE) -> Iterator[Path]:
    """An empty folder to write a release in, held by this process alone; leftovers of killed builds are removed.

    Where another build is under way, ``waiting`` is told so, and this one waits for it, with so many seconds of
    ``patience``. Raises EnvironmentFailure where it waited in vain, or something lies in ``build`` that no build makes.
    """
    inspect(build)
    if not build.is_dir():
        build.mkdir(parents=True)
        flush(build.parent)  # before anything is told to be there
    with held(build, waiting, patience):
        inspect(build)  # as it is now that nobody else builds
        for left in (*build.glob(f"{WORK}*"), *build.glob(f"{pointer.ASIDE}*"), *(build / VERSIONS).glob(f"{WORK}*")):
            remove(left)
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=build))
        try:
            yield work
        finally:
            with suppress(OSError):  # the next build removes it
                remove(work)


def publish(
    build: Path,
    work: Path,
    digests: Mapping[str, str] | None = None,
    *,
    forget: bool = False,
    exposing: Collection[str] = (),
    aside: bool = False,
    partitions: bool = False,
) -> Path:
    """Make what was written in ``work`` the current release; returns its folder.

    With ``aside`` it is put beside the current one, if there is one, which stays that; ``partitions`` always are.

    ``digests`` are the SHA-256 of files, by path, as far as they are known. The release is named for its content, so
    that the same content is the same release. The one that was current is kept, unless the build is to ``forget`` it,
    or it is one of those that are ``exposing`` what is not public any more: of these none stays, but a current one
    beside which this is put. Raises OSError where the disk fails; the release that was current then still is.
    """
    from concurrent.futures import ThreadPoolExecutor  # slow to import, and a build without changes publishes nothing

    names = [name for name in all_files(work) if name not in (SUMS, REPORT)]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = threads.map(lambda name: flushed(work / name, (digests or {}).get(name)), names)
        sums = "".join(f"{digest}  {name}\n" for digest, name in zip(found, names, strict=True))
    (work / SUMS).write_text(sums, encoding="utf-8", newline="\n")
    if (work / REPORT).is_file():
        report = resealed((work / REPORT).read_text("utf-8"), sums, key_of(build.parent))
        (work / REPORT).write_text(report, encoding="utf-8", newline="\n")
    for name in (SUMS, REPORT):
        if (work / name).is_file():
            flush(work / name)
    work.chmod(0o755)
    identity = hashlib.sha256(sums.encode()).hexdigest()[:16]
    release = _place(build / RELEASES, work, identity)
    before = pointer.read(build)
    if partitions:
        _lie_apart(build, release, exposing)
    else:
        _forget_partitions(build, forget=forget, exposing=exposing)  # they are of before
        if aside and before and before != release.name:
            pointer.write(build, PREVIEW, release.name)
        else:
            _be_current(build, release)
    prune(build, pointer.read(build), before, forget=forget, exposing=exposing)
    return release


def _lie_apart(build: Path, release: Path, exposing: Collection[str]) -> None:
    """Have a release that is partitions alone be those."""
    pointer.write(build, PARTITIONS, release.name)
    if pointer.read(build, PREVIEW) in exposing:
        remove(build / PREVIEW)


def _be_current(build: Path, release: Path) -> None:
    """Have a release be the current one, and its files lie where links lead to those of the current one."""
    remove(build / PREVIEW)  # of before; what is published now is newer
    for name in sorted(path.name for path in release.iterdir()):
        if not pointer.place(build / name, f"{CURRENT}/{name}", or_file=False):
            break  # below a file there is nothing to lead to
    pointer.write(build, CURRENT, release.name)


def forgotten(build: Path, name: str, *, forget: bool, exposing: Collection[str]) -> None:
    """Have what lies beside the release called ``name``, which stays, removed as `publish` does."""
    _forget_partitions(build, forget=forget, exposing=exposing)
    prune(build, name, "", forget=forget, exposing=exposing)


def _forget_partitions(build: Path, *, forget: bool, exposing: Collection[str]) -> None:
    """Remove what leads to partitions that may have what is to be forgotten."""
    if forget or pointer.read(build, PARTITIONS) in exposing:
        remove(build / PARTITIONS)


def _place(releases: Path, work: Path, identity: str) -> Path:
    if not releases.is_dir():
        releases.mkdir()
        flush(releases.parent)  # before the link leads there
    number = 1
    release = releases / identity
    while there := kind(release):
        if there == "folder" and not damaged(release):
            (work / REPORT).replace(release / REPORT)  # the content is the same, what was checked need not be
            return release
        number += 1
        release = releases / f"{identity}-{number}"
    folders = {parent for name in all_files(work) for parent in Path(name).parents}
    for folder in sorted(folders):
        flush(work / folder)
    work.rename(release)
    flush(releases)
    return release


def stamps(release: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file of a release, by name: they tell at a glance whether it is as it was written.

    What is neither file nor folder has a size that no file has.
    """
    stats = {name: (release / name).lstat() for name in all_files(release)}
    found = {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}
    return found | dict.fromkeys(odd_entries(release), (-1, 0))


def damaged(release: Path, *, but: Iterable[str] = ()) -> list[str]:
    """The files of a release that are not what its checksums say, missing and unlisted ones included, ``but`` some.

    Nothing but files is opened: whatever else lies there is unlisted.
    """
    if odd := odd_entries(release):
        return odd
    if kind(release / REPORT) == "folder":
        return [REPORT]
    listed = _listed(release)
    if listed is None:
        return [SUMS]
    present = set(all_files(release)) - {SUMS, REPORT, *but}
    wrong = [name for name in present & listed.keys() if sha256(release / name) != listed[name]]
    return sorted({*wrong, *(present ^ listed.keys())})


def _listed(release: Path) -> dict[str, str] | None:
    """What the checksums of a release say of each file, by path; None where they cannot be read."""
    try:
        lines = (release / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    if not lines or not all(map(_SUM.fullmatch, lines)):
        return None
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


_SUM = re.compile("[0-9a-f]{64}  .+")


def flushed(path: Path, digest: str | None = None) -> str:
    """SHA-256 of a file, if it is not known, which is flushed to disk."""
    flush(path)
    return digest or sha256(path)
