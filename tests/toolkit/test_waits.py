# SPDX-License-Identifier: Apache-2.0
"""What failed is tried again later each time, and never later than at most, however often it failed."""

from __future__ import annotations

import socket

import pytest

from sourcebook.machine.waits import backed_off
from sourcebook.site.fleet import keeper


def test_waits_grow_to_their_most() -> None:
    assert [backed_off(0.5, times, 30.0) for times in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert backed_off(1.0, 3, 600.0, by=4.0) == 64.0
    assert backed_off(0.5, 10**6, 30.0) == 30.0


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="who keeps processes forks them")
def test_a_process_that_fails_for_hours_does_not_end_who_keeps_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every 30 s for nine hours: as many powers of two as no number of Python's has."""
    monkeypatch.setattr(keeper, "check_forks", lambda: None)  # nothing is forked here
    post = keeper.Post("a worker", lambda _: None)
    with socket.socket() as listening:
        fleet = keeper.Fleet([post], listening)
        fleet._ready = True
        for _ in range(1_100):
            fleet._ended(post, "has ended")
        fleet._selector.close()
    assert caplog.messages[0].endswith("it is started again")
    assert caplog.messages[1].endswith("it is started again in 0.5 s")
    assert caplog.messages[-1].endswith("it is started again in 30 s")
