# SPDX-License-Identifier: Apache-2.0
"""Texts that go over several lines of YAML, folded: another text in their place, whose lines are the same where it is.

So a word that changes in a long text is one line that changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.edit.written import quoted
from sourcebook.parse import parse, scalars
from sourcebook.parse.events import NotYaml

_LOOSER = 1.25  # by how much a line may be longer than the longest there was, before it is broken
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class _Line:
    raw: str  # as it is written
    text: str
    part: str  # what parts it from the next one: a space, or line breaks


def refolded(written: str, style: str, old: str, new: str) -> str | None:
    """How ``new`` is written in the place of ``old``, which is ``written`` in a style; None where it cannot be so.

    The style is that of a plain text, of one in quotes, or ``>``.
    """
    header, body = "", written
    if style == ">":
        header, _, body = written.partition("\n")
        if (len(old) - len(old.rstrip("\n"))) > 1 or new.endswith("\n\n"):
            return None
        old, new = old.removesuffix("\n"), new.removesuffix("\n") + ("\n" if new.endswith("\n") else "")
    wished = new.removesuffix("\n") if style == ">" else new
    if not wished or wished != wished.strip(" \t\n") or re.search(r"[ \t]\n|\n[ \t]", wished):
        return None
    indent = re.search(r"(?:\A|\n)( +)\S" if style == ">" else r"\n( +)\S", body)
    lines = _lines(body, style)
    if lines is None or indent is None or "".join(one.text + one.part for one in lines) != old:
        return None
    space = indent[1]
    width = max(map(len, body.split("\n")))
    found = [*_arranged(lines, wished, max(int((width - len(space)) * _LOOSER), _NARROWEST), style)]
    text = "".join(one.raw + _break(one.part, space) for one in found)
    if style == ">":
        head = re.sub(r"\A>[-+0-9]*", lambda one: _header(one[0], ends=new.endswith("\n")), header)
        text = f"{head}\n{space}{text}"
    elif style:
        text = style + text + style
    return text if _reads(text, new) else None


def _header(old: str, *, ends: bool) -> str:
    digit = re.sub(r"\D", "", old)
    return f">{digit}{'' if ends else '-'}"


def _break(part: str, space: str) -> str:
    if not part:
        return ""
    return "\n" * (1 if part == " " else len(part) + 1) + space


def _reads(text: str, value: str) -> bool:
    parsed = parse(f"k: {text}\n".encode(), "text.yaml")
    return not parsed.broken and len(parsed.documents) == 1 and parsed.documents[0].value == {"k": value}


def _lines(body: str, style: str) -> list[_Line] | None:
    """The lines of a folded text; None where one of them says more than its words (deeper indentation, an escape)."""
    quote = style if style in ('"', "'") else ""
    if quote:
        body = body[1:-1]
    found: list[_Line] = []
    raw: list[str] = []
    blank = 0
    column = None
    for number, line in enumerate(body.split("\n")):
        content = line.strip(" \t") if number or style == ">" else line.rstrip(" \t")
        if style == ">" and content:
            here = len(line) - len(line.lstrip(" \t"))
            column = here if column is None else column
            if here != column or line.rstrip(" \t") != line:
                return None
        if not content and number:
            blank += 1
            continue
        if raw:
            _add(found, raw.pop(), "\n" * blank or " ", quote)
        raw.append(content)
        blank = 0
    if blank or not raw:
        return None
    _add(found, raw.pop(), "", quote)
    return found if all(one.text for one in found) else None


def _add(found: list[_Line], raw: str, part: str, quote: str) -> None:
    text = raw
    if quote == "'":
        text = raw.replace("''", "'")
    elif quote == '"' and "\\" in raw:
        try:
            text = scalars.quoted(f'"{raw}"\0', 0, 0)[0]
        except NotYaml:
            text = ""
    found.append(_Line(raw, text, part))


def _arranged(lines: list[_Line], wished: str, width: int, style: str) -> Iterator[_Line]:
    """The lines of the text that is wished for: those at the beginning and the end that stay, and what is between."""
    start = kept = 0
    while kept < len(lines) - 1:
        piece = lines[kept].text + lines[kept].part
        if not wished.startswith(piece, start) or wished[start + len(piece) : start + len(piece) + 1] in (
            " ",
            "\n",
            "",
        ):
            break
        start += len(piece)
        kept += 1
    end, last = len(wished), len(lines)
    while last > kept + 1:
        piece = lines[last - 2].part + lines[last - 1].text
        if end - len(piece) <= start or not wished.endswith(piece, start, end) or wished[end - len(piece) - 1] in " \n":
            break
        end -= len(piece)
        last -= 1
    yield from lines[:kept]
    part = lines[last - 1].part if last < len(lines) else ""
    yield from _wrapped(wished[start:end], part, width, style)
    yield from lines[last:]


def _wrapped(text: str, part: str, width: int, style: str) -> Iterator[_Line]:
    """A text in lines of a width; ``part`` is what parts the last one from what follows."""
    pieces = re.split(r"(\n+)", text)
    for number in range(0, len(pieces), 2):
        behind = pieces[number + 1] if number + 1 < len(pieces) else part
        rows = list(_rows(pieces[number], width))
        for at, row in enumerate(rows):
            raw = quoted(row, style)[1:-1] if style in ('"', "'") else row
            yield _Line(raw, row, " " if at < len(rows) - 1 else behind)


def _rows(text: str, width: int) -> Iterator[str]:
    """A paragraph in rows: broken at single spaces alone, for others would be lost."""
    row = ""
    for word in re.split(r"(?<=[^ \t]) (?=[^ \t])", text):
        if row and len(row) + 1 + len(word) > width:
            yield row
            row = word
        else:
            row = f"{row} {word}" if row else word
    yield row
