# SPDX-License-Identifier: Apache-2.0
"""The reference: text to events by the grammar of YAML 1.2.2 (https://yaml.org/spec/1.2.2/), in one pass.

Pure Python, without recursion and without going back, so that any text takes time in proportion to its length.
Documents are read here (chapter 9), what they hold in `block` and `flow`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.parse import block, flow, scalars
from sourcebook.parse.events import DOCUMENT_START, Event
from sourcebook.parse.state import FLOW_STATES, REST, ROOT, Frame, Reader, after_white


def events(text: str) -> Iterator[Event]:
    """The events of a text whose line breaks are ``\\n`` and which holds no NUL. Raises NotYaml where it departs."""
    yield from read(Reader(text))


def read(reader: Reader) -> Iterator[Event]:
    """The events that are left in ``reader``."""
    text = reader.text
    bare = True  # whether a document may begin without a marker, and with directives
    while True:
        if not _begin_document(reader, bare):
            reader.allow(len(text), len(text))
            return
        while reader.frames:
            reader.steps += 1
            if reader.frames[-1].state in FLOW_STATES:
                flow.step(reader)
            else:
                block.step(reader)
            yield from reader.take()
        bare = _document_suffix(reader)


# [202] l-document-prefix: comments and empty lines; then the start of a line.
_PREFIX = re.compile(r"(?:[ \t]*+(?:#[^\n\0]*+)?\n)*+(?=([ \t]*+)(#[^\n\0]*+(?=\0))?)")


def _begin_document(reader: Reader, bare: bool) -> bool:
    """Read up to the content of the next document; False at the end of the text."""
    text = reader.text
    reader.handles = {}
    first = -1  # the offset of the first directive
    seen: set[str] = set()
    while True:
        prefix = _PREFIX.match(text, reader.pos)
        assert prefix is not None
        reader.pos = reader.line = prefix.end()
        content = reader.pos + len(prefix[1]) + len(prefix[2] or "")
        if text[content] == "\ufeff" and content == reader.pos:
            reader.allow(content, content + 1)
            reader.pos += 1
            continue
        marker = scalars.at_marker(text, reader.pos)
        if text[reader.pos] == "%" and bare:
            first = reader.pos if first < 0 else first
            _directive(reader, seen)
        elif marker and text[reader.pos] == "-":
            _explicit_document(reader, first)
            return True
        elif first >= 0:
            reader.fail(
                first, "directives (lines that begin with %) without a document after them", "begin it with ---"
            )
        elif text[content] == "\0":
            return False
        elif marker:
            bare = _document_suffix(reader)
        else:
            reader.emit(DOCUMENT_START, content)
            reader.frames.append(Frame(ROOT, -1, content))
            reader.fresh = True
            return True


def _explicit_document(reader: Reader, first_directive: int) -> None:
    """[208] l-explicit-document: what follows ``---`` on its line may be a node, but not a block collection."""
    start, after = reader.pos, reader.pos + 3
    reader.emit(DOCUMENT_START, first_directive if first_directive >= 0 else start, None, "", "---")
    frame = Frame(ROOT, -1, start)
    frame.mark = after
    reader.frames.append(frame)
    rest = REST.match(reader.text, after)
    if rest is not None:
        reader.pos, reader.fresh = rest.end(), True
        return
    reader.pos, reader.fresh = after_white(reader.text, after), False
    reader.may_open, reader.tab = False, -1


def _document_suffix(reader: Reader) -> bool:
    """[205] l-document-suffix: past ``...``, if it stands here; whether it did."""
    if not reader.text.startswith("...", reader.pos):
        return False
    rest = REST.match(reader.text, reader.pos + 3)
    if rest is None:
        reader.fail(reader.pos + 3, "text after the end of the document", "begin a second document with ---")
    reader.pos = rest.end()
    return True


# --- directives -----------------------------------------------------------------------------------------------------

_VERSION = re.compile(r"[0-9]+\.[0-9]+")
_HANDLE = re.compile(r"!(?:[0-9A-Za-z-]*!)?")
_DIRECTIVE = re.compile(r"%([^\n\0]*+)(?:\n|(?=\0))")


def _directive(reader: Reader, seen: set[str]) -> None:
    """[82] l-directive. What a %YAML line says changes nothing; reserved names are passed over."""
    found = _DIRECTIVE.match(reader.text, reader.pos)
    assert found is not None
    words = re.split(r"[ \t]+", re.sub(r"(?:^|[ \t]+)#.*|[ \t]+$", "", found[1]))
    name, parameters = words[0], words[1:]
    if not name:
        reader.fail(
            reader.pos, "a line that begins with % and names no directive", "put text that begins with % in quotes"
        )
    if name == "YAML":
        if "%YAML" in seen:
            reader.fail(reader.pos, "a second %YAML line for the same document", "keep one of the two")
        seen.add("%YAML")
        if len(parameters) != 1 or not _VERSION.fullmatch(parameters[0]) or not parameters[0].startswith("1."):
            reader.fail(reader.pos, "a %YAML line that does not name a version 1.x", "write %YAML 1.2, or leave it out")
    elif name == "TAG":
        if len(parameters) != 2 or not _HANDLE.fullmatch(parameters[0]):
            reader.fail(reader.pos, "a %TAG line without a handle and a prefix", "leave it out")
        if parameters[0] in seen:
            reader.fail(reader.pos, f"a second %TAG line for {parameters[0]}", "keep one of the two")
        seen.add(parameters[0])
        reader.handles[parameters[0]] = parameters[1]
    reader.pos = found.end()
