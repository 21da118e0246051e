# SPDX-License-Identifier: Apache-2.0
"""``attribution-missing``: a statement that nobody says, that was published nowhere, or that says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.book import SPECIAL
from sourcebook.finding import Finding
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.tables.attribution import lacking
from sourcebook.tables.reference_paths import Steps

_LACKS = {"text": "says nothing", "by": "does not say who says it", "in": "does not say where it was published"}


def check(record: Record, needed: Mapping[str, Steps], positioner: Positioner) -> Iterator[Finding]:
    """A finding for each part that ``record`` lacks of those that a statement needs."""
    for part in lacking(record.value, needed):
        way = needed[part]
        place = _deepest(record.value, way)
        name = "".join(f".{step}" if step not in SPECIAL else step for step in way).removeprefix(".")
        state = "is empty" if len(place) == len(way) else "is missing"
        message = f"the statement {_LACKS[part]}: its {name!r} {state}"
        hint = f"write it, or take the record out of {record.collection}: pages show no statement without it"
        yield positioner.finding(record, place, "attribution-missing", message, hint)


def _deepest(value: Any, way: Steps) -> Path:
    """How far a way leads into a record, before the first list or map."""
    path: list[str | int] = []
    for step in way:
        if not isinstance(value, dict) or step not in value:
            break
        path.append(step)
        value = value[step]
    return tuple(path)
