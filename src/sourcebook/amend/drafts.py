# SPDX-License-Identifier: Apache-2.0
"""Drafts of a record: its text with what each property is to be as comments, edited and read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sourcebook.amend.skeleton import Judge
from sourcebook.book import Book, Collection
from sourcebook.edit import written
from sourcebook.edit.model import Refused
from sourcebook.edit.selecting import written_path
from sourcebook.exact import same
from sourcebook.parse import Path, parse
from sourcebook.records.in_file import held
from sourcebook.records.layout import parse_file
from sourcebook.records.model import Source

_NAME = "draft.yaml"
_MARK = "#:"
_OPTIONAL = "Not required:"


@dataclass(frozen=True)
class Draft:
    """A record, what is said above its text, above each of its paths, and below it; ``text`` is what was written."""

    value: Any
    head: list[str] = field(default_factory=list)
    words: Mapping[Path, str] = field(default_factory=dict)
    optional: list[str] = field(default_factory=list)
    text: str = ""


def draft_text(draft: Draft, wrong: list[str] | None = None) -> str:
    """The text to be edited; ``wrong`` is what was wrong with the one before."""
    text = draft.text or _with_words(written.document(draft.value) if draft.value else "", draft.words, f"{_MARK} ")
    head = "".join(f"{_MARK} {line}\n" for line in [*(wrong or draft.head)])
    below = "".join(f"{_MARK} {line}\n" for line in (_OPTIONAL, *draft.optional) if draft.optional)
    return head + text + below


def _with_words(text: str, words: Mapping[Path, str], mark: str) -> str:
    """A text of YAML with a comment above each property that there are words about."""
    document = parse(text.encode(), _NAME, positions=True).documents
    positions = document[0].positions if document else None
    lines = text.split("\n")
    above: dict[int, str] = {}
    for path, said in words.items() if positions else ():
        assert positions is not None
        place = positions.key(path)
        above.setdefault(place.line, f"{_indent(lines[place.line - 1])}{mark}{said}")
    return "\n".join(line for n, text in enumerate(lines, 1) for line in (*([above[n]] if n in above else []), text))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def read_draft(draft: Draft, edit: Callable[[str], str | None], judge: Judge) -> Draft:
    """The record as it was edited. What cannot be read, or breaks the schema, is shown to whoever edits it once more.

    If it is then left as it was, a record that departs from its schema is taken so. Raises Refused where nothing was
    written, or what was cannot be read.
    """
    shown = draft_text(draft)
    last = None
    while True:
        given = edit(shown)
        if given is None or (last is None and given == shown and draft.words) or not _plain(given).strip():
            raise Refused("the draft was left as it was: no record is made")
        plain = _plain(given)
        parsed = parse(plain.encode(), _NAME)
        value = parsed.documents[0].value if len(parsed.documents) == 1 and not parsed.broken else None
        if isinstance(value, dict) or (isinstance(value, list) and isinstance(draft.value, list)):
            wrong = [f"{written_path(one.path) or 'the record'}: {one.message}" for one in judge(value)]
            if not wrong or plain == last:
                return replace(draft, value=value, text=plain)
        else:
            wrong = [f"line {one.line}: {one.message}" for one in parsed.findings] or ["the record is no mapping"]
            if plain == last:
                raise Refused(f"the draft cannot be read: {wrong[0]}")
        last = plain
        again = ["This is wrong with it; left so, it is taken as it is:", *wrong, *draft.head]
        shown = draft_text(replace(draft, text=plain), again)


def _plain(text: str) -> str:
    """A draft without the lines that were written for whoever edits it."""
    return "".join(line for line in re.split(r"(?<=\n)", text) if not line.lstrip(" ").startswith(_MARK))


def commented(
    book: Book, collection: Collection, path: str, data: bytes, before: bytes | None, words: Mapping[Path, str]
) -> bytes:
    """A file with comments above properties of the record that it has and had not ``before``; its values stay."""
    known = (
        {str(one.key) for one in held(Source(collection, path, ()), before, book.limits).records} if before else set()
    )
    records = held(Source(collection, path, ()), data, book.limits).records
    record = next((one for one in records if str(one.key) not in known), None)
    parsed = parse_file(collection, data, path, book.limits, positions=True)
    if record is None or parsed.broken:
        return data
    positions = parsed.documents[record.document].positions
    assert positions is not None
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    lines = re.split("(?<=\n)", data.decode("utf-8-sig"))
    end = "\r\n" if "\r\n" in lines[0] else "\n"
    above: dict[int, list[str]] = {}
    for where, said in words.items():
        place = positions.key((*record.at, *where))
        line = lines[place.line - 1]
        before_it = line[: place.column - 1]
        if not before_it.strip(" -") or re.fullmatch(r"[ -]*[\w-]+: *\[", before_it):
            above.setdefault(place.line, []).append(f"{_indent(line)}{said}{end}")
    text = mark + "".join(one for n, line in enumerate(lines, 1) for one in (*above.get(n, ()), line))
    after = parse_file(collection, text.encode(), path, book.limits)
    if after.broken or not same([d.value for d in after.documents], [d.value for d in parsed.documents]):
        return data
    return text.encode()
