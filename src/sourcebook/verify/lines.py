# SPDX-License-Identifier: Apache-2.0
"""The records of a collection a line each, against those that were compiled just now."""

from __future__ import annotations

from itertools import zip_longest

from sourcebook.exact import loads, same
from sourcebook.formats.layout import places
from sourcebook.verify.case import Case
from sourcebook.verify.derived import told_documents


def ndjson(case: Case) -> None:
    """Every line is the next record of its collection, with its key where that does not stand in it."""
    for one in places(case.book, case.plans, ("ndjson",)):
        if not case.has(one.path):
            continue
        with case.guarded(one.path):
            _lines(case, one.of, one.path)


def _lines(case: Case, collection: str, path: str) -> None:
    keyed = case.book.by_name[collection].key is None
    wanted = told_documents(case, collection).items()
    case.ledger.performed("NDJSON against records", len(wanted))
    with (case.folder / path).open("rb") as file:
        for number, (line, record) in enumerate(zip_longest(file, wanted), 1):
            if line is None or record is None:
                case.differs(path, f"has {'more' if record is None else 'fewer'} lines than there are records")
                return
            key, told = record
            value = {"key": key, "record": told} if keyed else told
            if not line.endswith(b"\n") or not same(loads(line), value):
                case.differs(path, f"line {number} is not the record {key!r}")
                return
