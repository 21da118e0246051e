# SPDX-License-Identifier: Apache-2.0
"""The flow styles of YAML 1.2.2 (chapter 7): collections between brackets and braces, on any number of lines."""

from __future__ import annotations

import re

from sourcebook.parse import block, mistakes, scalars
from sourcebook.parse.events import (
    ALIAS,
    FLOW,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    SEQUENCE_END,
    SEQUENCE_START,
)
from sourcebook.parse.properties import anchor, properties
from sourcebook.parse.state import (
    AFTER,
    BLANK,
    BLANK_IN_FLOW,
    FLOW_COLON,
    FLOW_EXPLICIT_KEY,
    FLOW_ITEM,
    FLOW_ITEM_END,
    FLOW_KEY,
    FLOW_STATES,
    FLOW_VALUE,
    FLOW_VALUE_END,
    KEY_LIMIT,
    PAIR_COLON,
    PAIR_DONE,
    PAIR_KEY,
    PAIR_VALUE,
    Frame,
    Properties,
    Reader,
)

# [80] s-separate: white space, comments and line breaks; then the indentation of the line.
_SEPARATE = re.compile(r"(?:[ \t]*+(?:(?<=[ \t\n])#[^\n\0]*+)?\n)*+( *+)[ \t]*+(?:(?<=[ \t\n])#[^\n\0]*+(?=\0))?")
_COLON = re.compile(r"[ \t]*+:(?=[ \t\n\0,\[\]{}])")  # [147] c-ns-flow-map-separate-value
_COLON_ADJACENT = re.compile(r"[ \t]*+:")  # [149] c-ns-flow-map-adjacent-value, after a JSON-like key
_ENTRY_END = frozenset({FLOW_ITEM_END, FLOW_VALUE_END, PAIR_DONE})
_COLONS = frozenset({FLOW_COLON, PAIR_COLON})


def step(reader: Reader) -> None:
    """Read on within a flow collection: one node, or one of the characters ``[]{},?:``."""
    _separate(reader)
    frame = reader.frames[-1]
    state, character = frame.state, reader.text[reader.pos]
    if state in _ENTRY_END:
        _entry_end(reader, frame, character)
    elif state in _COLONS:
        _colon(reader, frame, character)
    elif character in ",]}":
        _no_node(reader, frame, character)
    else:
        _node(reader, frame)


def _separate(reader: Reader) -> None:
    """Move to the next character that is no space, comment or line break."""
    text = reader.text
    found = _SEPARATE.match(text, reader.pos)
    assert found is not None
    line = found.start(1)
    if line > reader.pos or text[line - 1] == "\n":  # a further line: [81] s-separate-lines
        frame = reader.frames[-1]
        at = found.end()
        forbidden = text[line] in "-." and scalars.at_marker(text, line)
        if text[at] != "\0" and (found.end(1) - line <= frame.indent or forbidden):
            mistakes.not_closed(
                reader, f"before line {text.count(chr(10), 0, line) + 1}, which is not indented below it"
            )
    reader.pos = found.end()
    if text[reader.pos] == "\0":
        mistakes.not_closed(reader, "")


def _entry_end(reader: Reader, frame: Frame, character: str) -> None:
    """After an entry: a comma, or the end of the collection."""
    if frame.state == PAIR_DONE:
        _end_pair(reader)
        return
    closing, before = ("]", FLOW_ITEM) if frame.state == FLOW_ITEM_END else ("}", FLOW_KEY)
    if character == ",":
        frame.state = before
        reader.pos += 1
    elif character == closing:
        _close(reader, frame)
    elif character == ":":
        reader.fail(reader.pos, "a colon where no key can stand", "put the text in quotes")
    elif character == "#":
        mistakes.no_plain(reader.text, reader.pos)
    else:
        message = f"a comma or {closing} is expected here"
        reader.fail(reader.pos, message, "part entries with commas; put text with special characters in quotes")


def _colon(reader: Reader, frame: Frame, character: str) -> None:
    """After a key: its value, or none."""
    if character == ":" and (frame.adjacent or reader.text[reader.pos + 1] in BLANK_IN_FLOW):
        frame.state = FLOW_VALUE if frame.state == FLOW_COLON else PAIR_VALUE
        reader.pos += 1
        return
    if character not in ",]}":
        closing = "}" if frame.state == FLOW_COLON else "]"
        reader.fail(reader.pos, f"a colon, a comma or {closing} is expected here", "put the text in quotes")
    reader.empty(frame, reader.pos)


def _no_node(reader: Reader, frame: Frame, character: str) -> None:
    """A node may be here, and there is none."""
    if (frame.state, character) in ((FLOW_ITEM, "]"), (FLOW_KEY, "}")):
        _close(reader, frame)
    elif frame.state in (FLOW_ITEM, FLOW_KEY):
        mistakes.no_plain(reader.text, reader.pos)
    else:
        reader.empty(frame, reader.pos)


def _close(reader: Reader, frame: Frame) -> None:
    """End a flow collection at its ``]`` or ``}``."""
    reader.emit(SEQUENCE_END if reader.text[reader.pos] == "]" else MAPPING_END, reader.pos)
    reader.pos += 1
    reader.frames.pop()
    parent = reader.frames[-1]
    if parent.state not in FLOW_STATES:
        block.flow_closed(reader, frame)
    else:
        _node_done(reader, frame.offset, frame, adjacent=True)


def _end_pair(reader: Reader) -> None:
    """[150] ns-flow-pair: the end of a mapping of one pair, which has no brace of its own."""
    reader.emit(MAPPING_END, reader.pos)
    reader.frames.pop()
    parent = reader.frames[-1]
    parent.state = AFTER[parent.state]


# --- nodes ----------------------------------------------------------------------------------------------------------


def _node(reader: Reader, frame: Frame) -> None:
    """[161] ns-flow-node, after the ``?`` or before the ``:`` that makes it a key."""
    text, start = reader.text, reader.pos
    if text[start] == "?" and text[start + 1] in BLANK and frame.state in (FLOW_ITEM, FLOW_KEY):
        if frame.state == FLOW_ITEM:
            _open_pair(reader, start, PAIR_KEY, None)
        else:
            frame.state = FLOW_EXPLICIT_KEY
        reader.pos += 1
        return
    own = properties(reader, flow=True) if text[start] in "&!" else None
    if own is not None:
        frame.properties = own  # for the node may be empty; and may begin on a line below
        _separate(reader)
    at = reader.pos
    character = text[at]
    if character in ",]}":
        reader.empty(frame, at)
    elif character == ":" and text[at + 1] in BLANK_IN_FLOW:
        _empty_key(reader, frame, start)
    elif character in "[{":
        _open(reader, frame, start, own)
    elif character == "*":
        if own is not None:
            mistakes.properties_of_alias(reader, start)
        name = anchor(reader)
        reader.emit(ALIAS, at, None, name)
        _node_done(reader, start, None, adjacent=False)
    elif character == '"' or character == "'":
        value, reader.pos = scalars.quoted(text, at, frame.indent + 1)
        reader.allow(at, reader.pos)
        _scalar(reader, frame, start, own, value, character)
    else:
        _plain(reader, frame, start, own)


def _plain(reader: Reader, frame: Frame, start: int, own: Properties | None) -> None:
    text, at = reader.text, reader.pos
    found = scalars.PLAIN_IN.match(text, at)
    if found is None:
        mistakes.no_plain(text, at)
    value, reader.pos = scalars.plain_lines(text, found[0], found.end(), frame.indent + 1, flow=True)
    _scalar(reader, frame, start, own, value, "")


def _scalar(reader: Reader, frame: Frame, start: int, own: Properties | None, value: str, style: str) -> None:
    frame.properties = None
    reader.emit(SCALAR, start, own, value, style)
    _node_done(reader, start, None, adjacent=style != "")


def _node_done(reader: Reader, start: int, collection: Frame | None, *, adjacent: bool) -> None:
    """A node has ended at the reader's position; in a sequence it is the key of a pair where a colon follows."""
    frame = reader.frames[-1]
    index = reader.settle(collection) if collection else len(reader.queue) - 1
    if frame.state == FLOW_ITEM:
        colon = (_COLON_ADJACENT if adjacent else _COLON).match(reader.text, reader.pos)
        if colon is not None:
            at = colon.end() - 1
            if "\n" in reader.text[start : min(at, start + KEY_LIMIT + 1)]:
                reader.fail(
                    at, "a colon after a key of several lines", "put the key on one line, or the text in quotes"
                )
            if index is None or at - start > KEY_LIMIT:
                mistakes.long_key(reader, start)
            _open_pair(reader, start, PAIR_VALUE, index)
            reader.pos = colon.end()
            return
    frame.state = AFTER[frame.state]
    frame.adjacent = adjacent


def _empty_key(reader: Reader, frame: Frame, start: int) -> None:
    """A colon without a key before it: [146] c-ns-flow-map-empty-key-entry."""
    if frame.state == FLOW_ITEM:
        own, frame.properties = frame.properties, None
        _open_pair(reader, start, PAIR_KEY, None)
        reader.frames[-1].properties = own
        frame = reader.frames[-1]
    if frame.state not in (FLOW_KEY, FLOW_EXPLICIT_KEY, PAIR_KEY):
        mistakes.no_plain(reader.text, reader.pos)
    reader.empty(frame, reader.pos)


def _open_pair(reader: Reader, start: int, state: int, index: int | None) -> None:
    """[150] ns-flow-pair: a mapping of one pair in a sequence; ``index`` is that of its key among the queued events."""
    pair = Frame(state, reader.frames[-1].indent, start)
    reader.emit(MAPPING_START, start, None, "", FLOW)
    if index is not None:
        reader.queue.insert(index, reader.queue.pop())
    reader.frames.append(pair)


def _open(reader: Reader, parent: Frame, start: int, own: Properties | None) -> None:
    at = reader.pos
    parent.properties = None
    frame = Frame(FLOW_ITEM if reader.text[at] == "[" else FLOW_KEY, parent.indent, start)
    frame.mark = at
    if parent.state == FLOW_ITEM:
        reader.hold(frame)
    reader.emit(SEQUENCE_START if reader.text[at] == "[" else MAPPING_START, start, own, "", FLOW)
    reader.frames.append(frame)
    reader.pos = at + 1
