# SPDX-License-Identifier: Apache-2.0
"""A question put to the database of a release: its SQL carried out within bounds of time, rows and bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.content.opened import Opened
from sourcebook.extract.datasette import SETTINGS
from sourcebook.extract.site import Question
from sourcebook.sqlite import Sandbox

SECONDS = int(str(SETTINGS["sql_time_limit_ms"])) / 1000
"""How long the site works on a question: as long as Datasette beside it does."""
_AT_ONCE = 500  # rows


class Refused(Exception):
    """Why a question has no answer here, in words for who reads the page."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found: names of columns, each once, and rows; ``whole`` where these are all.

    ``count`` is how many there are in all; None where the time was not enough to count them.
    """

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    whole: bool
    count: int | None
    tables: frozenset[str] = frozenset()  # that were read, behind views too
    columns: frozenset[tuple[str, str]] = frozenset()  # that were read, each with its table

    def index(self, name: str) -> int | None:
        """The place of a column; None where there is none of that name."""
        return self.names.index(name) if name in self.names else None


def parameters_of(opened: Opened, question: Question) -> tuple[str, ...]:
    """The names of what a question leaves to be said by who asks it, in its order. Raises Refused."""
    asked = _Noting()
    with _in_words(), Sandbox(opened.connection, SECONDS).guarded() as connection:
        connection.execute(f"EXPLAIN {question.sql}", asked).close()
    return tuple(asked.names)


def ask(
    opened: Opened, question: Question, values: Mapping[str, str], most: int | None = None, bytes_: int = 20_000_000
) -> Found:
    """Ask a question with ``values`` for its parameters: ``most`` rows of no more than so many bytes.

    Raises Refused where SQLite does not take it, or it takes longer than `SECONDS`.
    """
    sandbox = Sandbox(opened.connection, SECONDS)
    with _in_words(), sandbox.guarded() as connection:
        cursor = connection.execute(question.sql, dict(values))
        names = tuple(_each_once(column[0] for column in cursor.description))
        rows: list[tuple[Any, ...]] = []
        size = 0
        for row in cursor:
            rows.append(row)
            size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
            if size > bytes_ or len(rows) == most:
                break
        rest = _counted(cursor)
    count = None if rest is None else len(rows) + rest
    return Found(names, rows, rest == 0, count, frozenset(sandbox.tables), frozenset(sandbox.columns))


def _counted(rows: Iterable[object]) -> int | None:
    try:
        return sum(1 for _ in rows)
    except sqlite3.OperationalError:
        return None


class _Noting(dict[str, None]):
    """NULL for whatever parameter a question names, and the names."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __missing__(self, name: str) -> None:
        self.names.append(name)


class _in_words:  # noqa: N801 # reads as what it is in a with statement
    """Errors of SQLite as words."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError) and str(error) == "interrupted":
            raise Refused(
                f"It takes longer than {SECONDS:g} s, which is as long as this site works on a question. The database "
                "is among the downloads: there it can be asked for as long as it takes."
            ) from error
        if isinstance(error, sqlite3.Error | sqlite3.Warning):
            raise Refused(f"SQLite does not take it: {error}.") from error


def _each_once(names: Iterable[str]) -> Iterator[str]:
    """The names of columns, of which SQL may give several the same."""
    seen: set[str] = set()
    for name in names:
        one, number = name, 2
        while one in seen:
            one, number = f"{name}_{number}", number + 1
        seen.add(one)
        yield one
