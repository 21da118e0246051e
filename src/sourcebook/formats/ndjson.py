# SPDX-License-Identifier: Apache-2.0
"""The records of a collection as its JSON has them, a document a line (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

from pathlib import Path

from sourcebook.exact import dumps
from sourcebook.extract.documents import documents
from sourcebook.files import Written
from sourcebook.formats.model import File
from sourcebook.sqlite import reading
from sourcebook.tables import Plan


def write_ndjson(database: Path, plan: Plan, folder: Path, path: str, *, keyed: bool) -> list[File]:
    """Write the records of a collection to ``path`` in ``folder``, in order.

    With ``keyed`` their key does not stand in them, so that a line is ``{"key": …, "record": …}``. Raises OSError where
    the disk fails.
    """
    count = 0
    with reading(database) as connection, Written(folder / path) as file:
        for rows in documents(connection, plan):
            texts = (f'{{"key":{dumps(key)},"record":{document}}}' if keyed else document for key, document in rows)
            file.add("\n".join(texts) + "\n")
            count += len(rows)
    return [File(path, "ndjson", plan.collection, file.bytes, file.sha256, count)]
