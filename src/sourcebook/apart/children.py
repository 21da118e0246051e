# SPDX-License-Identifier: Apache-2.0
"""Children that share work, as their parent sees them: what each is to do, what has come of it, when it is ended."""

from __future__ import annotations

import gc
import mmap
import os
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from sourcebook.apart.child import HEAD, MEMORY, live, value
from sourcebook.apart.forks import forked
from sourcebook.apart.task import Allowed, At, Over, What

_AHEAD = 3  # numbers that a child has before it asks for more
_WAITING = 12  # results a child that may wait to be taken
_BY_THE_CLOCK = 6


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


class Children:
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
        while len(child.data) >= HEAD and child.numbers:
            size = int.from_bytes(child.data[1:HEAD], "little")
            if size > self._allowed.result:
                self._ended(child, "result")
                return
            if len(child.data) < HEAD + size:
                return
            kind, body = child.data[0], bytes(child.data[HEAD : HEAD + size])
            del child.data[: HEAD + size]
            child.since = 0.0
            if kind == MEMORY:
                self._ended(child, "memory")
                return
            self._done[child.numbers.popleft()] = value(kind, body)

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
        with ExitStack() as opened, ExitStack() as theirs:
            numbers, to = _pipe(theirs, opened)
            come, results = _pipe(opened, theirs)
            marks = opened.enter_context(mmap.mmap(-1, mmap.PAGESIZE))
            others = [handle for child in self._children for handle in (child.to, child.come, child.life)]
            gc.freeze()  # so that no collector touches what both have
            try:
                pid, life = forked((*others, to, come))
                if not pid:
                    live(self._task, self._allowed, numbers, results, marks)
            finally:
                gc.unfreeze()
            opened.pop_all()  # who ends the child closes them
        return _Child(pid, to, come, life, marks)


def _pipe(reads: ExitStack, writes: ExitStack) -> tuple[int, int]:
    """A pipe; the end that reads is closed with ``reads``, the other with ``writes``."""
    ends = os.pipe()
    for handle, stack in zip(ends, (reads, writes), strict=True):
        stack.callback(os.close, handle)
    return ends


def _of_memory(status: int) -> bool:
    """Whether a process ended as one does that lacks memory: killed by the system, or by a library that gives up."""
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGABRT)
