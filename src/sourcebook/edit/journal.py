# SPDX-License-Identifier: Apache-2.0
"""Several files written as one: all of them, or none, even where the process is killed half-way.

New contents are written aside, old ones kept by a second name, and a journal says which is which; then each file is put
in its place by a rename. The end of the journal is what makes the change: as long as it is there, what it names is to
be put back, by who failed or by whoever edits next. It carries a code made with the user's key, so that one which came
with the book, from another hand, puts nothing anywhere.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from sourcebook import files
from sourcebook.book import BUILD
from sourcebook.edit.model import Changed, FileChange
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.machine import system
from sourcebook.publish.key import key_of

_FOLDER = ".edit"
_JOURNAL = "journal.json"
_LOCK = "lock"
_FILE_MODE = 0o644


@contextmanager
def alone(root: Path) -> Iterator[Path]:
    """Be the only one who edits the book in ``root``: the folder that files are written aside in.

    What a killed process left half-way is put back first. Raises EnvironmentFailure where another one edits it.
    """
    folder, made, handle = _held(root)
    try:
        undo(root, folder)
        yield folder
    finally:
        try:
            if files.kind(folder / _JOURNAL) == "":
                _clear(folder)
                (folder / _LOCK).unlink(missing_ok=True)
        finally:
            os.close(handle)
        with suppress(OSError):
            folder.rmdir()
            if made:
                folder.parent.rmdir()


def _held(root: Path) -> tuple[Path, bool, int]:
    """The folder to write in aside, whether the one around it was made for it, and the lock of it, which is held."""
    made = False
    while True:
        folder, here = _aside(root)
        made = made or here
        path = folder / _LOCK
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | system.AS_IT_IS, _FILE_MODE)
        except FileNotFoundError:  # another one has just ended, and taken the folder away
            continue
        try:
            system.lock(handle)
            if os.path.samestat(os.fstat(handle), path.lstat()):
                return folder, made, handle
        except FileNotFoundError:
            pass
        except BlockingIOError:
            os.close(handle)
            raise EnvironmentFailure(f"another change of this book is being written: {path} is held") from None
        os.close(handle)


def _aside(root: Path) -> tuple[Path, bool]:
    """The folder to write in aside, on the disk that the book is on, and whether ``build/`` was made for it."""
    build = root / BUILD
    made = False
    kind = files.kind(build)
    if kind == "":
        build.mkdir(exist_ok=True)
        made = True
    elif kind != "folder":
        raise EnvironmentFailure(f"{build} is in the way: it is a {kind}, where generated files are to lie")
    folder = build / _FOLDER
    if build.stat().st_dev != root.stat().st_dev:
        folder = root / f".sourcebook{_FOLDER}"
    if files.kind(folder) not in ("", "folder"):
        raise EnvironmentFailure(f"{folder} is in the way: it is a {files.kind(folder)}")
    with suppress(FileExistsError):
        folder.mkdir(parents=True)
    return folder, made


def left_half_way(root: Path) -> bool:
    """Whether a process that wrote changes was killed, so that files are to be put back."""
    return any((root / path / _JOURNAL).is_file() for path in (f"{BUILD}/{_FOLDER}", f".sourcebook{_FOLDER}"))


# --- writing --------------------------------------------------------------------------------------------------------


def carry_out(root: Path, folder: Path, changes: Sequence[FileChange]) -> None:
    """Write all changes, or none. Raises Changed where a file is not as it was before, OSError where the disk fails."""
    for change in changes:
        _check_path(change.path)
    states = [_as_before(root, change) for change in changes]
    for number, change in enumerate(changes):
        _prepare(root, folder, number, change)
    _flush(folder)
    _write_journal(root, folder, changes)
    try:
        for number, change in enumerate(changes):
            if _state(root, change.path) != states[number]:
                raise _changed(change.path)
            _put(root, folder, number, change)
        for path in {str(PurePosixPath(change.path).parent) for change in changes}:
            _flush(root / path)
    except BaseException:
        undo(root, folder)
        raise
    (folder / _JOURNAL).unlink()
    _flush(folder)


def _check_path(path: str) -> None:
    parts = path.split("/")
    if not path or any(part in ("", ".", "..") or part.casefold() == ".git" for part in parts) or "\0" in path:
        raise UsageError(f"{path!r} is no path below the book")


def _changed(path: str) -> Changed:
    return Changed(f"{path} was changed by someone else meanwhile: nothing was written")


def _as_before(root: Path, change: FileChange) -> tuple[int, ...] | None:
    """The state of a file, which has the bytes that it is to have before."""
    state = _state(root, change.path)
    if change.before is None:
        if state is not None:
            raise _changed(change.path)
        return None
    if state is None:
        raise _changed(change.path)
    data, odd = files.read_bytes(root, change.path, len(change.before) + 1)
    if odd is not None and odd.message.startswith("a symbolic link"):
        raise EnvironmentFailure(f"{change.path}: {odd.message}")
    if data != change.before:
        raise _changed(change.path)
    return state


def _state(root: Path, path: str) -> tuple[int, ...] | None:
    """What tells whether a file was written since; None where there is none. Raises where a part of it is a link."""
    here = root
    for part in PurePosixPath(path).parts[:-1]:
        here = here / part
        kind = files.kind(here)
        if kind == "":
            return None
        if kind != "folder":
            raise EnvironmentFailure(f"{path}: {here.relative_to(root)} is a {kind}; links are not followed")
    kind = files.kind(root / path)
    if kind == "":
        return None
    if kind != "file":
        raise EnvironmentFailure(f"{path} is a {kind}, and not a file")
    found = (root / path).lstat()
    return found.st_ino, found.st_dev, found.st_size, found.st_mtime_ns


def _prepare(root: Path, folder: Path, number: int, change: FileChange) -> None:
    """Write the new content aside, and give the old one a second name."""
    if change.before is not None:
        old = folder / f"old-{number}"
        try:
            os.link(root / change.path, old, follow_symlinks=False)
        except OSError:
            shutil.copy2(root / change.path, old, follow_symlinks=False)
            files.flush(old)
    if change.after is None:
        return
    mode = stat.S_IMODE((root / change.path).lstat().st_mode) if change.before is not None else None
    new = folder / f"new-{number}"
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.AS_IT_IS, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(change.after)
        if mode is not None:
            system.give_mode(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())


def _write_journal(root: Path, folder: Path, changes: Sequence[FileChange]) -> None:
    said = [
        {"path": one.path, "before": _digest(one.before), "after": _digest(one.after), "number": number}
        for number, one in enumerate(changes)
    ]
    aside = folder / "journal.new"
    with files.Written(aside) as file:
        file.add(json.dumps({"code": _code(root, said), "changes": said}))
    aside.replace(folder / _JOURNAL)
    _flush(folder)


def _code(root: Path, said: list[dict[str, Any]]) -> str:
    """What shows that a journal is of this user's making, for this folder."""
    return key_of(root).code("journal of an edit", json.dumps([str(root.resolve()), said]).encode())


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _put(root: Path, folder: Path, number: int, change: FileChange) -> None:
    path = root / change.path
    if change.after is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        (folder / f"new-{number}").replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        raise EnvironmentFailure(f"{change.path} is on another disk than the book: it cannot be written") from None


def _flush(folder: Path) -> None:
    with suppress(FileNotFoundError):
        files.flush(folder)


# --- putting back ---------------------------------------------------------------------------------------------------


def undo(root: Path, folder: Path) -> None:
    """Put back what a journal names, if there is one: what was changed since by another hand stays as it is.

    Raises EnvironmentFailure where the journal is not of this user's making.
    """
    journal = folder / _JOURNAL
    if files.kind(journal) != "file":
        _clear(folder)
        return
    said = _said(root, journal)
    for one in said:
        _check_path(one["path"])
        _put_back(root, folder, one)
    for path in {str(PurePosixPath(one["path"]).parent) for one in said}:
        _flush(root / path)
    journal.unlink()
    _flush(folder)
    _clear(folder)


def _said(root: Path, journal: Path) -> list[dict[str, Any]]:
    """What a journal of this user's names."""
    try:
        read = json.loads(journal.read_bytes())
        said: list[dict[str, Any]] = read["changes"]
        if hmac.compare_digest(read["code"], _code(root, said)):
            return said
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise EnvironmentFailure(
        f"{journal} was not written here by you, so nothing is put back by it; remove {journal.parent}"
    )


def _put_back(root: Path, folder: Path, said: dict[str, Any]) -> None:
    path, old = root / said["path"], folder / f"old-{said['number']}"
    now = None
    if _state(root, said["path"]) is not None:
        now = files.sha256(path)
    if now == said["before"] or now != said["after"]:
        return
    if said["before"] is None:
        path.unlink()
    elif files.kind(old) == "file" and files.sha256(old) == said["before"]:
        old.replace(path)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != _LOCK and path.name != _JOURNAL:
            path.unlink()
