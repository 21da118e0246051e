# SPDX-License-Identifier: Apache-2.0
"""What of a comparison of records may be told where everybody reads it: what is not public is no change to readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sourcebook.book import HIDDEN, Book, public_form
from sourcebook.diff.model import Change, Compared, RecordChange
from sourcebook.diff.values import changes

_OF_SCHEMAS = ("visibility", "classified")


def published_part(compared: Compared, book: Book) -> Compared:
    """The part of a comparison that concerns what the book publishes, by what it says today."""
    if not book.visibility:
        return compared
    records = tuple(found for one in compared.records for found in _record(one, book))
    hidden = {(one.collection, one.key) for one in compared.records} - {(one.collection, one.key) for one in records}
    answers = tuple(
        one
        for one in compared.answers
        if not {(one.collection, one.key), (one.by_collection, one.by_key)} & hidden
        and not _hides_records(book, one.collection)
        and not _hides_records(book, one.by_collection)
    )
    descriptor = tuple(one for one in compared.descriptor if not any(part in one.name for part in _OF_SCHEMAS))
    return replace(compared, records=records, answers=answers, descriptor=descriptor)


def _record(one: RecordChange, book: Book) -> Iterator[RecordChange]:
    old, new = (
        None if value is None else public_form(book.visibility, one.collection, value)
        for value in (one.old_value, one.new_value)
    )
    there, here = old is not None and old is not HIDDEN, new is not None and new is not HIDDEN
    if there and here:
        differences: tuple[Change, ...] = changes(old, new)
        if differences or one.kind != "changed":
            yield replace(one, changes=differences, old_value=old, new_value=new)
    elif here:
        yield replace(one, kind="added", changes=(), old=None, old_value=None, new_value=new)
    elif there:
        yield replace(one, kind="removed", changes=(), new=None, old_value=old, new_value=None, key=one.old_key)


def _hides_records(book: Book, collection: str) -> bool:
    """Whether whole records of a collection may be kept back: whose keys are then not told beside others."""
    return book.visibility.hides(collection, ())
