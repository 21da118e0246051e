# SPDX-License-Identifier: Apache-2.0
"""What is told of changes in a folder, as the system tells it: the one door to watchfiles."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

from sourcebook.dev.files import NOTHING

_STEP, _DEBOUNCE = 5, 60  # milliseconds in which what belongs together is gathered
_AWAY = 0.2  # seconds


async def changes(root: Path, ended: asyncio.Event) -> AsyncIterator[set[str]]:
    """The paths below ``root`` at which something was written, made or removed, until it has ``ended``.

    Raises OSError where the system cannot watch as many folders.
    """
    unread: set[str] = set()  # what may have come before it was watched
    while not ended.is_set():
        while not root.is_dir():  # moved away for a moment, or put in place anew
            await asyncio.sleep(_AWAY)
            unread = names(root)
        watched = _folders(root)
        queue: asyncio.Queue[set[str] | BaseException] = asyncio.Queue()
        ends = asyncio.Event()
        tasks = [
            asyncio.create_task(_into(queue, root, [root], ends, recursive=False)),
            asyncio.create_task(_into(queue, root, watched, ends, recursive=True)),
            asyncio.create_task(_end(ended, ends)),
        ]
        try:
            if unread:
                yield unread
            while not ended.is_set():
                found = await queue.get()
                if isinstance(found, BaseException):
                    raise found
                if found:
                    yield found
                # Folders that came are watched too, and so is one that another was put in the place of.
                if (now := _folders(root)) != watched or any(path.name in found for path in watched):
                    unread = {path.name for path in {*now, *watched}}
                    break
        finally:
            ends.set()
            await asyncio.gather(*tasks, return_exceptions=True)


def names(root: Path) -> set[str]:
    """All that lies in ``root`` and may be watched: files and folders."""
    try:
        return {path.name for path in root.iterdir()}.difference(NOTHING)
    except FileNotFoundError:
        return set()


def _folders(root: Path) -> list[Path]:
    return sorted(path for name in names(root) if (path := root / name).is_dir() and not path.is_symlink())


async def _into(
    queue: asyncio.Queue[set[str] | BaseException],
    root: Path,
    paths: list[Path],
    ends: asyncio.Event,
    *,
    recursive: bool,
) -> None:
    if not paths:
        return
    try:
        async for some in awatch(
            *paths,
            watch_filter=None,
            debounce=_DEBOUNCE,
            step=_STEP,
            stop_event=ends,
            recursive=recursive,
            ignore_permission_denied=True,
        ):
            found = {os.path.relpath(path, root).replace(os.sep, "/") for _, path in some}
            await queue.put({path for path in found if path.partition("/")[0] not in (*NOTHING, ".", "..")})
    except FileNotFoundError:  # it went a moment ago, which is seen next
        pass
    except (OSError, RuntimeError) as error:
        await queue.put(OSError(str(error)))
    await queue.put(set())


async def _end(ended: asyncio.Event, ends: asyncio.Event) -> None:
    waits = [asyncio.create_task(one.wait()) for one in (ended, ends)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()
    ends.set()
