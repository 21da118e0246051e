# SPDX-License-Identifier: Apache-2.0
"""``different-stale``: a pair that was judged different speaks of a record that is not there, or is told twice.

What is wrong with the list of such pairs by itself is told where it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sourcebook.book import DIFFERENT, Book, Different
from sourcebook.book.moved import followed
from sourcebook.finding import Finding, Ledger
from sourcebook.validation.wording import did_you_mean


def check(
    book: Book, known: Mapping[str, Mapping[str, object]], unread: Collection[str], ledger: Ledger
) -> Iterator[Finding]:
    """What is stale of the book's pairs; ``known`` are its records, by collection and key as text.

    Of collections that are ``unread``, not all records are known.
    """
    ends = followed(book.moved)
    first: dict[tuple[str, frozenset[str]], Different] = {}
    for one in book.different:
        earlier = first.setdefault((one.collection, frozenset(one.keys)), one)
        if earlier is not one:
            message = f"that {' and '.join(map(repr, one.keys))} are different is said in line {earlier.line} already"
            yield _at(one, message, "remove one of both entries")
        if one.collection in unread:
            ledger.unverifiable("different-stale", f"{one.collection} could not be read whole")
            continue
        ledger.performed("different-stale")
        for key in one.keys:
            if key not in known.get(one.collection, {}):
                message = f"{one.collection} has no record {key!r}, which is said to be different from another"
                end = ends.get((one.collection, key))
                hint = did_you_mean(key, known.get(one.collection, {})) or "remove the entry"
                if end is not None:
                    hint = f"its key is {end.to!r} now" if end.to else "the record is gone: remove the entry"
                yield _at(one, message, hint)


def _at(entry: Different, message: str, hint: str) -> Finding:
    return Finding(DIFFERENT, entry.line, entry.column, "different-stale", message, "warning", hint, entry.pointer)
