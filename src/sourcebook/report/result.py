# SPDX-License-Identifier: Apache-2.0
"""What is told: the findings of a run with its ledger, and which of them are wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sourcebook.book import Book, scripts_of
from sourcebook.errors import UsageError
from sourcebook.finding import Finding, Ledger
from sourcebook.report.public import public_findings
from sourcebook.rules import RULES
from sourcebook.validation.wording import did_you_mean


@dataclass(frozen=True)
class Result:
    """What a run came to.

    ``findings`` are those to be told; ``hidden`` those that a filter left out; ``known`` those of the baseline. Paths
    are relative to ``root``. Without ``lines``, no line of a file is told with what is found there.
    """

    root: Path
    findings: tuple[Finding, ...]
    ledger: Ledger = field(default_factory=Ledger)
    known: tuple[Finding, ...] = ()
    hidden: tuple[Finding, ...] = ()
    lines: bool = True

    def public(self, book: Book) -> Result:
        """The same without a word that may be of what is not public in ``book``."""
        told = (public_findings(book, some) for some in (self.findings, self.known, self.hidden))
        return Result(self.root, next(told), self.ledger, next(told), next(told), lines=not book.visibility)

    @property
    def counts(self) -> dict[str, int]:
        """How many errors and warnings there are, told or not, and how many of the baseline."""
        levels = Counter(finding.level for finding in (*self.findings, *self.hidden))
        return {
            "errors": levels["error"],
            "warnings": levels["warning"],
            "hidden": len(self.hidden),
            "baseline": len(self.known),
        }


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are told: of some rules only, or not of some, or errors only. It changes no exit code."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    errors_only: bool = False

    def __call__(self, result: Result) -> Result:
        """``result`` with the findings that are not wanted among the hidden."""
        wanted = tuple(finding for finding in result.findings if self._wants(finding))
        hidden = tuple(finding for finding in result.findings if not self._wants(finding))
        return replace(result, findings=wanted, hidden=(*result.hidden, *hidden))

    def _wants(self, finding: Finding) -> bool:
        if self.select and finding.rule not in self.select:
            return False
        return finding.rule not in self.ignore and not (self.errors_only and finding.level != "error")


def asked_rules(root: Path, texts: Iterable[str]) -> frozenset[str]:
    """The rules that ``texts`` name, divided by commas.

    Raises UsageError where the book in ``root`` has no such rule.
    """
    asked = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    known = list(RULES)
    if any(name not in RULES for name in asked):
        known += [f"checks/{script.name}" for script in scripts_of(root, "checks", [])]
    for name in asked:
        if name not in known:
            hint = did_you_mean(name, known) or "`sourcebook explain` lists them"
            raise UsageError(f"there is no rule {name!r}; {hint}")
    return frozenset(asked)
