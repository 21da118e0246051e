# SPDX-License-Identifier: Apache-2.0
"""``withdrawn-taken``: a record that was withdrawn is there again, under its key.

What is wrong with the list by itself is told where it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sourcebook.book import TAKEN_DOWN, WITHDRAWN, Book
from sourcebook.finding import Finding, Ledger


def check(
    book: Book, known: Mapping[str, Mapping[str, object]], unread: Collection[str], ledger: Ledger
) -> Iterator[Finding]:
    """Which withdrawn keys are records' again; ``known`` are the book's records, by collection and key as text.

    Of collections that are ``unread``, not all records are known.
    """
    for one in book.withdrawn:
        if one.property:
            continue  # the record stays
        taken = one.key in known.get(one.collection, {})
        if taken or one.collection not in unread:
            ledger.performed("withdrawn-taken")
        else:
            ledger.unverifiable("withdrawn-taken", f"{one.collection} could not be read whole")
        if taken:
            how = "taken down" if one.how == TAKEN_DOWN else "retracted"
            message = f"{one.collection} {one.key!r} was {how} on {one.on}, and is a record again"
            hint = "take the record out; another record needs another key"
            yield Finding(WITHDRAWN, one.line, one.column, "withdrawn-taken", message, hint=hint, pointer=one.pointer)
