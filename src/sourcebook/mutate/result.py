# SPDX-License-Identifier: Apache-2.0
"""What mutants came to: which were found at their line, which elsewhere, which not at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sourcebook.check.result import Checked
from sourcebook.finding import Finding

Outcome = Literal["at its line", "elsewhere", "survived"]


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutant, and what became of it.

    ``what`` says what was done; ``places`` are the lines that it is to be told at; ``rules`` are those that found it:
    at its line where one did, else elsewhere.
    """

    kind: str
    what: str
    places: tuple[str, ...]
    outcome: Outcome
    rules: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {name: list(v) if isinstance(v := getattr(self, name), tuple) else v for name in self.__slots__}


def judged(kind: str, what: str, places: frozenset[tuple[str, int]], found: Iterable[Finding]) -> Tried:
    """What became of a mutant whose mistake is to be told at ``places``; ``found`` are the findings it brought.

    A finding about two places, such as two records with one key, stands at one of them and names the other.
    """
    found = list(found)
    right = [one for one in found if (one.path, one.line) in places or set(_named(one.message)) & places]
    outcome: Outcome = "at its line" if right else "elsewhere" if found else "survived"
    rules = tuple(dict.fromkeys(one.rule for one in right or found))
    shown = tuple(f"{path}:{line}" if line else path for path, line in sorted(places))
    return Tried(kind, what, shown, outcome, rules, tuple(str(one) for one in (right or found)[:3]))


def _named(message: str) -> Iterator[tuple[str, int]]:
    for path, line in re.findall(r"(\S+):([0-9]+)(?![0-9])", message):
        yield path, int(line)


@dataclass(frozen=True)
class Mutated:
    """What became of every mutant; ``checked`` is the book as it stands. No mutant was tried where it has errors."""

    checked: Checked
    kinds: tuple[str, ...]
    tried: tuple[Tried, ...]

    def count(self, kind: str | None = None, outcome: Outcome | None = None) -> int:
        """How many mutants of a class (or of all) had an outcome (or any)."""
        return sum(kind in (None, one.kind) and outcome in (None, one.outcome) for one in self.tried)

    def lines(self) -> Iterator[str]:
        """A table for people, and the mutants that were not found at their line."""
        width = max(map(len, (*self.kinds, "class")))
        yield f"{'class'.ljust(width)}  made  at its line  elsewhere  survived  found by"
        for kind in (*self.kinds, None):
            counts = (self.count(kind), *(self.count(kind, outcome) for outcome in _OUTCOMES))
            numbers = "  ".join(str(n).rjust(w) for n, w in zip(counts, (4, 11, 9, 8), strict=True))
            yield f"{(kind or 'all').ljust(width)}  {numbers}  {self._rules(kind) if kind else self._share()}".rstrip()
        missed = [one for one in self.tried if one.outcome != "at its line"]
        for one in missed:
            yield f"{one.outcome}: {one.kind}: {one.what} ({', '.join(one.places[:3])})"
            yield from (f"    {told}" for told in one.told)

    def _rules(self, kind: str) -> str:
        rules = Counter(rule for one in self.tried if one.kind == kind for rule in one.rules)
        return ", ".join(rule for rule, _ in sorted(rules.items(), key=lambda item: (-item[1], item[0])))

    def _share(self) -> str:
        return f"{100 * self.count(outcome='at its line') / len(self.tried):.1f} % at their line" if self.tried else ""

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, each mutant among it."""
        classes = {
            kind: {"made": self.count(kind), **{outcome: self.count(kind, outcome) for outcome in _OUTCOMES}}
            for kind in self.kinds
        }
        return {"classes": classes, "mutants": [one.as_dict() for one in self.tried]}


_OUTCOMES: tuple[Outcome, ...] = ("at its line", "elsewhere", "survived")
