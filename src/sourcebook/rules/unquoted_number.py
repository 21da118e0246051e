# SPDX-License-Identifier: Apache-2.0
"""``unquoted-number``: an unquoted value is read as a number and loses part of its text (``1.10``, ``007``, ``1e3``).

Not a mistake where the schema asks for a number: then the value is all there is. A type that was only seen in the
records asks for nothing: they would vouch for themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.finding import Finding
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.tables import Plan
from sourcebook.tables.model import asks_for_number
from sourcebook.validation.wording import shown


def check(record: Record, plan: Plan, positioner: Positioner) -> Iterator[Finding]:
    """A finding for each number of ``record`` that was written otherwise, where its schema would take text too."""
    for lossy in record.lossy:
        if not asks_for_number(plan, lossy.path):
            value = record.value
            for part in lossy.path:
                value = value[part]
            message = f"unquoted, {lossy.text} is read as the number {shown(value)}"
            yield positioner.finding(
                record, lossy.path, "unquoted-number", message, f'write "{lossy.text}" if it is text'
            )
