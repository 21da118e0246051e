# SPDX-License-Identifier: Apache-2.0
"""The list of a twin's files, ``-/frozen.json``: what an earlier freeze wrote, and so what is ours to change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.freeze.writing import Done, File

NAME = "-/frozen.json"
_FORMAT = "sourcebook twin 1"


@dataclass(slots=True)
class Listed:
    """The files that a freeze has made so far."""

    all: dict[str, File] = field(default_factory=dict)
    written: int = 0
    removed: int = 0
    failed: list[str] = field(default_factory=list)

    def add(self, done: Done) -> None:
        """Add what was done of a part."""
        self.all.update((one.path, one) for one in done.files)
        self.written += done.written
        self.failed += done.failed

    @property
    def files(self) -> int:
        """How many there are."""
        return len(self.all)

    @property
    def bytes(self) -> int:
        """How many bytes they have."""
        return sum(one.bytes for one in self.all.values())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is ``known`` of the files in ``folder``: of each path hash and bytes, -1 where it was being written."""

    folder: Path
    known: dict[str, tuple[str, int]]

    @staticmethod
    def of(folder: Path) -> Manifest:
        """The list of a folder. Raises UsageError where it has files and no list, EnvironmentFailure where it fails."""
        try:
            if not folder.exists() or not any(folder.iterdir()):
                return Manifest(folder, {})
            text = (folder / NAME).read_bytes()
        except FileNotFoundError:
            raise UsageError(
                f"{folder} has files that no freeze wrote: give a folder that is empty, or that was frozen before"
            ) from None
        except NotADirectoryError:
            raise UsageError(f"{folder} is no folder") from None
        except OSError as error:
            raise EnvironmentFailure(f"cannot read {folder}: {error.strerror}") from error
        return Manifest(folder, dict(_read(text, folder)))

    @contextmanager
    def changing(self) -> Iterator[Listed]:
        """Have files made, then remove what is not there any more, and write the list."""
        listed = Listed()
        (self.folder / NAME).parent.mkdir(parents=True, exist_ok=True)
        yield listed
        for path in self.known.keys() - listed.all.keys() - {NAME}:
            _remove(self.folder, path)
            listed.removed += 1
        data = {
            "format": _FORMAT,
            "files": {
                one.path: [one.sha256, one.bytes] for one in sorted(listed.all.values(), key=lambda one: one.path)
            },
        }
        aside = self.folder / "-/.frozen-list"
        aside.write_text(json.dumps(data, indent=0) + "\n", "utf-8")
        aside.replace(self.folder / NAME)


def _read(text: bytes, folder: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    try:
        data: Any = json.loads(text)
        if data["format"] != _FORMAT:
            raise ValueError
        for path, (digest, size) in data["files"].items():
            yield path, (str(digest), int(size))
    except (ValueError, LookupError, TypeError):
        raise UsageError(f"{folder / NAME} is no list of a freeze") from None


def _remove(folder: Path, path: str) -> None:
    parts = path.split("/")
    if not all(parts) or ".." in parts or "." in parts:
        return
    whole = folder / path
    whole.unlink(missing_ok=True)
    for above in whole.parents:
        if above == folder:
            return
        try:
            above.rmdir()
        except OSError:
            return
