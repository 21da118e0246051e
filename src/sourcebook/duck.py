# SPDX-License-Identifier: Apache-2.0
"""DuckDB, opened on our terms: the one door to it. What it reads lies in one folder, and it fetches nothing.

It is an extra. SQL that it is given is our own: names and paths come into it by `quote` and `literal`.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sourcebook.errors import EnvironmentFailure

INSTALL = "pip install 'sourcebook[cluster]'"
"""The command that brings it, and all that partitions take."""
_MEMORY = "400MB"  # above that it goes to disk
_THREADS = 2
_ALONE: dict[str, str | bool | int | float | list[str]] = {
    "threads": _THREADS,
    "memory_limit": _MEMORY,
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


class Refused(Exception):
    """DuckDB does not carry out a statement, or a file is not what it is to be; what it says of that, on a line."""


def is_there() -> bool:
    """Whether DuckDB is installed."""
    return find_spec("duckdb") is not None


class Tables:
    """Files of a folder, as DuckDB reads them."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str, **given: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement of ours, with what is ``given`` for its parameters. Raises Refused."""
        with _refusals():
            cursor = self._connection.cursor()
            try:
                cursor.execute(sql, given or None)
                while some := cursor.fetchmany(_AT_ONCE):
                    yield from some
            finally:
                cursor.close()

    def run(self, sql: str) -> None:
        """Carry out statements of ours. Raises Refused."""
        with _refusals():
            self._connection.execute(sql)


_AT_ONCE = 2_000  # rows


@contextmanager
def reading(folder: Path, aside: Path | None = None) -> Iterator[Tables]:
    """What lies in ``folder``; nothing else is opened, but for what does not fit into memory, which is put ``aside``.

    Raises EnvironmentFailure where DuckDB is not installed.
    """
    if not is_there():
        raise EnvironmentFailure(f"DuckDB is not installed here; run `{INSTALL}`")
    import duckdb

    with tempfile.TemporaryDirectory(prefix="sourcebook-", dir=aside) as spilled, _refusals():
        connection = duckdb.connect(":memory:", config=_ALONE)
        try:
            places = dict.fromkeys((f"{Path(folder).resolve()}/", f"{exactly(folder)}/", f"{Path(spilled).resolve()}/"))
            allowed = ", ".join(map(literal, places))
            connection.execute(f"SET temp_directory = {literal(spilled)}")
            connection.execute(f"SET allowed_directories = [{allowed}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield Tables(connection)
        finally:
            connection.close()


@contextmanager
def _refusals() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise Refused(" ".join(str(error).split())[:_LONGEST]) from error


_LONGEST = 400


def exactly(folder: Path) -> str:
    """What names a ``folder`` where DuckDB takes patterns: ``[``, ``*`` and ``?`` in its path are no signs of one."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(folder.resolve()))


def quote(name: str) -> str:
    """A name of a table or a column as one of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as one of SQL."""
    return "'" + text.replace("'", "''") + "'"
