# SPDX-License-Identifier: Apache-2.0
"""Schemas as nodes, each with what a keyword says in it, and the schemas that it applies to the same value or to parts
of it: recursion is a node that leads back to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sourcebook.validation.applied_together import in_place
from sourcebook.validation.schemas import Schema


@dataclass(eq=False)
class Node:
    """What one schema says: of the value itself (``own``), and what the schemas in it do."""

    schema: Schema
    own: tuple[Any, ...] = ()
    always: list[Node] = field(default_factory=list)
    choices: list[list[Node]] = field(default_factory=list)
    ways: tuple[Node, Node, Node] | None = None  # if, then, else
    dependent: dict[str, Node] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    patterns: dict[str, Node] = field(default_factory=dict)
    additional: Node | None = None
    names: Node | None = None
    prefix: list[Node] = field(default_factory=list)
    items: Node | None = None
    contains: Node | None = None
    unevaluated: tuple[Node | None, Node | None] = (None, None)  # properties, items
    by_reference: bool = False
    speaks: bool = False  # whether it or a schema in it says anything

    def inner(self) -> Iterator[Node]:
        """The schemas in it, and those that it refers to."""
        yield from self.always
        for branches in self.choices:
            yield from branches
        yield from self.ways or ()
        for named in (self.dependent, self.properties, self.patterns):
            yield from named.values()
        yield from self.prefix
        single = (self.additional, self.names, self.items, self.contains, *self.unevaluated)
        yield from (one for one in single if one is not None)


class Graph:
    """The nodes of schemas, each made once."""

    def __init__(self, keyword: str, read: Callable[[Any], tuple[Any, ...]]) -> None:
        """``read`` makes of what ``keyword`` is given what it says."""
        self._keyword = keyword
        self._read = read
        self._nodes: dict[tuple[int, str], Node] = {}

    def node(self, schema: Schema, *, by_reference: bool = False) -> Node:
        """The node of a schema. What it says is known when the graph is marked."""
        contents = schema.contents
        if not isinstance(contents, dict):
            return Node(schema)
        known = self._nodes.get((id(contents), schema.resolver.base))
        if known is not None:
            known.by_reference |= by_reference
            return known
        node = self._nodes[id(contents), schema.resolver.base] = Node(schema, by_reference=by_reference)
        if self._keyword in contents:
            node.own = self._read(contents[self._keyword])

        def inside(value: Any) -> Node | None:
            return self.node(schema.inside(value)) if isinstance(value, dict) else None

        def named(keyword: str) -> dict[str, Node]:
            values = contents.get(keyword)
            found = values.items() if isinstance(values, dict) else ()
            return {name: self.node(schema.inside(value)) for name, value in found if isinstance(value, dict)}

        def listed(value: Any) -> list[Node]:
            return [self.node(schema.inside(one)) for one in value] if isinstance(value, list) else []

        node.always = [self.node(one, by_reference=True) for one in in_place(schema)] + listed(contents.get("allOf"))
        node.choices = [listed(contents[one]) for one in ("anyOf", "oneOf") if one in contents]
        if "if" in contents:
            ways = [self.node(schema.inside(contents.get(one, True))) for one in ("if", "then", "else")]
            node.ways = (ways[0], ways[1], ways[2])
        node.dependent = {**named("dependencies"), **named("dependentSchemas")}
        node.properties, node.patterns = named("properties"), named("patternProperties")
        node.additional, node.names = (
            inside(contents.get("additionalProperties")),
            inside(contents.get("propertyNames")),
        )
        items = contents.get("items")
        node.prefix = listed(contents.get("prefixItems")) or listed(items)
        node.items = inside(contents.get("additionalItems") if isinstance(items, list) else items)
        node.contains = inside(contents.get("contains"))
        node.unevaluated = (inside(contents.get("unevaluatedProperties")), inside(contents.get("unevaluatedItems")))
        return node

    def mark(self) -> None:
        """Find the nodes that say anything, or have others in them that do."""
        above: dict[int, list[Node]] = {}
        for node in self._nodes.values():
            for one in node.inner():
                above.setdefault(id(one), []).append(node)
        waiting = [node for node in self._nodes.values() if node.own]
        while waiting:
            node = waiting.pop()
            if not node.speaks:
                node.speaks = True
                waiting += above.get(id(node), ())
