# SPDX-License-Identifier: Apache-2.0
"""A sample of `scripts/same-bytes`: the same records give the same bytes on machines that differ."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook
from tests.hostile.chaos import states
from tests.hostile.same_bytes import differences, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]


def test_machines_that_differ_give_the_same_bytes() -> None:
    """One build of each book, and three that are compared with it."""
    done, wrong = run(["harbour"], 3, seed=7, seconds=0)
    assert (done, wrong) == (3, [])


def test_other_records_give_other_bytes(tmp_path: Path) -> None:
    """What compares builds is able to say that they differ."""
    book = Path(shutil.copytree(states.BOOK, tmp_path / "book"))
    releases = []
    for edition in (1, 2):
        states.edit(book, edition)
        found = sourcebook.build(book, jobs=1).release
        assert found
        releases.append(found)
    told = differences(*releases, bytes_too=False)
    assert "the logical hash" in told
    assert "csv/lamps.csv" in told
