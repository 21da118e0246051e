# SPDX-License-Identifier: Apache-2.0
"""The verb ``refs``: every place in a book that refers to a record, what it says, and what would mean none without it.

In come a collection and a key; out go places in the book's files. It reads these alone, and knows nothing of builds.
"""

from __future__ import annotations

from sourcebook.book import Folder
from sourcebook.edit.labels import label_of, meant
from sourcebook.edit.named import texts_of
from sourcebook.edit.references import referring
from sourcebook.edit.source import source_of
from sourcebook.refs.model import Mention, Named, Referred
from sourcebook.refs.telling import Telling


def refs(folder: Folder, collection: str, key: str | int) -> Referred:
    """Who refers to the record ``key`` of a ``collection``, in the order of collections and files.

    Raises UsageError where ``folder`` is no book, its tables cannot be planned, or there is no such record; OSError
    where the disk fails.
    """
    source = source_of(folder)
    record = meant(source, collection, key)
    telling = Telling(source, record)
    found = referring(source, record.collection, record.key)
    places = {(id(one.record), one.path) for one in found if not one.at_key}
    return Referred(
        record.collection,
        str(record.key),
        label_of(source, record),
        *source.line(record, ()),
        tuple(telling.mention(one) for one in found),
        tuple(
            Named(one.file, one.line, one.what)
            for one in texts_of(source, record)
            if (id(one.record), one.path) not in places
        ),
    )


__all__ = ["Mention", "Named", "Referred", "refs"]
