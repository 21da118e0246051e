# SPDX-License-Identifier: Apache-2.0
"""One command in a process of its own, forked from this one, under limits of time, memory and size of files."""

from __future__ import annotations

import contextlib
import importlib
import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.cli import main

MEMORY = 600 << 20  # bytes that a command may take besides what this process has mapped already
LARGEST_FILE = 200 << 20
CPU_SECONDS = 5
WALL_SECONDS = 30  # for what waits and does not work; wide, since other work may share the machine
_NETWORK = 97  # exit code of a command that reached for the network


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code, or -1 and the signal that ended it, what it said, and what that took."""

    command: tuple[str, ...]
    code: int
    signal: int
    timed_out: bool
    out: bytes
    err: bytes
    cpu: float
    peak: int  # resident, in bytes, of it or of a process that it started

    @property
    def network(self) -> bool:
        """Whether it reached for the network."""
        return self.code == _NETWORK


def warm() -> None:
    """Import what the commands need, so that each is a fork and not a start of Python."""
    for name in ("check", "build", "verify", "init", "schema", "where", "mutate", "explain"):
        importlib.import_module(f"sourcebook.cli.{name}")


def run(command: Sequence[str], folder: Path) -> Ran:
    """Run ``sourcebook`` with these arguments in ``folder``."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _be_it(command, folder, out.fileno(), err.fileno())
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        status, usage, timed_out = _waited(child)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read(64 << 20))
    code = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Ran(tuple(command), max(code, -1), max(-code, 0), timed_out, texts[0], texts[1], cpu, usage.ru_maxrss * 1024)


def _waited(child: int) -> tuple[int, Any, bool]:
    """Wait for a process; end it and all that it started once its time is over."""
    end, pause, timed_out = time.monotonic() + WALL_SECONDS, 0.001, False
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > end:
            timed_out = True
            with contextlib.suppress(OSError):
                os.killpg(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)
    with contextlib.suppress(OSError):  # what it left behind
        os.killpg(child, signal.SIGKILL)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        timed_out = True
    return status, usage, timed_out


def _be_it(command: Sequence[str], folder: Path, out: int, err: int) -> None:
    """Be the command, and end with its exit code."""
    code = 98
    try:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.chdir(folder)
        _limit()
        socket.socket = _NoNetwork  # type: ignore[assignment,misc]
        socket.getaddrinfo = _no_network  # type: ignore[assignment]
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["sourcebook", *command]
        try:
            main(args=list(command), prog_name="sourcebook")
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        import traceback

        os.write(2, traceback.format_exc().encode("utf-8", "backslashreplace"))
    finally:
        os._exit(code)


def _limit() -> None:
    mapped = next(int(line.split()[1]) << 10 for line in open("/proc/self/status") if line.startswith("VmData"))  # noqa: SIM115
    resource.setrlimit(resource.RLIMIT_DATA, (mapped + MEMORY, mapped + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


class _NoNetwork(socket.socket):
    """A socket that only leads to processes of this machine."""

    def __init__(self, family: int = -1, *arguments: Any, **named: Any) -> None:
        if family not in (socket.AF_UNIX, -1) or (family == -1 and named.get("fileno") is None):
            _no_network()
        super().__init__(family, *arguments, **named)


def _no_network(*_arguments: Any, **_named: Any) -> Any:
    os.write(2, b"reached for the network\n")
    os._exit(_NETWORK)
