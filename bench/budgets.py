# SPDX-License-Identifier: Apache-2.0
"""What Sourcebook's own pages may cost, held against what they do; both as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from bench.addresses import MISSING
from bench.own_pages import NOT_CHANGED, Asked, PageType

OWN_MS, MISSING_MS, NOT_CHANGED_MS = 5, 2, 0.5
TIMES = 10
REQUESTS, BYTES, SCRIPT_BYTES = 3, 30_000, 10_000


def exceeded(one: PageType) -> list[str]:
    """In words, what a type of page costs more than it may. Of its figures that of the first request for an address
    counts, as nothing is kept for it; what has not changed was asked for before.
    """
    found = []
    most = {MISSING: MISSING_MS, NOT_CHANGED: NOT_CHANGED_MS}.get(one.page, OWN_MS)
    if (took := (_again if one.page == NOT_CHANGED else _first)(one.own)) > most:
        found.append(f"{took:.2f} ms, not {most:g}")
    if one.datasette and one.times < TIMES:
        found.append(f"{one.times:.1f} times, not {TIMES}")
    if weight := one.weight:
        for name, is_, may in (
            ("requests", weight.requests, REQUESTS),
            ("bytes", weight.bytes, BYTES),
            ("bytes of script", weight.script_bytes, SCRIPT_BYTES),
        ):
            if is_ > may:
                found.append(f"{is_:,} {name}, not {may:,}")
    if failures := sum(load.failures for asked in one.own for load in (asked.first, asked.again, asked.many)):
        found.append(f"{failures} failed")
    return found


def as_table(pages: Sequence[PageType]) -> Iterator[str]:
    """A table for each book and version of Datasette."""
    for book, version in dict.fromkeys((one.book, one.version) for one in pages):
        yield from ("", f"### Pages of its own: {book[0].lower()}{book[1:]}, Datasette {version}", "")
        yield (
            "| page | first, ms | again, ms | requests/s | KB | with its files | Datasette's: ms | requests/s | KB "
            "| times | budget |"
        )
        yield "| --- |" + " --- |" * 10
        for one in pages:
            if (one.book, one.version) == (book, version):
                yield f"| {' | '.join(_cells(one))} |"


def _cells(one: PageType) -> Iterator[str]:
    yield one.page
    yield from (f"{_first(one.own):.2f}", f"{_again(one.own):.2f}", _rate(one.own), _size(one.own))
    yield f"{one.weight.requests}: {one.weight.bytes / 1e3:.1f} KB" if one.weight else ""
    if one.datasette:
        yield from (f"{_first(one.datasette):.1f}", _rate(one.datasette), _size(one.datasette))
        yield f"{one.times:.1f}"
    else:
        yield from [""] * 4
    yield "; ".join(exceeded(one)) or "met"


def _first(rounds: Sequence[Asked]) -> float:
    """Milliseconds of the middle request of the middle round, each for an address not asked for before."""
    return statistics.median(one.first.median_ms for one in rounds)


def _again(rounds: Sequence[Asked]) -> float:
    """The same, of addresses asked for before."""
    return statistics.median(one.again.median_ms for one in rounds)


def _rate(rounds: Sequence[Asked]) -> str:
    rate = statistics.median(one.many.rate for one in rounds)
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def _size(rounds: Sequence[Asked]) -> str:
    last = rounds[-1].many
    return f"{last.bytes / max(1, last.answers) / 1e3:,.1f}"
