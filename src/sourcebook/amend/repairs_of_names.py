# SPDX-License-Identifier: Apache-2.0
"""Repairs of what schemas and the descriptor call their properties, where the finding says what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sourcebook import files
from sourcebook.amend.mending import Case, Mending
from sourcebook.book import Book
from sourcebook.finding import Finding
from sourcebook.parse import Path, parse
from sourcebook.records.model import Record

RULES = ("schema-misspelt", "schema-near-miss", "descriptor-near-miss")
"""The rules that find such names."""

_MEANT = re.compile(r"did you mean '([^']+)'\?")


def cases(book: Book, findings: Iterable[Finding]) -> Iterator[Case]:
    """A case for each of the ``findings`` of the `RULES`: its file stands as a record of no collection."""
    documents: dict[str, Record | None] = {}
    for finding in findings:
        if finding.path not in documents:
            documents[finding.path] = _document(book, finding.path)
        record, meant = documents[finding.path], _MEANT.fullmatch(finding.hint)
        path = _path(record.value, finding.pointer) if record and meant else None
        if record is None or meant is None or not path or not isinstance(path[-1], str):
            yield Case(finding, why="what is meant cannot be told from what is there")
            continue
        certain = _plain(path[-1]) == _plain(meant[1])
        why = "the same but for capitals and hyphens" if certain else "the nearest"
        yield Case(finding, record, (Mending(path, name=meant[1], certain=certain, why=why),))


def _plain(name: str) -> str:
    return re.sub("[-_]", "", name).casefold()


def _document(book: Book, path: str) -> Record | None:
    data, odd = files.read_bytes(book.root, path, book.limits.bytes)
    parsed = parse(data, path, book.limits)
    if odd or parsed.broken or len(parsed.documents) != 1:
        return None
    return Record("", path, path, (), 1, 0, parsed.documents[0].value)


def _path(value: Any, pointer: str) -> Path | None:
    """The path that a pointer is in a value; None where it leads nowhere."""
    path: list[str | int] = []
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        step: str | int = int(name) if isinstance(value, list) and name.isdigit() else name
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
        path.append(step)
    return tuple(path)
