# SPDX-License-Identifier: Apache-2.0
"""What is wrong, and what was looked at: findings and the ledger, as values.

Leaf module: it imports nothing of the package, so that every stage can return findings.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake, at its place.

    ``path`` is relative to the book, with ``/``; ``line`` and ``column`` count from 1, in characters (0 where a
    whole file or folder is meant); ``pointer`` is an RFC 6901 JSON pointer into the file's document. ``subject`` names
    the place by the record's key, ``stations/ash#/lines/1``, where it stands in a record.
    """

    path: str
    line: int
    column: int
    rule: str
    message: str
    level: Level = "error"
    hint: str = ""
    pointer: str = ""
    subject: str = ""

    def __str__(self) -> str:
        """One line ``path:line:column: level rule: message``, as editors and CI read it: a whole file stands at 1:1.

        Control characters are shown as escapes.
        """
        place = f"{self.path}:{max(self.line, 1)}:{max(self.column, 1)}"
        return harmless(f"{place}: {self.level} {self.rule}: {self.message}")

    @property
    def fingerprint(self) -> str:
        """The same for the same mistake, wherever its line has moved to, and whatever its level is."""
        told = "\0".join((self.path, self.rule, self.subject or self.pointer, self.message))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def harmless(line: str) -> str:
    """``line`` as it may be printed: no controls, and no command of a CI system (``::error::``, ``##[…]``)."""
    text = printable(line).replace("##[", "#\\x23[")
    return text if not text.lstrip().startswith("::") else text.replace("::", "\\x3a:", 1)


def printable(text: str) -> str:
    """``text`` with every character that could steer a terminal or a log (controls, bidi, line breaks) escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if is_unprintable(c) else c for c in text)


def is_unprintable(character: str) -> bool:
    """Whether a character could steer a terminal or a log."""
    return unicodedata.category(character) in _UNPRINTABLE


# Cc controls, Cf bidi and zero-width formats, Cs surrogates, Zl/Zp line separators.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def pointer(parts: Iterable[str | int]) -> str:
    """RFC 6901 JSON pointer of a path of keys and indexes: ``("a/b", 0)`` gives ``/a~1b/0``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass(slots=True)
class Tally:
    """How often one rule was applied: ``performed`` checks, ``skipped`` ones, and those that could not be decided."""

    performed: int = 0
    skipped: int = 0
    unverifiable: int = 0
    reasons: set[str] = field(default_factory=set)


NOTHING = "the book has nothing of the kind"
"""Why a rule was applied to nothing, where there was nothing to apply it to."""
NOT_ASKED = "the files that it looks at were not to be checked"
"""The same, where only some files were to be checked."""


class Ledger:
    """Counts, per rule, of checks performed, skipped and unverifiable. A rule that ran on nothing says so."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

    def performed(self, rule: str, count: int = 1) -> None:
        """Count ``count`` checks of ``rule`` that were carried out."""
        self._tally(rule).performed += count

    def skipped(self, rule: str, reason: str, count: int = 1) -> None:
        """Count checks that were not carried out, for ``reason``."""
        self._tally(rule).skipped += count
        self._tally(rule).reasons.add(reason)

    def unverifiable(self, rule: str, reason: str, count: int = 1) -> None:
        """Count checks whose answer cannot be known, for ``reason``."""
        self._tally(rule).unverifiable += count
        self._tally(rule).reasons.add(reason)

    def withdraw(self, rule: str, reason: str, count: int | None = None) -> None:
        """Count checks as skipped, for ``reason``, that were carried out on too little to tell; by default all."""
        tally = self._tally(rule)
        count = tally.performed if count is None else count
        tally.performed -= count
        if count:
            self.skipped(rule, reason, count)

    def on_nothing(self, rule: str, reason: str) -> None:
        """Note why ``rule`` was applied to nothing, where nothing was counted for it yet."""
        tally = self._tally(rule)
        if not (tally.performed or tally.skipped or tally.unverifiable or tally.reasons):
            tally.reasons.add(reason)

    def _tally(self, rule: str) -> Tally:
        return self._tallies.setdefault(rule, Tally())

    def lines(self) -> list[str]:
        """A line a rule, sorted: what was performed, skipped, unverifiable, and why."""
        return [harmless(f"{rule}: {_counts(tally)}") for rule, tally in sorted(self._tallies.items())]

    def brief(self, *, everything: bool = True) -> list[str]:
        """The same in few lines: rules with equal counts together.

        Without ``everything``, only what was not performed. Rules that the book has ``NOTHING`` for, or whose
        files were ``NOT_ASKED`` for, are not told of: they are the same at every run, and hide the others.
        """
        alike, done, idle = (defaultdict[Any, list[str]](list) for _ in range(3))
        for rule, tally in sorted(self._tallies.items()):
            if tally.skipped or tally.unverifiable:
                alike[_counts(tally)].append(rule)
            elif tally.performed:
                done[tally.performed].append(rule)
            elif not tally.reasons <= {NOTHING, NOT_ASKED}:
                idle["; ".join(sorted(tally.reasons))].append(rule)
        told = [f"{count:,} performed of each: {', '.join(rules)}" for count, rules in sorted(done.items())]
        told = [line.replace(" of each:", ":") if "," not in line.partition(":")[2] else line for line in told]
        nothing = [f"not checked, since {why}: {_named(rules)}" for why, rules in sorted(idle.items())]
        left = [f"{_named(rules)}: {counts}{'' if len(rules) == 1 else ' of each'}" for counts, rules in alike.items()]
        return [*(map(harmless, told) if everything else ()), *map(harmless, nothing), *map(harmless, left)]

    @classmethod
    def of(cls, data: Mapping[str, Mapping[str, Any]]) -> Ledger:
        """The ledger that ``as_dict`` made ``data`` of."""
        ledger = cls()
        for rule, tally in data.items():
            ledger._tallies[rule] = Tally(**{**tally, "reasons": set(tally["reasons"])})
        return ledger

    def add(self, other: Ledger) -> None:
        """Add the counts of another."""
        for rule, counted in other._tallies.items():
            tally = self._tally(rule)
            tally.performed += counted.performed
            tally.skipped += counted.skipped
            tally.unverifiable += counted.unverifiable
            tally.reasons |= counted.reasons

    def as_dict(self) -> dict[str, dict[str, object]]:
        """The same as plain data, for the report."""
        return {
            rule: {
                "performed": t.performed,
                "skipped": t.skipped,
                "unverifiable": t.unverifiable,
                "reasons": sorted(t.reasons),
            }
            for rule, t in sorted(self._tallies.items())
        }


def _named(rules: list[str]) -> str:
    """Rules in a line; the first of them where they are many."""
    return ", ".join(rules) if len(rules) <= _MANY else f"{', '.join(rules[:3])} and {len(rules) - 3:,} others"


_MANY = 6


def _counts(tally: Tally) -> str:
    parts = [f"{tally.performed} performed"]
    parts += [f"{tally.skipped} skipped"] if tally.skipped else []
    parts += [f"{tally.unverifiable} unverifiable"] if tally.unverifiable else []
    reasons = f" ({'; '.join(sorted(tally.reasons))})" if tally.reasons else ""
    return printable(", ".join(parts) + reasons)
