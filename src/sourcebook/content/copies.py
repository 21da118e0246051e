# SPDX-License-Identifier: Apache-2.0
"""Where copies of a document are, and when it was read: as the role ``source`` of its collection says."""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.content.records import Record
from sourcebook.content.values import Shown, date, exact
from sourcebook.extract.site import Collection

ROLE = "source"


@dataclass(frozen=True, slots=True)
class Copies:
    """The archived copies of a document, and the day on which it was read.

    ``tells_archive`` and ``tells_day`` are whether its collection tells of such at all.
    """

    archive: tuple[Shown, ...]
    accessed: Shown | None
    tells_archive: bool
    tells_day: bool


def copies(collection: Collection, record: Record) -> Copies | None:
    """What a record says of copies of the document that it is; None where its collection tells of none."""
    role = collection.roles.get(ROLE, {})
    if not {"archive", "accessed"} & role.keys():
        return None
    part = record.part(role["archive"]) if "archive" in role else None
    day = record.first(role.get("accessed", ""))
    return Copies(
        part.values if part else (),
        date(exact(day)) if day and day.kind == "text" else day,
        "archive" in role,
        "accessed" in role,
    )


__all__ = ["Copies", "copies"]
