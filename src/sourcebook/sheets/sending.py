# SPDX-License-Identifier: Apache-2.0
"""The verb ``export``: a collection as a spreadsheet that is edited elsewhere, and comes back by ``import``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sourcebook.book import Folder
from sourcebook.edit.model import Refused
from sourcebook.publish.commit import Commit
from sourcebook.sheets.base import NAME, Base, Hashes, hash_of_rows, hashed
from sourcebook.sheets.csv_cells import beside
from sourcebook.sheets.filled import Workbook, sheet_names
from sourcebook.sheets.opened import Opened
from sourcebook.sheets.rows import Rows, rows_of
from sourcebook.sheets.write_csv import paths, write_csv

NEEDS = {".xlsx": ("xlsxwriter", "xlsx"), ".ods": ("odfdo", "ods"), ".csv": ("", "")}
"""The endings of what is written, each with the library that writes it, and the extra that installs that."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A spreadsheet that was written: its files, the first of them as it was named; how many rows each sheet has."""

    files: tuple[Path, ...]
    sheets: tuple[tuple[str, int], ...]
    state: str
    told: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """It in words."""
        sheets = ", ".join(f"{name} ({count:,} row{'' if count == 1 else 's'})" for name, count in self.sheets)
        return [f"wrote {', '.join(map(str, self.files))} from {self.state}: {sheets}", *self.told]


def export(folder: Folder, collection: str, to: Folder, *, keys: Sequence[str] = (), force: bool = False) -> Exported:
    """Write a collection, or its records of ``keys``, as the spreadsheet ``to``, of the kind that its ending says.

    No build is needed: what the files have now is written, with the commit and release that this is. Raises Refused
    where that is impossible, and where a file is there already but for ``force``; OSError where the disk fails.
    """
    path = Path(to)
    _may_write(path)
    with Commit(Path(folder).resolve()) as asked:
        opened = Opened(folder, collection)
        commit = asked.answer()
    wanted = _wanted(opened, keys)
    rows = {key: rows_of(opened.plan, opened.own[key].key, opened.own[key].value) for key in wanted}
    base = _base(opened, rows, commit)
    workbook = Workbook(opened, base, rows)
    files = [path]
    if path.suffix.lower() == ".csv":
        files = [*paths(path, list(base.sheets)), beside(path, NAME)]
    if taken := [file for file in files if file.exists() and not force]:
        raise Refused(f"{taken[0]} is there already: give another name, or --force to write over it")
    _write(workbook, files)
    counts = ((name, _count(rows, sheet.number)) for name, sheet in workbook.sheets)
    told = [_NOT_PUBLIC.format(collection)] if collection in opened.book.visibility.masks else []
    return Exported(tuple(files), tuple(counts), base.state, (*told, *_told(workbook)))


_NOT_PUBLIC = "it has what is not public of {}, for curators alone: keep it from others"


def _may_write(path: Path) -> None:
    kind = path.suffix.lower()
    if kind not in NEEDS:
        raise Refused(f"{path.name}: the name must end in {', '.join(NEEDS)}, which says what is written")
    library, extra = NEEDS[kind]
    if library and find_spec(library) is None:
        raise Refused(f"to write {kind} the package {library} is needed: pip install 'sourcebook[{extra}]'")
    if not path.absolute().parent.is_dir():
        raise Refused(f"there is no folder {path.parent}")


def _wanted(opened: Opened, keys: Sequence[str]) -> list[str]:
    for key in keys:
        if key not in opened.own:
            raise Refused(f"{opened.name} has no record {key!r}")
    return list(keys) or list(opened.own)


def _base(opened: Opened, rows: dict[str, Rows], commit: dict[str, str | bool]) -> Base:
    records = {
        key: Hashes(hashed(opened.own[key].value), hash_of_rows(opened.sheets, some)) for key, some in rows.items()
    }
    return Base(
        opened.book.name,
        opened.name,
        str(opened.book.descriptor.get("version", "")),
        str(commit.get("commit", "")),
        bool(commit.get("changed", False)),
        sheet_names(one.table.name for one in opened.sheets),
        records,
    )


def _write(workbook: Workbook, files: Sequence[Path]) -> None:
    """Write all files, each aside first, so that none is there by half."""
    asides = [file.with_name(f".{file.name}.{os.getpid()}.part") for file in files]
    try:
        kind = files[0].suffix.lower()
        if kind == ".csv":
            write_csv(workbook, asides[:-1], asides[-1])
        elif kind == ".ods":
            from sourcebook.sheets.write_ods import write_ods

            write_ods(workbook, asides[0])
        else:
            from sourcebook.sheets.write_xlsx import write_xlsx

            write_xlsx(workbook, asides[0])
        for aside, file in zip(asides, files, strict=True):
            aside.replace(file)
    finally:
        for aside in asides:
            aside.unlink(missing_ok=True)


def _count(rows: dict[str, Rows], number: int) -> int:
    return sum(len(one.by_table.get(number, ())) for one in rows.values())


def _told(workbook: Workbook) -> list[str]:
    told = list(workbook.lacking.told())
    odd = [
        f"{key}: {'/'.join(map(str, path)) or 'the record'}" for key, one in workbook.rows.items() for path in one.odd
    ]
    if odd:
        more = f" and {len(odd) - 3:,} more" if len(odd) > 3 else ""
        told.append(f"not as the schema says, and in no sheet: {', '.join(odd[:3])}{more}")
    return told
