# SPDX-License-Identifier: Apache-2.0
"""The process that looks at all files of a book again and again: what a watcher was not told of is found so.

After each look a line of JSON says which have changed since the one before: none after the first, and mostly. It takes
a small part of the time of one core.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sourcebook.dev.files import NOTHING

_NICE = 10
_RARELY, _OFTEN = 20.0, 4.0  # times as long as looking takes is waited, at least
_LEAST_RARELY, _LEAST_OFTEN = 3.0, 0.3  # seconds

Stamp = tuple[int, int, int]


def stamps(root: Path, folder: str = "") -> Iterator[tuple[str, Stamp]]:
    """What tells of each file of a book whether it is as it was."""
    try:
        with os.scandir(root / folder if folder else root) as entries:
            found = list(entries)
    except OSError:
        return
    for entry in found:
        path = f"{folder}/{entry.name}" if folder else entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                if folder or entry.name not in NOTHING:
                    yield from stamps(root, path)
                continue
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        yield path, (status.st_mtime_ns, status.st_size, status.st_ino)


def main() -> None:
    """``python -m sourcebook.dev.looking ROOT``; a line on standard input has it look often, its end ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    root = Path(sys.argv[1])
    known = dict(stamps(root))
    print("[]", flush=True)
    times, least, wait = _RARELY, _LEAST_RARELY, _LEAST_RARELY
    while True:
        ready, _, _ = select.select([0], [], [], wait)
        if ready:
            if not os.read(0, 64):
                return
            times, least = _OFTEN, _LEAST_OFTEN
        begun = time.perf_counter()
        now = dict(stamps(root))
        wait = max(least, times * (time.perf_counter() - begun))
        changed = [path for path in {*known, *now} if known.get(path) != now.get(path)]
        known = now
        print(json.dumps(sorted(changed)), flush=True)


if __name__ == "__main__":
    main()
