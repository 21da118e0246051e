# SPDX-License-Identifier: Apache-2.0
"""The verb ``rename``: a record gets another key, and all that leads to it is written anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.alike import difference, looking_like
from sourcebook.book import MOVED, Folder, look_up
from sourcebook.edit.labels import meant
from sourcebook.edit.model import FileChange, Proposal, Refused
from sourcebook.edit.named import Text, texts_of
from sourcebook.edit.records import rekey
from sourcebook.edit.references import Reference, referring
from sourcebook.edit.source import Source, source_of
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.rekey.kept import given_up, with_other_keys
from sourcebook.rekey.keys import fit
from sourcebook.rekey.leading import lead, names_of, once
from sourcebook.rekey.noting import Noting
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
    renaming = _Renaming(source)
    renaming.rename(record, new)
    named = [one for one in texts_of(source, record) if one.file != MOVED and not renaming.leads(one)]
    for one in named if texts else ():
        if one.record is not None and not one.is_history:
            renaming.edits.put(one.record, one.path, key)
    changes = renaming.changes(on)
    files = sum(one.after is not None for one in changes)
    what = f"rename {collection} {record.key} to {key}: {many(renaming.count, 'reference')}, {many(files, 'file')}"
    told = [*renaming.told(record), *_told(record, key, named, changed=texts)]
    return Proposal(source.book.root, what, changes, tuple(told))


class _Renaming:
    """Records that get other keys, one after the other: one whose key is a reference has another with what it names."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.edits = Noting(source)
        self.count = 0
        self._renamed: list[tuple[Record, str]] = []
        self._led: set[tuple[int, Path]] = set()

    def rename(self, record: Record, new: str | int, *, is_written: bool = False) -> None:
        """Have a record get another key, which its properties make already where it ``is_written``."""
        if any(one is record for one, _ in self._renamed):
            return
        fit(self.source, record, str(new))
        self._renamed.append((record, str(new)))
        if not is_written:
            rekey(self.edits, record, new)
        value = self.edits.value(record)
        _judge(self.source, record, value, str(new))
        path = self.source.key_path(record.collection)
        new = look_up(value, tuple(map(str, path))) if path else str(new)
        for one in once(referring(self.source, record.collection, record.key)):
            if not one.at_key:
                self._led.add((id(one.record), one.path))
            if self._lead(record, one, value, new):
                self.count += 1

    def _lead(self, record: Record, one: Reference, value: Any, new: str | int) -> bool:
        """Have a reference mean the record by its new name; whether it has to be written anew for that."""
        before = names_of(self.source, record, one.target, record.value, record.key)
        after = names_of(self.source, record, one.target, value, new)
        path = next((path for path, name in before.items() if str(name) == str(one.value)), None)
        if path is None or path not in after or str(after[path]) == str(one.value):
            return False
        if not one.at_key and self.edits.puts(one.record, one.path):
            return False  # the key of a record that is a reference to itself
        if not one.at_key and one.path == self.source.key_path(one.record.collection):
            self.rename(one.record, after[path])
            return True
        lead(self.edits, one, after[path])
        made = (
            self.edits.key_by_properties(one.record)
            if self.source.book.by_name[one.record.collection].key is None
            else None
        )
        if made is not None and str(made) != str(one.record.key) and not one.at_key:
            self.rename(one.record, made, is_written=True)
        return True

    def leads(self, text: Text) -> bool:
        """Whether a text is a reference to one of the records."""
        return (id(text.record), text.path) in self._led

    def changes(self, on: str) -> tuple[FileChange, ...]:
        """The files that differ; the keys that were given up are kept (``on`` the day)."""
        with_other_keys(self.edits, [(one, key, self.edits.path(one)) for one, key in self._renamed])
        given_up(self.edits, [(one, key, "") for one, key in self._renamed], on)
        return self.edits.changes()

    def told(self, first: Record) -> Iterator[str]:
        """Which other records have another key with that of the ``first``."""
        for record, key in self._renamed:
            if record is not first:
                yield f"{record.collection} {record.key} becomes {key}, for its key names what is renamed"


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
