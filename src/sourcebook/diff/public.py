# SPDX-License-Identifier: Apache-2.0
"""What of a comparison may be published: by what either side says, and by what the book says today.

What is not public today is left out of the past too, and so is what was withdrawn. A record that is no more is told by
its key alone. Of files nothing is told: their names, and what is wrong in them, may say what no record is to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.book import HIDDEN, load_book, public_form
from sourcebook.diff.model import Change, Compared, RecordChange
from sourcebook.diff.planned import hindrances
from sourcebook.diff.seen import SAID, Shown
from sourcebook.diff.sides import Files
from sourcebook.errors import UsageError
from sourcebook.evidence.fingerprints import fingerprint, texts_in

if TYPE_CHECKING:
    from sourcebook.diff.releases import Release


class Public:
    """What is public by the book in ``root``, as it is today. Raises UsageError where that cannot be told."""

    def __init__(self, root: Path) -> None:
        self._today = today = load_book(root)
        if wrong := hindrances(today):
            raise UsageError(f"what is public cannot be told, as the book cannot be read: {wrong[0]}")
        self._hashes = {one for entry in today.withdrawn for one in entry.hashes}
        self._withdrawn: dict[tuple[str, str], list[str]] = {}
        for entry in today.withdrawn:
            self._withdrawn.setdefault((entry.collection, entry.key), []).append(entry.property)

    def of(self, side: Files | Release) -> Shown:
        """What is shown of the records of a side: by what it says itself, and by what the book says today."""

        def shown(collection: str, record: Any) -> Any:
            own = side.book if isinstance(side, Files) else None
            if own:
                record = public_form(own.visibility, collection, record)
            # What a record dates itself is of another day in the record of today.
            return record if record is HIDDEN else self._today.visibility.public_of_past(collection, record)

        return shown

    def told(self, compared: Compared) -> Compared:
        """What is told of a comparison."""
        records = [self._record(one) for one in compared.records]
        lost = sum(len(one.changes) for one in compared.records) - sum(len(one.changes) for one in records)
        notes = [f"{lost:,} changes of what was withdrawn are not told"] if lost > 1 else []
        notes += ["one change of what was withdrawn is not told"] if lost == 1 else []
        if compared.unreadable:
            notes.append("some files could not be read; what is in them was not compared")
        return replace(
            compared,
            records=tuple(records),
            descriptor=tuple(one for one in compared.descriptor if (one.old_at or one.new_at or ("",))[0] in SAID),
            files=(),
            unreadable=(),
            uncompared=(),
            notes=tuple(notes),
        )

    def _record(self, one: RecordChange) -> RecordChange:
        if one.kind == "removed":
            return replace(one, old_value=None, statement=None)
        if self._is_gone(one):
            return replace(one, old_value=None, new_value=None, changes=(), statement=None)
        properties = [*self._properties(one.collection, one.key), *self._properties(one.collection, one.old_key)]
        return replace(
            one, changes=tuple(change for change in one.changes if not self._is_withdrawn(change, properties))
        )

    def _is_gone(self, one: RecordChange) -> bool:
        """Whether a record was withdrawn as a whole, or holds words that were."""
        keys = {key for key in (one.key, one.old_key) if "" in self._properties(one.collection, key)}
        words = texts_in(one.new_value) if one.kind == "added" and self._hashes else ()
        return bool(keys) or any(fingerprint(of.text) in self._hashes for of in words)

    def _properties(self, collection: str, key: str) -> Iterator[str]:
        yield from self._withdrawn.get((collection, key), ())

    def _is_withdrawn(self, change: Change, properties: list[str]) -> bool:
        if any(
            not name or change.name == name or change.name.startswith((f"{name}.", f"{name}[")) for name in properties
        ):
            return True
        values = (change.old, change.new)
        return bool(self._hashes) and any(
            fingerprint(one.text) in self._hashes for of in values for one in texts_in(of)
        )
