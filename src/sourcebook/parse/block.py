# SPDX-License-Identifier: Apache-2.0
"""The block styles of YAML 1.2.2 (chapter 8): sequences and mappings by indentation, and the scalars in them.

Longer than most modules, since the chapter is: its productions stand here one after the other, and share what they know
of the line at hand.
"""

from __future__ import annotations

import re

from sourcebook.parse import mistakes, scalars
from sourcebook.parse.events import (
    ALIAS,
    DOCUMENT_END,
    FLOW,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    SEQUENCE_END,
    SEQUENCE_START,
)
from sourcebook.parse.properties import anchor, merged, properties
from sourcebook.parse.state import (
    AFTER,
    BLANK,
    COLON,
    EXPLICIT_KEY,
    EXPLICIT_VALUE,
    FLOW_ITEM,
    FLOW_KEY,
    ITEM,
    ITEM_NODE,
    KEY,
    KEY_LIMIT,
    PENDING,
    REST,
    ROOT,
    VALUE,
    Frame,
    Properties,
    Reader,
    after_white,
)

# Empty lines and comments ([78] l-comment), then the indentation of the next line, and tabs that are none of it.
_LINES = re.compile(r"(?:[ \t]*+(?:#[^\n\0]*+)?\n)*+( *+)[ \t]*+(?:#[^\n\0]*+(?=\0))?")
_COLON = re.compile(r"[ \t]*+:(?=[ \t\n\0])")  # [194] c-l-block-map-implicit-value, with the space before it
_SEQUENCE_AT_KEYS = frozenset({VALUE, EXPLICIT_KEY, EXPLICIT_VALUE})  # [201] seq-space: `- ` may stand below its key


def step(reader: Reader) -> None:
    """Read on within a block collection or a document: to the end of a node, or of an indicator."""
    if reader.fresh:
        _line(reader)
    else:
        _node(reader)


def _line(reader: Reader) -> None:
    """Begin a line: close what is indented more, and see to what the innermost open collection expects."""
    text = reader.text
    found = _LINES.match(text, reader.pos)
    assert found is not None
    reader.line, at = found.start(1), found.end()
    reader.pos = at
    indent = found.end(1) - reader.line
    if text[at] == "\0" or (indent == 0 and scalars.at_marker(text, reader.line)) or _at_byte_order_mark(reader, at):
        _end_document(reader)
        return
    while reader.frames[-1].indent > indent:
        _close(reader)
    reader.tab = found.end(1) if at > found.end(1) else -1
    reader.may_open = reader.tab < 0
    top = reader.frames[-1]
    dash = text[at] == "-" and text[at + 1] in BLANK
    if top.state in PENDING:
        if indent > top.indent or (indent == top.indent and dash and top.state in _SEQUENCE_AT_KEYS):
            _node(reader)
            return
        reader.empty(top, top.mark)
    if indent > top.indent or reader.tab >= 0:
        mistakes.misplaced(reader, top)
    if top.state == ITEM:
        if dash:
            top.state = ITEM_NODE
            _after_indicator(reader, top, compact=True)
            return
        if reader.frames[-2].indent != indent:
            mistakes.misplaced(reader, top)
        _close(reader)
        top = reader.frames[-1]
    if top.state == COLON:
        if text[at] == ":" and text[at + 1] in BLANK:
            top.state = EXPLICIT_VALUE
            _after_indicator(reader, top, compact=True)
            return
        reader.empty(top, at)
    _node(reader)


def _at_byte_order_mark(reader: Reader, at: int) -> bool:
    """Whether a byte order mark stands here before a document marker, as [202] l-document-prefix allows."""
    return reader.text[at] == "\ufeff" and at == reader.line and scalars.at_marker(reader.text, at + 1)


# --- nodes ----------------------------------------------------------------------------------------------------------


def _node(reader: Reader) -> None:
    """[196] s-l+block-node: the node that the innermost collection expects begins here; or, in a mapping, a key."""
    top = reader.frames[-1]
    text, start = reader.text, reader.pos
    own = None
    if text[start] in "&!":
        own = properties(reader, flow=False)
        rest = REST.match(text, reader.pos)
        if rest is not None:  # the node follows on a line below, if at all
            if top.state == KEY:
                mistakes.no_key(reader, start)
            top.properties = merged(top.properties, own)
            reader.pos, reader.fresh = rest.end(), True
            return
        reader.pos = after_white(text, reader.pos)
    at = reader.pos
    character = text[at]
    if character == '"' or character == "'":
        value, end = scalars.quoted(text, at, top.indent + 1)
        reader.allow(at, end)
        _scalar(reader, start, own, value, character, end)
    elif character in "[{":
        _open_flow(reader, start, own)
    elif character == "*":
        _alias(reader, start, own)
    elif character in "-?:" and text[at + 1] in BLANK:
        _indicator(reader, start, own)
    elif character in "|>":
        _block_scalar(reader, own)
    else:
        _plain(reader, start, own)


def _plain(reader: Reader, start: int, own: Properties | None) -> None:
    text, at = reader.text, reader.pos
    found = scalars.PLAIN_OUT.match(text, at)
    if found is None:
        mistakes.no_plain(text, at)
    end = found.end()
    top = reader.frames[-1]
    if top.state == KEY or _COLON.match(text, end):
        _scalar(reader, start, own, found[0], "", end)
    else:
        value, end = scalars.plain_lines(text, found[0], end, top.indent + 1, flow=False)
        _scalar(reader, start, own, value, "", end)


def _scalar(reader: Reader, start: int, own: Properties | None, value: str, style: str, end: int) -> None:
    """A plain or quoted scalar was read up to ``end``: a key where a colon follows, else a whole node."""
    colon = _COLON.match(reader.text, end)
    if colon is not None:
        mapping = _mapping(reader, start, colon.end() - 1)
        reader.emit(SCALAR, start, own, value, style)
        _value_follows(reader, mapping, colon.end())
        return
    top = reader.frames[-1]
    rest = REST.match(reader.text, end)
    if rest is None:
        mistakes.text_after(reader, end, style)
    if top.state == KEY:
        mistakes.no_key(reader, start)
    whole = _all_properties(top, own)
    reader.emit(SCALAR, whole.offset if whole else start, whole, value, style)
    top.state = AFTER[top.state]
    reader.pos, reader.fresh = rest.end(), True


def _all_properties(top: Frame, own: Properties | None) -> Properties | None:
    """The properties of a node: those on lines before it, and its own."""
    before, top.properties = top.properties, None
    return merged(before, own) if before else own


def _mapping(reader: Reader, start: int, colon: int, index: int | None = None) -> Frame:
    """[187] l+block-mapping, or [195] ns-l-compact-mapping: the one being read, or a new one, for a key at ``start``.

    With ``index`` its start is put there among the queued events: before those of a flow collection that is its key.
    """
    if "\n" in reader.text[start : min(colon, start + KEY_LIMIT + 1)]:
        line = reader.text.rfind("\n", start, colon) + 1
        if reader.may_open and after_white(reader.text, line) - line == start - reader.line:
            mistakes.no_key(reader, start)  # the line before is meant as a key too
        mistakes.key_in_text(reader, start, colon)
    if colon - start > KEY_LIMIT:
        mistakes.long_key(reader, start)
    top = reader.frames[-1]
    if top.state == KEY:
        return top
    if not reader.may_open:
        if reader.tab >= 0:
            mistakes.tab(reader)
        mistakes.no_key_here(reader, colon)
    before, top.properties = top.properties, None
    mapping = Frame(KEY, start - reader.line, before.offset if before else start)
    reader.emit(MAPPING_START, mapping.offset, before)
    if index is not None:
        reader.queue.insert(index, reader.queue.pop())
    reader.frames.append(mapping)
    return mapping


def _value_follows(reader: Reader, mapping: Frame, after: int) -> None:
    mapping.state = VALUE
    reader.pos = after - 1
    _after_indicator(reader, mapping, compact=False)


def _after_indicator(reader: Reader, top: Frame, *, compact: bool) -> None:
    """Move past the indicator (one character) that stands here; ``compact``: a collection may follow on its line."""
    top.mark = reader.pos + 1
    rest = REST.match(reader.text, top.mark)
    if rest is not None:
        reader.pos, reader.fresh = rest.end(), True
        return
    reader.pos, reader.fresh = after_white(reader.text, top.mark), False
    reader.tab = reader.text.find("\t", top.mark, reader.pos) if compact else -1
    reader.may_open = compact and reader.tab < 0


def _indicator(reader: Reader, start: int, own: Properties | None) -> None:
    """`- `, `? ` or `: ` where a node may begin: a block collection begins, or its next entry."""
    top, at = reader.frames[-1], reader.pos
    character = reader.text[at]
    if character == ":":  # [193] ns-s-block-map-implicit-key may be empty
        mapping = _mapping(reader, start, at)
        reader.emit(SCALAR, start, own)
        _value_follows(reader, mapping, at + 1)
        return
    if own is not None:
        message = f"an anchor or a tag before `{character} ` on one line"
        reader.fail(start, message, "put it on the line before; or quote the text")
    if character == "?" and top.state == KEY:
        top.state = EXPLICIT_KEY
        _after_indicator(reader, top, compact=True)
        return
    if reader.tab >= 0:
        mistakes.tab(reader)
    if top.state == KEY:
        reader.fail(at, "a list item where a key is expected", "indent the list below the key it belongs to")
    if not reader.may_open:
        what = "a list" if character == "-" else "a mapping"
        reader.fail(at, f"{what} cannot begin on this line", "begin it on the next line; or put the text in quotes")
    before, top.properties = top.properties, None
    frame = Frame(ITEM_NODE if character == "-" else EXPLICIT_KEY, at - reader.line, before.offset if before else at)
    reader.emit(SEQUENCE_START if character == "-" else MAPPING_START, frame.offset, before)
    reader.frames.append(frame)
    _after_indicator(reader, frame, compact=True)


def _block_scalar(reader: Reader, own: Properties | None) -> None:
    top, at = reader.frames[-1], reader.pos
    if top.state == KEY:
        mistakes.no_key(reader, at)
    whole = _all_properties(top, own)
    value, reader.pos = scalars.block(reader.text, at, top.indent)
    reader.emit(SCALAR, whole.offset if whole else at, whole, value, reader.text[at])
    top.state = AFTER[top.state]
    reader.fresh = True


def _alias(reader: Reader, start: int, own: Properties | None) -> None:
    at = reader.pos
    name = anchor(reader)
    top, end = reader.frames[-1], reader.pos
    if own is not None:
        mistakes.properties_of_alias(reader, start)
    colon = _COLON.match(reader.text, end)
    if colon is not None:
        mapping = _mapping(reader, at, colon.end() - 1)
        reader.emit(ALIAS, at, None, name)
        _value_follows(reader, mapping, colon.end())
        return
    rest = REST.match(reader.text, end)
    if rest is None:
        reader.fail(at, "text after an alias", "put text that begins with * in quotes")
    if top.state == KEY:
        mistakes.no_key(reader, at)
    if top.properties:
        mistakes.properties_of_alias(reader, at)
    reader.emit(ALIAS, at, None, name)
    top.state = AFTER[top.state]
    reader.pos, reader.fresh = rest.end(), True


# --- flow collections among block styles ----------------------------------------------------------------------------


def _open_flow(reader: Reader, start: int, own: Properties | None) -> None:
    top, at = reader.frames[-1], reader.pos
    frame = Frame(FLOW_ITEM if reader.text[at] == "[" else FLOW_KEY, top.indent, start)
    frame.mark = at
    frame.own = own
    if reader.may_open or top.state == KEY:
        reader.hold(frame)
    whole = own if top.state == KEY else _whole(top.properties, own)
    kind = SEQUENCE_START if reader.text[at] == "[" else MAPPING_START
    reader.emit(kind, whole.offset if whole else start, whole, "", FLOW)
    reader.frames.append(frame)
    reader.pos = at + 1


def _whole(before: Properties | None, own: Properties | None) -> Properties | None:
    """Both properties as one, as far as that can be: where it cannot, only a colon after the collection can mend it."""
    if before and own and ((before.anchor and own.anchor) or (before.tag is not None and own.tag is not None)):
        return own
    return merged(before, own) if before or own else None


def flow_closed(reader: Reader, frame: Frame) -> None:
    """The flow collection that ``frame`` was has ended at the reader's position: a key, or a whole node."""
    text, end = reader.text, reader.pos
    index = reader.settle(frame)
    top = reader.frames[-1]
    colon = _COLON.match(text, end)
    if colon is not None:
        own = frame.own
        if index is not None:  # properties on lines before are the mapping's, not the key's
            kind, _, _, _, _, style = reader.queue[index]
            anchor, tag = (own.anchor, own.tag) if own else (None, None)
            reader.queue[index] = (kind, frame.offset, "", anchor, tag, style)
        mapping = _mapping(reader, frame.offset, colon.end() - 1, index)
        _value_follows(reader, mapping, colon.end())
        return
    rest = REST.match(text, end)
    if rest is None:
        mistakes.text_after(reader, end, text[end - 1])
    if top.state == KEY:
        mistakes.no_key(reader, frame.offset)
    _all_properties(top, frame.own)  # refuses a second anchor or tag
    top.state = AFTER[top.state]
    reader.pos, reader.fresh = rest.end(), True


# --- ends -----------------------------------------------------------------------------------------------------------


def _close(reader: Reader) -> None:
    """End the innermost block collection."""
    frame = reader.frames[-1]
    if frame.state in PENDING:
        reader.empty(frame, frame.mark)
    if frame.state == COLON:
        reader.empty(frame, reader.pos)
    reader.frames.pop()
    reader.emit(SEQUENCE_END if frame.state == ITEM else MAPPING_END, reader.pos)
    parent = reader.frames[-1]
    parent.state = AFTER[parent.state]


def _end_document(reader: Reader) -> None:
    """[204] c-document-end, a marker ---, or the end of the text."""
    while len(reader.frames) > 1:
        _close(reader)
    root = reader.frames[0]
    if root.state == ROOT:
        reader.empty(root, root.mark)
    reader.frames.clear()
    ended = reader.text.startswith("...", reader.pos)
    reader.emit(DOCUMENT_END, reader.pos, None, "", "..." if ended else "")
