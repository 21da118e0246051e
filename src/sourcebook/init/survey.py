# SPDX-License-Identifier: Apache-2.0
"""What lies in a folder that may become a book: data files and how each is built, JSON Schemas, and the rest."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sourcebook import files
from sourcebook.book import OWN_FOLDERS
from sourcebook.book.descriptor import collection_of
from sourcebook.finding import Finding
from sourcebook.init.structure import coherent
from sourcebook.parse import Limits, Parsed, not_read
from sourcebook.records.layout import parse_data, parse_file
from sourcebook.records.not_data import NOT_OURS, PAGE_ENDINGS, TESTS, may_be_data
from sourcebook.validation import addresses

# How a file is built: one mapping, many mappings by key, a list of mappings, a list of something else, many documents,
# a page with front matter.
Kind = Literal["mapping", "map", "list", "values", "documents", "page"]
_MANY = 10  # mappings, built alike, that one mapping holds by key

# Where the text of a page stands until its collection knows a name for it that no page uses.
BODY = "\0body"

_SCHEMA_ENDINGS = (".schema.json", ".schema.yaml", ".schema.yml")
_PAGE = collection_of(
    {"name": "pages", "sourcebook": {"records": "*", "layout": "front-matter", "body": BODY}}, ("resources", 0)
)

# Tables are no records of a book; their rows may become some.
_SHEETS = (".csv", ".tsv", ".xlsx", ".ods")
_A_SHEET = "a table, which is read only by `sourcebook import FILE --into COLLECTION`: that makes records of its rows"

# Files about a project, not of its data.
_ABOUT = files.matcher(
    f"**/{name}*" for name in ("CHANGELOG", "CONTRIBUTING", "CODE_OF_CONDUCT", "SECURITY", "AUTHORS", ".pre-commit")
)


@dataclass(frozen=True)
class Found:
    """A data file: its path in the folder, how it is built, and what it holds."""

    path: str
    kind: Kind
    parsed: Parsed

    @property
    def folder(self) -> str:
        """The folder it lies in; empty at the top."""
        return posixpath.dirname(self.path)

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        name, ending = posixpath.splitext(posixpath.basename(self.path))
        return name if ending else name.lstrip(".")

    @property
    def ending(self) -> str:
        """The ending of its name, with the dot."""
        return posixpath.splitext(self.path)[1]

    @property
    def value(self) -> Any:
        """What its first document holds."""
        return self.parsed.documents[0].value


class Bundle(Found):
    """A folder that stands for the file in it: ``path`` is the folder's."""

    @property
    def stem(self) -> str:
        """The folder's name."""
        return posixpath.basename(self.path)


@dataclass(frozen=True)
class Survey:
    """What a folder holds.

    ``schemas`` maps paths to parsed JSON Schemas; ``broken`` are data files that cannot be read, with the reason;
    ``others`` are the files that are no data, each with the reason where it could be taken for some.
    """

    root: Path
    found: tuple[Found, ...]
    schemas: Mapping[str, Any]
    broken: Mapping[str, Finding]
    others: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass
class _Sorting:
    found: list[Found] = field(default_factory=list)
    schemas: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, Finding] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def survey(root: Path) -> Survey:
    """Look at every file below ``root``. Raises OSError where the disk fails."""
    sorting = _Sorting()
    for path, odd in _files(root):
        reason = odd.message if odd else _passed_over(path)
        if reason is not None:
            sorting.others[path] = reason
            continue
        data, finding = files.read_bytes(root, path, Limits().bytes)
        if finding:
            sorting.broken[path] = finding
        elif path.lower().endswith(PAGE_ENDINGS):
            _sort_page(sorting, path, data)
        else:
            _sort_data(sorting, path, parse_data(data, path, Limits()))
    _sort_referred(sorting)
    return Survey(root, tuple(sorting.found), sorting.schemas, sorting.broken, sorting.others, tuple(sorting.notes))


def _files(root: Path) -> Iterator[tuple[str, Finding | None]]:
    """Every file that could be of interest, sorted by folder; not what git or Sourcebook made."""
    for path in sorted(root.iterdir()):
        name = path.name
        if path.is_symlink():
            yield name, Finding(name, 0, 0, "file-kind", "a symbolic link; links are not followed")
        elif path.is_file():
            yield name, None
        elif name not in NOT_OURS and (name not in OWN_FOLDERS or name == "schemas"):
            yield from files.walk(root, name)


def _passed_over(path: str) -> str | None:
    """Why a file is not looked into; None where it is, and the empty text where nobody would take it for data."""
    folders = path.split("/")[:-1]
    if near := not_read(path):
        return near.message
    if path.lower().endswith(_SHEETS) and not any(part.startswith(".") or part in NOT_OURS for part in path.split("/")):
        return _A_SHEET
    if not may_be_data(path, pages=True) or _ABOUT.fullmatch(path) or any(part in NOT_OURS for part in folders):
        return ""
    return "in a folder of tests" if folders and folders[0] in TESTS else None


def _sort_page(sorting: _Sorting, path: str, data: bytes) -> None:
    if not data.removeprefix(b"\xef\xbb\xbf").startswith(b"---"):
        sorting.others[path] = "a page without front matter"
        return
    parsed = parse_file(_PAGE, data, path, Limits())
    if parsed.findings:
        sorting.broken[path] = parsed.findings[0]
    elif parsed.documents and isinstance(parsed.documents[0].value, dict):
        sorting.found.append(Found(path, "page", parsed))
    else:
        sorting.others[path] = "a page whose front matter is no mapping"


def _sort_data(sorting: _Sorting, path: str, parsed: Parsed) -> None:
    if parsed.findings:
        sorting.broken[path] = parsed.findings[0]
        return
    values = [document.value for document in parsed.documents]
    if len(values) == 1 and _is_schema(path, values[0]):
        sorting.schemas[path] = values[0]
    elif path.startswith("schemas/"):
        sorting.others[path] = "in schemas/, but no JSON Schema"
    elif not values or values in ([None], [[]]):
        sorting.others[path] = "empty"
    elif kind := _kind(values):
        sorting.found.append(Found(path, kind, parsed))
    else:
        sorting.others[path] = "neither a mapping nor a list"


def _sort_referred(sorting: _Sorting) -> None:
    """What a ``$ref`` of a schema leads to is a schema too, though nothing in it says so."""
    by_path = {one.path: one for one in sorting.found if isinstance(one.value, dict)}
    named = [(path, one.value) for path, one in by_path.items() if isinstance(one.value.get("$id"), str)]
    named += sorting.schemas.items()
    published = {addresses.normal(addresses.own(path, value)): path for path, value in named}
    waiting = list(sorting.schemas)
    while waiting:
        path = waiting.pop()
        asked = addresses.references_in(path, sorting.schemas[path])
        for other in (other for uri in asked for other in addresses.beside(uri, published)):
            if other in by_path and other not in sorting.schemas:
                sorting.schemas[other] = by_path[other].value
                waiting.append(other)
    sorting.found = [one for one in sorting.found if one.path not in sorting.schemas]


def _is_schema(path: str, value: Any) -> bool:
    """Whether a file is a JSON Schema: its name says so, or it names a dialect of JSON Schema."""
    if not isinstance(value, dict):
        return False
    dialect = value.get("$schema")
    return path.endswith(_SCHEMA_ENDINGS) or (isinstance(dialect, str) and "json-schema.org" in dialect)


def _kind(values: list[Any]) -> Kind | None:
    if len(values) > 1:
        return "documents" if all(isinstance(value, dict) for value in values) else None
    if isinstance(values[0], dict):
        inner = list(values[0].values())
        by_key = len(inner) >= _MANY and all(isinstance(item, dict) for item in inner) and coherent(inner)
        return "map" if by_key else "mapping"
    if isinstance(values[0], list):
        return "list" if all(isinstance(item, dict) for item in values[0]) else "values"
    return None
