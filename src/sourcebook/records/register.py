# SPDX-License-Identifier: Apache-2.0
"""The register of a book's records: every key once, whatever way its files are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from sourcebook import files
from sourcebook.alike import difference, looking_like
from sourcebook.book import DESCRIPTOR, Book, Collection, Way, steps, template_parts
from sourcebook.finding import Finding, Ledger, pointer
from sourcebook.records.claims import claims, data_files, keeps_back
from sourcebook.records.doubled import doubled
from sourcebook.records.layout import items, parse_data, parse_file
from sourcebook.records.model import Entries, Entry, Held, Record, Source, Stand, Summary
from sourcebook.records.places import Positioner, descriptor_place
from sourcebook.validation.likeness import nearest
from sourcebook.validation.wording import did_you_mean

# The rules that reading applies to every file; what parsing a file stops at is counted for all of them.
READING = (
    *("yaml-syntax", "json-syntax", "yaml-encoding", "yaml-duplicate-key", "yaml-key", "yaml-key-lookalike"),
    *("yaml-tag", "yaml-alias", "yaml-number", "yaml-limit"),
)


OF_FILES = ("file-kind", "file-name", "file-unclaimed", "file-claimed-twice")
"""The rules that are applied to every data file, whatever is read of it."""
_OF_KEYS = ("key-missing", "key-duplicate", "key-lookalike")


class Register:
    """What the files of a book hold, put together: ``sources`` are to be read in order, and their records added.

    ``entries`` are the records so far, by collection and by key as text; ``findings`` and ``ledger`` as in a `Reading`.
    ``incomplete`` are the collections some of whose records could not be read; ``keyless`` those of which records were
    read and left out, since they have no key. Where ``only`` some files are to be read, ``passed_over`` are the others
    of each collection, and of collections as wholes nothing is told.
    """

    def __init__(self, book: Book, only: Container[str] | None = None) -> None:
        self._book = book
        self._only = only
        self.ledger = Ledger()
        claimed, self.findings, self.incomplete = claims(book, self.ledger, only)
        self._claimed = {name: [p for p in paths if only is None or p in only] for name, paths in claimed.items()}
        self.passed_over = {
            name: [p for p in paths if only is not None and p not in only] for name, paths in claimed.items()
        }
        self.incomplete |= book.apart
        self.keyless: set[str] = set()
        self.entries = {collection.name: Entries(collection.name) for collection in book.collections}
        self._keyless: dict[str, list[Finding]] = {}
        self._doubled: dict[str, list[Entry]] = {}  # records whose keys are taken
        self._withheld: dict[str, Entries] = {}
        self._left: dict[str, set[int]] = {}  # the documents of a shared file that no collection has taken yet

    @property
    def partial(self) -> set[str]:
        """The collections some of whose records are not among the ``entries``, for whatever reason."""
        return self.incomplete | self.keyless | set(self._doubled)

    @cached_property
    def sources(self) -> list[Source]:
        """The files to read, in order."""
        times = Counter(path for paths in self._claimed.values() for path in paths)
        shared: dict[str, list[Collection]] = {path: [] for path, count in times.items() if count > 1}
        for collection in self._book.collections if shared else ():
            for path in shared.keys() & set(self._claimed[collection.name]):
                shared[path].append(collection)

        def beside(collection: Collection, path: str) -> tuple[Way, ...]:
            owners = shared[path]
            return tuple(owner.at for owner in owners) if owners[0] is collection else ()

        return [
            Source(collection, path, alone if path not in shared else beside(collection, path))
            for collection in self._book.collections
            if collection.name not in self._book.apart
            for alone in [(collection.at,)]
            for path in self._claimed[collection.name]
        ]

    def kept(self, source: Source, found: Held) -> list[Record]:
        """Add all that was found of a file; its records but for those whose keys are taken."""
        self.tell(source, found)
        stands = [(one.key, one.path, one.at, one.line, one.document) for one in found.records]
        left_out = set(self.add(source.collection.name, stands))
        return [one for number, one in enumerate(found.records) if number not in left_out]

    def tell(self, source: Source, summary: Summary) -> None:
        """Add what was found of a file, but for its records. There is no need where it has no findings or `select`."""
        name = source.collection.name
        self.findings += summary.findings
        self._keyless.setdefault(name, []).extend(one for one in summary.findings if one.rule == "key-missing")
        wrong = {finding.rule for finding in summary.findings if finding.level == "error"}
        if "key-missing" in wrong:
            self.keyless.add(name)
        if wrong - {"key-missing"}:
            self.incomplete.add(name)
        elif not wrong and source.collection.selects:
            self._left.setdefault(source.path, set(range(summary.documents))).difference_update(summary.taken)

    def add(self, collection: str, stands: Sequence[Stand]) -> list[int]:
        """Add records; the numbers of those that are left out, for their keys are taken."""
        for rule in _OF_KEYS:
            self.ledger.performed(rule, len(stands))
        entries = self.entries[collection]
        left_out = entries.add(stands)
        for number in left_out:
            self._doubled.setdefault(collection, []).append(Entry(collection, *stands[number]))
        return left_out

    def withhold(self, collection: str, records: Sequence[Record]) -> None:
        """Add records of which nothing is public: they are no entries, and their keys are taken all the same."""
        for rule in _OF_KEYS:
            self.ledger.performed(rule, len(records))
        withheld = self._withheld.setdefault(collection, Entries(collection))
        stands = [(one.key, one.path, one.at, one.line, one.document) for one in records]
        for number in withheld.add(stands):
            self._doubled.setdefault(collection, []).append(Entry(collection, *stands[number]))

    def _taken(self, collection: str) -> Entries:
        """The records of a collection with those of which nothing is public; a key that both have is told."""
        withheld, entries = self._withheld.get(collection), self.entries[collection]
        if withheld is None:
            return entries
        taken = Entries(collection)
        taken.add(list(entries.stands.values()))
        stands = list(withheld.stands.values())
        for number in taken.add(stands):
            self._doubled.setdefault(collection, []).append(Entry(collection, *stands[number]))
        return taken

    def _one_for_all(self, collection: Collection) -> None:
        """Where no record has the key that the descriptor names, that is one mistake, and not one of each record."""
        keyless = self._keyless.get(collection.name, [])
        if len(keyless) > 1 and len({one.message for one in keyless}) == 1:
            known = _properties(self._book, collection, keyless[0])
            parts = [collection.key] if collection.key else template_parts(collection.key_template)
            wanted = next((part for part in parts if f"{part!r}, which is" in keyless[0].message), None)
            if known and wanted and steps(wanted)[0] not in known:
                gone = set(keyless)
                self.findings = [one for one in self.findings if one not in gone]
                where = (*collection.where, "sourcebook", "key")
                role = "the key" if collection.key else "a part of the key"
                message = f"no record of {collection.name} has {wanted!r}, which is to be {role}"
                hint = did_you_mean(wanted, known) or f"the properties are {', '.join(known[:12])}"
                place = descriptor_place(self._book, where)
                self.findings.append(Finding(DESCRIPTOR, *place, "descriptor", message, "error", hint, pointer(where)))

    def _key_told(self, collection: Collection) -> bool:
        """Whether the descriptor's key is itself a mistake, so that nothing is to be said of records for it."""
        where = pointer((*collection.where, "sourcebook", "key"))
        return any(one.path == DESCRIPTOR and one.pointer == where for one in self._book.findings)

    def finish(self, only: Container[str] | None = None) -> None:
        """Say what could be known only when all was read."""
        for collection in self._book.collections:
            if (only is not None and collection.name not in only) or collection.name in self._book.apart:
                continue
            name, paths = collection.name, self._claimed[collection.name]
            taken = self._taken(name)
            if not taken and self._only is None:
                self._one_for_all(collection)
            if self._key_told(collection):
                gone = set(self._keyless.get(name, ()))
                self.findings = [one for one in self.findings if one not in gone]
            for rule in _OF_KEYS:
                self.ledger.performed(rule, 0)
            self.findings += doubled(self._book, collection, self._doubled.get(name, ()), taken, paths)
            self.findings += _lookalikes(self._book, taken)
            for rule in (*READING, "layout"):
                self.ledger.performed(rule, len(paths))
            if collection.at:
                first = sum(bool(source.beside) for source in self.sources if source.collection is collection)
                self.ledger.performed("file-part-unclaimed", first)
            if self._only is not None:
                continue
            if not taken and name not in self.incomplete | self.keyless and not collection.may_be_empty:
                self.findings.append(_empty(self._book, collection, bool(paths)))
                if keeps_back(self._book, "collection-empty"):
                    self.incomplete.add(name)
            self.ledger.performed("collection-empty")
        self.findings += [_left_over(self._book, path, min(left)) for path, left in self._left.items() if left]


def _left_over(book: Book, path: str, number: int) -> Finding:
    data, _ = files.read_bytes(book.root, path, book.limits.bytes)
    documents = parse_data(data, path, book.limits).documents
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
    near = ""
    missing = [p for p in collection.records if files.base(p) and not files.is_folder(book.root, files.base(p))]
    if missing:
        gone = files.base(missing[0])
        message = f"the collection {collection.name!r} has no records: there is no folder {gone}"
        folder, _, name = gone.rpartition("/")
        near = nearest(name, (one.name for one in sorted((book.root / folder).glob("*")) if one.is_dir()))
    elif has_files:
        message = f"the collection {collection.name!r} has no records: its files hold none"
    else:
        message = f"the collection {collection.name!r} has no records: no file matches {', '.join(collection.records)}"
    hint = _other_folder(book, missing) or "mend the pattern, add a record, or say may_be_empty: true"
    if near and not _other_folder(book, missing):
        hint = f"did you mean the folder {f'{folder}/{near}'.lstrip('/')}?"
    if not has_files and (
        module := next(filter(None, (files.submodule(book.root, p) for p in collection.records)), "")
    ):
        hint = f"run `git submodule update --init`: {module} is a submodule of git"
    where = pointer((*collection.where, "sourcebook", "records"))
    return Finding(DESCRIPTOR, *place, "collection-empty", message, hint=hint, pointer=where)


def _other_folder(book: Book, missing: Sequence[str]) -> str:
    """That there is a folder which looks like that of a pattern that has none."""
    bases = [files.base(pattern) for pattern in missing]
    there = {path.rpartition("/")[0] for path, _ in data_files(book)} if bases else set()
    ways = (did_you_mean(base, there) for base in bases if looking_like(base, there))
    return next(ways, "")


def _lookalikes(book: Book, entries: Entries) -> Iterator[Finding]:
    """A warning for each key that looks like an earlier one; keys of one map are told of as keys of a mapping."""
    positioner = Positioner(book)
    for key, earlier in entries.lookalikes():
        one, other = entries[key], entries[earlier]
        if book.by_name[one.collection].layout == "map" and _stand_together(one, other):
            continue
        key_property = book.by_name[one.collection].key
        path = steps(key_property) if key_property else ()
        there = f"{other.path}:{positioner.place(other).line}" if other.path != one.path else f"line {other.line}"
        message = f"the key {key!r} looks like {earlier!r} of the record at {there}, and is another"
        hint = f"it has {difference(key, earlier)}: write both in one way, or give one another key"
        finding = positioner.finding(one, path, "key-lookalike", message, hint)
        yield replace(finding, level="warning")


def _stand_together(one: Entry, other: Entry) -> bool:
    return (one.path, one.document, one.at[:-1]) == (other.path, other.document, other.at[:-1])
