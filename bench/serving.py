# SPDX-License-Identifier: Apache-2.0
"""How many of Datasette's pages a second the served site gives, beside Datasette as it comes on the same database."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.books import Input
from bench.cases import sourcebook
from bench.launch import proportional, tree
from bench.load import HOST, Load, load
from bench.servers import CLIENTS, running

SITE = "sourcebook serve"
DATASETTE = "datasette serve, as it comes"


@dataclass(frozen=True, slots=True)
class Served:
    """One page type of one server: what each round came to."""

    server: str
    page: str
    rounds: list[Load] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second: the middle one of the rounds."""
        return statistics.median(one.rate for one in self.rounds)

    @property
    def slow(self) -> float:
        """Milliseconds of the slowest in a hundred: the middle one of the rounds."""
        return statistics.median(one.p99_ms for one in self.rounds)


def pages(book: Input) -> dict[str, Sequence[str]]:
    """The addresses of each type of page, several where one alone would be answered from a cache."""
    numbers = range(1, book.records * 49 // 50, max(1, book.records // 500))
    records = [f"/museum/objects/obj-{number:06}" for number in numbers]
    words = ("lamp", "silver", "harbour", "ship", "kagit", "naive", "workshop")
    return {
        "table page": ["/museum/objects", *(f"/museum/objects?_next=obj-{number:06}" for number in numbers[:20])],
        "record page": records,
        "record JSON": [f"{record}.json" for record in records],
        "table JSON, 1,000 rows": ["/museum/objects.json?_size=1000&_shape=array"],
        "search": [f"/museum/objects?_search={word}" for word in words],
        "CSV download": ["/-/downloads/csv/objects.csv"],
    }


def serving(
    book: Input, rounds: int, seconds: float, tell: Callable[[str], None]
) -> tuple[list[Served], dict[str, int]]:
    """Load both servers with every type of page, in turns; also what memory each came to hold, in bytes.

    The CSV download is Sourcebook's alone.
    """
    (database,) = (book.folder / "build/current").resolve().glob("*.db")
    plain = [sys.executable, "-m", "datasette", "serve", "--immutable", str(database), "--host", HOST, "--port"]
    with (
        running(sourcebook("serve", "--book", str(book.folder), "--port")) as (site, site_port),
        running(plain) as (other, other_port),
    ):
        ports = {SITE: site_port, DATASETTE: other_port}
        results = [
            Served(server, page)
            for page in pages(book)
            for server in ports
            if not (server == DATASETTE and page == "CSV download")
        ]
        for number in range(1, rounds + 1):
            for result in results:
                port, paths = ports[result.server], pages(book)[result.page]
                if number == 1:
                    load(port, paths[:1], clients=1, most=1)  # templates compiled, caches filled
                result.rounds.append(load(port, paths, clients=CLIENTS, seconds=seconds))
                told = result.rounds[-1]
                tell(f"round {number} of {rounds}: {result.server}: {result.page}: {told.rate:.1f} requests/s")
        memory = {SITE: _memory(site), DATASETTE: _memory(other)}
    return results, memory


def _memory(pid: int) -> int:
    return sum(map(proportional, tree(pid)))
