# SPDX-License-Identifier: Apache-2.0
"""The verb ``delete``: a record goes, if nothing rests on it, and no accusation is left without its answer."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.book import Folder
from sourcebook.edit.edits import Edits
from sourcebook.edit.labels import label_of, meant, property_of
from sourcebook.edit.model import Proposal, Refused
from sourcebook.edit.named import texts_of
from sourcebook.edit.references import Reference, referring
from sourcebook.edit.roles import part_of
from sourcebook.edit.source import Source, source_of
from sourcebook.records.model import Record
from sourcebook.rekey.answers import answered
from sourcebook.rekey.cascade import cascade
from sourcebook.rekey.kept import given_up, without
from sourcebook.rekey.leading import holds_none, is_within, once
from sourcebook.validation.wording import many

_MOST = 30


def delete(
    folder: Folder, collection: str, key: str | int, *, cascade_null: bool = False, reason: str = "", on: str = ""
) -> Proposal:
    """The book without the record ``key`` of a ``collection``; nothing is written.

    Refused where others refer to it, or where it answers a statement that stays. With ``cascade_null`` the references
    to it are taken out, where the schema can do without. With a ``reason``, ``curation/moved.yaml`` says why the record
    is gone (``on`` the day, by default today). Raises UsageError where there is no such record, Refused where it cannot
    go, OSError where the disk fails.
    """
    source = source_of(folder)
    record = meant(source, collection, key)
    holds_none(source, record)
    found = [one for one in once(referring(source, collection, record.key)) if not is_within(one, record)]
    _not_an_answer(source, record)
    if found and not cascade_null:
        raise Refused("\n".join(_refusal(source, record, found)))
    edits = Edits(source)
    told = list(cascade(edits, record, found)) if found else []
    edits.drop(record)
    without(edits, record)
    if reason.strip():
        given_up(edits, [(record, "", " ".join(reason.split()))], on)
    else:
        told += _no_reason(source, record)
    named = [one for one in texts_of(source, record) if one.record is not record and not one.is_history]
    places = {(id(one.record), one.path) for one in found}
    told += [
        f"It is named besides, by no reference: {one}" for one in named if (id(one.record), one.path) not in places
    ]
    what = f"delete {collection} {record.key}" + (f", and {many(len(found), 'reference')} to it" if found else "")
    return Proposal(source.book.root, what, edits.changes(), tuple(told))


def _not_an_answer(source: Source, record: Record) -> None:
    """Raises Refused where a statement that stays is answered by the record: it would stand as if nobody had."""
    left = list(answered(source, record))
    if not left:
        return
    lines = [f"{record.collection} {record.key} answers what would then stand without its answer:"]
    for words, other in left[:_MOST]:
        label = label_of(source, other)
        where = f"{other.path}:{source.line(other, ())[1]}"
        lines.append(f"  it {words} {other.collection} {other.key}{f' ({label})' if label else ''}, {where}")
    lines.append(
        "delete what it answers first, merge it into the record that answers the same, or take the answer out of it"
    )
    raise Refused("\n".join(lines))


def _refusal(source: Source, record: Record, found: list[Reference]) -> Iterator[str]:
    yield f"{record.collection} {record.key} is referred to by {many(len(found), 'reference')}, which would mean none:"
    for one in found[:_MOST]:
        part = part_of(source.book, one.record.collection, one.path, record.collection)
        says = f": {part.words}" if part else ""
        where = f"{one.record.path}:{one.line}"
        yield f"  {where}: {one.record.collection} {one.record.key}, {property_of(one.path)}{says}"
    if len(found) > _MOST:
        yield f"  and {len(found) - _MOST:,} more: `sourcebook refs {record.collection} {record.key}`"
    yield "--cascade-null takes them out, where the schema can do without; `sourcebook merge` leads them to another"


def _no_reason(source: Source, record: Record) -> Iterator[str]:
    """What it means that nothing is kept of the key."""
    leading = [one for one in source.book.moved if (one.collection, one.to) == (record.collection, str(record.key))]
    if leading:
        keys = ", ".join(repr(one.key) for one in leading[:5])
        raise Refused(f"the keys {keys} lead to {record.key!r}: --reason says why it went, at their addresses too")
    yield "Without --reason its address will say that nothing was ever there."
