# SPDX-License-Identifier: Apache-2.0
"""The network of all records that are linked by others, narrowed down as listings are; below it each of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.statements import is_statement
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines.heads import of_picture
from sourcebook.site.parameters import alone
from sourcebook.site.pictures.chosen import Chosen, chosen
from sourcebook.site.pictures.dated import dated
from sourcebook.site.pictures.frame import Picture, address, status, turn
from sourcebook.site.pictures.graph import Edge, Graph
from sourcebook.site.pictures.network import Network, Ways, drawn, legend
from sourcebook.site.pictures.spans import window
from sourcebook.site.pictures.spots import Laid, around, grouped, whole
from sourcebook.site.pictures.ties import tied
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

ROLE = "edge"
_OWN = ("around", "with", "steps", "group", "size", "from", "to")
"""Parameters of the page's own."""
_OF = {"with": "around", "steps": "around", "size": "group"}
"""Parameters that say more of another one."""
_ROWS = 100  # of the table, whose rows are whole records
_ENDS = (("from", "From"), ("to", "Until"))


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of the network is asked for: around a node, between two, or the cluster of one. ``told`` names it."""

    kind: str = ""
    record: tuple[Collection, str] | None = None
    node: int = -1
    other: int = -1
    steps: int = 1
    size: int = 0
    problem: str = ""


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The network; None where no collection has the role of an edge, or the release has no layout of it."""
    if "network" not in opened.site.pictures or not (opened.folder / SITE_INDEX).is_file():
        return None
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    choice = chosen(opened, labels, asked, ROLE, _OWN)
    within = window(asked)
    shown, undated = dated(opened, choice, within)
    graph = Graph(opened, shown)
    part = _part(opened, graph, asked)
    edges, laid = _laid(
        graph, part, is_all=len(shown) == len(choice.collections) and all(rows is None for _, rows in shown)
    )
    picture = drawn(labels, graph, laid, edges, _ways(at, asked), part.node if part.kind == "around" else -1)
    turned = turn(at, asked, len(edges), _ROWS)
    named = None
    if part.record:
        named = labels.reference(part.record[0].name, part.record[1])
    rows = tied(labels, graph, edges[turned.first : turned.last])
    problems = [*filter(None, (part.problem, turned.problem)), *within.problems]
    wrong = " ".join((*problems, *choice.problems))
    return page(
        "network",
        opened,
        asked,
        status=status(turned, wrong),
        head=None if wrong else of_picture(opened, asked, "network"),
        refused=wrong,
        chosen=choice,
        part=part,
        named=named,
        network=picture,
        picture=replace(_frame(choice, picture, edges), begins_in_middle=part.kind == "around"),
        legend=legend(graph, list(laid.of), picture),
        told=[*_told(graph, choice), *undated],
        problems=problems,
        ends=[
            (name, label, asked.one(name)) for name, label in (("from", "From"), ("to", "Until")) if _has_time(choice)
        ],
        whole=address(at, asked, **dict.fromkeys(_OWN)),
        nearer=address(at, asked, steps=None),
        further=address(at, asked, steps="2"),
        kept=[(name, value) for name in _OWN[:5] for value in asked.query.get(name, ()) if value],
        has_statements=any(map(is_statement, opened.site.collections)),
        rows=rows,
        turned=turned,
    )


def _has_time(choice: Chosen) -> bool:
    return any("interval" in one.roles for one in choice.shown)


def _part(opened: Published, graph: Graph, asked: Asked) -> Part:
    typed = {name: asked.one(name) for name in _OWN}
    kind = "around" if typed["around"] else "group" if typed["group"] else ""
    if typed["around"] and typed["group"]:
        return Part(problem="A part of the network is “around” a record or the “group” of one, and not both.")
    if wrong := " ".join(alone(asked, _OF)):
        return Part(problem=wrong)
    if not kind:
        return Part()
    record = _record(opened, typed[kind])
    node = graph.node(*record) if record else None
    if record is None or node is None:
        return Part(problem=f"“{typed[kind][:80]}” is no record that another links: write COLLECTION/KEY.")
    if kind == "group":
        if typed["size"] and not _is_number(typed["size"]):
            return Part(kind, record, node, size=2, problem=f"“{typed['size'][:80]}” is no number of records.")
        return Part(kind, record, node, size=int(typed["size"] or 2))
    other = -1
    if typed["with"]:
        second = _record(opened, typed["with"])
        found = graph.node(*second) if second else None
        if found is None:
            return Part(problem=f"“{typed['with'][:80]}” is no record that another links: write COLLECTION/KEY.")
        other = found
    if typed["steps"] not in ("", "1", "2"):
        return Part(kind, record, node, other, problem="A network around a record has 1 or 2 steps.")
    return Part(kind, record, node, other, int(typed["steps"] or 1))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _record(opened: Published, typed: str) -> tuple[Collection, str] | None:
    """The record that is written as ``COLLECTION/KEY``, by the name of a collection or its address."""
    name, _, key = typed.partition("/")
    collection = next((one for one in opened.site.collections if one.name == name), opened.addressed.get(name))
    return (collection, key) if collection and key else None


def _laid(graph: Graph, part: Part, *, is_all: bool) -> tuple[list[Edge], Laid]:
    if part.kind == "group":
        edges = graph.inside(graph.tree.around(part.node, part.size)[1])
        return edges, grouped(graph, edges, part.node, part.size)
    if part.kind == "around":
        edges = graph.touching([part.node])
        if part.other >= 0:
            edges = [edge for edge in edges if {part.node, part.other} == {edge[1], edge[2]}]
        elif part.steps == 2:
            edges = graph.touching({node for _, *ends in edges for node in ends} | {part.node})
        return edges, around(edges, part.node)
    if part.problem:
        return [], Laid((), (), {})
    edges = graph.edges()
    return edges, whole(graph, edges, is_all=is_all)


def _ways(at: Addresses, asked: Asked) -> Ways:
    rest = dict.fromkeys(_OWN[:5])

    def there(**changed: str) -> str:
        return address(at, asked, **{**rest, **changed})

    return Ways(
        record=lambda collection, key: there(around=f"{collection.name}/{key}") or at.record(collection.address, key),
        cluster=lambda collection, key, size: there(group=f"{collection.name}/{key}", size=str(size)),
        pair=lambda one, other: there(around=f"{one[0].name}/{one[1]}", **{"with": f"{other[0].name}/{other[1]}"}),
    )


def _frame(choice: Chosen, picture: Network, edges: Sequence[Edge]) -> Picture:
    names = ", ".join(one.title for one in choice.shown)
    drawn_edges = sum(line.count for line in picture.lines)
    told = []
    if any(mark.count > 1 for mark in picture.marks):
        told.append(_SEVERAL)
    if drawn_edges < len(edges):
        told.append(f"{len(edges) - drawn_edges:,} of the {len(edges):,} records link records within one mark.")
    return Picture(
        kind="network",
        id="network",
        title=f"Network of {names}",
        description=(
            f"{len(edges):,} records as {len(picture.lines):,} lines between {len(picture.marks):,} marks, "
            f"which stand for {picture.nodes:,} records. The table below has each line’s records."
        ),
        width=picture.width,
        height=picture.height,
        told=tuple(told),
        scrolls=True,
    )


_SEVERAL = (
    "A mark for several records means that there is no room for one each, and not that they have to do with each other."
)


def _told(graph: Graph, choice: Chosen) -> Iterator[str]:
    counts = graph.counts(choice.shown)
    for one in choice.shown:
        records, without = counts.get(one.name, (0, 0))
        if without:
            yield f"{without:,} of {records:,} {one.title} lack one of the two records that they would link."
