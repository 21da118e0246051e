# SPDX-License-Identifier: Apache-2.0
"""Bytes to text: UTF-8, the characters that YAML allows, line breaks as one ``\\n`` each; offsets to places."""

from __future__ import annotations

import re
from bisect import bisect_right

from sourcebook.finding import Finding
from sourcebook.parse.model import Limits, Place

# [1] c-printable and, for quoted scalars, [2] nb-json: neither has C0 controls or lone surrogates.
_NOWHERE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # written so, for it compiles in a tenth of the time
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
UNUSUAL = _CONTROLS + b"\r"  # the bytes of ASCII for which a text is changed, or refused

# What only quoted scalars may hold: nb-json without c-printable, and the byte order mark.
_ONLY_QUOTED = re.compile("[\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")


def decode(data: bytes, path: str, limits: Limits) -> tuple[str, Finding | None]:
    """The text of a file, its line breaks normalized, or the finding that says why there is none."""
    if len(data) > limits.bytes:
        return "", too_long(path, limits)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", Finding(path, 1, 1, "yaml-encoding", "the file is UTF-16", hint="save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        byte = data[error.start : error.start + 1]
        read = byte.decode("cp1252", "ignore")
        other = f"; in Windows-1252 it is {read}" if read else ""
        return "", _at_end_of(before, path, f"byte 0x{byte.hex()} is not UTF-8{other}", _of_bytes(data) or _SAVE)
    text = text.removeprefix("\ufeff")
    if "\r" in text:  # [28] b-break; columns count from the line's start, so places stay what they are
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # UTF-8 has no surrogates; controls are told from the bytes, since that is fast
    found = _NOWHERE.search(text) if len(data.translate(None, _CONTROLS)) != len(data) else None
    if found:
        message = f"the character {name(found[0])} is not allowed in a text file"
        hint = _of_bytes(data) or "remove this character, which cannot be seen"
        return "", _at_end_of(text[: found.start()], path, message, hint)
    return text, None


def too_long(path: str, limits: Limits) -> Finding:
    """The finding about a file of more bytes than the limit."""
    message = f"the file has more than {limits.bytes:,} bytes, which is the limit"
    return Finding(path, 1, 1, "yaml-limit", message, hint="split it, or raise sourcebook: limits: bytes")


_SAVE = "save the file as UTF-8 text"
_KINDS = {  # what files that are no text begin with
    b"PK\x03\x04": "a ZIP archive, as those of spreadsheets are: export it as text",
    b"\x1f\x8b": "compressed by gzip: unpack it",
    b"%PDF-": "a PDF: put the data into a text file",
    b"\x89PNG": "an image: name it under sourcebook: ignore, or move it",
    b"\xff\xd8\xff": "an image: name it under sourcebook: ignore, or move it",
    b"SQLite format 3\0": "a database: put the data into text files",
}


def _of_bytes(data: bytes) -> str:
    """A hint about bytes that are of another kind than text in UTF-8; the empty string where they seem to be such."""
    kind = next((words for begin, words in _KINDS.items() if data.startswith(begin)), "")
    if kind:
        return f"the file is {kind}"
    zeros = data[:2000].count(0)
    return "the file seems to be UTF-16: save it as UTF-8" if zeros * 4 > len(data[:2000]) > 3 else ""


def _at_end_of(before: str, path: str, message: str, hint: str) -> Finding:
    lines = re.split("\r\n|\r|\n", before.removeprefix("\ufeff"))
    return Finding(path, len(lines), len(lines[-1]) + 1, "yaml-encoding", message, hint=hint)


def only_quoted(text: str) -> list[int]:
    """Offsets of the characters that may stand in quoted scalars only."""
    return [] if text.isascii() and "\x7f" not in text else [found.start() for found in _ONLY_QUOTED.finditer(text)]


def name(character: str) -> str:
    """A character by its number: ``U+0007``."""
    return f"U+{ord(character):04X}"


class Places:
    """Offsets of a text as line and column. The lines are counted when the first place is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self._counted = (0, 1)

    def __call__(self, offset: int) -> Place:
        """The place of the character at ``offset``."""
        if not self._starts:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self._text))]
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)

    def line(self, offset: int) -> int:
        """The line alone; cheap for offsets that come in order."""
        before, line = self._counted
        line += self._text.count("\n", before, offset)
        self._counted = (offset, line)
        return line
