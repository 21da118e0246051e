# SPDX-License-Identifier: Apache-2.0
"""What is sent out and comes back as it was changes nothing: of each collection of the books of tests, in each form."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import load_book
from sourcebook.edit.model import Refused
from sourcebook.errors import UsageError
from sourcebook.sheets.belonging import belong
from sourcebook.sheets.brought import SheetRow, base_in, brought
from sourcebook.sheets.differ import Differing
from sourcebook.sheets.differences import differences
from sourcebook.sheets.opened import Opened
from sourcebook.sheets.reading import read_any
from sourcebook.sheets.rows import rows_of
from tests.conftest import BOOKS

pytestmark = pytest.mark.slow

KINDS = ("xlsx", "ods", "csv")


COSTLY = {"schema-costly", "record-size"}  # to check, whose sheets have nothing of their own


def _collections() -> list[tuple[str, str]]:
    found = []
    for folder in sorted(one for one in BOOKS.iterdir() if one.name not in COSTLY):
        try:
            book = load_book(folder)
        except (UsageError, OSError):
            continue
        found += [(folder.name, one.name) for one in book.collections]
    return found


def sent(book: Path, collection: str, to: Path) -> bool:
    """Whether the collection was sent out; it is not where it cannot be planned or read whole."""
    try:
        sourcebook.export(book, collection, to)
    except Refused as refusal:
        told = str(refusal)
    else:
        return True
    assert any(one in told for one in ("that some would", "errors", "planned")), told
    return False


def untouched(book: Path, collection: str, file: Path) -> None:
    """Nothing is changed by a file that was not edited; nor if every record of it is looked at cell by cell."""
    proposal = sourcebook.import_(book, file)
    assert proposal.changes == ()
    opened = Opened(book, collection, whole=True)
    read = read_any(file, None, None)
    found = brought(read, base_in(read, file.name), opened.sheets)
    rows = {key: rows_of(opened.plan, one.key, one.value) for key, one in opened.own.items()}
    belong(
        found,
        opened.sheets,
        {k: {n: {r.identity for r in some} for n, some in one.by_table.items() if n} for k, one in rows.items()},
    )
    differing = Differing(found, opened.plan, opened.sheets, remove=True)
    by_record: dict[str, dict[int, list[SheetRow]]] = {}
    for number, some in found.rows.items():
        for row in some:
            by_record.setdefault(row.owner, {}).setdefault(number, []).append(row)
    for key, record in opened.own.items():
        own = by_record.get(key)
        if own:
            wish = differing.wish(record.value, rows[key], own)
            assert list(differences(record.value, wish.value)) == []
            assert (wish.cells, wish.rows_added, wish.rows_removed, wish.rows_missing) == (0, 0, 0, [])
    assert found.problems == []


@pytest.mark.parametrize(("name", "collection"), _collections())
def test_what_was_not_edited_changes_nothing(tmp_path: Path, name: str, collection: str) -> None:
    book = tmp_path / name
    shutil.copytree(BOOKS / name, book, symlinks=True)
    for kind in KINDS:
        if sent(book, collection, tmp_path / f"out.{kind}"):
            untouched(book, collection, tmp_path / f"out.{kind}")
