# SPDX-License-Identifier: Apache-2.0
"""``schema``: a record departs from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.finding import Finding
from sourcebook.read import Positioner, Record
from sourcebook.validation import InstanceValidator


def check(record: Record, validator: InstanceValidator, positioner: Positioner) -> Iterator[Finding]:
    """A finding for each mistake in ``record``, at the value (or the unknown key) it is about."""
    texts = {lossy.path: lossy.text for lossy in record.lossy}
    for violation in validator.violations(record.value):
        message, hint = violation.message, violation.hint
        text = texts.get(violation.path)
        if violation.keyword == "type" and text is not None and hint:  # quoting the number would give another text
            message, hint = f"{message}, as YAML reads {text} without quotes", f'write "{text}" if it is text'
        yield positioner.finding(record, violation.path, "schema", message, hint, at_key=violation.at_key)
