# SPDX-License-Identifier: Apache-2.0
"""The same failures by ``strace -e inject``, on a build in a Python of its own: does it end as it does by `calls`?"""

from __future__ import annotations

import errno
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.chaos import strace, warm
from tests.hostile.chaos.calls import Call
from tests.hostile.chaos.points import FAILS, record, restored
from tests.hostile.chaos.states import Made, command
from tests.hostile.chaos.wholeness import current, listing

_NAMES = ("mkdir", "rename", "symlink", "pwrite64", "write", "unlinkat", "rmdir", "chmod", "openat")


@dataclass(frozen=True)
class End:
    """How a build ended, and what it left: names that are by chance, and numbers of processes, left out."""

    code: int
    said: str
    current: str
    listing: frozenset[tuple[str, str]]


def compared(made: Made, folder: Path, count: int, chance: random.Random) -> Iterator[tuple[str, End, End]]:
    """Some failures: each with how the build ended under strace, and how by our own way."""
    recorded = record(made, folder)
    while count:
        name = chance.choice(_NAMES)
        book = restored(made, folder)
        prefix = f"{book}/build/"
        numbers = [place for place, (call, _) in enumerate(recorded.calls) if call.name == name]
        main = recorded.calls[0][0].thread  # strace counts by thread, and is to inject once
        numbers = [
            place
            for place in numbers
            if recorded.calls[place][0].path.startswith(prefix) and recorded.calls[place][0].thread == main
        ]
        if not numbers:
            continue
        number = chance.choice(numbers)
        call = recorded.calls[number][0]
        which = chance.choice(["kill", *FAILS[call.kind]])
        alike = [one for one, (other, _) in enumerate(recorded.calls[:number]) if _key(other) == _key(call)]
        arguments = command(book, made.state.options)
        _, calls = strace.traced(
            arguments, folder, warm.home_of(book)
        )  # how many of these calls come before, in a Python of its own
        place = _place(calls, name, _steady(call.path), len(alike))
        if place == 0:
            continue
        count -= 1
        what = f"{made.state.name}: {call.name} {_steady(call.path)} {which}"
        if place is None:
            yield what, End(0, "not made under strace", "", frozenset()), End(0, "", "", frozenset())
            continue
        restored(made, folder)
        fault = "signal=KILL" if which == "kill" else f"error={which}"
        ran, _ = strace.traced(arguments, folder, warm.home_of(book), f"{name}:{fault}:when={place}")
        theirs = _end(ran, book)
        restored(made, folder)
        ours = warm.run(arguments, folder, book, _stop(number, which))
        yield what, theirs, _end(ours, book)


def _stop(number: int, which: str) -> warm.Stop:
    def stop(at: int, _call: Call, _own: bool) -> int | str:
        if at != number:
            return 0
        return "all" if which == "kill" else int(getattr(errno, which))

    return stop


def _key(call: Call) -> tuple[str, str]:
    return call.name, _steady(call.path)


def _place(calls: Sequence[strace.Traced], name: str, path: str, before: int) -> int | None:
    """Which of the calls of that name, in the first thread, is the one about ``path`` that has so many before it.

    0 where another thread makes as many, since strace counts them apart, and would have both fail; None where there is
    no such call.
    """
    main = calls[0].thread
    counts: Counter[int] = Counter()
    found = None
    seen = 0
    for one in calls:
        if one.name == name:
            counts[one.thread] += 1
            if one.thread == main and one.paths and _steady(one.paths[-1]) == path:
                found = counts[main] if seen == before else found
                seen += 1
    alone = found and all(count < found for thread, count in counts.items() if thread != main)
    return found if alone or found is None else 0


def _steady(text: str) -> str:
    text = re.sub(r"\.work-[a-z0-9_]{8}", ".work-*", text)
    return re.sub(r"(/|^)\.(\w+)-\d+(?=\s|:|$)", r"\1.\2-*", text)


def _end(ran: warm.Ran, book: Path) -> End:
    lines = [line for line in ran.err.splitlines() if line.startswith("sourcebook: ")]
    left = frozenset((_steady(path), kind) for path, kind in listing(book / "build").items())
    code = -9 if ran.code in (137, -9) else ran.code
    return End(code, _steady("\n".join(lines)), current(book / "build"), left)
