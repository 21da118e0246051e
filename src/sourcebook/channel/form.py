# SPDX-License-Identifier: Apache-2.0
"""The form of a release channel: what lies at a target, how it is written, and how it is read with distrust.

``current.json`` says which manifest is the current one; ``releases/SHA256.json`` is a manifest, named by its hash: what
a release is called and which files it has; ``objects/AB/SHA256`` is the content of a file, named by its hash.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.errors import EnvironmentFailure
from sourcebook.exact import dumps, loads
from sourcebook.publish.ground import OURS
from sourcebook.publish.versions import INDEX, VERSIONS, fits

FORMAT = "sourcebook channel 1"
POINTER = "current.json"
RELEASE = "release"
"""Where the files of the release stand in a manifest; those of kept versions stand in ``versions/VERSION``."""
MOST_OF_POINTER = 64 * 1024
MOST_OF_MANIFEST = 32 * 1024 * 1024
"""Bytes: that of a book of 100,000 files has 15 million."""
_DENSEST = (
    16  # bytes for each comma or bracket, at least: a file has 4 or 5 of them, and 110 bytes with the shortest path
)
_LARGEST = 2**53 - 1  # of numbers that every reader of JSON reads exactly
_OBJECTS, _MANIFESTS = "objects", "releases"
_HASH = re.compile("[0-9a-f]{64}", re.ASCII)
_ID = re.compile("[0-9a-f]{16}", re.ASCII)
_OBJECT = re.compile(f"{_OBJECTS}/([0-9a-f]{{2}})/(\\1[0-9a-f]{{62}})", re.ASCII)
_MANIFEST = re.compile(f"{_MANIFESTS}/([0-9a-f]{{64}})\\.json", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_ODD = re.compile(r"[\x00-\x1f\x7f\\]" if os.name != "nt" else r'[\x00-\x1f\x7f\\:*?"<>|]')
_DEEPEST, _LONGEST = 20, 255  # folders in folders, and bytes of a name
_SOME = 5  # that are named

DAMAGED = "it is damaged, or was changed on the way"
OLDER = "it is older than what was taken before"
OTHERS = "it is another book's"
TWICE = "it has the serial of another"
UNSHOWN = "this server cannot show it"
UNSIGNED = "nobody signed it who may"


class Refused(EnvironmentFailure):
    """What lies at the target is not taken, and why in words for anybody: `DAMAGED`, `OLDER` and the like."""

    def __init__(self, message: str, why: str = DAMAGED) -> None:
        super().__init__(message)
        self.why = why


class Short(EnvironmentFailure):
    """This machine has not what it takes, and what that is in words for anybody."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why

    def __reduce__(self) -> tuple[type[Short], tuple[str, str]]:  # it comes from processes of their own, too
        return type(self), (str(self), self.why)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release or of a kept version: its path in the manifest, its SHA-256, and how many bytes it has."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A release as it is at a target: of the book ``name``, in the ``version`` that its descriptor says.

    ``release`` names its content, as in ``build/releases``. ``serial`` is larger than that of any that was current
    before. ``taken_down`` is a fingerprint of what was taken down of the book. Followers are not to leave readers on
    what is older than the serial ``forget``.
    """

    name: str
    version: str
    release: str
    serial: int
    at: str
    taken_down: str
    forget: int
    files: tuple[File, ...]

    def data(self) -> bytes:
        """The bytes that it is at a target."""
        head = {
            "format": FORMAT,
            "name": self.name,
            "version": self.version or None,
            "release": self.release,
            "serial": self.serial,
            "at": self.at,
            "taken_down": self.taken_down or None,
            "forget": self.forget or None,
        }
        lines = ",\n".join(
            f"    {dumps({'path': one.path, 'sha256': one.sha256, 'bytes': one.size})}" for one in self.files
        )
        return f'{dumps(head, indent=2).removesuffix("}").rstrip()},\n  "files": [\n{lines}\n  ]\n}}\n'.encode()

    @property
    def hashes(self) -> dict[str, int]:
        """The objects that it needs, with how many bytes each has."""
        return {one.sha256: one.size for one in self.files}

    def below(self, folder: str) -> dict[str, File]:
        """The files in a folder of the manifest, by their paths there."""
        start = f"{folder}/"
        return {one.path.removeprefix(start): one for one in self.files if one.path.startswith(start)}

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions that are kept beside the release, sorted."""
        parts = (one.path.split("/") for one in self.files)
        return tuple(sorted({part[1] for part in parts if part[0] == VERSIONS and len(part) > 2}))


@dataclass(frozen=True, slots=True)
class Pointer:
    """What ``current.json`` says: the hash and the size of the manifest, its serial, and a signature of its bytes."""

    manifest: str
    size: int
    serial: int
    signature: str = ""

    def data(self, about: Manifest) -> bytes:
        """The bytes that it is at a target; what it is ``about`` is told to people who look."""
        said = {
            "format": FORMAT,
            "name": about.name,
            "version": about.version or None,
            "release": about.release,
            "at": about.at,
            "serial": self.serial,
            "manifest": {"sha256": self.manifest, "bytes": self.size},
            "signature": self.signature or None,
        }
        return (dumps(said, indent=2) + "\n").encode()


def place_of(digest: str) -> str:
    """Where the content of a hash lies at a target."""
    return f"{_OBJECTS}/{digest[:2]}/{digest}"


def place_of_manifest(digest: str) -> str:
    """Where the manifest of a hash lies."""
    return f"{_MANIFESTS}/{digest}.json"


def objects(paths: Iterable[str]) -> dict[str, str]:
    """Those paths that are places of objects, by the hash; whatever else lies there is none of ours."""
    return {found[2]: path for path in paths if (found := _OBJECT.fullmatch(path))}


def manifests(paths: Iterable[str]) -> dict[str, str]:
    """Those paths that are places of manifests, by the hash."""
    return {found[1]: path for path in paths if (found := _MANIFEST.fullmatch(path))}


FOLDERS = (_OBJECTS, _MANIFESTS)
"""Where at a target what is ours lies, but for the pointer."""


def read_pointer(data: bytes) -> Pointer:
    """What the bytes of ``current.json`` say. Raises ValueError, in words, where they are none."""
    told = _object(data)
    manifest = _of(told, "manifest", Mapping)
    return Pointer(
        manifest=_matching(manifest, "sha256", _HASH),
        size=_number(manifest, "bytes", MOST_OF_MANIFEST),
        serial=_number(told, "serial", _LARGEST),
        signature=_text(told, "signature"),
    )


def read_manifest(data: bytes) -> Manifest:
    """What the bytes of a manifest say. Raises ValueError, in words, where they are none, or a path leads elsewhere."""
    check_sparse(data)
    told = _object(data)
    files = tuple(
        File(_path(one), _matching(one, "sha256", _HASH), _number(one, "bytes", _LARGEST))
        for one in _of(told, "files", list)
    )
    if len({one.path for one in files}) != len(files):
        raise ValueError("a file stands in it twice")
    if len({one.sha256: one.size for one in files}.items() ^ {(one.sha256, one.size) for one in files}):
        raise ValueError("a content has two sizes")
    taken_down = _text(told, "taken_down")
    if taken_down and not _HASH.fullmatch(taken_down):
        raise ValueError("its taken_down is no fingerprint")
    return Manifest(
        name=_matching(told, "name", re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")),
        version=_text(told, "version"),
        release=_matching(told, "release", _ID),
        serial=_number(told, "serial", _LARGEST),
        at=_matching(told, "at", _TIME),
        taken_down=taken_down,
        forget=0 if told.get("forget") is None else _number(told, "forget", _LARGEST),
        files=files,
    )


def check_sparse(data: bytes) -> None:
    """Raise ValueError where the bytes of a manifest have more values than files could have.

    It is asked before they are read: of `[],[],[]` each 3 bytes take 60 of memory.
    """
    if sum(data.count(mark) for mark in (b",", b"{", b"[")) > 64 + len(data) // _DENSEST:
        raise ValueError("it has more values than a list of files has")


def wrong_path(path: str) -> str:
    """Why a file may not stand in a manifest by this path; empty where it may."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > _LONGEST for part in parts):
        return "it leads elsewhere, or is too long"
    if _ODD.search(path) or any("\ud800" <= one <= "\udfff" for one in path) or len(parts) > _DEEPEST:
        return "no folder may have a file of that name"
    if parts[0] == RELEASE and len(parts) > 1:
        return f"{parts[1]} is a name of the folder that it goes to" if parts[1] in OURS or parts[1][0] == "." else ""
    if path == f"{VERSIONS}/{INDEX}" or (parts[0] == VERSIONS and len(parts) > 2 and fits(parts[1])):
        return ""
    return "it is neither of the release nor of a kept version"


def some(names: Sequence[str]) -> str:
    """The names, or the first ones and how many more there are."""
    more = f" and {len(names) - _SOME:,} more" if len(names) > _SOME else ""
    return f"{', '.join(names[:_SOME])}{more}"


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def _object(data: bytes) -> Mapping[str, Any]:
    told = loads(data.decode("utf-8"))  # and in no other encoding, which JSON would be read in as well
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError(f"it is not of the format {FORMAT!r}")
    return told


def _of(told: Any, name: str, kind: type) -> Any:
    value = told.get(name) if isinstance(told, dict) else None
    if not isinstance(value, kind):
        raise ValueError(f"its {name} is missing, or of another kind")
    return value


def _text(told: Mapping[str, Any], name: str) -> str:
    return str(_of(told, name, str)) if told.get(name) is not None else ""


def _matching(told: Any, name: str, form: re.Pattern[str]) -> str:
    value: str = _of(told, name, str)
    if not form.fullmatch(value):
        raise ValueError(f"its {name} is not of the form that it has")
    return value


def _number(told: Any, name: str, most: int) -> int:
    value = _of(told, name, int)
    if isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"its {name} is no number from 0 to {most}")
    return int(value)


def _path(one: Any) -> str:
    path: str = _of(one, "path", str)
    if why := wrong_path(path):
        raise ValueError(f"{path[:100]!r} is no path of a file: {why}")
    return path
