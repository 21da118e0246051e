# SPDX-License-Identifier: Apache-2.0
"""The records of a collection as they were curated, a JSON document a line (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

from pathlib import Path

from sourcebook.exact import dumps
from sourcebook.files import Written
from sourcebook.formats.model import File
from sourcebook.sqlite import RECORDS, reading

_AT_ONCE = 1_000  # records


def write_ndjson(database: Path, collection: str, folder: Path, path: str, *, keyed: bool) -> list[File]:
    """Write the records of a collection to ``path`` in ``folder``, in the order of the database.

    With ``keyed`` their key does not stand in them, so that a line is ``{"key": …, "record": …}``. Raises OSError where
    the disk fails.
    """
    query = f"SELECT key, document FROM {RECORDS} WHERE collection = ? ORDER BY rowid"
    count = 0
    with reading(database) as connection, Written(folder / path) as file:
        cursor = connection.execute(query, (collection,))
        while rows := cursor.fetchmany(_AT_ONCE):
            texts = (f'{{"key":{dumps(key)},"record":{document}}}' if keyed else document for key, document in rows)
            file.add("\n".join(texts) + "\n")
            count += len(rows)
    return [File(path, "ndjson", collection, file.bytes, file.sha256, count)]
