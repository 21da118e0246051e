# SPDX-License-Identifier: Apache-2.0
"""Work that strangers have a say in, done by processes that may be ended: in time, memory and size of what comes back.

SQL, patterns and schemas of a book run for long inside one call of a library, where no clock of ours is looked at and
Python's lock may be held. Only another process can end that. A child is forked, so that it inherits what it works on;
numbers go to it, results come back as plain data. One child does for all work, as long as it stays within its limits.

A fork copies the thread that asks for it and no other. That is safe where this is used: threads that may exist then
(those of `concurrent.futures`) hold no lock that a child takes, and a child opens what it reads itself. Where there is
no fork, on Windows, the work is done here, without limits but those that it keeps by itself. Longer than most
modules, since what a child and its parent say to each other is to be read together.
"""

from __future__ import annotations

import gc
import marshal
import mmap
import os
import select
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn, TypeVar

Result = TypeVar("Result")
At = Callable[[int], None]
"""Says at which step a task is: the time that is allowed begins anew."""

What = Literal["time", "memory", "result", "end"]


@dataclass(frozen=True)
class Over:
    """What a task went over, and the step that it was at: "end" where it ended the process that it ran in."""

    what: What
    step: int


@dataclass(frozen=True)
class Allowed:
    """What one step of a task may take: ``seconds``, bytes of ``memory`` beside what there is, of its ``result``.

    ``file`` is how large a file may become that is written.

    With ``steps``, only what a task does between two calls of `At` is timed, the first with a number and the second
    with 0. Seconds are those in which it is worked on, as far as the system tells; of the clock, six times as many.
    """

    seconds: float
    memory: int | None = None
    result: int = 256 * 1024 * 1024
    file: int | None = None
    steps: bool = False


FORKS = hasattr(os, "fork")
_SAMPLE = 0.008  # seconds after which the work that is left is estimated
_WORTH = 0.06  # seconds of work left from which on one more process gains more than it costs
_AHEAD = 3  # numbers that a child has before it asks for more
_WAITING = 12  # results a child that may wait to be taken
_BY_THE_CLOCK = 6


def mapped(
    task: Callable[[int, At], Result],
    count: int,
    allowed: Allowed,
    *,
    most: int = 1,
    at_once: bool = False,
    again: Callable[[int, Over], bool] | None = None,
) -> Generator[Result | Over, None, None]:
    """``task`` of every number below ``count``, in order, each done apart; `Over` of one that went over its limits.

    Results are plain data, as `marshal` takes them. At ``most`` so many children share the work, ``at_once`` or when
    what is left is worth it; ``again`` is told of what went over, and may have it done again, by a child that inherits
    what is known by then. Raises what ``task`` raises, OSError where no process is to be had.
    """
    if not FORKS:
        yield from (task(number, _nowhere) for number in range(count))
        return
    children = _Children(task, allowed, again, deque(range(count)))
    begun = time.perf_counter()
    try:
        for number in range(count):
            spent = time.perf_counter() - begun
            left = spent / number * (count - number) if number else 0.0
            if at_once or (spent > _SAMPLE and left > _WORTH):
                children.most = most
            yield children.result(number)
    finally:
        children.end()


def _nowhere(_step: int) -> None:
    pass


@dataclass
class _Child:
    """A process, as its parent sees it: what it is to do, what has come of that, and when it last went on."""

    pid: int
    to: int
    come: int  # the descriptors of its pipes
    life: int
    marks: mmap.mmap
    numbers: deque[int] = field(default_factory=deque)
    data: bytearray = field(default_factory=bytearray)
    seen: tuple[bytes, int] = (b"", 0)
    worked: float = 0.0
    since: float = 0.0

    def spent(self) -> float:
        """Seconds that it has worked."""
        if sys.platform != "linux":
            return time.monotonic()
        try:
            return time.clock_gettime(~self.pid << 3 | 2)  # the clock of a process: include/linux/posix-timers.h
        except OSError:
            return self.worked

    def over(self, allowed: Allowed) -> bool:
        """Whether it has been at one step for longer than it may."""
        seen, now = (self.marks[:16], len(self.data)), time.monotonic()
        if allowed.steps and not any(self.marks[:8]):
            return False
        if seen != self.seen or not self.since:
            self.seen, self.since, self.worked = seen, now, self.spent()
            return False
        return self.spent() - self.worked > allowed.seconds or now - self.since > allowed.seconds * _BY_THE_CLOCK

    def end(self) -> int:
        """End it, whatever it does; how it ended, as `os.waitpid` tells it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        for handle in (self.to, self.come, self.life):
            os.close(handle)
        self.marks.close()
        return os.waitpid(self.pid, 0)[1]


class _Children:
    """Children that share work, and what has come of it."""

    def __init__(
        self,
        task: Callable[[int, At], Any],
        allowed: Allowed,
        again: Callable[[int, Over], bool] | None,
        left: deque[int],
    ) -> None:
        self.most = 1
        self._task = task
        self._allowed = allowed
        self._again = again
        self._left = left
        self._children: list[_Child] = []
        self._done: dict[int, Any] = {}

    def result(self, number: int) -> Any:
        """What has come of a number, or an exception, which is raised."""
        while True:
            self._hand_out(number)
            if number in self._done:
                break
            self._wait()
        found = self._done.pop(number)
        if isinstance(found, BaseException):
            raise found
        return found

    def end(self) -> None:
        """End all."""
        for child in self._children:
            child.end()
        self._children.clear()

    def _hand_out(self, wanted: int) -> None:
        """Give children numbers to work on, which are not too far from the one that is ``wanted``."""
        while self._left and self._left[0] < wanted + _WAITING * max(1, self.most):
            free = [child for child in self._children if len(child.numbers) < _AHEAD]
            if len(self._children) < self.most and not any(not child.numbers for child in free):
                free.append(self._forked())
                self._children.append(free[-1])
            if not free:
                break
            child = min(free, key=lambda one: len(one.numbers))
            number = self._left.popleft()
            if not child.numbers:
                child.since = 0.0
            child.numbers.append(number)
            try:
                os.write(child.to, number.to_bytes(8, "little"))
            except BrokenPipeError:
                self._ended(child)

    def _wait(self) -> None:
        """Take what has come, and end what goes on for too long."""
        poll = select.poll()
        for child in self._children:
            poll.register(child.come, select.POLLIN)
        ready = {handle for handle, _ in poll.poll(min(250.0, self._allowed.seconds * 250))}
        for child in tuple(self._children):
            if child.come in ready:
                self._take(child)
            elif child.numbers and child.over(self._allowed):
                self._ended(child, "time")

    def _take(self, child: _Child) -> None:
        try:
            data = os.read(child.come, 1 << 20)
        except OSError:
            data = b""
        if not data:
            self._ended(child)
            return
        child.data += data
        while len(child.data) >= _HEAD and child.numbers:
            size = int.from_bytes(child.data[1:_HEAD], "little")
            if size > self._allowed.result:
                self._ended(child, "result")
                return
            if len(child.data) < _HEAD + size:
                return
            kind, body = child.data[0], bytes(child.data[_HEAD : _HEAD + size])
            del child.data[: _HEAD + size]
            child.since = 0.0
            if kind == _MEMORY:
                self._ended(child, "memory")
                return
            self._done[child.numbers.popleft()] = _value(kind, body)

    def _ended(self, child: _Child, what: What = "end") -> None:
        """Do without a child that went over a limit, or has ended by itself."""
        step = int.from_bytes(child.marks[:8], "little")
        status = child.end()
        if what == "end" and self._allowed.memory is not None and _of_memory(status):
            what = "memory"
        self._children.remove(child)
        if child.numbers:
            number, over = child.numbers.popleft(), Over(what, step)
            waiting = [number] if self._again and self._again(number, over) else []
            if not waiting:
                self._done[number] = over
            self._left.extendleft(reversed([*waiting, *child.numbers]))

    def _forked(self) -> _Child:
        """One more child."""
        (read_numbers, to), (come, write_results), (alive, life) = os.pipe(), os.pipe(), os.pipe()
        marks = mmap.mmap(-1, mmap.PAGESIZE)
        others = [handle for child in self._children for handle in (child.to, child.come, child.life)]
        gc.freeze()  # so that no collector touches what both have
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of threads, of which above
                pid = os.fork()
            if not pid:
                for handle in (*others, to, come, life):
                    os.close(handle)
                _live(self._task, self._allowed, (read_numbers, write_results, alive), marks)
        finally:
            gc.unfreeze()
        for handle in (read_numbers, write_results, alive):
            os.close(handle)
        return _Child(pid, to, come, life, marks)


_HEAD = 9  # bytes before a result: its kind, and its size
_PLAIN, _RAISED, _MEMORY = 0, 1, 2


def _value(kind: int, body: bytes) -> Any:
    if kind == _PLAIN:
        return marshal.loads(body)  # noqa: S302  (of our own child)
    import pickle  # slow to import, and needed where the disk fails

    return pickle.loads(body)  # noqa: S301  (of our own child)


def _of_memory(status: int) -> bool:
    """Whether a process ended as one does that lacks memory: killed by the system, or by a library that gives up."""
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGABRT)


def _live(
    task: Callable[[int, At], Any], allowed: Allowed, handles: tuple[int, int, int], marks: mmap.mmap
) -> NoReturn:
    """What a child does, to its end."""
    numbers, results, alive = handles
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # its parent ends it
        _end_with_parent(alive)
        nothing = os.open(os.devnull, os.O_RDWR)
        for handle in (0, 1, 2):
            os.dup2(nothing, handle)
        _limit(allowed)
        step = memoryview(marks).cast("Q")

        def at(number: int) -> None:
            step[0] = number

        while data := os.read(numbers, 8):
            at(0)
            step[1] += 1  # so that the same step of the next number is another
            if not allowed.steps:
                _limit_time(allowed.seconds)
            _send(results, *_done(task, int.from_bytes(data, "little"), at))
    finally:
        os._exit(1)


def _done(task: Callable[[int, At], Any], number: int, at: At) -> tuple[int, bytes]:
    """The kind of what comes of a number, and that."""
    try:
        return _PLAIN, marshal.dumps(task(number, at))
    except MemoryError:
        return _MEMORY, b""
    except BaseException as error:
        import pickle

        try:
            return _RAISED, pickle.dumps(error)
        except Exception:
            return _RAISED, pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def _send(handle: int, kind: int, body: bytes) -> None:
    view = memoryview(bytes((kind,)) + len(body).to_bytes(_HEAD - 1, "little") + body)
    while view:
        view = view[os.write(handle, view) :]


def _end_with_parent(alive: int) -> None:
    """End this process when its parent does, however that ends, and whatever is done here.

    Nobody writes to ``alive``; that its other end is closed is told by a signal that cannot be held off. Where the
    system has no such signals, the time that a process may have at all ends it.
    """
    import fcntl

    if hasattr(fcntl, "F_SETSIG"):
        with suppress(OSError):  # of a system that says it is Linux, and knows no such signals
            fcntl.fcntl(alive, fcntl.F_SETOWN, os.getpid())
            fcntl.fcntl(alive, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(alive, fcntl.F_SETFL, fcntl.fcntl(alive, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([alive], [], [], 0)[0]:  # it has ended before it could be told of
        os._exit(1)


def _limit(allowed: Allowed) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if allowed.memory is not None and sys.platform == "linux":
        pages = int(open("/proc/self/statm", "rb").read().split()[5])  # noqa: SIM115
        _at_most(resource.RLIMIT_DATA, pages * mmap.PAGESIZE + allowed.memory)
    if allowed.file is not None:
        _at_most(resource.RLIMIT_FSIZE, allowed.file)


def _at_most(limit: int, most: int) -> None:
    """Set a limit, unless this process was given a lower one."""
    import resource

    _, hard = resource.getrlimit(limit)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(limit, (most, most))


def _limit_time(seconds: float) -> None:
    """Let the system end this process, should nobody else: so long after its parent has not."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds * 2) + 2
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
