# SPDX-License-Identifier: Apache-2.0
"""What a worker may take: time, memory, bytes of an answer. Most of it is held by the system, and not by us.

A limit of time in SQLite acts between its steps alone, one of which may last a minute or take gigabytes: the system's
limits (setrlimit(2)), and being ended from outside, act at once.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
import sys
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from typing import Any

from sourcebook.apart import limits

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the workers of one kind."""

    seconds: float  # by the clock, in which a request is answered; then the worker is ended
    cpu: int  # seconds of processor time for one request, and up to one more, since the system counts whole ones
    memory: int = 160 * _MB  # bytes beside what a worker has when it is ready
    heap: int = 96 * _MB  # bytes that SQLite may hold
    file: int = 64 * _MB  # bytes of a temporary file
    answer: int = 5_000_000  # bytes of an answer
    grown: int = 48 * _MB  # bytes after which a worker is made anew, between two requests
    nice: int = 0  # by which others go first

    def as_data(self) -> dict[str, Any]:
        """The limits as plain data, which ``Limits(**data)`` reads."""
        return asdict(self)

    def give_way(self) -> None:
        """Have others go before the calling process, which may then take its time to be ready."""
        os.nice(self.nice)

    def hold(self) -> None:
        """Bound the calling process, which is ready for its first request."""
        limits.hold(memory=self.memory, file=self.file)  # of memory elsewhere than on Linux the heap alone
        with closing(sqlite3.connect(":memory:")) as connection:  # of all connections of the process
            connection.execute(f"PRAGMA hard_heap_limit = {self.heap}")

    def begin(self) -> None:
        """Give the next request its processor time: a second guard, that needs nobody to watch."""
        limits.allow_time(self.cpu)

    def outgrown(self, at_start: int) -> bool:
        """Whether a process that held so many bytes ``at_start`` holds too many by now, of which it can let none go."""
        if limits.resident() <= at_start + self.grown:
            return False
        if sys.platform == "linux":
            with suppress(OSError, AttributeError):  # another C library than that of GNU has no such function
                ctypes.CDLL(None).malloc_trim(0)
        return limits.resident() > at_start + self.grown
