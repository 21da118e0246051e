# SPDX-License-Identifier: Apache-2.0
"""Inputs run in a forked process that may crash, hang or eat memory: it is watched, ended and made anew."""

from __future__ import annotations

import faulthandler
import mmap
import multiprocessing
import os
import resource
import signal
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from tests.hostile.fuzz.targets import Target, memory
from tests.hostile.fuzz.tried import Failure, tried

_HEAD = struct.Struct("<QQ")  # how many inputs were begun, and how long the last one is
_ROOM = 1024 * 1024
_MEMORY = 1_500_000_000  # bytes of address space beyond what the process has when it begins
_HANGS = 10.0  # seconds of processor time, or six times as many by the clock, after which an input is given up
_MOST_TOLD = 200  # failures that one process tells
_fork = multiprocessing.get_context("fork")


@dataclass
class Tally:
    """What a run of a target came to: inputs, seconds, and failures by their sign, the shortest of each."""

    target: str
    count: int = 0
    seconds: float = 0.0
    failed: int = 0
    failures: dict[str, Failure] = field(default_factory=dict)

    def add(self, failure: Failure) -> None:
        """Count a failure."""
        self.failed += 1
        known = self.failures.get(failure.sign)
        if known is None or len(failure.data) < len(known.data):
            self.failures[failure.sign] = failure


def run_watched(target: Target, inputs: Iterator[bytes], seconds: float) -> Tally:
    """Run inputs until there are no more, or the seconds are over; whatever happens to the process that does it."""
    tally = Tally(target.name)
    start = time.monotonic()
    with mmap.mmap(-1, _HEAD.size + _ROOM) as shared:
        while (left := seconds - (time.monotonic() - start)) > 0:
            if _one_process(target, inputs, left, shared, tally):
                break
    tally.seconds = time.monotonic() - start
    return tally


def _one_process(target: Target, inputs: Iterator[bytes], seconds: float, shared: mmap.mmap, tally: Tally) -> bool:
    """Run inputs in a process; whether that came to its end. One that did not has told of an input at least."""
    _HEAD.pack_into(shared, 0, 0, 0)
    ours, theirs = _fork.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory()) as folder:
        process = _fork.Process(target=_work, args=(target, inputs, seconds, shared, theirs, tally.count, Path(folder)))
        process.start()
        theirs.close()
        try:
            ended, why = _watch(process, ours, shared, tally, target)
        finally:
            if process.is_alive():
                process.kill()
            process.join()
            ours.close()
    count, length = _HEAD.unpack_from(shared, 0)
    tally.count += count
    if not ended:
        data = bytes(shared[_HEAD.size : _HEAD.size + length])
        tally.add(Failure(target.name, data, f"{why}: exit {process.exitcode}", why))
        for _ in range(count):  # the generator lives in the process that ended: go on after it
            next(inputs, None)
    return ended


def _watch(process: object, pipe: Connection, shared: mmap.mmap, tally: Tally, target: Target) -> tuple[bool, str]:
    pid: int = process.pid  # type: ignore[attr-defined]
    last, since, used = -1, time.monotonic(), 0.0
    while True:
        if pipe.poll(0.25):
            try:
                said = pipe.recv()
            except EOFError:
                return False, "the process ended"
            if said is None:
                return True, ""
            tally.add(said)
        count = _HEAD.unpack_from(shared, 0)[0]
        if count != last:
            last, since, used = count, time.monotonic(), _processor_time(pid)
        elif count and (
            _processor_time(pid) - used > _HANGS * target.seconds
            or time.monotonic() - since > 6 * _HANGS * target.seconds
        ):
            return False, "it does not end"


def _processor_time(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _work(
    target: Target,
    inputs: Iterator[bytes],
    seconds: float,
    shared: mmap.mmap,
    pipe: Connection,
    before: int,
    folder: Path,
) -> None:
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["HOME"] = str(folder)
    tempfile.tempdir = str(folder)
    run = target.prepare(_below(folder))
    limit_memory()
    until, told = time.monotonic() + seconds, 0
    for count, data in enumerate(inputs, 1):
        _HEAD.pack_into(shared, 0, count, min(len(data), _ROOM))
        shared[_HEAD.size : _HEAD.size + min(len(data), _ROOM)] = data[:_ROOM]
        failure = tried(target, run, data)
        if failure and told < _MOST_TOLD:
            told += 1
            pipe.send(failure)
        if time.monotonic() > until:
            break
    pipe.send(None)
    pipe.close()
    os._exit(0)


def limit_memory() -> None:
    """Let this process have so much address space, and no more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    most = pages * resource.getpagesize() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _below(folder: Path) -> Path:
    below = folder / "work"
    below.mkdir()
    return below
