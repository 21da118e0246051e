# SPDX-License-Identifier: Apache-2.0
"""The chunks of a book compiled, each once: on all cores where that gains, and not where it is kept from before."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, closing
from functools import partial

from sourcebook import apart
from sourcebook.compile.batch import Batch, pack, unpack
from sourcebook.compile.convert import Job, compile_held, compiled, without
from sourcebook.compile.cost import ALLOWED, Costs, Watched
from sourcebook.compile.store import Kept
from sourcebook.compile.work import Done, Work
from sourcebook.errors import EnvironmentFailure
from sourcebook.machine.processes import ENDED, processes
from sourcebook.records.model import Held, Source
from sourcebook.tables.whole_book import Plans


def batches(
    work: Work, plans: Plans, jobs: Mapping[str, Job], read: MutableMapping[tuple[str, str], Held]
) -> Iterator[Batch]:
    """What each chunk compiles to, in order, by the ``jobs`` of collections: all but texts and rows, which are kept.

    Files in ``read`` are there already, and are taken out of it. Raises OSError where the disk fails,
    EnvironmentFailure where something ends the processes that compile.
    """
    done, total = 0, sum(map(len, work.chunks))
    costs = Costs(work.book)
    before = frozenset(collection for collection, _ in read)
    task = partial(_compiled, work, jobs, read, before, costs)

    def again(number: int, over: apart.Over) -> bool:
        return costs.again(work.chunks[number], number, over)

    def here(number: int) -> Done:
        (result,) = apart.mapped(lambda _, at: task(number, at), 1, ALLOWED, again=lambda _, over: again(number, over))
        return _whole(result)

    with ExitStack() as stack:
        if work.cluster:
            from sourcebook.compile.by_cluster import ByCluster  # which few builds need

            stack.callback(work.cluster.leave)  # whose workers would have nothing to do in what follows
            results = stack.enter_context(closing(ByCluster(work.cluster, work, plans, costs, here, before).results()))
        else:
            most, at_once = processes(work.jobs), work.jobs > 1
            found = apart.mapped(task, len(work.chunks), ALLOWED, most=most, at_once=at_once, again=again)
            results = (_whole(result) for result in stack.enter_context(closing(found)))
        for number, (key, kept, summary) in enumerate(results):
            chunk = work.chunks[number]
            if key:
                work.store.keys[number] = key
            for source in chunk if read else ():
                read.pop((source.collection.name, source.path), None)
            work.kept[number] = Kept(*kept)
            yield unpack([summary])
            done += len(chunk)
            work.progress("reading records", done, total)


def _whole(result: Done | apart.Over) -> Done:
    """What came of a chunk. Raises EnvironmentFailure where something else ended the process that compiled it."""
    if isinstance(result, apart.Over):
        raise EnvironmentFailure(ENDED)
    return result


def _compiled(
    work: Work,
    jobs: Mapping[str, Job],
    read: Mapping[tuple[str, str], Held],
    elsewhere: frozenset[str],
    costs: Costs,
    number: int,
    at: apart.At,
) -> Done:
    """The key of a chunk, what it compiles to, and its first part; ``elsewhere`` are collections in ``read``."""
    chunk, store = work.chunks[number], work.store
    job, watched = jobs[chunk[0].collection.name], costs.watched(chunk, number, at)
    key = store.keys.get(number, "")
    if chunk[0].collection.name in elsewhere:
        # Read before now, and hashed before that: a key from the bytes of now might hide a change in between.
        parts = pack(compile_held(job, chunk, [_held(read, source) for source in chunk], watched))
        return key, tuple(store.put(_name(key, watched, number), parts)), parts[0]
    found = store.first(key) if key else None
    if found is None:
        contents = work.contents(number)
        key = store.key(chunk, contents)
        found = store.first(key)
    if found is None:
        parts = pack(compiled(job, chunk, contents, watched))
        found = store.put(_name(key, watched, number), parts), parts[0]
    return key, tuple(found[0]), found[1]


def _name(key: str, watched: Watched, number: int) -> str:
    """What a chunk is kept under: not under its key, where it is without records that took too long today."""
    return f"{number}-less" if watched.over or watched.given_up else key or str(number)


def _held(read: Mapping[tuple[str, str], Held], source: Source) -> Held:
    held = read.get((source.collection.name, source.path))
    if held is None:  # it went after it was found
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source.path)
    return held


def leave_out(work: Work, job: Job, number: int, records: Iterable[int]) -> Batch:
    """Have what a chunk compiled to without some of its records; what it then is, all but texts and rows."""
    kept = work.kept[number]
    whole = unpack(work.store.all_parts(kept))
    batch = without(job, whole, records)
    work.kept[number] = work.store.put(f"{kept.name}-less", pack(batch))  # not under its key, which says more
    return batch
