# SPDX-License-Identifier: Apache-2.0
"""What a book is: its descriptor, collections, scripts and settings, as frozen values; and the names of its folders.

Longer than most modules, so that all that a book says can be read in one place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sourcebook.book.formats import ALL, FORMATS
from sourcebook.book.paths import template_parts
from sourcebook.book.visibility import Visibility
from sourcebook.errors import UsageError
from sourcebook.finding import Finding, Level
from sourcebook.parse import Limits
from sourcebook.validation.declared_names import declares
from sourcebook.validation.schemas import InstanceValidator, Schemas

Selection = int | Mapping[str, Any] | Sequence[int | Mapping[str, Any]]
"""Documents of a file: by position, from the end where it is negative; by the values of properties; or several such."""

DESCRIPTOR = "datapackage.yaml"
BASELINE = "baseline.json"
CURATION = "curation"
DIFFERENT = f"{CURATION}/different.yaml"
MOVED = f"{CURATION}/moved.yaml"
SIGNERS = f"{CURATION}/allowed_signers"
WITHDRAWN = f"{CURATION}/withdrawn.yaml"
RETRACTED = "retracted"
TAKEN_DOWN = "taken-down"
SCHEMAS = "schemas"
DATA = "data"
SCRIPTS = "scripts"
BUILD = "build"
QUOTE_WORDS = 15
OWN_FOLDERS = (SCHEMAS, SCRIPTS, BUILD, ".git", ".github", ".vscode")  # where no record is looked for


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference points at: a unique field of a collection; the empty field is its key.

    ``field`` may lead through lists and maps, whose items then all name the record: ``aliases[]``. With ``as_text`` a
    number and the text that it is written as mean the same.
    """

    collection: str
    field: str
    as_text: bool = False

    def __str__(self) -> str:
        """``people.id``, or ``people`` for the key."""
        return f"{self.collection}.{self.field}" if self.field else self.collection


Conditions = Mapping[str, tuple[Any, ...]]
"""By the path of a property in a record, the values of which it must have one."""


class Each(NamedTuple):
    """A step of ``at`` that every item of a list, or every value of a mapping, is taken by.

    With a ``name``, the key of the value in its mapping becomes that property of the records below it.
    """

    name: str = ""


Way = tuple[str | int | Each, ...]
"""The way to records inside a file."""


@dataclass(frozen=True, slots=True)
class Page:
    """How pages show the records of a collection: ``address`` is the first part of their addresses.

    The others are property paths: what stands for a record besides its label, what comes first, what is left out.
    """

    address: str
    summary: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collection:
    """One resource of the descriptor: a collection of records and the table it becomes.

    ``key`` is the property path of the key inside a record, or None where it is made otherwise: ``key_column`` then
    names its column, and ``key_template`` says how the file's path, the keys of maps and properties make it.

    ``aliases`` are the paths of its records' other names. ``roles`` say what its records are to readers
    (``statement``, ``point``, ``interval``, ``edge``), and the path of each property that plays a part in that;
    ``about`` are the paths of what statements are about; ``relays`` the kinds of origins that pass on what they do not
    say whose knowledge it is. ``anchors`` are the paths of anchors of passages, each with that of the property that
    names the text.
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
    at: Way
    select: Selection | None
    leave: Selection | None
    body: str
    references: Mapping[str, tuple[Target, ...]]
    conditions: Mapping[str, Mapping[Target, Conditions]]  # by the path of a reference: when it leads to each target
    label: str | None
    facets: tuple[str, ...]
    undeclared: Literal["json", "tables"] | None
    may_be_empty: bool
    rename: Mapping[str, str]
    where: tuple[str | int, ...]
    levels: Mapping[str, Level] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    page: Page = Page("")
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    relays: tuple[str, ...] = ()
    visibility: Mapping[str, Any] = field(default_factory=dict)  # by path, what the descriptor says of it
    anchors: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def key_by_path(self) -> bool:
        """Whether the path of its file alone makes a record's key."""
        return self.key is None and set(template_parts(self.key_template)) <= {"stem", "parent", "path"}

    @cached_property
    def lacks_key(self) -> bool:
        """Whether nothing tells the records of one list apart."""
        parts = template_parts(self.key_template)
        outside = {"stem", "parent", "path", *(str(number) for number in range(1, len(self.at) + 1))}
        return self.layout == "list" and self.key is None and set(parts) <= outside

    @property
    def selects(self) -> bool:
        """Whether some documents of a file may not belong to the collection."""
        return self.select is not None or self.leave is not None

    @cached_property
    def above(self) -> tuple[str, ...]:
        """The properties that records get from the keys of mappings above them."""
        return tuple(step.name for step in self.at if isinstance(step, Each) and step.name)

    @property
    def given(self) -> tuple[str, ...]:
        """The properties of records that do not stand in them: keys above them, and the text of a page."""
        return (*self.above, self.body) if self.layout == "front-matter" else self.above

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


@dataclass(frozen=True, slots=True)
class Different:
    """Two records of a collection that a curator looked at, and judged to be different: when (a day), and why.

    Keys are texts here, whatever records have. ``line`` and ``column`` are where the entry stands.
    """

    collection: str
    keys: tuple[str, str]
    on: str
    why: str
    line: int = 0
    column: int = 0
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A key that a record had, and has no more: the one that it has now (``to``), or why it is ``gone``.

    Keys are texts here, whatever records have; ``on`` is a day. ``line`` and ``column`` are where the entry stands.
    """

    collection: str
    key: str
    to: str = ""
    gone: str = ""
    on: str = ""
    line: int = 0
    column: int = 0
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A record that was published and is not any more, or the value of one ``property`` of it: how, when and why.

    ``how`` is ``retracted`` or ``taken-down``, ``on`` a day. ``property`` is a readable path, empty where the whole
    record is gone. ``hashes`` are fingerprints of the texts that were taken down. Keys are texts here, whatever records
    have. ``line`` and ``column`` are where the entry stands.
    """

    collection: str
    key: str
    how: str
    on: str
    reason: str
    property: str = ""
    hashes: tuple[str, ...] = ()
    line: int = 0
    column: int = 0
    pointer: str = ""


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
    panels: Mapping[str, tuple[Script, ...]] = field(default_factory=dict)  # by the collection whose pages show them
    repository: Mapping[str, str] = field(default_factory=dict)  # url, and templates: source, blame, edit
    chores: tuple[str, ...] = ()  # files in scripts/ that are for the book's curators, and not run by it
    baseline: Baseline = Baseline()
    different: tuple[Different, ...] = ()  # pairs that do not look alike to who knows them
    moved: tuple[Moved, ...] = ()  # keys that records had, in the order in which they were given up
    withdrawn: tuple[Withdrawn, ...] = ()  # what was published once, and is not to be any more
    visibility: Visibility = field(default_factory=Visibility)
    signers: int = 0  # keys that a release may be signed with
    sources: Path | None = None  # a folder of held texts that who calls has named
    findings: tuple[Finding, ...] = ()
    spared: Book | None = None  # of one whose descriptor has errors: what the rest of it says, for `check` alone
    lost: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of what is spared: see `book.spared`
    apart: frozenset[str] = frozenset()  # collections whose records are not looked at, nor missed: see `check.around`

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
    def downloads(self) -> tuple[str, ...]:
        """The formats that it asks to be published in besides CSV and JSON, or ``all``; without what is none."""
        said = self.settings.get("downloads")
        names = as_tuple(said) if isinstance(said, str | list) else ()  # anything else is a finding
        return tuple(name for name in names if isinstance(name, str) and (name == ALL or name in FORMATS))

    @property
    def quote_words(self) -> int:
        """How many words a quotation of a passage may have."""
        said = self.settings.get("quote_words")
        return said if isinstance(said, int) and not isinstance(said, bool) else QUOTE_WORDS

    @property
    def settings(self) -> Mapping[str, Any]:
        """The descriptor's own ``sourcebook`` block."""
        return self.descriptor.get("sourcebook") or {}

    @cached_property
    def by_name(self) -> Mapping[str, Collection]:
        """The collections by name."""
        return {collection.name: collection for collection in self.collections}

    def block(self, collection: Collection) -> Mapping[str, Any]:
        """What the descriptor itself says of how a collection is curated."""
        block: Mapping[str, Any] = self.descriptor["resources"][collection.where[-1]]["sourcebook"]
        return block

    def validator(self, collection: Collection) -> InstanceValidator | None:
        """What validates the records of a collection; None where it has no schema.

        What is `given` to records is no part of them, and so outside of the schema, unless this names it.
        """
        if collection.schema is None:
            return None
        validator = self.schemas.validator(collection.schema)
        schema = self.schemas.schema(collection.schema)
        outside = frozenset(name for name in collection.given if not declares(schema, name))
        return validator.without(outside) if outside else validator

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


def targets(value: Any) -> tuple[Target, ...]:
    """The targets that a reference is written with: ``people.id``, ``people`` for its key, or a list of such.

    A mapping says more of one: ``{to: lines.number, as: text}``. Raises ValueError where it is none of these.
    """
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(target for one in value for target in targets(one)))
    said = value if isinstance(value, dict) else {"to": value}
    to, kind = said.get("to"), said.get("as", "text")
    if not isinstance(to, str) or not to or kind != "text" or said.keys() - {"to", "as", "when"}:
        raise ValueError(value)
    return (Target(*to.partition(".")[::2], as_text="as" in said),)


def as_tuple(value: Any) -> tuple[str, ...]:
    """One text, or a list of such, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)
