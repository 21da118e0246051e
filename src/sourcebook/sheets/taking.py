# SPDX-License-Identifier: Apache-2.0
"""The verb ``import``: a spreadsheet that was sent out, or somebody's own, as a proposal of changes of a book."""

from __future__ import annotations

from pathlib import Path

from sourcebook.book import Folder
from sourcebook.edit.model import Proposal
from sourcebook.sheets.first import Asked, first_import
from sourcebook.sheets.returned import returned


def import_(
    folder: Folder,
    file: Folder,
    *,
    into: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    remove: bool = False,
    skip: bool = False,
    mapping: str | None = None,
    update: bool = False,
    map_only: bool = False,
) -> Proposal:
    """What a spreadsheet changes in the book in ``folder``: of one that ``export`` wrote, what was edited in it.

    Records are matched by their keys, entries of lists by their positions. What was changed in the book since it was
    sent out, and in the sheet too, is refused, and so is what a spreadsheet program has damaged; ``skip`` leaves such
    rows and cells as they are in the book, and takes the rest. Rows that the sheet has no more are taken out of the
    book only if ``remove`` says so. With ``into`` it is somebody's own table, whose rows become records of a collection
    by a ``mapping`` of its headers (see `first`), which is proposed and kept; ``update`` has records that are there
    already take its values, ``map_only`` proposes the mapping alone. ``encoding`` and ``separator`` are of CSV.

    Raises Refused with all reasons where nothing can be taken, UsageError where ``folder`` is no book, OSError where
    the disk fails.
    """
    path = Path(file)
    if into is None:
        return returned(folder, path, encoding, separator, remove=remove, skip=skip)
    asked = Asked(mapping or path.stem, update, map_only, skip)
    return first_import(folder, path, into, encoding, separator, asked)
