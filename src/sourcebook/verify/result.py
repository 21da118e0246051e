# SPDX-License-Identifier: Apache-2.0
"""What a verification came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sourcebook.finding import Finding, Ledger, printable


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something that is not as it must be: the file of the release (or of the book) that shows it, and what."""

    file: str
    message: str

    def __str__(self) -> str:
        return printable(f"{self.file}: {self.message}")

    @property
    def finding(self) -> Finding:
        """The same as a finding about a whole file of the release."""
        return Finding(self.file, 0, 0, "verify", self.message)


@dataclass(frozen=True)
class Verified:
    """The judgement on a release: what differs, and how much was compared.

    Of one file the first differences are told, and how many more there are. A release may be ``behind``: it
    is as it was built here, and what the records are now differs.
    """

    release: Path
    differences: tuple[Difference, ...]
    ledger: Ledger = field(default_factory=Ledger)
    behind: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.differences
