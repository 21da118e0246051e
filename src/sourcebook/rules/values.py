# SPDX-License-Identifier: Apache-2.0
"""``value-rounded`` and ``value-unplanned``: a value that its column cannot hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcebook.finding import Finding
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.tables import Misfit


def check(record: Record, misfits: Iterable[Misfit], positioner: Positioner) -> Iterator[Finding]:
    """A finding for each value of ``record`` that flattening could not place."""
    for misfit in misfits:
        if misfit.rounds:
            quotes = "write it in quotes, and " if misfit.exact == "text" else ""
            hint = f"{quotes}let the schema ask for {misfit.exact}"
            yield positioner.finding(record, misfit.path, "value-rounded", misfit.why, hint)
        else:
            message = f"no column holds this value: {misfit.why}"
            hint = "it is kept in the record's document; say in the schema what may stand here"
            yield positioner.finding(record, misfit.path, "value-unplanned", message, hint)
