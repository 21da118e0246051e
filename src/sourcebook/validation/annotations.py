# SPDX-License-Identifier: Apache-2.0
"""Annotations: what a keyword that asserts nothing says of the parts of an instance.

A schema speaks of what it is applied to, as JSON Schema has it: under ``allOf`` and ``$ref`` always, under ``anyOf``
and ``oneOf`` where the branch fits, under ``then`` and ``else`` as ``if`` says, under ``dependentSchemas`` where the
property is there; of names under ``propertyNames``; under ``not`` never. What stands on a list or a map is said of its
items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sourcebook.validation.applied_together import evaluated, suits
from sourcebook.validation.schema_nodes import Graph, Node
from sourcebook.validation.schemas import Schema
from sourcebook.validation.verdict import matches

Path = tuple[str | int, ...]
Spot = tuple[Path, bool]
"""A place in an instance: the path of a value, or with True of the key that stands there."""

Judge = Callable[[Any], Callable[[Any], bool]]
"""Gives what tells whether an instance fits a schema, by the contents of that."""


class Said(NamedTuple):
    """What is said at a place: of the ``value`` there, or of the key, one of ``options``; none: it cannot be told."""

    path: Path
    at_key: bool
    value: Any
    options: tuple[Any, ...]


class Place(NamedTuple):
    """Where in instances something may be said: the names that lead there, ``[]``, ``{}`` and ``{key}`` among them.

    With ``again`` all that is said below ``again`` is said below this place too: recursion.
    """

    steps: tuple[str, ...]
    options: tuple[Any, ...]
    again: tuple[str, ...] | None = None


def annotations_of(schema: Schema, keyword: str, read: Callable[[Any], tuple[Any, ...]], judge: Judge) -> Annotations:
    """What ``keyword`` says of instances of ``schema``. ``read`` makes the options of what the keyword is given."""
    graph = Graph(keyword, read)
    root = graph.node(schema)
    graph.mark()
    return Annotations(root, judge)


class Annotations:
    """What a keyword says of instances of one schema."""

    def __init__(self, root: Node, judge: Judge) -> None:
        """``root`` is the node of the schema, in a graph that is marked; ``judge`` tells whether values fit schemas."""
        self._root = root
        self._judge = judge

    @property
    def options(self) -> tuple[Any, ...]:
        """Everything that may be said; empty where nothing is."""
        found: dict[int, Node] = {}
        waiting = [self._root]
        while waiting:
            node = waiting.pop()
            if node.speaks and id(node) not in found:
                found[id(node)] = node
                waiting += reversed(list(node.inner()))
        return tuple(dict.fromkeys(option for node in found.values() for option in node.own))

    def said(self, instance: Any) -> list[Said]:
        """What is said of ``instance`` and its parts. Several things may be, of one place: each of them holds."""
        found: _Found = {}
        if self._root.speaks:
            self._say(self._root, instance, (), False, found)
        return [
            Said(*spot, value, options) for spot, (value, several) in found.items() for options in _narrowest(several)
        ]

    def places(self) -> Iterator[Place]:
        """Every place where something may be said, whatever the instance."""
        yield from self._places(self._root, (), {})

    # Instances.

    def _fits(self, node: Node, value: Any) -> bool:
        contents = node.schema.contents
        return contents if isinstance(contents, bool) else self._judge(contents)(value)

    def _say(
        self, node: Node, value: Any, path: Path, at_key: bool, found: _Found, inside: frozenset[int] = frozenset()
    ) -> None:
        """Add what ``node`` says of ``value``; ``inside`` are the nodes that this is part of, at the same place."""
        if not node.speaks or id(node) in inside:
            return
        inside |= {id(node)}
        if node.own:
            for where, leaf in _leaves(value, path):
                _add(found, (where, at_key), leaf, node.own)
        for one in node.always:
            self._say(one, value, path, at_key, found, inside)
        for branches in node.choices:
            self._choose(branches, value, path, at_key, found, inside)
        if node.ways and any(way.speaks for way in node.ways):
            condition, then, otherwise = node.ways
            for one in (condition, then) if self._fits(condition, value) else (otherwise,):
                self._say(one, value, path, at_key, found, inside)
        if isinstance(value, dict):
            for name, one in node.dependent.items():
                if name in value:
                    self._say(one, value, path, at_key, found, inside)
            self._mapping(node, value, path, found)
        elif isinstance(value, list):
            self._list(node, value, path, found)

    def _choose(
        self, branches: list[Node], value: Any, path: Path, at_key: bool, found: _Found, inside: frozenset[int]
    ) -> None:
        """What the branches say that ``value`` fits; of a place where several say something, either may hold.

        Of a value that fits none, the one by whose type and fixed values it is meant; else that cannot be told.
        """
        if not any(branch.speaks for branch in branches):
            return
        meant = [branch for branch in branches if branch.speaks and self._fits(branch, value)]
        if not meant and not any(self._fits(branch, value) for branch in branches):
            meant = [branch for branch in branches if suits(branch.schema, value)]
            if len(meant) != 1:
                if any(branch.speaks for branch in meant or branches):
                    _add(found, (path, at_key), value, ())
                return
        each: list[_Found] = []
        for branch in meant:
            own: _Found = {}
            self._say(branch, value, path, at_key, own, inside)
            each.append(own)
        for spot in dict.fromkeys(spot for own in each for spot in own):
            several = [own[spot] for own in each if spot in own]
            leaf = several[0][0]
            if all(options == several[0][1] for _, options in several):
                for options in several[0][1]:
                    _add(found, spot, leaf, options)
            else:
                either = dict.fromkeys(one for _, said in several for options in said for one in options)
                _add(found, spot, leaf, tuple(either))

    def _mapping(self, node: Node, value: Mapping[str, Any], path: Path, found: _Found) -> None:
        left: Iterable[str] = ()
        if node.unevaluated[0] and node.unevaluated[0].speaks:
            left = value.keys() - evaluated(node.schema, value, self._judge)
        declared = node.schema.contents.get("properties", {})
        for name, item in value.items():
            where = (*path, name)
            if node.names:
                self._say(node.names, name, where, True, found)
            if name in node.properties:
                self._say(node.properties[name], item, where, False, found)
            for pattern, one in node.patterns.items():
                if one.speaks and matches(pattern, name):
                    self._say(one, item, where, False, found)
            if node.additional and node.additional.speaks and name not in declared:
                patterns = node.schema.contents.get("patternProperties", {})
                if not any(matches(pattern, name) for pattern in patterns):
                    self._say(node.additional, item, where, False, found)
            if node.unevaluated[0] and name in left:
                self._say(node.unevaluated[0], item, where, False, found)

    def _list(self, node: Node, value: list[Any], path: Path, found: _Found) -> None:
        left: Iterable[Any] = ()
        if node.unevaluated[1] and node.unevaluated[1].speaks:
            left = set(range(len(value))) - evaluated(node.schema, value, self._judge)
        for index, item in enumerate(value):
            where = (*path, index)
            if index < len(node.prefix):
                self._say(node.prefix[index], item, where, False, found)
            elif node.items:
                self._say(node.items, item, where, False, found)
            if node.contains and node.contains.speaks and self._fits(node.contains, item):
                self._say(node.contains, item, where, False, found)
            if node.unevaluated[1] and index in left:
                self._say(node.unevaluated[1], item, where, False, found)

    # Places.

    def _places(
        self,
        node: Node,
        steps: tuple[str, ...],
        trail: Mapping[int, tuple[str, ...]],
        inside: frozenset[int] = frozenset(),
    ) -> Iterator[Place]:
        if not node.speaks or id(node) in inside:
            return
        if node.by_reference:
            if id(node) in trail:
                yield Place(steps, (), trail[id(node)])
                return
            trail = {**trail, id(node): steps}
        if node.own:
            yield Place(steps, node.own)
        here = [*node.always, *(one for branches in node.choices for one in branches), *(node.ways or ())]
        for one in (*here, *node.dependent.values()):
            yield from self._places(one, steps, trail, inside | {id(node)})
        below = [((name,), one) for name, one in node.properties.items()]
        below += [(("{}",), one) for one in (*node.patterns.values(), node.additional, node.unevaluated[0]) if one]
        below += [(("[]",), one) for one in (*node.prefix, node.items, node.contains, node.unevaluated[1]) if one]
        below += [(("{key}",), node.names)] if node.names else []
        for step, one in below:
            yield from self._places(one, steps + step, trail)


_Found = dict[Spot, tuple[Any, list[tuple[Any, ...]]]]
"""By place, the value there and what is said of it: each of them holds, by one of its options."""


def _add(found: _Found, spot: Spot, value: Any, options: tuple[Any, ...]) -> None:
    several = found.setdefault(spot, (value, []))[1]
    if options not in several:
        several.append(options)


def _narrowest(several: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """What is said, without that which something narrower says too."""
    for number, options in enumerate(several):
        others = [set(other) for at, other in enumerate(several) if at != number and other]
        if not any(other < set(options) for other in others):
            yield options


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The single values in ``value``, at any depth of lists and maps; null is none."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif value is not None:
        yield path, value
