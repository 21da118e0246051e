# SPDX-License-Identifier: Apache-2.0
"""Work that strangers have a say in, done by processes that may be ended: in time, memory and size of what comes back.

SQL, patterns and schemas of a book run for long inside one call of a library, where no clock of ours is looked at and
Python's lock may be held. Only another process can end that. A child is forked, so that it inherits what it works on;
numbers go to it, results come back as plain data. One child does for all work, as long as it stays within its limits.

A fork copies the thread that asks for it and no other. That is safe where this is used: threads that may exist then
(those of `concurrent.futures`) hold no lock that a child takes, and a child opens what it reads itself. Where there is
no fork, on Windows, the work is done here, without limits but those that it keeps by itself.

In come a task, how many numbers it is to be done for, and what it may take; out go results, or what was gone over. It
may not know what a task is about. Whatever else forks has its children by ``forks``, which end with their parent, and
bounds them by ``limits``, which the system holds.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import TypeVar

from sourcebook.apart.children import Children
from sourcebook.apart.task import Allowed, At, Over, What

__all__ = ["FORKS", "Allowed", "At", "Over", "What", "mapped"]

Result = TypeVar("Result")

FORKS = hasattr(os, "fork")
_SAMPLE = 0.008  # seconds after which the work that is left is estimated
_WORTH = 0.06  # seconds of work left from which on one more process gains more than it costs


def mapped(
    task: Callable[[int, At], Result],
    count: int,
    allowed: Allowed,
    *,
    most: int = 1,
    at_once: bool = False,
    again: Callable[[int, Over], bool] | None = None,
) -> Generator[Result | Over, None, None]:
    """``task`` of every number below ``count``, in order, each done apart; `Over` of one that went over its limits.

    Results are plain data, as `marshal` takes them. At ``most`` so many children share the work, ``at_once`` or when
    what is left is worth it; ``again`` is told of what went over, and may have it done again, by a child that inherits
    what is known by then. Raises what ``task`` raises, OSError where no process is to be had.
    """
    if not FORKS:
        yield from (task(number, _nowhere) for number in range(count))
        return
    children = Children(task, allowed, again, deque(range(count)))
    begun = time.perf_counter()
    try:
        for number in range(count):
            spent = time.perf_counter() - begun
            left = spent / number * (count - number) if number else 0.0
            if at_once or (spent > _SAMPLE and left > _WORTH):
                children.most = most
            yield children.result(number)
    finally:
        children.end()


def _nowhere(_step: int) -> None:
    pass
