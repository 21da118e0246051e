# SPDX-License-Identifier: Apache-2.0
"""Wishes about values of records carried into the texts of their files; what cannot be changed there is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sourcebook import files
from sourcebook.amend.declared import order_of
from sourcebook.book import Book, Collection
from sourcebook.edit.model import CannotEdit, FileChange
from sourcebook.edit.text import Change, Put, Remove, Rename, edited
from sourcebook.parse import Path
from sourcebook.records.model import Entry
from sourcebook.records.places import Positioner


@dataclass(frozen=True, slots=True)
class Wish:
    """A change of one record: ``said`` are its words, for whoever is told of it."""

    record: Entry
    change: Put | Remove | Rename
    said: str = ""


def put(record: Entry, path: Path, value: Any, said: str = "") -> Wish:
    """The wish that ``value`` stands at ``path`` in a record."""
    return Wish(record, Put(record.document, (*record.at, *path), value), said)


def remove(record: Entry, path: Path, said: str = "") -> Wish:
    """The wish that nothing stands at ``path`` in a record."""
    return Wish(record, Remove(record.document, (*record.at, *path)), said)


def rename(record: Entry, path: Path, name: str, said: str = "") -> Wish:
    """The wish that the property at ``path`` in a record has another name."""
    return Wish(record, Rename(record.document, (*record.at, *path), name), said)


@dataclass(frozen=True)
class Carried:
    """What wishes came to: the changed files; which wishes were carried out; of the others, why not."""

    changes: tuple[FileChange, ...]
    done: tuple[Wish, ...]
    told: tuple[str, ...]


def carried(book: Book, wishes: Iterable[Wish], before: dict[str, bytes] | None = None) -> Carried:
    """Carry out ``wishes``, all of one file together.

    ``before`` are bytes of files, by path, that are to be changed further; they are what is read of them.
    """
    texts = dict(before or {})
    first: dict[str, bytes] = {}
    by_file: dict[tuple[str, str], list[Wish]] = {}
    for wish in wishes:
        by_file.setdefault((wish.record.path, wish.record.collection), []).append(wish)
    done: list[Wish] = []
    told: list[str] = []
    for (path, name), some in by_file.items():
        if path not in texts:
            texts[path], _ = files.read_bytes(book.root, path, book.limits.bytes)
            first[path] = texts[path]
        edit = _editor(book, book.by_name[name] if name else _whole(book), path)
        texts[path], kept, why = _as_many(texts[path], some, edit)
        done += kept
        told += why
    changed = ((path, data) for path, data in texts.items() if path not in first or first[path] != data)
    return Carried(tuple(FileChange(path, first.get(path), data) for path, data in changed), tuple(done), tuple(told))


def _whole(book: Book) -> Collection:
    """What says of a file that is no record, such as a schema, how it lies: as a whole."""
    return replace(book.collections[0], layout="file", at=(), select=None, leave=None, schema=None)


Edit = Callable[[bytes, Sequence[Change], int], bytes]


def _editor(book: Book, collection: Collection, path: str) -> Edit:
    def edit(data: bytes, changes: Sequence[Change], depth: int) -> bytes:
        return edited(collection, path, data, changes, book.limits, order=order_of(book, collection, depth))

    return edit


def _as_many(data: bytes, wishes: list[Wish], edit: Edit) -> tuple[bytes, list[Wish], list[str]]:
    """The text with all wishes carried out; where that cannot be, with those that can be, each tried by itself."""
    depth = len(wishes[0].record.at)
    try:
        return edit(data, [wish.change for wish in wishes], depth), wishes, []
    except CannotEdit as error:
        if len(wishes) == 1:
            return data, [], [_refusal(wishes[0], error)]
    kept, told = [], []
    for wish in wishes:
        try:
            edit(data, [wish.change], depth)
            kept.append(wish)
        except CannotEdit as error:
            told.append(_refusal(wish, error))
    while kept:
        try:
            return edit(data, [wish.change for wish in kept], depth), kept, told
        except CannotEdit as error:  # each could be by itself, and not all together
            told.append(_refusal(kept.pop(), error))
    return data, [], told


def _refusal(wish: Wish, error: CannotEdit) -> str:
    return f"not changed: {error}" + (f" ({wish.said})" if wish.said else "")


def place(positioner: Positioner, record: Entry, path: Path) -> str:
    """``data/people/rosa.yaml:3``: the file and line of a value, of what holds it if it is not there."""
    return f"{record.path}:{positioner.place(record, path).line}"
