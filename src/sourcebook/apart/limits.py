# SPDX-License-Identifier: Apache-2.0
"""Limits of the calling process that the system holds: memory, size of a file, processor time (setrlimit(2)).

They act at once, inside one call of a library too. What was bounded more closely before stays so.
"""

from __future__ import annotations


def hold(*, memory: int | None = None, file: int | None = None) -> None:
    """Bound this process for good: bytes of ``memory`` beside what it has, of a ``file`` that it writes.

    Memory is bounded on Linux alone. There is no core dump.
    """
    import resource

    _at_most(resource.RLIMIT_CORE, 0)
    has = _of_status("VmData") if memory is not None else 0
    if memory is not None and has:
        _at_most(resource.RLIMIT_DATA, has + memory)
    if file is not None:
        _at_most(resource.RLIMIT_FSIZE, file)


def allow_time(seconds: float) -> None:
    """Let the system end this process when it has worked for so many ``seconds`` from now on, or up to one more.

    The time begins anew with each call.
    """
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 1  # whole seconds are counted
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_lower(most, hard), hard))


def resident() -> int:
    """Bytes of memory that this process alone holds now; 0 where the system does not say."""
    return _of_status("RssAnon")


def _at_most(kind: int, most: int) -> None:
    import resource

    most = _lower(most, resource.getrlimit(kind)[1])
    resource.setrlimit(kind, (most, most))


def _lower(most: int, hard: int) -> int:
    import resource

    return most if hard == resource.RLIM_INFINITY else min(most, hard)


def _of_status(name: str) -> int:
    """Bytes, by a line of what Linux tells of a process (proc_pid_status(5)); 0 where it tells nothing."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith(f"{name}:")), 0)
    except OSError:
        return 0
