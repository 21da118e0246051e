# SPDX-License-Identifier: Apache-2.0
"""What says which release is current: a link ``build/current``, or a file of that name where links cannot be made.

Both say ``releases/NAME``, and are replaced in one step. Windows lets only some users make links, some disks nobody;
with ``SOURCEBOOK_LINKS=file`` in the environment none is made, so that the rest can be tried anywhere. Who reads asks
here, and takes the folder in ``releases/`` itself: below a file there is no ``current/NAME.db``.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import flush, kind, leads_to, remove

CURRENT = "current"
PREVIEW = "preview"
"""A release without extracts, beside the current one, which has them."""
PARTITIONS = "partitions"
"""A release of partitions alone, without a database, beside the current one if there is one."""
RELEASES = "releases"
KINDS = ("link", "file")
"""What a pointer may be, as `sourcebook.files.kind` says it."""
ASIDE = ".link-"
LINKS = "SOURCEBOOK_LINKS"
_CANNOT = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)  # the last is what Windows says of a right
_NO_RIGHT = 1314  # the number of it there


def read(build: Path, name: str = CURRENT) -> str:
    """The name of the release that a pointer of ``build`` leads to; the empty text where it leads to none.

    Whether there is such a release is not asked. Raises OSError where the disk fails.
    """
    folder, _, release = leads_to(build / name).partition("/")
    return release if folder == RELEASES and _is_name(release) else ""


def folder(build: Path, name: str = CURRENT) -> Path | None:
    """The folder that a pointer leads to, whether it is there or not; None where it leads to no release."""
    release = read(build, name)
    return build / RELEASES / release if release else None


def write(build: Path, name: str, release: str) -> None:
    """Have a pointer of ``build`` lead to a ``release``, in one step, and flush that to disk.

    Raises EnvironmentFailure where something else is in its place, UsageError where the environment asks for a kind
    that there is not, OSError where the disk fails.
    """
    if not _is_name(release):
        raise ValueError(f"{release!r} names no release")
    place(build / name, f"{RELEASES}/{release}")
    flush(build)


def place(path: Path, target: str, *, or_file: bool = True) -> bool:
    """Make ``path`` a link to ``target`` in one step, ``or_file`` that says it; whether either was made.

    Raises as `write` does.
    """
    found = kind(path)
    if found not in ("", *(KINDS if or_file else ("link",))):
        raise EnvironmentFailure(
            f"{path} is in the way: it is a {found}, which no build makes; everything in build/ is generated: "
            "look at it, and remove it or move it elsewhere"
        )
    aside = path.with_name(f"{ASIDE}{path.name}")
    linked = may_link()
    if found == "link" and linked and leads_to(path) == target:
        return True
    remove(aside)
    if linked and _linked(aside, target):
        aside.replace(path)
        return True
    if or_file and not (found == "file" and leads_to(path) == target):
        with aside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(f"{target}\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    return or_file


def may_link() -> bool:
    """Whether links are to be made where that is possible. Raises UsageError where it is asked for otherwise."""
    asked = os.environ.get(LINKS, "")
    if asked not in ("", "file"):
        raise UsageError(f"{LINKS} is {asked!r}: it may be `file`, so that no links are made, or be left out")
    return not asked


def _linked(path: Path, target: str) -> bool:
    """Make a link; False where this user, or this disk, makes none."""
    try:
        path.symlink_to(target, target_is_directory=(path.parent / target).is_dir())  # Windows has two kinds
    except NotImplementedError:
        return False
    except OSError as error:
        if error.errno in _CANNOT or getattr(error, "winerror", 0) == _NO_RIGHT:
            return False
        raise
    return True


def _is_name(release: str) -> bool:
    return bool(release) and not release.startswith(".") and not any(one in release for one in "/\\:\0\n")
