# SPDX-License-Identifier: Apache-2.0
"""A book: ``datapackage.yaml`` and the files it speaks of, as one frozen value.

The only module that knows the names of a book's folders and files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources as package_files
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.errors import UsageError
from sourcebook.finding import Finding, Level, pointer
from sourcebook.parse import Document, Limits, Place, Positions, parse
from sourcebook.validation import Schemas, check
from sourcebook.wording import did_you_mean

DESCRIPTOR = "datapackage.yaml"
SCHEMAS = "schemas"
DATA = "data"
SCRIPTS = "scripts"
BUILD = "build"
OWN_FOLDERS = (SCHEMAS, SCRIPTS, BUILD, ".git")  # where no record is looked for


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference points at: a unique field of a collection; the empty field is its key."""

    collection: str
    field: str


@dataclass(frozen=True)
class Collection:
    """One resource of the descriptor: a collection of records and the table it becomes."""

    name: str
    title: str
    description: str
    records: tuple[str, ...]
    schema: str | None
    key: str | None
    layout: str
    references: Mapping[str, tuple[Target, ...]]
    label: str | None
    facets: tuple[str, ...]
    may_be_empty: bool
    rename: Mapping[str, str]
    where: tuple[str | int, ...]


@dataclass(frozen=True)
class Script:
    """An SQL script of the book: ``header`` is the YAML of its leading comment, ``path`` its place in the book."""

    name: str
    path: str
    sql: str
    header: Mapping[str, Any]
    line: int  # of the first statement


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

    def level(self, rule: str, default: Level = "error") -> Level:
        """Level at which ``rule`` is reported in this book."""
        return self.levels.get(rule, default)


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


def load_book(folder: Folder) -> Book:
    """Read the book in ``folder``.

    Whatever is wrong in its files is in ``findings`` of what is returned; a book whose descriptor has errors has no
    collections. Raises UsageError where there is no descriptor.
    """
    root = build_folder(folder).parent
    data, finding = files.read_bytes(root, DESCRIPTOR, Limits().bytes)
    if finding:
        return Book(root, {}, findings=(finding,))
    parsed = parse(data, DESCRIPTOR, positions=True)
    if parsed.findings or len(parsed.documents) != 1:
        one = Finding(DESCRIPTOR, 1, 1, "descriptor", "one YAML document is expected here")
        return Book(root, {}, findings=parsed.findings or (one,))
    document = parsed.documents[0]
    findings = list(_descriptor_findings(document))
    if any(f.level == "error" for f in findings):
        return Book(root, document.value if isinstance(document.value, dict) else {}, findings=tuple(findings))
    return _loaded(root, document, findings)


def _loaded(root: Path, document: Document, findings: list[Finding]) -> Book:
    descriptor = document.value
    settings = descriptor.get("sourcebook") or {}
    limits = {k: v for k, v in settings.get("limits", {}).items() if k != "check_seconds"}
    parse_limits = Limits(**limits)
    collections = tuple(
        _collection(resource, ("resources", index)) for index, resource in enumerate(descriptor["resources"])
    )
    contents, broken = _schema_files(root, collections, parse_limits)
    findings += broken
    schemas = Schemas(contents)
    findings += _schema_findings(root, schemas, contents, parse_limits)
    findings += _collection_findings(collections, contents, broken, document)
    scripts = {kind: _scripts(root, kind, findings) for kind in ("checks", "views", "queries")}
    return Book(
        root=root,
        descriptor=descriptor,
        collections=collections,
        levels=settings.get("rules", {}),
        limits=parse_limits,
        check_seconds=settings.get("limits", {}).get("check_seconds", Book.check_seconds),
        ignore=_as_tuple(settings.get("ignore", ())),
        schemas=schemas,
        checks=scripts["checks"],
        views=scripts["views"],
        queries=scripts["queries"],
        findings=tuple(findings),
    )


# --- the descriptor -------------------------------------------------------------------------------------------------


@cache
def descriptor_schema() -> Any:
    """The JSON Schema of a descriptor, as shipped in the package."""
    return json.loads(package_files.files("sourcebook").joinpath("descriptor.schema.json").read_text("utf-8"))


def _words(text: str) -> list[str]:
    return text.split()


# The properties of https://datapackage.org/standard/data-package/ and data-resource/, version 2.
_PACKAGE_NAMES = _words(
    "$schema name id title description homepage version created image licenses keywords contributors sources "
    "resources sourcebook profile"
)
_RESOURCE_NAMES = _words(
    "$schema name path data type title description format mediatype encoding bytes hash sources licenses dialect "
    "schema sourcebook profile homepage"
)


def _descriptor_findings(document: Document) -> Iterator[Finding]:
    for violation in check(document.value, descriptor_schema()):
        yield _at(document, violation.path, violation.message, violation.hint, at_key=violation.at_key)
    if not isinstance(document.value, dict):
        return
    yield from _near_misses(document, document.value, (), _PACKAGE_NAMES)
    resources = document.value.get("resources")
    names: dict[str, int] = {}
    for index, resource in enumerate(resources if isinstance(resources, list) else ()):
        if not isinstance(resource, dict):
            continue
        where = ("resources", index)
        yield from _near_misses(document, resource, where, _RESOURCE_NAMES)
        for place, wanted in (("path", "build/csv/{}.csv"), ("schema", "build/tableschema/{}.json")):
            written, right = resource.get(place), wanted.format(resource.get("name"))
            if isinstance(written, str) and written != right:
                yield _at(
                    document, (*where, place), f"the resource's {place} is {right}, for its name", f"{place}: {right}"
                )
        name = str(resource.get("name", "")).casefold()
        if names.setdefault(name, index) != index:
            yield _at(document, (*where, "name"), f"the resource {resource['name']!r} stands here again (case aside)")


def _near_misses(document: Document, value: Any, where: tuple[str | int, ...], known: list[str]) -> Iterator[Finding]:
    for key in value:
        hint = "" if key in known else did_you_mean(key, [name for name in known if name not in value])
        if hint:
            message = f"the property {key!r} is not one of the standard's"
            yield _at(document, (*where, key), message, hint, rule="descriptor-near-miss", at_key=True)


def _at(
    document: Document,
    path: tuple[str | int, ...],
    message: str,
    hint: str = "",
    *,
    rule: str = "descriptor",
    at_key: bool = False,
    file: str = DESCRIPTOR,
) -> Finding:
    assert document.positions is not None
    place = document.positions.key(path) if at_key else document.positions.value(path)
    level: Level = "warning" if rule == "descriptor-near-miss" else "error"
    return Finding(file, *place, rule, message, level=level, hint=hint, pointer=pointer(path))


def _collection(resource: Mapping[str, Any], where: tuple[str | int, ...]) -> Collection:
    block = resource["sourcebook"]
    return Collection(
        name=resource["name"],
        title=resource.get("title", resource["name"]),
        description=resource.get("description", ""),
        records=_as_tuple(block["records"]),
        schema=block.get("schema"),
        key=block.get("key"),
        layout=block.get("layout", "file"),
        references={path: targets(value) for path, value in block.get("references", {}).items()},
        label=block.get("label"),
        facets=tuple(block.get("facets", ())),
        may_be_empty=block.get("may_be_empty", False),
        rename=block.get("rename", {}),
        where=where,
    )


def targets(value: str | Iterable[str]) -> tuple[Target, ...]:
    """The targets that a reference is written with: ``people.id``, ``people`` for its key, or a list of such."""
    return tuple(Target(*text.partition(".")[::2]) for text in _as_tuple(value))


def _as_tuple(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


# --- schemas --------------------------------------------------------------------------------------------------------


def _schema_files(
    root: Path, collections: tuple[Collection, ...], limits: Limits
) -> tuple[dict[str, Any], list[Finding]]:
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
        if not parsed.findings:  # an empty file is no schema, and said to be none
            contents[path] = parsed.documents[0].value if parsed.documents else None
    return contents, findings


_SCHEMA_ENDINGS = (".json", ".yaml", ".yml")
_TOP = Positions({(): Place(1, 1)}, {}, {})  # of a file that holds nothing
_SCHEMA_RULES = {"invalid": "schema-invalid", "reference": "schema-reference"}


def _schema_findings(root: Path, schemas: Schemas, contents: Mapping[str, Any], limits: Limits) -> Iterator[Finding]:
    for path in contents:
        problems = schemas.problems(path)
        if problems:
            data, _ = files.read_bytes(root, path, limits.bytes)
            document = next(iter(parse(data, path, positions=True).documents), Document(None, 1, (), _TOP))
            for problem in problems:
                yield _at(document, problem.path, problem.message, rule=_SCHEMA_RULES[problem.kind], file=path)


def _collection_findings(
    collections: tuple[Collection, ...], contents: Mapping[str, Any], broken: list[Finding], document: Document
) -> Iterator[Finding]:
    unread = {finding.path for finding in broken}
    for collection in collections:
        where = (*collection.where, "sourcebook")
        if collection.schema and collection.schema not in contents and collection.schema not in unread:
            message = f"there is no file {collection.schema}"
            yield _at(document, (*where, "schema"), message, did_you_mean(collection.schema, contents))
        if collection.layout == "list" and not collection.key:
            yield _at(document, where, "records in a list need a key: name the property that is unique", "key: id")


# --- scripts --------------------------------------------------------------------------------------------------------


def _scripts(root: Path, kind: str, findings: list[Finding]) -> tuple[Script, ...]:
    scripts: dict[str, Script] = {}
    for path, odd in files.walk(root, f"{SCRIPTS}/{kind}"):
        if not path.endswith(".sql"):
            continue
        data, finding = (b"", odd) if odd else files.read_bytes(root, path, Limits().bytes)
        if finding:
            findings.append(finding)
            continue
        script, problems = _script(path, data, _HEADERS[kind])
        findings += problems
        if script and scripts.setdefault(script.name, script) is not script:
            message = f"{scripts[script.name].path} has the same name"
            findings.append(Finding(path, 1, 1, "script", message, hint="rename one of the two"))
    return tuple(scripts[name] for name in sorted(scripts))


_HEADERS = {
    "checks": ("title", "description", "level", "hint", "parameters"),
    "views": ("title", "description"),
    "queries": ("title", "description"),
}


def _script(path: str, data: bytes, known: Iterable[str]) -> tuple[Script | None, tuple[Finding, ...]]:
    try:
        lines = data.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return None, (Finding(path, 1, 1, "script", "the file is not UTF-8"),)
    header = []
    for line in lines:
        if not line.startswith("--"):
            break
        if not line.startswith("-- SPDX-"):
            header.append(line.removeprefix("--").removeprefix(" "))
        else:
            header.append("\n")
    parsed = parse("".join(header).encode(), path)
    value = parsed.documents[0].value if parsed.documents else {}
    if parsed.findings:  # the comment's text begins after "-- "
        return None, tuple(replace(f, rule="script", column=f.column + 3) for f in parsed.findings)
    if not isinstance(value, dict):
        message = "the leading comment is not a YAML mapping"
        return None, (Finding(path, 1, 1, "script", message, hint="-- title: What it shows"),)
    name = path.rsplit("/", 1)[-1].removesuffix(".sql")
    script = Script(name, path, "".join(lines[len(header) :]), value, len(header) + 1)
    return script, tuple(_header_problems(path, value, known))


def _header_problems(path: str, header: Mapping[str, Any], known: Iterable[str]) -> Iterator[Finding]:
    for key in header:
        if key not in known:
            hint = did_you_mean(key, known) or f"known here: {', '.join(known)}"
            yield Finding(path, 1, 1, "script", f"the leading comment's property {key!r} is unknown here", hint=hint)
    if header.get("level", "error") not in ("error", "warning"):
        yield Finding(path, 1, 1, "script", "the level is neither error nor warning")
    if not isinstance(header.get("parameters", {}), dict):
        yield Finding(path, 1, 1, "script", "the parameters are not a mapping", hint="-- parameters: {least: 2}")
