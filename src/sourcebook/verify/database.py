# SPDX-License-Identifier: Apache-2.0
"""The database against SQLite's own checks, and against one compiled anew."""

from __future__ import annotations

import sqlite3

from sourcebook.history.tables import OF_HISTORY
from sourcebook.sqlite import quote, reading, written_by
from sourcebook.verify.case import Case
from sourcebook.verify.compare import first_difference


def whole_database(case: Case) -> None:
    """SQLite finds the file whole and its links held; it says the same as one compiled anew from the records."""
    with reading(case.folder / case.database) as connection:
        for (line,) in connection.execute("PRAGMA integrity_check").fetchall():
            if line != "ok":
                case.differs(case.database, f"SQLite's integrity check: {line}")
        for table, rowid, target, _ in connection.execute("PRAGMA foreign_key_check").fetchall():
            case.differs(case.database, f"{table}, row {rowid}: a foreign key leads to no row of {target}")
        case.ledger.performed("database integrity")
        with reading(case.anew) as anew:
            _same_content(case, connection, anew)


def _same_content(case: Case, connection: sqlite3.Connection, anew: sqlite3.Connection) -> None:
    listing = "SELECT name, type, sql FROM sqlite_master ORDER BY name"
    found = {name: rest for name, *rest in connection.execute(listing) if name not in OF_HISTORY}
    wanted = {name: rest for name, *rest in anew.execute(listing)}
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            case.differs(case.database, f"{name} is not the table, index or view that the book's plan makes")
    indexes = {name for table in case.tables() for name in table.search_names[1:]}
    same_version = written_by(case.folder / case.database) == written_by(case.anew)
    for name, (kind, sql) in wanted.items():
        if kind != "table" or found.get(name) != [kind, sql] or sql.startswith("CREATE VIRTUAL"):
            continue
        of_sqlite = name in indexes or name.startswith("sqlite_")
        if of_sqlite and not same_version:
            case.ledger.unverifiable("search indexes", "written by another version of SQLite")
            continue
        everything = f"SELECT * FROM {quote(name)}" + (" ORDER BY 1, 2" if of_sqlite else "")
        differing = first_difference(connection.execute(everything), anew.execute(everything))
        case.ledger.performed("search indexes" if of_sqlite else "tables compiled anew")
        if differing is not None:
            case.differs(case.database, f"{name}: row {differing} is not what the records compile to")
