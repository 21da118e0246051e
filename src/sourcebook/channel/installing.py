# SPDX-License-Identifier: Apache-2.0
"""A manifest whose contents are all here made the current release, with its kept versions; it bears our own seal then.

Whatever fails, what was current is that still: releases are put together aside, and the pointer is written last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from sourcebook.channel.form import RELEASE, UNSHOWN, File, Manifest, Refused, digest
from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import loads
from sourcebook.files import remove, sha256, take_over
from sourcebook.progress import silent
from sourcebook.publish import release, versions
from sourcebook.publish.ground import COMING, INDEX, PATIENCE, RELEASES, VERSIONS

_TRIED = ".tried"
_MOST_OF_REPORT = 64 * 1024 * 1024


def lacking(build: Path, manifest: Manifest) -> tuple[str, ...]:
    """The versions of a manifest that are not kept here yet as they are there."""
    there = {one.version: one for one in versions.kept(build)}
    return tuple(
        name
        for name in manifest.versions
        if name not in there or not _is_that(build, there[name], manifest.below(f"{VERSIONS}/{name}"))
    )


def wanted(manifest: Manifest, new: Collection[str]) -> dict[str, int]:
    """The contents that a release and the ``new`` versions need, with how many bytes each has."""
    folders = (RELEASE, *(f"{VERSIONS}/{name}" for name in new))
    found = [one for folder in folders for one in manifest.below(folder).values()]
    found += [one for one in manifest.files if one.path == f"{VERSIONS}/{INDEX}"]
    return {one.sha256: one.size for one in found}


def check(manifest: Manifest, contents: Mapping[str, Path], new: Collection[str]) -> None:
    """Raise Refused where the files of a manifest are not those that its checksums list."""
    files = manifest.below(RELEASE)
    sums = _content(files, release.SUMS, contents)
    if digest(sums)[:16] != manifest.release:
        raise Refused(f"the release {manifest.release} has the checksums of another")
    names = [name for name in sorted(files) if name not in (release.SUMS, release.REPORT)]
    listed = "".join(f"{files[name].sha256}  {name}\n" for name in names)
    if not names or listed.encode() != sums:
        raise Refused(f"the release {manifest.release} has other files than its checksums list")
    _check_report(files, contents)
    for version in new:
        _check_report(manifest.below(f"{VERSIONS}/{version}"), contents)


def try_out(
    build: Path, manifest: Manifest, contents: Mapping[str, Path], tried: Callable[[Path], None], url: str
) -> None:
    """Raise Refused where a release cannot be shown: ``tried`` raises ValueError of the folder that it will be.

    Whatever else that raises is the machine's, and goes on.
    """
    folder = build / COMING / _TRIED
    remove(folder)
    folder.mkdir()
    try:
        _filled(folder, manifest.below(RELEASE), contents)
        tried(folder)
    except ValueError as error:
        raise Refused(
            f"the release {manifest.release} at {url} is whole and cannot be shown here: {error}", UNSHOWN
        ) from error
    finally:
        with suppress(OSError):  # it goes with the next that comes
            remove(folder)


def install(
    build: Path, manifest: Manifest, contents: Mapping[str, Path], new: Collection[str], *, forget: bool
) -> tuple[str, tuple[str, ...]]:
    """Have the release and its ``new`` versions here, and the release current.

    Returns what it is called here, and the versions that were kept here and are not any more, since the manifest has
    none of them. With ``forget`` the release before goes at once, with readers on it.
    """
    for version in new:
        files = manifest.below(f"{VERSIONS}/{version}")
        versions.receive(build, version, partial(_filled, files=files, contents=contents))
    with release.work_folder(build, silent, PATIENCE) as work:
        files = manifest.below(RELEASE)
        _filled(work, files, contents)
        report = work / release.REPORT
        data = report.read_bytes()
        report.unlink()  # it is sealed, and may be another's by a second name
        report.write_bytes(data)
        digests = {name: one.sha256 for name, one in files.items()}
        name = release.publish(build, work, digests, forget=forget).name
    dropped = [one.version for one in versions.kept(build) if one.version not in manifest.versions]
    for version in dropped:
        versions.drop(build, version)
    _index(build, manifest, contents)
    return name, tuple(sorted(dropped))


def let_go(build: Path) -> None:
    """Remove releases that were replaced, if nobody shows them any more. Raises OSError where the disk fails."""
    if len(list((build / RELEASES).iterdir())) < 2:
        return
    with release.work_folder(build, silent, PATIENCE):
        release.prune(build, release.current(build).name, "", spare=False)


def _index(build: Path, manifest: Manifest, contents: Mapping[str, Path]) -> None:
    """Write the index of versions anew; which tags they have, the one that came says."""
    folder = build / VERSIONS
    if not folder.is_dir():
        return
    for one in manifest.files:
        if one.path == f"{VERSIONS}/{INDEX}":
            aside = folder / ".index-followed"
            remove(aside)
            aside.write_bytes(contents[one.sha256].read_bytes())
            aside.replace(folder / INDEX)
    versions.write_index(build)


def _filled(folder: Path, files: Mapping[str, File], contents: Mapping[str, Path]) -> None:
    for name, one in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        take_over(contents[one.sha256], folder / name)


def _is_that(build: Path, version: versions.Version, files: Mapping[str, File]) -> bool:
    """Whether a version that is kept here is the one with these files, by its checksums and our seal."""
    sums = files.get(release.SUMS)
    if sums is None or sha256(version.folder / release.SUMS) != sums.sha256:
        return False
    signature = files.get(versions.SIGNATURE)
    if version.signed != (signature is not None):
        return False
    try:
        versions.check_own(build, version)
    except EnvironmentFailure:
        return False
    return True


def _content(files: Mapping[str, File], name: str, contents: Mapping[str, Path]) -> bytes:
    if name not in files or files[name].size > _MOST_OF_REPORT:
        raise Refused(f"there is no {name} in what is followed, or none that is read")
    return contents[files[name].sha256].read_bytes()


def _check_report(files: Mapping[str, File], contents: Mapping[str, Path]) -> None:
    try:
        report = loads(_content(files, release.REPORT, contents))
    except ValueError as error:
        raise Refused(f"{release.REPORT} of what is followed is no JSON: {error}") from error
    if not isinstance(report, dict) or not report:
        raise Refused(f"{release.REPORT} of what is followed is no report")
