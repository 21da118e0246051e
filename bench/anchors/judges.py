# SPDX-License-Identifier: Apache-2.0
"""What ours and its peers say of a case. A peer is a process that reads cases as lines of JSON, and answers each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from bench.anchors.edits import Case
from sourcebook.evidence.judging import judged
from sourcebook.evidence.making import BLOCKS, anchored
from sourcebook.evidence.normalise import normalised
from sourcebook.evidence.tokens import Tokens

CONTEXT = 32
"""Characters before and after a passage that peers get, as Hypothesis keeps them."""

Outcome = Literal["right", "told", "missed", "in silence", "elsewhere"]
"""Found where it is; told that it is not as it was; not found though it is there; what is there instead taken for it,
untold; other words, elsewhere, taken for it."""


class Said(NamedTuple):
    """What was said: of which ``kind``, and the place that is taken for the passage's, if one is and it can be told."""

    kind: str
    span: tuple[int, int] | None = None


def ours(case: Case) -> Said:
    """What our check says of a case, with an anchor as ``cite`` makes it."""
    before = Tokens(normalised(case.before))
    anchor = anchored(before, *case.passage, blocks=0 if case.plain else BLOCKS).anchor
    verdict = judged(anchor, normalised(case.after))
    bound = verdict.kind in ("same", "moved")
    return Said(verdict.kind, (verdict.start, verdict.end) if bound else None)


def peer(command: Sequence[str | Path], cases: Sequence[Case]) -> Iterator[Said]:
    """What a peer says of each case: it gets the normalised texts, so that no re-flow is in its way."""
    lines = []
    for case in cases:
        before, (start, end) = normalised(case.before), case.passage
        context = (
            {}
            if case.plain
            else {"prefix": before[max(0, start - CONTEXT) : start], "suffix": before[end : end + CONTEXT]}
        )
        asked = {"exact": before[start:end], "hint": start, "text": normalised(case.after), **context}
        lines.append(json.dumps(asked))
    done = subprocess.run(
        list(map(str, command)), input="\n".join(lines) + "\n", capture_output=True, text=True, check=True, timeout=3600
    )
    for line in done.stdout.splitlines():
        found = json.loads(line)
        if found is None or found is False:
            yield Said("not found")
        else:
            yield Said("found", tuple(found) if isinstance(found, list) else None)


def outcome(case: Case, said: Said) -> Outcome:
    """Whether that is right. Of one that says no place, it is taken to mean the right one, if there is one."""
    if said.kind in ("gone", "altered", "ambiguous", "not found"):
        there = case.true is not None and not {"ambiguous"} & case.expected
        return "missed" if there else "told"
    if case.true is not None and (said.span is None or _near(said.span, case.true)):
        return "right"
    if case.instead is not None and (said.span is None or _overlap(said.span, case.instead)):
        return "in silence"
    return "elsewhere"


def _near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a place is that of the passage, but for a character or two at its ends."""
    return abs(one[0] - other[0]) <= 2 and abs(one[1] - other[1]) <= 2


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
