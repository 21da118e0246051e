# SPDX-License-Identifier: Apache-2.0
"""A package as a change set is made of it, or applied to it: the files of a folder or of a ZIP file."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sourcebook import files
from sourcebook.errors import UsageError
from sourcebook.exact import loads
from sourcebook.extract import PACKAGE

NOT_OF_PACKAGE = frozenset({"SHA256SUMS", "SHA256SUMS.sig", "changes.json", "report.json", "version.json"})
"""What lies beside a package: checksums, which are made of a set too, the set itself, timings, what a version is."""

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}){0,3}")
_MOST_FILES = 100_000
_MOST_BYTES = 4 * 1024 * 1024 * 1024  # of one file


def is_path(path: str) -> bool:
    """Whether ``path`` may be that of a file of a package: plain names below the folder, and no way out of it."""
    return bool(_PATH.fullmatch(path))


class Listed(NamedTuple):
    """A JSON extract as ``datapackage.json`` names it; ``key`` is the path of the property that is the key, if any."""

    path: str
    key: str | None


class Package:
    """The files of a package: a folder with ``datapackage.json``, or a ZIP file. Raises UsageError where it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive: zipfile.ZipFile | None = None
        try:
            if path.is_file():
                self._archive = zipfile.ZipFile(path)
                self._root = path
            else:
                self._root = (path / PACKAGE).resolve(strict=True).parent  # `build/` has links to the release's files
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(f"{path} is no package: no folder with {PACKAGE}, and no ZIP file of one") from error
        if PACKAGE not in self.names:
            raise UsageError(f"{path} is no package: there is no {PACKAGE} in it")

    def close(self) -> None:
        """Close the ZIP file."""
        if self._archive:
            self._archive.close()

    @cached_property
    def names(self) -> frozenset[str]:
        """The paths of its files; what is no regular file, or has a name that no package's has, is none of it."""
        if self._archive:
            found = [one.filename for one in self._archive.infolist() if not one.is_dir()]
        else:
            found = [name for name in _walk(self._root) if files.kind(self._root / name) == "file"]
        if len(found) > _MOST_FILES:
            raise UsageError(f"{self.path} has more than {_MOST_FILES:,} files")
        return frozenset(name for name in found if is_path(name) and name not in NOT_OF_PACKAGE)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises UsageError where it cannot be read."""
        try:
            if self._archive is None:
                handle = files.open_below(self._root, name)
                with os.fdopen(handle, "rb") as file:
                    data = file.read(min(os.fstat(handle).st_size, _MOST_BYTES) + 1)
            else:
                with self._archive.open(name) as member:
                    data = member.read(_MOST_BYTES + 1)
        except (OSError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise UsageError(f"{name} of {self.path} cannot be read: {error}") from error
        if len(data) > _MOST_BYTES:
            raise UsageError(f"{name} of {self.path} has more than {_MOST_BYTES:,} bytes")
        return data

    @cached_property
    def descriptor(self) -> Mapping[str, Any]:
        """What its ``datapackage.json`` says."""
        return self.json(PACKAGE)

    def json(self, name: str) -> Mapping[str, Any]:
        """The object that a file of JSON holds."""
        try:
            value = loads(self.read(name))
        except ValueError as error:
            raise UsageError(f"{name} of {self.path} cannot be read: {error}") from error
        if not isinstance(value, dict):
            raise UsageError(f"{name} of {self.path} is no object of JSON")
        return value

    @cached_property
    def documents(self) -> Mapping[str, Listed]:
        """Its JSON extracts, by collection."""
        try:
            schemas = {one["name"]: one["schema"] for one in self.descriptor["resources"]}
            listed = self.descriptor["sourcebook"]["documents"]
            found = {one["collection"]: Listed(one["path"], one.get("key")) for one in listed}
            for name, one in found.items():
                if one.key is None:  # of an object, or written by a toolkit that did not say which property it is
                    found[name] = one._replace(key=self.json(schemas[name])["primaryKey"][0])
        except (KeyError, TypeError, IndexError) as error:
            raise UsageError(f"the {PACKAGE} of {self.path} is not that of a book: it lacks {error}") from error
        if not all(isinstance(one.path, str) and one.path in self.names for one in found.values()):
            raise UsageError(f"{self.path} lacks documents that its {PACKAGE} names")
        return found


def _walk(root: Path) -> list[str]:
    return [name for name in files.all_files(root) if not name.startswith(".")]


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def as_text(data: bytes) -> str | None:
    """The text that bytes are; None where they are none."""
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
