# SPDX-License-Identifier: Apache-2.0
"""Where the reference reader stands: the offset, the open collections, the events not yet given.

A stack of frames takes the place of recursion, so that no nesting can exhaust the interpreter's stack.
"""

from __future__ import annotations

import re
from collections import deque
from typing import NoReturn

from sourcebook.parse.events import CORE, SCALAR, Event, NotYaml
from sourcebook.parse.text import name, only_quoted

# What a frame expects next. Those of the first group expect a node.
(ROOT, ITEM_NODE, VALUE, EXPLICIT_KEY, EXPLICIT_VALUE) = range(5)
(FLOW_ITEM, FLOW_KEY, FLOW_EXPLICIT_KEY, FLOW_VALUE, PAIR_KEY, PAIR_VALUE) = range(5, 11)
(DONE, ITEM, KEY, COLON) = range(11, 15)
(FLOW_ITEM_END, FLOW_COLON, FLOW_VALUE_END, PAIR_COLON, PAIR_DONE) = range(15, 20)

PENDING = frozenset({ROOT, ITEM_NODE, VALUE, EXPLICIT_KEY, EXPLICIT_VALUE})
FLOW_STATES = frozenset({*range(FLOW_ITEM, PAIR_VALUE + 1), *range(FLOW_ITEM_END, PAIR_DONE + 1)})

# What is expected after the node that was.
AFTER = {
    ROOT: DONE,
    ITEM_NODE: ITEM,
    VALUE: KEY,
    EXPLICIT_KEY: COLON,
    EXPLICIT_VALUE: KEY,
    COLON: KEY,  # an explicit key without a value
    FLOW_ITEM: FLOW_ITEM_END,
    FLOW_KEY: FLOW_COLON,
    FLOW_EXPLICIT_KEY: FLOW_COLON,
    FLOW_COLON: FLOW_VALUE_END,  # a key without a value
    FLOW_VALUE: FLOW_VALUE_END,
    PAIR_KEY: PAIR_COLON,
    PAIR_COLON: PAIR_DONE,
    PAIR_VALUE: PAIR_DONE,
}

BLANK = " \t\n\0"  # what ends an indicator
BLANK_IN_FLOW = BLANK + ",[]{}"
KEY_LENGTH = 1024  # characters that an implicit key may have (§7.4.2, §8.2.2)

_WHITE = re.compile(r"[ \t]*+")
REST = re.compile(r"(?:[ \t]++#[^\n\0]*+|[ \t]*+)(?:\n|(?=\0))")  # [79] s-l-comments, to the end of its first line


def after_white(text: str, offset: int) -> int:
    """The offset of the next character that is neither space nor tab."""
    found = _WHITE.match(text, offset)
    assert found is not None
    return found.end()


class Properties:
    """[96] c-ns-properties: where they begin, the anchor, the resolved tag."""

    __slots__ = ("anchor", "offset", "tag")

    def __init__(self, offset: int, anchor: str | None, tag: str | None) -> None:
        self.offset = offset
        self.anchor = anchor
        self.tag = tag


class Frame:
    """A document or collection being read. ``indent`` is the column of its entries, less than 0 for a document.

    For a flow collection ``indent`` is that of the block collection around it: its lines must be indented more.
    """

    __slots__ = ("adjacent", "index", "indent", "mark", "offset", "own", "properties", "state")

    def __init__(self, state: int, indent: int, offset: int) -> None:
        self.state = state
        self.indent = indent
        self.offset = offset  # where it begins
        self.mark = offset  # after the last indicator: where an empty node would stand
        self.properties: Properties | None = None  # those of the node to come, on lines before it
        self.own: Properties | None = None  # those of this flow collection, on the line where it begins
        self.index = -1  # of the start event of a flow collection that may turn out to be a key
        self.adjacent = False  # whether `:` may stand directly before the value, as after a JSON-like key


class Reader:
    """The state. ``text`` ends in a NUL, which no YAML text holds, so that its end needs no test of its own."""

    def __init__(self, text: str) -> None:
        self.text = text + "\0"
        self.pos = 0
        self.line = 0  # the offset of the line's start
        self.fresh = True  # whether nothing of the line was read yet
        self.may_open = False  # whether a block collection may begin here, within a line
        self.tab = -1  # the tab before this node, if that is why none may
        self.frames: list[Frame] = []
        self.handles: dict[str, str] = {}
        self._only_quoted = deque(only_quoted(text))
        self.steps = 0
        self.queue: list[Event] = []
        self._given = 0
        self._possible_keys: deque[Frame] = deque()

    def fail(self, offset: int, message: str, hint: str = "") -> NoReturn:
        """Stop: the text is not YAML at ``offset``."""
        raise NotYaml(offset, message, hint)

    def allow(self, start: int, end: int) -> None:
        """Between these offsets stand a quoted scalar, or a byte order mark in its place; refuse what is before."""
        odd = self._only_quoted
        if not odd:
            return
        if odd[0] < start:
            message = f"the character {name(self.text[odd[0]])} is not allowed outside quotes"
            raise NotYaml(odd[0], message, "remove it; or write it as an escape in double quotes", "yaml-encoding")
        while odd and odd[0] < end:
            odd.popleft()

    def emit(
        self, kind: int, offset: int, properties: Properties | None = None, text: str = "", style: str = ""
    ) -> None:
        """Queue an event."""
        if properties is None:
            self.queue.append((kind, offset, text, None, None, style))
        else:
            self.queue.append((kind, offset, text, properties.anchor, properties.tag, style))

    def empty(self, frame: Frame, offset: int) -> None:
        """[105] e-scalar: the node that ``frame`` expects is not there; its properties may be."""
        properties, frame.properties = frame.properties, None
        self.emit(SCALAR, properties.offset if properties else offset, properties)
        frame.state = AFTER[frame.state]

    # A flow collection may turn out to be a key, whose mapping begins before it. Its events are held back until that
    # is known, at most for as many characters as a key may have.

    def hold(self, frame: Frame) -> None:
        """Hold back the events from the next one, with which ``frame`` starts."""
        frame.index = self._given + len(self.queue)
        self._possible_keys.append(frame)

    def settle(self, frame: Frame) -> int | None:
        """The index in the queue of the start of ``frame``, which is closed; None where it was held too long."""
        if not self._possible_keys or self._possible_keys[-1] is not frame:
            return None
        self._possible_keys.pop()
        return frame.index - self._given

    def take(self) -> list[Event]:
        """The queued events that are certain."""
        held = self._possible_keys
        while held and self.pos - held[0].offset > KEY_LENGTH:
            held.popleft()
        count = held[0].index - self._given if held else len(self.queue)
        taken, self.queue = self.queue[:count], self.queue[count:]
        self._given += count
        return taken


# --- properties -----------------------------------------------------------------------------------------------------

_ANCHOR = re.compile(r"[&*]([^ \t\n\0,\[\]{}]++)")  # [101] c-ns-anchor-property, [104] c-ns-alias-node
_URI = r"(?:%[0-9a-fA-F]{2}|[0-9A-Za-z\-#;/?:@&=+$_.~*'()"  # [39] ns-uri-char, without what tags leave out
_TAG = re.compile(rf"!(?:<({_URI}!,\[\]])++)>|((?:[0-9A-Za-z-]*!)?)({_URI}])*+))")  # [97] c-ns-tag-property
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})++")


def properties(reader: Reader, *, flow: bool) -> Properties:
    """[96] c-ns-properties on this line: an anchor, a tag, or both in either order; moves past them."""
    text, start = reader.text, reader.pos
    found = Properties(start, None, None)
    at = start
    while text[at] in "&!":
        reader.pos = at
        one = Properties(at, None, None)
        if text[at] == "&":
            one.anchor = anchor(reader)
        else:
            one.tag = _tag(reader)
        end = reader.pos
        if text[end] not in BLANK and not (flow and text[end] in ",]}"):
            kind = "an anchor" if text[at] == "&" else "a tag"
            reader.fail(at, f"{kind} that is not followed by a space", "put text that begins with & or ! in quotes")
        found = merged(found, one)
        found.offset = start
        at = after_white(text, end)
    return found


def anchor(reader: Reader) -> str:
    """The name of an anchor or alias; moves past it."""
    found = _ANCHOR.match(reader.text, reader.pos)
    if found is None:
        kind = "an anchor" if reader.text[reader.pos] == "&" else "an alias"
        character = reader.text[reader.pos]
        reader.fail(reader.pos, f"{kind} without a name", f"put text that begins with {character} in quotes")
    reader.pos = found.end()
    return found[1]


def _tag(reader: Reader) -> str:
    found = _TAG.match(reader.text, reader.pos)
    assert found is not None
    at, reader.pos = reader.pos, found.end()
    verbatim, handle, suffix = found.groups()
    if verbatim is not None:
        if verbatim == "!":
            reader.fail(at, "the tag !<!> has no name", "leave it out")
        return verbatim
    if reader.text[reader.pos] == "<":
        reader.fail(at, "a tag between < and > is not closed, or holds what no tag may", "put the text in quotes")
    if not handle:
        handle = "!"
        if not suffix:
            return "!"
    else:
        handle = "!" + handle
        if not suffix:
            reader.fail(at, f"the tag {handle} has no name", "put text that begins with ! in quotes")
    prefix = reader.handles.get(handle, {"!": "!", "!!": CORE}.get(handle))
    if prefix is None:
        reader.fail(at, f"the tag handle {handle} is declared by no %TAG line", "leave the tag out, or quote the text")
    return prefix + _PERCENT.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "replace"), suffix)


def merged(first: Properties | None, second: Properties | None) -> Properties:
    """The properties of one node that stand on several lines."""
    if first is None or second is None:
        both = first or second
        assert both is not None
        return both
    if (first.anchor and second.anchor) or (first.tag is not None and second.tag is not None):
        kind = "anchor" if first.anchor and second.anchor else "tag"
        raise NotYaml(second.offset, f"a second {kind} for the same value", "keep one of the two")
    tag = first.tag if second.tag is None else second.tag
    return Properties(first.offset, first.anchor or second.anchor, tag)
