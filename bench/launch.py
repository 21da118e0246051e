# SPDX-License-Identifier: Apache-2.0
"""Run one command and measure it from outside. A small process of its own, started with ``python -I -S``.

Reads a JSON object from standard input (command, cwd, environment, limit in seconds, log) and prints another:

- ``wall``: seconds from before the command was started until it had ended
- ``cpu``: user and system seconds of it and of all its children that were waited for (wait4)
- ``peak``: bytes of memory at the highest, the larger of two: the greatest resident size of any one process (wait4,
  exact), and the greatest proportional set size summed over the tree of its processes (sampled). The second counts
  what processes share once.
- ``code``: its exit code, or null where it was stopped at the limit

The kernel hands the resident size of the parent down to a new process as its first peak, so that the parent must be
small: this module imports little, and the benchmark itself starts nothing that is measured.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time

_PAUSE = 0.02  # seconds between samples, at least
_SHARE = 30  # a sample may take one part in so many of the time


class _Waiter(threading.Thread):
    """Waits for a process, and notes the time at which it ended."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.ended = 0.0
        self.status = 0
        self.cpu = 0.0
        self.largest = 0

    def run(self) -> None:
        _, self.status, usage = os.wait4(self.pid, 0)
        self.ended = time.perf_counter()
        self.cpu = usage.ru_utime + usage.ru_stime
        self.largest = usage.ru_maxrss * 1024


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{one}/task"):  # noqa: PTH208 # pathlib would make this process larger
                with open(f"/proc/{one}/task/{thread}/children") as file:
                    found += map(int, file.read().split())
    return found


def proportional(pid: int) -> int:
    """The proportional set size of a process in bytes: its own pages, and its share of those it shares."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def run(command: list[str], cwd: str, environment: dict[str, str], limit: float, log: str) -> dict[str, float | None]:
    """Run ``command``; what it prints goes to the file ``log``. It is ended, with all its children, at the limit."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.chdir(cwd)
    begun = time.perf_counter()
    # A session of its own, so that at the limit the whole group can be ended by its id.
    actions = [(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)]
    pid = os.posix_spawn(command[0], command, environment, file_actions=actions, setsid=True)
    waiter = _Waiter(pid)
    waiter.start()
    peak, late, pause = 0, False, _PAUSE
    try:
        while True:
            waiter.join(pause)
            if not waiter.is_alive():
                break
            looked = time.perf_counter()
            peak = max(peak, sum(map(proportional, tree(pid))))
            now = time.perf_counter()
            pause = max(_PAUSE, (now - looked) * _SHARE)
            if now - begun > limit and not late:
                late = True
                os.killpg(pid, signal.SIGKILL)
    finally:
        if waiter.is_alive():  # the benchmark itself is being stopped
            os.killpg(pid, signal.SIGKILL)
    return {
        "wall": waiter.ended - begun,
        "cpu": waiter.cpu,
        "peak": max(peak, waiter.largest),
        "code": None if late else os.waitstatus_to_exitcode(waiter.status),
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    json.dump(run(**json.load(sys.stdin)), sys.stdout)
