# SPDX-License-Identifier: Apache-2.0
"""Some redeploys under readers, as a sample of ``scripts/redeploys``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.hostile.load.tally import together
from tests.hostile.load.turning import Seen
from tests.hostile.redeploys import run
from tests.served import PYTHONS


@pytest.mark.xdist_group("serve")
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="what is held is read in /proc")
@pytest.mark.parametrize(("version", "workers"), [("datasette-0", 1), ("datasette-0", 2), ("datasette-1", 2)])
def test_releases_come_and_go_under_readers(version: str, workers: int, tmp_path: Path) -> None:
    python = PYTHONS[version]
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    outcome = run(python, tmp_path, count=8, rate=25, seed=3, workers=workers)
    assert outcome.failures() == []
    assert len({release for release, _ in outcome.seen.numbers}) >= 2
    assert len(together(outcome.seen.tallies.values()).seconds) > 150


@pytest.mark.xdist_group("serve")
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="what is held is read in /proc")
def test_releases_that_are_followed_come_and_go_under_readers(tmp_path: Path) -> None:
    outcome = run(PYTHONS["datasette-0"], tmp_path, count=6, rate=25, seed=3, workers=2, follow=True)
    assert outcome.failures() == []
    assert len({release for release, _ in outcome.seen.numbers}) >= 2


def test_an_answer_of_two_releases_is_seen() -> None:
    known = {"a": 1, "b": 2}
    assert Seen({}, Counter({("a", 1): 5, ("b", 2): 1})).mixed(known) == []
    assert Seen({}, Counter({("a", 2): 5})).mixed(known) == ["5 × a says 2, not 1"]
    assert Seen({}, Counter({("c", 2): 1})).mixed(known) == ["1 × c says 2, not None"]
