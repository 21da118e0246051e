# SPDX-License-Identifier: Apache-2.0
"""The process that talks to Dask for another: ``python -m``, at two pipes. With ``reaching`` the only door to Dask.

Dask has threads, and the process that shares its work forks others: so they are two, and no fork takes a thread along.
In come tasks, which are not looked into, and out goes what came of each. It ends where it is told to, or where the
other has, however that ended; with it end the workers that it started, and their folder is removed.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import IO, TYPE_CHECKING, Any

from sourcebook.errors import EnvironmentFailure, SourcebookError
from sourcebook.machine.frames import DONE, FAILED, SHARE, SUBMIT, THREADS, heard, same, send, worked
from sourcebook.machine.reaching import connected

if TYPE_CHECKING:
    from distributed import Client

_LOOK = 2.0  # seconds after which it is looked whether there are workers still
_ALONE = 60.0  # seconds that a cluster may be without any, while theirs are started anew
_AGAIN = 3  # times that Dask has a task done again which raised something: storage fails now and then


class Handing:
    """Tasks handed to the workers of a ``client``; each thing that is to be told is given to ``tell``."""

    def __init__(self, client: Client, address: str, tell: Callable[..., None]) -> None:
        self._client, self._address, self._tell = client, address, tell
        # Handed on by the executor; that a worker ended is counted by the scheduler's own setting, allowed-failures.
        self._executor: Executor = client.get_executor(pure=False, retries=_AGAIN)  # type: ignore[no-untyped-call]
        self._shared: dict[int, Any] = {}
        self._out: dict[int, Future[bytes]] = {}
        self._lock = Lock()
        self.threads = threads(client)
        tell(THREADS, self.threads)

    def do(self, what: str, number: int, *given: Any) -> None:
        """What is asked for: to share a value, to hand over a task with what is shared, or to let one be."""
        if what == SHARE:
            self._shared[number] = self._client.submit(same, *given, pure=False, retries=_AGAIN)
        elif what == SUBMIT:
            task, shared = given
            future = self._executor.submit(worked, task, *(self._shared[one] for one in shared))
            with self._lock:
                self._out[number] = future
            future.add_done_callback(lambda done: self._done(number, done))
        elif (let_be := self._taken(number)) is not None:
            let_be.cancel()

    def look(self, since: float) -> float:
        """Give up what is handed out where nobody works on it; since when it is known that somebody might."""
        now = time.monotonic()
        if self._client.status == "closed":
            self._give_up(_lost(self._address))
        elif found := threads(self._client):
            if found != self.threads:
                self._tell(THREADS, found)
            self.threads = found
            return now
        elif now - since > _ALONE:
            self._give_up(_alone(self._address))
        return since if self._out else now

    def _give_up(self, error: Exception) -> None:
        for number in tuple(self._out):
            if self._taken(number):
                self._tell(FAILED, number, error)

    def _taken(self, number: int) -> Future[bytes] | None:
        with self._lock:
            return self._out.pop(number, None)

    def _done(self, number: int, future: Future[bytes]) -> None:
        if self._taken(number) is None:  # who wanted it does not any more
            return
        try:
            self._tell(DONE, number, future.result())
        except BaseException as error:
            self._tell(FAILED, number, in_words(error, self._address))


def in_words(error: BaseException, address: str) -> Exception:
    """What is raised instead of what Dask raises, or came of a task, in the process that wanted it."""
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker, NoWorkerError

    if isinstance(error, CancelledError | FutureCancelledError):
        return _lost(address)
    if isinstance(error, KilledWorker):
        return EnvironmentFailure(
            f"{error.allowed_failures + 1} workers of the cluster at {address} ended while they had the same files; "
            "have they enough memory?"
        )
    if isinstance(error, NoWorkerError):
        return _alone(address)
    if isinstance(error, ImportError | AttributeError) or (
        isinstance(error, RuntimeError) and "deserializ" in str(error)
    ):
        return EnvironmentFailure(
            f"the cluster at {address} cannot load what it is to do: its scheduler and its workers must have the same "
            f"Sourcebook installed as is here ({_first(error)})"
        )
    if not isinstance(error, SourcebookError | OSError):
        error.add_note("".join(traceback.format_exception(error)))  # which no pickle has
    try:
        found = pickle.loads(pickle.dumps(error))  # noqa: S301  (our own)
    except Exception:
        found = None
    return found if isinstance(found, Exception) else RuntimeError(f"{type(error).__name__}: {error}")


def _lost(address: str) -> EnvironmentFailure:
    return EnvironmentFailure(f"the cluster at {address} was lost before the work was done")


def _alone(address: str) -> EnvironmentFailure:
    return EnvironmentFailure(f"the cluster at {address} has had no worker for {_ALONE:g} seconds")


def _first(error: BaseException) -> str:
    """The first line of the cause of an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).splitlines() or [type(error).__name__])[0]


def threads(client: Client) -> int:
    """How many tasks the workers do at once; 0 where the scheduler does not say."""
    try:
        workers = client.scheduler_info(n_workers=-1).get("workers", {})
    except (OSError, TimeoutError):
        return 0
    return sum(int(one["nthreads"]) for one in workers.values())


def go_between(come: IO[bytes], tell: Callable[..., None]) -> None:
    """Do what is asked for in frames that ``come``, the first of which says which cluster, until there are no more."""
    asked = heard(come)
    if not asked:
        return
    address, workers, patience = asked
    try:
        with connected(address, workers, patience) as client:
            handing = Handing(client, address, tell)
            with _looking(handing):
                while asked := heard(come):
                    handing.do(*asked)
    except SourcebookError as error:
        tell(FAILED, 0, error)


@contextmanager
def _looking(handing: Handing) -> Iterator[None]:
    """Have somebody look meanwhile whether there are workers still."""
    over = Event()

    def look() -> None:
        since = time.monotonic()
        while not over.wait(_LOOK):
            since = handing.look(since)

    looks = Thread(target=look, daemon=True)
    looks.start()
    try:
        yield
    finally:
        over.set()


def main() -> None:
    """``python -m sourcebook.machine.go_between``: frames come by standard input, and go by standard output."""
    come, go = (os.fdopen(os.dup(one), mode) for one, mode in ((0, "rb"), (1, "wb")))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # where anything else goes that is printed
    told: SimpleQueue[tuple[Any, ...]] = SimpleQueue()

    # Nothing is raised, which Dask would not survive where it is just starting workers: no more frames come.
    signal.signal(signal.SIGTERM, lambda *_: os.dup2(nothing, come.fileno()))

    def write() -> None:
        with suppress(OSError):  # nobody reads any more
            while said := told.get():
                send(go, *said)

    # What is told waits here, and not where it came up: else who writes tasks and who reads results waited for each
    # other.
    writes = Thread(target=write, daemon=True)
    writes.start()
    try:
        go_between(come, lambda *said: told.put(said))
    finally:
        told.put(())
        writes.join(_LOOK)


if __name__ == "__main__":
    main()
