# SPDX-License-Identifier: Apache-2.0
"""Cases run in turns, each a whole process; what the runs came to, and how cases compare within a round."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_LAUNCH = Path(__file__).with_name("launch.py")
_TAIL = 2_000  # characters of what a failed command printed


def nothing(_round: int) -> None:
    """The preparation of a case that needs none."""


@dataclass(frozen=True, slots=True)
class Case:
    """One command on one input.

    ``name`` is short, ``share`` says what of the work it does. ``prepare`` is called before each run with the number of
    the round, outside of the timing. ``codes`` are the exit codes of a run that did its work; ``limit`` is in seconds.
    ``base`` is the case of Sourcebook's that it is compared with. ``missing`` says why it cannot be run,
    where it cannot.
    """

    name: str
    share: str
    command: Sequence[str]
    cwd: Path
    prepare: Callable[[int], None] = nothing
    codes: frozenset[int] = frozenset({0})
    limit: float = 600
    base: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took: seconds of wall clock and of processors, bytes of memory at the highest, its exit code."""

    round: int
    wall: float
    cpu: float
    peak: float
    code: int | None  # None where it was stopped at the limit


@dataclass(frozen=True, slots=True)
class Result:
    """All runs of a case. ``note`` says what was odd about them."""

    case: Case
    runs: list[Run] = field(default_factory=list)
    note: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether a run was stopped at the limit."""
        return any(run.code is None for run in self.runs)

    @property
    def done(self) -> list[Run]:
        """The runs that ended by themselves and did their work."""
        return [run for run in self.runs if run.code in self.case.codes]


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle one of some numbers, and the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, numbers: Iterable[float]) -> Spread:
        """The spread of at least one number."""
        held = list(numbers)
        return cls(statistics.median(held), min(held), max(held))


def take_turns(cases: Sequence[Case], rounds: int, folder: Path, tell: Callable[[str], None]) -> list[Result]:
    """Run the cases one after the other, and that ``rounds`` times: A B C A B C. Logs go to ``folder``.

    A case that was stopped at its limit, or failed, is not run again.
    """
    results = [Result(case) for case in cases]
    for number in range(1, rounds + 1):
        for result in results:
            case = result.case
            if case.missing or len(result.done) < number - 1:
                continue
            case.prepare(number)
            log = folder / f"{case.name.replace(' ', '-').replace('/', '-')}.log"
            run = measure(case, number, log)
            result.runs.append(run)
            tell(f"round {number} of {rounds}: {case.name}: {run.wall:.2f} s")
            if run.code is not None and run.code not in case.codes:
                printed = log.read_text("utf-8", "replace")[-_TAIL:]
                result.note.append(f"failed with exit code {run.code}")
                tell(f"{case.name} failed with exit code {run.code}:\n{printed}")
    return results


def measure(case: Case, number: int, log: Path) -> Run:
    """Run a case once, through a small process of its own."""
    asked = {
        "command": [*case.command],
        "cwd": str(case.cwd),
        "environment": environment(),
        "limit": case.limit,
        "log": str(log),
    }
    launcher = [sys.executable, "-I", "-S", str(_LAUNCH)]
    with subprocess.Popen(launcher, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            said, _ = process.communicate(json.dumps(asked))
        except BaseException:
            process.terminate()  # it ends what it has started, and then itself
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, launcher)
    return Run(number, **json.loads(said))


def environment() -> dict[str, str]:
    """The environment of everything that is measured: the modules of this repository, and bytecode as it is kept."""
    paths = [str(_LAUNCH.parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def ratios(result: Result, base: Result) -> Spread | None:
    """How many times as long as ``base`` it took, within each round; None where no round has both."""
    walls: Mapping[int, float] = {run.round: run.wall for run in base.done}
    found = [run.wall / walls[run.round] for run in result.done if run.round in walls]
    return Spread.of(found) if found else None
