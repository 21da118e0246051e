# SPDX-License-Identifier: Apache-2.0
"""Wishes to edits: what is put where in the text of a document, so that its values become what is wished."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import Any

from sourcebook.edit.text import block, flow
from sourcebook.edit.text.folding import refolded
from sourcebook.edit.text.json_values import JsonManner
from sourcebook.edit.text.line_ends import Edit
from sourcebook.edit.text.nodes import SEQUENCE, Entry, Node, Tree, quotes
from sourcebook.edit.text.wish import Fail, New, Slot, Wish, Within, outcome
from sourcebook.edit.written import Manner, after, in_flow, key_text, literal, may_be_literal, single
from sourcebook.parse.events import CORE

_COLON = re.compile(r"(?:[ \t\n]++|#(?<=[ \t\n]#)[^\n\0]*+)*+:")
TEXT = f"{CORE}str"
_TAIL = re.compile(r"[ \t]+#[^\n]*")
_HEADER = re.compile(r": [|>][-+0-9]*$|- [|>][-+0-9]*$")  # of a text on the lines below, at the end of a line


class Rendering:
    """The edits of one document, of YAML in a `Manner` or of JSON in a `JsonManner`.

    ``along``: what aliases name may change, for all of its places are to.
    """

    def __init__(self, text: str, tree: Tree, manner: Manner | JsonManner, fail: Fail, *, along: bool = False) -> None:
        self.text = text
        self.tree = tree
        self.along = along
        self.manner = manner
        self.fail = fail
        self.edits: list[Edit] = []

    def render(self, wish: Wish, value: Any) -> None:
        """Add the edits for the wish about the whole document, whose value is ``value``."""
        root = self.tree.root
        if isinstance(wish, New):
            self._replace(root, None, None, wish.value)
        elif isinstance(wish, Within):
            self._within(wish, None, None, value)
        self.edits = _apart(self.edits)

    def _within(self, within: Within, holder: Node | None, entry: Entry | None, value: Any) -> None:
        node = within.node
        self._check_anchors(node, deep=False)
        by_origin = flow.origins(node)
        if not any(slot.origin is not None for slot in within.left):  # nothing stays
            self._replace(node, holder, entry, outcome(within, value))
            return
        for slot in within.slots:
            if slot.origin is None or slot.merged:
                continue
            one = by_origin[slot.origin]
            if slot.gone:
                for node_gone in (one.key, one.value):
                    if node_gone is not None:
                        self._check_anchors(node_gone, deep=True)
                continue
            if slot.name != slot.origin and slot.name is not None:
                self._rename(node, one, slot.name)
            if isinstance(slot.wish, New):
                self._replace(one.value, node, one, slot.wish.value)
            elif isinstance(slot.wish, Within):
                self._within(slot.wish, node, one, value[slot.origin])
        if any(slot.gone or slot.origin is None for slot in within.slots):
            if node.flow:
                comma = self.manner.comma if isinstance(self.manner, JsonManner) else ", "
                style = quotes(node)

                def write(name: str | None, value: Any, space: str | None) -> str:
                    return self._entry(name, value, space, style)

                self.edits += flow.edits(self.text, node, within, write, comma, self.fail)
            else:
                assert isinstance(self.manner, Manner)
                self.edits += block.edits(self.text, node, within, self.manner, root=holder is None)

    def _check_anchors(self, node: Node, *, deep: bool) -> None:
        """Refuse what would change other places too: those where an alias of the value stands."""
        if self.along or not self.tree.aliased:
            return
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if one.anchor in self.tree.aliased and one.anchor is not None:
                self.fail(one.start, f"the value here is that of aliases too (*{one.anchor}), which would change")
            if deep:
                waiting += [entry.value for entry in one.entries]
                waiting += [entry.key for entry in one.entries if entry.key is not None]

    def _entry(self, name: str | None, value: Any, space: str | None, style: str | None) -> str:
        """An entry of a collection between brackets."""
        if isinstance(self.manner, JsonManner):
            return self.manner.entry(name, value, space)
        head = "" if name is None else f"{key_text(name, self.manner, style=style, flow=True)}: "
        return head + in_flow(value, self.manner)

    def _rename(self, node: Node, entry: Entry, name: str) -> None:
        key = entry.key
        assert key is not None
        if isinstance(self.manner, JsonManner):
            new = self.manner.text(name, None)
        else:
            new = key_text(name, self.manner, style=key.style, flow=node.flow)
        self.edits.append((key.at, key.end, new))

    # --- a value in the place of another ---

    def _replace(self, node: Node, holder: Node | None, entry: Entry | None, value: Any) -> None:
        self._check_anchors(node, deep=True)
        if isinstance(self.manner, JsonManner):
            space = None
            if "\n" in self.text[node.at : node.end] or not isinstance(value, dict | list) or not node.entries:
                line = self.text.rfind("\n", 0, node.at) + 1
                space = re.match(r"[ \t]*", self.text[line:])[0]  # type: ignore[index]
                if holder is not None and flow.own_lines(self.text, holder) is None:
                    space = None
            self.edits.append((node.start, node.end, self.manner.text(value, space)))
        elif holder is not None and holder.flow:
            self._in_flow(node, entry, value)
        elif entry is None or holder is None:
            self._root(node, value)
        else:
            self._in_block(node, holder, entry, value)

    def _in_flow(self, node: Node, entry: Entry | None, value: Any) -> None:
        assert isinstance(self.manner, Manner)
        if node.style and (folded := self._folded(node, value)) is not None:
            self.edits.append((node.at, node.end, folded))
            return
        new = in_flow(value, self.manner, "flow", None if node.kind != "single" or node.empty else node.style)
        if node.empty and entry is not None and entry.key is not None:
            found = _COLON.match(self.text, entry.key.end)
            at = found.end() if found and found.end() <= max(node.at, entry.key.end + 1) else entry.key.end
            self.edits.append((at, at, f" {new}" if at != entry.key.end else f": {new}"))
            return
        self.edits.append((node.at if node.tag is None else node.start, node.end, new))

    def _root(self, node: Node, value: Any) -> None:
        assert isinstance(self.manner, Manner)
        if node.kind == "single" or node.flow or not isinstance(value, dict | list) or not value:
            self.edits.append((node.at, node.end, in_flow(value, self.manner, "block")))
            return
        lines = block_lines(value, node.column, self.manner)
        stop = node.end - 1 if self.text[node.end - 1] == "\n" else self._line_end(node.end)
        self.edits.append((node.at, stop, "\n".join(lines).removeprefix(" " * node.column)))

    def _in_block(self, node: Node, holder: Node, entry: Entry, value: Any) -> None:
        """A value after the colon of a key, or after the dash of an item."""
        assert isinstance(self.manner, Manner)
        if (folded := self._folded(node, value)) is not None:
            self.edits.append((node.at, node.end, folded))
            return
        item = holder.kind == SEQUENCE
        style = node.style if node.kind == "single" and not node.empty and not node.folds else None
        if node.flow and node.entries:
            style = "{}"
        if node.folds and isinstance(value, str) and may_be_literal(value):
            lines = self._literal(node, holder, value)
        else:
            lines = after(value, holder.column, self._manner(node, holder, entry), item=item, style=style)
        spaced = lines[0].startswith(" |") and block.is_before_spaces(self.text, self._line_end(node.end))
        if spaced or (lines[0].startswith(" |") and node.entries and not node.flow and self._commented(node, entry)):
            lines = [" " + single(value, self.manner, "block", '"')]  # what follows would be in the text
        elif _HEADER.search(lines[0]) and node.entries and not node.flow and self._commented(node, entry):
            # Comments between a dash and what it stands for would be in the text that begins on its line.
            first = lines[0].lstrip(" ")
            lines = ["", " " * (holder.column + 1 + len(lines[0]) - len(first)) + first, *lines[1:]]
        head, rest = lines[0], "".join(f"\n{line}" for line in lines[1:])
        begin = self._after_indicator(entry)
        if node.kind == "single" or node.kind == "alias" or node.flow:
            self._one(node, begin, head, rest)
        else:
            self._many(node, begin, head, rest)

    def _folded(self, node: Node, value: Any) -> str | None:
        """A text in the place of one that goes over several lines, most of which may stay; None where it does not."""
        written = self.text[node.at : node.end]
        if node.kind != "single" or not isinstance(value, str) or node.style == "|" or "\n" not in written:
            return None
        return refolded(written, node.style, node.text, value)

    def _commented(self, node: Node, entry: Entry) -> bool:
        """Whether comments stand on lines between a key and the collection that is its value."""
        begin = self._after_indicator(entry)
        return bool(self.text[self._line_end(begin) : self.text.rfind("\n", 0, node.at) + 1].strip())

    def _after_indicator(self, entry: Entry) -> int:
        """The offset after the colon of a key, or the dash of an item."""
        if entry.key is None:
            return entry.start + 1
        found = _COLON.match(self.text, entry.key.end)
        if found is None:
            self.fail(entry.key.start, "the key here has no colon, and so no place for a value")
        return found.end()

    def _manner(self, node: Node, holder: Node, entry: Entry) -> Manner:
        """The manner, with the indentation that the collection has which stood here."""
        assert isinstance(self.manner, Manner)
        if holder.kind == SEQUENCE:
            there = not node.empty and "\n" not in self.text[entry.start : node.at]
            return replace(self.manner, gap=node.at - entry.start) if there else self.manner
        if node.column < 0:
            return self.manner
        if node.kind == SEQUENCE:
            return replace(self.manner, dash=node.column - holder.column)
        return replace(self.manner, step=node.column - holder.column)

    def _literal(self, node: Node, holder: Node, value: str) -> list[str]:
        """A text in the place of one below ``|``, as far indented."""
        first = re.search(r"\n+( +)[^ \n]", self.text[node.at : node.end])
        least = max(holder.column, 0) + 1
        indent = len(first[1]) if first else max(holder.column, 0) + 2
        digit = re.match(r"[|>][+-]?([1-9])", self.text[node.at :][:4])
        if digit:
            indent = max(holder.column, 0) + int(digit[1])
        header, *lines = literal(value, holder.column, max(indent, least))
        return [" " + header, *lines]

    def _one(self, node: Node, begin: int, head: str, rest: str) -> None:
        """In the place of a single value, or of one between brackets."""
        text = self.text
        if node.empty:
            at = node.at if node.at > node.start else begin
            self.edits.append((at, at, head))
            if rest:
                end = self._line_end(at)
                self.edits.append((end, end, rest))
            return
        start = node.at if node.tag is None or (node.tag == TEXT and head.strip()[:1] in ("'", '"')) else node.start
        if node.folds:
            line_end = self._line_end(node.at)
            tail = _TAIL.search(text, node.at, line_end)
            stop = node.end - 1 if text[node.end - 1] == "\n" else node.end
            self.edits.append((start, max(stop, line_end), head.lstrip(" ") + (tail[0] if tail else "") + rest))
            return
        if not head:  # a block collection below the key
            start = len(text[: node.start].rstrip(" "))
            self.edits.append((max(start, begin), node.end, ""))
        else:
            self.edits.append((start, node.end, head.lstrip(" ")))
        if rest:
            end = self._line_end(node.end)
            self.edits.append((end, end, rest))

    def _many(self, node: Node, begin: int, head: str, rest: str) -> None:
        """In the place of a block collection."""
        text = self.text
        line_end = self._line_end(begin)
        stop = node.end - 1 if text[node.end - 1] == "\n" else self._line_end(node.end)
        if line_end >= node.at:  # it begins on the line of the dash
            self.edits.append((node.at, stop, head.lstrip(" ") + rest))
            return
        if node.at > node.start and text[node.start : node.at].strip() != text[node.start : line_end].strip():
            self.fail(node.start, "a comment or a tag stands between the anchor here and its value")
        self.edits.append((begin, begin, head))
        comments = self._comments_end(line_end, node.at)
        self.edits.append((comments, stop, rest))

    def _comments_end(self, line_end: int, at: int) -> int:
        """Where the replaced lines begin: those of comments between a key and its value stay."""
        line = self.text.rfind("\n", 0, at) + 1
        return line_end if not self.text[line_end:line].strip() else line - 1

    def _line_end(self, at: int) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found


def _apart(edits: list[Edit]) -> list[Edit]:
    """The edits, with lines that come after one that goes put after the one before that, which stays."""
    gone = [(start, end) for start, end, new in edits if not new and start < end]
    if not gone:
        return edits
    gone.sort()
    starts = [start for start, _ in gone]
    found = []
    for start, end, new in edits:
        at = start
        if start == end and new.startswith("\n"):
            number = bisect_right(starts, start) - 1
            while number >= 0 and gone[number][0] < at < gone[number][1]:
                at = gone[number][0] - 1
                number -= 1
        found.append((at, end if at == start else at, new))
    return found


def block_lines(value: dict[str, Any] | list[Any], column: int, manner: Manner) -> list[str]:
    """The lines of a collection at a column."""
    from sourcebook.edit.written import block as lines_of

    return lines_of(value, column, manner)


__all__ = ["Rendering", "Slot", "single"]
