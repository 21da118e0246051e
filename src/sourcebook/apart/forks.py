# SPDX-License-Identifier: Apache-2.0
"""A child that ends with its parent, whatever it does, and however that ends."""

from __future__ import annotations

import os
import select
import signal
import warnings
from collections.abc import Iterable
from contextlib import suppress


def forked(inherited: Iterable[int] = ()) -> tuple[int, int]:
    """A child of this process: its number, and the descriptor that holds it in life, to be closed when it has ended.

    In the child itself both are 0; it has closed what is ``inherited``, among it the descriptors that hold others in
    life, and leaves interrupts to its parent. Raises OSError where no process is to be had.
    """
    alive, life = os.pipe()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: see what `sourcebook.apart` says of them
            pid = os.fork()
    except BaseException:
        os.close(alive)
        os.close(life)
        raise
    if pid:
        os.close(alive)
        return pid, life
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for handle in (*inherited, life):
            os.close(handle)
        _end_with_parent(alive)
    except BaseException:  # nothing of its parent's is to be gone on with here
        os._exit(1)
    return 0, 0


def _end_with_parent(alive: int) -> None:
    """End this process when its parent does.

    Nobody writes to ``alive``; that its other end is closed is told by a signal that cannot be held off. Where the
    system has no such signals, the time that a process may have at all ends it.
    """
    import fcntl

    if hasattr(fcntl, "F_SETSIG"):
        with suppress(OSError):  # of a system that says it is Linux, and knows no such signals
            fcntl.fcntl(alive, fcntl.F_SETOWN, os.getpid())
            fcntl.fcntl(alive, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(alive, fcntl.F_SETFL, fcntl.fcntl(alive, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([alive], [], [], 0)[0]:  # it has ended before it could be told of
        os._exit(1)
