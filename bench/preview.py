# SPDX-License-Identifier: Apache-2.0
"""How long it takes from a saved file to the page that has it, in `sourcebook dev`, and a whole build beside it."""

from __future__ import annotations

import http.client
import random
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.books import Input
from bench.cases import build_once, sourcebook
from bench.launch import proportional, tree
from bench.load import HOST
from bench.measure import environment
from bench.servers import running

EDITS = 30
_PAUSE = 1.0  # seconds between two edits, as quick as a person is
_PATIENCE = 60.0
_LINE = re.compile(r"^title: .*$", re.MULTILINE)


@dataclass(frozen=True)
class Preview:
    """What was measured of one book: milliseconds of each edit, seconds of builds, and bytes of memory."""

    book: str
    records: int
    started: float
    edits: Sequence[float]
    build: float
    rebuild: float
    memory: int

    def at(self, share: float) -> float:
        """The milliseconds in which such a share of the edits was on the page."""
        ordered = sorted(self.edits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def previewed(book: Input, tell: Callable[[str], None], edits: int = EDITS) -> Preview:
    """Measure a synthetic book: edits of its objects one after the other, each until the page of the object has it."""
    shutil.rmtree(book.folder / "build", ignore_errors=True)
    build = _seconds(lambda: build_once(book))
    book.change(1, 1)
    rebuild = _seconds(lambda: _built(book))
    files = sorted((book.folder / "data/objects").rglob("*.yaml"))
    chosen = random.Random(1).sample([path for path in files if _is_right(path)], edits)  # noqa: S311 # made-up edits
    begun = time.perf_counter()
    with running(sourcebook("dev", "--book", str(book.folder), "--port")) as (pid, port):
        client = http.client.HTTPConnection(HOST, port, timeout=600)
        _page(client, "/")
        started = time.perf_counter() - begun
        found = []
        for number, path in enumerate(chosen):
            time.sleep(_PAUSE)
            found.append(_edit(client, path, number))
            tell(f"sourcebook dev: {book.name}: edit {number + 1} of {edits}: {found[-1]:.0f} ms")
        memory = sum(map(proportional, tree(pid)))
    return Preview(book.name, book.records, started, found, build, rebuild, memory)


def _is_right(path: Path) -> bool:
    """Whether a record keeps its schema: of the others the tables promise something else."""
    number = int(path.stem.rpartition("-")[2])
    return number % 500 != 250


def _edit(client: http.client.HTTPConnection, path: Path, number: int) -> float:
    text = path.read_text("utf-8")
    said = f"Seen at once, {number}"
    changed = _LINE.sub(f"title: {said}", text, count=1)
    begun = time.perf_counter()
    path.write_text(changed, encoding="utf-8", newline="\n")
    while said not in _page(client, f"/objects/{path.stem}"):
        if time.perf_counter() - begun > _PATIENCE:
            raise RuntimeError(f"the edit of {path.name} is not on its page")
        time.sleep(0.002)
    return (time.perf_counter() - begun) * 1000


def _page(client: http.client.HTTPConnection, path: str) -> str:
    client.request("GET", path, headers={"Host": f"{HOST}:{client.port}", "Accept": "text/html"})
    return client.getresponse().read().decode("utf-8")


def _built(book: Input) -> None:
    command = sourcebook("build", "--book", str(book.folder))
    subprocess.run(command, env=environment(), capture_output=True, check=True)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


_HEAD = (
    *("records", "middle, ms", "95 of 100, ms", "slowest, ms", "build, 1 record changed, s", "times the middle"),
    *("clean build, s", "times the middle", "ready after, s", "memory, MB"),
)


def as_table(some: Sequence[Preview]) -> Iterator[str]:
    """The results as a section of the report; nothing where none were measured."""
    if not some:
        return
    yield from ("", "### From a saved file to the page that has it: `sourcebook dev`", "")
    yield (
        f"Of {len(some[0].edits)} edits of one record each, a second apart, while the whole book is checked for the "
        "one before; the whole way, from before the file is written until a reader has the page."
    )
    yield ""
    yield f"| {' | '.join(_HEAD)} |"
    yield f"|{' ---: |' * len(_HEAD)}"
    for one in some:
        middle = statistics.median(one.edits)
        cells = [f"{one.records:,}", f"{middle:.0f}", f"{one.at(0.95):.0f}", f"{max(one.edits):.0f}"]
        for seconds in (one.rebuild, one.build):
            cells += [f"{seconds:.2f}", f"{seconds * 1000 / middle:.0f}"]
        cells += [f"{one.started:.1f}", f"{one.memory / 1e6:.0f}"]
        yield f"| {' | '.join(cells)} |"
