# SPDX-License-Identifier: Apache-2.0
"""The schema files of a book: read, and held against their metaschemas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.descriptor import finding_at
from sourcebook.book.model import SCHEMAS, Collection
from sourcebook.finding import Finding
from sourcebook.parse import Document, Limits, Place, Positions, parse
from sourcebook.validation import Schemas


def schema_files(
    root: Path, collections: tuple[Collection, ...], limits: Limits
) -> tuple[dict[str, Any], list[Finding]]:
    """The contents of every schema file, by path, and what is wrong with those that cannot be read."""
    found = [(path, odd) for path, odd in files.walk(root, SCHEMAS) if path.endswith(_SCHEMA_ENDINGS)]
    findings = [odd for _, odd in found if odd]
    paths = {path for path, odd in found if not odd}
    paths |= {c.schema for c in collections if c.schema and (root / c.schema).is_file()}
    contents: dict[str, Any] = {}
    for path in sorted(paths):
        data, finding = files.read_bytes(root, path, limits.bytes)
        if finding:
            findings.append(finding)
            continue
        parsed = parse(data, path)
        findings += parsed.findings
        if not parsed.broken:  # an empty file is no schema, and said to be none
            contents[path] = parsed.documents[0].value if parsed.documents else None
    return contents, findings


_SCHEMA_ENDINGS = (".json", ".yaml", ".yml")
_TOP = Positions({(): Place(1, 1)}, {}, {})  # of a file that holds nothing
_SCHEMA_RULES = {"invalid": "schema-invalid", "reference": "schema-reference"}


def schema_findings(root: Path, schemas: Schemas, limits: Limits) -> Iterator[Finding]:
    """What is wrong with the schemas of a book, each mistake at its place."""
    documents: dict[str, Document] = {}
    for problem in schemas.problems():
        if problem.file not in documents:
            data, _ = files.read_bytes(root, problem.file, limits.bytes)
            parsed = parse(data, problem.file, positions=True)
            documents[problem.file] = next(iter(parsed.documents), Document(None, 1, (), _TOP))
        where = documents[problem.file]
        yield finding_at(
            where, problem.path, problem.message, problem.hint, rule=_SCHEMA_RULES[problem.kind], file=problem.file
        )
