# SPDX-License-Identifier: Apache-2.0
"""The database's shape against the plan, seen through ``sqlite-utils``: eyes that are not ours.

The database is also held against one compiled anew, which the same code of ours has made: what that forgets, both lack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sourcebook.history.tables import TABLES
from sourcebook.sqlite import INDEPENDENCE, RECORDS
from sourcebook.tables import Table
from sourcebook.verify.case import Case

if TYPE_CHECKING:
    from sourcebook.publish.opened import Database


def shape(case: Case) -> None:
    """Tables, columns, keys, indexes, search and views are those of the plan, and there are no others."""
    from sourcebook.publish.opened import opened  # a third of a second: nothing else needs it

    with closing(opened(case.folder / case.database, plugins=False)) as database:
        keys = {table.name: table.primary_key[0] for table in case.tables()}
        tables = {table.name: table for table in case.tables()}
        others = {name for table in tables.values() for name in table.search_names}
        found = {name for name in database.table_names() if not name.startswith("sqlite_")}
        own = {
            RECORDS,
            *({*TABLES, INDEPENDENCE} & found),
        }  # whether they are to be there, `history` and `origins` know
        _compare(case, "the tables", found, {*tables, *others, *own})
        _compare(case, "the views", set(database.view_names()), {view.name for view in case.book.views})
        for name in found & tables.keys():
            for what, is_there, wanted in _parts(database, tables[name], keys):
                _compare(case, f"{what} of {name}", is_there, wanted)


def _parts(database: Database, table: Table, keys: Mapping[str, str]) -> Iterator[tuple[str, Any, Any]]:
    """What is compared of a table: its name, what is there, and what the plan wants."""
    there = database.table(table.name)
    yield "the kind", there.strict, True
    wanted = [(c.name, c.type, c.filled or c.name in table.primary_key) for c in table.published]
    yield "the columns", [(c.name, c.type, bool(c.notnull)) for c in there.columns], wanted
    yield "the primary key", tuple(there.pks), table.primary_key
    links = {(c.name, c.foreign.collection, keys[c.foreign.collection]) for c in table.columns if c.foreign}
    yield "the links", {(one.column, one.other_table, one.other_column) for one in there.foreign_keys}, links
    made = {(one.name, tuple(one.columns)) for one in there.indexes if one.origin == "c"}
    yield "the indexes", made, {(name, (column,)) for column, name in table.indexes.items()}
    yield "the triggers", [one.name for one in there.triggers], []
    if table.searchable:
        index = database.table(table.search_name)
        columns = len(index.columns) if index.exists() else 0
        yield "the search", (index.exists() and index.virtual_table_using, columns), ("FTS5", len(table.search_columns))


def _compare(case: Case, what: str, found: Any, wanted: Any) -> None:
    case.ledger.performed("shape by sqlite-utils")
    if found != wanted:
        case.differs(case.database, f"{what} are not those of the plan, as sqlite-utils sees them: {found!r}")
