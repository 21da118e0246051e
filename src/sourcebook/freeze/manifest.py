# SPDX-License-Identifier: Apache-2.0
"""The list of a twin's files, ``-/frozen.json``: what an earlier freeze wrote, and so what is ours to change.

What is not listed is never touched: a folder with such files alone is refused.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.exact import dumps, loads
from sourcebook.freeze.writing import ASIDE, BEGUN, UNSURE, Done, File, writable
from sourcebook.machine.system import AS_IT_IS, lock

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
        """Add what was done of a part. Two files of one path would be a mistake of ours."""
        for one in done.files:
            if one.path in self.all:
                raise AssertionError(f"two files of a twin are called {one.path}")
            self.all[one.path] = one
        self.written += done.written
        self.removed += done.removed
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
    """What is ``known`` of the files in ``folder``: of each path hash and bytes, `UNSURE` where it was being written.

    ``of`` says what they were made of, where the last freeze came to its end.
    """

    folder: Path
    known: dict[str, tuple[str, int]]
    of: Mapping[str, Any]

    @staticmethod
    def read(folder: Path) -> Manifest:
        """The list of a folder, which another freeze may be changing.

        Raises UsageError where it has files and no list, EnvironmentFailure where it fails.
        """
        try:
            _check_own(folder)
            listed, begun = _text(folder / NAME), _text(folder / BEGUN)
            noted = tuple(_begun(begun or b""))
            if listed is None and not noted and _has_others(folder):
                raise UsageError(
                    f"{folder} has files that no freeze wrote: give a folder that is empty, or that was frozen before"
                )
        except NotADirectoryError:
            raise UsageError(f"{folder} is no folder") from None
        except OSError as error:
            raise EnvironmentFailure(f"cannot read {folder}: {error.strerror}") from error
        of, known = _listed(listed, folder) if listed is not None else ({}, {})
        if begun is None:
            return Manifest(folder, known, of)
        return Manifest(folder, known | dict.fromkeys(noted, ("", UNSURE)), {})

    def is_whole(self, of: Mapping[str, Any]) -> bool:
        """Whether the folder has what it would be given now: made of the same, each file with its hash."""
        return bool(self.known) and self.of == of and all(map(self._is_kept, self.known.items()))

    def _is_kept(self, item: tuple[str, tuple[str, int]]) -> bool:
        path, (digest, size) = item
        try:
            handle = os.open(f"{self.folder}/{path}", os.O_RDONLY | AS_IT_IS)
        except OSError:
            return False
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size != size:
            os.close(handle)
            return False
        with open(handle, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest

    @contextmanager
    def changing(self, of: Mapping[str, Any]) -> Iterator[tuple[Manifest, Listed]]:
        """Hold the folder, and have files made; then remove what is not there any more, and write the list with ``of``.

        What is known of the folder is read again when it is held: another freeze may have begun and ended since, and
        what it wrote is for this one to remove. One freeze at a time writes to a folder. Raises what `read` does,
        UsageError where what is to be removed lies behind a link, EnvironmentFailure where another one writes, or the
        disk fails.
        """
        handle = _held(self.folder)
        try:
            now, listed = Manifest.read(self.folder), Listed()
            for path, (_, size) in now.known.items():
                if size == UNSURE:
                    _sweep(self.folder, path)
            yield now, listed
            try:
                for path in sorted(now.known.keys() - listed.all.keys()):
                    listed.removed += _remove(self.folder, path)
                self._write(of, listed)
                (self.folder / BEGUN).unlink()
            except OSError as error:
                raise EnvironmentFailure(f"cannot write {error.filename}: {error.strerror}") from error
        finally:
            os.close(handle)

    def _write(self, of: Mapping[str, Any], listed: Listed) -> None:
        files = {path: [one.sha256, one.bytes] for path, one in sorted(listed.all.items())}
        lines = ",\n".join(f"{dumps(path)}:{dumps(one)}" for path, one in files.items())
        head = f'{{"format":{dumps(_FORMAT)},"of":{dumps(dict(of))},"files":{{\n'
        aside = self.folder / "-" / f"{ASIDE}{os.getpid()}"
        with open(writable(aside), "wb") as file:
            file.write(f"{head}{lines}\n}}}}\n".encode())
        aside.replace(self.folder / NAME)


def _held(folder: Path) -> int:
    """Hold the folder until the handle is closed; from here on its files are known to be ours.

    What is held is the file of notes. It is removed at the end while it is held: whoever has opened it meanwhile, and
    holds what is not there any more, begins again.
    """
    path = folder / BEGUN
    while True:
        handle = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _check_own(folder)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | AS_IT_IS, 0o666)
            _lock(handle)
            if os.path.samestat(os.fstat(handle), path.lstat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise EnvironmentFailure(f"another freeze is writing to {folder}") from None
        except FileNotFoundError:
            if handle < 0:  # a folder, which another freeze has just removed, or cannot be made
                raise EnvironmentFailure(f"cannot write {path}: its folder is gone") from None
        except OSError as error:
            if handle >= 0:
                os.close(handle)
            raise EnvironmentFailure(f"cannot write {error.filename or path}: {error.strerror}") from error
        os.close(handle)


def _lock(handle: int) -> None:
    """Lock a file. Raises BlockingIOError where another holds it; where a file system knows no locks, nobody does."""
    try:
        lock(handle)
    except BlockingIOError:
        raise
    except OSError:
        pass


def _check_own(folder: Path) -> None:
    """Raise UsageError where what is to lie beside the list would be written through a link, or over a file."""
    own = folder / "-"
    if os.path.lexists(own) and not stat.S_ISDIR(own.lstat().st_mode):
        raise UsageError(f"{own} is in the way: it is no folder")


def _has_others(folder: Path) -> bool:
    """Whether a folder has anything but notes of a freeze that had written nothing yet."""
    try:
        return any(one.name != "-" for one in folder.iterdir()) or any(
            one != folder / BEGUN for one in (folder / "-").iterdir()
        )
    except FileNotFoundError:
        return False


def _text(path: Path) -> bytes | None:
    with suppress(FileNotFoundError, NotADirectoryError):
        return path.read_bytes()
    return None


def _listed(text: bytes, folder: Path) -> tuple[Mapping[str, Any], dict[str, tuple[str, int]]]:
    try:
        data: Any = loads(text)
        if data["format"] != _FORMAT:
            raise ValueError
        files = {str(path): (str(digest), int(size)) for path, (digest, size) in data["files"].items()}
        return dict(data["of"]), files
    except (ValueError, LookupError, TypeError, AttributeError):
        raise UsageError(f"{folder / NAME} is no list of a freeze: move it away, or freeze to another folder") from None


def _begun(text: bytes) -> Iterator[str]:
    for line in text.split(b"\n"):
        with suppress(ValueError):  # the last one may be cut: its file was not begun
            path = loads(line)
            if isinstance(path, str):
                yield path


def _is_inside(path: str) -> bool:
    return not any(part in ("", ".", "..") for part in path.split("/")) and "\\" not in path


def _link_above(folder: Path, path: str) -> Path | None:
    """The link that a path leads through on its way from a folder; what the folder itself is does not matter."""
    above = (folder / path).parents
    return next((one for one in above if one != folder and one.is_relative_to(folder) and one.is_symlink()), None)


def _remove(folder: Path, path: str) -> int:
    """Remove a file that was ours, and the folders that are empty for it; nothing through a link, and no folder.

    Raises UsageError where it lies behind one: it would stay, and nothing would know of it any more.
    """
    whole = folder / path
    if not _is_inside(path):
        return 0
    if link := _link_above(folder, path):
        if not os.path.lexists(whole):
            return 0
        raise UsageError(f"{link} is in the way: it is no folder, and {whole} is to be removed")
    try:
        if stat.S_ISDIR(whole.lstat().st_mode):
            return 0  # pages lie there now
        whole.unlink()
    except (FileNotFoundError, NotADirectoryError):  # or something lies there that was no folder of ours
        return 0
    for above in whole.parents:
        if above == folder:
            break
        try:
            above.rmdir()
        except OSError:  # something else lies there
            break
    return 1


def _sweep(folder: Path, path: str) -> None:
    """Remove what a freeze that was ended left beside a file that it was writing; nothing through a link."""
    if not _is_inside(path) or _link_above(folder, path):
        return
    with suppress(OSError):
        for one in (folder / path).parent.glob(f"{ASIDE}*"):
            one.unlink()
