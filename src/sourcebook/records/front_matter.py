# SPDX-License-Identifier: Apache-2.0
"""Markdown pages as records: the front matter, and the text below it as a field."""

from __future__ import annotations

import re

from sourcebook.book import Collection
from sourcebook.finding import Finding
from sourcebook.parse import Document, Limits, Parsed, Place, Positions, parse

_FENCE = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\n(?:.*?\n)??(---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


_OPENED = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\n")


def front_matter(collection: Collection, data: bytes, path: str, limits: Limits, *, positions: bool) -> Parsed:
    """A Markdown page as a record: its front matter, and the text below as the field ``body`` (or as the book says)."""
    if b"\r" in data:  # as in YAML, a line break is one, however it is written; columns stay what they are
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    fence = _FENCE.match(data)
    if not fence:
        return Parsed(findings=(_no_fence(data, path),))
    parsed = parse(data[: fence.start(1)], path, limits, positions=positions)
    line = data[: fence.end()].count(b"\n") + 1
    body, wrong = _body(data[fence.end() :], path, line)
    if parsed.broken or wrong or not parsed.documents:
        return Parsed(parsed.documents, (*parsed.findings, *wrong))
    document = parsed.documents[0]
    if not isinstance(document.value, dict):
        return parsed
    if collection.body in document.value:
        message = f"the front matter has a {collection.body!r} of its own, which is the name of the text below it"
        return Parsed(
            findings=(Finding(path, document.line, 1, "layout", message, hint="say another name with `body`"),)
        )
    value = {**document.value, collection.body: body}
    where = document.positions
    if where is not None:
        place = Place(line, 1)
        where = Positions(
            {**where.values, (collection.body,): place}, {**where.keys, (collection.body,): place}, where.redirects
        )
    return Parsed((Document(value, document.line, document.lossy, where),), parsed.findings)


_OTHER = {
    b"+++": "the front matter is TOML (between lines +++), and not YAML",
    b"{": "the front matter is JSON, and not YAML between two lines ---",
    b";;;": "the front matter is JSON (between lines ;;;), and not YAML",
}


def _no_fence(data: bytes, path: str) -> Finding:
    """The finding about a page whose front matter is missing, not closed, not at the top, or in another language."""
    if _OPENED.match(data):
        message, hint = "the front matter that begins here is not closed", "end it with a line ---"
        return Finding(path, 1, 1, "layout", message, hint=hint)
    text = data.removeprefix(b"\xef\xbb\xbf")
    above = len(text) - len(text.lstrip())
    line = text[:above].count(b"\n") + 1
    message, hint = "the page does not begin with front matter", "begin it with a line ---, and end it with one"
    other = next((words for begin, words in _OTHER.items() if text[above:].startswith(begin)), "")
    if other:
        message, hint = other, "write it as YAML, `title: …` for `title = …`, between two lines ---"
    elif above and _OPENED.match(text[above:]):
        message, hint = "the front matter does not begin on the first line", "remove the empty space before ---"
    return Finding(path, line, 1, "layout", message, hint=hint)


def _body(data: bytes, path: str, line: int) -> tuple[str, tuple[Finding, ...]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = line + data[: error.start].count(b"\n")
        return "", (Finding(path, at, 1, "yaml-encoding", "the text is not UTF-8", hint="save the file as UTF-8 text"),)
    if "\0" in text:
        at = line + text[: text.index("\0")].count("\n")
        return "", (
            Finding(
                path, at, 1, "yaml-encoding", "the text holds a NUL character", hint="no column or file can keep it"
            ),
        )
    return text, ()
