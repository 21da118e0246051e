# SPDX-License-Identifier: Apache-2.0
"""What is asked for: a record of the working tree and a property of it, by the names of tables or of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sourcebook.blame.named import Nowhere, name_of, place
from sourcebook.book import Book, Folder, build_folder, load_book
from sourcebook.diff.model import Side
from sourcebook.diff.planned import hindrances
from sourcebook.diff.reading import all_of
from sourcebook.diff.sides import Folder as WorkingTree
from sourcebook.errors import UsageError
from sourcebook.git import Repository
from sourcebook.history.objects import AS_THEY_ARE
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.read import Reading, read
from sourcebook.tables import Plan
from sourcebook.tables.cells import column_paths, row_places
from sourcebook.tables.whole_book import plan_one
from sourcebook.validation.wording import did_you_mean


@dataclass(frozen=True)
class What:
    """A record as the working tree has it, and the place of a property in it: the empty one, where all are meant."""

    book: Book
    tree: WorkingTree
    repository: Repository
    record: Record
    at: Path
    name: str


def asked(folder: Folder, table: str, key: str, column: str | None) -> What:
    """What a table, a key and a column or a property mean. Raises UsageError where they mean nothing."""
    root = build_folder(folder).parent
    book = load_book(root)
    if wrong := hindrances(book):
        raise UsageError(f"what the book's tables are is not known: {wrong[0]}")
    repository = Repository(root, AS_THEY_ARE)
    tree = WorkingTree(Side("working-tree", "."), root, repository)
    plan, number = _table(book, table)
    record_of = cache(_Finder(tree, plan.collection))
    found: list[tuple[Record, Path]] = []
    for joined in (True, False) if len(plan.tables[number].primary_key) == 2 else (False,):
        found = found or list(row_places(plan, number, key, record_of, joined=joined))
    if len(found) != 1:
        raise UsageError(f"the table {table} has {'no row' if not found else f'{len(found)} rows'} {key!r}")
    record, path = found[0]
    if column is None:
        return What(book, tree, repository, record, path, name_of(path))
    columns = column_paths(plan, number)
    if column in columns:
        path = (*path, *columns[column].path)
        return What(book, tree, repository, record, path, name_of(path))
    try:
        path = place(record.value, column, path)
    except Nowhere:
        hint = did_you_mean(column, [*columns, *(record.value if isinstance(record.value, dict) else ())])
        message = f"{plan.collection} {record.key!r} has no column and no property {column!r}"
        raise UsageError(f"{message}: {hint}" if hint else message) from None
    return What(book, tree, repository, record, path, name_of(path))


def _table(book: Book, name: str) -> tuple[Plan, int]:
    """The plan that has a table, and its number there; collections that are planned from records are read last."""
    known = []
    for one in sorted(book.collections, key=lambda one: (one.name != name, one.planned_from_records)):
        reading = read(book, only=[one.name]) if one.planned_from_records else Reading((), (), frozenset())
        plan = plan_one(book, one, reading)
        for number, table in enumerate(plan.tables):
            if table.name == name:
                return plan, number
            known.append(table.name)
    hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
    raise UsageError(f"the book has no table {name!r}: {hint}")


class _Finder:
    """Finds the record of a key in the working tree; files in which it is likely to be are read first."""

    def __init__(self, tree: WorkingTree, collection: str) -> None:
        self._tree, self._collection = tree, collection

    def __call__(self, key: str) -> Record | None:
        word = max(key.split("/"), key=len)
        near = frozenset(path for path in self._tree.listing if word and word in path)
        others = self._tree.listing.keys() - near
        some = [word.encode("utf-8", "surrogatepass")] if word else []
        for but, holding in ((others, []), (near, some), ((), [])):
            for record in self._in(but, holding):
                if str(record.key) == key:
                    return record
        return None

    def _in(self, but: frozenset[str] | set[str] | tuple[()], holding: list[bytes]) -> Iterator[Record]:
        for name, one in all_of(self._tree, [self._collection], but, holding):
            yield Record(name, one.key, one.stand.file or "", (), one.stand.line, 0, one.value)
