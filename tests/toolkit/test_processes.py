# SPDX-License-Identifier: Apache-2.0
"""Processes that share work, and are ended by something else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from sourcebook.errors import EnvironmentFailure
from sourcebook.machine.processes import mapped


def ended(number: int) -> int:
    if number == 1:
        os._exit(1)
    return number


@pytest.mark.skipif(sys.platform != "linux", reason="work is shared by processes on Linux alone")
def test_a_process_that_ends_is_told_whether_work_is_given_or_waited_for() -> None:
    def all_done() -> Iterator[int]:
        yield from mapped(ended, 200, 2)

    with pytest.raises(EnvironmentFailure, match="is there enough memory"):
        list(all_done())
