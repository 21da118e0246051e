# SPDX-License-Identifier: Apache-2.0
"""What a data file holds: its records, each with its key and where it stands, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sourcebook.book import DESCRIPTOR, Way
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Document, Limits, Lossy, Parsed, Path, Place
from sourcebook.records.keys import key_of
from sourcebook.records.layout import depth_of_lines, items, parse_file
from sourcebook.records.model import Held, Record, Source
from sourcebook.records.ways_to_records import untaken


def held(source: Source, data: bytes, limits: Limits, parsed: Parsed | None = None) -> Held:
    """What the bytes of a file hold, which may be ``parsed`` already. Pure: nothing but its arguments is looked at."""
    collection, path = source.collection, source.path
    if parsed is None:
        parsed = parse_file(collection, data, path, limits, depth=depth_of_lines(collection, source.beside))
    if parsed.broken:
        return Held(list(parsed.findings))
    if not parsed.documents:
        message = "the file is empty" if not data.strip() else "the file holds only comments"
        return Held([Finding(path, 1, 1, "layout", message, hint="write a record, or remove the file")])
    found, wrong = items(collection, parsed, path)
    findings = [*parsed.findings, *wrong, *_beside(parsed, path, source.beside)]
    records = []
    documents: tuple[Document, ...] | None = None  # with all places, which cost time: read once, where one is asked for
    numbers = Numbers(parsed)
    for item in found:
        key, problem = key_of(collection, path, item)
        if problem:
            if documents is None:
                documents = parse_file(collection, data, path, limits, positions=True).documents
            whole = (*item.at, *problem.path)
            where = _place(documents, item.document, whole, Place(item.line, 1), at_key=problem.at_key)
            findings.append(
                Finding(path, *where, "key-missing", problem.message, "error", problem.hint, pointer(whole))
            )
            continue
        lossy = numbers.within(item.document, item.at)
        record = Record(collection.name, key, path, item.at, item.line, item.document, item.value, lossy)
        records.append(record)
    return Held(findings, len(parsed.documents), {item.document for item in found}, records)


def _beside(parsed: Parsed, path: str, taken: Sequence[Way]) -> Iterator[Finding]:
    """A finding for each document in which something stands beside the parts that records are ``taken`` from."""
    for document in parsed.documents if taken and all(taken) else ():
        left = list(untaken(document.value, taken))
        if left:
            assert document.positions is not None  # read with them wherever records stand below a wrapper
            names = ", ".join(repr("/".join(map(str, one))) for one in left[:5]) + (" and others" if left[5:] else "")
            message = f"this part of the file is in no record, and so is not published: {names}"
            hint = f"make it a collection with an `at` of its own in {DESCRIPTOR}, or remove it"
            place = document.positions.key(left[0])
            yield Finding(path, *place, "file-part-unclaimed", message, "warning", hint, pointer(left[0]))


class Numbers:
    """The unquoted numbers of a file that say more than their value, by where they stand: looked through once."""

    def __init__(self, parsed: Parsed) -> None:
        self._documents = parsed.documents
        self._known: dict[tuple[int, int], dict[Path, list[Lossy]]] = {}

    def within(self, document: int, at: Path) -> tuple[Lossy, ...]:
        """Those of the value at a path, with their paths in it."""
        if not self._documents[document].lossy:
            return ()
        known = self._known.get((document, len(at)))
        if known is None:
            known = self._known[document, len(at)] = {}
            for one in self._documents[document].lossy:
                known.setdefault(one.path[: len(at)], []).append(one._replace(path=one.path[len(at) :]))
        return tuple(known.get(at, ()))


def _place(
    documents: tuple[Document, ...], number: int, path: Path, otherwise: Place, *, at_key: bool = False
) -> Place:
    positions = documents[number].positions if number < len(documents) else None
    if positions is None:
        return otherwise
    return positions.key(path) if at_key else positions.value(path)
