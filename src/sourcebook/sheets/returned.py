# SPDX-License-Identifier: Apache-2.0
"""A spreadsheet that was sent out and came back: what was edited in it, as a proposal of changes of the book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sourcebook.book import Folder, load_book
from sourcebook.edit.edits import Edits
from sourcebook.edit.model import CannotEdit, Proposal, Refused
from sourcebook.records.model import Record
from sourcebook.sheets.adding import add_record
from sourcebook.sheets.base import Base, Hashes, hash_of_cells, hashed, written
from sourcebook.sheets.belonging import belong
from sourcebook.sheets.brought import SheetRow, base_in, brought, cells_of
from sourcebook.sheets.cells import normal
from sourcebook.sheets.compare import REFUSED, Verdict, verdict
from sourcebook.sheets.differ import Differing, Wish
from sourcebook.sheets.differences import differences
from sourcebook.sheets.filled import beside_text
from sourcebook.sheets.headings import Sheet
from sourcebook.sheets.opened import Opened
from sourcebook.sheets.reading import read_any
from sourcebook.sheets.rows import Row, Rows, rows_of
from sourcebook.sheets.tables import Read, few


def returned(
    folder: Folder, path: Path, encoding: str | None, separator: str | None, *, remove: bool, skip: bool
) -> Proposal:
    """What was edited in a spreadsheet that ``export`` wrote (see `taking.import_`)."""
    read = read_any(path, encoding, separator)
    base = base_in(read, path.name)
    book = load_book(folder)
    if base.book != book.name:
        raise Refused(f"{path.name}: it is of the book {base.book!r}, and this is {book.name!r}")
    if base.collection not in book.by_name:
        raise Refused(f"{path.name}: it is of the collection {base.collection!r}, which this book has not")
    opened = Opened(folder, base.collection, whole=True)
    return _Import(opened, read, base, path.name, remove=remove, skip=skip).proposal()


@dataclass
class _Counts:
    """What a spreadsheet changes, by key."""

    changed: list[str]
    added: list[str]
    removed: list[str]
    missing: list[str]
    cells: int = 0
    rows_added: int = 0
    rows_removed: int = 0


class _Import:
    def __init__(self, opened: Opened, read: Read, base: Base, name: str, *, remove: bool, skip: bool) -> None:
        self._opened = opened
        self._name = name
        self._remove = remove
        self._skip = skip
        self._sheets = opened.sheets
        self._rows: dict[str, Rows] = {key: rows_of(opened.plan, one.key, one.value) for key, one in opened.own.items()}
        self._found = brought(read, base, self._sheets)
        known = {
            key: {number: {row.identity for row in some} for number, some in rows.by_table.items() if number}
            for key, rows in self._rows.items()
        }
        belong(self._found, self._sheets, known)
        self._by_record: dict[str, dict[int, list[SheetRow]]] = {}
        for number, rows in self._found.rows.items():
            for row in rows:
                if row.owner:
                    self._by_record.setdefault(row.owner, {}).setdefault(number, []).append(row)
        self._whole = all(self._found.present.get(one.number) == one.values for one in self._sheets)
        self._differing = Differing(self._found, opened.plan, self._sheets, remove=remove)
        self._counts = _Counts([], [], [], [])
        self._edits = Edits(opened.source)
        self._kept: list[str] = []
        self._gone = False  # whether a record that stays is in the sheet no more

    def proposal(self) -> Proposal:
        """What is to be changed. Raises Refused where anything may not be taken, but for ``skip``."""
        verdicts = Counter(map(self._record, self._keys()))
        problems = self._found.problems
        if problems and not self._skip:
            told = list(few(problems))
            raise Refused(
                "\n".join(
                    [f"{self._name}: nothing was taken, for {len(problems):,} of its places cannot be:", *told, _SKIP]
                )
            )
        try:
            changes = self._edits.changes()
        except CannotEdit as error:
            raise Refused(f"{self._name}: {error}") from None
        return Proposal(self._opened.book.root, self._what(), changes, tuple(self._told(verdicts)))

    def _keys(self) -> Iterator[str]:
        sheet = {row.key for row in self._found.rows.get(0, ()) if row.key}
        yield from dict.fromkeys([*self._rows, *self._found.base.records, *sorted(sheet)])

    # --- one record ---------------------------------------------------------------------------------------------------

    def _record(self, key: str) -> Verdict:
        own = self._by_record.get(key, {})
        record = self._opened.own.get(key)
        judged = self._verdict(key, own if own.get(0) else None, record)
        if key in self._found.blocked:
            return Verdict.NOT_ASKED
        if judged in REFUSED:
            row = own[0][0] if own.get(0) else None
            where = row.at() if row else f"{self._opened.name} {key}"
            what = f"{key}: {judged.value}, since {self._found.base.state}"
            self._found.problems.append(f"{where}: {what}")
        elif judged is Verdict.ADDED:
            self._add(key, own)
        elif judged is Verdict.EDITED and record is not None:
            self._change(key, record, own)
        elif judged is Verdict.REMOVED and record is not None:
            self._drop(key, record)
        elif judged is Verdict.MOVED_ON:
            self._kept.append(key)
        return judged

    def _verdict(self, key: str, own: Mapping[int, list[SheetRow]] | None, record: Record | None) -> Verdict:
        base = self._found.base.records.get(key)
        if base is not None and not self._whole:
            base = replace(base, cells="")  # what it was is not known of some columns
        if own is None and (base is None or record is None):
            return Verdict.NOT_ASKED
        book = None
        if record is not None:
            now = hashed(record.value)
            if base is not None and base.record == now and self._whole:
                book = Hashes(now, base.cells)  # of which the cells need not be made again
            else:
                book = Hashes(now, "" if own is None else self._hash_of_book(key))
        return verdict(base, book, None if own is None else self._hash_of_sheet(key, own))

    def _hash_of_book(self, key: str) -> str:
        def rows() -> Iterator[tuple[str, tuple[str, str, str], Mapping[str, str]]]:
            for sheet in self._sheets:
                present = self._found.present.get(sheet.number)
                for row in self._rows[key].by_table.get(sheet.number, ()) if present is not None else ():
                    table, identity, cells = written(sheet, row)
                    names = {one.name for one in present or ()}
                    yield table, identity, {name: text for name, text in cells.items() if name in names}

        return hash_of_cells(rows())

    def _hash_of_sheet(self, key: str, own: Mapping[int, list[SheetRow]]) -> str:
        return hash_of_cells(
            (
                sheet.table.name,
                row.identity if sheet.number else ("", "", key),
                cells_of(row, self._found.present[sheet.number]),
            )
            for sheet in self._sheets
            for row in own.get(sheet.number, ())
        )

    def _change(self, key: str, record: Record, own: Mapping[int, list[SheetRow]]) -> None:
        wish = self._differing.wish(record.value, self._rows[key], own)
        found = False
        for what, path, value in differences(record.value, wish.value):
            found = True
            if what == "put":
                self._edits.put(record, path, value)
            elif what == "remove":
                self._edits.remove(record, path)
            else:
                self._edits.insert(record, path[:-1], int(path[-1]), value)
        self._count(wish)
        if found:
            self._counts.changed.append(key)

    def _count(self, wish: Wish) -> None:
        self._counts.cells += wish.cells
        self._counts.rows_added += wish.rows_added
        self._counts.rows_removed += wish.rows_removed
        self._counts.missing += wish.rows_missing

    def _add(self, key: str, own: Mapping[int, list[SheetRow]]) -> None:
        before = len(self._found.problems)
        wish = self._differing.wish({}, Rows(), own)
        if len(self._found.problems) > before:
            return
        add_record(self._opened, self._edits, key, wish)
        self._counts.added.append(key)

    def _drop(self, key: str, record: Record) -> None:
        if self._remove:
            self._edits.drop(record)
            self._counts.removed.append(key)
        else:
            self._gone = True
            self._counts.missing.append(f"{self._opened.name} {key}")

    def _only_shown(self) -> Iterator[str]:
        """That somebody wrote where nothing is read from, of records that the book has as they were."""
        places: list[str] = []
        for key, own in self._by_record.items():
            record, base = self._opened.own.get(key), self._found.base.records.get(key)
            if record is None or base is None or hashed(record.value) != base.record:
                continue
            for sheet in self._sheets:
                there = {one.identity: one for one in self._rows[key].by_table.get(sheet.number, ())}
                for row in own.get(sheet.number, ()):
                    if found := there.get(row.identity):
                        places += [row.at(name) for name in self._otherwise(sheet, record, found, row)]
        if places:
            cells = "1 cell says" if len(places) == 1 else f"{len(places):,} cells say"
            yield f"{cells} otherwise than the book in columns that are only shown, and not read: {_names(places)}"

    def _otherwise(self, sheet: Sheet, record: Record, row: Row, brought: SheetRow) -> Iterator[str]:
        """The headings of what is only shown, and differs in a row."""
        for one in sheet.headings:
            if one.name in brought.beside:
                said = beside_text(self._opened, sheet, one, record, row)
                if normal(brought.beside[one.name], "text") != normal(said, "text"):
                    yield one.name

    # --- in words -----------------------------------------------------------------------------------------------------

    def _what(self) -> str:
        counts = self._counts
        parts = [f"{_number(len(counts.changed), 'record')} changed", f"{len(counts.added):,} added"]
        parts += [f"{len(counts.removed):,} removed"]
        return f"import {self._name} into {self._opened.name}: {', '.join(parts)}"

    def _told(self, verdicts: Mapping[Verdict, int]) -> Iterator[str]:
        counts = self._counts
        yield f"it was sent out from {self._found.base.state}"
        yield from self._found.told
        yield from self._only_shown()
        if counts.changed:
            cells = (
                f"{_number(counts.cells, 'cell')}, {counts.rows_added:,} rows added, {counts.rows_removed:,} removed"
            )
            yield f"changed ({cells}): {_names(counts.changed)}"
        for what, keys in (("added", counts.added), ("removed", counts.removed)):
            if keys:
                yield f"{what}: {_names(keys)}"
        if counts.missing:
            yield (
                f"{_number(len(counts.missing), 'row')} of the book not in the sheet any more, left as they are "
                f"(--remove takes them out): {_names(counts.missing)}"
            )
        if counts.added and self._gone:
            yield "a key that was changed in the sheet is a new record: `sourcebook rename` gives a record another key"
        if self._kept:
            yield f"changed in the book since, and not in the sheet: left as they are: {_names(self._kept)}"
        if verdicts[Verdict.GONE]:
            yield f"{_number(verdicts[Verdict.GONE], 'record')} of the sheet not in the book any more, and left so"
        if self._found.problems:
            yield f"not taken, and left as it is in the book ({len(self._found.problems):,}):"
            yield from few(self._found.problems)


_SKIP = "mend them in the sheet; or say --skip, which leaves these as they are in the book and takes the rest"


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _names(keys: list[str], most: int = 8) -> str:
    more = f" and {len(keys) - most:,} more" if len(keys) > most else ""
    return f"{', '.join(keys[:most])}{more}"
