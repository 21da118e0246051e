# SPDX-License-Identifier: Apache-2.0
"""What of a build goes to a target: the current release and the kept versions, whole, as their checksums say.

Reports go without the seal, which tells this user's builds alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sourcebook.channel.form import RELEASE, digest, wrong_path
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import kind, sha256
from sourcebook.publish import versions
from sourcebook.publish.ground import INDEX, VERSIONS
from sourcebook.publish.release import REPORT, SUMS, damaged
from sourcebook.publish.seal import unsealed

_State = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Goods:
    """A file that goes to a target: its path in the manifest, where it lies, what it is if it is changed.

    ``state`` is what the file was when it was hashed.
    """

    path: str
    sha256: str
    size: int
    file: Path
    data: bytes | None = None
    state: _State = (0, 0, 0)

    def check_unchanged(self) -> None:
        """Raise EnvironmentFailure where the file was replaced since it was hashed."""
        if self.data is None and _state(self.file) != self.state:
            raise EnvironmentFailure(f"{self.file} was changed while it was pushed; push again")


def goods(build: Path, release: Path, *, anyones: bool) -> list[Goods]:
    """What goes along with a ``release``, sorted by path.

    Kept versions are those of this user, or ``anyones``. Raises EnvironmentFailure where one is damaged, UsageError
    where a file has a name that no follower would take.
    """
    found = list(_files(release, RELEASE))
    for one in versions.kept(build):
        if not anyones:
            versions.check_own(build, one)
        if wrong := versions.wrong_in(one):
            raise EnvironmentFailure(f"{one.folder / wrong[0]} is not as it was kept")
        found += _files(one.folder, f"{VERSIONS}/{one.version}")
    index = build / VERSIONS / INDEX
    if kind(index) == "file":
        found.append(_whole(index, f"{VERSIONS}/{INDEX}", index.read_bytes()))
    for good in found:
        if why := wrong_path(good.path):
            raise UsageError(f"{good.file} cannot be pushed: {why}")
    return sorted(found, key=lambda good: good.path)


def checked(release: Path) -> None:
    """Raise EnvironmentFailure where a release is not as it was built, whoever built it."""
    if wrong := damaged(release):
        raise EnvironmentFailure(f"{release / wrong[0]} is not as it was built; run `sourcebook build`")


def _files(folder: Path, above: str) -> Iterator[Goods]:
    for name, known in versions.sums(folder).items():
        state = _state(folder / name)
        yield Goods(f"{above}/{name}", known, state[2], folder / name, state=state)
    for name in (SUMS, versions.SIGNATURE):
        if kind(folder / name) == "file":
            state = _state(folder / name)
            yield Goods(f"{above}/{name}", sha256(folder / name), state[2], folder / name, state=state)
    if kind(folder / REPORT) == "file":
        report = versions.report_of(folder)
        yield _whole(folder / REPORT, f"{above}/{REPORT}", unsealed(report).encode("utf-8", "surrogatepass"))


def _whole(file: Path, path: str, data: bytes) -> Goods:
    return Goods(path, digest(data), len(data), file, data)


def _state(file: Path) -> _State:
    status = os.lstat(file)
    return status.st_ino, status.st_mtime_ns, status.st_size
