# SPDX-License-Identifier: Apache-2.0
"""How Dask ``distributed`` is reached: a scheduler somewhere, or one with workers that are started here."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.machine.frames import LOCAL
from sourcebook.machine.scratch import scratch

if TYPE_CHECKING:
    from distributed import Client

_SETTINGS = {
    "distributed.admin.large-graph-warning-threshold": "1GiB",  # contents travel with tasks
    "distributed.admin.low-level-log-length": 1,  # of 1,000 messages that are kept for developers, with contents
}
# Of whose messages which are shown. What goes wrong between this process and the scheduler is raised besides, and told.
_LOGGING = {"distributed": logging.ERROR, "distributed.client": logging.CRITICAL, "tornado": logging.CRITICAL}
_SCRATCH = "sourcebook-cluster"


@contextmanager
def connected(address: str, workers: int, patience: float) -> Iterator[Client]:
    """What talks to the scheduler at ``address``, once it has a worker; ``local`` starts one, with so many ``workers``.

    Each step has so many seconds of ``patience``. Raises UsageError where Dask cannot be loaded, EnvironmentFailure
    where no scheduler or no worker is reached.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(f"Dask, which a cluster needs, cannot be loaded here ({error})") from error
    with ExitStack() as stack:
        stack.enter_context(quiet())
        try:
            at = stack.enter_context(_started(workers)) if address == LOCAL else address
            if address != LOCAL:
                _answered(address, patience)
            client = stack.enter_context(Client(at, timeout=patience, set_as_default=False))  # type: ignore[no-untyped-call]
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError as error:
            raise EnvironmentFailure(f"the cluster at {address} was not reached, or has no worker: {error}") from error
        except OSError as error:
            raise EnvironmentFailure(f"no cluster is reached at {address}: {error}") from error
        yield client


def _answered(address: str, patience: float) -> None:
    """Raise EnvironmentFailure where no scheduler answers at ``address`` in time, OSError where nobody is reached.

    Dask waits without end for the first word of what takes a connection and says nothing, or speaks otherwise.
    """
    import asyncio

    why: Exception | None
    try:
        kind, why = str(asyncio.run(asyncio.wait_for(_identity(address, patience), patience)).get("type")), None
    except TimeoutError as error:
        kind, why = "", error
    except OSError:
        raise
    except Exception as error:  # whatever comes of bytes that are something else
        kind, why = "", error
    if kind != "Scheduler":
        raise EnvironmentFailure(f"what listens at {address} does not answer as a Dask scheduler does") from why


async def _identity(address: str, patience: float) -> Any:
    """What a process of Dask says that it is."""
    from distributed.comm.core import connect
    from distributed.security import Security

    ways = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    comm = await connect(address, timeout=0.75 * patience, **ways)  # type: ignore[no-untyped-call]
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
    with scratch(_SCRATCH) as folder, dask.config.set(temporary_directory=str(folder)):
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
def quiet() -> Iterator[None]:
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
