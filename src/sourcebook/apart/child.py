# SPDX-License-Identifier: Apache-2.0
"""What a child does: it takes numbers, eight bytes each, and sends what comes of them.

What it sends is a kind, a size and so many bytes.
"""

from __future__ import annotations

import marshal
import mmap
import os
from collections.abc import Callable
from typing import Any, NoReturn

from sourcebook.apart import limits
from sourcebook.apart.task import Allowed, At

HEAD = 9  # bytes before a result: its kind, and its size
PLAIN, RAISED, MEMORY = 0, 1, 2


def live(task: Callable[[int, At], Any], allowed: Allowed, numbers: int, results: int, marks: mmap.mmap) -> NoReturn:
    """What a child does, to its end: ``numbers`` come from one descriptor, ``results`` go to another.

    In ``marks`` its parent sees at which step it is.
    """
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for handle in (0, 1, 2):
            os.dup2(nothing, handle)
        limits.hold(memory=allowed.memory, file=allowed.file)
        step = memoryview(marks).cast("Q")

        def at(number: int) -> None:
            step[0] = number

        while data := os.read(numbers, 8):
            at(0)
            step[1] += 1  # so that the same step of the next number is another
            if not allowed.steps:
                limits.allow_time(allowed.seconds * 2 + 1)  # should its parent not end it
            _send(results, *_done(task, int.from_bytes(data, "little"), at))
    finally:
        os._exit(1)


def _done(task: Callable[[int, At], Any], number: int, at: At) -> tuple[int, bytes]:
    """The kind of what comes of a number, and that."""
    try:
        return PLAIN, marshal.dumps(task(number, at))
    except MemoryError:
        return MEMORY, b""
    except BaseException as error:
        import pickle

        try:
            return RAISED, pickle.dumps(error)
        except Exception:
            return RAISED, pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def _send(handle: int, kind: int, body: bytes) -> None:
    view = memoryview(bytes((kind,)) + len(body).to_bytes(HEAD - 1, "little") + body)
    while view:
        view = view[os.write(handle, view) :]


def value(kind: int, body: bytes) -> Any:
    """What a child has sent: a result, or the exception that was raised instead."""
    if kind == PLAIN:
        return marshal.loads(body)  # noqa: S302  (of our own child)
    import pickle  # slow to import, and needed where the disk fails

    return pickle.loads(body)  # noqa: S301  (of our own child)
