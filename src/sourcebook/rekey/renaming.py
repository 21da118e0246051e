# SPDX-License-Identifier: Apache-2.0
"""The verb ``rename``: a record gets another key, and all that leads to it is written anew."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from sourcebook.alike import difference, looking_like
from sourcebook.book import MOVED, Folder
from sourcebook.edit.edits import Edits
from sourcebook.edit.labels import meant
from sourcebook.edit.model import Proposal, Refused
from sourcebook.edit.named import Text, texts_of
from sourcebook.edit.records import rekey
from sourcebook.edit.references import Reference, referring
from sourcebook.edit.source import Source, source_of
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.rekey.kept import given_up, with_other_key
from sourcebook.rekey.keys import fit
from sourcebook.rekey.leading import lead, names_of, once
from sourcebook.validation.wording import many


def rename(
    folder: Folder, collection: str, old: str | int, new: str | int, *, texts: bool = False, on: str = ""
) -> Proposal:
    """The record ``old`` of a ``collection`` with the key ``new``: everywhere, and nothing is written.

    The file that is named after it gets another name, every reference is written anew, and ``curation/moved.yaml`` says
    where the old key has gone (``on`` the day, by default today). With ``texts``, texts that are exactly the old key
    and no references are changed too. Raises UsageError where there is no such record, Refused where it cannot have
    that key, OSError where the disk fails.
    """
    source = source_of(folder)
    record = meant(source, collection, old)
    key = str(new)
    if key == str(record.key):
        return Proposal(source.book.root, f"{collection} {key} has that key already", ())
    fit(source, record, key)
    edits = _Noting(source)
    rekey(edits, record, new)
    value = _with(record, edits.puts)
    _judge(source, record, value, key)
    found = list(once(referring(source, collection, record.key)))
    count = sum(_lead(edits, record, one, value, new) for one in found)
    named = [
        one
        for one in texts_of(source, record)
        if one.file != MOVED and not any(_same_place(one, other) for other in found)  # chains are followed
    ]
    for one in named if texts else ():
        if one.record is not None and not one.is_history:
            Edits.put(edits, one.record, one.path, key)
    path = edits.paths.get(record.path, record.path)
    with_other_key(edits, record, key, path)
    given_up(edits, record, to=key, on=on)
    changes = edits.changes()
    files = len({one.path for one in changes} - {path} if path != record.path else changes)
    what = f"rename {collection} {record.key} to {key}: {many(count, 'reference')}, {many(files, 'file')}"
    return Proposal(source.book.root, what, changes, tuple(_told(record, key, named, changed=texts)))


class _Noting(Edits):
    """Changes of which is noted what a record would hold after them, and how its file would be called."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.puts: list[tuple[Path, Any]] = []
        self.paths: dict[str, str] = {}

    def put(self, record: Record, path: Path, value: Any, before: str | None = None) -> None:
        """As of `Edits`."""
        self.puts.append((path, value))
        super().put(record, path, value, before)

    def move(self, path: str, to: str) -> None:
        """As of `Edits`; refused where the disk takes both names for one file."""
        here, there = self.source.book.root / path, self.source.book.root / to
        if there.exists() and here.exists() and there.samefile(here):
            raise Refused(f"{path} and {to} are one file to this disk: rename it by way of another key")
        self.paths[path] = to
        super().move(path, to)


def _with(record: Record, puts: list[tuple[Path, Any]]) -> Any:
    """What a record would hold."""
    value = copy.deepcopy(record.value)
    for path, new in puts:
        here = value
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = new
    return value


def _judge(source: Source, record: Record, value: Any, key: str) -> None:
    """Raises Refused where the schema does not have a record with its new key."""
    validator = source.book.validator(source.book.by_name[record.collection])
    if validator is None:
        return
    known = {(one.path, one.keyword, one.name) for one in validator.violations(record.value)}
    for one in validator.violations(value):
        if (one.path, one.keyword, one.name) not in known:
            hint = f"; {one.hint}" if one.hint else ""
            raise Refused(f"the schema of {record.collection} does not have the key {key!r}: {one.message}{hint}")


def _lead(edits: Edits, record: Record, one: Reference, value: Any, new: str | int) -> bool:
    """Have a reference mean the record by its new name; whether it has to be written anew for that."""
    source = edits.source
    before = names_of(source, record, one.target, record.value, record.key)
    after = names_of(source, record, one.target, value, new)
    path = next((path for path, name in before.items() if str(name) == str(one.value)), None)
    if path is None or path not in after or str(after[path]) == str(one.value):
        return False
    if one.record is record and not one.at_key and any(one.path == put for put, _ in getattr(edits, "puts", ())):
        return False  # the key of a record that is a reference to it
    lead(edits, one, after[path])
    return True


def _same_place(text: Text, one: Reference) -> bool:
    return text.record is one.record and text.path == one.path and not one.at_key


def _told(record: Record, key: str, named: list[Text], *, changed: bool) -> Iterator[str]:
    """What is to be known of a new key; and what names the record and is no reference."""
    if looking_like(key, [str(record.key)]) is not None:
        yield f"The new key looks like the old one: it has {difference(key, str(record.key))}."
    left = [one for one in named if one.is_history or not (changed and one.record is not None)]
    if left:
        yield f"Not changed, for it is no reference, though it names {record.key!r}:"
        yield from (f"  {one}" for one in left[:_MOST])
        if len(left) > _MOST:
            yield f"  and {len(left) - _MOST:,} more: `sourcebook refs {record.collection} {record.key}`"
        if any(one.record is not None and not one.is_history for one in left):
            yield "  --texts changes the texts of records among these too"


_MOST = 20
