# SPDX-License-Identifier: Apache-2.0
"""The least input that fails in the same way: parts are left out as long as it still does."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.hostile.fuzz.targets import Target
from tests.hostile.fuzz.tried import Failure
from tests.hostile.fuzz.watched import run_watched


def smaller(target: Target, failure: Failure, seconds: float) -> Failure:
    """A failure of the same sign with a shorter input, found within so many seconds."""
    until = time.monotonic() + seconds
    best, pieces = failure, 2
    head = failure.data.partition(b"\n")[0] + b"\n" if target.headed else b""
    while time.monotonic() < until:
        body = best.data[len(head) :]
        if pieces > max(len(body), 1) * 2:
            break
        tally = run_watched(target, _without(head, body, pieces), until - time.monotonic())
        found = tally.failures.get(failure.sign)
        if found is not None and len(found.data) < len(best.data):
            best, pieces = found, max(pieces // 2, 2)
        else:
            pieces *= 2
    return best


def _without(head: bytes, body: bytes, pieces: int) -> Iterator[bytes]:
    size = max(len(body) // pieces, 1)
    for start in range(0, len(body), size):
        yield head + body[:start] + body[start + size :]
