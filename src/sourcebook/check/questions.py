# SPDX-License-Identifier: Apache-2.0
"""Queries and panels, run once each to their first row: so that none that is published is broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Book, Script, header_finding
from sourcebook.finding import Finding, Ledger
from sourcebook.rules.script import reason, refused
from sourcebook.sqlite import Sandbox, quote
from sourcebook.tables.whole_book import Plans, key_column
from sourcebook.validation.wording import did_you_mean

_KEY = "key"  # the parameter of a panel


class _Given(dict[str, Any]):
    """What a statement's parameters stand for: NULL but for those that are known; which it asked for is kept."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        super().__init__()
        self.known = known
        self.asked: list[str] = []

    def __missing__(self, name: str) -> Any:
        self.asked.append(name)
        return self.known.get(name)


@dataclass(frozen=True)
class Questions:
    """What queries and panels are run on: a book, its plans and the ``connection`` to its tables."""

    book: Book
    plans: Plans
    connection: sqlite3.Connection
    ledger: Ledger

    def problems(self) -> Iterator[Finding]:
        """What is wrong with the book's queries and panels."""
        for query in self.book.queries:
            yield from self._tried(query, "query", _Given({}))
            if self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (query.name,)).fetchone():
                message = f"there is a table or view {query.name!r} already, so the query would not be reached"
                yield Finding(query.path, 1, 1, "script", message, hint="rename the file")
        for collection, panels in self.book.panels.items():
            key = self._key(collection)
            if key is None:
                self.ledger.skipped("script", f"{collection} has no record to run its panels with", len(panels))
            for panel in panels:
                given = _Given({_KEY: key})
                yield from self._tried(panel, "panel", given)
                yield from self._parameters(panel, given)

    def _key(self, collection: str) -> Any:
        """The key of one record; None where there is none."""
        table = self.plans[collection].tables[0]
        query = f"SELECT {quote(key_column(self.plans[collection]).name)} FROM {quote(table.name)} LIMIT 1"
        return next(iter(self.connection.execute(query).fetchone() or ()), None)

    def _tried(self, script: Script, kind: str, given: _Given) -> Iterator[Finding]:
        """What is wrong with a script that is run to its first row, and with what its header says of the result."""
        try:
            names = self._run(script.sql, given)
        except (sqlite3.Error, sqlite3.Warning) as error:
            why = reason(error, self.book.check_seconds)
            if given.asked and not why.startswith("it took") and self._compiles(script):
                why = f"with NULL for each of its parameters {script.path} cannot be run"
                self.ledger.unverifiable("script", why)
                return
            yield refused(script, f"the {kind} cannot be run", why, self.connection)
            return
        if not names:
            message = f"the {kind} gives no rows: it has no statement"
            yield Finding(script.path, script.line, 1, "script", message, hint="SELECT … FROM …")
            return
        yield from self._header(script, kind, names)

    def _run(self, sql: str, given: _Given) -> list[str]:
        """The names of the columns that a statement gives, which is carried out to its first row."""
        with Sandbox(self.connection, self.book.check_seconds).guarded() as guarded:
            cursor = guarded.execute(sql, given)
            try:
                return [column[0] for column in cursor.description or ()]
            finally:
                cursor.close()

    def _compiles(self, script: Script) -> bool:
        """Whether SQLite takes a statement, whatever may happen when it runs."""
        with Sandbox(self.connection, self.book.check_seconds).guarded() as guarded:
            try:
                guarded.execute(f"EXPLAIN {script.sql}", _Given({})).close()
            except (sqlite3.Error, sqlite3.Warning):
                return False
        return True

    def _parameters(self, panel: Script, given: _Given) -> Iterator[Finding]:
        asked = list(dict.fromkeys(given.asked))
        others = [name for name in asked if name != _KEY]
        if others:
            message = f"the panel asks for :{others[0]}, and a page gives it :{_KEY} alone"
            hint = did_you_mean(others[0], [_KEY]) or "a question that readers put something into is a query"
            yield Finding(panel.path, panel.line, 1, "script", message, hint=hint)
        elif not asked and self._compiles(panel):
            message = f"the panel does not ask for :{_KEY}, so that it is the same on every page"
            yield Finding(panel.path, panel.line, 1, "script", message, hint=f"WHERE … = :{_KEY}")

    def _header(self, script: Script, kind: str, names: list[str]) -> Iterator[Finding]:
        """What the header says of columns that the result does not have, and of collections that there are not."""
        header = script.header
        link, group, chart = header.get("link"), header.get("group"), header.get("chart")
        named: list[tuple[tuple[str | int, ...], Any]] = []
        if isinstance(link, dict):
            named += [(("link", column), column) for column in link]
        if isinstance(group, list):
            named += [(("group", index), column) for index, column in enumerate(group)]
        elif group is not None:
            named.append((("group",), group))
        if isinstance(chart, dict):
            named += [(("chart", part), column) for part, column in chart.items()]
        for path, column in named:
            if not isinstance(column, str):
                continue  # which is told already, by the form of the header
            if column not in names:
                hint = did_you_mean(column, names) or f"its columns are {', '.join(names[:12])}"
                yield self._at(script, path, f"the {kind} gives no column {column!r}", hint)
            elif names.count(column) > 1:
                message = f"the {kind} gives {names.count(column)} columns {column!r}"
                yield self._at(script, path, message, f"give one of them another name: AS {column}_2")
        for column, collection in link.items() if isinstance(link, dict) else ():
            if isinstance(collection, str) and collection not in self.book.by_name:
                known = self.book.by_name
                hint = did_you_mean(collection, known) or f"the collections are {', '.join(list(known)[:12])}"
                message = f"the column {column!r} would link to {collection!r}, which is no collection of this book"
                yield self._at(script, ("link", column), message, hint)

    def _at(self, script: Script, path: tuple[str | int, ...], message: str, hint: str) -> Finding:
        return header_finding(self.book.root, script, path, message, hint)
