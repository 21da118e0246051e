# SPDX-License-Identifier: Apache-2.0
"""Workers, forked by a process that has one thread and all modules: they start soon, and share the memory of these.

The server itself has threads, so that it must not fork (https://docs.python.org/3/library/os.html#os.fork). Its
``Forks`` starts a process that does it when told to: a line of JSON a command, a line back. That process ends when the
server does, however that ends, and its workers with it. Where it stands still, it is killed, and another is begun.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Any

from sourcebook.errors import EnvironmentFailure

_PROCESS = "sourcebook.site.worker"  # the module that the process is; it is not loaded here
_PATIENCE = 10.0  # seconds in which it is to answer
_LOADING = 60.0  # seconds in which it is to answer the first time, when it has loaded all
_ENDING = 2.0  # seconds that it is given to end

log = logging.getLogger("sourcebook.site")


class Forks:
    """Starts workers and ends them. Its methods wait, and may be called by any thread. A resource: close it.

    ``threads`` are there to call them in, apart from all others: so nothing else waits when these do.
    """

    def __init__(self) -> None:
        """Start the process that forks; it takes up to a second to be ready, in which nobody need wait."""
        self._lock = Lock()
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="workers")
        self._begin()

    def start(self, told: dict[str, Any]) -> tuple[int, socket.socket]:
        """A new worker that is ``told`` what to do: its process's number, and the socket that leads to it.

        Raises EnvironmentFailure where the system has no more processes.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                return self._started(told, theirs), ours
            except BaseException:
                ours.close()
                raise

    def end(self, pid: int) -> int:
        """End a worker, unless it has ended: what it ended by, a signal as a negative number, else its exit code."""
        with self._lock, suppress(OSError):
            return int(self._asked({"end": pid}, None)["status"])
        return -signal.SIGKILL  # with the process that forked it

    def close(self) -> None:
        """End all workers, and the process that forks. May be called again."""
        self.threads.shutdown(wait=True)
        with self._lock:
            self._let_go(_ENDING)

    def _begin(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(_LOADING)
        with theirs:
            # -P: what lies in the folder that the server was started in is not taken for a module.
            command = [sys.executable, "-P", "-m", _PROCESS, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # One heap for all threads: what one has let go is there for the next.
                env={**os.environ, "MALLOC_ARENA_MAX": "1"},
            )

    def _started(self, told: dict[str, Any], handle: socket.socket) -> int:
        with self._lock:
            try:
                return int(self._asked({"start": told}, handle)["pid"])
            except OSError:  # something has ended it, or it stood still; and its workers have ended with it
                self._begin()
            try:
                return int(self._asked({"start": told}, handle)["pid"])
            except OSError as error:
                raise EnvironmentFailure("no process can be started to answer with") from error

    def _asked(self, command: dict[str, Any], handle: socket.socket | None) -> dict[str, Any]:
        """What it answers. Raises OSError where it is gone, or stands still: it is ended then, and is to begin anew."""
        line = json.dumps(command).encode() + b"\n"
        said = bytearray()
        try:
            socket.send_fds(self._socket, [line], [handle.fileno()] if handle else [])
            while not said.endswith(b"\n"):
                part = self._socket.recv(4096)
                if not part:
                    raise ConnectionResetError("it is gone")
                said += part
        except OSError as error:
            if isinstance(error, TimeoutError):
                log.error("the process that starts workers stands still: another takes its place")
            self._let_go(0)  # what it might say later would be taken for the answer to something else
            raise
        self._socket.settimeout(_PATIENCE)
        answer: dict[str, Any] = json.loads(said)
        if "error" in answer:
            raise EnvironmentFailure(f"no process can be started to answer with: {answer['error']}")
        return answer

    def _let_go(self, seconds: float) -> None:
        """Have the process end, by force where it has not ended in so many seconds."""
        self._socket.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):  # it ends when the system lets it
                self._process.wait(_ENDING)
