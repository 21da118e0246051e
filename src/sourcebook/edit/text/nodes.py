# SPDX-License-Identifier: Apache-2.0
"""The nodes of a document with their spans: where each key, value and entry begins and ends in the text.

Where nodes begin is told by the reader's events; where they end is read from the text by the same productions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sourcebook.exact import STRICT
from sourcebook.parse import libyaml, reference, scalars
from sourcebook.parse.events import (
    ALIAS,
    DOCUMENT_END,
    DOCUMENT_START,
    MAPPING_START,
    SCALAR,
    SEQUENCE_START,
    Event,
    NotYaml,
)

MAPPING, SEQUENCE, SINGLE, NAME = "mapping", "sequence", "single", "alias"


@dataclass(eq=False, slots=True)
class Node:
    """A value as it is written: ``start`` with its anchor and tag, ``at`` without, up to ``end``.

    ``style`` is that of its event: a flow collection has ``{}``; ``column`` that of a block collection's entries.
    """

    kind: str
    start: int
    at: int
    end: int
    style: str = ""
    text: str = ""
    anchor: str | None = None
    tag: str | None = None
    column: int = -1
    entries: list[Entry] = field(default_factory=list)

    @property
    def flow(self) -> bool:
        """Whether it is a collection between brackets (or one pair among the items of such)."""
        return self.style == "{}"

    @property
    def folds(self) -> bool:
        """Whether it is a text in lines of its own, below a ``|`` or ``>``."""
        return self.kind == SINGLE and self.style in ("|", ">")

    @property
    def empty(self) -> bool:
        """Whether nothing is written for it."""
        return self.kind == SINGLE and self.style == "" and self.text == ""


@dataclass(eq=False, slots=True)
class Entry:
    """A property with its key, or an item: ``start`` is at the key, the ``?`` before it, or the dash of the item."""

    start: int
    value: Node
    key: Node | None = None

    @property
    def end(self) -> int:
        """Where its value ends; where its key does, if nothing is written for that."""
        return self.value.end


@dataclass(eq=False, slots=True)
class Tree:
    """One document: its nodes, and where it begins and ends (before the next marker) in the text."""

    root: Node
    start: int
    end: int
    marker: str  # that it begins with, or none
    ended: bool  # by a marker of its own
    aliased: frozenset[str] = frozenset()  # the anchors that aliases name
    anchors: Mapping[str, int] = field(default_factory=dict)  # where they stand

    def written(self, name: str, text: str) -> str:
        """On which line what an anchor names is written, in words."""
        at = self.anchors.get(name)
        return "elsewhere" if at is None else f"on line {text.count(chr(10), 0, at) + 1}"


def quotes(node: Node) -> str | None:
    """The quotes that all keys of a mapping stand in; None where they do not."""
    styles = {entry.key.style for entry in node.entries if entry.key is not None}
    return styles.pop() if len(styles) == 1 and styles <= {'"', "'"} else None


def trees(text: str, *, json: bool) -> list[Tree]:
    """The documents of a text that `parse` reads without an error. Raises NotYaml where it does not."""
    if json:
        from sourcebook.parse import json_grammar  # which YAML does without

        return list(_Builder(text, json=True).trees(json_grammar.events(text)))
    if libyaml.may_read(text):
        try:
            return list(_Builder(text).trees(libyaml.events(text)))
        except NotYaml:
            pass
    return list(_Builder(text).trees(reference.events(text)))


_PROPERTY = re.compile(r"(?:!<[^>]*>|[&!][^ \t\n\0,\[\]{}]*+)")
_BETWEEN = re.compile(r"(?:[ \t\n]++|#(?<=[ \t\n]#)[^\n\0]*+)*+")
_DOUBLE = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SINGLE = re.compile(r"'(?:[^']++|'')*+'")
_JSON_PLAIN = re.compile(r"[-+.\w]++")


class _Builder:
    def __init__(self, text: str, *, json: bool = False) -> None:
        self.text = text + "\0"
        self.json = json

    def trees(self, events: Iterable[Event]) -> Iterator[Tree]:
        stream = iter(events)
        for event in stream:
            if event[0] == DOCUMENT_START:
                self._aliased: set[str] = set()
                self._anchors: dict[str, int] = {}
                root = self._node(next(stream), stream, -1, flow=False)
                end = next(stream)
                assert end[0] == DOCUMENT_END
                yield Tree(root, event[1], end[1], event[5], end[5] == "...", frozenset(self._aliased), self._anchors)

    def _node(self, event: Event, stream: Iterator[Event], indent: int, *, flow: bool, key: bool = False) -> Node:
        """The node that begins with ``event``, in a block collection whose entries stand at the column ``indent``."""
        # Nodes nest no more deeply than the limit of the reader, which was asked before.
        kind, start, text, anchor, tag, style = event
        if kind == ALIAS:
            self._aliased.add(text)
            return Node(NAME, start, start, start + 1 + len(text), "", text)
        if anchor is not None:
            self._anchors[anchor] = start
        if kind == SCALAR:
            at = self._content(event, empty=style == "" and text == "")
            node = Node(SINGLE, start, at, at, style, text, anchor, tag)
            node.end = self._scalar_end(node, indent, flow=flow, key=key)
            return node
        assert kind in (MAPPING_START, SEQUENCE_START)
        at = self._content(event, empty=False)
        node = Node(MAPPING if kind == MAPPING_START else SEQUENCE, start, at, at, style, "", anchor, tag)
        inner = indent
        if not node.flow:
            node.column = inner = at - self._line(at)
        (self._mapping if kind == MAPPING_START else self._sequence)(node, stream, inner, flow or node.flow)
        return node

    def _mapping(self, node: Node, stream: Iterator[Event], indent: int, flow: bool) -> None:
        event = next(stream)
        last = node.at
        while event[0] in (SCALAR, ALIAS, MAPPING_START, SEQUENCE_START):
            key = self._node(event, stream, indent, flow=flow, key=True)
            value = self._node(next(stream), stream, indent, flow=flow)
            node.entries.append(Entry(self._question(key.start, last), value, key))
            last = max(value.end, key.end)
            value.end = max(value.end, key.end) if value.empty else value.end
            event = next(stream)
        node.end = last
        if node.flow and self.text[node.at] == "{":
            node.end = self._bracket(event[1], last, "}")

    def _sequence(self, node: Node, stream: Iterator[Event], indent: int, flow: bool) -> None:
        event = next(stream)
        last = node.at
        while event[0] in (SCALAR, ALIAS, MAPPING_START, SEQUENCE_START):
            value = self._node(event, stream, indent, flow=flow)
            start = value.start
            if not node.flow:
                start = self._dash(value.start, last, node.column)
            node.entries.append(Entry(start, value))
            last = value.end
            event = next(stream)
        node.end = self._bracket(event[1], last, "]") if node.flow else last

    def _bracket(self, at: int, last: int, bracket: str) -> int:
        """The offset after the bracket that ends a flow collection."""
        if self.text[at] != bracket:
            at = self.text.index(bracket, last)
        return at + 1

    def _line(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _content(self, event: Event, *, empty: bool) -> int:
        """Where a node begins without its anchor and tag."""
        _, at, _, anchor, tag, _ = event
        if (anchor is None and tag is None) or self.json:
            return at
        end = at
        while found := _PROPERTY.match(self.text, at):
            end = found.end()
            between = _BETWEEN.match(self.text, end)
            assert between is not None
            at = between.end()
        return end if empty else at

    def _question(self, key: int, last: int) -> int:
        """Where an entry begins: at the ``?`` of an explicit key, if it has one."""
        before = self.text.rfind("?", last, key)
        if before >= 0 and not self.json and _only_between(self.text[before + 1 : key]):
            return before
        return key

    def _dash(self, value: int, last: int, column: int) -> int:
        """Where the dash of an item stands: the last one at its column, on or before the line of its value."""
        line = self._line(value)
        while True:
            at = line + column
            if last <= at <= value and self.text[at] == "-" and self.text[at + 1] in " \t\n\0":
                return at
            if line <= last:
                break
            line = self._line(line - 1)
        found = self.text.rfind("-", last, value)  # of items one within another, on one line
        return found if found >= 0 else value

    def _scalar_end(self, node: Node, indent: int, *, flow: bool, key: bool) -> int:
        text, at = self.text, node.at
        if self.json:
            if text[at] == '"':
                end: int = STRICT.raw_decode(text, at)[1]
                return end
            found = _JSON_PLAIN.match(text, at)
            return found.end() if found else at
        if node.style in ('"', "'"):
            found = (_DOUBLE if node.style == '"' else _SINGLE).match(text, at)
            assert found is not None
            return found.end()
        if node.folds:
            end = scalars.block(text, at, indent)[1]
            return end if _keeps(text, at) else _without_blank_lines(text, at, end)
        if node.empty:
            return at
        found = (scalars.PLAIN_IN if flow else scalars.PLAIN_OUT).match(text, at)
        if found is None:
            return at
        if key or found[0] == node.text:
            return found.end()
        return scalars.plain_lines(text, found[0], found.end(), indent + 1, flow=flow)[1]


def _only_between(text: str) -> bool:
    found = _BETWEEN.match(text)
    return bool(text) and found is not None and found.end() == len(text)


def _keeps(text: str, at: int) -> bool:
    """Whether the blank lines below a block text belong to it."""
    return "+" in text[at : at + 3].partition("\n")[0]


def _without_blank_lines(text: str, at: int, end: int) -> int:
    """Where the last line of a block text ends, before the blank lines and the line break."""
    header = text.find("\n", at)
    if header < 0 or header >= end:
        return min(end, len(text) - 1) if header < 0 else header
    return at + len(text[at:end].rstrip(" \t\n"))
