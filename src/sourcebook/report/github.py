# SPDX-License-Identifier: Apache-2.0
"""Workflow commands of GitHub Actions, which show findings as annotations beside the lines of a pull request.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions: data is escaped, so that none of it
can end a command or begin another.
"""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.finding import printable
from sourcebook.report.result import Result


def render(result: Result, prefix: str) -> Iterator[str]:
    """A command a finding. ``prefix`` leads from the repository's root to the book."""
    for finding in result.findings:
        place = f"line={max(finding.line, 1)},col={max(finding.column, 1)}"
        told = printable(finding.message) + (f"\n{printable(finding.hint)}" if finding.hint else "")
        file, title = _property(prefix + finding.path), _property(finding.rule)
        yield f"::{finding.level} file={file},{place},title={title}::{_data(told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
