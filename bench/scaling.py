# SPDX-License-Identifier: Apache-2.0
"""How many pages a second one worker gives, and two, and two behind nginx, beside Datasette as it comes.

``python -m bench.scaling [--records N] [--rounds N] [--seconds S]``. What a request costs is told in processor time
too, of all processes of the server and of nginx: of a machine that others use as well that says more than how many
there were in a second. Asked by ``wrk`` (https://github.com/wg/wrk, in distributions), since a client in Python would
be slower than what it measures.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.addresses import compared
from bench.books import ROOT, Input, reference, synthetic
from bench.cases import build_once, sourcebook
from bench.facts import facts
from bench.in_front import found, nginx, without_limits
from bench.launch import proportional, tree
from bench.load import HOST, Asking, load
from bench.own_pages import NOT_CHANGED, fetched, plain
from bench.report import into_page
from bench.servers import CLIENTS, running

STOCK, ONE, TWO, CACHED = "stock Datasette", "1 worker", "2 workers", "2 workers behind nginx"
PAGE = ROOT / "docs/scale.md"
FIRST = "entity, the first time"
PACKED = Asking({"Accept-Encoding": "gzip"})
READERS, PAGES_EACH, PEAK = 10_000_000, 3, 10
SHARES = {"entity": 60, "listing": 15, "home": 10, "search": 5, "question": 5, "entity as JSON": 5}
"""Of a hundred pages that readers ask for; what a book has not is shared by the others."""
_TICKS = os.sysconf("SC_CLK_TCK")
_FIELDS = {"rate": r"Requests/sec:\s+([\d.]+)", "count": r"(\d+) requests in", "slow": r"99%\s+([\d.]+)(us|ms|s)\b"}
_PASSES = 16  # over all pages, each by new connections, until each worker has made each
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Asked:
    """One round: answers a second, processor time of one, the slowest in a hundred, bytes of one, failures."""

    rate: float
    cpu_ms: float
    slow_ms: float
    bytes: float
    failures: int


@dataclass(slots=True)
class Running:
    """A server that is measured: where it is asked, its processes' parents, whether its pages are Sourcebook's.

    By so many ``workers`` they are made, each with a cache of its own.
    """

    port: int
    pids: list[int]
    own: bool = True
    workers: int = 1

    def cpu(self) -> float:
        """Seconds of processor time of all its processes so far, and of those that have ended."""
        total = 0
        for pid in self._all():
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
                total += sum(map(int, fields[11:15]))
        return total / _TICKS

    def memory(self) -> int:
        """Bytes, none of them counted twice."""
        return sum(map(proportional, self._all()))

    def _all(self) -> list[int]:
        return [one for pid in self.pids for one in tree(pid)]


@dataclass(slots=True)
class Results:
    """What came of a book: by server and page the rounds, by server the memory after each."""

    title: str
    asked: dict[tuple[str, str], list[Asked]] = field(default_factory=dict)
    memory: dict[str, list[int]] = field(default_factory=dict)


def pages(book: Input) -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    """The addresses of each type of page: Sourcebook's, and Datasette's in their place."""
    kinds = {one.page: (one.own, one.datasette) for one in compared(_release(book)) if one.status == 200}
    own, theirs = kinds["entity"]
    return {**kinds, "entity as JSON": ([f"{one}.json" for one in own], [f"{one}.json" for one in theirs])}


def _release(book: Input) -> Path:
    return (book.folder / "build/current").resolve()


@contextmanager
def _served(name: str, book: Input, folder: Path) -> Iterator[Running]:
    if name == STOCK:
        with running(plain(sys.executable, "0.", _release(book), folder)) as (pid, port):
            yield Running(port, [pid], own=False)
        return
    workers = "1" if name == ONE else "2"
    command = sourcebook("serve", "--book", str(book.folder), "--workers", workers, "--port")
    with running(command) as (pid, port):
        if name != CACHED:
            yield Running(port, [pid], workers=int(workers))
            return
        aside = Path(tempfile.mkdtemp(dir=folder))
        with nginx(port, aside, without_limits) as at:
            yield Running(at, [pid, int((aside / "nginx.pid").read_text())], workers=int(workers))


def _ask(server: Running, paths: Sequence[str], seconds: int, folder: Path, *headers: str) -> Asked:
    script = folder / "asked.lua"
    script.write_text(
        f"local paths = {{{', '.join(map(json.dumps, paths))}}}\nlocal n = 0\n"
        'function request() n = n % #paths + 1; return wrk.format("GET", paths[n]) end\n',
        encoding="utf-8",
    )
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", str(script)]
    before = server.cpu()
    address = f"http://{HOST}:{server.port}"
    said = subprocess.run(
        [*command, *(word for one in ("Accept-Encoding: gzip", *headers) for word in ("-H", one)), address],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    cpu = server.cpu() - before
    rate, count = float(_said("rate", said)[1]), int(_said("count", said)[1])
    slow = _said("slow", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    failures = int(refused[1]) if refused else 0
    failures += sum(map(int, lost.groups())) if lost else 0
    size = re.search(r"requests in [\d.]+\w+, ([\d.]+)(B|KB|MB|GB) read", said)
    read = float(size[1]) * {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}[size[2]] if size else 0.0
    return Asked(rate, cpu * 1000 / max(1, count), float(slow[1]) * _UNITS[slow[2]], read / max(1, count), failures)


def _filled(server: Running, paths: Sequence[str]) -> Asked:
    """Ask for each address until all workers have made its page: what that costs the first time."""
    before = server.cpu()
    found = load(server.port, paths, seconds=30, most=len(paths), asking=PACKED)
    cpu = server.cpu() - before
    # Which worker a connection is with, nobody chooses: with two passes more an eighth of the pages were missing in
    # each of two workers, and made while it was measured what a page takes that was made.
    for _ in range(_PASSES if server.workers > 1 else 1):
        load(server.port, paths, seconds=30, most=len(paths), asking=PACKED)
    answers = max(1, found.answers)
    return Asked(found.rate, cpu * 1000 / answers, found.p99_ms, found.bytes / answers, found.failures)


def _said(name: str, text: str) -> re.Match[str]:
    match = re.search(_FIELDS[name], text)
    if not match:
        raise RuntimeError(f"wrk says no {name}: {text}")
    return match


def measured(book: Input, rounds: int, seconds: int, folder: Path) -> Results:
    """Load each server with every type of page, in turns."""
    results = Results(book.title)
    names = [STOCK, ONE, TWO, *([CACHED] if found("nginx") else [])]
    for number in range(1, rounds + 1):
        for name in names:
            with _served(name, book, folder) as server:
                load(server.port, ["/no/such/page"], clients=1, most=1)  # it listens before it answers
                for page, (own, theirs) in pages(book).items():
                    paths = own if server.own else theirs
                    first = _filled(server, paths)
                    if page == "entity":
                        results.asked.setdefault((name, FIRST), []).append(first)
                    one = _ask(server, paths, seconds, folder)
                    results.asked.setdefault((name, page), []).append(one)
                    told = f"{one.rate:.0f} requests/s, {one.cpu_ms:.2f} ms CPU, {one.failures} failures"
                    print(f"round {number}: {book.name}: {name}: {page}: {told}", file=sys.stderr, flush=True)
                if server.own:
                    path = pages(book)["entity"][0][0]
                    tag = fetched(server.port, path)[1]["etag"]
                    one = _ask(server, [path], seconds, folder, f"If-None-Match: {tag}")
                    results.asked.setdefault((name, NOT_CHANGED), []).append(one)
                results.memory.setdefault(name, []).append(server.memory())
    return results


def as_markdown(results: Results) -> str:
    """A table of requests a second, one of processor time, and the memory."""
    names = list(results.memory)
    kinds = list(dict.fromkeys(page for _, page in results.asked))
    lines = [f"### {results.title}", "", f"| requests/s | {' | '.join(names)} | KB packed |"]
    lines.append(f"| --- |{' ---: |' * (len(names) + 1)}")
    for page in kinds:
        size = _middle([one.bytes for one in results.asked[ONE, page]]) / 1024
        cells = [_span([one.rate for one in results.asked.get((name, page), ())], ",.0f") for name in names]
        lines.append(f"| {page} | {' | '.join(cells)} | {size:.1f} |")
    lines += ["", f"| ms of processor time a request | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
    for page in kinds:
        cells = [_span([one.cpu_ms for one in results.asked.get((name, page), ())], ".2f") for name in names]
        lines.append(f"| {page} | {' | '.join(cells)} |")
    memory = [f"{_middle(results.memory[name]) / 1e6:.0f} MB {name}" for name in names]
    failures = sum(one.failures for rounds in results.asked.values() for one in rounds)
    return "\n".join(
        [*lines, "", *_readers(results), "", f"Memory after that: {', '.join(memory)}. Failures: {failures}.", ""]
    )


def _readers(results: Results) -> list[str]:
    """What `READERS` a day take of each server, when most of them are there."""
    have = {page: share for page, share in SHARES.items() if (ONE, page) in results.asked}
    whole = sum(have.values())
    pages_a_second = READERS * PAGES_EACH / 86_400 * PEAK
    weights = {page: share / whole for page, share in have.items()}
    size = sum(_middle([one.bytes for one in results.asked[ONE, page]]) * part for page, part in weights.items())
    told = (
        f"{READERS:,} readers a day, {PAGES_EACH} pages each, {PEAK} times as many as on average when most are there: "
        f"{pages_a_second:,.0f} pages a second of {size / 1024:.1f} KB, {pages_a_second * size * 8 / 1e6:,.0f} Mbit/s, "
        f"{READERS * PAGES_EACH * size * 30 / 1e12:.1f} TB a month."
    )
    lines = [
        told,
        "",
        "| server | ms of processor time a page | cores when most are there |",
        "| --- | ---: | ---: |",
    ]
    for name in results.memory:
        mean = sum(_middle([one.cpu_ms for one in results.asked[name, page]]) * part for page, part in weights.items())
        lines.append(f"| {name} | {mean:.2f} | {pages_a_second * mean / 1000:.1f} |")
    return lines


def _middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def _span(values: Sequence[float], form: str) -> str:
    return "" if not values else f"{_middle(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--records", type=int, default=0, help="of the synthetic book; 0 for the reference book")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--document", action="store_true", help="write the tables into docs/scale.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sourcebook-bench-") as folder:
        book = synthetic(asked.records, Path(folder)) if asked.records else reference(Path(folder))
        build_once(book)
        have = facts()
        command = shlex.join(["python", "-m", "bench.scaling", *(one for one in sys.argv[1:] if one != "--document")])
        text = (
            f"Measured by `{command}` on {have['date']}: {have['processor']}, {have['cores']} cores, which `wrk` uses "
            f"too; load average before {have['load_average_before']}. Middle, least and greatest of "
            f"{asked.rounds} rounds.\n\n{as_markdown(measured(book, asked.rounds, asked.seconds, Path(folder)))}"
        )
        print(text)
        if asked.document:
            into_page(PAGE, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
