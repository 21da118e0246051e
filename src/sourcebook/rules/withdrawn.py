# SPDX-License-Identifier: Apache-2.0
"""``withdrawn-taken``: a record that was withdrawn is there again, under its key.

What is wrong with the list by itself is told where it is read.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from sourcebook.book import TAKEN_DOWN, WITHDRAWN, Book
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.finding import Finding, Ledger
from sourcebook.git import NO_GIT, Repository
from sourcebook.parse import parse

_Entry = tuple[str, str, str]
_PARTS = 5  # of what git says of a change: two modes, two names, what was done
_DEPTH = 3  # of an item of the hashes of an entry


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


def lost(book: Book, ledger: Ledger) -> Iterator[Finding]:
    """What was taken down and stands in the list no more, though nobody took it out: a merge did, with an old list.

    Who takes an entry out on purpose does so by a commit that is no merge. Without the whole history that is not known,
    and counted so.
    """
    try:
        repository = Repository(book.root)
        if repository.shallow:
            _not_known(book, ledger, "the clone is shallow")
            return
        if not repository.commit("HEAD"):
            return
        with repository:
            states = _States(book, repository)
            days = {
                entry: day for pair in states.changes("-m") for oid in pair for entry, day in states.of(oid).items()
            }
            missing = days.keys() - {(one.collection, one.key, one.property) for one in book.withdrawn}
            if missing:
                missing -= states.of(repository.there("HEAD", f"{repository.prefix}{WITHDRAWN}")).keys()
            for old, new in states.changes("--no-merges") if missing else ():
                missing -= states.of(old).keys() - states.of(new).keys()
    except UsageError:
        _not_known(book, ledger, "the book is in no repository of git")
        return
    except EnvironmentFailure as error:
        _not_known(book, ledger, NO_GIT if str(error) == NO_GIT else "git does not tell its history")
        return
    ledger.performed("withdrawn-taken", len(days))
    names = {collection.name for collection in book.collections}
    for entry in sorted(missing):
        collection, key, _ = entry
        if collection in names:
            message = (
                f"{collection} {key!r} was taken down on {days[entry]}, and a merge has left that out of this list"
            )
            hint = f"put its entry back: git log --all --full-history -p -- {WITHDRAWN}"
            yield Finding(WITHDRAWN, 1, 1, "withdrawn-taken", message, hint=hint)


def _not_known(book: Book, ledger: Ledger, why: str) -> None:
    """Count what a merge may have left out of the list, of which nothing is known; a book without a list has none."""
    if os.path.lexists(book.root / WITHDRAWN):
        ledger.unverifiable("withdrawn-taken", f"whether a merge has undone a takedown: {why}")


class _States:
    """The list in all commits that HEAD comes from: what was taken down by each, and on which day."""

    def __init__(self, book: Book, repository: Repository) -> None:
        self._book = book
        self._repository = repository
        self._read: dict[str, dict[_Entry, str]] = {}

    def changes(self, which: str) -> list[tuple[str, str]]:
        """The names of the old and the new state in each commit that changed it."""
        arguments = ("--full-history", "--format=", "--raw", "-z", "--no-renames", "--no-abbrev", "--relative", which)
        said = self._repository.said("log", *arguments, "HEAD", "--", WITHDRAWN).split(b"\0")
        parts = [about.strip().split(b" ") for about, _ in pairwise(said) if about.strip().startswith(b":")]
        return [(some[2].decode(), some[3].decode()) for some in parts if len(some) == _PARTS]

    def of(self, oid: str) -> dict[_Entry, str]:
        """What was taken down by a state of the list, whose name is all zeros where there was none."""
        if oid not in self._read:
            self._read[oid] = dict(self._entries(oid)) if oid.strip("0") else {}
        return self._read[oid]

    def _entries(self, oid: str) -> Iterator[tuple[_Entry, str]]:
        for _, data in self._repository.contents([oid], self._book.limits.bytes):
            parsed = parse(data or b"", WITHDRAWN, self._book.limits, depth=_DEPTH)
            value = parsed.documents[0].value if parsed.documents and not parsed.broken else None
            for one in value if isinstance(value, list) else ():
                if isinstance(one, dict) and one.get("how") == TAKEN_DOWN:
                    said = (str(one.get(name, "")) for name in ("collection", "key", "property"))
                    collection, key, name = said
                    yield (collection, key, name), str(one.get("on", ""))
