# SPDX-License-Identifier: Apache-2.0
"""Three states of one record: as it was sent out, as the sheet has it now, as the book has it now.

Pure functions on hashes: what is to be done with a record, or why nothing may be.
"""

from __future__ import annotations

from enum import Enum

from sourcebook.sheets.base import Hashes


class Verdict(Enum):
    """What is to be done with a record."""

    SAME = "nothing was changed in the sheet"
    EDITED = "it was changed in the sheet alone"
    AGREED = "the book has what the sheet has"
    MOVED_ON = "the book was changed meanwhile, the sheet was not"
    BOTH = "it was changed in the sheet, and in the book meanwhile"
    ADDED = "it is new"
    ADDED_TWICE = "it is new in the sheet, and another record of its key is in the book since"
    REMOVED = "the sheet has it no more"
    REMOVED_CHANGED = "the sheet has it no more, and the book was changed meanwhile"
    GONE = "the book has it no more, and the sheet has it as it was"
    GONE_EDITED = "the book has it no more, and the sheet was changed"
    NOT_ASKED = "it was not in what was sent out"


REFUSED = frozenset({Verdict.BOTH, Verdict.ADDED_TWICE, Verdict.REMOVED_CHANGED, Verdict.GONE_EDITED})
"""What a person must decide."""


def verdict(base: Hashes | None, book: Hashes | None, cells: str | None) -> Verdict:
    """What is to be done with a record, by what it was, what the book has, and the hash of the sheet's ``cells``.

    None: there is no such record. At least one of the three has it.
    """
    if cells is None:
        return _without_rows(base, book)
    if book is None:
        if base is None:
            return Verdict.ADDED
        return Verdict.GONE if cells == base.cells else Verdict.GONE_EDITED
    if cells == book.cells:
        return Verdict.SAME if base is not None and base.record == book.record else Verdict.AGREED
    if base is None:
        return Verdict.ADDED_TWICE
    if base.record == book.record:
        return Verdict.EDITED
    return Verdict.MOVED_ON if cells == base.cells else Verdict.BOTH


def _without_rows(base: Hashes | None, book: Hashes | None) -> Verdict:
    if base is None or book is None:
        return Verdict.NOT_ASKED
    return Verdict.REMOVED if base.record == book.record else Verdict.REMOVED_CHANGED
