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


async def changes(root: Path, ended: asyncio.Event) -> AsyncIterator[set[str]]:
    """The paths below ``root`` at which something was written, made or removed, until it has ``ended``.

    Raises OSError where the system cannot watch as many folders.
    """
    while not ended.is_set():
        watched = _folders(root)
        again = asyncio.Event()
        queue: asyncio.Queue[set[str] | BaseException] = asyncio.Queue()
        ends = asyncio.Event()
        tasks = [
            asyncio.create_task(_into(queue, root, [root], ends, recursive=False)),
            asyncio.create_task(_into(queue, root, watched, ends, recursive=True)),
            asyncio.create_task(_end(ended, ends)),
        ]
        try:
            while not ended.is_set() and not again.is_set():
                found = await queue.get()
                if isinstance(found, BaseException):
                    raise found
                if found:
                    yield found
                if _folders(root) != watched:  # which are watched from now on; what came into them meanwhile is read
                    yield {path.name for path in {*_folders(root), *watched}}
                    again.set()
        finally:
            ends.set()
            await asyncio.gather(*tasks, return_exceptions=True)


def _folders(root: Path) -> list[Path]:
    found = (Path(one.path) for one in os.scandir(root) if one.is_dir(follow_symlinks=False))
    return sorted(path for path in found if path.name not in NOTHING)


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
    except (OSError, RuntimeError) as error:
        await queue.put(OSError(str(error)))
    await queue.put(set())


async def _end(ended: asyncio.Event, ends: asyncio.Event) -> None:
    waits = [asyncio.create_task(one.wait()) for one in (ended, ends)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()
    ends.set()
