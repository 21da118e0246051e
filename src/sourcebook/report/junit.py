# SPDX-License-Identifier: Apache-2.0
"""JUnit XML, as Jenkins and GitLab read it: a test case for each error and warning, and for each rule without any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from sourcebook.finding import Finding, printable
from sourcebook.report.result import Result


def render(result: Result) -> Iterator[str]:
    """The lines of one document. A warning is a case that passes, and says what it warns of."""
    told = {finding.rule for finding in (*result.findings, *result.hidden)}
    cases = [_finding(finding) for finding in result.findings]
    skipped = 0
    for rule, counts in result.ledger.as_dict().items():
        if rule not in told:
            done = bool(counts["performed"])
            skipped += not done
            cases.append(_case("sourcebook", rule, "" if done else f"<skipped message={_quoted(_why(counts))}/>"))
    failures = sum(finding.level == "error" for finding in result.findings)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    counted = f'tests="{len(cases)}" failures="{failures}" errors="0"'
    yield f'<testsuites name="sourcebook" {counted}>'
    yield f'<testsuite name="sourcebook" {counted} skipped="{skipped}">'
    yield from cases
    yield "</testsuite>"
    yield "</testsuites>"


def _finding(finding: Finding) -> str:
    name = f"{finding.rule} at {max(finding.line, 1)}:{max(finding.column, 1)}"
    lines = [str(finding), *([printable(finding.hint)] if finding.hint else [])]
    if finding.level == "error":
        failure = f"<failure type={_quoted(finding.rule)} message={_quoted(finding.message)}>"
        return _case(finding.path, name, f"{failure}{_text(lines)}</failure>")
    return _case(finding.path, name, f"<system-out>{_text(lines)}</system-out>")


def _case(where: str, name: str, content: str) -> str:
    return f"<testcase classname={_quoted(where)} name={_quoted(name)}>{content}</testcase>"


def _why(counts: dict[str, object]) -> str:
    reasons = counts["reasons"]
    assert isinstance(reasons, list)
    return "; ".join(map(str, reasons))


def _quoted(text: str) -> str:
    return quoteattr(_plain(text)).replace("##[", "#&#35;[")


def _text(lines: list[str]) -> str:
    return " ".join(_quoted(line)[1:-1] for line in lines)


def _plain(text: str) -> str:
    """``text`` without what XML has no place for: controls are shown as escapes, U+FFFE and U+FFFF too."""
    return re.sub("[\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", printable(text))
