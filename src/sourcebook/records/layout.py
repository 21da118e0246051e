# SPDX-License-Identifier: Apache-2.0
"""How records lie in a file: one a file, a list, a keyed map, many documents, the front matter of a Markdown page."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from sourcebook.book import Collection, Each, Selection, Way, look_up, steps, template_parts
from sourcebook.finding import Finding, pointer
from sourcebook.parse import Document, Limits, Parsed, Path, Place, is_lines, lowered, parse
from sourcebook.records.front_matter import front_matter
from sourcebook.records.ways_to_records import Lead, Nowhere, apart, leads


@dataclass(frozen=True, slots=True)
class Item:
    """One record as it lies in a file: in which document, at which path there, on which line.

    ``key`` is the record's key where the layout gives it (the key of a map), else None; ``each`` is what stood where
    ``at`` says "each".
    """

    value: Any
    document: int
    at: Path
    line: int
    key: str | None = None
    each: tuple[str | int, ...] = ()


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
    above = 0  # lines; as in any other file, a CR by itself ends one too
    for line in data.split(b"\n"):
        if above and line.startswith(BOM_UTF8):  # which one line read by itself may begin with
            message, hint = "a byte order mark inside the file", "remove it; it may only begin a file"
            broken.append(Finding(path, above + 1, 1, "json-syntax", message, hint=hint))
        elif line.strip():
            parsed = parse(line, path, limits, positions=positions, depth=depth)
            documents += (lowered(document, above) for document in parsed.documents)
            for finding in parsed.findings:
                told = broken if finding.rule == "json-syntax" else findings
                told.append(replace(finding, line=finding.line + above))
        above += 1 + line.count(b"\r") - line.endswith(b"\r")
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


def depth_of_lines(collection: Collection, taken: Iterable[Way] = ()) -> int | None:
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
        count = len(documents)
        documents = [(number, one) for number, one in documents if _takes(collection, number, count, one.value)]
    elif len(documents) > 1:
        message = "a second document in the file; one is expected"
        hint = "put each record in a file of its own, or say layout: documents"
        return [], [Finding(path, documents[1][1].line, 1, "layout", message, hint=hint)]
    found: list[Item] = []
    wrong: list[Finding] = []
    lost = _lost(collection)
    for number, document in documents:
        for lead in leads(document.value, collection.at):
            if isinstance(lead, Nowhere):
                place = document.positions.value(lead.at) if document.positions and lead.at else None
                wrong.append(_finding(path, place or Place(document.line, 1), lead.message, lead.hint, lead.at))
                continue
            if any(isinstance(lead.each[step], str) for step in lost):
                wrong.append(_lost_key(path, document, lead, next(s for s in lost if isinstance(lead.each[s], str))))
                lost = ()  # one of a file
            here = list(_items(collection, number, document, lead))
            if not here and not _is_empty(collection, lead):
                place = document.positions.value(lead.at) if document.positions else Place(document.line, 1)
                hint = _hint(collection, lead.value)
                wrong.append(_finding(path, place, f"{_EXPECTED[collection.layout]} is expected here", hint, lead.at))
            odd = [_no_room(lead, item) for item in here] if lead.given else []
            wrong += [
                _finding(path, Place(item.line, 1), *why, item.at) for item, why in zip(here, odd, strict=False) if why
            ]
            found += here if not any(odd) else ()
    return [_with_given(collection, item) for item in found] if collection.above else found, wrong


def _lost(collection: Collection) -> Sequence[int]:
    """Which of the steps that stand for each leave their keys in no record, by number: no name, and not in the key."""
    steps = [step for step in collection.at if isinstance(step, Each)]
    used = set() if collection.key else set(template_parts(collection.key_template))
    return [number for number, step in enumerate(steps) if not step.name and str(number + 1) not in used]


def _lost_key(path: str, document: Document, lead: Lead, number: int) -> Finding:
    key = lead.each[number]
    at = lead.at[: lead.at.index(key) + 1]
    place = document.positions.key(at) if document.positions else Place(document.line, 1)
    message = f"this key, and others like it, are in no record, and so are not published: {key!r}"
    hint = f"give them a name in `at`, such as {{kind}} for *, or put {{{number + 1}}} into the key"
    return Finding(path, *place, "file-part-unclaimed", message, "warning", hint, pointer(at))


def _finding(path: str, place: Place, message: str, hint: str, at: Path) -> Finding:
    return Finding(path, *place, "layout", message, hint=hint, pointer=pointer(at))


def _no_room(lead: Lead, item: Item) -> tuple[str, str] | None:
    """Why a record cannot have the properties that the keys above it give."""
    if not isinstance(item.value, dict):
        return "the record is not a mapping, so it can have no key above it as a property", "write * in `at`"
    taken = next((name for name, _ in lead.given if name in item.value), None)
    if taken is None:
        return None
    return f"the record has a {taken!r} of its own, which is the name of a key above it", "give it another name in `at`"


def _with_given(collection: Collection, item: Item) -> Item:
    """A record with the keys above it as properties."""
    steps = [step for step in collection.at if isinstance(step, Each)]
    given = {step.name: str(key) for step, key in zip(steps, item.each, strict=True) if step.name}
    return replace(item, value={**given, **item.value})


def shareable(owners: Sequence[Collection]) -> bool:
    """Whether collections may read the same files: each two of them take other documents, or other parts of them."""
    return all((one.selects and other.selects) or apart(one.at, other.at) for one, other in combinations(owners, 2))


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


def _is_empty(collection: Collection, lead: Lead) -> bool:
    if lead.each and lead.value is None:
        return True
    return (collection.layout == "list" and lead.value == []) or (collection.layout == "map" and lead.value == {})


def _items(collection: Collection, number: int, document: Document, lead: Lead) -> Iterator[Item]:
    at, value, each = lead.at, lead.value, lead.each
    if collection.layout == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield Item(item, number, (*at, index), _line(document, (*at, index)), None, each)
    elif collection.layout == "map" and isinstance(value, dict):
        for key, item in value.items():
            line = document.positions.key((*at, key)).line if document.positions else document.line
            yield Item(item, number, (*at, key), line, key, each)
    elif collection.layout not in ("list", "map") and _is_record(collection, value):
        yield Item(value, number, at, _line(document, at) if at else document.line, None, each)


def _is_record(collection: Collection, value: Any) -> bool:
    """Whether a value may be a whole record: a mapping; a list too, where the key does not stand in it."""
    return isinstance(value, dict) or (isinstance(value, list) and collection.key is None)


def _line(document: Document, path: Path) -> int:
    return document.positions.value(path).line if document.positions else document.line


def _takes(collection: Collection, number: int, count: int, value: Any) -> bool:
    """Whether one of ``count`` documents of a file belongs to the collection."""
    if collection.select is not None and not selected(collection.select, number, count, value):
        return False
    return collection.leave is None or not selected(collection.leave, number, count, value)


def selected(selection: Selection, number: int, count: int, value: Any) -> bool:
    """Whether a document is one of a selection: by its position of ``count``, or by the values of its properties."""
    if isinstance(selection, int):
        return number == (selection if selection >= 0 else count + selection)
    if isinstance(selection, Mapping):
        return all(_has(value, path, wanted) for path, wanted in selection.items())
    return any(selected(one, number, count, value) for one in selection)


def _has(value: Any, path: str, wanted: Any) -> bool:
    try:
        found = look_up(value, steps(path))
    except KeyError:
        return wanted is None
    return bool(found == wanted) and isinstance(found, bool) == isinstance(wanted, bool)
