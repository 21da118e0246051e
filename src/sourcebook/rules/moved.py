# SPDX-License-Identifier: Apache-2.0
"""``moved-target`` and ``moved-taken``: a key that was given up leads to a record that is there, and is no record's.

What is wrong with the list of such keys by itself is told where it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sourcebook.book import MOVED, Book, Moved
from sourcebook.finding import Finding, Ledger
from sourcebook.validation.wording import did_you_mean


def check(
    book: Book,
    known: Mapping[str, Mapping[str, object]],
    unread: Collection[str],
    ledger: Ledger,
    hidden: Mapping[str, Collection[str]],
) -> Iterator[Finding]:
    """What is wrong with the book's moved keys; ``known`` are its records, by collection and key as text.

    ``hidden`` are the keys of those that are not public. Of collections that are ``unread``, not all records are known.
    """
    given_up = {(one.collection, one.key) for one in book.moved}
    given_up |= {(one.collection, one.key) for one in book.withdrawn}
    for one in book.moved:
        records = known.get(one.collection, {})
        taken = one.key in records
        missing = bool(one.to) and one.to not in records and (one.collection, one.to) not in given_up
        whole = one.collection not in unread
        for rule, found in (("moved-target", missing), ("moved-taken", taken)):
            if whole or (found and rule == "moved-taken"):
                ledger.performed(rule)
            else:
                ledger.unverifiable(rule, f"{one.collection} could not be read whole")
        if taken:
            message = f"the key {one.key!r} of {one.collection} was given up, and is a record's again"
            hint = "give the record another key; or, if it is the one that had it, remove this entry"
            yield _at(one, "moved-taken", message, hint)
        if one.to in hidden.get(one.collection, ()):
            message = f"{one.key!r} is said to have moved to a record that is not public: its key would be published"
            yield _at(one, "refers-to-hidden", message, "say why it is `gone`, or let the record be public")
        elif missing and whole:
            message = f"{one.key!r} is said to have moved to {one.to!r}, and {one.collection} has no such record"
            hint = did_you_mean(one.to, records) or "name the record that stands for it, or say why it is `gone`"
            yield _at(one, "moved-target", message, hint)


def _at(entry: Moved, rule: str, message: str, hint: str) -> Finding:
    return Finding(MOVED, entry.line, entry.column, rule, message, hint=hint, pointer=entry.pointer)
