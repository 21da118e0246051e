# SPDX-License-Identifier: Apache-2.0
"""The verb ``dups``: records of a collection that look alike, by names, dates and identifiers; and which are not one.

In come a book and a collection; out go pairs with a score and the reasons for it. Nothing is merged, and nothing is
said of who or what a record is about: records look alike, and a person looks at both. What was looked at and found to
be different is kept in the book (``curation/different.yaml``) and not told again. It changes no record, and knows
nothing of tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from sourcebook.book import STATEMENT, Folder, load_book
from sourcebook.dups.fields import compared_by
from sourcebook.dups.judged import mark_different
from sourcebook.dups.model import Alike, Compared, Dups, Pair, Reason
from sourcebook.dups.pairing import Pairing
from sourcebook.errors import NotThere, UsageError
from sourcebook.records.read import read
from sourcebook.validation.wording import did_you_mean

THRESHOLD = 0.85


def dups(folder: Folder, collection: str, *, threshold: float = THRESHOLD, by: Iterable[str] = ()) -> Dups:
    """The pairs of records of a collection that look alike by at least ``threshold``, which is from 0 to 1.

    ``by`` are the paths of what records are called, by default label and aliases as the book says. Raises UsageError
    where ``folder`` is no book, has no such collection, or nothing says what its records are called; OSError where the
    disk fails.
    """
    if not 0 < threshold <= 1:
        raise UsageError(f"a threshold is more than 0 and at most 1, and not {threshold}")
    book = load_book(folder)
    if collection not in book.by_name:
        hint = did_you_mean(collection, book.by_name) or f"there are {', '.join(book.by_name)}"
        raise NotThere(f"the book has no collection {collection!r}: {hint}")
    reading = read(book, only=[collection])
    compared = compared_by(book, book.by_name[collection], reading.records, by)
    known = frozenset(frozenset(one.keys) for one in book.different if one.collection == collection)
    pairing = Pairing(
        collection, reading.records, compared, threshold, known, statements=STATEMENT in book.by_name[collection].roles
    )
    pairs = tuple(pairing.pairs())
    wrong = [one for one in reading.findings if one.level == "error"]
    unread = [f"not all records could be read: {wrong[0]}"] if wrong else []
    return Dups(
        collection, len(reading.records), compared, threshold, pairs, pairing.different, (*unread, *pairing.told)
    )


__all__ = ["THRESHOLD", "Alike", "Compared", "Dups", "Pair", "Reason", "dups", "mark_different"]
