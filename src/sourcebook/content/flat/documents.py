# SPDX-License-Identifier: Apache-2.0
"""Records as they were curated, as JSON; a statement with who says it and what answers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.opened import Opened
from sourcebook.content.statement_data import answers, attribution, rests_on
from sourcebook.content.statements import Statement, fetch, is_statement, statements
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection
from sourcebook.sqlite import RECORDS

_AT_ONCE = 250  # records: so many are held in memory


def documents(opened: Opened, at: Addresses, collection: Collection, keys: Sequence[str]) -> Iterator[bytes]:
    """The records of ``keys`` as a JSON array, some at a time.

    Of each its key, the record, the file and the line that it stands in; of a statement also its attribution and its
    answers, and of another record those of the statements that it rests on.
    """
    separator = "[\n"
    for begin in range(0, len(keys), _AT_ONCE):
        some = keys[begin : begin + _AT_ONCE]
        labels = Labels(opened, at)
        said = {one.key: one for one in statements(labels, collection, some)} if is_statement(collection) else {}
        fetch(labels)
        rests = rests_on(labels, collection, some)
        marks = ", ".join("?" * len(some))
        sql = f"SELECT key, path, line, document FROM {RECORDS} WHERE collection = ? AND key IN ({marks})"
        found = {row[0]: row for row in opened.connection.execute(sql, (collection.name, *some))}
        texts = [_text(found[key], said.get(key), rests.get(key)) for key in some if key in found]
        yield (separator + ",\n".join(texts)).encode("utf-8", "replace")
        separator = ",\n"
    yield b"[]\n" if not keys else b"\n]\n"


def _text(row: tuple[str, str, int, str], said: Statement | None, rests: list[dict[str, Any]] | None) -> str:
    key, path, line, document = row
    beside: dict[str, Any] = {"source": {"path": path, "line": line}}
    if said:
        beside |= {"attribution": attribution(said), "answers": answers(said)}
    if rests:
        beside["rests_on"] = rests
    return f'{{"key":{dumps(key)},"record":{document},{dumps(beside)[1:]}'
