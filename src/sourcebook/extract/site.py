# SPDX-License-Identifier: Apache-2.0
"""What the pages of the site need to know of a book: ``site.json`` in a release, written at build time and read there.

It is made of the book and its plans alone. Names of tables and columns are those of the release's database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SITE = "site.json"
"""Name of the file in a release."""
PICTURES: Mapping[str, str] = {"map": "point", "timeline": "interval", "network": "edge"}
"""Pages of pictures, by their addresses: each with the role that a collection has where there is one."""


@dataclass(frozen=True, slots=True)
class Link:
    """A reference: the collection that it leads to, and the column that holds the key of the record meant there."""

    collection: str
    column: str


@dataclass(frozen=True, slots=True)
class Field:
    """A property as pages show it.

    ``kind`` is ``value`` (in ``column``, written as ``encoding`` says; a reference where it has ``to``), ``group`` (a
    mapping: its ``fields``), ``list`` or ``map`` (each row of ``table`` below the row at hand holds its ``fields``), or
    ``nested`` (rows of the same table within the row at hand).
    """

    kind: str
    path: str
    title: str
    description: str = ""
    column: str = ""
    encoding: str = ""
    format: str = ""
    to: tuple[Link, ...] = ()
    table: str = ""
    keyed: bool = False  # whether rows of the table have rows below them, and so a key of their own
    fields: tuple[Field, ...] = ()

    @property
    def single(self) -> Field | None:
        """The field of a list of single values; None where its items have several."""
        alone = self.kind in ("list", "map") and len(self.fields) == 1 and self.fields[0].column == "_value"
        return self.fields[0] if alone else None


@dataclass(frozen=True, slots=True)
class Backlink:
    """A reference that leads to a collection from ``collection``: the ``column`` of ``table`` holds the key.

    ``above`` are the tables from that one's parent up to the collection's own; empty where it is that itself.
    """

    collection: str
    path: str
    title: str
    table: str
    column: str
    above: tuple[str, ...] = ()
    beside: tuple[Field, ...] = ()  # the single values that stand with it in a list or a map


@dataclass(frozen=True, slots=True)
class Place:
    """Where values stand: a column of a collection's table, or of a table directly below it."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as pages show it. ``number`` is its number in the search index; ``key`` and ``label`` are columns.

    ``summary`` are paths of fields; ``hide`` those of fields that no page shows; where there are some, ``whole`` are
    all fields, in the schema's order, as downloads have them. ``roles`` are what the annotation ``role`` says: by the
    name of a role, the path of each property that plays a part in it; ``about`` the paths of what a statement is about.
    """

    name: str
    number: int
    title: str
    description: str
    address: str
    table: str
    key: str
    key_encoding: str
    order: str  # SQL to order rows by, as they were put in
    label: str
    fields: tuple[Field, ...]
    keyed_outside: bool = False  # whether the key stands outside of the record: its file's name, or the key of a map
    aliases: tuple[Place, ...] = ()
    summary: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    whole: tuple[Field, ...] = ()
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    anchors: Mapping[str, str] = field(default_factory=dict)  # of passages, by path, with that of what names the text
    backlinks: tuple[Backlink, ...] = ()

    def field(self, path: str) -> Field | None:
        """The field at ``path``, however deep in groups; brackets at its end are passed over."""
        return _find(self.fields, path.removesuffix("[]"))


def _find(among: Iterable[Field], path: str) -> Field | None:
    for one in among:
        if one.path == path:
            return one
        if one.kind == "group" and (found := _find(one.fields, path)):
            return found
    return None


@dataclass(frozen=True, slots=True)
class Question:
    """A query, or a panel of a collection's pages: its SQL, and what its header says of the columns it gives."""

    name: str
    title: str
    sql: str
    path: str  # of its file in the book
    description: str = ""
    link: Mapping[str, str] = field(default_factory=dict)  # by column, the collection whose keys it holds
    group: tuple[str, ...] = ()
    chart: Mapping[str, str] = field(default_factory=dict)
    order: int = 0
    defaults: Mapping[str, str] = field(default_factory=dict)  # of parameters, where a reader says nothing


@dataclass(frozen=True, slots=True)
class TableNote:
    """A table as the schema page shows it."""

    name: str
    title: str
    description: str
    collection: str
    parent: str
    key: tuple[str, ...]
    columns: tuple[ColumnNote, ...]
    searchable: bool = False


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """A column as the schema page shows it; ``to`` and ``to_column`` say what table's key it holds."""

    name: str
    type: str
    title: str = ""
    description: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    format: str = ""
    range: str = ""
    to: str = ""
    to_column: str = ""
    derived: bool = False  # whether it is made of other rows, and in no record


@dataclass(frozen=True, slots=True)
class Left:
    """A key that a record had: the key that stands for it now (``to``), or why it is ``gone``; ``on`` is a day."""

    on: str
    to: str = ""
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A book as its pages show it. ``about_book`` is what its descriptor says of it to readers, by property.

    ``moved`` are keys that records had and have no more, by collection and key: each with where it leads in the end.
    """

    name: str
    title: str
    database: str  # file name
    about_book: Mapping[str, Any]
    collections: tuple[Collection, ...]
    tables: tuple[TableNote, ...]
    questions: tuple[Question, ...] = ()
    views: tuple[Question, ...] = ()
    panels: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)
    moved: Mapping[str, Mapping[str, Left]] = field(default_factory=dict)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The pages of pictures that there are, of `PICTURES`."""
        return tuple(page for page, role in PICTURES.items() if any(role in one.roles for one in self.collections))

    @property
    def address(self) -> str:
        """Where the book says that its site is, ending in a slash; empty where it does not say."""
        address = str(self.about_book.get("site") or "")
        return f"{address.rstrip('/')}/" if address else ""

    def former(self, collection: str, key: str) -> tuple[str, ...]:
        """The keys that a record of a collection had before the ``key`` that it has."""
        return tuple(one for one, left in self.moved.get(collection, {}).items() if left.to == key)

    def collection(self, name: str) -> Collection:
        """The collection called ``name``. Raises KeyError where there is none."""
        for one in self.collections:
            if one.name == name:
                return one
        raise KeyError(name)


def title_of(name: str) -> str:
    """A property's name in words, where its schema gives no title: ``bornIn`` and ``born_in`` are ``Born in``."""
    words = re.sub(r"(?<=[a-z0-9])[A-Z](?=[a-z])", lambda found: f" {found[0].lower()}", name)
    words = re.sub(r"[_\-.\s]+", " ", words).strip()
    words = _ACRONYM.sub(lambda found: found[0].upper(), words)
    return words[:1].upper() + words[1:] if words else name


_ACRONYM = re.compile(r"(?<!\w)(?:api|cve|doi|id|ids|ip|isbn|issn|iso|orcid|pdf|rss|uri|url|urls|uuid)(?!\w)")


def site_of(data: Mapping[str, Any]) -> Site:
    """The `Site` that ``site.json`` holds. Raises KeyError, TypeError or ValueError where it is none."""
    return Site(
        name=data["name"],
        title=data["title"],
        database=data["database"],
        about_book=data.get("about_book", {}),
        collections=tuple(map(_collection_of, data.get("collections", ()))),
        tables=tuple(_note_of(one) for one in data.get("tables", ())),
        questions=tuple(map(_question_of, data.get("questions", ()))),
        views=tuple(map(_question_of, data.get("views", ()))),
        panels={name: tuple(map(_question_of, some)) for name, some in data.get("panels", {}).items()},
        moved={name: {key: Left(**left) for key, left in keys.items()} for name, keys in data.get("moved", {}).items()},
    )


def _collection_of(data: Mapping[str, Any]) -> Collection:
    return Collection(
        **{"description": "", **_tuples(data)}
        | {
            "fields": tuple(map(_field_of, data.get("fields", ()))),
            "whole": tuple(map(_field_of, data.get("whole", ()))),
            "aliases": tuple(Place(**one) for one in data.get("aliases", ())),
            "backlinks": tuple(map(_backlink_of, data.get("backlinks", ()))),
        }
    )


def _field_of(data: Mapping[str, Any]) -> Field:
    parts = {
        "to": tuple(Link(**one) for one in data.get("to", ())),
        "fields": tuple(map(_field_of, data.get("fields", ()))),
    }
    return Field(**{**data, "path": data.get("path", ""), "title": data.get("title", ""), **parts})


def _backlink_of(data: Mapping[str, Any]) -> Backlink:
    return Backlink(**_tuples(data) | {"beside": tuple(map(_field_of, data.get("beside", ())))})


def _question_of(data: Mapping[str, Any]) -> Question:
    return Question(**_tuples(data))


def _note_of(data: Mapping[str, Any]) -> TableNote:
    columns = tuple(ColumnNote(**_tuples(one)) for one in data["columns"])
    return TableNote(**{"description": "", "parent": "", "title": "", **_tuples(data), "columns": columns})


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
