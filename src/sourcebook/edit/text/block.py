# SPDX-License-Identifier: Apache-2.0
"""Block collections of YAML: entries that come and go, with their lines, comments and the blank lines between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sourcebook.edit.text.flow import origins
from sourcebook.edit.text.line_ends import Edit
from sourcebook.edit.text.nodes import SEQUENCE, Entry, Node, quotes
from sourcebook.edit.text.wish import New, Slot, Within
from sourcebook.edit.written import Manner, after, key_text

_LONG = 200  # characters between brackets on one line
_BLANK = re.compile(r"[ \t]*\n")
_COMMENT = re.compile(r"[ \t]*#[^\n]*\n")


def is_before_spaces(text: str, at: int) -> bool:
    """Whether the line after the one that ends ``at`` has white space alone, which a text above it would take in."""
    return _SPACES.match(text, at) is not None


_SPACES = re.compile(r"\n(?:[ ]*\n)*[ \t]+(?:\n|\Z)")


def edits(text: str, node: Node, within: Within, manner: Manner, *, root: bool) -> list[Edit]:
    """The edits for the entries that come and go; some of them stay. What changes in those is for others to say."""
    return _Lines(text, node, manner, root).edits(within)


@dataclass
class _Lines:
    text: str
    node: Node
    manner: Manner
    root: bool

    def edits(self, within: Within) -> list[Edit]:
        by_origin = origins(self.node)
        entries = self.node.entries
        number = {id(entry): at for at, entry in enumerate(entries)}
        found: list[Edit] = []
        before: Entry | None = None  # the last one that stays
        coming: list[Slot] = []
        going: list[Entry] = []
        for slot in within.slots:
            if slot.merged or (slot.origin is None and slot.gone):
                continue
            if slot.origin is None:
                coming.append(slot)
                continue
            entry = by_origin[slot.origin]
            if slot.gone:
                going.append(entry)
                continue
            cut = self._gone(going, number)
            found += cut
            if coming and before is None:
                pulled = any(end == entry.start for _, end, _ in cut)
                found.append(self._before(entry, coming, pulled=pulled, first=number[id(entry)] == 0))
            elif coming and before is not None:
                found.append(self._behind(before, coming, number))
            before, coming, going = entry, [], []
        if coming:
            last = before
            if last is None:  # what was merged stays, and nothing else
                last = entries[-1]
            found.append(self._behind(last, coming, number))
        return found + self._gone(going, number)

    # --- lines ---

    def _line(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """The offset of the line break from ``at`` on, or of the end of the text."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found

    def _own_line(self, entry: Entry) -> bool:
        return not self.text[self._line(entry.start) : entry.start].strip()

    def _end(self, entry: Entry) -> int:
        """Where the last line of an entry ends, before its line break."""
        if entry.end and self.text[entry.end - 1 : entry.end] == "\n":  # blank lines that belong to its text
            return entry.end - 1
        return self._line_end(entry.end)

    def _above(self, at: int, floor: int, form: re.Pattern[str]) -> int:
        """The start of the first of the lines of a form that stand right above the line that starts ``at``."""
        while at > floor:
            line = self._line(at - 1)
            if line < floor or not form.fullmatch(self.text[line:at]):
                break
            at = line
        return at

    def _floor(self, entry: Entry, number: dict[int, int]) -> int:
        """Where what belongs to an entry may begin at the earliest."""
        at = number[id(entry)]
        if at:
            return min(self._end(self.node.entries[at - 1]) + 1, len(self.text))
        if self.root:
            return self._line(entry.start)  # comments above the first one are about the whole
        line = self._line(self.node.start)
        held = self.text.rfind("\n", 0, line - 1) + 1 if line else 0
        del held
        return self._holder_line_end()

    def _holder_line_end(self) -> int:
        """The line after that of the key or the dash which the collection belongs to."""
        at = self.node.start if self.node.start < self.node.at else self.node.at
        line = self._line(at)
        while line > 0:
            above = self._line(line - 1)
            if not (_BLANK.fullmatch(self.text[above:line]) or _COMMENT.fullmatch(self.text[above:line])):
                break
            line = above
        return line

    # --- entries that go ---

    def _gone(self, going: list[Entry], number: dict[int, int]) -> list[Edit]:
        """The edits that take entries out which follow each other."""
        runs: list[list[Entry]] = []
        for entry in going:
            if runs and number[id(entry)] == number[id(runs[-1][-1])] + 1:
                runs[-1].append(entry)
            else:
                runs.append([entry])
        return [self._cut(run[0], run[-1], number) for run in runs]

    def _cut(self, first: Entry, last: Entry, number: dict[int, int]) -> Edit:
        entries, text = self.node.entries, self.text
        end = self._end(last)
        is_last = number[id(last)] == len(entries) - 1
        if not self._own_line(first):  # the first of an item, on the line of its dash
            follows = entries[number[id(last)] + 1]
            between = text[end : self._line(follows.start)]
            if not between.strip():
                return first.start, follows.start, ""
            return len(text[: first.start].rstrip(" \t")), end, ""
        floor = self._floor(first, number)
        start = self._above(self._line(first.start), floor, _COMMENT)
        stop = min(end + 1, len(text))
        blank_above = self._above(start, floor, _BLANK)
        if blank_above < start and (is_last or stop == len(text) or _BLANK.match(text, stop)):
            start = blank_above
        elif start == 0 or text[:start].endswith("---\n"):
            while found := _BLANK.match(text, stop):
                stop = found.end()
        if end == len(text) and start > 0:  # without a line break at its end
            return start - 1, end, ""
        return start, stop, ""

    # --- entries that come ---

    def _before(self, entry: Entry, coming: list[Slot], *, pulled: bool, first: bool) -> Edit:
        """Entries before the first one that stays, which is ``pulled`` to the line of a dash or stands on its own."""
        lines = self._lines(coming)
        space = " " * self.node.column
        if pulled or not self._own_line(entry):
            return entry.start, entry.start, "\n".join(lines).removeprefix(space) + "\n" + space
        start = self._line(entry.start)
        if not (self.root and first):
            start = self._above(start, self._holder_line_end(), _COMMENT)
        return start, start, "\n".join(lines) + "\n"

    def _behind(self, entry: Entry, coming: list[Slot], number: dict[int, int]) -> Edit:
        """Entries after one that stays."""
        part = "\n\n" if self._apart(number[id(entry)]) else "\n"
        end = self._end(entry)
        spaces = is_before_spaces(self.text, end)
        text = part.join(["\n".join(self._lines([slot], quoted=spaces)) for slot in coming])
        if entry.end and self.text[entry.end - 1 : entry.end] == "\n":
            return entry.end, entry.end, text + "\n"
        return end, end, part + text

    def _apart(self, at: int) -> bool:
        """Whether blank lines part the entries beside the one that has the number ``at``."""
        entries = self.node.entries
        pairs = [(entries[one], entries[one + 1]) for one in (at - 1, at) if 0 <= one < len(entries) - 1]
        return bool(pairs) and all(
            _BLANK.match(self.text, min(self._end(one) + 1, len(self.text))) is not None for one, _ in pairs
        )

    def _lines(self, slots: list[Slot], *, quoted: bool = False) -> list[str]:
        column, lines = self.node.column, []
        collections = [one.value for one in self.node.entries if one.value.entries]
        flows = bool(collections) and all(one.flow and "\n" not in self.text[one.at : one.end] for one in collections)
        item = self.node.kind == SEQUENCE
        for slot in slots:
            assert isinstance(slot.wish, New)
            head = "-" if item else f"{key_text(slot.name or '', self.manner, style=quotes(self.node))}:"
            value = slot.wish.value
            style = "{}" if flows and isinstance(value, dict | list) else None
            if quoted and isinstance(value, str) and "\n" in value:
                style = '"'
            first, *rest = after(value, column, self.manner, item=item, style=style)
            if len(first) > _LONG:
                first, *rest = after(value, column, self.manner, item=item)
            lines += [" " * column + head + first, *rest]
        return lines
