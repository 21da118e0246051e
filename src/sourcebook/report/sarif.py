# SPDX-License-Identifier: Apache-2.0
"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): for code scanning and for viewers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from sourcebook.finding import Finding
from sourcebook.report.data import json_text
from sourcebook.report.result import Result
from sourcebook.rules import RULES
from sourcebook.rules.pages import page

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(result: Result, prefix: str) -> Iterator[str]:
    """The lines of one SARIF log. ``prefix`` leads from the repository's root to the book."""
    own = sorted({finding.rule for finding in (*result.findings, *result.known) if finding.rule not in RULES})
    rules = [_rule(rule) for rule in RULES] + [{"id": rule} for rule in own]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": "Sourcebook", **_told(version("sourcebook")), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            *(_result(finding, prefix, index) for finding in result.findings),
            *(_result(finding, prefix, index) | _KNOWN for finding in result.known),
        ],
    }
    yield json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _told(version: str) -> dict[str, str]:
    """The toolkit's version: in the form of SemVer too where it is that of a release, which others are not."""
    return {"version": version} | ({"semanticVersion": version} if re.fullmatch(r"\d+\.\d+\.\d+", version) else {})


# What the book's baseline knows is told, and marked as accepted.
_KNOWN = {"suppressions": [{"kind": "external", "justification": "in the book's baseline"}]}


def _rule(rule: str) -> dict[str, Any]:
    text = page(rule)
    return {
        "id": rule,
        "shortDescription": {"text": RULES[rule].summary},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": RULES[rule].level},
    }


def _result(finding: Finding, prefix: str, index: dict[str, int]) -> dict[str, Any]:
    told = finding.message + (f"\n{finding.hint}" if finding.hint else "")
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(prefix + finding.path, errors="surrogateescape")}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "startColumn": max(finding.column, 1)}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.subject or finding.pointer}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": finding.level,
        "message": {"text": told},
        "locations": [location],
        "partialFingerprints": {"sourcebook/v1": finding.fingerprint},
    }
