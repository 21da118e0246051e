# SPDX-License-Identifier: Apache-2.0
"""A book's files to records: which files belong to which collection, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sourcebook import files
from sourcebook.book import DATA, DESCRIPTOR, OWN_FOLDERS, Book, Collection
from sourcebook.finding import Finding, Ledger, pointer
from sourcebook.parse import Document, Lossy, Path, Place, Positions, parse


@dataclass(frozen=True, slots=True)
class Record:
    """One record: plain data, and where it stands.

    ``at`` is the path of the record inside its file's document (empty where the file is the record); ``key`` is the
    text or integer that names it within its collection.
    """

    collection: str
    key: str | int
    path: str
    at: Path
    line: int
    value: Any
    lossy: tuple[Lossy, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a book's data files hold. ``incomplete`` names collections some of whose records could not be read."""

    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    incomplete: frozenset[str]
    ledger: Ledger = field(default_factory=Ledger)


class Positioner:
    """Places of values in a book's files, looked up when a finding needs them: the file is then read once more."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._positions: dict[str, Positions | None] = {}

    def place(self, record: Record, path: Path = (), *, at_key: bool = False) -> Place:
        """Line and column of the value (or its key) at ``path`` within ``record``."""
        if record.path not in self._positions:
            data, _ = files.read_bytes(self._book.root, record.path, self._book.limits.bytes)
            documents = parse(data, record.path, self._book.limits, positions=True).documents
            self._positions[record.path] = documents[0].positions if documents else None
        positions = self._positions[record.path]
        if positions is None:  # the file was changed since it was read
            return Place(record.line, 1)
        whole = (*record.at, *path)
        return positions.key(whole) if at_key else positions.value(whole)

    def finding(
        self, record: Record, path: Path, rule: str, message: str, hint: str = "", *, at_key: bool = False
    ) -> Finding:
        """An error about the value (or its key) at ``path`` within ``record``."""
        place = self.place(record, path, at_key=at_key)
        return Finding(record.path, *place, rule, message, hint=hint, pointer=pointer((*record.at, *path)))


def read(book: Book) -> Reading:
    """Read every data file of ``book``: its records, and what is wrong with files and keys.

    Raises OSError where the disk fails.
    """
    ledger = Ledger()
    claimed, findings, incomplete = _claims(book, ledger)
    records: list[Record] = []
    for collection in book.collections:
        paths = claimed[collection.name]
        before = len(records)
        for path in paths:
            found, problems, whole = _read_file(book, collection, path)
            records += found
            findings += problems
            if not whole:
                incomplete.add(collection.name)
        ledger.performed("yaml-syntax", len(paths))
        if len(records) == before and collection.name not in incomplete and not collection.may_be_empty:
            findings.append(_empty(book, collection, bool(paths)))
        ledger.performed("collection-empty")
    doubles = list(_duplicates(records))
    ledger.performed("key-duplicate", len(records))
    findings += [_double(book, record, earlier) for record, earlier in doubles]
    incomplete |= {record.collection for record, _ in doubles}
    later = {id(record) for record, _ in doubles}
    records = [record for record in records if id(record) not in later]
    return Reading(tuple(records), tuple(findings), frozenset(incomplete), ledger)


# --- which file belongs where ---------------------------------------------------------------------------------------

# Files that live beside data by custom, and are not records.
_BESIDE = files.matcher(["**/README*", "**/LICENSE*", "**/LICENCE*", "**/.gitkeep", "**/.gitignore"])


def _claims(book: Book, ledger: Ledger) -> tuple[dict[str, list[str]], list[Finding], set[str]]:
    """The files of each collection, sorted; findings about files; the collections that miss a file because of them."""
    matchers = [(collection.name, files.matcher(collection.records)) for collection in book.collections]
    ignored = files.matcher(book.ignore)
    claimed: dict[str, list[str]] = {name: [] for name, _ in matchers}
    findings: list[Finding] = []
    missing: set[str] = set()
    count = 0
    for path, odd in _data_files(book):
        owners = [name for name, expression in matchers if expression.fullmatch(path)]
        if not owners and (ignored.fullmatch(path) or _BESIDE.fullmatch(path)):
            continue
        count += 1
        if odd:
            findings.append(odd)
            missing.update(owners)
        elif not owners:
            message = "no collection's pattern claims this file, so its records would not be published"
            hint = f"move it, widen a pattern in {DESCRIPTOR}, or name it under sourcebook: ignore"
            findings.append(Finding(path, 0, 0, "file-unclaimed", message, hint=hint))
        elif len(owners) > 1:
            message = f"the collections {' and '.join(owners)} both claim this file"
            hint = f"narrow a pattern in {DESCRIPTOR}"
            findings.append(Finding(path, 0, 0, "file-claimed-twice", message, hint=hint))
            missing.update(owners)
        else:
            claimed[owners[0]].append(path)
    ledger.performed("file-unclaimed", count)
    ledger.performed("file-claimed-twice", count)
    return claimed, findings, missing


def _data_files(book: Book) -> Iterator[tuple[str, Finding | None]]:
    patterns = [pattern for collection in book.collections for pattern in collection.records]
    bases = {files.base(pattern) for pattern in patterns} | {DATA}
    inner = [b for b in bases if b and not any(b.startswith(other + "/") for other in bases if other and other != b)]
    for folder in sorted(inner):
        yield from files.walk(book.root, folder)
    at_root = files.matcher(pattern for pattern in patterns if not files.base(pattern))
    if "" in bases:  # a pattern that begins at the book's root claims what it matches there, and nothing is unclaimed
        covered = tuple(folder + "/" for folder in (*inner, *OWN_FOLDERS))
        for path, odd in files.walk(book.root, ""):
            if at_root.fullmatch(path) and path != DESCRIPTOR and not path.startswith(covered):
                yield path, odd


def _empty(book: Book, collection: Collection, has_files: bool) -> Finding:
    place = descriptor_place(book, (*collection.where, "sourcebook", "records"))
    missing = [p for p in collection.records if files.base(p) and not (book.root / files.base(p)).is_dir()]
    if missing:
        message = f"the collection {collection.name!r} has no records: there is no folder {files.base(missing[0])}"
    elif has_files:
        message = f"the collection {collection.name!r} has no records: its files hold none"
    else:
        message = f"the collection {collection.name!r} has no records: no file matches {', '.join(collection.records)}"
    hint = "mend the pattern, add a record, or say may_be_empty: true"
    where = pointer((*collection.where, "sourcebook", "records"))
    return Finding(DESCRIPTOR, *place, "collection-empty", message, hint=hint, pointer=where)


def descriptor_place(book: Book, path: Path) -> Place:
    """Line and column of a value in the book's descriptor."""
    data, _ = files.read_bytes(book.root, DESCRIPTOR, book.limits.bytes)
    documents = parse(data, DESCRIPTOR, positions=True).documents
    positions = documents[0].positions if documents else None
    return positions.value(path) if positions else Place(1, 1)


# --- what a file holds ----------------------------------------------------------------------------------------------


def _read_file(book: Book, collection: Collection, path: str) -> tuple[list[Record], list[Finding], bool]:
    """Records of one file, findings, and whether every record of it could be read."""
    data, finding = files.read_bytes(book.root, path, book.limits.bytes)
    if finding:
        return [], [finding], False
    parsed = parse(data, path, book.limits, positions=collection.layout == "list")
    findings = list(parsed.findings)
    if findings:
        return [], findings, False
    if len(parsed.documents) > 1:
        line = parsed.documents[1].line
        message = "a second document in the file; one is expected"
        return [], [Finding(path, line, 1, "layout", message, hint="put each record in a file of its own")], False
    if not parsed.documents:
        message = "the file is empty" if not data.strip() else "the file holds only comments"
        return [], [Finding(path, 1, 1, "layout", message, hint="write a record, or remove the file")], False
    document = parsed.documents[0]
    items = list(_items(document, collection))
    if not items:
        if document.value == []:
            return [], [], True
        expected = "a list of records (each after `- `)" if collection.layout == "list" else "one record (a mapping)"
        return [], [Finding(path, document.line, 1, "layout", f"{expected} is expected here")], False
    records = []
    for at, value, line in items:
        key, problem = _key(collection, path, value)
        if problem:
            where = _places(document, data, path, book).value((*at, str(collection.key)) if problem.at_value else at)
            findings.append(
                Finding(path, *where, "key-missing", problem.message, hint=problem.hint, pointer=pointer(at))
            )
            continue
        lossy = tuple(one._replace(path=one.path[len(at) :]) for one in document.lossy if one.path[: len(at)] == at)
        records.append(Record(collection.name, key, path, at, line, value, lossy))
    return records, findings, not findings


def _items(document: Document, collection: Collection) -> Iterator[tuple[Path, Any, int]]:
    value = document.value
    if collection.layout == "file" and isinstance(value, dict):
        yield (), value, document.line
    if collection.layout == "list" and isinstance(value, list):
        assert document.positions is not None
        for index, item in enumerate(value):
            yield (index,), item, document.positions.value((index,)).line


def _places(document: Document, data: bytes, path: str, book: Book) -> Positions:
    positions = document.positions or parse(data, path, book.limits, positions=True).documents[0].positions
    assert positions is not None
    return positions


@dataclass(frozen=True, slots=True)
class _KeyProblem:
    message: str
    hint: str
    at_value: bool


def _key(collection: Collection, path: str, value: Any) -> tuple[str | int, _KeyProblem | None]:
    if collection.key is None:
        return re.sub(r"(?<=.)\.[^.]*$", "", path.rsplit("/", 1)[-1]), None
    if not isinstance(value, dict):
        return "", _KeyProblem("the record is not a mapping, so it has no key", "write `key: value` lines", False)
    if collection.key not in value:
        message = f"the record has no {collection.key!r}, which is the key of {collection.name}"
        return "", _KeyProblem(message, "give it one that no other record has", False)
    key = value[collection.key]
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        message = f"the key {collection.key!r} must be text or an integer"
        return "", _KeyProblem(message, "put it in quotes if it is text", True)
    return key, None


# --- keys are unique ------------------------------------------------------------------------------------------------


def _duplicates(records: Iterable[Record]) -> Iterator[tuple[Record, Record]]:
    """Each record whose key an earlier one of its collection has (as text, so that 1 is "1"), with that one."""
    first: dict[tuple[str, str], Record] = {}
    for record in records:
        earlier = first.setdefault((record.collection, str(record.key)), record)
        if earlier is not record:
            yield record, earlier


def _double(book: Book, record: Record, earlier: Record) -> Finding:
    message = f"the key {record.key!r} is taken by the record at {earlier.path}:{earlier.line}"
    hint = "give one of the two another key, or remove it"
    key = book.by_name[record.collection].key
    return Positioner(book).finding(record, (key,) if key else (), "key-duplicate", message, hint)
