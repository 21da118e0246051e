# SPDX-License-Identifier: Apache-2.0
"""Sourcebook's own pages beside the pages of Datasette that they stand for: single requests, many at once, weight.

Each round starts its servers anew, so that it sees each address asked for the first time, and then again. Plain
Datasette is the same version on the same database, with the book's canned queries and nothing else of Sourcebook.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from bench.addresses import Compared, compared
from bench.books import ROOT, Input
from bench.load import HOST, Asking, Load, load
from bench.measure import environment
from bench.servers import CLIENTS, running

_MOST = 100  # single requests of one kind
_PACKED = {"Accept-Encoding": "gzip"}
NOT_CHANGED = "not changed (304)"


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page makes a browser load that has nothing yet: requests, and bytes as they come over the line."""

    requests: int
    bytes: int
    script_bytes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One round of one type of page of one server: addresses asked for the first time one by one, the same once more,
    and by many at once.
    """

    first: Load
    again: Load
    many: Load


@dataclass(frozen=True, slots=True)
class PageType:
    """One type of page on one version of Datasette: what each round came to, with Sourcebook and without."""

    book: str
    version: str
    page: str
    weight: Weight | None
    own: list[Asked] = field(default_factory=list)
    datasette: list[Asked] = field(default_factory=list)

    @property
    def times(self) -> float:
        """How many times the requests a second of Datasette's page: the middle one of the rounds; 0 without one."""
        pairs = zip(self.own, self.datasette, strict=False)
        return statistics.median([own.many.rate / max(other.many.rate, 1e-9) for own, other in pairs] or [0])


def pythons() -> Mapping[str, str]:
    """The interpreters that serve, by the version of Datasette that each has."""
    found = {}
    for python in (sys.executable, str(ROOT / ".venv-datasette-1/bin/python")):
        if Path(python).exists():
            code = "import importlib.metadata as m; print(m.version('datasette'))"
            said = subprocess.run([python, "-c", code], env=environment(), capture_output=True, text=True, check=True)
            found[said.stdout.strip()] = python
    return found


def own_pages(book: Input, rounds: int, seconds: float, tell: Callable[[str], None], folder: Path) -> list[PageType]:
    """Ask both servers for every type of page of a built book, in turns, on each version of Datasette."""
    release = (book.folder / "build/current").resolve()
    kinds = compared(release)
    results: list[PageType] = []
    for version, python in pythons().items():
        found: dict[str, PageType] = {}
        for number in range(1, rounds + 1):
            with (
                running([python, "-m", "sourcebook.cli", "serve", "--book", str(book.folder), "--port"]) as (_, own),
                running(plain(python, version, release, folder)) as (_, other),
            ):
                for port in (own, other):  # a server gets ready with its first request, whatever that is for
                    load(port, ["/no/such/page"], clients=1, most=1)
                for kind in kinds:
                    asked = _asked(own, kind.own, seconds, Asking(_PACKED, kind.status))
                    if kind.page not in found:  # weighed when it was asked for, so that the first time was the first
                        weight = weighed(own, kind.own[0]) if kind.status == 200 else None
                        found[kind.page] = PageType(book.title, version, kind.page, weight)
                    one = found[kind.page]
                    one.own.append(asked)
                    one.datasette.append(_asked(other, kind.datasette, seconds, Asking(_PACKED, kind.status)))
                    told = f"{one.own[-1].many.rate:.0f} and {one.datasette[-1].many.rate:.1f} requests/s"
                    tell(f"round {number} of {rounds}: {book.name}, Datasette {version}: {kind.page}: {told}")
                _not_changed(found, PageType(book.title, version, NOT_CHANGED, None), own, kinds, seconds)
        results += found.values()
    return results


def _asked(port: int, paths: Sequence[str], seconds: float, asking: Asking) -> Asked:
    first = load(port, paths, clients=1, seconds=seconds, most=min(len(paths), _MOST), asking=asking)
    known = paths[: max(1, first.answers)]
    again = load(port, known, clients=1, seconds=seconds, most=_MOST, asking=asking)
    return Asked(first, again, load(port, paths, clients=CLIENTS, seconds=seconds, asking=asking))


def _not_changed(
    found: dict[str, PageType], new: PageType, port: int, kinds: Sequence[Compared], seconds: float
) -> None:
    """Ask for a page that a reader has already, by its ETag."""
    path = next(kind.own[0] for kind in kinds if kind.page == "entity")
    tag = fetched(port, path)[1].get("etag", "")
    asking = Asking({**_PACKED, "If-None-Match": tag}, 304)
    found.setdefault(NOT_CHANGED, new).own.append(_asked(port, [path], seconds, asking))


def plain(python: str, version: str, release: Path, folder: Path) -> list[str]:
    """Plain Datasette on a release's database, with the canned queries that the book has, the port to follow."""
    metadata = json.loads((release / "metadata.json").read_bytes())
    queries = {name: {"queries": one.get("queries", {})} for name, one in metadata["databases"].items()}
    path = folder / f"queries-{version}.json"
    path.write_text(json.dumps({"databases": queries}), encoding="utf-8")
    (database,) = release.glob("*.db")
    given = ["--metadata" if version.startswith("0.") else "--config", str(path)]
    return [python, "-m", "datasette", "serve", "--immutable", str(database), *given, "--host", HOST, "--port"]


# --- weight -----------------------------------------------------------------------------------------------------------

_ASSETS = re.compile(r"<(?:link|script|img)\b[^>]*?\b(?:href|src)=[\"']?([^\"' >]+)[^>]*>")


def weighed(port: int, path: str) -> Weight:
    """What a page comes to, with the style sheets, scripts and pictures that it names; without the site's icon, which
    browsers ask for whatever a page says, once a site.
    """
    page, headers = fetched(port, path)
    text = (gzip.decompress(page) if headers.get("content-encoding") == "gzip" else page).decode("utf-8")
    total, scripts, assets = len(page), 0, []
    for found in _ASSETS.finditer(text):
        if found[0].startswith("<link") and "stylesheet" not in found[0]:
            continue
        if found[1] not in assets and not found[1].startswith("data:"):
            assets.append(found[1])
            size = len(fetched(port, found[1])[0])
            total += size
            scripts += size if found[0].startswith("<script") else 0
    return Weight(1 + len(assets), total, scripts)


def fetched(port: int, path: str) -> tuple[bytes, dict[str, str]]:
    """The body of an answer as it comes, packed where the server packs it, and its headers."""
    with closing(HTTPConnection(HOST, port, timeout=60)) as connection:
        connection.request("GET", path, headers=_PACKED)
        answer = connection.getresponse()
        return answer.read(), {name.lower(): value for name, value in answer.getheaders()}
