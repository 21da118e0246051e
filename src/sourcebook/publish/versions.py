# SPDX-License-Identifier: Apache-2.0
"""Kept releases: ``build/versions/VERSION``, a folder for each version that was released, which no build ever removes.

A kept version has the files of its release, by second names where the disk allows it, and beside them `ABOUT` (what it
is), `CHANGES` (the change set that makes it of the version before) and `SUMS`, the checksums of them all. It is written
aside and renamed into place, so that it is there whole or not at all, and bears the seal of who kept it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace as changed
from pathlib import Path

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.exact import dumps
from sourcebook.files import all_files, flush, kind, remove, sha256, take_over
from sourcebook.progress import silent
from sourcebook.publish.ground import INDEX, PATIENCE, VERSIONS, held, inspect
from sourcebook.publish.kept import (
    ABOUT,
    CHANGES,
    SIGNATURE,
    Version,
    bytes_of,
    check_own,
    departing,
    differing,
    fits,
    kept,
    read,
    sums,
    wrong_in,
)
from sourcebook.publish.key import key_of
from sourcebook.publish.listing import TagOf, index
from sourcebook.publish.release import REPORT, SUMS, damaged
from sourcebook.publish.seal import is_sealed, resealed

__all__ = [
    "ABOUT",
    "CHANGES",
    "INDEX",
    "SIGNATURE",
    "VERSIONS",
    "Version",
    "check_own",
    "departing",
    "differing",
    "drop",
    "empty",
    "fits",
    "index",
    "keep",
    "kept",
    "receive",
    "replace",
    "report_of",
    "sums",
    "write_index",
    "wrong_in",
]

NOTICE = "WITHDRAWN.txt"
KEYS = "keys.csv"
_UNSUMMED = (SUMS, REPORT, SIGNATURE)
_NEW, _WORK, _INDEX = ".new-", ".work-", ".index-"

Sign = Callable[[Path], None]


def keep(
    build: Path,
    release: Path,
    version: str,
    *,
    day: str,
    name: str = "",
    commit: str = "",
    after: str = "",
    breaking: bool = False,
    changes: Mapping[str, int] | None = None,
    change_set: bytes | None = None,
    sign: Sign | None = None,
    waiting: Callable[[str], None] = silent,
    patience: float = PATIENCE,
) -> Version:
    """Keep a ``release`` of ``build`` for good as a ``version``; the same again where it is kept already.

    ``change_set`` are the bytes of `CHANGES`, and ``sign`` is given the file of checksums to write `SIGNATURE` beside.
    Raises UsageError where other content is kept as that version or its name is no name of a folder; OSError where the
    disk fails, and then nothing is kept that was not.
    """
    if not fits(version):
        raise UsageError(f"{version!r} cannot be kept: a version is named by letters, digits, dots and hyphens")
    if damage := damaged(release):
        raise EnvironmentFailure(f"{release / damage[0]} is not as it was built; run `sourcebook build`")
    own = bytes_of(release, SUMS).decode()
    identity = hashlib.sha256(own.encode()).hexdigest()[:16]
    with _alone(build, waiting, patience) as work:
        there = next((one for one in kept(build) if one.version == version), None)
        if there:
            if there.id != identity:
                raise UsageError(f"{version} is kept already, with other content; a version never changes")
            return there
        about = Version(version, day, commit, work, None, name, identity, after, breaking, dict(changes or {}))
        for path in all_files(release):
            if path not in _UNSUMMED:
                (work / path).parent.mkdir(parents=True, exist_ok=True)
                take_over(release / path, work / path)
        if change_set is not None:
            (work / CHANGES).write_bytes(change_set)
        _finish(build, work, about, report_of(release), own, sign)
        _into_place(build, work, version)
    write_index(build)
    return read(build / VERSIONS / version)


def replace(build: Path, version: str, folder: Path, *, day: str, reason: str) -> Version:
    """Have a kept version hold the files of ``folder`` from now on: what was there is gone, the signature too.

    ``folder`` has what a release has, its report included, and `CHANGES` where there is to be one. Raises UsageError
    where no such version is kept.
    """
    with _alone(build, silent, PATIENCE) as work:
        old = _named(build, version)
        for path in all_files(folder):
            if path not in (*_UNSUMMED, ABOUT):
                (work / path).parent.mkdir(parents=True, exist_ok=True)
                take_over(folder / path, work / path)
        about = changed(old, folder=work, replaced={"day": day, "reason": reason})
        _finish(build, work, about, report_of(folder), "", None)
        _into_place(build, work, version)
    write_index(build)
    return read(build / VERSIONS / version)


def empty(build: Path, version: str, reason: str, *, day: str) -> Version:
    """Take the files of a kept version away, all but a notice and the keys that it had; nothing else of it is left.

    Raises UsageError where no such version is kept.
    """
    with _alone(build, silent, PATIENCE) as work:
        old = _named(build, version)
        if kind(old.folder / KEYS) == "file":
            (work / KEYS).write_bytes(bytes_of(old.folder, KEYS))
        (work / NOTICE).write_text(f"{old.name} {version} was withdrawn on {day}.\n\n{reason}\n", encoding="utf-8")
        about = changed(old, folder=work, withdrawn={"day": day, "reason": reason})
        _finish(build, work, about, '{\n  "findings": []\n}\n', "", None)
        _into_place(build, work, version)
    write_index(build)
    return read(build / VERSIONS / version)


def receive(build: Path, version: str, fill: Callable[[Path], None]) -> None:
    """Have what was kept elsewhere kept here as that ``version``: ``fill`` is given the folder to put its files in.

    It is sealed anew, and what was kept as that version is gone. The index is for who calls to write. Raises
    EnvironmentFailure, and leaves what there was, where what was put there is no such version, or not what its
    checksums say.
    """
    with _alone(build, silent, PATIENCE) as work:
        folder = work / version
        folder.mkdir()
        fill(folder)
        about = read(folder)
        if wrong := wrong_in(about):
            raise EnvironmentFailure(f"{wrong[0]} of the version {version} is not what its checksums say")
        listed = bytes_of(folder, SUMS).decode()
        report = resealed(report_of(folder), listed, key_of(build.parent))
        (folder / REPORT).unlink()  # which may be another release's by a second name
        (folder / REPORT).write_text(report, encoding="utf-8", newline="\n")
        _flushed(folder)
        _into_place(build, folder, version)


def drop(build: Path, version: str) -> None:
    """Keep a version no longer, if it is kept. The index is for who calls to write."""
    with _alone(build, silent, PATIENCE) as work:
        if kind(build / VERSIONS / version):
            (build / VERSIONS / version).rename(work / version)


def _named(build: Path, version: str) -> Version:
    found = next((one for one in kept(build) if one.version == version), None)
    if found is None:
        raise UsageError(f"no version {version} is kept in {build / VERSIONS}")
    return found


def report_of(release: Path) -> str:
    """The report of a release, or of a version that is kept. Raises OSError where it has none."""
    return bytes_of(release, REPORT).decode("utf-8", "surrogatepass")


def _finish(build: Path, work: Path, about: Version, report: str, known: str, sign: Sign | None) -> None:
    """Write what a version says of itself, and the checksums, signed and sealed; all is then on disk."""
    (work / ABOUT).write_text(dumps(about.as_dict(), indent=2) + "\n", encoding="utf-8", newline="\n")
    digests = {name: digest for digest, _, name in (line.partition("  ") for line in known.splitlines())}
    names = [name for name in all_files(work) if name not in _UNSUMMED]
    listed = "".join(f"{digests.get(name) or sha256(work / name)}  {name}\n" for name in names)
    (work / SUMS).write_text(listed, encoding="utf-8", newline="\n")
    if sign:
        sign(work / SUMS)
    (work / REPORT).write_text(resealed(report, listed, key_of(build.parent)), encoding="utf-8", newline="\n")
    _flushed(work)


def _flushed(work: Path) -> None:
    """Have a folder, and all in it, on disk, and readable as one that is published."""
    work.chmod(0o755)
    names = list(all_files(work))
    for name in names:
        flush(work / name)
    for folder in sorted({parent for name in names for parent in Path(name).parents}):
        flush(work / folder)


@contextmanager
def _alone(build: Path, waiting: Callable[[str], None], patience: float) -> Iterator[Path]:
    """An empty folder among the versions to write one in, by who holds the lock of ``build``.

    What was left half-way by who was killed is finished where it was whole, and removed where it was not.
    """
    inspect(build)
    folder = build / VERSIONS
    with held(build, waiting, patience):
        inspect(build)
        if not kind(folder):
            folder.mkdir()
            flush(build)
        _recover(build)
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=folder))
        try:
            yield work
        finally:
            with suppress(OSError):
                remove(work)


def _into_place(build: Path, work: Path, version: str) -> None:
    """Have what was written in ``work`` be a version, and what was it gone."""
    folder = build / VERSIONS
    new, there = folder / f"{_NEW}{version}", folder / version
    remove(new)
    if not kind(there):
        work.rename(there)
        flush(folder)
        return
    work.rename(new)
    flush(folder)  # from here on it is finished by who comes next
    _instead(folder, new, there)


def _instead(folder: Path, new: Path, there: Path) -> None:
    if kind(there):
        old = Path(tempfile.mkdtemp(prefix=_WORK, dir=folder))
        there.rename(old / there.name)
    new.rename(there)
    flush(folder)
    for left in folder.glob(f"{_WORK}*"):
        with suppress(OSError):
            remove(left)


def _recover(build: Path) -> None:
    """Finish a replacement of which a killed process had written the new one whole; remove what is left of others."""
    folder, key = build / VERSIONS, key_of(build.parent)
    for new in sorted(folder.glob(f"{_NEW}*")):
        version = new.name.removeprefix(_NEW)
        if kind(new) == "folder" and fits(version) and is_sealed(new, REPORT, SUMS, key):
            _instead(folder, new, folder / version)
        else:
            remove(new)
    for left in (*folder.glob(f"{_WORK}*"), *folder.glob(f"{_INDEX}*")):
        remove(left)


def write_index(build: Path, *, tag_of: TagOf | None = None) -> None:
    """Write ``releases.json`` of the versions that are kept; without ``tag_of`` with the tags that stood there.

    Raises OSError where the disk fails; the index is then as it was.
    """
    data = json.dumps(index(build, tag_of=tag_of), ensure_ascii=False, indent=2) + "\n"
    handle, name = tempfile.mkstemp(prefix=_INDEX, dir=build / VERSIONS)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(build / VERSIONS / INDEX)
    finally:
        Path(name).unlink(missing_ok=True)
    flush(build / VERSIONS)
