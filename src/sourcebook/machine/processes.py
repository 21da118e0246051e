# SPDX-License-Identifier: Apache-2.0
"""Work shared by the cores of this machine, through `concurrent.futures`.

Processes are forked, so that they inherit what they work on and only results are sent; where that is not to be had, on
other systems than Linux, this process does all.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sourcebook.errors import EnvironmentFailure

if TYPE_CHECKING:
    from concurrent.futures import Future

Result = TypeVar("Result")

ENDED = "a process that shared the work was ended by something else; is there enough memory?"

_SAMPLE = 0.008  # seconds after which the work that is left is estimated
_WORTH = 0.12  # seconds of work left from which on other processes gain more than they cost
_AHEAD = 12  # results a process that may wait to be taken


def mapped(task: Callable[[int], Result], count: int, jobs: int = 0) -> Iterator[Result]:
    """``task`` of every number below ``count``, in order.

    ``jobs`` processes share the work; with 0, as many as there are cores, once what is left is worth their start, by
    the rate so far. Raises what ``task`` raises.
    """
    begun = time.perf_counter()
    most = processes(jobs)
    for number in range(count):
        spent = time.perf_counter() - begun
        left = spent / number * (count - number) if number else 0.0
        if most > 1 and (jobs > 1 or (spent > _SAMPLE and left > _WORTH)):
            yield from _shared(task, range(number, count), most)
            return
        yield task(number)


def processes(jobs: int) -> int:
    """How many processes may share work, where ``jobs`` are asked for, 0 for one a core."""
    if sys.platform != "linux" or jobs == 1:
        return 1
    return jobs or cores()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextmanager
def beside(tasks: Sequence[Callable[[], Result]], jobs: int = 0) -> Iterator[Callable[[], list[Result]]]:
    """Have ``tasks`` done by other processes meanwhile, so that there are ``jobs`` with this one; 0 for every core.

    Gives what waits for the results, which are then in the order of the tasks, and raises what a task raises; where no
    other process is to be had, the tasks are done there.
    """
    others = min(processes(jobs) - 1, len(tasks))
    if others < 1:
        yield lambda: [task() for task in tasks]
        return
    with _pool(lambda number: tasks[number](), others) as submit:
        waiting = [submit(number) for number in range(len(tasks))]
        yield lambda: [_result(one) for one in waiting]


_inherited: list[Callable[[int], Any]] = []  # the task of forked processes


def _shared(task: Callable[[int], Result], numbers: range, processes: int) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    with _pool(task, processes) as submit:
        for number in numbers:
            waiting.append(submit(number))
            if len(waiting) > _AHEAD * processes:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())


def _result(future: Future[Result]) -> Result:
    with _whole():
        return future.result()


@contextmanager
def _whole() -> Iterator[None]:
    """Raise EnvironmentFailure where a process has been ended: told when it is given work, or when it is waited for."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        yield
    except BrokenProcessPool as error:
        raise EnvironmentFailure(ENDED) from error


@contextmanager
def _pool(task: Callable[[int], Result], processes: int) -> Iterator[Callable[[int], Future[Result]]]:
    """What has ``task`` done of a number by one of several processes."""
    # Slow to import, and small books do without.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    _inherited[:] = [task]
    gc.freeze()  # so that the collectors of the others leave the memory shared that they inherit
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _end_with_parent)

    def submit(number: int) -> Future[Result]:
        with _whole():
            return pool.submit(_work_on, number)

    try:
        yield submit
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()
        _inherited.clear()


def _end_with_parent() -> None:
    """End this process when its parent does, however that ends: it would wait for work for ever, and hold its locks."""
    from multiprocessing import connection, parent_process
    from threading import Thread

    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _work_on(number: int) -> Any:
    (task,) = _inherited
    return task(number)
