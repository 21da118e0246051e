# SPDX-License-Identifier: Apache-2.0
"""What is kept in ``build/versions``, read with distrust: links and pipes are in the way, and nothing else is opened.

A version is what its own checksums list; whether this user kept it, its seal tells.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import loads
from sourcebook.files import kind, odd_entries, open_below
from sourcebook.publish.ground import INDEX, VERSIONS, in_the_way, inspect
from sourcebook.publish.key import key_of
from sourcebook.publish.release import REPORT, SUMS, damaged
from sourcebook.publish.seal import is_sealed

ABOUT = "version.json"
CHANGES = "changes.json"
SIGNATURE = "SHA256SUMS.sig"
FORMAT = "sourcebook version 1"
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
_MOST = 64 * 1024 * 1024  # bytes of a list of checksums


@dataclass(frozen=True, slots=True)
class Version:
    """A kept version: what it is called, the ``day`` of its release, the ``commit`` that it was built from, its folder.

    ``id`` names its content, ``after`` is the version that `CHANGES` starts from, ``changes`` counts what became of
    records since, ``breaking`` tells whether tables changed so that a reader breaks. ``withdrawn`` is the day and the
    reason of one whose files are gone; ``replaced`` the same of one that has other files than it was released with.
    """

    version: str
    day: str
    commit: str
    folder: Path
    withdrawn: Mapping[str, str] | None = None
    name: str = ""
    id: str = ""
    after: str = ""
    breaking: bool = False
    changes: Mapping[str, int] = field(default_factory=dict)
    replaced: Mapping[str, str] | None = None

    @property
    def signed(self) -> bool:
        """Whether there is a signature, of whomever."""
        return kind(self.folder / SIGNATURE) == "file"

    def as_dict(self) -> dict[str, Any]:
        """What stands in `ABOUT`."""
        return {
            "format": FORMAT,
            "name": self.name,
            "version": self.version,
            "day": self.day,
            "commit": self.commit or None,
            "id": self.id,
            "after": self.after or None,
            "breaking": self.breaking,
            "changes": dict(self.changes),
            "withdrawn": dict(self.withdrawn) if self.withdrawn else None,
            "replaced": dict(self.replaced) if self.replaced else None,
        }


def fits(version: str) -> bool:
    """Whether a version may be kept by its name: one that is a plain name of a folder, and of a tag."""
    return (
        version != INDEX
        and bool(_NAME.fullmatch(version))
        and ".." not in version
        and not version.endswith((".", ".lock"))
    )


def kept(build: Path) -> tuple[Version, ...]:
    """The versions that are kept in ``build``, the newest first; nothing is locked, and no file of data is opened.

    Raises EnvironmentFailure where something lies among them that is none, or whose checksums do not list what it is.
    """
    inspect(build)
    folder = build / VERSIONS
    if not kind(folder):
        return ()
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    found = [read(folder / name) for name in names if not name.startswith(".") and name != INDEX]
    return tuple(sorted(found, key=lambda one: by_age(one.day, one.version), reverse=True))


def by_age(day: str, version: str) -> tuple[str, list[tuple[int, str]]]:
    """What versions are sorted by: the ``day``, and of one day the numbers."""
    parts = re.split(r"[.+_-]", version)
    return day, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def read(folder: Path) -> Version:
    """The version in a folder. Raises EnvironmentFailure where it is none."""
    found = kind(folder)
    if found != "folder":
        raise in_the_way(folder, found)
    if odd := odd_entries(folder):
        raise in_the_way(folder / odd[0], kind(folder / odd[0]))
    try:
        data, sums = bytes_of(folder, ABOUT), bytes_of(folder, SUMS).decode()
        about = loads(data)
        version = Version(
            version=_text(about, "version"),
            day=_text(about, "day"),
            commit=_text(about, "commit"),
            folder=folder,
            withdrawn=_notice(about.get("withdrawn")),
            name=_text(about, "name"),
            id=_text(about, "id"),
            after=_text(about, "after"),
            breaking=about.get("breaking") is True,
            changes={name: int(count) for name, count in about["changes"].items()},
            replaced=_notice(about.get("replaced")),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise EnvironmentFailure(f"{folder} is no version that was kept: {error}; move it elsewhere") from error
    listed = f"{hashlib.sha256(data).hexdigest()}  {ABOUT}\n" in sums.splitlines(keepends=True)
    if version.version != folder.name or not fits(version.version) or about.get("format") != FORMAT or not listed:
        raise EnvironmentFailure(f"{folder} is no version that was kept, or was changed since; move it elsewhere")
    return version


def _text(about: Mapping[str, Any], name: str) -> str:
    value = about[name]
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value or ""


def _notice(value: Any) -> dict[str, str] | None:
    return None if value is None else {"day": str(value["day"]), "reason": str(value["reason"])}


def bytes_of(folder: Path, name: str) -> bytes:
    """The bytes of a file that is not large. Raises OSError where there is none that is a file itself."""
    with open(open_below(folder, name), "rb") as file:
        return file.read(min(os.fstat(file.fileno()).st_size, _MOST))  # so much is asked of the memory for it


def wrong_in(version: Version) -> list[str]:
    """The files of a version that are not what its checksums say, missing and unlisted ones included."""
    return damaged(version.folder, but=(SIGNATURE,))


def check_own(build: Path, version: Version) -> None:
    """Raise EnvironmentFailure where a version was not kept by this user on this machine.

    Whether its files are whole is not asked; `wrong_in` does that.
    """
    key = key_of(build.parent)
    if key.lacking or not is_sealed(version.folder, REPORT, SUMS, key):
        raise EnvironmentFailure(
            f"{version.folder} was not kept by you on this machine: it does not bear your seal; if you copied it here, "
            "or somebody you trust made it, run `sourcebook serve --unsealed`"
        )


def differing(version: Version, release: Path) -> list[str]:
    """The extracts of a release that are not those of a version: what records say, in whatever form that is kept."""
    one, other = (sums(folder) for folder in (version.folder, release))
    names = sorted(name for name in one.keys() | other.keys() if name.startswith(_DATA) and not name.endswith(_PACKED))
    return [name for name in names if one.get(name) != other.get(name)]


def departing(folder: Path, release: Path) -> str:
    """In words, that a ``release`` says that it is the version in ``folder``, and is not; empty where it is."""
    try:
        version = read(folder)
        names = differing(version, release)
    except (EnvironmentFailure, OSError, ValueError) as error:
        return str(error)
    if not names or version.withdrawn:
        return ""
    others = f" and {len(names) - 1:,} more differ" if names[1:] else " differs"
    return (
        f"this is not {version.version} as released: {names[0]}{others}; run `sourcebook release` to say the next one"
    )


_DATA = ("csv/", "json/", "tableschema/")
_PACKED = (".gz", ".br")


def sums(folder: Path) -> dict[str, str]:
    """What the checksums of a release list: the SHA-256 of each file, by path."""
    lines = bytes_of(folder, SUMS).decode().splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
