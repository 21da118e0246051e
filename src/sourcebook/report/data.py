# SPDX-License-Identifier: Apache-2.0
"""Findings as plain data and as JSON; its shape is documented, and the same in ``build/report.json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.exact import dumps
from sourcebook.finding import Finding, is_unprintable
from sourcebook.report.result import Result


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as plain data; ``line`` and ``column`` are None where a whole file is meant."""
    return {
        "path": finding.path,
        "line": finding.line or None,
        "column": finding.column or None,
        "pointer": finding.pointer,
        "subject": finding.subject,
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "hint": finding.hint,
        "fingerprint": finding.fingerprint,
    }


def as_data(result: Result) -> dict[str, Any]:
    """A run as plain data: its findings, those that its baseline knows, its counts and its ledger."""
    return {
        "ok": not result.counts["errors"],
        "counts": result.counts,
        "findings": [finding_data(finding) for finding in result.findings],
        "baseline": [finding_data(finding) for finding in result.known],
        "ledger": result.ledger.as_dict(),
    }


def render(result: Result) -> Iterator[str]:
    """The lines of one JSON document."""
    yield json_text(as_data(result))


def json_text(value: Any) -> str:
    """JSON that may be printed: what could steer a terminal or a CI system is written with escapes."""
    text = dumps(value, indent=2).replace("##[", "#\\u0023[")
    return "".join(_escaped(c) if c != "\n" and is_unprintable(c) else c for c in text)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
