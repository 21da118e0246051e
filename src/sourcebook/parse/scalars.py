# SPDX-License-Identifier: Apache-2.0
"""The scalars of YAML 1.2.2: plain (§7.3.3), quoted (§7.3.1, §7.3.2) and block (§8.1).

Each function takes the text (which ends in a NUL, see `reference`) and the offset where a scalar begins, and returns
its content with the offset after it. Numbers in brackets are those of the specification's productions.
"""

from __future__ import annotations

import re

from sourcebook.parse.events import NotYaml

# [206] c-forbidden begins with one of these at the start of a line.
_MARKER = re.compile(r"(?:---|\.\.\.)(?=[ \t\n\0])")


def at_marker(text: str, offset: int) -> bool:
    """Whether the line that starts at ``offset`` is a document marker."""
    return text[offset] in "-." and _MARKER.match(text, offset) is not None


# --- plain ----------------------------------------------------------------------------------------------------------


def _plain(safe: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Expressions for the first and for a further line of a plain scalar.

    ``safe`` is what [127] ns-plain-safe leaves out.
    """
    safe_next = rf"(?=[^{safe}])"
    first = rf"(?:[^ \t\n\0\-?:,\[\]{{}}#&*!|>'\"%@`]|[-?:]{safe_next})"  # [126] ns-plain-first
    rest = (  # [132] nb-ns-plain-in-line
        rf"(?:[^{safe}:#]++|:{safe_next}|(?<![ \t\n])#|[ \t]++{safe_next}(?!#|:(?:[{safe}])))*+"
    )
    return re.compile(first + rest), re.compile(rest)


_OUT = r" \t\n\0"
_IN = r" \t\n\0,\[\]{}"
PLAIN_OUT, _PLAIN_OUT_NEXT = _plain(_OUT)
PLAIN_IN, _PLAIN_IN_NEXT = _plain(_IN)

# [74] s-flow-folded: the break, empty lines, and what the next line begins with.
_FOLD = re.compile(r"[ \t]*+\n((?:[ \t]*+\n)*+)( *+)[ \t]*+")


def plain_lines(text: str, first: str, end: int, indent: int, *, flow: bool) -> tuple[str, int]:
    """[135] ns-plain-multi-line: the lines that continue the plain scalar whose first line ends at ``end``.

    Each must be indented by ``indent`` spaces. Returns the content and the offset after it.
    """
    expression = _PLAIN_IN_NEXT if flow else _PLAIN_OUT_NEXT
    parts = [first]
    while (fold := _FOLD.match(text, end)) is not None:
        if fold.end(2) - fold.start(2) < indent or at_marker(text, fold.start(2)):
            break
        line = expression.match(text, fold.end())
        if line is None or not line[0]:
            break
        parts.append("\n" * (fold[1].count("\n")) or " ")
        parts.append(line[0])
        end = line.end()
    return "".join(parts), end


# --- quoted ---------------------------------------------------------------------------------------------------------

_DOUBLE = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SINGLE = re.compile(r"'(?:[^']++|'')*+'")
_ESCAPE = re.compile(  # [62] c-ns-esc-char; and the pair of escapes with which JSON writes what is past U+FFFF
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))",
    re.DOTALL,
)
_ESCAPED = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def quoted(text: str, offset: int, indent: int) -> tuple[str, int]:
    """[109] c-double-quoted or [120] c-single-quoted; further lines must be indented by ``indent`` spaces."""
    double = text[offset] == '"'
    found = (_DOUBLE if double else _SINGLE).match(text, offset)
    if found is None:
        raise NotYaml(offset, "a quoted text that begins here is not closed", "close the quote")
    body = text[offset + 1 : found.end() - 1]
    if "\n" in body:
        return _quoted_lines(text, offset, body, indent, double), found.end()
    if double:
        return (_unescaped(body, offset + 1) if "\\" in body else body), found.end()
    return body.replace("''", "'"), found.end()


def _quoted_lines(text: str, offset: int, body: str, indent: int, double: bool) -> str:
    """[116] nb-double-multi-line, [125] nb-single-multi-line: lines folded, white space at the folds dropped."""
    lines = body.split("\n")
    last = len(lines) - 1
    parts: list[str] = []
    empty = 0  # lines since the last one with content
    escaped_break = False
    at = offset + 1
    for number, line in enumerate(lines):
        content = line
        if number:
            content = line.lstrip(" \t")
            if not content and number < last:
                empty += 1
                at += len(line) + 1
                continue
            if len(line) - len(line.lstrip(" ")) < indent or at_marker(text, at):
                message = "a quoted text begins here, and a line that is not indented below it stands before its end"
                raise NotYaml(offset, message, "close the quote, or indent the lines of the text")
            parts.append("\n" * empty or ("" if escaped_break else " "))
            empty = 0
        begin = at + len(line) - len(content)
        if number < last:
            content, escaped_break = _line_end(content, double)
        parts.append(_unescaped(content, begin) if double else content.replace("''", "'"))
        at += len(line) + 1
    return "".join(parts)


def _line_end(content: str, double: bool) -> tuple[str, bool]:
    """A line of a quoted scalar without the white space that folding drops, and whether its break is escaped."""
    if not double:
        return content.rstrip(" \t"), False
    if _backslashes(content) % 2:  # [112] s-double-escaped
        return content[:-1], True
    stripped = content.rstrip(" \t")
    if len(stripped) < len(content) and _backslashes(stripped) % 2:  # the first white space dropped is escaped
        stripped = content[: len(stripped) + 1]
    return stripped, False


def _backslashes(content: str) -> int:
    return len(content) - len(content.rstrip("\\"))


def _unescaped(content: str, offset: int) -> str:
    def character(found: re.Match[str]) -> str:
        high, low, two, four, eight, single = found.groups()
        if single is not None:
            if single not in _ESCAPED:
                hint = r"write \\ for a backslash, or use single quotes, which have no escapes"
                raise NotYaml(offset + found.start(), f"\\{single} is no escape of YAML", hint)
            return _ESCAPED[single]
        if high:
            return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
        code = int(two or four or eight, 16)
        if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            message = f"the escape {found[0]} is no character"
            raise NotYaml(offset + found.start(), message, "write the character itself", "yaml-encoding")
        return chr(code)

    return _ESCAPE.sub(character, content)


# --- block ----------------------------------------------------------------------------------------------------------

# [162] c-b-block-header: indentation and chomping indicators in either order, then the end of the line.
_HEADER = re.compile(r"[|>](?:([1-9])([+-]?)|([+-])([1-9]?))?(?:[ \t]++(?:#[^\n\0]*+)?)?(?:\n|(?=\0))")
_SPACES = re.compile(" *+")
_BLANK_LINE = re.compile(r"[ \t]*+[\n\0]")


def block(text: str, offset: int, parent: int) -> tuple[str, int]:
    """[170] c-l+literal, [174] c-l+folded: in a node indented by ``parent``, up to the start of the next line."""
    header = _HEADER.match(text, offset)
    if header is None:
        message = f"only a digit, + or - may follow {text[offset]} on its line"
        raise NotYaml(offset, message, "begin the text on the next line, indented; or put it in quotes")
    digit, chomp = header[1] or header[4], header[2] or header[3] or ""
    if digit:
        indent = max(parent, 0) + int(digit)
    else:
        indent = _indentation(text, header.end(), parent)
    lines, end = _block_lines(text, header.end(), indent)
    trailing = 0
    while lines and not lines[-1]:
        lines.pop()
        trailing += 1
    content = "\n".join(lines) if text[offset] == "|" else _folded(lines)
    # [165] b-chomped-last, [166] l-chomped-empty
    if lines and chomp != "-":
        content += "\n"
    if chomp == "+":
        content += "\n" * trailing
    return content, end


def _indentation(text: str, start: int, parent: int) -> int:
    """The indentation of the first line with text (§8.1.1.1); lines before it must not be indented more."""
    widest, wide_at, at = 0, start, start
    while True:
        spaces = _SPACES.match(text, at)
        assert spaces is not None
        width = spaces.end() - at
        character = text[spaces.end()]
        if character != "\n":
            break
        if width > widest:
            widest, wide_at = width, at
        at = spaces.end() + 1
    if character == "\0":
        widest = max(widest, width)
    if width <= parent or character == "\0":
        return max(parent + 1, widest)
    if widest > width:
        message = "an empty line before the text is indented more than the text"
        raise NotYaml(wide_at + width, message, "remove the spaces of the empty line")
    return width


def _block_lines(text: str, at: int, indent: int) -> tuple[list[str], int]:
    """The lines of a block scalar without their indentation, and the offset after them.

    A last line without a line break counts as one that has it.
    """
    lines: list[str] = []
    prefix = " " * indent
    end_of_text = len(text) - 1
    while at < end_of_text:
        if text.startswith(prefix, at) and (indent or not at_marker(text, at)):
            end = text.find("\n", at + indent)
            end = end_of_text if end < 0 else end
            lines.append(text[at + indent : end])
        else:
            spaces = _SPACES.match(text, at)
            assert spaces is not None
            end = spaces.end()
            if text[end] == "\t" and _BLANK_LINE.match(text, end):
                raise NotYaml(end, "a tab where only spaces may be", "remove the white space of the empty line")
            if text[end] not in "\n\0":
                break
            lines.append("")
        at = min(end + 1, end_of_text)
    return lines, at


def _folded(lines: list[str]) -> str:
    """[182] l-folded-content: breaks between text lines become spaces; those beside indented lines are kept."""
    parts: list[str] = []
    empty = 0
    after_spaced: bool | None = None  # None before the first line
    for line in lines:
        if not line:
            empty += 1
            continue
        spaced = line[0] in " \t"
        if after_spaced is None:
            parts.append("\n" * empty)
        elif spaced or after_spaced:
            parts.append("\n" * (empty + 1))
        else:
            parts.append("\n" * empty or " ")
        parts.append(line)
        after_spaced, empty = spaced, 0
    return "".join(parts)
