# SPDX-License-Identifier: Apache-2.0
"""What a process and the one that it talks to a cluster by say to each other: frames of plain values, at two pipes.

First it is told which cluster to reach, how many workers to start, and how many seconds to wait. What workers do with
a task stands here too: they load it by its name, which it would not have in a module that is run.
"""

from __future__ import annotations

import pickle
from typing import IO, Any

LOCAL = "local"
"""The address of workers of this machine, which are started."""
SHARE, SUBMIT, CANCEL = "share", "submit", "cancel"
"""What is asked for, each with a number: a value to be shared, a task to be done, one to be let be."""
THREADS, DONE, FAILED = "threads", "done", "failed"
"""What is answered: how many tasks are done at once, which says first that all is ready; what came of a task, or why
nothing did. What failed with the number 0 is the cluster."""
_SIZE = 8  # bytes of a frame's length


def send(stream: IO[bytes], *said: Any) -> None:
    """Write a frame. Raises OSError where nobody reads any more."""
    data = pickle.dumps(said, pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_SIZE, "big"))
    stream.write(data)
    stream.flush()


def heard(stream: IO[bytes]) -> tuple[Any, ...]:
    """The next frame, or nothing where the other has ended."""
    size = stream.read(_SIZE)
    data = stream.read(int.from_bytes(size, "big")) if len(size) == _SIZE else b""
    if not data or len(data) < int.from_bytes(size, "big"):
        return ()
    said: tuple[Any, ...] = pickle.loads(data)  # noqa: S301  (of the process that started this one, or that it started)
    return said


def worked(task: bytes, *shared: bytes) -> bytes:
    """What comes of a pickled function and its arguments, to which what is shared is added; pickled as well."""
    function, arguments = pickle.loads(task)  # noqa: S301  (of who runs our code here)
    return pickle.dumps(function(*arguments, *shared), pickle.HIGHEST_PROTOCOL)


def same(value: bytes) -> bytes:
    """What is shared, as a task that returns it: it is done again where the worker that held it is gone."""
    return value
