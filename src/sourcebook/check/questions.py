# SPDX-License-Identifier: Apache-2.0
"""What is told of queries and panels, each run once to its first row: so that none that is published is broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Book, Header, Script, defaults_of
from sourcebook.finding import Finding, Ledger
from sourcebook.rules.trial import Outcome, Statement
from sourcebook.sqlite import quote
from sourcebook.tables.whole_book import Plans, key_column
from sourcebook.validation.wording import did_you_mean

_KEY = "key"  # the parameter of a panel
_MOST = 100  # mistakes of one header that are told
Wrong = tuple[tuple[str | int, ...], str, str]  # what is wrong in a header: where, in which words, and a hint


@dataclass(frozen=True)
class Questions:
    """What queries and panels are run on: a book, its plans and the ``connection`` to its tables."""

    book: Book
    plans: Plans
    connection: sqlite3.Connection
    ledger: Ledger

    def statements(self) -> Iterator[tuple[Statement, str]]:
        """Each query and panel as it is to be tried, and which of the two it is."""
        for query in self.book.queries:
            yield Statement(query, "the query cannot be run", defaults_of(query)), "query"
        for collection, panels in self.book.panels.items():
            if collection in self.book.apart:
                self.ledger.skipped("script", f"{collection} is not looked at", len(panels))
                continue
            key = self._key(collection) if panels else None
            if panels and key is None:
                self.ledger.skipped("script", f"{collection} has no record to run its panels with", len(panels))
            for panel in panels:
                yield Statement(panel, "the panel cannot be run", {_KEY: key}), "panel"

    def told(self, script: Script, kind: str, outcome: Outcome) -> Iterator[Finding]:
        """What is wrong with a query or a panel, by what it came to."""
        yield from self._tried(script, kind, outcome)
        if kind == "panel":
            yield from self._parameters(script, outcome)
            return
        yield from self._defaults(script, outcome)
        if self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (script.name,)).fetchone():
            message = f"there is a table or view {script.name!r} already, so the query would not be reached"
            yield Finding(script.path, 1, 1, "script", message, hint="rename the file")

    def _key(self, collection: str) -> Any:
        """The key of one record; None where there is none."""
        table = self.plans[collection].tables[0]
        query = f"SELECT {quote(key_column(self.plans[collection]).name)} FROM {quote(table.name)} LIMIT 1"
        return next(iter(self.connection.execute(query).fetchone() or ()), None)

    def _tried(self, script: Script, kind: str, outcome: Outcome) -> Iterator[Finding]:
        """What is wrong with a script that was run to its first row, and with what its header says of the result."""
        if outcome.why:
            left = kind == "panel" or set(outcome.asked) - defaults_of(script).keys()
            if outcome.asked and left and outcome.compiles and not outcome.why.startswith("it took"):
                why = f"with NULL for each of its parameters {script.path} cannot be run"
                self.ledger.unverifiable("script", why)
                return
            yield from [outcome.told] if outcome.told else []
            return
        if not outcome.names:
            message = f"the {kind} gives no rows: it has no statement"
            yield Finding(script.path, script.line, 1, "script", message, hint="SELECT … FROM …")
            return
        wrong = list(self._header(script, kind, list(outcome.names)))
        if wrong:
            header = Header(self.book.root, script)  # read once: a stranger may name many columns
            yield from (header.finding(*one) for one in wrong[:_MOST])
        if len(wrong) > _MOST:
            message = f"{len(wrong) - _MOST:,} more mistakes in what the header says of columns are not shown"
            yield Finding(script.path, 1, 1, "script", message, hint="mend those that are shown")

    def _defaults(self, query: Script, outcome: Outcome) -> Iterator[Finding]:
        """The defaults of parameters that a query does not have."""
        said = query.header.get("parameters")
        odd = [name for name in said if name not in outcome.asked] if isinstance(said, dict) else []
        if not odd or not outcome.compiles:
            return
        header = Header(self.book.root, query)
        for name in odd[:_MOST]:
            there = ", ".join(f":{one}" for one in outcome.asked) or "no parameter"
            hint = did_you_mean(name, outcome.asked) or f"it asks for {there}"
            where = ("parameters", name)
            yield header.finding(where, f"the query asks for no :{name}", hint, at_key=True)

    def _parameters(self, panel: Script, outcome: Outcome) -> Iterator[Finding]:
        asked = outcome.asked
        others = [name for name in asked if name != _KEY]
        if others:
            message = f"the panel asks for :{others[0]}, and a page gives it :{_KEY} alone"
            hint = did_you_mean(others[0], [_KEY]) or "a question that readers put something into is a query"
            yield Finding(panel.path, panel.line, 1, "script", message, hint=hint)
        elif not asked and outcome.compiles:
            message = f"the panel does not ask for :{_KEY}, so that it is the same on every page"
            yield Finding(panel.path, panel.line, 1, "script", message, hint=f"WHERE … = :{_KEY}")

    def _header(self, script: Script, kind: str, names: list[str]) -> Iterator[Wrong]:
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
        told = 0
        for path, column in named:
            if not isinstance(column, str):
                continue  # which is told already, by the form of the header
            if column not in names:
                told += 1
                near = did_you_mean(column, names) if told <= _MOST else ""
                hint = near or f"its columns are {', '.join(names[:12])}"
                yield path, f"the {kind} gives no column {column!r}", hint
            elif names.count(column) > 1:
                message = f"the {kind} gives {names.count(column)} columns {column!r}"
                yield path, message, f"give one of them another name: AS {column}_2"
        known = self.book.by_name
        for column, collection in link.items() if isinstance(link, dict) else ():
            if isinstance(collection, str) and collection not in known:
                told += 1
                near = did_you_mean(collection, known) if told <= _MOST else ""
                hint = near or f"the collections are {', '.join(list(known)[:12])}"
                message = f"the column {column!r} would link to {collection!r}, which is no collection of this book"
                yield ("link", column), message, hint
