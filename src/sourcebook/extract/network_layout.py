# SPDX-License-Identifier: Apache-2.0
"""Which records hang together by the records that link them, laid out for pictures of the network.

Made of tables in the schema ``book``, in the schema ``main``. Nothing is made of what is no record: there is a line for
each record with the role of an edge that leads to two others, and none besides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from sourcebook.book import Book
from sourcebook.extract.clusters import FEWER, MOST_LINES, Cluster, Tree, clustered, lines_between, places_of
from sourcebook.extract.rows import columns_at, in_book, key_of
from sourcebook.extract.springs import laid_out
from sourcebook.sqlite import RECORDS, quote
from sourcebook.tables import Plan
from sourcebook.tables.whole_book import Plans

_TABLES = """
CREATE TABLE network_edges (number INTEGER PRIMARY KEY, collection INTEGER NOT NULL, row INTEGER NOT NULL,
  one INTEGER NOT NULL, other INTEGER NOT NULL) STRICT;
CREATE TABLE network_nodes (node INTEGER PRIMARY KEY, collection INTEGER NOT NULL, row INTEGER NOT NULL) STRICT;
CREATE TABLE network_clusters (cluster INTEGER PRIMARY KEY, parent INTEGER, first INTEGER NOT NULL,
  last INTEGER NOT NULL, leaves INTEGER NOT NULL) STRICT;
CREATE TABLE network_places (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL)
  STRICT;
CREATE TABLE network_counts (collection INTEGER PRIMARY KEY, records INTEGER NOT NULL, without INTEGER NOT NULL) STRICT;
"""
_INDEXES = """
CREATE INDEX network_edges_row ON network_edges (collection, row);
CREATE INDEX network_edges_one ON network_edges (one);
CREATE INDEX network_edges_other ON network_edges (other);
CREATE UNIQUE INDEX network_nodes_row ON network_nodes (collection, row);
CREATE INDEX network_clusters_parent ON network_clusters (parent);
"""
_Node = tuple[int, int]  # number of a collection, row in the table of records


def make_network(connection: sqlite3.Connection, book: Book, plans: Plans) -> None:
    """Make and fill the tables of the network, where the book has a collection of edges. Raises sqlite3.Error.

    ``network_edges`` has the records that lead from a node to another, or to itself, in the order of the book.
    ``network_nodes`` has the records that they lead to, numbered so that the nodes of a cluster follow each other
    (`network_clusters`, see `clustered`). ``network_places`` has the places of what the picture of all is made of.
    ``network_counts`` says of each collection how many records it has, and how many lead from nowhere or to nowhere.
    """
    if not any("edge" in book.by_name[name].roles for name in plans):
        return
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    keys = _Keys(connection, {name: number for number, name in enumerate(plans, 1)})
    edges: list[tuple[int, int, _Node, _Node]] = []
    for number, (name, plan) in enumerate(plans.items(), 1):
        role = book.by_name[name].roles.get("edge")
        if role:
            before, count = len(edges), 0
            for row, one, other in _ends(connection, plan, role, keys):
                count += 1
                if one and other:
                    edges.append((number, row, one, other))
            without = count - (len(edges) - before)
            connection.execute("INSERT INTO network_counts VALUES (?, ?, ?)", (number, count, without))
    if edges:
        _fill(connection, edges)
    for statement in _INDEXES.split(";"):
        connection.execute(statement)


def _fill(connection: sqlite3.Connection, edges: list[tuple[int, int, _Node, _Node]]) -> None:
    nodes = sorted({node for *_, one, other in edges for node in (one, other)})
    number = {node: place for place, node in enumerate(nodes)}
    lines = [(number[one], number[other]) for *_, one, other in edges]
    order, clusters = clustered(len(nodes), lines)
    ranked = [0] * len(order)
    for place, node in enumerate(order):
        ranked[node] = place
    lines = [(ranked[one], ranked[other]) for one, other in lines]
    connection.executemany(
        "INSERT INTO network_edges VALUES (?, ?, ?, ?, ?)",
        ((place, *edge[:2], *line) for place, (edge, line) in enumerate(zip(edges, lines, strict=True))),
    )
    connection.executemany(
        "INSERT INTO network_nodes VALUES (?, ?, ?)", ((place, *nodes[node]) for place, node in enumerate(order))
    )
    connection.executemany(
        "INSERT INTO network_clusters VALUES (?, ?, ?, ?, ?)",
        ((place, one.parent, one.first, one.last, one.leaves) for place, one in enumerate(clusters)),
    )
    connection.executemany("INSERT INTO network_places VALUES (?, ?, ?, ?)", _places(clusters, lines))


def _places(clusters: Sequence[Cluster], lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """The picture of all: the largest clusters are opened as long as there is room."""
    nodes = range(clusters[0].last + 1)
    tree = Tree(clusters)
    for most in FEWER:
        spans = tree.opened(nodes, most)
        pairs = lines_between(lines, dict(places_of(spans, nodes)))
        if len(pairs) <= MOST_LINES:
            break
    found = laid_out(len(spans), pairs)
    for span, place in zip(spans, found, strict=True):
        yield *span, *place


class _Keys:
    """The rows of records by their keys; those of a collection are read where one leads to it."""

    def __init__(self, connection: sqlite3.Connection, numbers: Mapping[str, int]) -> None:
        self._connection = connection
        self._numbers = numbers
        self._rows: dict[str, dict[str, int]] = {}

    def node(self, collection: str, key: object) -> _Node | None:
        """The record of a key; None where there is none, or the book has no such collection."""
        if collection not in self._rows:
            sql = f"SELECT key, rowid FROM book.{RECORDS} WHERE collection = ?"
            self._rows[collection] = dict(self._connection.execute(sql, (collection,)).fetchall())
        row = self._rows[collection].get(str(key))
        return None if row is None else (self._numbers[collection], row)


def _ends(
    connection: sqlite3.Connection, plan: Plan, role: Mapping[str, str], keys: _Keys
) -> Iterator[tuple[int, _Node | None, _Node | None]]:
    """Of each record of a collection its row, and the records that it leads from and to, in the order of the book."""
    table = plan.tables[0]
    ends = [list(_targets(plan, role[part])) for part in ("from", "to")]
    columns = [f"own.{quote(column)}" for targets in ends for column, _ in targets]
    listed = connection.execute(
        f"""SELECT {", ".join(["listed.rowid", *columns])}
        FROM book.{RECORDS} AS listed CROSS JOIN {in_book(table)} AS own ON own.{quote(key_of(table).name)} = listed.key
        WHERE listed.collection = ? ORDER BY listed.rowid""",
        (plan.collection,),
    )
    split = len(ends[0]) + 1
    for row, *values in listed.fetchall():
        yield row, _meant(keys, ends[0], values[: split - 1]), _meant(keys, ends[1], values[split - 1 :])


def _targets(plan: Plan, path: str) -> Iterator[tuple[str, str]]:
    """The columns that hold the keys of what is meant at a path of the records themselves, each with its collection."""
    own = plan.tables[0]
    for column in (column for table, column in columns_at(plan, path) if table is own):
        if column.foreign:
            yield column.name, column.foreign.collection
        at = own.columns.index(column)
        for offset, collection in enumerate(column.collections, 1):
            yield own.columns[at + offset].name, collection


def _meant(keys: _Keys, targets: Sequence[tuple[str, str]], values: Sequence[object]) -> _Node | None:
    """The first of the records that the columns of an end name."""
    for (_, collection), value in zip(targets, values, strict=True):
        if value is not None:
            return keys.node(collection, value)
    return None
