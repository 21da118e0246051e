# SPDX-License-Identifier: Apache-2.0
"""The schema files of a book: read, and held against their metaschemas."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sourcebook import files
from sourcebook.book.model import SCHEMAS, Collection
from sourcebook.book.written import Written
from sourcebook.finding import Finding
from sourcebook.parse import NOT_JSON, Limits, Parsed, parse
from sourcebook.validation.schemas import Schemas


def schema_files(
    root: Path, collections: tuple[Collection, ...], limits: Limits, ignore: Iterable[str] = ()
) -> tuple[dict[str, Any], list[Finding]]:
    """The contents of every schema file, by path, and what is wrong with those that cannot be read.

    They are those in ``schemas/`` that no pattern of ``ignore`` matches, those that collections name, and those that a
    ``$ref`` of one of these leads to.
    """
    ignored = files.matcher(ignore)
    inside = [(path, odd) for path, odd in files.walk(root, SCHEMAS) if path.lower().endswith(_SCHEMA_ENDINGS)]
    found = [(path, odd) for path, odd in inside if not ignored.fullmatch(path)]
    findings = [odd for _, odd in found if odd]
    waiting = {path for path, odd in found if not odd}
    waiting |= {c.schema for c in collections if c.schema and (root / c.schema).is_file()}
    passed = {path for path, _ in inside if ignored.fullmatch(path)}
    contents: dict[str, Any] = {}
    read: set[str] = set()
    while waiting:
        for path in sorted(waiting):
            read.add(path)
            data, finding = files.read_bytes(root, path, limits.bytes)
            parsed = Parsed(findings=(finding,)) if finding else parse(data, path, limits)
            findings += parsed.findings
            if not parsed.broken:  # an empty file is no schema, and said to be none
                contents[path] = parsed.documents[0].value if parsed.documents else None
        named = {other for path in waiting & contents.keys() for other in referred_files(path, contents[path])}
        waiting = {path for path in named - read - passed if (root / path).is_file()}
    return dict(sorted(contents.items())), findings


def referred_files(path: str, contents: Any) -> Iterator[str]:
    """The files that the references of the schema in the file ``path`` may lead to: in the book, and not itself.

    Where an ``$id`` says at which address the schema is published, what lies beside it there lies beside it here.
    """
    home = posixpath.dirname(path)
    identifier = contents.get("$id", contents.get("id")) if isinstance(contents, dict) else None
    published = posixpath.dirname(identifier) + "/" if isinstance(identifier, str) and ":" in identifier else None
    for reference in _references(contents):
        where = unquote(reference.partition("#")[0])
        if published and where.startswith(published):
            where = where.removeprefix(published)
        other = posixpath.normpath(posixpath.join(home, where))
        if where and ":" not in where and other != path and not other.startswith(("../", "/")):
            yield other


def _references(contents: Any) -> Iterator[str]:
    """Every ``$ref`` in a schema."""
    waiting = [contents]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


_SCHEMA_ENDINGS = (".json", ".yaml", ".yml", *NOT_JSON)  # of those that are refused, that is told
_SCHEMA_RULES = {"invalid": "schema-invalid", "reference": "schema-reference", "near-miss": "schema-near-miss"}


def schema_findings(root: Path, schemas: Schemas, limits: Limits) -> Iterator[Finding]:
    """What is wrong with the schemas of a book, each mistake at its place."""
    written: dict[str, Written] = {}
    for problem in (*schemas.problems(), *schemas.near_misses()):
        if problem.file not in written:
            data, _ = files.read_bytes(root, problem.file, limits.bytes)
            written[problem.file] = Written(schemas.contents(problem.file), data, problem.file, limits)
        rule, at_key = _SCHEMA_RULES[problem.kind], problem.kind == "near-miss"
        yield written[problem.file].finding(problem.path, problem.message, problem.hint, rule=rule, at_key=at_key)
