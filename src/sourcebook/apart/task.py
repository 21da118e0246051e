# SPDX-License-Identifier: Apache-2.0
"""What a task may take, and what it went over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

At = Callable[[int], None]
"""Says at which step a task is: the time that is allowed begins anew."""

What = Literal["time", "memory", "result", "end"]


@dataclass(frozen=True)
class Over:
    """What a task went over, and the step that it was at: "end" where it ended the process that it ran in."""

    what: What
    step: int


@dataclass(frozen=True)
class Allowed:
    """What one step of a task may take: ``seconds``, bytes of ``memory`` beside what there is, of its ``result``.

    ``file`` is how large a file may become that is written.

    With ``steps``, only what a task does between two calls of `At` is timed, the first with a number and the second
    with 0. Seconds are those in which it is worked on, as far as the system tells; of the clock, six times as many.
    """

    seconds: float
    memory: int | None = None
    result: int = 256 * 1024 * 1024
    file: int | None = None
    steps: bool = False
