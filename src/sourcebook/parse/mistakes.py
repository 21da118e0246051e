# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a text that departs from the grammar, in a curator's words, at the most useful place."""

from __future__ import annotations

import re
from typing import NoReturn

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
_CONFLICT = re.compile(r"^<{7} [^\n]*\n.*?^={7}$.*?^>{7} ", re.MULTILINE | re.DOTALL)


def conflict(text: str) -> NotYaml | None:
    """The mistake that the lines are by which git marks a conflict; None where there are none."""
    found = _CONFLICT.search(text)
    hint = "choose one of the two versions, and remove the lines <<<<<<<, ======= and >>>>>>>"
    return NotYaml(found.start(), "a conflict of git begins here, and is not resolved", hint) if found else None


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
    if top.state == ITEM or reader.text.startswith("- ", reader.pos):
        message = "this line is not at the indentation of the list before it"
        reader.fail(reader.pos, message, "align it with the other items")
    message = "this line is not at the indentation of the keys before it"
    reader.fail(reader.pos, message, "align it with the keys it belongs to; or put the text it continues in quotes")


def no_key(reader: Reader, offset: int) -> NoReturn:
    """In a mapping, something that no colon follows."""
    line = reader.text.rfind("\n", 0, offset) + 1
    blank = _BLANK.match(reader.text, line)
    if blank:
        what = f"the blank U+{ord(blank[1]):04X} where only spaces may be"
        reader.fail(blank.start(1), what, "indent with spaces; it looks like one, and is another character")
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
