# SPDX-License-Identifier: Apache-2.0
"""What a server and all processes below it hold: memory, threads, descriptors, temporary files."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Held:
    """What is held at one moment; ``memory`` is the sum of proportional shares in bytes, with no page counted twice."""

    processes: int
    threads: int
    descriptors: int
    files: int
    memory: int

    def __str__(self) -> str:
        return (
            f"{self.processes} processes, {self.threads} threads, {self.descriptors} descriptors, "
            f"{self.files} temporary files, {self.memory / 1e6:.0f} MB"
        )


def tree(pid: int) -> list[int]:
    """The process and all below it that are there now."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                after_name = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2]
                parents.setdefault(int(after_name.split()[1]), []).append(int(entry.name))
    found = [pid] if (_PROC / str(pid)).exists() else []
    for one in found:
        found += parents.get(one, [])
    return found


def held(pid: int, temporary: Path) -> Held:
    """What the process, and those below it, hold now, with what lies in the folder of their temporary files."""
    pids = tree(pid)
    threads = descriptors = memory = 0
    for one in pids:
        with suppress(OSError):  # it may end meanwhile
            threads += _count(_PROC / str(one) / "task")
            descriptors += _count(_PROC / str(one) / "fd")
            memory += _share(one)
    return Held(len(pids), threads, descriptors, sum(1 for _ in temporary.rglob("*")), memory)


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())


def _share(pid: int) -> int:
    for line in (_PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def shares(pid: int) -> list[int]:
    """Bytes of memory of the process, and of each below it."""
    found = []
    for one in tree(pid):
        with suppress(OSError):
            found.append(_share(one))
    return found


@dataclass(slots=True)
class Peaks:
    """The most that was held, of each process when all held most, and every process by its number and beginning."""

    memory: int = 0
    processes: int = 0
    threads: int = 0
    descriptors: int = 0
    shares: list[int] = field(default_factory=list)
    seen: set[tuple[int, str]] = field(default_factory=set)

    def left(self) -> list[int]:
        """Those that were seen and are there still, other than as a name that its parent has not asked after."""
        return [pid for pid, began in self.seen if _began(pid) == began]


@contextmanager
def watched(pid: int, temporary: Path, every: float = 0.5) -> Iterator[Peaks]:
    """Look at a server and what is below it again and again while the block runs."""
    peaks, done = Peaks(), threading.Event()

    def look() -> None:
        while True:
            now = held(pid, temporary)
            if now.memory > peaks.memory:
                peaks.memory, peaks.shares = now.memory, shares(pid)
            peaks.processes = max(peaks.processes, now.processes)
            peaks.threads = max(peaks.threads, now.threads)
            peaks.descriptors = max(peaks.descriptors, now.descriptors)
            peaks.seen |= {(one, began) for one in tree(pid) if (began := _began(one))}
            if done.wait(every):
                return

    looking = threading.Thread(target=look, name="watching")
    looking.start()
    try:
        yield peaks
    finally:
        done.set()
        looking.join()


def settled(pid: int, temporary: Path, seconds: float = 3.0) -> Held:
    """The least that is held in some ``seconds``: what went is let go of beside the answers."""
    until, least = time.monotonic() + seconds, held(pid, temporary)
    while time.monotonic() < until:
        time.sleep(0.25)
        now = held(pid, temporary)
        pairs = zip(_parts(least), _parts(now), strict=True)
        least = Held(*(min(pair) for pair in pairs))
    return least


def _parts(one: Held) -> tuple[int, int, int, int, int]:
    return one.processes, one.threads, one.descriptors, one.files, one.memory


def _began(pid: int) -> str:
    try:
        fields = (_PROC / str(pid) / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
