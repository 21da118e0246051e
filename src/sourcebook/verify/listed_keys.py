# SPDX-License-Identifier: Apache-2.0
"""The list of all keys that records ever had, against the records, and against what is told of the past."""

from __future__ import annotations

import csv
from itertools import groupby

from sourcebook.history.model import CHANGES, KEYS, VERSIONS
from sourcebook.sqlite import reading
from sourcebook.verify.case import Case

Record = tuple[str, str]
Listed = dict[Record, tuple[str, str, str]]
_HEADINGS = ["collection", "key", "since", "until", "how"]
_ENDS = f"""SELECT version, day, collection, kind, key, old_key FROM {CHANGES} JOIN {VERSIONS} ON _version = version
WHERE kind <> 'changed' ORDER BY version"""


def listed_keys(case: Case) -> None:
    """Every key that is one now, or that changes tell of, is listed, from its first day to its last."""
    if not case.has(KEYS):
        case.ledger.on_nothing("all keys", "the release has no list of them")
        return
    wanted = _told(case)
    there = {(name, key) for name in case.plans for key in case.documents(name)}
    withdrawn = {(one.collection, one.key): (one.on, one.how) for one in case.book.withdrawn if not one.property}
    with case.guarded(KEYS):
        listed = _listed(case)
        for record in sorted(wanted.keys() | there | listed.keys()):
            case.ledger.performed("all keys")
            since, until, how = listed.get(record, ("", "", ""))
            known = wanted.get(record, (since, until, how))
            if record in withdrawn and record not in there:
                known = (known[0], *withdrawn[record])
            ends = until == known[1] or (
                bool(how) and not known[1]
            )  # what ended without a commit has a day of the build
            whole = record in listed and bool(until) == (record not in there) == bool(how)
            if not whole or (since, how) != (known[0], known[2]) or not ends:
                case.differs(KEYS, f"{record[0]} {record[1]!r} is not told of as it is")


def _told(case: Case) -> Listed:
    """The keys that the changes tell of, as they are to be listed."""
    found: Listed = {}
    with reading(case.folder / case.database) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (CHANGES,)).fetchone():
            return found
        rows = connection.execute(_ENDS).fetchall()
    for _, some in groupby(rows, key=lambda row: row[0]):
        changes = list(some)
        for _, day, collection, kind, key, old_key in changes:  # all that ends, before all that begins
            if kind != "added":
                gone = (collection, key if kind == "removed" else old_key)
                found[gone] = (found.get(gone, ("",))[0], day or "", kind)
        for _, day, collection, kind, key, _ in changes:
            if kind != "removed":
                found[collection, key] = (found.get((collection, key), (day or "",))[0], "", "")
    return found


def _listed(case: Case) -> Listed:
    with (case.folder / KEYS).open(encoding="utf-8", newline="") as file:
        headings, *rows = list(csv.reader(file, strict=True))
    if headings != _HEADINGS or rows != sorted(rows) or any(len(row) != len(_HEADINGS) for row in rows):
        raise ValueError("it is not the list of keys that a build writes")
    return {(collection, key): (since, until, how) for collection, key, since, until, how in rows}
