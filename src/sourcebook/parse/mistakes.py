# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a text that departs from the grammar, in a curator's words, at the most useful place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, NoReturn

from sourcebook.finding import Finding
from sourcebook.parse.events import NotYaml
from sourcebook.parse.state import DONE, FLOW_STATES, ITEM, KEY_LIMIT, Frame, Reader, after_white

_QUOTE_OR_MEND = "put the text in quotes; or mend the indentation of this line"

_STARTS = {
    "%": "text cannot begin with %",
    "@": "text cannot begin with @, which YAML reserves",
    "`": "text cannot begin with `, which YAML reserves",
    "#": "a comment without a space before it",
    ",": "a comma where a value is expected",
    "]": "a ] that closes nothing",
    "}": "a } that closes nothing",
    "|": "a text after | cannot begin inside brackets",
    ">": "a text after > cannot begin inside brackets",
    "-": "a list item where none can stand",
    "?": "a ? where no key can stand",
    ":": "a colon where no key can stand",
    "\ufeff": "a byte order mark inside the text",
}


# A line indented with something else that looks like spaces: no-break, typographic and ideographic ones.
_BLANK = re.compile("[ \t]*([\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff])")
_JOINED = re.compile(r"([\w.-]++):((?!//)[^\s:][^\n\0]*)")  # a key and its value, without a space between them
_BARE = re.compile(r"([A-Za-z_][\w.-]*+)[ \t=]++([^\s=:#][^\n\0:]*)(?=[\n\0])")  # the same without a colon
_CONFLICT = re.compile(r"^<{7} [^\n]*\n.*?^={7}$.*?^>{7} ", re.MULTILINE | re.DOTALL)


def conflict(text: str) -> NotYaml | None:
    """The mistake that the lines are by which git marks a conflict; None where there are none."""
    found = _CONFLICT.search(text)
    hint = "choose one of the two versions, and remove the lines <<<<<<<, ======= and >>>>>>>"
    return NotYaml(found.start(), "a conflict of git begins here, and is not resolved", hint) if found else None


_PRINTED = re.compile("(?:^|[:\\-?,\\[{] *)([“”„‟‘’‚‛«»‹›])")
_AFTER = re.compile("(?:^|[ \t])[^\\s:]+:([\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff])")


def overlooked(text: str, error: NotYaml) -> NotYaml:
    """The mistake, with what is easily overlooked in its line: quotes of print, and what looks like a space."""
    start = text.rfind("\n", 0, error.offset) + 1
    line = text[start : text.find("\n", error.offset) if "\n" in text[error.offset :] else len(text)]
    indented = _BLANK.match(line)
    if indented:
        what = f"the blank U+{ord(indented[1]):04X} where only spaces may be"
        hint = "indent with spaces; it looks like one, and is another character"
        return NotYaml(start + indented.start(1), what, hint)
    marked = _no_mark(text, start)
    if marked:
        return marked
    blank = _AFTER.search(line)
    if blank:
        what = f"the blank U+{ord(blank[1]):04X} after a colon, where only a space may be"
        return NotYaml(start + blank.start(1), what, "write a space; it looks like one, and is another character")
    printed = _PRINTED.search(line)
    if printed:
        hint = f"{printed[1]} is no quote to YAML, but part of the text: write straight quotes, \" or '"
        return NotYaml(error.offset, error.message, hint, error.rule)
    return error


_MARK = re.compile("[ ]*(?:([–—−‐‑‒―•◦▪·‣])[ \u00a0]|(-)[A-Za-z_][\\w.-]*:[ \n])")
_WIDE = re.compile("[ ]*(?:- +)*[^\\s:#'\"：]+(：)")


def _no_mark(text: str, start: int) -> NotYaml | None:
    """What is meant as the mark of an item, in the line that begins at ``start`` or the one above, or as a colon."""
    above = text.rfind("\n", 0, max(start - 1, 0)) + 1
    for begin in (above, start):
        mark = _MARK.match(text, begin)
        if mark and begin != start and mark.start(mark.lastindex or 0) - begin >= after_white(text, start) - start:
            continue  # the line is not below it: what is above may be of a long text
        if mark and mark[1]:
            what = f"{mark[1]} (U+{ord(mark[1]):04X}) begins no item of a list"
            return NotYaml(mark.start(1), what, "write `- ` before each item, with the hyphen of the keyboard")
        if mark:
            return NotYaml(mark.start(2), "a hyphen without a space after it begins no item", "write a space after it")
    wide = _WIDE.match(text, start)
    if wide:
        what = "the wide colon U+FF1A, which YAML takes for text"
        return NotYaml(wide.start(1), what, "write `: `, a colon of ASCII and a space")
    return None


def no_plain(text: str, offset: int) -> NoReturn:
    """No node can begin with the character at ``offset``."""
    message = _STARTS.get(text[offset], "a value is expected here")
    raise NotYaml(offset, message, "put the text in quotes" if text[offset] != "#" else "put a space before #")


def misplaced(reader: Reader, top: Frame) -> NoReturn:
    """The line is at an indentation where nothing can stand."""
    if reader.tab >= 0:
        tab(reader)
    if top.state == DONE:
        hint = "indent it into the value above; or begin a second document with ---"
        reader.fail(reader.pos, "text after the end of the document", hint)
    begun, own = _begun(reader, top), reader.pos - reader.line
    if top.state == ITEM or reader.text.startswith("- ", reader.pos):
        hint = f"align it with the other items: {_by(begun)}"
        if not reader.text.startswith("- ", reader.pos):
            hint = f"write `- ` before it, if an item begins here, and {_by([top.indent])}; or {_by(begun[-1:])}"
        reader.fail(reader.pos, "this line is not at the indentation of the list before it", hint)
    message = "this line is not at the indentation of the keys before it"
    if _KEY.match(reader.text, reader.pos):
        reader.fail(reader.pos, message, f"it has {_spaces(own)}; align it with the keys it belongs to: {_by(begun)}")
    reader.fail(reader.pos, message, "align it with the keys it belongs to; or put the text it continues in quotes")


_KEY = re.compile(r"[^\s#'\"\[{&*!|>%@`:-][^\s:#]*+:(?=[ \n\0])")  # a line that begins with one word and a colon
_STEP = re.compile(r" *((?:- +)*)")


def _begun(reader: Reader, top: Frame) -> list[int]:
    """The columns at which the line may stand: of the items above, if it is one; else of the keys and texts there."""
    above = [line for line in reader.text[: reader.line].split("\n") if line.strip() and line.strip()[0] != "#"]
    if reader.text.startswith("- ", reader.pos):
        items = [line for line in above if line.lstrip(" ").startswith("- ")]
        return [len(items[-1]) - len(items[-1].lstrip(" "))] if items else [top.indent]
    step = _STEP.match(above[-1]) if above else None
    return sorted({max(top.indent, 0), *([step.end()] if step and step.end() >= top.indent else ())})


def _by(columns: list[int]) -> str:
    listed = [str(column) for column in columns]
    return f"indent it by {' or '.join(listed)} space{'' if columns == [1] else 's'}"


def _spaces(count: int) -> str:
    return f"{count or 'no'} space{'' if count == 1 else 's'} before it"


def key_in_text(reader: Reader, start: int, colon: int) -> NoReturn:
    """A colon makes a key of a text of several lines: the last of them is meant as a key, and indented too far."""
    line = reader.text.rfind("\n", start, colon) + 1
    at = after_white(reader.text, line)
    if not _KEY.match(reader.text, at) or reader.text[start] in "\"'":
        no_key_here(reader, colon, ", for a key has one line")
    frames = [frame.indent for frame in reader.frames if frame.state not in FLOW_STATES and frame.indent >= 0]
    name = reader.text[at : reader.text.index(":", at)]
    message = f"a line that is indented below the key before it, so that {name!r} is part of that key's text"
    hint = f"it has {_spaces(at - line)}; align it with the keys it belongs to: {_by(frames[-1:] or [0])}"
    reader.fail(at, message, f"{hint}; or put the text in quotes, if it is no key")


def no_key(reader: Reader, offset: int) -> NoReturn:
    """In a mapping, something that no colon follows."""
    line = reader.text.rfind("\n", 0, offset) + 1
    blank = _BLANK.match(reader.text, line)
    if blank:
        what = f"the blank U+{ord(blank[1]):04X} where only spaces may be"
        reader.fail(blank.start(1), what, "indent with spaces; it looks like one, and is another character")
    joined = _JOINED.match(reader.text, offset)
    if joined:
        hint = f"write a space after the colon: {_cut(joined[1])}: {_cut(joined[2])}"
        reader.fail(offset, "a line that is no key, for its colon has no space after it", hint)
    bare = _BARE.match(reader.text, offset)
    if bare:
        hint = f"write a colon after {bare[1]!r} if it is a key: {bare[1]}: {_cut(bare[2])}; or indent it as text"
        reader.fail(offset, "a line that is neither a key with its value nor part of the text before it", hint)
    hint = "write `key: value`; indent the lines of a long text; put text with special characters in quotes"
    reader.fail(offset, "a line that is neither a key with its value nor part of the text before it", hint)


def text_after(reader: Reader, end: int, style: str) -> NoReturn:
    """Something follows a node on its line that is neither a comment nor a colon."""
    at = after_white(reader.text, end)
    if reader.text[at] == "#":
        reader.fail(at, "a comment without a space before it", "put a space before #")
    if style and style in "\"'":
        message = "text after the end of a quoted text"
        hint = "quote all of it; inside double quotes write \\\" for one, inside single quotes ''"
        reader.fail(at, message, hint)
    if style and style in "]}":
        reader.fail(at, f"text after the closing {style}", "put all of it in quotes if it is text")
    if reader.text[at] == ":":
        reader.fail(at, "a colon where no key can stand", _QUOTE_OR_MEND)
    reader.fail(at, "text where the line should end", "put the text in quotes")


def not_closed(reader: Reader, where: str) -> NoReturn:
    """Tell of the outermost collection that is open: it is the one a line at the left cannot be in."""
    frame = next(frame for frame in reader.frames if frame.state in FLOW_STATES)
    character = reader.text[frame.mark]
    what, end = ("a list in square brackets", "]") if character == "[" else ("a mapping in braces", "}")
    message = f"{what} begins here and is not closed" + (f" {where}" if where else "")
    reader.fail(frame.mark, message, f"close it with {end}" + ("; or indent its lines" if where else ""))


def _cut(text: str, most: int = 40) -> str:
    text = text.strip()
    return text if len(text) <= most else text[: most - 1] + "…"


def tab(reader: Reader) -> NoReturn:
    """A tab is where indentation is."""
    reader.fail(reader.tab, "a tab where only spaces may be", "indent with spaces")


def no_key_here(reader: Reader, colon: int, of_lines: str = "") -> NoReturn:
    """The colon would make a key of what is before it, where none can be."""
    reader.fail(colon, f"a colon with a space after it, where no key can stand{of_lines}", _QUOTE_OR_MEND)


def long_key(reader: Reader, start: int) -> NoReturn:
    """[154], [155]: a key that is not marked with ``?`` has a limit, so that nothing need be read twice."""
    hint = "put the text in quotes if it is no key; write a long key after `? `, and `: ` with its value below"
    reader.fail(start, f"a key of more than {KEY_LIMIT:,} characters", hint)


def properties_of_alias(reader: Reader, offset: int) -> NoReturn:
    """An alias has the properties of what it names."""
    reader.fail(offset, "an anchor or a tag before an alias", "leave it out: the alias stands for what it names")


class Double(NamedTuple):
    """A key that stands in a mapping again: the offsets of its first place and of this one, and what is found of it."""

    key: str
    first: int
    offset: int
    finding: Finding


def joined(doubles: Sequence[Double], first: str, *, in_list: bool) -> Iterator[tuple[int, Finding]]:
    """What is found of the ``doubles`` of a mapping that begins with the key ``first``: one of those that are together.

    Each stands in the place of that whose `id` is given with it.

    Where the `- ` of an item is missing, its keys are those of the item before it, again.
    """
    groups: list[list[Double]] = []
    for double in doubles:
        last = groups[-1] if groups else []
        if not last or double.first > last[0].offset or double.key in [other.key for other in last]:
            groups.append([])
        groups[-1].append(double)
    for group in groups:
        finding, message = group[0].finding, group[0].finding.message
        if len(group) == 1 and not (in_list and group[0].key == first):
            yield id(finding), finding
            continue
        if len(group) > 1:
            named = ", ".join(repr(double.key) for double in group[:4]) + (" and others" if len(group) > 4 else "")
            given = message.rpartition("; it ")[2]
            message = f"the keys {named} stand here again; the first {given}"
        yield id(finding), replace(finding, message=message, hint=_IN_LIST if in_list else _ELSEWHERE)


_IN_LIST = "write `- ` before it, if another item of the list begins here; else keep one of each"
_ELSEWHERE = "begin another record as the first one begins, if one begins here; else keep one of each"
