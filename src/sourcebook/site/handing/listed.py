# SPDX-License-Identifier: Apache-2.0
"""The files of a release that may be had: those that its checksums list, and these themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sourcebook.files import open_below
from sourcebook.formats.paths import CODINGS
from sourcebook.publish.release import SUMS


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of the release by its path, and its SHA-256."""

    path: str
    digest: str

    @property
    def tag(self) -> str:
        """Its ETag: strong, for the same bytes alone have it."""
        return f'"{self.digest}"'


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that may be asked for: ``plain`` as it is, and packed, by coding, best first."""

    plain: Copy
    packed: Mapping[str, Copy] = field(default_factory=dict)


def listed(folder: Path, beside: Iterable[str] = ()) -> dict[str, Listed]:
    """The files of the release in ``folder``, by path, and those that may stand ``beside`` its checksums.

    Raises OSError where it has no checksums.
    """
    text = _read(folder, SUMS)
    found = {SUMS: Copy(SUMS, hashlib.sha256(text).hexdigest())}
    for path in beside:
        with suppress(OSError):
            found[path] = Copy(path, hashlib.sha256(_read(folder, path)).hexdigest())
    for line in text.decode("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        found[path] = Copy(path, digest)
    return {
        path: Listed(
            one, {coding: found[path + ending] for coding, ending in CODINGS.items() if path + ending in found}
        )
        for path, one in found.items()
    }


def _read(folder: Path, path: str) -> bytes:
    with open(open_below(folder, path), "rb") as file:
        return file.read()
