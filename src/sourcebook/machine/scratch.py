# SPDX-License-Identifier: Apache-2.0
"""Folders for what is only needed while a process runs: gone at its end, or, where it was killed, at the next one's."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sourcebook.machine import system


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """An empty folder in the system's folder for temporary ones, whose own name begins with ``name`` and a hyphen.

    Those of this name that nobody holds any more are removed first, if they are this user's: their processes were
    killed. Raises OSError where the disk fails.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{name}-*"):
        with suppress(OSError):
            if left.lstat().st_uid == system.user() and (handle := _hold(left)) is not None:
                try:
                    shutil.rmtree(left)
                finally:
                    os.close(handle)
    folder, handle = _made(f"{name}-")
    try:
        yield folder
    finally:
        if handle is not None:
            os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _made(prefix: str) -> tuple[Path, int | None]:
    """A new folder, and what holds it: another one where somebody takes it for one that was left, before it is held."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        with suppress(BlockingIOError):
            handle = _hold(folder)
            if folder.is_dir():
                return folder, handle
            if handle is not None:
                os.close(handle)


def _hold(folder: Path) -> int | None:
    """A handle that holds a folder; None where the system knows no such thing. Raises BlockingIOError: it is held."""
    try:
        handle = system.held(folder)
    except OSError:
        return None
    try:
        system.lock(handle)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle
