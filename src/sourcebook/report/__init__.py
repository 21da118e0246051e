# SPDX-License-Identifier: Apache-2.0
"""Findings told: one door for every verb that prints them, to people and to machines.

In come findings and the ledger; out goes text in one of the forms. It knows which rules there are, nothing of how
anything was found, and prints nothing itself.
"""

from sourcebook.report.data import as_data, finding_data, json_text
from sourcebook.report.forms import FORMS, MACHINE, Look, rendered
from sourcebook.report.result import Filter, Result, asked_rules

__all__ = [
    "FORMS",
    "MACHINE",
    "Filter",
    "Look",
    "Result",
    "as_data",
    "asked_rules",
    "finding_data",
    "json_text",
    "rendered",
]
