# SPDX-License-Identifier: Apache-2.0
"""How records lie in a file: one a file, a list, a keyed map, many documents, the front matter of a Markdown page."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sourcebook.book import Collection, look_up, steps
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Document, Limits, Parsed, Path, Place, Positions, is_lines, parse
from sourcebook.records.front_matter import front_matter


@dataclass(frozen=True, slots=True)
class Item:
    """One record as it lies in a file: in which document, at which path there, on which line.

    ``key`` is the record's key where the layout gives it (the key of a map), else None.
    """

    value: Any
    document: int
    at: Path
    line: int
    key: str | None = None


def parse_file(
    collection: Collection,
    data: bytes,
    path: str,
    limits: Limits,
    *,
    positions: bool = False,
    depth: int | None = None,
) -> Parsed:
    """The documents of a data file of ``collection``; of a Markdown page, its front matter with the text as a field.

    ``positions`` and ``depth`` ask for places, as for `parse`.
    """
    if collection.layout == "front-matter":
        return front_matter(collection, data, path, limits, positions=positions or depth is not None)
    return parse_data(data, path, limits, positions=positions, depth=depth)


def parse_data(data: bytes, path: str, limits: Limits, *, positions: bool = False, depth: int | None = None) -> Parsed:
    """The documents of a YAML or JSON file; of JSON Lines (https://jsonlines.org), one a line that is not blank."""
    if not is_lines(path) or len(data) > limits.bytes:
        return parse(data, path, limits, positions=positions, depth=depth)
    documents: list[Document] = []
    findings: list[Finding] = []
    broken: list[Finding] = []  # the lines that are not JSON
    for above, line in enumerate(data.split(b"\n")):
        if above and line.startswith(BOM_UTF8):  # which one line read by itself may begin with
            message, hint = "a byte order mark inside the file", "remove it; it may only begin a file"
            broken.append(Finding(path, above + 1, 1, "json-syntax", message, hint=hint))
        elif line.strip():
            parsed = parse(line, path, limits, positions=positions, depth=depth)
            documents += (_lower(document, above) for document in parsed.documents)
            for finding in parsed.findings:
                told = broken if finding.rule == "json-syntax" else findings
                told.append(replace(finding, line=finding.line + above))
    return Parsed(tuple(documents), (*findings, *_few(broken, data, path, limits)))


_MOST_LINES = 20  # that are told of, where they are not JSON: they are likely to be wrong in the same way


def _few(broken: Sequence[Finding], data: bytes, path: str, limits: Limits) -> Sequence[Finding]:
    """What is told of the lines that are not JSON: one thing, where the file is JSON on several lines."""
    if not broken:
        return ()
    whole = parse(data, path, limits)
    if whole.documents and not whole.broken:
        message = "the file is one value on several lines; JSON Lines has a value on each line"
        return [Finding(path, 1, 1, "json-syntax", message, hint="write it on one line, or name the file .json")]
    if len(broken) <= _MOST_LINES:
        return broken
    message = f"{len(broken) - _MOST_LINES:,} more lines are not JSON"
    return [*broken[:_MOST_LINES], replace(broken[_MOST_LINES], message=message, hint="mend those above first")]


def _lower(document: Document, lines: int) -> Document:
    """A document that stands below a number of other ``lines``."""

    def lower(places: Mapping[Path, Place]) -> dict[Path, Place]:
        return {path: Place(place.line + lines, place.column) for path, place in places.items()}

    where = document.positions
    return replace(
        document,
        line=document.line + lines,
        lossy=tuple(one._replace(place=Place(one.place.line + lines, one.place.column)) for one in document.lossy),
        positions=where and Positions(lower(where.values), lower(where.keys), where.redirects),
    )


def depth_of_lines(collection: Collection, taken: Iterable[Path] = ()) -> int | None:
    """How deep places must be known to tell the lines of records, and of what stands beside the parts ``taken``.

    None where the lines of documents are enough.
    """
    if collection.layout not in ("list", "map") and not collection.at:
        return None
    own = len(collection.at) + (collection.layout in ("list", "map"))
    return max(own, *map(len, taken), 0)


def items(collection: Collection, parsed: Parsed, path: str) -> tuple[list[Item], list[Finding]]:
    """The records of a parsed file, and what keeps others from being records."""
    documents = list(enumerate(parsed.documents))
    if collection.layout == "documents":
        documents = [(number, one) for number, one in documents if _selected(collection, number, one.value)]
    elif len(documents) > 1:
        message = "a second document in the file; one is expected"
        hint = "put each record in a file of its own, or say layout: documents"
        return [], [Finding(path, documents[1][1].line, 1, "layout", message, hint=hint)]
    found: list[Item] = []
    wrong: list[Finding] = []
    for number, document in documents:
        try:
            top = _at(document.value, collection.at)
        except (LookupError, TypeError, ValueError):
            message = f"there is nothing at {pointer(collection.at)}, where the records are to be"
            wrong.append(Finding(path, document.line, 1, "layout", message, hint="mend `at` in the descriptor"))
            continue
        here = list(_items(collection, number, document, top))
        if not here and not _is_empty(collection, top):
            hint = _hint(collection, top)
            place = document.positions.value(collection.at) if document.positions else Place(document.line, 1)
            wrong.append(Finding(path, *place, "layout", f"{_EXPECTED[collection.layout]} is expected here", hint=hint))
        found += here
    return found, wrong


def shareable(owners: Sequence[Collection]) -> bool:
    """Whether collections may read the same files: each two of them take other documents, or other parts of them."""
    return all(
        (one.select is not None and other.select is not None) or _apart(one.at, other.at)
        for one, other in combinations(owners, 2)
    )


def _apart(one: Path, other: Path) -> bool:
    """Whether neither of two paths leads to something inside the other."""
    shared = min(len(one), len(other))
    return one[:shared] != other[:shared]


def untaken(value: Any, taken: Iterable[Path], here: Path = ()) -> Iterator[Path]:
    """The paths of what stands beside the parts of a document that are ``taken``, each by its path from ``here``."""
    ways = [path for path in taken if path]
    if not isinstance(value, dict) or not ways:
        return
    for key, item in value.items():
        inner = [path[1:] for path in ways if path[0] == key]
        if not inner:
            yield (*here, key)
        elif all(inner):
            yield from untaken(item, inner, (*here, key))


_EXPECTED = {
    "file": "one record (a mapping)",
    "documents": "one record (a mapping)",
    "front-matter": "a mapping between two lines ---",
    "list": "a list of records (each after `- `)",
    "map": "a mapping from keys to records",
}


def _hint(collection: Collection, value: Any) -> str:
    """How to mend a file that holds something else than the layout says."""
    if isinstance(value, list) and collection.layout in ("file", "documents"):
        return "take the list apart into files, or say layout: list"
    if isinstance(value, dict) and collection.layout == "list":
        return "write `- ` before each record, or say layout: map or layout: file"
    if isinstance(value, list) and collection.layout == "map":
        return "write `key:` before each record, or say layout: list"
    if isinstance(value, str):
        return "write lines `key: value`, each with a colon and a space after its key"
    return "write it so, or say another layout in the descriptor"


def _is_empty(collection: Collection, value: Any) -> bool:
    return (collection.layout == "list" and value == []) or (collection.layout == "map" and value == {})


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def _items(collection: Collection, number: int, document: Document, value: Any) -> Iterator[Item]:
    at = collection.at
    if collection.layout == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield Item(item, number, (*at, index), _line(document, (*at, index)))
    elif collection.layout == "map" and isinstance(value, dict):
        for key, item in value.items():
            line = document.positions.key((*at, key)).line if document.positions else document.line
            yield Item(item, number, (*at, key), line, key)
    elif collection.layout not in ("list", "map") and _is_record(collection, value):
        yield Item(value, number, at, _line(document, at) if at else document.line)


def _is_record(collection: Collection, value: Any) -> bool:
    """Whether a value may be a whole record: a mapping; a list too, where the key does not stand in it."""
    return isinstance(value, dict) or (isinstance(value, list) and collection.key is None)


def _line(document: Document, path: Path) -> int:
    return document.positions.value(path).line if document.positions else document.line


def _selected(collection: Collection, number: int, value: Any) -> bool:
    """Whether a document of a file belongs to the collection: by its position, or by the values of its properties."""
    select = collection.select
    if select is None:
        return True
    if isinstance(select, int):
        return number == select
    for path, wanted in select.items():
        try:
            if look_up(value, steps(path)) != wanted:
                return False
        except KeyError:
            return False
    return True
