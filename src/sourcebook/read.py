# SPDX-License-Identifier: Apache-2.0
"""A book's files to records: which files belong to which collection, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sourcebook import files
from sourcebook.book import BASELINE, DATA, DESCRIPTOR, OWN_FOLDERS, Book, Collection, look_up, steps
from sourcebook.finding import Finding, Ledger, pointer
from sourcebook.layout import Item, depth_of_lines, items, parse_file, shareable, untaken
from sourcebook.parse import Document, Limits, Lossy, Parsed, Path, Place, parse
from sourcebook.wording import did_you_mean


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


@dataclass(frozen=True)
class Reading:
    """What a book's data files hold. ``incomplete`` names collections some of whose records could not be read.

    ``files`` is the same, by collection and path, before records whose keys are taken were left out.
    """

    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    incomplete: frozenset[str]
    ledger: Ledger = field(default_factory=Ledger)
    files: Mapping[tuple[str, str], Held] = field(default_factory=dict)


_COMMENT = re.compile(r":[ \t]+(#[^ \t#]\S*)")


class Positioner:
    """Places of values in a book's files, looked up when a finding needs them: the file is then read once more."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._documents: dict[str, tuple[Document, ...]] = {}
        self._lines: dict[str, list[str]] = {}

    def place(self, record: Entry, path: Path = (), *, at_key: bool = False) -> Place:
        """Line and column of the value (or its key) at ``path`` within ``record``."""
        if record.path not in self._documents:
            data, _ = files.read_bytes(self._book.root, record.path, self._book.limits.bytes)
            collection = self._book.by_name[record.collection]
            parsed = parse_file(collection, data, record.path, self._book.limits, positions=True)
            self._documents[record.path] = parsed.documents
        documents = self._documents[record.path]
        positions = documents[record.document].positions if record.document < len(documents) else None
        if positions is None:  # the file was changed since it was read
            return Place(record.line, 1)
        whole = (*record.at, *path)
        return positions.key(whole) if at_key else positions.value(whole)

    def comment(self, record: Entry, path: Path) -> str:
        """The first word of a comment that stands where the value at ``path``, which is null, would.

        In ``colour: #ff0000`` it is ``#ff0000``, since a comment begins there; the empty text where there is none.
        """
        if record.path not in self._lines:
            data, _ = files.read_bytes(self._book.root, record.path, self._book.limits.bytes)
            self._lines[record.path] = data.decode("utf-8", "replace").splitlines()
        number, lines = self.place(record, path, at_key=True).line, self._lines[record.path]
        found = _COMMENT.search(lines[number - 1]) if number <= len(lines) else None
        return found[1] if found else ""

    def finding(
        self, record: Entry, path: Path, rule: str, message: str, hint: str = "", *, at_key: bool = False
    ) -> Finding:
        """An error about the value (or its key) at ``path`` within ``record``."""
        place = self.place(record, path, at_key=at_key)
        where, subject = pointer((*record.at, *path)), f"{record.collection}/{record.key}#{pointer(path)}"
        return Finding(record.path, *place, rule, message, hint=hint, pointer=where, subject=subject)


# The rules that reading applies to every file; what parsing a file stops at is counted for all of them.
READING = (
    *("yaml-syntax", "yaml-encoding", "yaml-duplicate-key", "yaml-key", "yaml-key-lookalike"),
    *("yaml-tag", "yaml-alias", "yaml-number", "yaml-limit"),
)


def read(book: Book, only: Container[str] | None = None) -> Reading:
    """Read every data file of ``book``, or of some of its collections: records, and what is wrong with files and keys.

    Everything is held in memory; `stream` is for what can do without. Raises OSError where the disk fails.
    """
    gathering = Gathering(book)
    held: dict[tuple[str, str], Held] = {}
    records: list[Record] = []
    for source in gathering.sources:
        if only is not None and source.collection.name not in only:
            continue
        found = held[source.collection.name, source.path] = read_file(book, source)
        kept = gathering.add(source, found, found.records)
        records += (record for record, keep in zip(found.records, kept, strict=True) if keep)
    gathering.finish(only)
    return Reading(tuple(records), tuple(gathering.findings), frozenset(gathering.incomplete), gathering.ledger, held)


def stream(book: Book) -> Iterator[Record]:
    """The records of a book in order, each file read as it is come to; what is wrong is passed over."""
    gathering = Gathering(book)
    for source in gathering.sources:
        found = read_file(book, source)
        kept = gathering.add(source, found, found.records)
        yield from (record for record, keep in zip(found.records, kept, strict=True) if keep)


class Gathering:
    """What the files of a book hold, put together: ``sources`` are to be read in order, and each is to be added.

    ``entries`` are the records so far, by collection and by key as text; ``findings``, ``incomplete`` and ``ledger`` as
    in a `Reading`.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self.ledger = Ledger()
        self._claimed, self.findings, self.incomplete = _claims(book, self.ledger)
        self.entries: dict[str, dict[str, Entry]] = {collection.name: {} for collection in book.collections}
        self._keyless: dict[str, list[Finding]] = {}
        self._left: dict[str, set[int]] = {}  # the documents of a shared file that no collection has taken yet

    @cached_property
    def sources(self) -> list[Source]:
        """The files to read, in order."""
        owners: dict[str, list[Collection]] = {}
        for collection in self._book.collections:
            for path in self._claimed[collection.name]:
                owners.setdefault(path, []).append(collection)
        return [
            Source(collection, path, tuple(o.at for o in owners[path]) if owners[path][0] is collection else ())
            for collection in self._book.collections
            for path in self._claimed[collection.name]
        ]

    def add(self, source: Source, summary: Summary, entries: Sequence[Entry]) -> list[bool]:
        """Add what a file holds, and its ``entries``; which of these are kept, for their keys were not taken before."""
        name = source.collection.name
        self.findings += summary.findings
        self._keyless.setdefault(name, []).extend(one for one in summary.findings if one.rule == "key-missing")
        if not summary.whole:
            self.incomplete.add(name)
        elif source.collection.select is not None:
            self._left.setdefault(source.path, set(range(summary.documents))).difference_update(summary.taken)
        for rule in ("key-missing", "key-duplicate"):
            self.ledger.performed(rule, len(entries))
        first = self.entries[name]
        kept = []
        for entry in entries:
            earlier = first.setdefault(str(entry.key), entry)  # as text, so that 1 is "1"
            kept.append(earlier is entry)
            if earlier is not entry:
                self.findings.append(_double(self._book, entry, earlier))
                self.incomplete.add(name)
        return kept

    def _one_for_all(self, collection: Collection) -> None:
        """Where no record has the key that the descriptor names, that is one mistake, and not one of each record."""
        keyless = self._keyless.get(collection.name, [])
        if len(keyless) > 1 and collection.key and len({one.message for one in keyless}) == 1:
            known = _properties(self._book, collection, keyless[0])
            if known and steps(collection.key)[0] not in known:
                gone = set(keyless)
                self.findings = [one for one in self.findings if one not in gone]
                where = (*collection.where, "sourcebook", "key")
                message = f"no record of {collection.name} has {collection.key!r}, which is to be the key"
                hint = did_you_mean(collection.key, known) or f"the properties are {', '.join(known[:12])}"
                place = descriptor_place(self._book, where)
                self.findings.append(Finding(DESCRIPTOR, *place, "descriptor", message, "error", hint, pointer(where)))

    def finish(self, only: Container[str] | None = None) -> None:
        """Say what could be known only when all was read."""
        for collection in self._book.collections:
            if only is not None and collection.name not in only:
                continue
            name, paths = collection.name, self._claimed[collection.name]
            if not self.entries[name]:
                self._one_for_all(collection)
            for rule in ("key-missing", "key-duplicate"):
                self.ledger.performed(rule, 0)
            for rule in (*READING, "layout"):
                self.ledger.performed(rule, len(paths))
            if collection.at:
                first = sum(bool(source.beside) for source in self.sources if source.collection is collection)
                self.ledger.performed("file-part-unclaimed", first)
            if not self.entries[name] and name not in self.incomplete and not collection.may_be_empty:
                self.findings.append(_empty(self._book, collection, bool(paths)))
            self.ledger.performed("collection-empty")
        self.findings += [_left_over(self._book, path, min(left)) for path, left in self._left.items() if left]


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
    for path, odd in data_files(book):
        if ignored.fullmatch(path):
            ledger.skipped("file-unclaimed", f"{DESCRIPTOR} says to ignore them")
            continue
        owners = [name for name, expression in matchers if expression.fullmatch(path)]
        if not owners and _BESIDE.fullmatch(path):
            continue
        count += 1
        if odd:
            findings.append(odd)
            missing.update(owners)
        elif not owners:
            message = "no collection's pattern claims this file, so its records would not be published"
            hint = f"move it, widen a pattern in {DESCRIPTOR}, or name it under sourcebook: ignore"
            findings.append(Finding(path, 0, 0, "file-unclaimed", message, hint=hint))
        elif not shareable([book.by_name[owner] for owner in owners]):
            message = f"the collections {' and '.join(owners)} both claim this file"
            hint = f"narrow a pattern in {DESCRIPTOR}"
            findings.append(Finding(path, 0, 0, "file-claimed-twice", message, hint=hint))
            missing.update(owners)
        else:
            for owner in owners:
                claimed[owner].append(path)
    for rule in ("file-kind", "file-name", "file-unclaimed", "file-claimed-twice"):
        ledger.performed(rule, count)
    return claimed, findings, missing


def data_files(book: Book) -> Iterator[tuple[str, Finding | None]]:
    """Every file that lies where a book keeps its data, and what is wrong with those that are not to be read."""
    patterns = [pattern for collection in book.collections for pattern in collection.records]
    bases = {files.base(pattern) for pattern in patterns} | {DATA}
    inner = [b for b in bases if b and not any(b.startswith(other + "/") for other in bases if other and other != b)]
    for folder in sorted(inner):
        yield from files.walk(book.root, folder)
    at_root = files.matcher(pattern for pattern in patterns if not files.base(pattern))
    if "" in bases:  # a pattern that begins at the book's root claims what it matches there, and nothing is unclaimed
        covered = tuple(folder + "/" for folder in (*inner, *OWN_FOLDERS))
        for path, odd in files.walk(book.root, ""):
            if at_root.fullmatch(path) and path not in (DESCRIPTOR, BASELINE) and not path.startswith(covered):
                yield path, odd


def _left_over(book: Book, path: str, number: int) -> Finding:
    data, _ = files.read_bytes(book.root, path, book.limits.bytes)
    documents = parse(data, path, book.limits).documents
    message = "no collection selects this document, so its record would not be published"
    line = documents[number].line if number < len(documents) else 1
    return Finding(path, line, 1, "layout", message, hint=f"mend it, or a `select` in {DESCRIPTOR}")


def _properties(book: Book, collection: Collection, finding: Finding) -> list[str]:
    """The properties of the record that a finding is about; none where it is no mapping."""
    data, _ = files.read_bytes(book.root, finding.path, book.limits.bytes)
    parsed = parse_file(collection, data, finding.path, book.limits, positions=True)
    values = [one.value for one in items(collection, parsed, finding.path)[0] if pointer(one.at) == finding.pointer]
    return list(values[0]) if values and isinstance(values[0], dict) else []


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
    data, _ = files.read_bytes(book.root, DESCRIPTOR, Limits().bytes)
    documents = parse(data, DESCRIPTOR, positions=True).documents
    positions = documents[0].positions if documents else None
    return positions.value(path) if positions else Place(1, 1)


# --- what a file holds ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
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


def read_file(book: Book, source: Source) -> Held:
    """What the file of ``source`` holds. Raises OSError where the disk fails."""
    data, finding = files.read_bytes(book.root, source.path, book.limits.bytes)
    return Held([finding]) if finding else held(source, data, book.limits)


def held(source: Source, data: bytes, limits: Limits) -> Held:
    """What the bytes of a file hold. Pure: nothing but its arguments is looked at."""
    collection, path = source.collection, source.path
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


@dataclass(frozen=True, slots=True)
class _KeyProblem:
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


# --- keys are unique ------------------------------------------------------------------------------------------------


def _double(book: Book, record: Entry, earlier: Entry) -> Finding:
    key = book.by_name[record.collection].key
    path = steps(key) if key else ()
    positioner = Positioner(book)
    taken = positioner.place(earlier, path)
    if record.path == earlier.path and positioner.place(record, path) == taken:
        path = ()  # an alias of that record
    message = f"the key {record.key!r} is taken by the record at {earlier.path}:{taken.line}"
    hint = "give one of the two another key, or remove it"
    return positioner.finding(record, path, "key-duplicate", message, hint)
