# SPDX-License-Identifier: Apache-2.0
"""The schema files of a book: read, and held against their metaschemas."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import BUILD, DESCRIPTOR, SCHEMAS, SCRIPTS, Collection
from sourcebook.book.written import Written
from sourcebook.finding import Finding
from sourcebook.parse import NOT_JSON, Limits, Parsed, parse
from sourcebook.validation import addresses, references, written_out
from sourcebook.validation.schemas import Schemas


def schema_files(
    root: Path, collections: tuple[Collection, ...], limits: Limits, ignore: Iterable[str] = ()
) -> tuple[dict[str, Any], list[Finding]]:
    """The contents of every schema file, by path, and what is wrong with those that cannot be read.

    They are those in ``schemas/`` that no pattern of ``ignore`` matches, those that collections name, and those that a
    ``$ref`` of one of these leads to: by its path, or by an ``$id``, wherever in the book that file lies.
    """
    ignored = files.matcher(ignore)
    inside = [(path, odd) for path, odd in files.walk(root, SCHEMAS) if path.lower().endswith(_SCHEMA_ENDINGS)]
    found = [(path, odd) for path, odd in inside if not ignored.fullmatch(path)]
    reading = _Reading(root, limits, {path for path, _ in inside if ignored.fullmatch(path)})
    reading.findings += [odd for _, odd in found if odd]
    waiting = {path for path, odd in found if not odd}
    waiting |= {c.schema for c in collections if c.schema and _is_there(root, c.schema)}
    claimed = files.matcher(pattern for one in collections for pattern in one.records)
    while waiting:
        reading.follow(waiting)
        waiting = reading.identified(claimed)
    return dict(sorted(reading.contents.items())), reading.findings


@dataclass
class _Reading:
    """Schema files while they are read: what they hold, and what their references ask for. None ``passed`` is read."""

    root: Path
    limits: Limits
    passed: set[str]
    contents: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)  # addresses that references lead to
    _published: dict[str, str] = field(default_factory=dict)  # files by their addresses

    def follow(self, waiting: set[str]) -> None:
        """Read files, and all that references lead to by their paths."""
        while waiting:
            for path in sorted(waiting):
                self._read.add(path)
                parsed = self._parsed(path)
                self.findings += parsed.findings
                if not parsed.broken:  # an empty file is no schema, and said to be none
                    value = self.contents[path] = parsed.documents[0].value if parsed.documents else None
                    self._asked |= set(addresses.references_in(path, value))
                    self._published[addresses.normal(addresses.own(path, value))] = path
            there = {path for uri in self._asked for path in addresses.beside(uri, self._published)}
            waiting = {path for path in there - self._read - self.passed if _is_there(self.root, path)}

    def identified(self, claimed: files.Matcher) -> set[str]:
        """The files, not read yet, that have an ``$id`` which references ask for and no file read so far has.

        The book is looked through but for what is generated, hidden, or ``claimed`` as data.
        """
        lost = {uri for uri in self._asked if not uri.startswith((addresses.BASE, *_OF_THE_STANDARD))}
        lost = {uri for uri in lost if not any(p in self.contents for p in addresses.beside(uri, self._published))}
        if lost:
            lost -= {name for path, one in self.contents.items() for _, name in addresses.identifiers_in(path, one)}
        words = [max(re.findall("[A-Za-z0-9]+", uri), key=len).encode() for uri in lost]
        found = set()
        for path in self._elsewhere(claimed) if words else ():
            data, odd = files.read_bytes(self.root, path, self.limits.bytes)
            if not odd and any(word in data for word in words):
                held = [document.value for document in self._parsed(path).documents[:1]]
                if any(name in lost for value in held for _, name in addresses.identifiers_in(path, value)):
                    found.add(path)
        return found

    def _parsed(self, path: str) -> Parsed:
        limits = replace(self.limits, bytes=min(self.limits.bytes, _MOST_BYTES))
        data, finding = files.read_bytes(self.root, path, limits.bytes)
        parsed = Parsed(findings=(finding,)) if finding else parse(data, path, limits)
        if len(data) <= _MOST_BYTES:
            return parsed
        return replace(parsed, findings=tuple(replace(one, hint=_SPLIT) for one in parsed.findings))

    def _elsewhere(self, claimed: files.Matcher) -> Iterator[str]:
        with os.scandir(self.root) as entries:
            folders = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False) and e.name[0] != ".")
        tops = [name for name in folders if name not in (BUILD, SCRIPTS, _MODULES)]
        with os.scandir(self.root) as entries:
            beside_descriptor = [e.name for e in entries if e.is_file(follow_symlinks=False)]
        below = (path for top in tops for path, odd in files.walk(self.root, top) if not odd)
        for path in (*sorted(beside_descriptor), *below):
            wanted = path.endswith(_SCHEMA_ENDINGS) and path != DESCRIPTOR and f"/{_MODULES}/" not in path
            if wanted and path not in self._read | self.passed and not claimed.fullmatch(path):
                yield path


# To be made ready, a schema takes some eighty times its size in memory, in this very process. The largest in use, of
# FHIR, have four million bytes.
_MOST_BYTES = 8_000_000
_SPLIT = "split it: a schema refers to others by $ref; what it lists may be records of a collection"


def _is_there(root: Path, path: str) -> bool:
    try:
        return (root / path).is_file()
    except (OSError, ValueError):  # a name that no disk can have: what names it is told that there is no such file
        return False


_MODULES = "node_modules"  # packages of other people, with files of any name
_OF_THE_STANDARD = ("http://json-schema.org/", "https://json-schema.org/")


_SCHEMA_ENDINGS = (".json", ".yaml", ".yml", *NOT_JSON)  # of those that are refused, that is told
_SCHEMA_RULES = {
    "invalid": "schema-invalid",
    "twice": "schema-id-twice",
    "reference": "schema-reference",
    "misspelt": "schema-misspelt",
    "near-miss": "schema-near-miss",
    "dialect": "schema-near-miss",
    "unclear": "reference-unclear",
}


def schema_findings(root: Path, schemas: Schemas, limits: Limits) -> Iterator[Finding]:
    """What is wrong with the schemas of a book, each mistake at its place."""
    written: dict[str, Written] = {}
    problems = list(written_out.problems(schemas))  # of which nothing else may be asked
    problems = problems or [*schemas.problems(), *references.problems(schemas), *schemas.near_misses()]
    for problem in problems:
        if problem.file not in written:
            data, _ = files.read_bytes(root, problem.file, limits.bytes)
            written[problem.file] = Written(schemas.contents(problem.file), data, problem.file, limits)
        rule, at_key = _SCHEMA_RULES[problem.kind], problem.kind in ("misspelt", "near-miss")
        yield written[problem.file].finding(problem.path, problem.message, problem.hint, rule=rule, at_key=at_key)
