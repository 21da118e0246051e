# SPDX-License-Identifier: Apache-2.0
"""Prints, as Markdown, what ours and its peers say of the scripted edits.

``python -m bench.anchors [--cases N] [--python PYTHON] [--node FOLDER]``: PYTHON is that of an environment with
``linkml-reference-validator`` and ``anchorpoint``, FOLDER one in which npm has installed ``dom-anchor-text-quote`` and
``approx-string-match``. Both are outside of the repository; without them the table is ours alone.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from bench.anchors.edits import CASES, Case, cases
from bench.anchors.judges import Outcome, Said, ours, outcome, peer

_PEERS = Path(__file__).parent / "peers"
_OUTCOMES: tuple[Outcome, ...] = ("right", "told", "missed", "in silence", "elsewhere")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--python")
    parser.add_argument("--node", type=Path)
    asked = parser.parse_args()
    some = list(cases(asked.cases))
    said: dict[str, list[Said]] = {"Sourcebook": [ours(case) for case in some]}
    if asked.python:
        for name, script in (("linkml-reference-validator", "by_linkml.py"), ("anchorpoint", "by_anchorpoint.py")):
            said[name] = list(peer([asked.python, _PEERS / script], some))
    if asked.node:
        os.environ["NODE_PATH"] = str(asked.node / "node_modules")
        for name, script in (("dom-anchor-text-quote", "by_quote.js"), ("approx-string-match", "by_distance.js")):
            said[name] = list(peer(["node", _PEERS / script], some))
    print("\n".join(_verdicts(some, said["Sourcebook"])), end="\n\n")
    print("\n".join(_compared(some, said)))


def _verdicts(some: Sequence[Case], said: Sequence[Said]) -> list[str]:
    """Our verdicts by kind of edit."""
    kinds = ("same", "moved", "ambiguous", "altered", "gone")
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case, one in zip(some, said, strict=True):
        counts[case.kind][one.kind] += 1
        counts[case.kind]["other"] += one.kind not in case.expected
        counts[case.kind]["bound"] += one.span is not None and one.span != case.true
    lines = [f"| edit | {' | '.join(kinds)} | other than expected | bound anew in silence |", "| --- |" + " ---: |" * 7]
    for kind, found in counts.items():
        numbers = [str(found[one] or "") for one in kinds] + [str(found["other"]), str(found["bound"])]
        lines.append(f"| {kind} | {' | '.join(numbers)} |")
    totals = [sum(found[one] for found in counts.values()) for one in (*kinds, "other", "bound")]
    return [*lines, f"| all {len(some):,} | {' | '.join(f'{one:,}' for one in totals)} |"]


def _compared(some: Sequence[Case], said: dict[str, list[Said]]) -> list[str]:
    """What each came to, of passages that are there and of such as are not as they were."""
    lines = ["| | cases | " + " | ".join(_OUTCOMES) + " |", "| --- |" + " ---: |" * (len(_OUTCOMES) + 1)]
    for title, there in (("there as it was", True), ("altered, gone, or not to be told", False)):
        chosen = [n for n, case in enumerate(some) if ("same" in case.expected or "moved" in case.expected) == there]
        lines.append(f"| **{title}** | {len(chosen):,} |" + " |" * len(_OUTCOMES))
        for name, all_said in said.items():
            found = Counter(outcome(some[n], all_said[n]) for n in chosen)
            lines.append(f"| {name} | | {' | '.join(f'{found[one]:,}' for one in _OUTCOMES)} |")
    return lines


if __name__ == "__main__":
    main()
