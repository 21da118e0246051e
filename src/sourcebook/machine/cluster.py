# SPDX-License-Identifier: Apache-2.0
"""A cluster of workers that share work, by Dask, with whom another process talks (`go_between`).

In come the address of a scheduler, or ``local`` for workers of this machine; out goes what takes tasks. Which worker
does what, and doing it again where one was lost, is Dask's affair: a task that is handed over must be pure. No thread
is started here, and Dask is not loaded: this process forks others.
"""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from typing import Any, Generic, TypeVar

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.machine import go_between
from sourcebook.machine.frames import CANCEL, DONE, FAILED, LOCAL, SHARE, SUBMIT, THREADS, heard, send

Result = TypeVar("Result")

_REACHED = 20.0  # seconds to reach a scheduler in, and then for a worker to be there
_ENDING = 30.0  # seconds in which workers of this machine are to end
_ADDRESS = re.compile(r"((tcp|tls)://)?([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")
_NOT_ADDRESSES = "it is HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or local"


@dataclass(frozen=True)
class Shared:
    """A value that each worker gets once."""

    number: int


@dataclass(frozen=True)
class Task(Generic[Result]):
    """What was handed over, and of which there will be a result."""

    number: int


class Cluster:
    """Workers that were reached, until they are left; ``threads`` are how many tasks they do at once, as last told."""

    def __init__(self, address: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.address = address
        self.threads = 0
        self._process = process
        self._to, self._come = process.stdin, process.stdout
        self._ready = False
        self._numbers = count(1)
        self._results: dict[int, bytes | Exception] = {}
        self._wanted: set[int] = set()

    def reach(self, workers: int, patience: float) -> None:
        """Have them reached, in so many seconds. Raises as `reached` does."""
        self._say(self.address, workers, patience)
        self._hear()
        if 0 in self._results:
            raise self._raised(0)
        self._ready = True

    def share(self, value: bytes) -> Shared:
        """What stands for ``value`` where tasks are handed over: it goes to each worker once, not with each task."""
        found = Shared(next(self._numbers))
        self._say(SHARE, found.number, value)
        return found

    def submit(self, task: Callable[..., Result], *arguments: Any, shared: Sequence[Shared] = ()) -> Task[Result]:
        """Hand over a function, which workers load by its name, with its arguments and then what is ``shared``.

        Raises EnvironmentFailure where the cluster was lost.
        """
        found: Task[Result] = Task(next(self._numbers))
        self._wanted.add(found.number)
        data = pickle.dumps((task, arguments), pickle.HIGHEST_PROTOCOL)
        self._say(SUBMIT, found.number, data, [one.number for one in shared])
        return found

    def result(self, task: Task[Result]) -> Result:
        """What came of a task. Raises what the task raised, EnvironmentFailure where the workers failed it."""
        while task.number not in self._results:
            self._hear()
        self._wanted.discard(task.number)
        found = self._results[task.number]
        if isinstance(found, Exception):
            raise self._raised(task.number)
        del self._results[task.number]
        result: Result = pickle.loads(found)  # noqa: S301  (of a cluster that may run code here, as docs/scale.md says)
        return result

    def cancel(self, task: Task[Any]) -> None:
        """Have a task let be, whose result nobody wants any more."""
        self._wanted.discard(task.number)
        self._results.pop(task.number, None)
        with suppress(EnvironmentFailure):
            self._say(CANCEL, task.number)

    def leave(self) -> None:
        """Leave them: those of this machine end. May be called again."""
        if self._to.closed:
            return
        with suppress(OSError):
            send(self._to)  # for children of this process may hold the pipe open, too
        for one in (self._to, self._come):
            with suppress(OSError):
                one.close()
        if not self._ready and self.address != LOCAL:  # it waits for an answer, and has nothing to end
            self._process.kill()
        for harder in (self._process.terminate, self._process.kill):
            try:
                self._process.wait(_ENDING)
                break
            except subprocess.TimeoutExpired:  # it stands still, or has not begun yet to hear what it is told
                harder()
        self._process.wait()

    def _say(self, *said: Any) -> None:
        try:
            send(self._to, *said)
        except OSError as error:
            raise self._gone() from error

    def _hear(self) -> None:
        match heard(self._come):
            case [str(what), int(number)] if what == THREADS:
                self.threads = number
            case [str(what), int(number), bytes(result)] if what == DONE:
                if number in self._wanted:
                    self._results[number] = result
            case [str(what), int(number), Exception() as error] if what == FAILED:
                if number in self._wanted or not number:
                    self._results[number] = error
            case _:
                raise self._gone()

    def _raised(self, number: int) -> Exception:
        found = self._results.pop(number)
        assert isinstance(found, Exception)
        return found

    def _gone(self) -> EnvironmentFailure:
        return EnvironmentFailure(f"the process was ended that talks to the cluster at {self.address}")


@contextmanager
def reached(address: str, workers: int = 1) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at ``address``; ``local`` starts so many ``workers``, which end with it.

    These are processes, and listen on this machine's own address alone; their folder is removed however this process
    ends. Raises UsageError where it is no address or Dask is not installed, EnvironmentFailure where no scheduler or no
    worker is reached.
    """
    if find_spec("distributed") is None:
        raise UsageError("a cluster needs Dask: run `pip install 'sourcebook[cluster]'`")
    if address != LOCAL and not _ADDRESS.fullmatch(address):
        raise UsageError(f"{address!r} is no address of a cluster: {_NOT_ADDRESSES}")
    process = subprocess.Popen(
        # -P: what lies in the folder that this was started in is not taken for a module.
        [sys.executable, "-P", "-m", go_between.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # a terminal interrupts all of its own, and this process alone is to end the others
    )
    cluster = Cluster(address, process)
    try:
        cluster.reach(workers, _REACHED)
        yield cluster
    finally:
        cluster.leave()
