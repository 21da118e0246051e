# SPDX-License-Identifier: Apache-2.0
"""Results as JSON and as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import preview
from bench.books import Input
from bench.budgets import as_table, exceeded
from bench.measure import Result, Run, Spread, ratios
from bench.own_pages import PageType
from bench.preview import Preview
from bench.serving import SITE, Served

BEGIN, END = "<!-- results -->", "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Measured:
    """A book and what the cases on it came to."""

    book: Input
    results: Sequence[Result]


@dataclass(slots=True)
class Report:
    """Everything that a run of the benchmark found."""

    command: str
    facts: Mapping[str, Any]
    rounds: int
    measured: list[Measured] = field(default_factory=list)
    speeds: Mapping[str, float] = field(default_factory=dict)
    served_book: Input | None = None
    served: Sequence[Served] = ()
    own_pages: list[PageType] = field(default_factory=list)
    memory: Mapping[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain data, every single run included. Paths of this machine are not in it."""
    return {
        "command": report.command,
        "facts": report.facts,
        "rounds": report.rounds,
        "parsers_megabytes_per_second": report.speeds,
        "skipped": report.skipped,
        "books": [
            {
                "name": one.book.name,
                "title": one.book.title,
                "records": one.book.records,
                "cases": [_case_data(result, one.results) for result in one.results],
            }
            for one in report.measured
        ],
        "serving": {
            "book": report.served_book.name if report.served_book else None,
            "memory_bytes": report.memory,
            "pages": [asdict(one) for one in report.served],
            "own_pages": [{**asdict(one), "exceeded": exceeded(one)} for one in report.own_pages],
        },
        "previews": [asdict(one) for one in report.previews],
    }


def _case_data(result: Result, results: Sequence[Result]) -> dict[str, Any]:
    case, base = result.case, _base(result, results)
    ratio = ratios(result, base) if base else None
    return {
        "name": case.name,
        "share": case.share,
        "base": case.base,
        "limit": case.limit,
        "missing": case.missing,
        "over_limit": result.over,
        "notes": result.note,
        "ratio": asdict(ratio) if ratio else None,
        "runs": [asdict(run) for run in result.runs],
    }


def _base(result: Result, results: Sequence[Result]) -> Result | None:
    return next((one for one in results if one.case.name == result.case.base), None)


# --- Markdown -------------------------------------------------------------------------------------------------------


def as_markdown(report: Report) -> str:
    """The report as tables."""
    return "\n".join(_lines(report)) + "\n"


def into_page(page: Path, text: str) -> None:
    """Put ``text`` between the marks of a documentation page."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8", newline="\n")


def _lines(report: Report) -> Iterator[str]:
    facts = report.facts
    yield f"Measured by `{report.command}` on {facts['date']}, at commit `{facts['commit'] or 'unknown'}`."
    yield ""
    yield f"- Machine: {facts['processor']}, {facts['cores']} cores, {facts['memory_gib']} GiB, {facts['kernel']}"
    yield f"- Load average before the run: {facts['load_average_before']}"
    yield f"- Python {facts['python']}, SQLite {facts['sqlite']}; {_versions(facts['versions'])}"
    yield f"- Peers: {_versions(facts['peers']) or 'not installed'}"
    if report.speeds:
        speeds = ", ".join(f"{name} {speed:g} MB/s" for name, speed in report.speeds.items())
        yield f"- Parsers on these records, one process: {speeds}"
    for told in report.skipped:
        yield f"- Skipped: {told}"
    yield from _shares(report)
    for one in report.measured:
        yield from ("", f"### {one.book.title}", "")
        yield from _table(one)
    yield from _growth(report)
    yield from as_table(report.own_pages)
    yield from _serving(report)
    yield from preview.as_table(report.previews)


def _shares(report: Report) -> Iterator[str]:
    """What each case does."""
    shares = {result.case.name: result.case.share for one in report.measured for result in one.results}
    if shares:
        yield from ("", "### What each case does", "", "| case | what it does |", "| --- | --- |")
    for name, share in shares.items():
        yield f"| {name} | {share} |"


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _table(one: Measured) -> Iterator[str]:
    yield "| case | seconds | CPU seconds | memory, MB | times the base | rounds |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for result in one.results:
        name = f"**{result.case.name}**" if result.case.name.startswith("sourcebook") else result.case.name
        if result.case.missing:
            yield f"| {name} | {result.case.missing} | | | | |"
        elif not result.done:
            reason = f"more than {result.case.limit:g}" if result.over else "; ".join(result.note)
            yield f"| {name} | {reason} | | {_peak(result.runs)} | {_least(result, one.results)} | {len(result.runs)} |"
        else:
            base = _base(result, one.results)
            ratio = ratios(result, base) if base else None
            seconds, cpu = Spread.of(r.wall for r in result.done), Spread.of(r.cpu for r in result.done)
            over = "; once over the limit" if result.over else ""
            told = f"{_spread(ratio)} {'of check' if result.case.base.endswith('check') else ''}" if ratio else ""
            cells = [name, _spread(seconds) + over, _number(cpu.median), _peak(result.done), told.strip()]
            yield f"| {' | '.join(cells)} | {len(result.done)} |"


def _least(result: Result, results: Sequence[Result]) -> str:
    """What a case that was stopped took at least, of its base."""
    base = _base(result, results)
    if not result.over or base is None or not base.done:
        return ""
    told = f"> {_number(result.case.limit / Spread.of(run.wall for run in base.done).median)}"
    return told + (" of check" if result.case.base.endswith("check") else "")


def _peak(runs: Sequence[Run]) -> str:
    return f"{Spread.of(run.peak for run in runs).median / 1e6:.0f}" if runs else ""


def _spread(spread: Spread) -> str:
    return f"{_number(spread.median)} ({_number(spread.least)}–{_number(spread.greatest)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _growth(report: Report) -> Iterator[str]:
    """Time and memory per record by the size of the synthetic book, and what each further record adds."""
    books = [one for one in report.measured if one.book.synthetic]
    if len(books) < 2:
        return
    told = "Milliseconds of wall clock and KB of memory at the highest, per record; last, what each record more adds"
    yield from ("", "### Growth", "", f"{told} from the smallest to the largest book.", "")
    heads = [*(f"{one.book.records:,}" for one in books), "each more"]
    yield f"| case | {' | '.join(f'{head}: ms | KB' for head in heads)} |"
    yield f"| --- |{' --- |' * 2 * len(heads)}"
    for name in [result.case.name for result in books[0].results]:
        found = [_medians(name, one) for one in books]
        cells = []
        for one, medians in zip(books, found, strict=True):
            cells += [f"{value / one.book.records:.3g}" for value in medians] or ["", ""]
        more = books[-1].book.records - books[0].book.records
        cells += [f"{(last - first) / more:.3g}" for first, last in zip(found[0], found[-1], strict=False)] or ["", ""]
        yield f"| {name} | {' | '.join(cells)} |"


def _medians(name: str, one: Measured) -> tuple[float, ...]:
    """Milliseconds and KB of a case on a book; nothing where it did not end."""
    done = next((result.done for result in one.results if result.case.name == name), [])
    if not done:
        return ()
    return Spread.of(run.wall for run in done).median * 1e3, Spread.of(run.peak for run in done).median / 1e3


def _serving(report: Report) -> Iterator[str]:
    if not report.served_book:
        return
    servers = list(dict.fromkeys(one.server for one in report.served))
    yield from (
        "",
        f"### Datasette's pages: {report.served_book.title[0].lower()}{report.served_book.title[1:]}, 8 clients",
        "",
    )
    yield f"| page | {' | '.join(f'{server}: requests/s | slowest in 100, ms' for server in servers)} | KB |"
    yield f"| --- |{' --- |' * 2 * len(servers)} --- |"
    for page in dict.fromkeys(one.page for one in report.served):
        cells = []
        size = ""
        for server in servers:
            found = next((one for one in report.served if (one.server, one.page) == (server, page)), None)
            if found is None:
                cells += ["", ""]
                continue
            failures = sum(one.failures for one in found.rounds)
            rates = Spread.of(one.rate for one in found.rounds)
            cells += [_spread(rates) + (f"; {failures} failed" if failures else ""), f"{found.slow:,.0f}"]
            if server == SITE:
                last = found.rounds[-1]
                size = f"{last.bytes / max(1, last.answers) / 1e3:,.0f}"
        yield f"| {page} | {' | '.join(cells)} | {size} |"
    told = ", ".join(f"{server} {size / 1e6:.0f} MB" for server, size in report.memory.items())
    yield from ("", f"Memory after that: {told}.")
