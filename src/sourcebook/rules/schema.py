# SPDX-License-Identifier: Apache-2.0
"""``schema``: a record departs from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sourcebook.finding import Finding
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.validation.violation import Violation


def check(record: Record, violations: Sequence[Violation], positioner: Positioner) -> Iterator[Finding]:
    """A finding for each of the ``violations`` in ``record``, at the value (or the unknown key) it is about."""
    if violations and _is_blank(record.value):
        message = "none of the record's properties has a value, as in a template that was not filled in"
        yield positioner.finding(record, (), "schema", message, "give them values, or remove the record")
        return
    texts = {lossy.path: lossy.text for lossy in record.lossy}
    for violation in violations:
        message, hint = violation.message, violation.hint
        text = texts.get(violation.path)
        if violation.keyword == "type" and text is not None and hint:  # quoting the number would give another text
            message, hint = f"{message}, as YAML reads {text} without quotes", f'write "{text}" if it is text'
        if not violation.at_key and violation.path and _value(record.value, violation.path) is None:
            comment = positioner.comment(record, violation.path)
            hint = f"put the value in quotes: a # after a space, as in {comment}, begins a comment" if comment else hint
        yield positioner.finding(record, violation.path, "schema", message, hint, at_key=violation.at_key)


def _is_blank(value: Any) -> bool:
    """Whether a record has several properties, and none of them a value."""
    return isinstance(value, dict) and len(value) > 1 and not any(map(_says, value.values()))


def _says(value: Any) -> bool:
    """Whether something is said, at any depth: empty texts, lists and mappings say nothing, as null does."""
    if isinstance(value, dict | list):
        return any(map(_says, value.values() if isinstance(value, dict) else value))
    return value is not None and value != ""


def _value(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value
