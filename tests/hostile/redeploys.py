# SPDX-License-Identifier: Apache-2.0
"""Releases that come and go under readers: ``python -m tests.hostile.redeploys``, or ``scripts/redeploys``."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.load.pushed import Pushed, store
from tests.hostile.load.server import Server, beside_others, full, options, version
from tests.hostile.load.tally import share, table, together
from tests.hostile.load.turning import Book, Seen, asked, under_way
from tests.hostile.load.watching import Held

_EVERY = 0.6  # seconds from one build to the next, if they are that fast
_PUSHED = 1.5  # the same where each is pushed as well
_INTERVAL = 0.3  # seconds between two looks of who follows
_WITHIN = 1.0  # seconds in which all workers are to show a release that one of them shows
_AFTER = 2.0  # seconds of readers after the last
# What is held is compared when all pools and workers have been started; a thread or two may come late, and each opens
# several files of its database. What stays of each redeploy would show ninety times.
_MORE = {"processes": 0, "threads": 6, "descriptors": 18, "files": 4}
_MORE_MEMORY = 30_000_000  # bytes: caches of pages fill, and the C library keeps what it was given back


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: what readers saw, and what was held after some redeploys and after all of them."""

    seen: Seen
    redeploys: int
    mixed: list[str]
    early: Held
    late: Held
    cut: list[str]
    ended: int | None
    files: list[str]
    behind: list[float]
    after: list[float]

    def failures(self) -> list[str]:
        """What is wrong, in words."""
        whole = together(self.seen.tallies.values())
        found = [f"{name} {before} → {after}" for name, before, after in self._grown()]
        found += [f"{count} × {wrong}: {whole.examples[wrong]}" for wrong, count in whole.wrong.items()]
        found += [f"mixed: {one}" for one in self.mixed] + [f"under way at the end: {one}" for one in self.cut]
        found += [f"ended by {self.ended}"] * (self.ended != -signal.SIGTERM)
        return found + [f"temporary files left: {self.files}"] * bool(self.files)

    def _grown(self) -> list[tuple[str, int, int]]:
        pairs = [(name, getattr(self.early, name), getattr(self.late, name), more) for name, more in _MORE.items()]
        pairs.append(("memory", self.early.memory, self.late.memory, _MORE_MEMORY))
        return [(name, before, after) for name, before, after, more in pairs if after > before + more]


def run(
    python: str, aside: Path, *, count: int, rate: float, seed: int, workers: int = 1, follow: bool = False
) -> Outcome:
    """Serve a book by so many ``workers`` while it is built ``count`` times, read ``rate`` times a second.

    With ``follow`` it is pushed to a store of objects each time, and served by who follows that.
    """
    with store() if follow else nullcontext("") as target:
        book = Pushed(aside / "book", target) if target else Book(aside / "book")
        return _run(book, python, aside, count, rate, seed, workers)


def _run(book: Book, python: str, aside: Path, count: int, rate: float, seed: int, workers: int) -> Outcome:
    book.build()
    first = min(10, count // 2)
    folder, options = book.folder, ["--workers", str(workers)]
    if isinstance(book, Pushed):
        folder, options = aside / "follower", [*options, "--follow", book.target, "--interval", str(_INTERVAL)]
    with beside_others(python, folder, aside, 1, *options) as (server, others):
        whole = Seen({})
        held = []
        for part, number in enumerate((first, count - first)):
            _turned(book, server, others, number, rate, seed + part, whole)
            book.wait_for(server.port)  # the last may be on its way still: of the one before nothing is to be held
            held.append(full(server, "/orchard", workers=workers, follow=isinstance(book, Pushed)))
        book.build(many=True)
        book.wait_for(server.port)
        cut = asyncio.run(under_way(server.port, lambda: server.process.send_signal(signal.SIGTERM)))
        ended = server.process.wait(20)
        files = [one.name for one in server.temporary.iterdir()]
    behind, after = whole.behind(book.numbers), whole.behind(book.numbers, book.published)
    return Outcome(whole, count, whole.mixed(book.numbers), *held, cut, ended, files, behind, after)


def _turned(book: Book, server: Server, others: Executor, count: int, rate: float, seed: int, whole: Seen) -> None:
    """Build under load; what readers saw is added to ``whole``."""
    number, every = 0, _PUSHED if isinstance(book, Pushed) else _EVERY
    while number < count:  # readers ask for a while that is known before; builds may take longer than they should
        some = min(20, count - number)
        asking = others.submit(asked, server.port, some * every + _AFTER, rate, seed * 100 + number)
        due = time.monotonic()
        for _ in range(some):
            book.build()
            due += every
            time.sleep(max(0.0, due - time.monotonic()))
        seen = asking.result()
        number += some
        for kind, tally in seen.tallies.items():
            whole.tallies[kind] = together([whole.tallies[kind], tally]) if kind in whole.tallies else tally
        whole.numbers += seen.numbers
        whole.answers += seen.answers


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it as told on the command line; 1 where anything failed."""
    told = _options().parse_args(arguments)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="redeploys-") as aside:
        outcome = run(
            told.python,
            Path(aside),
            count=told.count,
            rate=told.rate,
            seed=told.seed,
            workers=told.workers,
            follow=told.follow,
        )
    whole = together(outcome.seen.tallies.values())
    print(*table({**outcome.seen.tallies, "all": whole}), sep="\n")
    print(f"\nearly: {outcome.early}\nlate:  {outcome.late}")
    failures = outcome.failures()
    slow = sum(seconds > _WITHIN for seconds in outcome.behind)
    failures += [f"{slow} answers were of a release that was replaced more than {_WITHIN:g} s before"] * bool(slow)
    print(*(f"FAILED: {one}" for one in failures), sep="\n")
    print(
        f"redeploys: Datasette {version(told.python)}, {told.workers} workers, {outcome.redeploys} redeploys "
        f"{'over a store that speaks S3, followed, ' if told.follow else ''}under "
        f"{told.rate:g} requests/s: {len(whole.seconds)} requests, {sum(whole.wrong.values())} failed, "
        f"{len(outcome.mixed)} releases mixed of {len(outcome.seen.numbers)} seen; "
        f"p99 {share(whole.seconds, 0.99):.0f} max {share(whole.seconds, 1):.0f} ms; "
        f"{len(outcome.behind)} asked for when a newer release had been seen were of an older one, the last "
        f"{max(outcome.behind, default=0) * 1000:.0f} ms after; {len(outcome.after)} asked for when a newer one was "
        f"published, the last {max(outcome.after, default=0):.1f} s after; "
        f"{len(outcome.cut)} answers cut by SIGTERM; from the tenth to the last: {outcome.early} → {outcome.late}; "
        f"{len(failures)} failures; seed {told.seed}, {time.monotonic() - begun:.0f} s"
    )
    return int(bool(failures))


def _options() -> ArgumentParser:
    parser = options("redeploys", __doc__)
    parser.add_argument("--count", type=int, default=100, help="how often the book is changed and built")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer")
    parser.add_argument(
        "--follow", action="store_true", help="push each to a store that speaks S3, and serve who follows"
    )
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    return parser


if __name__ == "__main__":
    sys.exit(main())
