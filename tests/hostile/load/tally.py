# SPDX-License-Identifier: Apache-2.0
"""What came of requests, counted by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Of one kind of requests: seconds of each answer, how many had each status, and what was wrong, with examples."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")

    def add(self, seconds: float, status: str, target: str, wrong: str = "") -> None:
        """Count one."""
        self.seconds.append(seconds)
        self.statuses[status] += 1
        self.slowest = max(self.slowest, (seconds, target))
        if wrong:
            self.wrong[wrong] += 1
            self.examples.setdefault(wrong, target)


Tallies = dict[str, Tally]


def together(tallies: Iterable[Tally]) -> Tally:
    """All of them as one."""
    whole = Tally()
    for one in tallies:
        whole.seconds += one.seconds
        whole.statuses += one.statuses
        whole.wrong += one.wrong
        whole.examples = {**one.examples, **whole.examples}
        whole.slowest = max(whole.slowest, one.slowest)
    return whole


def share(seconds: Sequence[float], part: float) -> float:
    """The milliseconds below which this part of the answers came."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000 if ordered else 0.0


def table(tallies: Tallies) -> list[str]:
    """Lines that show the tallies, the slowest kind first."""
    lines = [f"{'kind':<28}{'asked':>7}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}  statuses"]
    for kind, one in sorted(tallies.items(), key=lambda item: -share(item[1].seconds, 0.99)):
        times = "".join(f"{share(one.seconds, part):>9.0f}" for part in (0.5, 0.95, 0.99, 1))
        statuses = " ".join(f"{status}×{count}" for status, count in sorted(one.statuses.items()))
        lines.append(f"{kind:<28}{len(one.seconds):>7}{times}  {statuses}")
        lines += [f"    {count} × {wrong}: {one.examples[wrong][:200]}" for wrong, count in one.wrong.most_common()]
    return lines
