# SPDX-License-Identifier: Apache-2.0
"""The book's SQL tried: each statement carried out, apart from all else, within limits that a book cannot raise.

A guard of SQLite's acts between the steps of a statement, and a single step may run for hours and take all memory:
`instr`, LIKE, GLOB, `group_concat`. So statements are run by a process that is ended where it goes over.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sourcebook import apart
from sourcebook.book import Script
from sourcebook.finding import Finding
from sourcebook.rules.script import reason, refused
from sourcebook.sqlite import Sandbox, reading

_MEMORY = 256 * 1024 * 1024  # bytes that a statement may take, of which SQLite itself takes what is next at most
_HEAP = 200 * 1024 * 1024
_RESULT = 16 * 1024 * 1024  # bytes of all rows of a check
_GRACE = 0.25  # seconds in which the guard between steps is to have acted
_ALL = 30
"""How many times the seconds of one statement all of a book's statements may take together."""
_MOST_LONG = 5  # statements that take longer than they may, after which no others are run


class Outcome(NamedTuple):
    """What a statement came to: the columns it gives, its first rows, the tables that it read.

    ``asked`` are the parameters it asked for, and ``compiles`` tells whether SQLite takes it, whatever happens when it
    runs. ``why`` is the reason why it failed, empty where it did not, and ``told`` the finding that says so.
    """

    names: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    tables: Sequence[str] = ()
    asked: Sequence[str] = ()
    compiles: bool = True
    why: str = ""
    told: Finding | None = None


@dataclass(frozen=True)
class Statement:
    """A statement of the book: what its script is called when it fails, and what it is given.

    To its first row it is run, or to so many ``rows``. What it asks for beside ``given`` is NULL where it is ``free``
    to ask.
    """

    script: Script
    failing: str
    given: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 0
    free: bool = True
    sql: str = ""


class Trial:
    """The statements of a book, carried out in order on its tables."""

    def __init__(self, database: Path, statements: Sequence[Statement], seconds: float) -> None:
        self._database = database
        self._statements = statements
        self._seconds = seconds

    def outcomes(self) -> Iterator[Outcome]:
        """What each statement came to, in order.

        Where all together have taken too long, those that are left are not run: the finding of the first says so.
        """
        if not self._statements:
            return
        allowed = apart.Allowed(self._seconds + _GRACE, _MEMORY, _RESULT, _DISK)
        begun, number, long = time.monotonic(), 0, 0
        run = _Run(self._database, self._statements, self._seconds)
        with closing(apart.mapped(run, len(self._statements), allowed)) as results:
            for statement, result in zip(self._statements, results, strict=True):
                number += 1
                if isinstance(result, apart.Over):
                    outcome = _refused(statement, _why(result.what, self._seconds))
                else:
                    outcome = _outcome(result)
                yield outcome
                long += outcome.why == _why("time", self._seconds)
                if long == _MOST_LONG or time.monotonic() - begun > self._seconds * _ALL:
                    break
        yield from self._left(self._statements[number:])

    def _left(self, statements: Sequence[Statement]) -> Iterator[Outcome]:
        for number, statement in enumerate(statements):
            why = "it is not run, nor what follows it, since the scripts before it took too long"
            yield _refused(statement, why) if not number else Outcome(compiles=False, why=why)


_DISK = 512 * 1024 * 1024  # bytes of one temporary file, of sorting


def _refused(statement: Statement, why: str) -> Outcome:
    script = statement.script
    hint = next((hint for words, hint in _HINTS if words in why), "mend the statement")
    told = Finding(script.path, script.line, 1, "script", f"{statement.failing}: {why}", hint=hint)
    return Outcome(compiles=False, why=why, told=told)


_HINTS = (
    ("seconds", "look at fewer rows; limits: check_seconds may be 60 at most, and --check-seconds more"),
    ("memory", "look at fewer rows, or at parts of long values"),
    ("rows of it", "return the keys of records and a short message"),
)


def _why(what: apart.What, seconds: float) -> str:
    if what == "time":
        return f"it took more than {seconds:g} seconds"
    if what == "memory":
        return f"it took more than {_MEMORY // 1024**2} MB of memory"
    if what == "result":
        return f"the rows of it are more than {_RESULT // 1024**2} MB"
    return "SQLite ended while it carried it out"


class _Given(dict[str, Any]):
    """What a statement's parameters stand for: NULL but for those that are known; which it asked for is kept."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        super().__init__()
        self.known = known
        self.asked: list[str] = []

    def __missing__(self, name: str) -> Any:
        self.asked.append(name)
        return self.known.get(name)


@dataclass
class _Run:
    """What runs a statement, by its number, in a process that opens the tables by itself."""

    database: Path
    statements: Sequence[Statement]
    seconds: float
    connection: sqlite3.Connection | None = None

    def __call__(self, number: int, _at: apart.At) -> tuple[Any, ...]:
        """An outcome as plain data."""
        if self.connection is None:
            self._open = reading(self.database)  # kept, for else it would be closed
            self.connection = self._open.__enter__()
            if apart.FORKS:  # else it would hold for all that this process does
                self.connection.execute(f"PRAGMA hard_heap_limit = {_HEAP}")
        statement, connection = self.statements[number], self.connection
        given = _Given(statement.given)
        sandbox = Sandbox(connection, self.seconds)
        sql = statement.sql or statement.script.sql
        try:
            with sandbox.guarded() as guarded:
                cursor = guarded.execute(sql, given if statement.free else statement.given)
                names = [column[0] for column in cursor.description or ()]
                rows = cursor.fetchmany(statement.rows) if statement.rows else []
                cursor.close()
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            why = reason(error, self.seconds)
            told = refused(statement.script, statement.failing, why, connection)
            return ([], [], [], given.asked, self._compiles(sql), why, _plain(told))
        asked = list(dict.fromkeys(given.asked))
        compiles = bool(asked) or self._compiles(sql)
        return (names, rows, sorted(sandbox.tables), asked, compiles, "", None)

    def _compiles(self, sql: str) -> bool:
        """Whether SQLite takes a statement, whatever may happen when it runs."""
        assert self.connection is not None
        with Sandbox(self.connection, self.seconds).guarded() as guarded:
            try:
                guarded.execute(f"EXPLAIN {sql}", _Given({})).close()
            except (sqlite3.Error, sqlite3.Warning):
                return False
        return True


def _plain(told: Finding) -> tuple[Any, ...]:
    return told.path, told.line, told.column, told.rule, told.message, told.level, told.hint


def _outcome(plain: tuple[Any, ...]) -> Outcome:
    names, rows, tables, asked, compiles, why, told = plain
    return Outcome(names, rows, tables, asked, compiles, why, Finding(*told) if told else None)
