# SPDX-License-Identifier: Apache-2.0
"""Builds in processes forked from one that has everything imported, stopped at their calls or at a moment.

A command runs as in a shell: in a session of its own, with its exit code, and with what it says in two files.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile.chaos import calls
from tests.hostile.chaos.calls import Call

SECONDS = 60.0  # after which a build hangs
GRACE = 10.0  # in which the processes of a build that was killed are to be gone

# What a stop does at a call: nothing (0), fail with a number, or kill: "all" its session, the "child" that calls, or
# the "parent" of all.
Stop = Callable[[int, Call, bool], int | str]


@dataclass
class Ran:
    """What became of a command: its exit code (negative: the signal), what it said, and which calls it made."""

    code: int
    out: str
    err: str
    calls: list[tuple[Call, bool]] = field(default_factory=list)
    hung: bool = False
    left: list[int] = field(default_factory=list)
    seconds: float = 0.0


def imported(book: Path, options: Sequence[str]) -> None:
    """Import whatever a build of ``book`` with these options imports, and no more: what is small is forked sooner."""
    program = (
        "import sys, json\nfrom sourcebook.cli import main\n"
        f"sys.argv = ['sourcebook', 'build', '--book', {str(book)!r}, *{[*options]!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('\\n' + json.dumps(sorted(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for name in json.loads(found.stdout.splitlines()[-1]):
        if name != "__main__" and not name.startswith(("_cython", "cython")):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    import multiprocessing.popen_fork  # noqa: F401

    from sourcebook.machine import toolkit

    toolkit.code()  # which is remembered
    gc.collect()
    gc.freeze()  # so that collectors of what is forked leave the memory shared


def home_of(book: Path) -> Path:
    """The home folder of who builds a book: beside it."""
    return book.parent / f"home-of-{book.name}"


def run(
    arguments: Sequence[str], aside: Path, scope: Path, stop: Stop | None = None, after: float = 0.0, most: int = 0
) -> Ran:
    """Run ``sourcebook`` with ``arguments``; what it says goes to the folder ``aside``.

    ``scope`` is the book. With a ``stop``, calls about it, the home folder or what is said wait for it, with their
    number and whether the process that was started makes them; without one all is let through, and the session is
    killed ``after`` seconds.
    With ``most``, no file may be larger.
    """
    ours, theirs = socket.socketpair()
    said = [aside / "out", aside / "err"]
    begun = time.perf_counter()
    child = os.fork()
    if not child:
        _command(arguments, said, home_of(scope), theirs if stop else None, most)
    theirs.close()
    ran = Ran(0, "", "")
    with ours:
        if stop:
            _, handles, _, _ = socket.recv_fds(ours, 1, 1)
            _watched(child, handles[0], [f"{scope}/", f"{home_of(scope)}/", *map(str, said)], stop, ran)
            os.close(handles[0])
        else:
            _awaited(child, after, ran)
    ran.left = _session(child)
    for process in ran.left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    ran.out, ran.err = (path.read_text("utf-8", "replace") for path in said)
    ran.seconds = time.perf_counter() - begun
    return ran


def _command(
    arguments: Sequence[str], said: Sequence[Path], home: Path, channel: socket.socket | None, most: int
) -> None:
    """Be the command: in a session of its own, and never back."""
    code = 70
    try:
        os.setsid()
        for number, path in enumerate(said, 1):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            os.dup2(handle, number)
            os.close(handle)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
        os.environ["HOME"] = str(home)
        os.environ.pop("XDG_STATE_HOME", None)
        os.environ["PATH"] = "/nowhere"  # where there is no git to be asked, which would cost a third of the time
        if most:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        if channel:
            listener = calls.install()
            socket.send_fds(channel, [b"."], [listener])
            os.close(listener)
            channel.close()
        code = _main(arguments)
    finally:
        os._exit(code)


def _main(arguments: Sequence[str]) -> int:
    """What Python itself makes of a program: its exit code, or what it says of an exception."""
    import sourcebook.cli

    try:
        sourcebook.cli.main(list(arguments))
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
    except OSError as error:
        with contextlib.suppress(OSError):
            print(f"Exception ignored: {error}", file=sys.stderr)  # as Python does when it ends
        code = 120
    return code


def _watched(child: int, listener: int, scope: Sequence[str], stop: Stop, ran: Ran) -> None:
    """Answer the calls of a command until it, and all that it forked, are gone."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    deadline = time.monotonic() + SECONDS
    gone = False
    number = 0
    main: dict[int, bool] = {}
    while True:
        events = poll.poll(200)
        if not gone and (ended := os.waitpid(child, os.WNOHANG))[0]:
            ran.code = os.waitstatus_to_exitcode(ended[1])
            gone = True
            deadline = min(deadline, time.monotonic() + GRACE)
        if time.monotonic() > deadline:
            if not gone:
                ran.hung = True
                _kill(child)
                os.waitpid(child, 0)
            return
        if any(event & select.POLLIN for _, event in events):
            call = calls.receive(listener)
            if call is None:
                continue
            inside = call.path.startswith(tuple(scope))
            own = main.setdefault(call.thread, calls.process_of(call.thread) == child)
            wanted: int | str = 0
            if inside:
                ran.calls.append((call, own))
                wanted = stop(number, call, own)
                number += 1
            if isinstance(wanted, str):
                _kill_some(wanted, child, call)
                if wanted == "all":
                    continue
            calls.answer(listener, call, wanted if isinstance(wanted, int) else 0)
        elif events:  # hung up: nobody is left who could call
            if not gone:
                ran.code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            return


def _kill_some(who: str, child: int, call: Call) -> None:
    if who == "all":
        _kill(child)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child if who == "parent" else calls.process_of(call.thread), signal.SIGKILL)


def _awaited(child: int, after: float, ran: Ran) -> None:
    """Wait for a command, and kill its session ``after`` seconds (0: never)."""
    handle = os.pidfd_open(child)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    if not poll.poll((after or SECONDS) * 1000):
        ran.hung = not after
        _kill(child)
    os.close(handle)
    ran.code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _kill(session: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def _session(leader: int) -> list[int]:
    """The processes that are left of a session, after a while."""
    deadline = time.monotonic() + GRACE
    while True:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return []
        left = [number for number in _processes() if _is_of(number, leader)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _is_of(process: int, session: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as stat:
            fields = re.sub(r"^.*\) ", "", stat.read()).split()
    except OSError:
        return False
    return fields[0] not in "ZX" and int(fields[3]) == session
