# SPDX-License-Identifier: Apache-2.0
"""No file of a release holds a text of a record that is not public, wherever it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sourcebook.exact import dumps
from sourcebook.files import all_files
from sourcebook.records.read import stream
from sourcebook.verify.case import Case
from sourcebook.verify.reduced import Reduced

_SHORTEST = 16  # characters: a shorter text may stand anywhere
_MOST = 5_000_000_000  # bytes that are looked through in all: of many texts, the longest are looked for
_FEWEST = 20  # texts
_RULE = "what is not public"


def withheld(case: Case) -> None:
    """Look for every longer text that is not public in the bytes of every file; packed ones are held against these."""
    if not case.book.visibility:
        case.ledger.skipped(_RULE, "all of the book is public")
        return
    reduced, hidden, public = Reduced(case.book), dict[str, str](), set[str]()
    for record in stream(case.book):
        is_public, value = reduced.record(record)
        shown = {str(record.key), *_texts(value)} if is_public else set()
        public |= shown
        hidden |= dict.fromkeys({*_texts(record.value)} - shown, f"{record.path}:{record.line}")
    everything = "\n".join((*public, *_said_of_all(case)))
    texts = sorted((one for one in hidden if len(one) >= _SHORTEST and one not in everything), key=len, reverse=True)
    files = list(all_files(case.folder))
    most = max(_FEWEST, _MOST // max(1, sum((case.folder / name).stat().st_size for name in files)))
    case.ledger.performed(_RULE, len(texts[:most]))
    if len(texts) > most:
        case.ledger.skipped(_RULE, "there are too many, and the longest were looked for", len(texts) - most)
    wanted = [(text.encode("utf-8", "surrogatepass"), hidden[text]) for text in texts[:most]]
    for name in files if wanted else ():
        data = (case.folder / name).read_bytes()
        where = next((place for text, place in wanted if text in data), "")
        if where:
            case.differs(name, f"holds a text of {where} that is not public")


def _said_of_all(case: Case) -> Iterator[str]:
    """What is published of the book besides its records."""
    book = case.book
    yield dumps(book.descriptor)
    for script in (*book.checks, *book.views, *book.queries, *(one for some in book.panels.values() for one in some)):
        yield f"{script.sql}{script.header}"
    for table in case.tables():
        yield f"{table.title}{table.description}"
        yield from (f"{column.note}" for column in table.columns)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
