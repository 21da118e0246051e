# SPDX-License-Identifier: Apache-2.0
"""How one statement answers another: what the role calls it, what readers are told, how columns are called. Said once.

No word of it says more than a book does: that a statement comes later in a case does not set another aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STATEMENT = "statement"
"""Name of the role."""


@dataclass(frozen=True, slots=True, eq=False)  # each is one of `ANSWER_KINDS`
class AnswerKind:
    """A kind of answer. ``part`` is its name in the role, a property of references to the statements answered.

    ``forward`` and ``backward`` are the words before what a statement answers, and before what answers it; ``short``
    those for a title. ``column`` is called what holds the keys of what answers a statement. What is ``symmetric`` is
    the same from both ends.
    """

    part: str
    forward: str
    backward: str
    short: str
    column: str
    symmetric: bool = False

    def told_by(self, names: str) -> str:
        """Words that begin a sentence on what answers a statement: denied by whom."""
        return f"{self.backward} {names}" if self.backward.endswith(" by") else f"{self.backward}, {names}"


DENIES = "denies"
ANSWER_KINDS = (
    AnswerKind(DENIES, "It denies", "Denied by", "denied", "denied_by"),
    AnswerKind(
        "contradicts", "It cannot hold together with", "Contradicted by", "contradicted", "contradicted_by", True
    ),
    AnswerKind("overturns", "It overturns", "Overturned by", "overturned", "overturned_by"),
    AnswerKind("corrects", "It corrects", "Corrected by", "corrected", "corrected_by"),
    AnswerKind(
        "later_in_case",
        "It comes later in the case of",
        "Later in the same case",
        "later in the same case",
        "followed_by",
    ),
    AnswerKind("upholds", "It upholds", "Upheld by", "upheld", "upheld_by"),
    AnswerKind("later", "It replaces", "Replaced by", "replaced", "replaced_by"),
)
"""All kinds of answers, in the order in which readers need them."""

SYMMETRIC = frozenset(one.part for one in ANSWER_KINDS if one.symmetric)


def answers_of(roles: Iterable[Mapping[str, Mapping[str, str]]]) -> tuple[AnswerKind, ...]:
    """The kinds of answers that any of some collections speaks of, in order; ``roles`` are what their records are."""
    parts = {part for one in roles for part in one.get(STATEMENT, ())}
    return tuple(one for one in ANSWER_KINDS if one.part in parts)
