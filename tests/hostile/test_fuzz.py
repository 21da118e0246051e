# SPDX-License-Identifier: Apache-2.0
"""What the kept corpus once broke holds, and a sample of new mutants of every target ends as it must."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.fuzz.__main__ import mutants
from tests.hostile.fuzz.oracle import Wrong
from tests.hostile.fuzz.structured import structured
from tests.hostile.fuzz.targets import CORPUS, Target, Targets, targets
from tests.hostile.fuzz.tried import tried
from tests.hostile.fuzz.watched import Tally, run_watched

NAMES = sorted(Targets(Path()).makers)
SEED = "continuous"
SECONDS = 0.8  # of mutants, and half of that of structured inputs; for each target


@pytest.fixture(scope="module")
def known() -> Iterator[Targets]:
    with targets() as found:
        yield found


def told(tally: Tally) -> str:
    return "\n".join(f"{one.sign}: {one.data[:500]!r}\n{one.told}" for one in tally.failures.values())


def test_every_folder_of_the_corpus_is_that_of_a_target() -> None:
    kept = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in kept} <= set(NAMES)
    assert len(kept) < 300
    assert sum(path.stat().st_size for path in kept) < 500_000


@pytest.mark.slow
@pytest.mark.xdist_group("fuzz")
@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_and_what_is_new_ends_as_it_must(known: Targets, name: str) -> None:
    target = known(name)
    kept = [path.read_bytes() for path in target.corpus]
    tally = run_watched(target, iter(kept), 60)
    assert (tally.count, tally.failed) == (len(kept), 0), told(tally)
    for inputs, seconds in ((mutants(target, SEED, 10**9), SECONDS), (structured(target, SEED, 10**9), SECONDS / 2)):
        tally = run_watched(target, inputs, seconds)
        assert tally.failed == 0, told(tally)
        assert tally.count > 0


# --- the fuzzer itself: what fails is found, and named ----------------------------------------------------------------


def _odd(data: bytes) -> str:
    if data == b"raise":
        raise KeyError("x")
    if data == b"deep":
        return _odd(data)
    if data == b"wrong":
        raise Wrong("not as it must be")
    if data == b"crash":
        os._exit(3)
    if data == b"slow":
        until = time.process_time() + 1.6
        while time.process_time() < until:
            pass
    if data == b"large":
        return "x" * 400_000_000
    if data == b"endless":
        while True:
            pass
    return str(data)


def test_what_fails_is_found_and_what_follows_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hostile.fuzz.watched._HANGS", 4.0)
    target = Target("odd", lambda _: _odd, [])
    inputs = [b"a", b"raise", b"crash", b"wrong", b"deep", b"endless", b"slow", b"large", b"b"]
    tally = run_watched(target, iter(inputs), 120)
    assert tally.count == len(inputs)
    assert {one.data for one in tally.failures.values()} == set(inputs) - {b"a", b"b"}
    signs = {one.data: one.sign for one in tally.failures.values()}
    assert signs[b"crash"] == "the process ended: exit 3"
    assert signs[b"endless"] == "it does not end: exit -9"
    assert signs[b"raise"].startswith("KeyError ")


def test_the_same_seed_gives_the_same_mutants() -> None:
    target = Target("odd", lambda _: _odd, [b'{"a": [1, {"b": "c"}]}', b"x: 1\n"], shaped=True)
    once = list(mutants(target, "seed", 500))
    assert once == list(mutants(target, "seed", 500))
    assert len(set(once)) > 300
    assert once != list(mutants(target, "other", 500))


def test_an_input_that_is_read_otherwise_the_second_time_is_found() -> None:
    seen: list[bytes] = []

    def run(data: bytes) -> int:
        seen.append(data)
        return len(seen)

    target = Target("odd", lambda _: run, [])
    found = [tried(target, run, str(number).encode()) for number in range(64)]
    assert any(one is not None and "ends otherwise" in one.sign for one in found)
