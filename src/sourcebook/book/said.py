# SPDX-License-Identifier: Apache-2.0
"""What the schemas of a book say of the pages of its records, and what they say in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.annotations import KEYWORD, by_descriptor
from sourcebook.book.descriptor import descriptor_schema
from sourcebook.book.model import Collection
from sourcebook.book.written import Written
from sourcebook.finding import Finding
from sourcebook.parse import Limits
from sourcebook.validation.keywords import schemas_of
from sourcebook.validation.schemas import Schemas, check


@dataclass(frozen=True)
class Said:
    """Where a book says something of its pages: in the ``descriptor``, and in the schema of a collection."""

    root: Path
    descriptor: Written
    schemas: Schemas
    limits: Limits
    _written: dict[str, Written] = field(default_factory=dict)

    def by_schema(self, findings: list[Finding]) -> Mapping[str, Mapping[str, Any]]:
        """What each schema says at its root, by its path; what is wrong with that is added to ``findings``."""
        found = {}
        for path in self.schemas.valid:
            contents = self.schemas.contents(path)
            if not isinstance(contents, dict) or KEYWORD not in contents:
                continue
            problems = list(check(contents[KEYWORD], _form()))
            for one in problems:
                where = (KEYWORD, *one.path)
                written = self.schema(path)
                findings.append(
                    written.finding(where, one.message, one.hint or _HINT, rule="schema-invalid", at_key=one.at_key)
                )
            if not problems:
                found[path] = contents[KEYWORD]
        return found

    def in_vain(self, used: set[str]) -> Iterator[Finding]:
        """What schemas say where nothing reads it: inside of them, and at the root of one that is not ``used``."""
        for path in self.schemas.valid if self.schemas.parts.mention(KEYWORD) else ():
            for where, schema in schemas_of(self.schemas.contents(path)):
                if KEYWORD in schema and (where or path not in used):
                    yield self.schema(path).finding(
                        (*where, KEYWORD),
                        f"{KEYWORD} says nothing here: it is read at the root of a schema that a collection names",
                        "move it there, or say it in the descriptor, in the collection's block",
                        rule="schema-near-miss",
                        at_key=True,
                    )

    def finding(self, collection: Collection, path: tuple[str | int, ...], message: str, hint: str) -> Finding:
        """A finding about what is said of a collection at ``path`` in its annotations; at its name, if nothing is."""
        block = self.descriptor.value["resources"][collection.where[-1]]["sourcebook"]
        if by_descriptor(block, path):
            return self.descriptor.finding((*collection.where, "sourcebook", *path), message, hint)
        written = self.schema(collection.schema) if collection.schema in self.schemas.valid else None
        if written and _leads(written.value, (KEYWORD, *path)):
            return written.finding((KEYWORD, *path), message, hint, rule="schema-invalid")
        return self.descriptor.finding((*collection.where, "name"), message, hint)

    def schema(self, path: str) -> Written:
        """A schema as it is written."""
        if path not in self._written:
            data, _ = files.read_bytes(self.root, path, self.limits.bytes)
            self._written[path] = Written(self.schemas.contents(path), data, path, self.limits)
        return self._written[path]


_HINT = f"{KEYWORD}: {{label: name, aliases: [], facets: [], page: {{}}, role: {{}}}}, as in the descriptor"


def _form() -> Any:
    """The JSON Schema of what the keyword is given."""
    return {"$ref": "#/$defs/annotations", "$defs": descriptor_schema()["$defs"]}


def _leads(value: Any, path: tuple[str | int, ...]) -> bool:
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True
