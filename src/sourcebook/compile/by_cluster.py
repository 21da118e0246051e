# SPDX-License-Identifier: Apache-2.0
"""The chunks of a book compiled by the workers of a cluster, and taken in order by this process, the driver.

The driver keeps keys, and what is told of records; what they hold goes from the network to the store's files. So many
chunks are handed out that all workers have something to do, and no more: memory does not grow with the book.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from hashlib import blake2b

from sourcebook.compile.chunk import Contents
from sourcebook.compile.cost import Costs
from sourcebook.compile.on_worker import Answer, Asked, answered, shared
from sourcebook.compile.work import Done, Work
from sourcebook.errors import EnvironmentFailure
from sourcebook.machine import toolkit
from sourcebook.machine.cluster import Cluster, Shared, Task
from sourcebook.tables.whole_book import Plans

_KEY = re.compile(r"[0-9a-f]{40}")
_A_THREAD = 4  # chunks that are handed out for each thread of the workers
_LEAST = 8
_BYTES = 64 * 1024 * 1024  # of contents that are handed out


@dataclass
class _Out:
    """A chunk that is handed out, or found: the key, and what will come of it; nothing where it is for the driver."""

    number: int
    key: str = ""
    size: int = 0
    found: Done | None = None
    task: Task[Answer] | None = None


@dataclass
class ByCluster:
    """The chunks of a ``work`` as a ``cluster`` compiles them by ``plans``; ``here`` compiles one in this process.

    That is for what the cluster cannot: chunks whose records take too long, which are judged by the ``costs`` of all.
    """

    cluster: Cluster
    work: Work
    plans: Plans
    costs: Costs
    here: Callable[[int], Done]
    local: frozenset[str]  # collections whose files were read before
    _out: deque[_Out] = field(default_factory=deque)

    def results(self) -> Generator[Done, None, None]:
        """What each chunk compiled to, in order. Raises OSError, and EnvironmentFailure where the workers fail."""
        data = shared(self.work.book, self.plans, self.work.store.dependence)
        name, there = blake2b(data, digest_size=16).hexdigest(), self.cluster.share(data)
        try:
            for number in range(len(self.work.chunks)):
                self._out.append(self._handed_out(number, name, there))
                while self._enough():
                    yield self._taken(self._out.popleft())
            while self._out:
                yield self._taken(self._out.popleft())
        finally:
            for one in self._out:
                if one.task:
                    self.cluster.cancel(one.task)

    def _enough(self) -> bool:
        """Whether there is to be waited for a result before more is handed out."""
        most = max(_LEAST, _A_THREAD * self.cluster.threads)
        return len(self._out) >= most or sum(one.size for one in self._out) > _BYTES

    def _handed_out(self, number: int, name: str, data: Shared) -> _Out:
        work, chunk = self.work, self.work.chunks[number]
        collection = chunk[0].collection.name
        if collection in self.local or self.costs.gives_up(collection):
            return _Out(number)
        key = work.store.keys.get(number, "")
        found = work.store.first(key) if key else None
        contents: Contents = ()
        if found is None and not work.data:
            contents = work.contents(number)
            key = work.store.key(chunk, contents)
            found = work.store.first(key)
        if found:
            return _Out(number, key, found=(key, tuple(found[0]), found[1]))
        files = [(source.path, source.beside) for source in chunk]
        asked = Asked(toolkit.facts(), name, collection, files, contents, work.data)
        size = sum(len(one) for one, _ in contents)
        return _Out(number, key, size, task=self.cluster.submit(answered, asked, shared=(data,)))

    def _taken(self, one: _Out) -> Done:
        if one.found:
            return one.found
        if one.task is None:
            return self.here(one.number)
        answer = self.cluster.result(one.task)
        if answer.unlike:
            raise EnvironmentFailure(
                f"a worker of the cluster at {self.cluster.address} has {answer.unlike}: install there what is here, "
                "and start it anew"
            )
        if not answer.parts:
            return self.here(one.number)
        if answer.key != (one.key or answer.key) or not _KEY.fullmatch(answer.key):
            raise EnvironmentFailure(f"the cluster at {self.cluster.address} answers something else than it was asked")
        self.costs.spend(answer.slow)
        return answer.key, tuple(self.work.store.put(answer.key, answer.parts)), answer.parts[0]
