# SPDX-License-Identifier: Apache-2.0
"""The disk, read with distrust: regular files inside the book, and nothing else.

Links, pipes and devices are never opened; names that would break a listing are findings. Longer than most modules, so
that all distrust of the disk is in one place.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

from sourcebook.finding import Finding, printable
from sourcebook.machine import system
from sourcebook.machine.system import flush as flush
from sourcebook.matching import Matcher as Matcher
from sourcebook.storage import PARTED, afar

DEEPEST = 100
"""Folders in folders that are looked into."""
LOCK = ".#"
"""What names of the locks begin with that Emacs leaves beside a file."""


def walk(root: Path, folder: str) -> Iterator[tuple[str, Finding | None]]:
    """Every file below ``folder`` (relative to ``root``), sorted: its path with ``/``, and what is wrong with it.

    Dotfiles count, but not Emacs' locks (``.#name``), whose names end like data and which are there while somebody
    edits: links to nowhere, or files where a system has no links. A folder too deep to be looked into comes as a file
    with that wrong. Yields nothing where there is no such folder.
    """
    there = afar.of(root)
    if there and (not folder or there.has(folder)):
        yield from _walk_afar(there, root, folder)
    else:
        yield from _walk_here(root, folder)


def _walk_afar(there: afar.Afar, root: Path, folder: str) -> Iterator[tuple[str, Finding | None]]:
    """The same where files lie afar: of the book's root, beside those that lie in it."""
    here = ((path, odd) for path, odd in _walk_here(root, "") if not there.has(path)) if not folder else ()
    found = [*here, *(_in_folder(there, folder) if there.local else _in_storage(there, folder))]
    yield from sorted(found, key=lambda one: [os.fsencode(part) for part in one[0].split("/")])


def _in_storage(there: afar.Afar, folder: str) -> Iterator[tuple[str, Finding | None]]:
    return ((name, _odd_name(name)) for name in there.names(folder or there.folder))


def _in_folder(there: afar.Afar, folder: str) -> Iterator[tuple[str, Finding | None]]:
    """The same in a folder of this machine, in which nothing is told otherwise than in the book."""
    assert there.local
    for path, odd in _walk_here(there.local, folder[len(there.folder) + 1 :]):
        yield f"{there.folder}/{path}", odd and replace(odd, path=f"{there.folder}/{odd.path}")


def _odd_name(path: str) -> Finding | None:
    parts = path.split("/")
    parted = PARTED and "\\" in path
    if printable(path) != path or parted or any(part in ("", ".", "..") for part in parts):
        message = "the file's name holds control characters, or a part that is none of a path"
        return Finding(printable(path), 0, 0, "file-name", message, hint="rename it")
    if len(parts) > DEEPEST:
        return _too_deep(path)
    return None


def _walk_here(root: Path, folder: str) -> Iterator[tuple[str, Finding | None]]:
    top = root / folder if folder else root
    if not _is_there(top) or top.is_symlink():
        return
    waiting = [_listed(root, folder)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif not entry[1].is_dir(follow_symlinks=False):
            yield entry[0], _odd(entry[1], entry[0])
        elif len(waiting) < DEEPEST and len(os.fsencode(entry[0])) < _LONGEST:
            waiting.append(_listed(root, entry[0]))
        else:
            yield entry[0], _too_deep(entry[0], len(waiting))


def _too_deep(path: str, depth: int = DEEPEST) -> Finding:
    message = f"the folder lies more than {depth:,} folders deep, and is not looked into"
    return Finding(path, 0, 0, "file-kind", message, hint="move what it holds further up")


_LONGEST = 3_000  # bytes of a path that is looked into: systems end at 4,096, with the way to the book before it


def _listed(root: Path, folder: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What lies in a folder, sorted, each with its path."""
    with os.scandir(root / folder if folder else root) as entries:
        found = sorted(
            (entry for entry in entries if not entry.name.startswith(LOCK)), key=lambda entry: os.fsencode(entry.name)
        )
    return ((f"{folder}/{entry.name}" if folder else entry.name, entry) for entry in found)


def _odd(entry: os.DirEntry[str], path: str) -> Finding | None:
    if entry.is_symlink():
        return Finding(
            path, 0, 0, "file-kind", "a symbolic link; links are not followed", hint="put the file here itself"
        )
    if not entry.is_file(follow_symlinks=False):
        return Finding(path, 0, 0, "file-kind", "not a regular file", hint="put a file here itself")
    try:
        entry.name.encode("utf-8")
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode("utf-8", "backslashreplace")
        return Finding(shown, 0, 0, "file-name", "the file's name is not UTF-8", hint="rename it")
    if printable(entry.name) != entry.name:
        return Finding(path, 0, 0, "file-name", "the file's name holds control characters", hint="rename it")
    return None


def is_folder(root: Path, folder: str) -> bool:
    """Whether there is a ``folder`` of the book, wherever its data lies. Raises EnvironmentFailure."""
    there = afar.of(root)
    if not there or not there.has(folder):
        return _is_there(root / folder)
    below = folder[len(there.folder) + 1 :]
    return _is_there(there.local / below) if there.local else any(True for _ in there.names(folder))


def _is_there(folder: Path) -> bool:
    """Whether a folder is there; none is where the name is too long for any. Raises OSError where the disk fails."""
    try:
        return folder.is_dir()
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        return False


def read_bytes(root: Path, path: str, limit: int) -> tuple[bytes, Finding | None]:
    """The bytes of a regular file of the book, ``limit`` + 1 at most, or a finding saying why it is not read.

    No part of the path below ``root`` may be a link. Raises OSError where the disk fails.
    """
    return read_many(root, [path], limit)[0]


def read_many(root: Path, paths: Iterable[str], limit: int) -> list[tuple[bytes, Finding | None]]:
    """The same of several files, for which a folder is opened once as long as its files follow each other."""
    there = afar.of(root)
    if not there:
        return _read_here(root, paths, limit)
    paths = list(paths)
    found = dict(read_afar(there, filter(there.has, paths), limit))
    here = [path for path in paths if path not in found]
    found |= dict(zip(here, _read_here(root, here, limit), strict=True))
    return [found[path] for path in paths]


def read_afar(there: afar.Afar, paths: Iterable[str], limit: int) -> list[tuple[str, tuple[bytes, Finding | None]]]:
    """The same of files that lie afar, each with its path. Raises EnvironmentFailure where the storage fails too."""
    wanted = list(paths)
    if there.local:
        found = _read_here(there.local, [path[len(there.folder) + 1 :] for path in wanted], limit)
        return [
            (path, (data, odd and replace(odd, path=path))) for path, (data, odd) in zip(wanted, found, strict=True)
        ]
    return [
        (path, (data, lfs_pointer(data, path))) for path, data in zip(wanted, there.read(wanted, limit), strict=True)
    ]


def _read_here(root: Path, paths: Iterable[str], limit: int) -> list[tuple[bytes, Finding | None]]:
    found = []
    folder: str = ""
    handle: system.Below | None = None
    try:
        for path in paths:
            here, _, name = path.rpartition("/")
            if here != folder or handle is None:
                if handle is not None:
                    system.let_go(handle)
                handle = None  # which is let go, should the next not open
                folder, handle = here, _open_folder(root, here)
            found.append(_read(handle, name, path, limit) if handle is not None else (b"", _link(path)))
    finally:
        if handle is not None:
            system.let_go(handle)
    return found


def _open_folder(root: Path, folder: str) -> system.Below | None:
    """A folder below ``root``; None where a part of its path is a link."""
    try:
        return system.folder_below(root, folder)
    except OSError as error:
        if error.errno not in system.IS_LINK:
            raise OSError(error.errno, error.strerror, str(root / folder)) from error
        return None


def _read(folder: system.Below, name: str, path: str, limit: int) -> tuple[bytes, Finding | None]:
    try:
        handle = system.open_in(folder, name)
    except OSError as error:
        if error.errno not in system.IS_LINK:
            raise OSError(error.errno, error.strerror, path) from error
        return b"", _link(path)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return b"", Finding(path, 0, 0, "file-kind", "not a regular file", hint="put a file here itself")
        wanted = min(status.st_size, limit) + 1
        data = os.read(handle, wanted)
        if len(data) == status.st_size < wanted:  # one byte less than was asked for: that was all
            return data, lfs_pointer(data, path)
        while len(data) <= limit and (part := os.read(handle, limit + 1 - len(data))):  # it grows while it is read
            data += part
        return data, None
    finally:
        os.close(handle)


_LFS = b"version https://git-lfs.github.com/spec/"


def lfs_pointer(data: bytes, path: str) -> Finding | None:
    """The finding that a file is what Git LFS leaves in the place of one until that is fetched."""
    if not data.startswith(_LFS):
        return None
    message = "a pointer of Git LFS in the place of the file's content, which was not fetched"
    return Finding(path, 1, 1, "file-kind", message, hint="run `git lfs pull`")


def _link(path: str) -> Finding:
    message = "a symbolic link; links are not followed"
    return Finding(path, 0, 0, "file-kind", message, hint="put the file here itself")


def submodule(root: Path, path: str) -> str:
    """The folder of a submodule of git that is, or holds, the folder of ``path``; the empty string where none does."""
    root = root.absolute()
    for folder in (root, *root.parents):
        listed = folder / ".gitmodules"
        if listed.is_file() and not listed.is_symlink() and listed.stat().st_size < 1_000_000:
            modules = re.findall(r"^\s*path\s*=\s*(.+?)\s*$", listed.read_text("utf-8", "replace"), re.MULTILINE)
            here = (root / path).relative_to(folder).as_posix()
            return next((one for one in modules if here.startswith(f"{one}/")), "")
        if (folder / ".git").exists():
            break
    return ""


def base(pattern: str) -> str:
    """The folder that every file of ``pattern`` lies in: ``data/claims/**/*.yaml`` gives ``data/claims``."""
    fixed = []
    for part in pattern.split("/")[:-1]:
        if any(c in part for c in "*?["):
            break
        fixed.append(part)
    return "/".join(fixed)


def matcher(patterns: Iterable[str]) -> Matcher:
    """What says of paths whether one of ``patterns`` claims them."""
    return Matcher(patterns)


# --- what we have written ourselves -----------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_below(root: Path, path: str) -> int:
    """A handle of the regular file at ``path`` below ``root``, to be closed by who asked.

    No part of the path below ``root`` may be a link. Raises OSError where it is one, or no file.
    """
    folder, _, name = path.rpartition("/")
    above = _open_folder(root, folder)
    if above is None:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    try:
        handle = system.open_in(above, name)
    finally:
        system.let_go(above)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return handle


def all_files(folder: Path) -> Iterator[str]:
    """The files below ``folder``, as sorted paths with ``/``. Raises OSError where a folder cannot be read."""

    def failed(error: OSError) -> None:  # which os.walk, and pathlib, would pass over: the files would not be missed
        raise error

    found = (Path(top, name) for top, _, names in os.walk(folder, onerror=failed) for name in names)
    yield from sorted(path.relative_to(folder).as_posix() for path in found if path.is_file())


def kind(path: Path) -> str:
    """What lies at ``path`` itself: "folder", "file", "link", "pipe" or the like; the empty text where nothing does."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return ""
    return next((name for name, is_so in _KINDS.items() if is_so(mode)), "device")


_KINDS = {
    "folder": stat.S_ISDIR,
    "file": stat.S_ISREG,
    "link": stat.S_ISLNK,
    "pipe": stat.S_ISFIFO,
    "socket": stat.S_ISSOCK,
}


def leads_to(path: Path) -> str:
    """What a link at ``path`` says, or a file that stands for one: a file of one line. The empty text of anything else.

    Raises OSError where the disk fails.
    """
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return ""
    except OSError:
        if kind(path) != "file":
            return ""
    handle = os.open(path, os.O_RDONLY | system.AS_IT_IS)
    try:
        said = os.read(handle, _LONGEST + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    finally:
        os.close(handle)
    line, end, more = said.decode("utf-8", "replace").partition("\n")
    return line if end and not more else ""


def odd_entries(folder: Path) -> list[str]:
    """What lies below ``folder`` and is neither a file nor a folder, as sorted paths with ``/``; none is opened.

    Raises OSError where a folder cannot be read.
    """
    found, waiting = [], [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif not entry.is_file(follow_symlinks=False):
                    found.append(Path(entry.path).relative_to(folder).as_posix())
    return sorted(found)


def remove(path: Path) -> None:
    """Remove what lies at ``path``, if anything does: a folder with all that is in it, of a link the link alone.

    Folders within are first moved up, so that none is too deep. Raises OSError where something cannot be removed.
    """
    if kind(path) != "folder":
        path.unlink(missing_ok=True)
        return
    waiting, number = [path], 0
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            found = list(entries)
        for entry in found:
            if not entry.is_dir(follow_symlinks=False):
                Path(entry.path).unlink()
                continue
            while kind(above := path / str(number)):
                number += 1
            Path(entry.path).rename(above)
            waiting.append(above)
        if folder != path:
            folder.rmdir()
    path.rmdir()


def take_over(old: Path, new: Path) -> None:
    """Have a file of one release in another: by a second name, for releases never change, or else as a copy."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


class Written:
    """A new file that is written piece by piece, and hashed meanwhile. Use it in a ``with`` statement.

    Once it is closed it is on disk, and ``bytes`` and ``sha256`` are what it has. Raises OSError where the disk fails.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._digest = hashlib.sha256()
        self.bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self._file.flush()
            os.fsync(self._file.fileno())  # here, since other work is done meanwhile
        finally:
            self._file.close()

    def add(self, piece: str | bytes) -> None:
        """Add a piece; a text as UTF-8."""
        data = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        """SHA-256 of what was added so far, in hexadecimal."""
        return self._digest.hexdigest()
