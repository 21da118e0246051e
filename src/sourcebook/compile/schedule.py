# SPDX-License-Identifier: Apache-2.0
"""The chunks of a book compiled, each once: on all cores where that gains, and not where it is kept from before."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import partial

from sourcebook.compile.batch import Batch, pack, unpack
from sourcebook.compile.convert import Job, compile_held, compiled, without
from sourcebook.compile.store import Kept
from sourcebook.compile.work import Work
from sourcebook.processes import mapped
from sourcebook.records.model import Held, Source


def batches(work: Work, jobs: Mapping[str, Job], read: MutableMapping[tuple[str, str], Held]) -> Iterator[Batch]:
    """What each chunk compiles to, in order, by the ``jobs`` of collections: all but texts and rows, which are kept.

    Files in ``read`` are there already, and are taken out of it. Raises OSError where the disk fails.
    """
    done, total = 0, sum(map(len, work.chunks))
    elsewhere = frozenset(collection for collection, _ in read)
    task = partial(_compiled, work, jobs, elsewhere)
    for number, (key, kept, summary) in enumerate(mapped(task, len(work.chunks), work.jobs)):
        chunk = work.chunks[number]
        if key:
            work.store.keys[number] = key
        if kept:
            work.kept[number] = kept
            yield unpack([summary])
        else:
            job = jobs[chunk[0].collection.name]
            batch = compile_held(job, [_taken(read, source) for source in chunk])
            work.kept[number] = work.store.put(key or str(number), pack(batch))
            yield batch
        done += len(chunk)
        work.progress("reading records", done, total)


def _taken(read: MutableMapping[tuple[str, str], Held], source: Source) -> Held:
    held = read.pop((source.collection.name, source.path), None)
    if held is None:  # it went after it was found
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source.path)
    return held


def _compiled(
    work: Work, jobs: Mapping[str, Job], elsewhere: frozenset[str], number: int
) -> tuple[str, Kept | None, bytes]:
    """The key of a chunk, what it compiles to, and the first part of that; only the key where that is ``elsewhere``."""
    chunk, store = work.chunks[number], work.store
    name = chunk[0].collection.name
    key = store.keys.get(number, "")
    if name in elsewhere:
        # Read before now, and hashed before that: a key from the bytes of now might hide a change in between.
        return key, None, b""
    found = store.first(key) if key else None
    if found is None:
        contents = work.contents(number)
        key = store.key(chunk, contents)
        found = store.first(key)
    if found is None:
        parts = pack(compiled(jobs[name], chunk, contents))
        found = store.put(key, parts), parts[0]
    return key, *found


def leave_out(work: Work, job: Job, number: int, records: Iterable[int]) -> Batch:
    """Have what a chunk compiled to without some of its records; what it then is, all but texts and rows."""
    kept = work.kept[number]
    whole = unpack(work.store.all_parts(kept))
    batch = without(job, whole, records)
    work.kept[number] = work.store.put(f"{kept.name}-less", pack(batch))  # not under its key, which says more
    return batch
