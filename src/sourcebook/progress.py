# SPDX-License-Identifier: Apache-2.0
"""How far a verb has come: told while it runs, and remembered as the seconds that each stage took."""

from __future__ import annotations

import time
from typing import Protocol


class Progress(Protocol):
    """Is told the stage at hand and, where they are known, how many of its things are done, of how many."""

    def __call__(self, stage: str, done: int = 0, total: int = 0, /) -> None:
        """Take note that ``done`` of ``total`` things of ``stage`` are done; 0 of 0 where nothing is counted."""


def silent(_stage: str, _done: int = 0, _total: int = 0, /) -> None:
    """A progress report to nobody."""


class Stopwatch:
    """A progress report that is passed on; ``seconds`` has the time that each stage took, in order."""

    def __init__(self, progress: Progress = silent) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._stage = ""
        self._since = time.perf_counter()

    def __call__(self, stage: str, done: int = 0, total: int = 0, /) -> None:
        """Begin ``stage``, or tell how far it is."""
        if stage != self._stage:
            self.stop()
            self._stage = stage
        self._progress(stage, done, total)

    def stop(self) -> None:
        """End the stage at hand."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = round(self.seconds.get(self._stage, 0.0) + now - self._since, 4)
        self._stage, self._since = "", now
