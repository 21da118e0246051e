# SPDX-License-Identifier: Apache-2.0
"""What is known of the files beside those that are checked: the keys of their records, as far as they are needed.

A reference into a collection that is small is held against all of its records, which are read; into a large one against
the keys that paths make, or against the one file that is named as the reference says. Nothing is told of these files.
"""

from __future__ import annotations

import os
from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sourcebook.book import Book, Collection, steps
from sourcebook.compile.convert import field_of
from sourcebook.compile.gather import Gathered
from sourcebook.records.keys import file_key
from sourcebook.records.model import Record, Source, Stand
from sourcebook.records.read import Reading, read_file
from sourcebook.tables.links import targets_of

_MOST_BYTES = 4 * 1024 * 1024  # of all files beside that are read, so that a check of one file stays quick
_MOST_FILES = 500


@dataclass
class Beside:
    """The records of files that are not checked: where they stand, by collection, as far as they are known.

    All of a collection's are in ``stands`` where it is not among the ``unknown``; ``by_path`` are known by their
    keys alone. Files of the ``broken`` were read, and not all of them could be; records of the ``keyless`` have no key.
    """

    stands: dict[str, list[Stand]] = field(default_factory=dict)
    by_path: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    keyless: set[str] = field(default_factory=set)

    @property
    def passed_over(self) -> frozenset[str]:
        """The collections of which not everything is known that a reference may mean."""
        return frozenset(self.by_path | self.unknown)


def look_beside(book: Book, rest: Mapping[str, Sequence[str]], seen: Reading, gathered: Gathered) -> Beside:
    """Find out about the files in ``rest``, by collection, and have the index of ``gathered`` know their records.

    ``seen`` are the records of collections that were read to plan their tables. Raises OSError where the disk fails.
    """
    found = Beside()
    cheap = _cheap(book, rest, _needed(gathered))
    for name, paths in rest.items():
        collection = book.by_name[name]
        if not paths:
            continue
        if collection.planned_from_records:
            there = set(paths)
            _know(gathered, found, name, [r for r in seen.records if r.collection == name and r.path in there])
        elif name in cheap:
            held = [read_file(book, Source(collection, path, ())) for path in paths]
            _know(gathered, found, name, [record for one in held for record in one.records])
            wrong = {one.rule for file in held for one in file.findings if one.level == "error"}
            found.broken |= {name} if wrong - {"key-missing"} else set()
            found.keyless |= {name} if "key-missing" in wrong else set()
        elif _key_by_path(collection):
            stands: list[Stand] = [(str(file_key(collection, path)), path, (), 1, 0) for path in paths]
            nothing: list[list[None]] = [[None] * len(stands) for _ in gathered.index.fields(name)]
            gathered.index.add(name, [stand[0] for stand in stands], nothing)
            found.stands[name] = stands
            found.by_path.add(name)
        else:
            found.unknown.add(name)
            _know(gathered, found, name, _named_so(book, collection, paths, gathered))
    return found


def known_to(gathered: Gathered, found: Beside) -> Gathered:
    """What was gathered, with what is not known of the files beside."""
    incomplete = gathered.incomplete | found.unknown | found.broken
    return replace(gathered, incomplete=incomplete, keyless=gathered.keyless | found.keyless | found.by_path)


def _key_by_path(collection: Collection) -> bool:
    return collection.key_by_path and collection.layout in ("file", "front-matter") and not collection.at


def _needed(gathered: Gathered) -> set[str]:
    """The collections of the records, and those that these may refer to."""
    held = {name for name, entries in gathered.entries.items() if entries}
    return held | {target.collection for name in held for target in targets_of(gathered.plans[name])}


def _cheap(book: Book, rest: Mapping[str, Sequence[str]], needed: Several[str]) -> set[str]:
    """The collections that are needed and may be read whole: the small ones first, as far as that goes."""
    sizes = {name: _size(book.root, rest[name]) for name in needed if rest.get(name)}
    cheap: set[str] = set()
    files = size = 0
    for name in sorted(sizes, key=lambda name: (sizes[name], name)):
        files, size = files + len(rest[name]), size + sizes[name]
        if files > _MOST_FILES or size > _MOST_BYTES:
            break
        cheap.add(name)
    return cheap


def _size(root: Path, paths: Sequence[str]) -> int:
    """How many bytes files have; too many where there are too many of them."""
    if len(paths) > _MOST_FILES:
        return _MOST_BYTES + 1
    return sum(os.lstat(root / path).st_size for path in paths)


def _know(gathered: Gathered, found: Beside, name: str, records: Sequence[Record]) -> None:
    """Have the index know records, and ``found`` their keys."""
    paths = [steps(path) for path in gathered.index.fields(name)]
    fields = [[field_of(record.value, path) for record in records] for path in paths]
    gathered.index.add(name, [record.key for record in records], fields)
    found.stands[name] = [(one.key, one.path, one.at, one.line, one.document) for one in records]


def _named_so(book: Book, collection: Collection, paths: Sequence[str], gathered: Gathered) -> list[Record]:
    """The records in files named for what references say, or as records that are checked: most names are keys."""
    if collection.layout not in ("file", "front-matter") or collection.at:
        return []
    by_stem = {Path(path).stem: path for path in paths}
    named = {*_written(gathered, collection), *gathered.entries[collection.name]}
    wanted = {by_stem[name] for name in named & by_stem.keys()}
    sources = (Source(collection, path, ()) for path in sorted(wanted)[:_MOST_FILES])
    return [record for source in sources for record in read_file(book, source).records]


def _written(gathered: Gathered, collection: Collection) -> Iterator[str]:
    """What references to the key of a collection's records say."""
    for reference, values in gathered.written.items():
        targets = [target for target in reference.targets if target.collection == collection.name]
        if any(target.field in ("", collection.key) for target in targets):
            yield from _texts(values)


def _texts(values: Iterable[object]) -> Iterator[str]:
    yield from (value for value in values if isinstance(value, str))
