# SPDX-License-Identifier: Apache-2.0
"""What is raised where mistakes in a book's files keep from giving what is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from sourcebook.errors import SourcebookError
from sourcebook.finding import Finding


class Unreadable(SourcebookError):
    """What is asked for may be in files that cannot be read, or is there only when mistakes are mended.

    ``findings`` say what is wrong. It is no ``KeyError``: whether the book has it is not known.
    """

    def __init__(self, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


def told(findings: Iterable[Finding]) -> str:
    """The first of some findings, and how many more there are."""
    first, *others = findings
    return str(first) + (f" (and {len(others):,} more)" if others else "")
