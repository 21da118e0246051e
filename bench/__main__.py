# SPDX-License-Identifier: Apache-2.0
"""The command ``scripts/bench``."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.books import CORPORA, ROOT, Input, pypa, reference, sigma, synthetic
from bench.cases import CHECK, CLEAN, PEER_NAMES, build_once, cases, prepared
from bench.facts import facts
from bench.measure import take_turns
from bench.own_pages import own_pages
from bench.preview import previewed
from bench.report import Measured, Report, as_data, as_markdown, into_page
from bench.serving import serving

SIZES = [1_000, 10_000, 100_000]
QUICK = [1_000, 10_000]
ROUNDS, QUICK_ROUNDS = 5, 3
LARGE = 50_000  # records from which on three rounds are enough
PAGE = ROOT / "docs/benchmark.md"


def main() -> int:
    """Measure, and write what was found."""
    parser = _arguments()
    asked = parser.parse_args()
    if min(asked.records or [100]) < 100:
        parser.error("a synthetic book has 100 records or more")
    names = (*_BOOKS, "serving", "dev", *PEER_NAMES)
    if unknown := set(asked.only or ()) - set(names):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}; it knows {', '.join(names)}")
    whole = not (asked.quick or asked.only or asked.records or asked.rounds)
    command = shlex.join(["scripts/bench", *(word for word in sys.argv[1:] if word != "--document")])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that servers are ended on the way out
    rounds = asked.rounds or (QUICK_ROUNDS if asked.quick else ROUNDS)
    output = asked.output or ROOT / "build/benchmark"
    output.mkdir(parents=True, exist_ok=True)
    command = command.replace(str(output), "DIR")
    report = Report(command, facts(), rounds)
    with tempfile.TemporaryDirectory(prefix="sourcebook-bench-") as folder:
        for make in _books(asked, Path(folder), report):
            _measure(make, asked, rounds, Path(folder), report)
        if _wanted(asked.only, "serving"):
            _serve(asked, Path(folder), report, rounds)
        if _wanted(asked.only, "dev"):
            for records in asked.records or (QUICK[1:] if asked.quick else SIZES[1:]):
                report.previews.append(previewed(synthetic(records, Path(tempfile.mkdtemp(dir=folder))), _tell))
    text = as_markdown(report)
    (output / "results.json").write_text(json.dumps(as_data(report), indent=2) + "\n", encoding="utf-8")
    (output / "results.md").write_text(text, encoding="utf-8")
    if whole or asked.document:
        into_page(PAGE, text)
    print(text)
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure Sourcebook and its peers in turns.")
    parser.add_argument("--quick", action="store_true", help="1,000 and 10,000 records only, 3 rounds")
    parser.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        help="reference, pypa, sigma, synthetic, serving, dev, or a peer by its name in the tables; may be repeated",
    )
    parser.add_argument(
        "--records", type=int, action="append", metavar="N", help="size of the synthetic book, 100 or more"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help=f"default: {ROUNDS}, and 3 for 50,000 records or more")
    parser.add_argument("--limit", type=float, default=300, metavar="S", help="seconds a peer may take (default: 300)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where results go (default: build/benchmark)")
    parser.add_argument(
        "--document", action="store_true", help="write the tables into docs/benchmark.md, as a whole run does by itself"
    )
    return parser


def _books(asked: argparse.Namespace, folder: Path, report: Report) -> Iterator[Callable[[], Input]]:
    """How the books that are asked for are made, each when its turn comes."""
    only = asked.only if any(name in (*_BOOKS, "serving", "dev") for name in asked.only or ()) else None
    if _wanted(only, "reference"):
        yield partial(reference, folder)
    for name, make in (("pypa", pypa), ("sigma", sigma)):
        if not _wanted(only, name):
            continue
        if CORPORA.is_dir():
            yield partial(make, folder)
        else:
            report.skipped.append(f"{name}: the corpora are not at hand here")
    if _wanted(only, "synthetic"):
        for records in asked.records or (QUICK if asked.quick else SIZES):
            yield partial(synthetic, records, folder)


_BOOKS = ("reference", "pypa", "sigma", "synthetic")


def _wanted(only: list[str] | None, name: str) -> bool:
    return not only or name in only


def _measure(make: Callable[[], Input], asked: argparse.Namespace, rounds: int, folder: Path, report: Report) -> None:
    book = make()
    setting = prepared(book, folder, asked.limit, _tell)
    report.speeds = report.speeds or setting.speeds
    peers = [one for one in asked.only or () if one not in (*_BOOKS, "serving", "dev")]
    chosen = [case for case in cases(book, setting) if not peers or case.name in (*peers, CHECK, CLEAN)]
    turns = rounds if asked.rounds or book.records < LARGE else min(rounds, 3)
    report.measured.append(Measured(book, take_turns(chosen, turns, folder, _tell)))


def _serve(asked: argparse.Namespace, folder: Path, report: Report, rounds: int) -> None:
    """Pages of Sourcebook's own on the reference book and on the largest synthetic one, then Datasette's on that."""
    have = {one.book.name: one.book for one in report.measured}
    sizes = asked.records or (QUICK if asked.quick else SIZES)
    small = have.get("reference") or reference(folder)
    large = have.get(f"synthetic-{sizes[-1]}") or synthetic(sizes[-1], folder)
    seconds = 1 if asked.quick else 3
    for book in (small, large):
        build_once(book)
        report.own_pages += own_pages(book, min(rounds, 3), seconds, _tell, folder)
    report.served_book = large
    report.served, report.memory = serving(large, min(rounds, 3), seconds, _tell)


def _tell(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
