# SPDX-License-Identifier: Apache-2.0
"""A line a finding, ``path:line:column: level rule: message``, its hint indented below it: for editors and ``grep``."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.finding import harmless
from sourcebook.report.result import Result


def render(result: Result) -> Iterator[str]:
    """The findings and their hints."""
    for finding in result.findings:
        yield str(finding)
        if finding.hint:
            yield f"    {harmless(finding.hint)}"
