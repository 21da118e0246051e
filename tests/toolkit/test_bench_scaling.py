# SPDX-License-Identifier: Apache-2.0
"""What the benchmark of workers makes of what it measured."""

from __future__ import annotations

import os
import random

import pytest

from bench import scaling
from bench.load import Load
from bench.scaling import ONE, STOCK, Asked, Results, Running, as_markdown


def test_what_readers_a_day_take_is_computed_from_processor_time() -> None:
    results = Results("A book")
    for name, factor in ((STOCK, 10.0), (ONE, 1.0)):
        results.memory[name] = [50_000_000, 60_000_000, 70_000_000]
        for page, milliseconds in (("entity", 1.0), ("listing", 5.0)):
            rounds = [Asked(800 / factor, milliseconds * factor * n, 9.0, 1024.0, 0) for n in (0.5, 1, 3)]
            results.asked[name, page] = rounds
    told = as_markdown(results)
    # Of these 60 and 15 of 75: (60 * 1 + 15 * 5) / 75 = 1.8 ms; 10 M * 3 pages / 86,400 s * 10 = 3,472 a second.
    assert "3,472 pages a second of 1.0 KB, 28 Mbit/s, 0.9 TB a month" in told
    assert f"| {ONE} | 1.80 | 6.2 |" in told
    assert f"| {STOCK} | 18.00 | 62.5 |" in told
    assert "| entity | 80 (80–80) | 800 (800–800) | 1.0 |" in told
    assert f"60 MB {STOCK}, 60 MB {ONE}. Failures: 0." in told


def test_processor_time_is_that_of_all_processes() -> None:
    here = Running(0, [os.getpid()])
    before = here.cpu()
    end = os.times().user + 0.3
    while os.times().user < end:
        pass
    assert here.cpu() - before >= 0.2


def test_each_worker_has_made_each_page_before_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each keeps its own pages, and a connection is with whichever of them has let it in."""
    paths, chance = [f"/people/{number}" for number in range(200)], random.Random(7)
    made: list[set[str]] = [set(), set()]

    def asked(_port: int, paths: list[str], *, most: int, **_: object) -> Load:
        clients = [chance.randrange(2) for _ in range(8)]
        for number in range(most):
            made[clients[chance.randrange(8)]].add(paths[number % len(paths)])
        return Load(1.0, 1.0, 1.0, most, 0, most)

    monkeypatch.setattr(scaling, "load", asked)
    scaling._filled(Running(0, [os.getpid()], workers=2), paths)
    assert [len(one) for one in made] == [200, 200]


def test_what_the_client_says_is_read() -> None:
    said = (
        "  Latency Distribution\n     99%    1.55ms\n  2011 requests in 1.00s, 3.10MB read\nRequests/sec:   2010.44\n"
    )
    assert [scaling._said(name, said)[1] for name in ("rate", "count", "slow")] == ["2010.44", "2011", "1.55"]
    with pytest.raises(RuntimeError, match="wrk says no rate"):
        scaling._said("rate", "unable to connect")
