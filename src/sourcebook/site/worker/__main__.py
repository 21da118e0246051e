# SPDX-License-Identifier: Apache-2.0
"""The process that forks workers when it is told to, by `sourcebook.site.lanes.forks`; it has one thread."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import traceback
from typing import Any

import datasette.app  # noqa: F401 # loaded once for all workers

from sourcebook.apart.forks import forked
from sourcebook.errors import run_out
from sourcebook.site.rendering import prepare
from sourcebook.site.worker.answering import work


def _fork_when_told(handle: int) -> None:
    """Carry out commands until the server is gone."""
    # An interrupt reaches every process of a terminal: the server ends in order, and this one after it.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    prepare()
    gc.collect()
    gc.freeze()  # so that a worker's collector leaves the memory shared that it inherits
    # What holds each worker in life; none has been awaited, so that their numbers are still their own.
    lives: dict[int, int] = {}
    with socket.socket(fileno=handle) as control:
        while True:
            try:
                line, handles, _, _ = socket.recv_fds(control, 65_536, 1)
            except ConnectionResetError:  # the server was ended before it had read what it was told last
                break
            if not line:
                break
            command = json.loads(line)
            if "start" in command:
                answer = _started(control, handles[0], command["start"], lives)
                os.close(handles[0])
            else:
                answer = {"status": _ended(command["end"], lives)}
            try:
                control.sendall(json.dumps(answer).encode() + b"\n")
            except (BrokenPipeError, ConnectionResetError):  # the server was ended meanwhile
                break


def _started(control: socket.socket, handle: int, told: dict[str, Any], lives: dict[int, int]) -> dict[str, Any]:
    try:
        pid, life = forked(lives.values())
    except OSError as error:
        return {"error": error.strerror}
    if pid:
        lives[pid] = life
        return {"pid": pid}
    status = 1
    try:
        control.close()
        work(socket.socket(fileno=handle), told)
        status = 0
    except BaseException as error:  # the process ends here, and says why
        lacking = run_out(error)
        if lacking:  # nothing here is wrong then, and it may happen to many
            print(f"a process that answers readers ends: {lacking} on this machine", file=sys.stderr, flush=True)
        else:
            traceback.print_exc()
    finally:
        os._exit(status)


def _ended(pid: int, lives: dict[int, int]) -> int:
    """End a worker: by what it has ended, if it has ended before."""
    if pid not in lives:
        return -signal.SIGKILL
    os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(lives.pop(pid))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    _fork_when_told(int(sys.argv[1]))
