# SPDX-License-Identifier: Apache-2.0
"""Five thousand scripted edits of texts: what is said of each passage, and that none is bound anew in silence."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.anchors.edits import CASES, cases, checked
from bench.anchors.judges import ours

PARTS = 4  # which processes of tests share


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_passage_is_bound_anew_in_silence(part: int) -> None:
    said: Counter[tuple[str, str]] = Counter()
    others: Counter[tuple[str, str]] = Counter()
    silent = []
    for case in cases(CASES // PARTS, seed=17 + part):
        found = ours(checked(case))
        said[case.kind, found.kind] += 1
        others[case.kind, found.kind] += found.kind not in case.expected
        if found.span is not None and found.span != case.true:
            silent.append(case)
    for (kind, verdict), count in sorted(said.items()):
        print(f"{kind:<52} {verdict:<10} {count:>4} {others[kind, verdict] or ''}")
    assert silent == []
    assert sum(said.values()) == CASES // PARTS
    assert len({kind for kind, _ in said}) >= 40  # all kinds of edits
    assert sum(others.values()) <= CASES // PARTS // 100  # told as something else than it is: never as the same


def test_an_anchor_that_is_taken_for_another_would_be_noticed() -> None:
    """The count is of what it says: cases are told apart by where the passage is, not by what was said."""
    some = [case for case in cases(200) if case.kind == "sentence inserted elsewhere" and "moved" in case.expected]
    assert some
    assert all(case.true is not None and case.true != case.passage for case in some)
