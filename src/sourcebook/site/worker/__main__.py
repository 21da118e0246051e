# SPDX-License-Identifier: Apache-2.0
"""The process that forks workers when it is told to, by `sourcebook.site.apart.forks`; it has one thread."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import sys
import traceback
from typing import Any

import datasette.app  # noqa: F401 # loaded once for all workers

from sourcebook.site.rendering import prepare
from sourcebook.site.worker.answering import work

_KILL_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def _fork_when_told(handle: int) -> None:
    """Carry out commands until the server is gone."""
    # An interrupt reaches every process of a terminal: the server ends in order, and this one after it.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    prepare()
    gc.collect()
    gc.freeze()  # so that a worker's collector leaves the memory shared that it inherits
    children: set[int] = set()  # that have not been awaited, so that their numbers are still their own
    with socket.socket(fileno=handle) as control:
        while True:
            line, handles, _, _ = socket.recv_fds(control, 65_536, 1)
            if not line:
                break
            command = json.loads(line)
            if "start" in command:
                answer = _forked(control, handles[0], command["start"])
                os.close(handles[0])
                children |= {answer.get("pid", 0)}
            else:
                answer = {"status": _ended(command["end"]) if command["end"] in children else -signal.SIGKILL}
                children.discard(command["end"])
            control.sendall(json.dumps(answer).encode() + b"\n")


def _forked(control: socket.socket, handle: int, told: dict[str, Any]) -> dict[str, Any]:
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        return {"error": error.strerror}
    if pid:
        return {"pid": pid}
    status = 1
    try:
        control.close()
        _end_with_parent(parent)
        work(socket.socket(fileno=handle), told)
        status = 0
    except BaseException:  # the process ends here, and says why
        traceback.print_exc()
    finally:
        os._exit(status)


def _end_with_parent(parent: int) -> None:
    """Have the system end this process when its ``parent`` has ended; on Linux alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_KILL_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # which ended before
            os._exit(1)


def _ended(pid: int) -> int:
    """End a child that has not been awaited: by what it has ended, if it has ended before."""
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    _fork_when_told(int(sys.argv[1]))
