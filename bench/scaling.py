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
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.addresses import compared
from bench.books import Input, reference, synthetic
from bench.cases import build_once, sourcebook
from bench.in_front import found, nginx, without_limits
from bench.launch import proportional, tree
from bench.load import HOST, load
from bench.own_pages import plain
from bench.servers import CLIENTS, running

STOCK, ONE, TWO, CACHED = "stock Datasette", "1 worker", "2 workers", "2 workers behind nginx"
_TICKS = os.sysconf("SC_CLK_TCK")
_FIELDS = {"rate": r"Requests/sec:\s+([\d.]+)", "count": r"(\d+) requests in", "slow": r"99%\s+([\d.]+)(us|ms|s)\b"}
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
    """A server that is measured: where it is asked, its processes' parents, and whether its pages are Sourcebook's."""

    port: int
    pids: list[int]
    own: bool = True

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
            yield Running(port, [pid])
            return
        aside = Path(tempfile.mkdtemp(dir=folder))
        with nginx(port, aside, without_limits) as at:
            yield Running(at, [pid, int((aside / "nginx.pid").read_text())])


def _ask(server: Running, paths: Sequence[str], seconds: float, folder: Path) -> Asked:
    script = folder / "asked.lua"
    script.write_text(
        f"local paths = {{{', '.join(map(json.dumps, paths))}}}\nlocal n = 0\n"
        'function request() n = n % #paths + 1; return wrk.format("GET", paths[n]) end\n',
        encoding="utf-8",
    )
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds:g}s", "--timeout", "30s", "--latency", "-s", str(script)]
    before = server.cpu()
    address = f"http://{HOST}:{server.port}"
    said = subprocess.run(
        [*command, "-H", "Accept-Encoding: gzip", "-H", f"Host: localhost:{server.port}", address],
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


def _said(name: str, text: str) -> re.Match[str]:
    match = re.search(_FIELDS[name], text)
    if not match:
        raise RuntimeError(f"wrk says no {name}: {text}")
    return match


def measured(book: Input, rounds: int, seconds: float, folder: Path) -> Results:
    """Load each server with every type of page, in turns."""
    results = Results(book.title)
    names = [STOCK, ONE, TWO, *([CACHED] if found("nginx") else [])]
    for number in range(1, rounds + 1):
        for name in names:
            with _served(name, book, folder) as server:
                load(server.port, ["/no/such/page"], clients=1, most=1)  # it listens before it answers
                for page, (own, theirs) in pages(book).items():
                    paths = own if server.own else theirs
                    _ask(server, paths, 0.5 if number > 1 else 1, folder)  # templates compiled, caches filled
                    one = _ask(server, paths, seconds, folder)
                    results.asked.setdefault((name, page), []).append(one)
                    told = f"{one.rate:.0f} requests/s, {one.cpu_ms:.2f} ms CPU, {one.failures} failures"
                    print(f"round {number}: {book.name}: {name}: {page}: {told}", file=sys.stderr, flush=True)
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
        cells = [_span([one.rate for one in results.asked[name, page]], ",.0f") for name in names]
        lines.append(f"| {page} | {' | '.join(cells)} | {size:.1f} |")
    lines += ["", f"| ms of processor time a request | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
    for page in kinds:
        cells = [_span([one.cpu_ms for one in results.asked[name, page]], ".2f") for name in names]
        lines.append(f"| {page} | {' | '.join(cells)} |")
    memory = [f"{_middle(results.memory[name]) / 1e6:.0f} MB {name}" for name in names]
    failures = sum(one.failures for rounds in results.asked.values() for one in rounds)
    return "\n".join([*lines, "", f"Memory after that: {', '.join(memory)}. Failures: {failures}.", ""])


def _middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def _span(values: Sequence[float], form: str) -> str:
    return f"{_middle(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--records", type=int, default=10_000, help="of the synthetic book; 0 for none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sourcebook-bench-") as folder:
        books = [reference(Path(folder))]
        if asked.records:
            books.append(synthetic(asked.records, Path(folder)))
        print(f"Load of the machine when it began: {', '.join(f'{one:.1f}' for one in os.getloadavg())}.\n", flush=True)
        for book in books:
            build_once(book)
            print(as_markdown(measured(book, asked.rounds, asked.seconds, Path(folder))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
