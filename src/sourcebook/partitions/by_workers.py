# SPDX-License-Identifier: Apache-2.0
"""Partitions made by the workers of a cluster: each is handed the rows, and sends back the bytes, in order.

So many are handed out that all workers have something to do, and no more: memory does not grow with the book.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sourcebook.compile.work import Work
from sourcebook.errors import EnvironmentFailure
from sourcebook.machine import toolkit
from sourcebook.machine.processes import processes
from sourcebook.partitions.writing import partition
from sourcebook.partitions.written import Elsewhere, Packed

if TYPE_CHECKING:
    from sourcebook.machine.cluster import Cluster, Task

_BYTES = 128 * 1024 * 1024  # of rows that are handed out


class Answer(NamedTuple):
    """What a worker made: a partition; or, where it is not like who asks, none, but its own ``facts``."""

    data: bytes = b""
    facts: tuple[str, ...] = ()


def answered(facts: tuple[str, ...], packed: Packed) -> Answer:
    """The partition of ``packed`` rows, if the worker is as the ``facts`` say of who asks. Pure."""
    here = facts_here()
    return Answer(partition(*packed)) if here == facts else Answer(facts=here)


def facts_here() -> tuple[str, ...]:
    """What the bytes of partitions depend on, in words: the toolkit, and what writes Parquet last."""
    import pyarrow

    return (*toolkit.facts(), f"pyarrow {pyarrow.__version__}")


@contextmanager
def by_workers(work: Work) -> Iterator[Elsewhere | None]:
    """What has partitions made by the cluster that compiled the chunks of a ``work``; None where no cluster did.

    That was left meanwhile, for its workers would have had nothing to do, and is reached again. Raises as
    `cluster.reached` does.
    """
    if work.cluster is None:
        yield None
        return
    from sourcebook.machine.cluster import reached  # slow to import, and few builds need it

    with reached(work.cluster.address, processes(work.jobs)) as cluster:
        yield partial(_in_order, cluster)


def _in_order(cluster: Cluster, waiting: Iterator[Packed]) -> Iterator[bytes]:
    out: deque[tuple[int, Task[Answer]]] = deque()
    facts = facts_here()
    try:
        for one in waiting:
            size = sum(map(len, one[1])) + len(one[2])
            out.append((size, cluster.submit(answered, facts, one)))
            while out and (len(out) > cluster.threads or sum(size for size, _ in out) > _BYTES):
                yield _taken(cluster, out.popleft()[1])
        while out:
            yield _taken(cluster, out.popleft()[1])
    finally:
        for _, task in out:
            cluster.cancel(task)


def _taken(cluster: Cluster, task: Task[Answer]) -> bytes:
    """The bytes of a partition. Raises EnvironmentFailure where the workers fail, or are not like this process."""
    answer = cluster.result(task)
    if answer.facts:
        raise EnvironmentFailure(
            f"a worker of the cluster at {cluster.address} has {toolkit.unlike(answer.facts, facts_here())}: install "
            "there what is here, and start it anew"
        )
    return answer.data
