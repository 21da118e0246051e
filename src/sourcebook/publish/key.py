# SPDX-License-Identifier: Apache-2.0
"""The user's key, by which a build knows again what builds of the same user have written.

A book comes from strangers, and its ``build/`` may come with it. What lies there is believed where it carries a code
made with this key, which lies outside every book. See docs/decisions/0080-whose-build.md.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sourcebook.machine import system

_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and why it is none that lasts: ``lacking`` says that nothing written before can be known again."""

    secret: bytes
    lacking: str = ""

    def code(self, what: str, data: bytes) -> str:
        """The code of some data, in hexadecimal; ``what`` it is, so that none stands for something else."""
        return blake2b(what.encode() + b"\0" + data, key=self.secret, digest_size=32).hexdigest()


def key_of(book: Path) -> Key:
    """The key of the user who runs this, for the book in the folder ``book``; it is made where there is none yet.

    Where none can be kept, or what lies there may be known to others, it is a random one, for once.
    """
    try:
        path = _place()
        if _is_below(path, _top(book)):
            return _for_once(f"{path} would lie in the repository of the book, where others may put one")
        try:
            return Key(_read(path))
        except FileNotFoundError:
            _make(path)
            return Key(_read(path))
    except _Unfit as error:
        return _for_once(str(error))
    except RuntimeError as error:  # nobody knows where home is
        return _for_once(str(error))
    except OSError as error:
        return _for_once(f"{error.filename or path}: {error.strerror}")


class _Unfit(Exception):
    """Why what lies in the place of the key is none."""


def _place() -> Path:
    """Where the key lies: https://specifications.freedesktop.org/basedir-spec/latest/."""
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    folder = state if state.is_absolute() else Path("~/.local/state").expanduser()
    return folder / "sourcebook" / "key"


def _top(book: Path) -> Path:
    """The folder of the repository that the book lies in, or of the book."""
    book = book.resolve()
    return next((folder for folder in (book, *book.parents) if (folder / ".git").exists()), book)


def _is_below(path: Path, folder: Path) -> bool:
    return folder in path.resolve().parents or not path.is_absolute()


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | system.AS_IT_IS)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _Unfit(f"{path} is a link, and no key; remove it") from error
        raise
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size != _BYTES:
            raise _Unfit(f"{path} is no key; remove it")
        if not system.is_private(status):
            raise _Unfit(f"{path} may be known to others than you; remove it")
        return os.read(handle, _BYTES)
    finally:
        os.close(handle)


def _make(path: Path) -> None:
    """Make a key: whole or not at all, and one of two that are made at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, aside = _aside(path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(os.urandom(_BYTES))
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):  # made by another build just now
                if aside:
                    os.link(aside, path)
                else:
                    os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle, follow_symlinks=True)
    finally:
        if aside:
            Path(aside).unlink()


def _aside(folder: Path) -> tuple[int, str]:
    """A new file that others cannot read, and its name; without one where that is to be had, so that no build that is
    killed leaves it there."""
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600), ""
    except (AttributeError, OSError):  # not on this system, or not on its disk
        return tempfile.mkstemp(prefix=".key-", dir=folder)


def _for_once(why: str) -> Key:
    return Key(os.urandom(_BYTES), why)
