# SPDX-License-Identifier: Apache-2.0
"""A small crowd of hostile readers for some seconds, as a sample of ``scripts/hostile-readers``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.load.connection import Reply
from tests.hostile.load.tally import together
from tests.hostile.readers import run
from tests.served import PYTHONS, ROOT

_BOOK = ROOT / "tests" / "site" / "book"
_P99_MS = 3_000  # of a machine that may be doing other things; that of the script is the promise


@pytest.mark.xdist_group("serve")
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="what is held is read in /proc")
@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_ordinary_readers_are_answered_beside_hostile_ones(python: str, tmp_path: Path) -> None:
    if not Path(python).exists():
        pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
    outcome = run(python, _BOOK, tmp_path, clients=5, seconds=4, connections=60, rate=15, seed=7)
    assert outcome.failures(p99_ms=_P99_MS) == []
    assert outcome.silent == 60
    assert len(together(outcome.hostile.values()).seconds) > 15


@pytest.mark.parametrize(
    ("status", "headers", "body", "wrong"),
    [
        (503, {"retry-after": "5"}, b"Others are asking for more.", ""),
        (503, {}, b"Others are asking for more.", "503 without Retry-After"),
        (400, {}, b'{"ok": false, "error": "This takes longer than it may"}', ""),
        (400, {}, b'{"ok": false}', "400 without words"),
        (
            500,
            {},
            b"<html><head><title>An error page</title></head><body><h1>Error</h1></body></html>",
            "500 without words",
        ),
        (200, {}, b"", ""),
        (400, {}, b"in order: Traceback (most recent call last): file", "400 shows Traceback (most recent call last)"),
    ],
)
def test_what_counts_as_a_refusal_in_words(status: int, headers: dict[str, str], body: bytes, wrong: str) -> None:
    assert Reply(status, headers, body).unworded() == wrong
