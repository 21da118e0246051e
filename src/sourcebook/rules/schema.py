# SPDX-License-Identifier: Apache-2.0
"""``schema``: a record departs from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.finding import Finding
from sourcebook.read import Positioner, Record
from sourcebook.validation import InstanceValidator


def check(record: Record, validator: InstanceValidator, positioner: Positioner) -> Iterator[Finding]:
    """A finding for each mistake in ``record``, at the value (or the unknown key) it is about."""
    for violation in validator.violations(record.value):
        yield positioner.finding(
            record, violation.path, "schema", violation.message, violation.hint, at_key=violation.at_key
        )
