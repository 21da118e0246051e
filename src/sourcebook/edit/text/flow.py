# SPDX-License-Identifier: Apache-2.0
"""Collections between brackets, of YAML and of JSON: entries that come and go, with their commas."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sourcebook.edit.text.line_ends import Edit
from sourcebook.edit.text.nodes import Entry, Node
from sourcebook.edit.text.wish import Fail, New, Slot, Within

Write = Callable[[str | None, Any, str | None], str]
"""The text of an entry by its key (None of an item) and value; what its line begins with if it has one of its own."""


def edits(text: str, node: Node, within: Within, write: Write, comma: str, fail: Fail) -> list[Edit]:
    """The edits for the entries that come and go; some of them stay. What changes in those is for others to say.

    ``comma`` parts entries that are on one line.
    """
    by_origin = origins(node)
    found: list[Edit] = []
    space = own_lines(text, node)
    part = comma if space is None else ",\n" + space
    before: Entry | None = None  # the last one that stays
    coming: list[Slot] = []
    going: list[Entry] = []
    for slot in within.slots:
        if slot.merged:
            continue
        if slot.origin is None:
            if not slot.gone:
                coming.append(slot)
            continue
        entry = by_origin[slot.origin]
        if slot.gone:
            going.append(entry)
            continue
        if going:
            found.append(_cut(text, (going[0].start, entry.start), going, space, fail))
            going = []
        if coming and before is None:
            found += [(entry.start, entry.start, _entry(one, write, space) + part) for one in coming]
            coming = []
        elif coming and before is not None:
            found += _behind(text, before, [_entry(one, write, space) for one in coming], part, space)
            coming = []
        before = entry
    if before is None:  # what was merged stays, and nothing else
        before = node.entries[-1]
    found += _behind(text, before, [_entry(one, write, space) for one in coming], part, space)
    if going:
        found.append(_cut(text, (before.end, going[-1].end), going, space, fail))
    return found


def _behind(text: str, entry: Entry, new: list[str], part: str, space: str | None) -> list[Edit]:
    """Entries behind one that stays; behind the comment on its line, if there is one."""
    comment = _COMMENT.match(text, entry.end)
    if comment is None or space is None or not new:
        return [(entry.end, entry.end, part + one) for one in new]
    comma = [] if comment[1] else [(entry.end, entry.end, ",")]
    lines = ",".join(f"\n{space}{one}" for one in new) + comment[1]
    return [*comma, (comment.end(), comment.end(), lines)]


def _cut(text: str, span: tuple[int, int], going: list[Entry], space: str | None, fail: Fail) -> Edit:
    """The edit that takes entries out: what is between two that stay, or with comments, their lines."""
    start, end = span
    if "\n" not in text[start:end] or not _IS_COMMENT.search(_between(text, span, going)):
        return start, end, ""
    line = text.rfind("\n", 0, going[0].start) + 1
    stop = text.find("\n", going[-1].end)
    rest = text[going[-1].end : stop] if stop >= 0 else ""
    own = space is not None and not text[line : going[0].start].strip() and _REST.fullmatch(rest)
    if not own or re.search(r"(?:^|\n)[ \t]*#", text[line:stop]):
        fail(start, "a comment stands between the entries here, and it cannot be told whose it is")
    return line, stop + 1, ""


def _between(text: str, span: tuple[int, int], going: list[Entry]) -> str:
    """What stands beside entries that go: in their own text a number sign begins no comment, or one that goes, too."""
    at, found = span[0], []
    for entry in going:
        found.append(text[at : entry.start])
        at = entry.end
    return "".join([*found, text[at : span[1]]])


_IS_COMMENT = re.compile(r"(?:^|[ \t\n])#")
_COMMENT = re.compile(r"[ \t]*(,?)[ \t]+#[^\n]*")
_REST = re.compile(r"[ \t]*,?(?:[ \t]+#.*|[ \t]*)")


def origins(node: Node) -> dict[str | int, Entry]:
    """The entries of a collection by their keys or numbers."""
    return {
        number if entry.key is None else entry.key.text: entry
        for number, entry in enumerate(node.entries)
        if entry.key is None or not (entry.key.text == "<<" and entry.key.style == "")
    }


def own_lines(text: str, node: Node) -> str | None:
    """What the lines of entries begin with that have lines of their own; None where they follow each other on one."""
    if not node.entries:
        return None
    first = node.entries[0].start
    line = text.rfind("\n", 0, first) + 1
    if line <= node.at or text[line:first].strip():
        return None
    if len(node.entries) > 1 and "\n" not in text[first : node.entries[1].start]:
        return None
    return text[line:first]


def _entry(slot: Slot, write: Write, space: str | None) -> str:
    assert isinstance(slot.wish, New)
    return write(slot.name, slot.wish.value, space)
