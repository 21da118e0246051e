# SPDX-License-Identifier: Apache-2.0
"""``site.sqlite``: what the pages of the site ask most, answered at build time. It lies beside the database.

In it stand an index of all records (`search_index`), how many each collection has, how many of them have each value of
its facets (`facet_counts`), where those are that have a place (`point_layout`), and how records hang together
(`network_layout`). That is made of the tables of the database alone, and of the plans of these; last comes which keys
are gone that were published once (`gone_keys`). The same gives the same bytes with the same version of SQLite.
"""

from __future__ import annotations

from pathlib import Path

from sourcebook.book import Book
from sourcebook.extract.facet_counts import make_facets
from sourcebook.extract.gone_keys import KEYS, add_gone_keys, gone_keys, has_gone_keys
from sourcebook.extract.network_layout import make_network
from sourcebook.extract.point_layout import make_points
from sourcebook.extract.search_index import make_search
from sourcebook.extract.span_layout import make_spans
from sourcebook.sqlite import RECORDS, writing
from sourcebook.tables.search import folded
from sourcebook.tables.whole_book import Plans

SITE_INDEX = "site.sqlite"
"""Name of the file in a release: not one of those that Datasette serves, which end in .db."""

_COUNTS_SQL = "CREATE TABLE counts (collection TEXT PRIMARY KEY, rows INTEGER NOT NULL) STRICT"


def write_site_index(book: Book, plans: Plans, database: Path, path: Path) -> None:
    """Write the new file ``path`` from the tables in ``database``, which may lack indexes. Raises OSError."""
    with writing(path) as connection:
        connection.create_function("folded", 1, folded, deterministic=True)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA automatic_index = OFF")  # which would be made anew for each record
        connection.execute("ATTACH ? AS book", (f"{database.resolve().as_uri()}?mode=ro&immutable=1",))
        connection.execute("BEGIN")
        connection.execute(_COUNTS_SQL)
        for name in plans:
            count = f"SELECT ?1, count(*) FROM book.{RECORDS} WHERE collection = ?1"
            connection.execute(f"INSERT INTO counts {count}", (name,))
        make_facets(connection, book, plans)
        make_search(connection, book, plans)
        make_spans(connection, book, plans)
        make_points(connection, book, plans)
        make_network(connection, book, plans)
        connection.execute("COMMIT")


def complete_site_index(book: Book, plans: Plans, folder: Path, *, is_new: bool) -> None:
    """Add to the index in ``folder`` which keys are gone, as the database and `KEYS` there have them.

    One that is not new was taken over from the last release, which has the same file: it is made anew where it says
    otherwise, and never changed. Raises OSError where the disk fails.
    """
    database, index = folder / book.database, folder / SITE_INDEX
    rows = gone_keys(book, database, folder / KEYS)
    if not is_new:
        if has_gone_keys(index, rows):
            return
        index.unlink()
        write_site_index(book, plans, database, index)
    add_gone_keys(index, rows)
