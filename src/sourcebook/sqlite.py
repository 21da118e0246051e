# SPDX-License-Identifier: Apache-2.0
"""SQLite, opened on our terms: quoted names, and connections on which strangers' SQL may run."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sourcebook.errors import EnvironmentFailure

_OLDEST = (3, 37, 0)  # the first with STRICT tables
INDEPENDENCE = "_independence"  # on how many origins statements rest, at least and at most, and why
RECORDS = "_records"  # the table of every record whole: collection, key, path, line, document


def quote(name: str) -> str:
    """A table or column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write to the finished database at ``path``. Raises OSError where the disk fails."""
    with disk_failures(path):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            yield connection
        finally:
            connection.close()


def written_by(path: Path) -> bytes:
    """The version of SQLite that wrote a database: bytes 96 to 99 of its header (https://sqlite.org/fileformat2.html)."""
    with path.open("rb") as file:
        file.seek(96)
        return file.read(4)


def is_cut(path: Path) -> bool:
    """Whether a database is shorter than its header says, or no database. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        head = file.read(100)
        size = file.seek(0, 2)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        return True
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    # What wrote it last has to have said how many pages there are: before version 3.7.0 it did not.
    return head[24:28] == head[92:96] and size < pages * (65_536 if page == 1 else page)


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes a database which nobody reads yet, and which is thrown away if that fails.

    Raises OSError where the disk fails, EnvironmentFailure where SQLite is older than what is written needs.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        needed = ".".join(map(str, _OLDEST))
        raise EnvironmentFailure(f"SQLite {needed} or later is needed; this Python has {sqlite3.sqlite_version}")
    with disk_failures(path):
        connection = sqlite3.connect(path.resolve().as_uri(), uri=True, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            # What is deleted, or moved from page to page, leaves nothing behind; not every SQLite is built so.
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
        finally:
            connection.close()


@contextmanager
def disk_failures(path: Path) -> Iterator[None]:
    """Raise OSError where SQLite says that the disk is full, or fails, or does not let it in."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says what SQLite was doing
        if code not in _OF_THE_DISK:
            raise
        raise OSError(_OF_THE_DISK[code], str(error), str(path)) from error


_OF_THE_DISK = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EACCES,  # what could not be opened to write is opened to read
    sqlite3.SQLITE_PERM: errno.EACCES,
}


_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
# What SQLite asks for by itself when json_each or a full-text index is read; neither lets anything be written.
_INTERNAL = {(sqlite3.SQLITE_UPDATE, "sqlite_master"), (sqlite3.SQLITE_PRAGMA, "data_version")}
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "fts5_source_id"}
# Tables that SQLite makes of what it knows by itself: of pages of the file, statements, files of the machine.
_FORBIDDEN_TABLES = {"dbstat", "sqlite_dbpage", "sqlite_stmt", "sqlite_memstat", "bytecode", "tables_used", "fsdir"}
# Of what SQLite says of itself, and who serves a database asks, this is of tables; the rest is of files and settings.
_OF_TABLES = {
    *("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"),
}
_ASKED_BY_SERVERS = {
    *(*_OF_TABLES, "database_list", "schema_version", "data_version", "cache_size", "compile_options"),
    "recursive_triggers",  # by sqlite-utils, of every connection; where nothing is written no trigger runs
}
# What tables of JSON are made by, which servers and pages ask: a table of such a name would be taken for it.
_BY_FUNCTIONS = {"generate_series", "json_each", "json_tree", "jsonb_each", "jsonb_tree"}
_MOST_BYTES = 10_000_000  # of one value, so that randomblob(900000000) is refused
MOST_OF_ROW = 5_000_000
"""Bytes of a published row, all values together: of a larger one a book is told, since no page could show it."""

# What a statement of a stranger may be: far more than one needs that is written by hand.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 10_000,
}
_MOST_COLUMNS = 300  # of what is selected, or three times as many as the widest table has


def shows(action: int, first: str | None, second: str | None) -> bool:
    """Whether what a statement asks SQLite for, as an authorizer is told, is of records, and not of the machine."""
    if action == sqlite3.SQLITE_FUNCTION:
        return (second or "").lower() not in _FORBIDDEN_FUNCTIONS
    if action == sqlite3.SQLITE_READ:
        name = (first or "").lower()
        pragma = name.removeprefix("pragma_")
        return name not in _FORBIDDEN_TABLES and (pragma == name or pragma in _OF_TABLES)
    return True


def is_own(name: str) -> bool:
    """Whether SQLite has, or may have, a table of this name by itself, which one of a book would be taken for."""
    name = name.lower()
    return name.startswith(("sqlite_", "pragma_")) or name in _FORBIDDEN_TABLES | _BY_FUNCTIONS


def guard(
    connection: sqlite3.Connection, most_bytes: int, *, writes: bool = False, tables: set[str] | None = None
) -> None:
    """Have a connection answer SQL of readers, and a server's own: of records alone, within limits for good.

    It writes nothing, unless who serves it ``writes``; values may have ``most_bytes``. The
    names of the tables that statements read, as they are prepared, are added to ``tables``; those of views too.
    """
    ((widest,),) = connection.execute("SELECT coalesce(max(ncol), 0) FROM pragma_table_list")
    columns = max(_MOST_COLUMNS, 3 * widest)
    attached = {sqlite3.SQLITE_LIMIT_ATTACHED: 0, sqlite3.SQLITE_LIMIT_LENGTH: most_bytes}
    # Datasette looks for what tables are made of by patterns, in which names are, and as many of them as there are.
    attached[sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH] = 5_000
    bounded(connection, {**_LIMITS, **attached, sqlite3.SQLITE_LIMIT_COLUMN: columns})

    def authorize(action: int, first: str | None, second: str | None, _db: str | None, _by: str | None) -> int:
        if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) or not shows(action, first, second):
            return sqlite3.SQLITE_DENY
        if tables is not None and action == sqlite3.SQLITE_READ and first:
            tables.add(first)
        if writes or action in _READS or (action, first) in _INTERNAL:
            return sqlite3.SQLITE_OK
        asked = action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _ASKED_BY_SERVERS
        return sqlite3.SQLITE_OK if asked else sqlite3.SQLITE_DENY

    connection.set_authorizer(authorize)


def bounded(connection: sqlite3.Connection, limits: Mapping[int, int]) -> dict[int, int]:
    """Set limits of a connection, none of them higher than it is; what they were."""
    were = {one: connection.getlimit(one) for one in limits}
    for one, most in limits.items():
        connection.setlimit(one, min(most, were[one]))
    return were


class Sandbox:
    """A connection for SQL from strangers: reading only, no ATTACH, no PRAGMA, no extension, bounded in time.

    ``tables`` names the tables that the last statement read, and ``columns`` each column with its table.
    """

    def __init__(self, connection: sqlite3.Connection, seconds: float) -> None:
        self.tables: set[str] = set()
        self.columns: set[tuple[str, str]] = set()
        self._connection = connection
        self._seconds = seconds
        self._deadline = 0.0

    @contextmanager
    def guarded(self) -> Iterator[sqlite3.Connection]:
        """The connection with the guards up. Raises sqlite3.Error from statements that break the rules."""
        self.tables, self.columns = set(), set()
        self._deadline = time.monotonic() + self._seconds
        were = bounded(self._connection, {**_LIMITS, sqlite3.SQLITE_LIMIT_LENGTH: _MOST_BYTES})
        self._connection.set_authorizer(self._authorize)
        self._connection.set_progress_handler(lambda: time.monotonic() > self._deadline, 10_000)
        try:
            yield self._connection
        finally:
            self._connection.set_progress_handler(None, 0)
            self._connection.set_authorizer(None)
            for limit, most in were.items():
                self._connection.setlimit(limit, most)

    def _authorize(self, action: int, first: str | None, second: str | None, _db: str | None, _by: str | None) -> int:
        if action == sqlite3.SQLITE_READ and first:
            self.tables.add(first)
            self.columns.add((first, second or ""))
        if not shows(action, first, second):
            return sqlite3.SQLITE_DENY
        if (action, first) in _INTERNAL:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY
