# SPDX-License-Identifier: Apache-2.0
"""The network of a release as it was laid out at build time: which records link which others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sourcebook.content.opened import Opened
from sourcebook.exact import dumps
from sourcebook.extract.clusters import Cluster, Tree
from sourcebook.extract.site import Collection
from sourcebook.sqlite import RECORDS

Edge = tuple[int, int, int]
"""A record that links two others: its number in the network, and those of the two nodes."""
Shown = Sequence[tuple[Collection, Sequence[int] | None]]
"""Collections of edges, each with the rows of the table of records that are shown of it; None for all."""


class Graph:
    """The edges among ``shown`` records, and the nodes that they lead to."""

    def __init__(self, opened: Opened, shown: Shown) -> None:
        self._opened = opened
        self._connection = opened.connection
        chosen = [f"(collection = {one.number}{_among('row', rows)})" for one, rows in shown]
        self._where = f"({' OR '.join(chosen) or '0'})"
        self._by_number = {one.number: one for one in opened.site.collections}

    @property
    def tree(self) -> Tree:
        """The clusters of all that is linked in the release, whatever is shown of it."""
        kept = self._opened.kept
        if ("network",) not in kept:
            sql = "SELECT parent, first, last, leaves FROM site.network_clusters ORDER BY cluster"
            kept["network",] = Tree([Cluster(*row) for row in self._connection.execute(sql)])
        found: Tree = kept["network",]
        return found

    def edges(self) -> list[Edge]:
        """All of them, in the order of the book."""
        return self._edges("1")

    def inside(self, cluster: Cluster) -> list[Edge]:
        """Those that lead to a node of a cluster, or from one."""
        first, last = cluster.first, cluster.last
        return self._edges(f"(one BETWEEN {first} AND {last} OR other BETWEEN {first} AND {last})")

    def touching(self, nodes: Iterable[int], most: int | None = None) -> list[Edge]:
        """Those that lead to one of some nodes, or from one; the first few, if so said."""
        some = _among("{}", list(nodes)).removeprefix(" AND ")
        numbers = " UNION ".join(
            f"SELECT number FROM site.network_edges WHERE {some.format(end)}" for end in ("one", "other")
        )
        return self._edges(f"number IN ({numbers})", most)

    def _edges(self, condition: str, most: int | None = None) -> list[Edge]:
        sql = f"SELECT number, one, other FROM site.network_edges WHERE {self._where} AND {condition} ORDER BY number"
        return self._connection.execute(sql if most is None else f"{sql} LIMIT {most}").fetchall()

    def places(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Where the marks of the picture of all are, by the spans of nodes that they stand for."""
        sql = "SELECT first, last, x, y FROM site.network_places"
        return {(first, last): (x, y) for first, last, x, y in self._connection.execute(sql)}

    def node(self, collection: Collection, key: str) -> int | None:
        """The node of a record; None where no record links it."""
        sql = f"""SELECT node FROM site.network_nodes WHERE collection = ? AND row =
            (SELECT rowid FROM {RECORDS} WHERE collection = ? AND key = ?)"""
        row = self._connection.execute(sql, (collection.number, collection.name, key)).fetchone()
        return None if row is None else int(row[0])

    def records(self, nodes: Iterable[int]) -> dict[int, tuple[Collection, str]]:
        """The records of some nodes: their collections and keys."""
        return self._records("network_nodes", "node", nodes)

    def edge_records(self, numbers: Iterable[int]) -> dict[int, tuple[Collection, str]]:
        """The records of some edges, by their numbers."""
        return self._records("network_edges", "number", numbers)

    def collections(self, nodes: Iterable[int]) -> dict[int, int]:
        """The numbers of the collections that some nodes are of."""
        sql = f"SELECT node, collection FROM site.network_nodes WHERE 1{_among('node', list(nodes))}"
        return dict(self._connection.execute(sql).fetchall())

    def node_collections(self) -> list[int]:
        """The numbers of all collections that nodes of the release are of."""
        sql = "SELECT DISTINCT collection FROM site.network_nodes ORDER BY 1"
        return [number for (number,) in self._connection.execute(sql)]

    def title(self, number: int) -> str:
        """The title of a collection, by its number."""
        return self._by_number[number].title

    def _records(self, table: str, column: str, numbers: Iterable[int]) -> dict[int, tuple[Collection, str]]:
        sql = f"""SELECT net.{column}, net.collection, listed.key FROM site.{table} AS net
            JOIN {RECORDS} AS listed ON listed.rowid = net.row WHERE 1{_among(f"net.{column}", list(numbers))}"""
        return {number: (self._by_number[of], key) for number, of, key in self._connection.execute(sql)}

    def counts(self, collections: Iterable[Collection]) -> Mapping[str, tuple[int, int]]:
        """How many records each of some collections of edges has, and how many of them lead from or to nowhere."""
        by_number = {one.number: one.name for one in collections}
        found = self._connection.execute("SELECT collection, records, without FROM site.network_counts")
        return {by_number[number]: (records, without) for number, records, without in found if number in by_number}


def _among(column: str, numbers: Sequence[int] | None) -> str:
    """SQL for being among some numbers, which are ours."""
    return "" if numbers is None else f" AND {column} IN (SELECT value FROM json_each('{dumps(list(numbers))}'))"
