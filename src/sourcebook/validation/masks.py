# SPDX-License-Identifier: Apache-2.0
"""Masks: what a keyword says of every place where values may stand, whichever branches a value fits.

`annotations` asks of an instance which branches it fits, and what these say of it. A mask does not ask: what any schema
says that may be applied to the value at a place holds there, so that nothing escapes by fitting another branch. What is
said from outside, by the paths of places, is laid over it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sourcebook.validation.schema_nodes import Graph, Node
from sourcebook.validation.schemas import Schema
from sourcebook.validation.verdict import matches

_FAR = 1 << 30  # the number of an item that no schema of a tuple speaks of
EACH_ITEM, EACH_VALUE = "[]", "{}"
"""Steps of what is laid over: every item of a list, every value of a mapping."""


@dataclass(eq=False)
class Overlay:
    """What is said from outside of a place, and of the places below it, by their steps."""

    said: tuple[Hashable, ...] = ()
    inner: dict[str, Overlay] = field(default_factory=dict)

    def at(self, steps: Iterable[str]) -> Overlay:
        """That of a place below, which is made."""
        found = self
        for step in steps:
            found = found.inner.setdefault(step, Overlay())
        return found

    @property
    def speaks(self) -> bool:
        """Whether it, or one below it, says anything."""
        return bool(self.said) or any(one.speaks for one in self.inner.values())


def mask_of(graph: Graph, schema: Schema | None, overlay: Overlay, *, silent: bool = False) -> Mask | None:
    """The mask of the values that ``schema`` describes, in a ``graph`` that is marked; None where nothing is said.

    A ``silent`` one is there all the same, and so are those below it, for who wants to know which schemas apply where.
    """
    nodes = [graph.node(schema)] if schema is not None else []
    mask = Mask(_in_place(nodes), (overlay,), None, silent=silent)
    return mask if mask.speaks or silent else None


def spoken(node: Node, steps: tuple[str, ...] = (), above: frozenset[int] = frozenset()) -> Iterator[Spoken]:
    """The schemas in ``node``, and it itself, that say something of values, each with the steps to these.

    What is said of names, or under ``not``, is said of none.
    """
    if not node.speaks or id(node) in above:
        return
    if node.by_reference:
        above |= {id(node)}
    if node.own:
        yield Spoken(steps, node)
    here = [*node.always, *(one for branches in node.choices for one in branches), *(node.ways or ())]
    for one in (*here, *node.dependent.values()):
        yield from spoken(one, steps, above)
    others = [one for one in (*node.patterns.values(), node.additional, node.unevaluated[0]) if one]
    items = [one for one in (node.items, node.contains, node.unevaluated[1]) if one]
    for step, several in ((EACH_VALUE, others), (EACH_ITEM, items), (EACH_ITEM, node.prefix)):
        for one in several:
            found = spoken(one, (*steps, step), above)
            yield from (one._replace(in_tuple=True) for one in found) if several is node.prefix else found
    for name, one in node.properties.items():
        yield from spoken(one, (*steps, name), above)


class Spoken(NamedTuple):
    """A schema that says something of the values at a place, given by its steps; ``in_tuple`` of those of one place
    in lists alone."""

    steps: tuple[str, ...]
    node: Node
    in_tuple: bool = False


class Mask:
    """What is said of one place: ``said`` is each thing that a schema or the overlay says of it.

    There are as many masks as places that differ in what is said of them: recursion leads back to a mask.
    """

    def __init__(
        self, nodes: Mapping[int, Node], overlays: tuple[Overlay, ...], above: Mask | None, *, silent: bool = False
    ) -> None:
        self._silent = silent
        self._nodes = nodes
        self._overlays = overlays
        self._above = above
        self._below: dict[tuple[str, Hashable], Mask | None] = {}
        own = (one for node in nodes.values() for one in node.own)
        self.said = tuple(dict.fromkeys((*own, *(one for over in overlays for one in over.said))))
        self.speaks = any(node.speaks for node in nodes.values()) or any(over.speaks for over in overlays)

    @property
    def schemas(self) -> list[Schema]:
        """The schemas that may be applied to values at the place."""
        return [node.schema for node in self._nodes.values()]

    def at(self, steps: Iterable[str]) -> Iterator[Mask]:
        """This mask, and those of the places that the steps of a path lead through, as far as anything is said."""
        mask: Mask | None = self
        yield self
        for step in steps:
            assert mask is not None
            mask = mask.each if step == EACH_VALUE else mask.item(_FAR) if step == EACH_ITEM else mask.one.named(step)
            if mask is None:
                return
            yield mask

    @property
    def each(self) -> Mask | None:
        """The mask of the values of a mapping of any names."""
        return self._step(
            ("each", 0),
            lambda: [
                *(one for node in self._nodes.values() for one in node.patterns.values()),
                *_undeclared(self._nodes.values()),
            ],
            (EACH_VALUE,),
        )

    def named(self, name: str) -> Mask | None:
        """The mask of the property ``name`` of a mapping; None where nothing is said of it, nor below it."""
        return self._step(("property", name), lambda: _of_property(self._nodes.values(), name), (name, EACH_VALUE))

    def others(self, schema: Schema, graph: Graph) -> Mask | None:
        """The mask of properties that ``schema`` alone names, by a pattern or as all that nothing else does."""
        node = graph.node(schema)
        # What a pattern names, the schema with the pattern does not speak of otherwise.
        rest = [one for one in self._nodes.values() if all(node is not other for other in one.patterns.values())]
        return self._step(("others", id(node)), lambda: [node, *_undeclared(rest)], (EACH_VALUE,))

    def item(self, index: int) -> Mask | None:
        """The mask of an item of a list, by its number.

        What is one thing or a list of such is one place: what is said of the one is said of each in the list.
        """
        place = min(index, max((len(node.prefix) for node in self._nodes.values()), default=0))
        return self._step(
            ("item", place),
            lambda: [*_of_item(self._nodes.values(), place), *self._nodes.values()],
            (EACH_ITEM,),
            self._overlays,
        )

    @property
    def one(self) -> Mask:
        """The mask of what is no list, where a list of such may stand: what is said of each of these holds for it."""
        most = max((len(node.prefix) for node in self._nodes.values()), default=0)
        found = self._step(
            ("one", 0),
            lambda: [
                *(node for index in range(most + 1) for node in _of_item(self._nodes.values(), index)),
                *self._nodes.values(),
            ],
            (EACH_ITEM,),
            self._overlays,
        )
        assert found is not None, "it says all that this one does"
        return found

    def _step(
        self,
        step: tuple[str, Hashable],
        nodes: Callable[[], Iterable[Node]],
        names: tuple[str, ...],
        overlays: tuple[Overlay, ...] = (),
    ) -> Mask | None:
        if step not in self._below:
            found = _in_place(nodes())
            over = [one.inner[name] for one in self._overlays for name in names if name in one.inner]
            self._below[step] = self._made(found, tuple(dict.fromkeys((*over, *overlays))))
        return self._below[step]

    def _made(self, nodes: Mapping[int, Node], overlays: tuple[Overlay, ...]) -> Mask | None:
        """A mask below this one; that above itself where the same things are said again, inside of themselves."""
        referred = {number for number, node in nodes.items() if node.by_reference}
        above: Mask | None = self
        while above is not None:
            if referred & above._nodes.keys():  # what is laid over a recursive part holds at any depth of it
                overlays = tuple(dict.fromkeys((*overlays, *above._overlays)))
            above = above._above
        above = self
        while above is not None:
            if above._nodes.keys() == nodes.keys() and set(above._overlays) == set(overlays):
                return above
            above = above._above
        made = Mask(nodes, overlays, self, silent=self._silent)
        return made if made.speaks or (self._silent and nodes) or self._leads_back(nodes) else None

    def _leads_back(self, nodes: Mapping[int, Node]) -> bool:
        """Whether something below leads back to a place above, of which something is said from outside."""
        above: Mask | None = self
        said: set[int] = set()
        while above is not None:
            if any(over.speaks for over in above._overlays):
                said |= {number for number, node in above._nodes.items() if node.by_reference}
            above = above._above
        return bool(said) and not said.isdisjoint(_reached(nodes.values()))


def _in_place(nodes: Iterable[Node]) -> dict[int, Node]:
    """The schemas that may be applied to the value that these are applied to."""
    found: dict[int, Node] = {}
    waiting = list(nodes)
    for node in waiting:  # which grows
        if id(node) not in found:
            found[id(node)] = node
            waiting += [*node.always, *(one for branches in node.choices for one in branches)]
            waiting += [*(node.ways or ()), *node.dependent.values()]
    return found


def _reached(nodes: Iterable[Node]) -> set[int]:
    """The schemas in some schemas, at any depth, and they themselves."""
    found: set[int] = set()
    waiting = list(nodes)
    for node in waiting:  # which grows
        if id(node) not in found:
            found.add(id(node))
            waiting += node.inner()
    return found


def _of_property(nodes: Iterable[Node], name: str) -> list[Node]:
    found = []
    for node in nodes:
        contents = node.schema.contents
        declared = isinstance(contents, dict) and name in contents.get("properties", {})
        if name in node.properties:
            found.append(node.properties[name])
        patterns = [one for pattern, one in node.patterns.items() if matches(pattern, name)]
        found += patterns
        if not declared and not patterns:
            found += [node.additional] if node.additional else []
        if node.unevaluated[0] and not declared and not patterns:
            found.append(node.unevaluated[0])
    return found


def _undeclared(nodes: Iterable[Node]) -> list[Node]:
    return [one for node in nodes for one in (node.additional, node.unevaluated[0]) if one is not None]


def _of_item(nodes: Iterable[Node], index: int) -> list[Node]:
    found = []
    for node in nodes:
        own = node.prefix[index] if index < len(node.prefix) else node.items
        found += [one for one in (own, node.contains, node.unevaluated[1]) if one is not None]
    return found
