# SPDX-License-Identifier: Apache-2.0
"""Hostile readers beside ordinary ones: ``python -m tests.hostile.readers``, or ``scripts/hostile-readers``."""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.load.crowd import assail
from tests.hostile.load.ordinary import read
from tests.hostile.load.server import beside_others, copied, full, options, version
from tests.hostile.load.survey import survey
from tests.hostile.load.tally import Tallies, share, table, together
from tests.hostile.load.watching import Held, Peaks, watched
from tests.served import ROOT

P99_MS = 500
MEMORY = 500_000_000
_QUIET = 5.0  # seconds in which there are ordinary readers alone
# Threads and descriptors that may be there afterwards and were not before: each of four workers starts up to three
# threads as they are needed, and each of these opens the database. What stayed of each request would show thousandfold.
_LEFT = 24


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: of ordinary readers alone, and beside hostile ones; of these; and what the server held."""

    quiet: Tallies
    readers: Tallies
    hostile: Tallies
    silent: int
    closed: int
    before: Held
    peaks: Peaks
    after: Held
    ended: int | None
    left: list[int]
    files: list[str]

    def failures(self, p99_ms: float = P99_MS, memory: int = MEMORY) -> list[str]:
        """What is outside the limits, in words."""
        ordinary, hostile = together(self.readers.values()), together(self.hostile.values())
        p99 = share(ordinary.seconds, 0.99)
        found = [
            (p99 > p99_ms, f"ordinary readers' p99 is {p99:.0f} ms"),
            (bool(ordinary.wrong), f"ordinary readers: {dict(ordinary.wrong)}"),
            (bool(hostile.wrong), f"hostile readers: {dict(hostile.wrong)}"),
            (self.peaks.memory > memory, f"all processes held {self.peaks.memory / 1e6:.0f} MB"),
            (self.after.threads > self.before.threads + _LEFT, f"threads {self.before.threads} → {self.after.threads}"),
            (
                self.after.descriptors > self.before.descriptors + _LEFT,
                f"descriptors {self.before.descriptors} → {self.after.descriptors}",
            ),
            (self.ended is None, "the server did not end"),
            (bool(self.left), f"processes left: {self.left}"),
            (bool(self.files), f"temporary files left: {self.files}"),
        ]
        return [told for wrong, told in found if wrong]


def run(
    python: str, book: Path, aside: Path, *, clients: int, seconds: float, connections: int, rate: float, seed: int
) -> Outcome:
    """Serve a copy of ``book``, and have it read and assailed."""
    folder = copied(book, aside / "book")
    with beside_others(python, folder, aside, 2) as (server, others):
        site = survey(server.address, folder)
        quiet = others.submit(read, site, min(_QUIET, seconds), rate, seed).result()
        before = full(server, site.database)
        with watched(server.process.pid, server.temporary) as peaks:
            assailing = others.submit(assail, site, seconds, clients, connections, seed)
            time.sleep(0.5)
            reading = others.submit(read, site, seconds - 0.5, rate, seed + 1)
            readers, (hostile, silent, closed) = reading.result(), assailing.result()
            after = full(server, site.database)
        ended = server.end()
        time.sleep(0.5)
        files = [one.name for one in server.temporary.iterdir()]
        return Outcome(quiet, readers, hostile, silent, closed, before, peaks, after, ended, peaks.left(), files)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it as told on the command line; 1 where something is outside the limits."""
    told = _options().parse_args(arguments)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hostile-readers-") as aside:
        outcome = run(
            told.python,
            told.book,
            Path(aside),
            clients=told.clients,
            seconds=told.seconds,
            connections=told.connections,
            rate=told.rate,
            seed=told.seed,
        )
    for title, tallies in (
        ("ordinary readers alone", outcome.quiet),
        ("ordinary readers beside hostile ones", outcome.readers),
        ("hostile readers", outcome.hostile),
    ):
        print(f"\n{title}", *table({**tallies, "all": together(tallies.values())}), sep="\n")
        slow, target = together(tallies.values()).slowest
        print(f"slowest: {slow * 1000:.0f} ms {target[:300]}")
    print(f"\nbefore: {outcome.before}\nafter:  {outcome.after}")
    print("most: ", " + ".join(f"{one / 1e6:.0f}" for one in outcome.peaks.shares), "MB, the server first")
    failures = outcome.failures()
    print(*(f"FAILED: {one}" for one in failures), sep="\n")
    ordinary, hostile = together(outcome.readers.values()), together(outcome.hostile.values())
    print(
        f"hostile-readers: Datasette {version(told.python)}, {told.clients} hostile clients for "
        f"{told.seconds:g} s sent {len(hostile.seconds)} requests, {sum(hostile.wrong.values())} not refused in "
        f"words; {outcome.silent} silent connections ({outcome.closed} closed); {len(ordinary.seconds)} ordinary "
        f"requests, {sum(ordinary.wrong.values())} failed, p50 {share(ordinary.seconds, 0.5):.0f} p95 "
        f"{share(ordinary.seconds, 0.95):.0f} p99 {share(ordinary.seconds, 0.99):.0f} max "
        f"{share(ordinary.seconds, 1):.0f} ms (alone p99 "
        f"{share(together(outcome.quiet.values()).seconds, 0.99):.0f} ms); peak {outcome.peaks.memory / 1e6:.0f} MB in "
        f"{outcome.peaks.processes} processes; {len(failures)} limits passed; seed {told.seed}, "
        f"{time.monotonic() - begun:.0f} s"
    )
    return int(bool(failures))


def _options() -> ArgumentParser:
    parser = options("hostile-readers", __doc__)
    parser.add_argument("--book", type=Path, default=ROOT, help="the book that is copied, built and served")
    parser.add_argument("--clients", type=int, default=50, help="hostile clients")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=500, help="connections that send nothing, or very slowly")
    parser.add_argument("--rate", type=float, default=30, help="requests of ordinary readers a second")
    return parser


if __name__ == "__main__":
    sys.exit(main())
