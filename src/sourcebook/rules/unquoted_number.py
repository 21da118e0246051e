# SPDX-License-Identifier: Apache-2.0
"""``unquoted-number``: an unquoted value is read as a number and loses part of its text (``1.10``, ``007``, ``1e3``).

Not a mistake where the schema asks for a number: then the value is all there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.finding import Finding
from sourcebook.read import Positioner, Record
from sourcebook.tables import Plan
from sourcebook.tables.plan import Cell, Child, Group, Nested
from sourcebook.wording import shown


def check(record: Record, plan: Plan, positioner: Positioner) -> Iterator[Finding]:
    """A finding for each number of ``record`` that was written otherwise, where its schema would take text too."""
    for lossy in record.lossy:
        if not _asks_for_number(plan, lossy.path):
            value = record.value
            for part in lossy.path:
                value = value[part]
            message = f"unquoted, {lossy.text} is read as the number {shown(value)}"
            yield positioner.finding(
                record, lossy.path, "unquoted-number", message, f'write "{lossy.text}" if it is text'
            )


def _asks_for_number(plan: Plan, path: tuple[str | int, ...]) -> bool:
    node = plan.root
    for part in path:
        if isinstance(node, Group):
            member = node.members.get(str(part))
            if member is None:
                return False
            node = member
        elif isinstance(node, Child | Nested):
            node = plan.items[node.table]
    return isinstance(node, Cell) and node.encoding in ("integer", "number")
