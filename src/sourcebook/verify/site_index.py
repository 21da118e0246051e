# SPDX-License-Identifier: Apache-2.0
"""The index of the site against one made anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sourcebook.extract import SITE_INDEX
from sourcebook.extract.gone_keys import KEYS, add_gone_keys, gone_keys
from sourcebook.extract.site_index import write_site_index
from sourcebook.sqlite import quote, reading, written_by
from sourcebook.verify.case import Case
from sourcebook.verify.compare import first_difference


def site_index(case: Case) -> None:
    """It is the file that the tables of the database compiled anew make; by another SQLite, it says the same."""
    if not case.has(SITE_INDEX):
        return  # which the checksums have told
    found, wanted = case.folder / SITE_INDEX, case.anew.with_name(SITE_INDEX)
    write_site_index(case.book, case.plans, case.anew, wanted)
    released = case.folder / case.book.database  # whose history another judge looks at
    add_gone_keys(wanted, gone_keys(case.book, released, case.folder / KEYS))
    case.ledger.performed("site index")
    if found.read_bytes() == wanted.read_bytes():
        return
    told = len(case.differences)
    with case.guarded(SITE_INDEX):
        for name in _differing(found, wanted):
            case.differs(SITE_INDEX, f"{name} is not what the tables of the database make")
    if len(case.differences) == told and written_by(found) == written_by(wanted):
        case.differs(SITE_INDEX, "it says what the database makes, but not byte for byte")


def _differing(found: Path, wanted: Path) -> list[str]:
    with reading(found) as one, reading(wanted) as other:
        for connection in (one, other):
            connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, instance)")
        if _differ(one, other, _NAMES):
            return ["the list of tables"]
        compared = {name: f"SELECT * FROM {quote(name)} ORDER BY 1, 2" for (name,) in other.execute(_OWN)}
        return [name for name, query in {**compared, "search": _WORDS}.items() if _differ(one, other, query)]


def _differ(one: sqlite3.Connection, other: sqlite3.Connection, query: str) -> bool:
    return first_difference(one.execute(query), other.execute(query)) is not None


_NAMES = "SELECT name, sql FROM sqlite_master ORDER BY name"
_OWN = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%' ORDER BY name"
_WORDS = "SELECT * FROM temp.words ORDER BY term, doc, col, offset"
