# SPDX-License-Identifier: Apache-2.0
"""Records whose keys are taken, and what is told of them: each one, or the one mistake in the descriptor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from typing import Any

from sourcebook import files
from sourcebook.book import DESCRIPTOR, Book, Collection, steps
from sourcebook.finding import Finding, pointer
from sourcebook.records.layout import depth_of_lines, items, parse_file
from sourcebook.records.model import Entries, Entry
from sourcebook.records.places import Positioner, descriptor_place
from sourcebook.records.propose import proposed_key
from sourcebook.validation.wording import many

_MOST = 20  # records that are told of one by one, where many have keys that are taken
_MANY = 0.1  # of the records of a collection: then it is not the records that are wrong
_OWN = ("id", "key", "slug", "code")  # properties that are there to be keys: of few doubles one is the mistake


def doubled(
    book: Book, collection: Collection, doubles: Sequence[Entry], entries: Entries, paths: Sequence[str]
) -> Iterator[Finding]:
    """What is wrong with the keys of a collection's records, of which ``doubles`` have that of another.

    ``entries`` are the others, ``paths`` the files.
    """
    if collection.lacks_key and (entries or doubles):
        message = "records in a list need a key: name the property that is unique"
        yield _of_descriptor(book, collection, message, _hint(book, collection, paths))
        return
    together = {one for one in doubles if entries[str(one.key)].path == one.path} if collection.key_by_path else set()
    if together:
        message = f"{_count(together, collection)} have the key of another in their file, whose path makes the key"
        yield _of_descriptor(book, collection, message, _hint(book, collection, paths))
        doubles = [one for one in doubles if one not in together]
    share = len(doubles) / (len(doubles) + len(entries)) if doubles else 0
    if len(doubles) > _MOST and share >= _MANY:
        message = f"{_count(doubles, collection)} have a key that another of the {len(doubles) + len(entries):,} has"
        yield _of_descriptor(book, collection, message, _hint(book, collection, paths))
        return
    other = ""
    if share >= _MANY and collection.key and (collection.key not in _OWN or len(doubles) > 2):
        other = proposed_key(_values(book, collection, paths), collection.key) or ""
        other = other if "{" in other or len(doubles) > 2 else ""  # of one double the key is not to blame
    positioner = Positioner(book)
    for one in doubles:
        yield _double(collection, one, entries[str(one.key)], positioner, other)


def _count(records: Sized, collection: Collection) -> str:
    return f"{many(len(records), 'record')} of {collection.name}"


def _hint(book: Book, collection: Collection, paths: Sequence[str]) -> str:
    found = proposed_key(_values(book, collection, paths))
    if found is None:
        return "give each record an id of its own, and say key: id; no property, and no two or three, are unique"
    return f"key: {found}" + (", which are unique together" if "{" in found else "")


def _values(book: Book, collection: Collection, paths: Sequence[str]) -> list[Any]:
    """What the records in the files of a collection hold; those that cannot be read aside."""
    found = []
    for path in paths:
        data, odd = files.read_bytes(book.root, path, book.limits.bytes)
        if odd is None:
            parsed = parse_file(collection, data, path, book.limits, depth=depth_of_lines(collection))
            found += [item.value for item in items(collection, parsed, path)[0]] if not parsed.broken else []
    return found


def _of_descriptor(book: Book, collection: Collection, message: str, hint: str) -> Finding:
    where: tuple[str | int, ...] = (*collection.where, "sourcebook")
    if "key" in book.descriptor["resources"][where[1]]["sourcebook"]:
        where = (*where, "key")
    return Finding(DESCRIPTOR, *descriptor_place(book, where), "descriptor", message, hint=hint, pointer=pointer(where))


def _double(collection: Collection, record: Entry, earlier: Entry, positioner: Positioner, other: str) -> Finding:
    path = steps(collection.key) if collection.key else ()
    taken = positioner.place(earlier, path)
    if record.path == earlier.path and positioner.place(record, path) == taken:
        path = ()  # an alias of that record
    message = f"the key {record.key!r} is taken by the record at {earlier.path}:{taken.line}"
    hint = "give one of the two another key, or remove it"
    if other:
        hint += f"; if both are right, key: {other} tells them apart"
    return positioner.finding(record, path, "key-duplicate", message, hint)
