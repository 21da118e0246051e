# SPDX-License-Identifier: Apache-2.0
"""Where the reference reader stands: the offset, the open collections, the events not yet given.

A stack of frames takes the place of recursion, so that no nesting can exhaust the interpreter's stack.
"""

from __future__ import annotations

import re
from collections import deque
from typing import NoReturn

from sourcebook.parse.decode import name, only_quoted
from sourcebook.parse.events import SCALAR, Event, NotYaml

# What a frame expects next. In block styles, a node:
ROOT = 0  # of a document
ITEM_NODE = 1  # after `- `
VALUE = 2  # after `key:`
EXPLICIT_KEY = 3  # after `? `
EXPLICIT_VALUE = 4  # after the `: ` of an explicit key
# In flow styles, a node:
FLOW_ITEM = 5  # of a sequence, or `]`
FLOW_KEY = 6  # of a mapping, or `}`
FLOW_EXPLICIT_KEY = 7  # after `? `
FLOW_VALUE = 8  # after `:`
PAIR_KEY = 9  # of a mapping of one pair in a sequence, after its `? `
PAIR_VALUE = 10  # after its `:`
# In block styles, no node:
DONE = 11  # the end of the document
ITEM = 12  # `- `
KEY = 13  # a key, which is a node too, or `? `
COLON = 14  # the `: ` of an explicit key
# In flow styles, no node:
FLOW_ITEM_END = 15  # `,` or `]`
FLOW_COLON = 16  # `:`, or the end of the entry
FLOW_VALUE_END = 17  # `,` or `}`
PAIR_COLON = 18  # `:`, or the end of the pair
PAIR_DONE = 19  # the end of the pair

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
KEY_LIMIT = 1024  # characters that an implicit key may have (§7.4.2, §8.2.2)

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

    __slots__ = ("adjacent", "indent", "index", "mark", "offset", "own", "properties", "state")

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
        while held and self.pos - held[0].offset > KEY_LIMIT:
            held.popleft()
        count = held[0].index - self._given if held else len(self.queue)
        taken, self.queue = self.queue[:count], self.queue[count:]
        self._given += count
        return taken
