# SPDX-License-Identifier: Apache-2.0
"""The small network on the page of a record: what others it is linked with, and by which records."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sourcebook.content.labels import Labels
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection
from sourcebook.site.pictures.frame import Picture
from sourcebook.site.pictures.graph import Graph
from sourcebook.site.pictures.network import Network, Ways, drawn
from sourcebook.site.pictures.spots import around
from sourcebook.site.pictures.ties import Tie, tied

_MOST, _MOST_ROWS = 24, 25  # marks; records in the table below
_HEIGHT = 340


@dataclass(frozen=True, slots=True)
class SmallNetwork:
    """A network on a record's page. ``rows`` are the first of the records that its lines are, of ``count``."""

    picture: Picture
    network: Network
    rows: list[Tie]
    count: int
    whole: str


def small_network(labels: Labels, collection: Collection, key: str) -> SmallNetwork | None:
    """The network of a record's page; None where no record links it with another. Labels are fetched.

    Where the book has no collection of edges nothing is asked of the database.
    """
    opened = labels.opened
    edges_of = [one for one in opened.site.collections if "edge" in one.roles]
    if not edges_of or not (opened.folder / SITE_INDEX).is_file():
        return None
    graph = Graph(opened, [(one, None) for one in edges_of])
    node = graph.node(collection, key)
    if node is None:
        return None
    edges = graph.touching([node])
    whole = labels.at.page("network", around=f"{collection.name}/{key}")
    ways = Ways(
        record=lambda of, key: labels.at.record(of.address, key),
        cluster=lambda *_: whole,
        pair=lambda _, other: f"{whole}&{_parameter(other)}" if whole else "",
        rest=whole,
    )
    network = drawn(labels, graph, around(edges, node, _MOST, _HEIGHT), edges, ways, node)
    return SmallNetwork(
        picture=Picture(
            kind="network",
            id="small-network",
            title="What links it with other records",
            description=f"{len(edges):,} records as {len(network.lines):,} lines. They are listed below.",
            width=network.width,
            height=network.height,
            told=("A line says what its records say, and not more: nothing is inferred.",),
            scrolls=True,
        ),
        network=network,
        rows=tied(labels, graph, edges[:_MOST_ROWS]),
        count=len(edges),
        whole=whole,
    )


def _parameter(record: tuple[Collection, str]) -> str:
    return urlencode({"with": f"{record[0].name}/{record[1]}"})
