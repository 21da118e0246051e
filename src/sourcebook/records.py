# SPDX-License-Identifier: Apache-2.0
"""What a data file holds: its records, each with its key and where it stands, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sourcebook import files
from sourcebook.book import DESCRIPTOR, Collection, look_up, steps
from sourcebook.finding import Finding, pointer
from sourcebook.layout import Item, depth_of_lines, items, parse_file, untaken
from sourcebook.parse import Document, Limits, Lossy, Parsed, Path, Place


@dataclass(frozen=True, slots=True)
class Entry:
    """One record without what it holds: its name, and where it stands.

    ``at`` is the path of the record inside its file's document (empty where the file is the record), ``document`` the
    number of that document; ``key`` is the text or integer that names the record within its collection.
    """

    collection: str
    key: str | int
    path: str
    at: Path
    line: int
    document: int

    def holding(self, value: Any, lossy: tuple[Lossy, ...] = ()) -> Record:
        """The record with what it holds."""
        return Record(self.collection, self.key, self.path, self.at, self.line, self.document, value, lossy)


@dataclass(frozen=True, slots=True)
class Record(Entry):
    """One record: plain data, and where it stands."""

    value: Any
    lossy: tuple[Lossy, ...] = ()


Stand = tuple[str | int, str, Path, int, int]
"""A record's key, and where it stands: path, ``at``, line and document, as in its `Entry`."""


class Entries(Mapping[str, Entry]):
    """The records of a collection by key as text, in order, without what they hold."""

    def __init__(self, collection: str) -> None:
        self.collection = collection
        self.stands: dict[str, Stand] = {}

    def add(self, stands: Sequence[Stand]) -> list[int]:
        """Add records; the numbers of those that are left out, for their keys are taken."""
        known = self.stands
        keys = [str(stand[0]) for stand in stands]  # as text, so that 1 is "1"
        if len(set(keys)) == len(keys) and known.keys().isdisjoint(keys):
            known.update(zip(keys, stands, strict=True))
            return []
        taken = (known.setdefault(key, stand) is not stand for key, stand in zip(keys, stands, strict=True))
        return [number for number, left_out in enumerate(taken) if left_out]

    def __getitem__(self, key: str) -> Entry:
        return Entry(self.collection, *self.stands[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.stands)

    def __len__(self) -> int:
        return len(self.stands)


class Source(NamedTuple):
    """A file that a collection claims.

    ``beside`` is where records of any collection stand in it, for the first of these, which tells what none takes.
    """

    collection: Collection
    path: str
    beside: tuple[Path, ...]


@dataclass(frozen=True)
class Summary:
    """What was found of one file, but for its records: ``taken`` are those of its documents that hold some."""

    findings: Sequence[Finding] = ()
    documents: int = 0
    taken: Iterable[int] = ()

    @property
    def whole(self) -> bool:
        """Whether every record of it could be read."""
        return not any(finding.level == "error" for finding in self.findings)


@dataclass(frozen=True)
class Held(Summary):
    """A file's records, and what else was found of it."""

    records: list[Record] = field(default_factory=list)


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
    for item in found:
        key, problem = _key(collection, path, item)
        if problem:
            documents = parse_file(collection, data, path, limits, positions=True).documents
            whole = (*item.at, *problem.path)
            where = _place(documents, item.document, whole, Place(item.line, 1), at_key=problem.at_key)
            findings.append(
                Finding(path, *where, "key-missing", problem.message, "error", problem.hint, pointer(whole))
            )
            continue
        lossy = tuple(_within(parsed.documents[item.document].lossy, item.at))
        record = Record(collection.name, key, path, item.at, item.line, item.document, item.value, lossy)
        records.append(record)
    return Held(findings, len(parsed.documents), {item.document for item in found}, records)


def _beside(parsed: Parsed, path: str, taken: Sequence[Path]) -> Iterator[Finding]:
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


def _within(lossy: Iterable[Lossy], at: Path) -> Iterator[Lossy]:
    for one in lossy:
        if one.path[: len(at)] == at:
            yield one._replace(path=one.path[len(at) :])


def _place(
    documents: tuple[Document, ...], number: int, path: Path, otherwise: Place, *, at_key: bool = False
) -> Place:
    positions = documents[number].positions if number < len(documents) else None
    if positions is None:
        return otherwise
    return positions.key(path) if at_key else positions.value(path)


class _KeyProblem(NamedTuple):
    message: str
    hint: str
    path: Path = ()
    at_key: bool = False


_ANOTHER = "give it one that no other record has"


def _key(collection: Collection, path: str, item: Item) -> tuple[str | int, _KeyProblem | None]:
    value = item.value
    if item.key is not None:
        empty = None if item.key else _KeyProblem("the record's key in the map is empty", _ANOTHER, at_key=True)
        return item.key, empty
    if collection.key is None:
        made = file_key(collection, path)
        if collection.layout == "list":  # that a key is to be named is told of the descriptor, and not of each record
            return f"{made}/{item.at[-1]}", None
        message = f"the file's path gives the record no key by {collection.key_template!r}"
        return made, None if made else _KeyProblem(message, "move the file, or name a property as the key")
    if not isinstance(value, dict):
        return "", _KeyProblem("the record is not a mapping, so it has no key", "write `key: value` lines")
    parts = steps(collection.key)
    try:
        key = look_up(value, parts)
    except KeyError:
        message = f"the record has no {collection.key!r}, which is the key of {collection.name}"
        return "", _KeyProblem(message, _ANOTHER)
    large = isinstance(key, int) and not -(2**63) <= key < 2**63  # more than SQLite keeps
    if key == "":
        return "", _KeyProblem(f"the key {collection.key!r} is empty", _ANOTHER, parts)
    if isinstance(key, bool) or not isinstance(key, str | int) or large:
        message = f"the key {collection.key!r} must be text or an integer"
        return "", _KeyProblem(message, "put it in quotes if it is text", parts)
    return key, None


def file_key(collection: Collection, path: str) -> str:
    """The key that the path of a file gives its record: by the collection's template, texts replaced as it says."""
    folder, _, name = path.rpartition("/")
    stem = re.sub(r"(?<=.)\.[^.]*$", "", name)
    below = path.removeprefix(files.base(collection.records[0]) + "/")
    parts = {"stem": stem, "parent": folder.rpartition("/")[2], "path": re.sub(r"(?<=.)\.[^./]*$", "", below)}
    key = re.sub(r"\{(stem|parent|path)\}", lambda found: parts[found[1]], collection.key_template)
    for old, new in collection.key_replace.items():
        key = key.replace(old, new)
    return key
