# SPDX-License-Identifier: Apache-2.0
"""What a person judged to be different, added to ``curation/different.yaml``: a line an entry, at its end."""

from __future__ import annotations

import datetime
import re
from typing import Any

from sourcebook import files
from sourcebook.book import DIFFERENT, Book, Folder, load_book
from sourcebook.edit.model import CannotEdit, FileChange, Proposal, Refused
from sourcebook.edit.written import Manner, in_flow
from sourcebook.errors import NotThere, UsageError
from sourcebook.exact import same
from sourcebook.parse import Limits, parse
from sourcebook.records.model import Record
from sourcebook.records.read import read
from sourcebook.validation.wording import did_you_mean

_BEFORE_DASH = re.compile(r"( *)- ")


def mark_different(
    folder: Folder, collection: str, one: str | int, other: str | int, why: str, on: datetime.date | None = None
) -> Proposal:
    """Have the book keep that two records of a collection are different, and ``why``; ``on`` a day, by default today.

    Raises UsageError where ``folder`` is no book, has no such collection or record, or there is no reason given;
    Refused where the list cannot be added to.
    """
    book = load_book(folder)
    if collection not in book.by_name:
        hint = did_you_mean(collection, book.by_name) or f"there are {', '.join(book.by_name)}"
        raise NotThere(f"the book has no collection {collection!r}: {hint}")
    why = " ".join(why.split())
    if not why:
        raise UsageError("say why the records are different: who comes later wants to know")
    if str(one) == str(other):
        raise UsageError(f"{one!r} is one record: name two")
    known = {str(record.key): record for record in read(book, only=[collection]).records}
    keys = [_record(collection, key, known).key for key in (one, other)]
    what = f"{collection}: {keys[0]} and {keys[1]} are judged different"
    texts = {str(key) for key in keys}
    for entry in book.different:
        if entry.collection == collection and set(entry.keys) == texts:
            told = f"the book says so already: {DIFFERENT}:{entry.line}, on {entry.on}: {entry.why}"
            return Proposal(book.root, what, (), (told,))
    day = (on or datetime.date.today()).isoformat()  # noqa: DTZ011 - the day of who judges
    return Proposal(book.root, what, (_added(book, collection, keys, day, why),))


def _record(collection: str, key: str | int, known: dict[str, Record]) -> Record:
    if str(key) not in known:
        hint = did_you_mean(key, known) or "`sourcebook dups` shows keys"
        raise NotThere(f"{collection} has no record {key!r}: {hint}")
    return known[str(key)]


def _added(book: Book, collection: str, keys: list[str | int], day: str, why: str) -> FileChange:
    entry = {"collection": collection, "keys": keys, "on": day, "why": why}
    before = _bytes(book)
    old = _entries(before or b"", book.limits)
    text = (before or b"").decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    dash = next((found[1] for line in text.split("\n") if (found := _BEFORE_DASH.match(line))), "")
    parts = {name: in_flow(value, Manner()) for name, value in entry.items()} | {"on": day}
    line = f"{dash}- {{{', '.join(f'{name}: {part}' for name, part in parts.items())}}}{end}"
    after = (text + (end if text and not text.endswith("\n") else "") + line).encode()
    if not same(_entries(after, book.limits), [*old, entry]):
        raise CannotEdit(
            DIFFERENT, text.count("\n") + 1, "a line at its end is not read as an entry: write a list of lines"
        )
    return FileChange(DIFFERENT, before, after)


def _bytes(book: Book) -> bytes | None:
    if not (book.root / DIFFERENT).exists() and not (book.root / DIFFERENT).is_symlink():
        return None
    data, odd = files.read_bytes(book.root, DIFFERENT, book.limits.bytes)
    if odd:
        raise Refused(f"the list of what is different cannot be read: {odd}")
    return data


def _entries(data: bytes, limits: Limits) -> list[Any]:
    parsed = parse(data, DIFFERENT, limits)
    if parsed.broken or len(parsed.documents) > 1:
        raise Refused(f"the list of what is different cannot be read: {next(iter(parsed.findings), DIFFERENT)}")
    value = parsed.documents[0].value if parsed.documents else None
    if value is not None and not isinstance(value, list):
        raise CannotEdit(DIFFERENT, 1, "it is no list")
    return value or []
