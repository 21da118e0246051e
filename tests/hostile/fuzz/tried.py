# SPDX-License-Identifier: Apache-2.0
"""One input tried: whether it ends as it must, in time and memory, and twice in the same."""

from __future__ import annotations

import re
import resource
import time
import traceback
from dataclasses import dataclass

from tests.hostile.fuzz.oracle import Wrong, sampled
from tests.hostile.fuzz.targets import Run, Target

_TWICE = 16  # one input in so many is read twice


@dataclass(frozen=True)
class Failure:
    """An input that did not end as it must. Failures with the same ``sign`` are likely to be one mistake."""

    target: str
    data: bytes
    sign: str
    told: str


def tried(target: Target, run: Run, data: bytes) -> Failure | None:
    """What is wrong with the way in which an input ends, if something is."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    try:
        said = run(data)
        used = time.process_time() - start
        if sampled(data, _TWICE) and _words(run(data)) != _words(said):
            raise Wrong("the same input, read again, ends otherwise")
        if used > target.seconds:
            used = min(used, _again(run, data))
        if used > target.seconds:
            raise Wrong("it takes too long")
        if (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) * 1024 > target.bytes:
            raise Wrong("it takes too much memory")
    except RecursionError as error:
        return Failure(target.name, data, f"RecursionError {_place(error)}", "RecursionError")
    except (Exception, BaseExceptionGroup) as error:
        return Failure(target.name, data, _sign(error), "".join(traceback.format_exception(error)[-8:])[-3000:])
    return None


def _words(said: object) -> str:
    return re.sub(" at 0x[0-9a-f]+", "", repr(said))  # of functions, and of objects without words of their own


def _again(run: Run, data: bytes) -> float:
    start = time.process_time()
    run(data)
    return time.process_time() - start


def _sign(error: BaseException) -> str:
    if isinstance(error, Wrong):
        words = str(error).split(":")[0][:60]
        return f"Wrong: {''.join(letter for letter in words if not letter.isdigit())}"
    return f"{type(error).__name__} {_place(error)}"


def _place(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/src/sourcebook/" in frame.filename]
    frame = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rpartition('/src/')[2].rpartition('/tests/')[2]}:{frame.name}"
