# SPDX-License-Identifier: Apache-2.0
"""What a book is: its descriptor, collections, scripts and settings, as frozen values; and the names of its folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sourcebook.errors import UsageError
from sourcebook.finding import Finding, Level
from sourcebook.parse import Limits
from sourcebook.validation.declared import declares
from sourcebook.validation.schemas import InstanceValidator, Schemas

DESCRIPTOR = "datapackage.yaml"
BASELINE = "baseline.json"
SCHEMAS = "schemas"
DATA = "data"
SCRIPTS = "scripts"
BUILD = "build"
OWN_FOLDERS = (SCHEMAS, SCRIPTS, BUILD, ".git", ".github", ".vscode")  # where no record is looked for


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference points at: a unique field of a collection; the empty field is its key."""

    collection: str
    field: str


@dataclass(frozen=True)
class Collection:
    """One resource of the descriptor: a collection of records and the table it becomes.

    ``key`` is the property path of the key inside a record, or None where the file's name or the map gives it:
    ``key_column`` then names its column, and ``key_template`` says how a file's path makes it.
    """

    name: str
    title: str
    description: str
    records: tuple[str, ...]
    schema: str | None
    key: str | None
    key_column: str
    key_template: str
    key_replace: Mapping[str, str]
    layout: str
    at: tuple[str | int, ...]
    select: int | Mapping[str, Any] | None
    body: str
    references: Mapping[str, tuple[Target, ...]]
    label: str | None
    facets: tuple[str, ...]
    undeclared: Literal["json", "tables"] | None
    may_be_empty: bool
    rename: Mapping[str, str]
    where: tuple[str | int, ...]
    levels: Mapping[str, Level] = field(default_factory=dict)

    @property
    def text(self) -> str | None:
        """The field of the text below a front matter; None where records are no pages."""
        return self.body if self.layout == "front-matter" else None

    @property
    def planned_from_records(self) -> bool:
        """Whether tables depend on the records: where there is no schema, or for what it does not declare."""
        return self.schema is None or self.undeclared == "tables"


@dataclass(frozen=True)
class Script:
    """An SQL script of the book: ``header`` is the YAML of its leading comment, ``path`` its place in the book."""

    name: str
    path: str
    sql: str
    header: Mapping[str, Any]
    line: int  # of the first statement


@dataclass(frozen=True, slots=True)
class Known:
    """One finding of the baseline: where it is (``place`` is the finding's subject, or its pointer) and what it says.

    ``line`` and ``column`` are where this entry stands in the baseline's file.
    """

    path: str
    rule: str
    place: str
    message: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    @property
    def fingerprint(self) -> str:
        """That of the finding it stands for."""
        return Finding(self.path, 0, 0, self.rule, self.message, pointer=self.place).fingerprint

    @property
    def of(self) -> str:
        """The collection whose record is known to depart from its schema; the empty string where none does."""
        return self.place.partition("/")[0] if self.rule == "schema" else ""


@dataclass(frozen=True)
class Baseline:
    """The known findings of a book. ``there`` says whether it has a baseline at all."""

    known: tuple[Known, ...] = ()
    there: bool = False

    @cached_property
    def fingerprints(self) -> frozenset[str]:
        """Fingerprints of all its findings."""
        return frozenset(known.fingerprint for known in self.known)

    @cached_property
    def departed(self) -> frozenset[str]:
        """The collections whose records are known to depart from their schema."""
        return frozenset(known.of for known in self.known if known.of)


@dataclass(frozen=True)
class Book:
    """Everything a book's descriptor, schemas and scripts say; ``findings`` holds what is wrong with them."""

    root: Path
    descriptor: Mapping[str, Any]
    collections: tuple[Collection, ...] = ()
    levels: Mapping[str, Level] = field(default_factory=dict)
    limits: Limits = Limits()
    check_seconds: float = 10.0
    ignore: tuple[str, ...] = ()
    schemas: Schemas = field(default_factory=lambda: Schemas({}))
    checks: tuple[Script, ...] = ()
    views: tuple[Script, ...] = ()
    queries: tuple[Script, ...] = ()
    chores: tuple[str, ...] = ()  # files in scripts/ that are for the book's curators, and not run by it
    baseline: Baseline = Baseline()
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """Short name; the database is named for it."""
        return str(self.descriptor.get("name", ""))

    @property
    def database(self) -> str:
        """File name of the compiled database."""
        return f"{self.name}.db"

    @property
    def title(self) -> str:
        """Title for readers."""
        return str(self.descriptor.get("title", self.name))

    @property
    def build(self) -> Path:
        """Folder of everything generated."""
        return self.root / BUILD

    @property
    def settings(self) -> Mapping[str, Any]:
        """The descriptor's own ``sourcebook`` block."""
        return self.descriptor.get("sourcebook") or {}

    @cached_property
    def by_name(self) -> Mapping[str, Collection]:
        """The collections by name."""
        return {collection.name: collection for collection in self.collections}

    def validator(self, collection: Collection) -> InstanceValidator | None:
        """What validates the records of a collection; None where it has no schema.

        The text below a front matter is no part of that, and so outside of the schema, unless this names it.
        """
        if collection.schema is None:
            return None
        validator = self.schemas.validator(collection.schema)
        whole = collection.text is None or declares(self.schemas.schema(collection.schema), collection.text)
        return validator if whole else validator.without(collection.body)

    def level(self, rule: str, default: Level = "error", *, collection: str = "") -> Level:
        """Level at which ``rule`` is reported in this book, of a collection if one is given."""
        whole = self.levels.get(rule, default)
        return self.by_name[collection].levels.get(rule, whole) if collection in self.by_name else whole

    def enforced(self, collection: str) -> bool:
        """Whether every published record of ``collection`` fits its schema, so that its tables may say so."""
        return self.level("schema", collection=collection) == "error" and collection not in self.baseline.departed


Folder = str | os.PathLike[str]


def find_book(start: Folder) -> Path:
    """The nearest folder from ``start`` upward with a descriptor. Raises UsageError where there is none."""
    start = Path(start).resolve()
    for folder in (start, *start.parents):
        if (folder / DESCRIPTOR).is_file():
            return folder
    raise UsageError(f"no {DESCRIPTOR} in {start} or above it; name the book's folder with --book")


def build_folder(folder: Folder) -> Path:
    """The folder of everything generated for the book in ``folder``. Raises UsageError where there is no descriptor."""
    root = Path(folder).resolve()
    if not (root / DESCRIPTOR).is_file():
        raise UsageError(f"{folder} is not a book: it has no {DESCRIPTOR}")
    return root / BUILD


def targets(value: str | Iterable[str]) -> tuple[Target, ...]:
    """The targets that a reference is written with: ``people.id``, ``people`` for its key, or a list of such."""
    return tuple(Target(*text.partition(".")[::2]) for text in as_tuple(value))


def as_tuple(value: Any) -> tuple[str, ...]:
    """One text, or a list of such, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)
