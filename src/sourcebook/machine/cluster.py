# SPDX-License-Identifier: Apache-2.0
"""Dask ``distributed``, and the only door to it: a cluster of workers that share work, as a `concurrent.futures` one.

In come the address of a scheduler, or ``local`` for workers of this machine; out goes an executor. Which worker does
what, and doing it again where one was lost, is Dask's affair: a task that is handed over must be pure. What is here
puts what Dask raises into words. Slow to import: who shares no work does not come here.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.machine import system
from sourcebook.machine.scratch import scratch

if TYPE_CHECKING:
    from distributed import Client

Result = TypeVar("Result")

LOCAL = "local"
_REACHED = 20.0  # seconds to reach a scheduler in, and then for a worker to be there
_LOOK = 2.0  # seconds after which somebody looks whether there are workers still
_ALONE = 60.0  # seconds that a cluster may be without any, while theirs are started anew
_AGAIN = 3  # times that Dask has a task done again which raised something: storage fails now and then
_SETTINGS = {
    "distributed.admin.large-graph-warning-threshold": "1GiB",  # contents travel with tasks
    "distributed.admin.low-level-log-length": 1,  # of 1,000 messages that are kept for developers, with contents
}
# Of whose messages which are shown. What goes wrong between this process and the scheduler is raised besides, and told.
_LOGGING = {"distributed": logging.ERROR, "distributed.client": logging.CRITICAL, "tornado": logging.CRITICAL}
_SCRATCH = "sourcebook-cluster"
_ADDRESS = re.compile(r"((tcp|tls)://)?([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")
_NOT_ADDRESSES = "it is HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT of a Dask scheduler, or local"


@dataclass(frozen=True)
class Cluster:
    """Workers that were reached: ``executor`` hands them tasks, until they are left by ``leave``."""

    address: str
    executor: Executor
    leave: Callable[[], None]
    _client: Client

    def share(self, value: bytes) -> Any:
        """What stands for ``value`` among the arguments of tasks: it goes to each worker once, not with each task."""
        return self._client.submit(_same, value, pure=False, retries=_AGAIN)

    @property
    def threads(self) -> int:
        """How many tasks the workers do at once, as far as is known now; 0 where the scheduler does not say."""
        try:
            workers = self._client.scheduler_info(n_workers=-1).get("workers", {})
        except (OSError, TimeoutError):
            return 0
        return sum(int(one["nthreads"]) for one in workers.values())

    def result(self, future: Future[Result]) -> Result:
        """What came of a task. Raises what the task raised, EnvironmentFailure where the workers failed it."""
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker, NoWorkerError

        seen = time.monotonic()
        while True:
            try:
                return future.result(_LOOK)
            except (CancelledError, FutureCancelledError) as error:
                raise EnvironmentFailure(f"the cluster at {self.address} was lost before the work was done") from error
            except KilledWorker as error:
                raise EnvironmentFailure(
                    f"{error.allowed_failures + 1} workers of the cluster at {self.address} ended while they had the "
                    "same files; have they enough memory?"
                ) from error
            except NoWorkerError as error:
                raise self._alone() from error
            except TimeoutError:
                if future.done():
                    raise
            except (ImportError, AttributeError, RuntimeError) as error:
                if isinstance(error, RuntimeError) and "deserializ" not in str(error):
                    raise
                raise EnvironmentFailure(
                    f"the cluster at {self.address} cannot load what it is to do: its scheduler and its workers must "
                    f"have the same Sourcebook installed as is here ({_first(error)})"
                ) from error
            if self._client.status == "closed":
                raise EnvironmentFailure(f"the cluster at {self.address} was lost before the work was done")
            if self.threads:
                seen = time.monotonic()
            elif time.monotonic() - seen > _ALONE:
                raise self._alone()

    def _alone(self) -> EnvironmentFailure:
        return EnvironmentFailure(f"the cluster at {self.address} has had no worker for {_ALONE:g} seconds")


def _first(error: BaseException) -> str:
    """The first line of the cause of an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).splitlines() or [type(error).__name__])[0]


def _same(value: bytes) -> bytes:
    return value


@contextmanager
def reached(address: str, workers: int = 1) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at ``address``; ``local`` starts so many ``workers``, which end with it.

    These are processes, and listen on this machine's own address alone. Raises UsageError where it is no address or
    Dask is not installed, EnvironmentFailure where no scheduler or no worker is reached.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("a cluster needs Dask: run `pip install 'sourcebook[cluster]'`") from error
    if address != LOCAL and not _ADDRESS.fullmatch(address):
        raise UsageError(f"{address!r} is no address of a cluster: {_NOT_ADDRESSES}")
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        try:
            at = stack.enter_context(_started(workers)) if address == LOCAL else address
            if address != LOCAL:
                _answered(address)
            client = stack.enter_context(Client(at, timeout=_REACHED, set_as_default=False))  # type: ignore[no-untyped-call]
            client.wait_for_workers(1, timeout=_REACHED)
        except TimeoutError as error:
            raise EnvironmentFailure(f"the cluster at {address} was not reached, or has no worker: {error}") from error
        except OSError as error:
            raise EnvironmentFailure(f"no cluster is reached at {address}: {error}") from error
        # Handed on by the executor; that a worker ended is counted by the scheduler's own setting, allowed-failures.
        yield Cluster(address, client.get_executor(pure=False, retries=_AGAIN), stack.close, client)


def _answered(address: str) -> None:
    """Raise EnvironmentFailure where no scheduler answers at ``address`` in time, OSError where nobody is reached.

    Dask waits without end for the first word of what takes a connection and says nothing, or speaks otherwise.
    """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    why: Exception | None

    def asked() -> Any:
        return asyncio.run(asyncio.wait_for(_identity(address), _REACHED))

    with ThreadPoolExecutor(1) as thread:  # who calls may be in a loop of events
        try:
            kind, why = str(thread.submit(asked).result().get("type")), None
        except TimeoutError as error:
            kind, why = "", error
        except OSError:
            raise
        except Exception as error:  # whatever comes of bytes that are something else
            kind, why = "", error
    if kind != "Scheduler":
        raise EnvironmentFailure(f"what listens at {address} does not answer as a Dask scheduler does") from why


async def _identity(address: str) -> Any:
    """What a process of Dask says that it is."""
    from distributed.comm.core import connect
    from distributed.security import Security

    ways = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    comm = await connect(address, timeout=0.75 * _REACHED, **ways)  # type: ignore[no-untyped-call]
    try:
        await comm.write({"op": "identity", "n_workers": 0, "reply": True, "close": True})
        return await comm.read()
    finally:
        comm.abort()


@contextmanager
def _started(workers: int) -> Iterator[Any]:
    """Workers of this machine, and a scheduler: Dask's own pages are not shown, and nothing listens to the outside."""
    import dask
    from distributed import LocalCluster

    # The scheduler has a folder too, where Dask's settings say.
    with _without_main(), scratch(_SCRATCH) as folder, dask.config.set(temporary_directory=str(folder)):
        with system.uninterrupted():  # a terminal interrupts all of them, and this process alone is to end the others
            made = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=max(1, workers),
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                local_directory=str(folder),
                silence_logs=logging.ERROR,
            )
        with made as cluster:
            yield cluster


@contextmanager
def _without_main() -> Iterator[None]:
    """Have processes that are started not run the program first that this process runs.

    `multiprocessing` has them do so, for what they are given might be defined there: a script that builds a book, and
    does not say ``if __name__ == "__main__"``, would then build it again in each of them.
    """
    main = sys.modules["__main__"]
    before = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    main.__file__, main.__spec__ = None, None
    try:
        yield
    finally:
        del main.__file__
        for name, value in before.items():
            setattr(main, name, value)


@contextmanager
def _quiet() -> Iterator[None]:
    """Have Dask tell only what is wrong: that it goes on without a worker is what it is for.

    That versions differ it tells in a warning; who hands over work says which may not.
    """
    import dask

    # Each of its loggers has a level of its own.
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in _LOGGING]
    before = [(one, one.level) for one in map(logging.getLogger, names)]
    with warnings.catch_warnings(), dask.config.set(_SETTINGS):
        warnings.simplefilter("ignore")
        for one, _ in before:
            one.setLevel(_LOGGING.get(one.name) or _LOGGING[one.name.partition(".")[0]])
        try:
            yield
        finally:
            for one, level in before:
                one.setLevel(level)
