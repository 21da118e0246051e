# SPDX-License-Identifier: Apache-2.0
"""Who entered a record and who reviewed it, and when: as the role ``curation`` of its collection says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sourcebook.content.records import Part, Record
from sourcebook.content.values import Shown, date, exact
from sourcebook.extract.site import Collection, Field

ROLE = "curation"
ENTERED, REVIEWED = "entered", "reviewed"


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to a record: by whom, by the roles that people have in making the book; and on which day."""

    by: tuple[Shown, ...] = ()
    on: Shown | None = None

    def __bool__(self) -> bool:
        return bool(self.by or self.on)


@dataclass(frozen=True, slots=True)
class Curation:
    """How a record came into the book. ``can_be_reviewed`` is whether its collection tells of reviews at all."""

    entered: Act
    reviewed: Act
    can_be_reviewed: bool


def curation(collection: Collection, record: Record) -> Curation | None:
    """What a record says of how it came into the book; None where its collection has no such role.

    The record is to have been read with the fields of the role, as `curation_fields` finds them.
    """
    role = collection.roles.get(ROLE)
    if not role:
        return None
    entered, reviewed = (
        Act(_values(record.part(role.get(f"{act}_by", ""))), _day(record.first(role.get(f"{act}_on", ""))))
        for act in (ENTERED, REVIEWED)
    )
    return Curation(entered, reviewed, any(part.startswith(REVIEWED) for part in role))


def curation_fields(collection: Collection, among: Iterable[Field]) -> Iterator[Field]:
    """Those of the fields of a collection in which its role ``curation`` has its parts."""
    paths = {path.removesuffix("[]") for path in collection.roles.get(ROLE, {}).values()}
    return (one for one in among if one.path in paths or any(curation_fields(collection, one.fields)))


def is_curation(collection: Collection, part: Part) -> bool:
    """Whether a part of a record tells of nothing else."""
    paths = {path.removesuffix("[]") for path in collection.roles.get(ROLE, {}).values()}
    if part.field.path in paths:
        return True
    return part.field.kind == "group" and all(is_curation(collection, one) for one in part.parts)


def _values(part: Part | None) -> tuple[Shown, ...]:
    return part.values if part else ()


def _day(one: Shown | None) -> Shown | None:
    return date(exact(one)) if one and one.kind == "text" else one
