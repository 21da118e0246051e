# SPDX-License-Identifier: Apache-2.0
"""The columns of a flat table: what stands in each of them of records that were read, and how that is written.

A column is made of many records at a time, since a call a cell would cost more than all else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from sourcebook.book import ANSWER_KINDS
from sourcebook.book.paths import look_up, steps
from sourcebook.content.flat.references import References
from sourcebook.content.labels import Reference
from sourcebook.content.statements import ROLE, Statement, attributed
from sourcebook.content.values import exact
from sourcebook.exact import dumps, loads
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection, Field

Cells = Sequence[Any]
"""A cell for each of some records: a text, a number or None."""

Column = Callable[[], Cells]
"""The cells of a column; to be called once labels are fetched."""


@dataclass
class Below:
    """The rows of a list below some records, as columns: those of one record after those of another.

    ``ends`` are, of each record, the number of the row after its last one.
    """

    ends: Sequence[int]
    columns: Mapping[str, Cells]


@dataclass
class Some:
    """A few records, in order, with all that their rows are made of."""

    references: References
    keys: Sequence[str]
    own: Mapping[str, Cells] = field(default_factory=dict)  # by column
    json: Mapping[str, Cells] = field(default_factory=dict)  # by the SQL that reads it of documents
    below: Mapping[str, Below] = field(default_factory=dict)  # by table
    paths: Sequence[str] = ()
    lines: Sequence[int] = ()
    said: Mapping[str, Statement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that are made together: called with some records, ``columns`` asks for labels and gives one a name.

    ``path`` is that of the property, where the first is a single value.
    """

    names: tuple[str, ...]
    columns: Callable[[Some], Sequence[Column]]
    path: str = ""


def name_of(one: Field) -> str:
    """The column of a list, or of what is written as JSON: its path, as that of a column is made of one."""
    return "_".join(steps(one.path)) or ("entries" if one.kind == "map" else "items")


def names_of(one: Field, name: str) -> tuple[str, ...]:
    """The columns of a value: of a reference that may lead to several collections, also to which it does."""
    if not one.to:
        return (name,)
    return (name, f"{name}_collection", f"{name}_label") if len(one.to) > 1 else (name, f"{name}_label")


def read_of(one: Field) -> tuple[str, ...]:
    """The columns of a table that the columns of a value are made of."""
    return tuple(dict.fromkeys((one.column, *(link.column for link in one.to))))


def value_columns(references: References, one: Field, rows: Mapping[str, Cells]) -> Sequence[Column]:
    """The columns of a single value in rows of a table, as `names_of` calls them."""
    written = rows[one.column]
    if not one.to:
        return [lambda: written]
    cells = list(written)  # where it is a text that is no reference
    led: list[str | None] = [None] * len(cells)  # the collection that it leads to
    for link in one.to:
        for number, key in enumerate(rows[link.column]):
            if key is not None and led[number] is None:
                cells[number], led[number] = key, link.collection
    references.want(led, cells)
    names: list[Column] = [lambda: led] if len(one.to) > 1 else []
    return [lambda: cells, *names, lambda: references.texts(led, cells)]


def list_columns(some: Some, one: Field, inner: Field) -> Sequence[Column]:
    """The columns of a list of single values, whose fields are ``inner``."""
    below = some.below[one.table]
    made = value_columns(some.references, inner, below.columns)
    return [partial(_joined_by_record, below, column) for column in made]


def _joined_by_record(below: Below, column: Column) -> Cells:
    values = list(map(_quoted, column()))
    ends = below.ends
    return ["; ".join(values[begin:end]) for begin, end in zip([0, *ends], ends, strict=False)]


def derived_columns(some: Some, table: str, names: Sequence[str]) -> Sequence[Column]:
    """What is derived of the rows of a list: by record, each text once."""
    below = some.below[table]
    return [partial(_once_by_record, below, below.columns[name]) for name in names]


def _once_by_record(below: Below, cells: Cells) -> Cells:
    ends = below.ends
    return [
        " ".join(dict.fromkeys(filter(None, cells[begin:end]))) for begin, end in zip([0, *ends], ends, strict=False)
    ]


def json_sql(path: tuple[str, ...]) -> str:
    """SQL for what stands at a path of a document, as JSON, or for the whole document where SQLite has no such path."""
    if any(_NO_LABEL.search(name) for name in path):
        return DOCUMENT
    inner = "".join(f'."{name}"' for name in path).replace("'", "''")
    return f"nullif({DOCUMENT} -> '${inner}', 'null')"  # letter for letter as it stands there


DOCUMENT = "one.document"
_NO_LABEL = re.compile(r'["\\\x00-\x1f]|^$')


def json_column(some: Some, path: tuple[str, ...]) -> Cells:
    """What stands at a path of documents, as JSON; None where there is nothing."""
    sql = json_sql(path)
    return some.json[sql] if sql != DOCUMENT else [_json_at(loads(document), path) for document in some.json[sql]]


def _json_at(document: Any, path: tuple[str, ...]) -> str | None:
    try:
        found = look_up(document, path)
    except KeyError:
        return None
    return None if found is None else dumps(found)


# --- statements -------------------------------------------------------------------------------------------------------

_ATTRIBUTED: Mapping[str, tuple[str, Callable[[Statement], str]]] = {
    "said_by": ("by", lambda one: _texts(one.by)),
    "on_knowledge_of": ("knowledge", lambda one: _texts(one.knowledge)),
    "published_in": ("in", lambda one: _texts(one.published_in)),
    "published_at": ("", lambda one: one.published_at),
    "said_where": ("at", lambda one: one.at),
    "said_on": ("on", lambda one: exact(one.on) if one.on else ""),
    "hedge": ("hedge", lambda one: one.hedge),
}


def statement_parts(collection: Collection, taken: set[str], ways: set[str]) -> Iterator[Part]:
    """Who says it, where it was published, with which reservation; and what answers it, in the ``ways`` it may be."""
    role = collection.roles[ROLE]
    for name, (part, text) in _ATTRIBUTED.items():
        found = collection.field(role[part]) if part in role else None
        if name in taken and found and found.column == name:
            continue  # the field itself says it
        if part in role or not part:
            unique = f"statement_{name}" if name in taken else name
            yield Part((unique,), partial(_of_statements, text))
    for kind in ANSWER_KINDS:
        if kind.part in ways:
            names = (kind.column, f"{kind.column}_text")
            each = tuple(f"statement_{one}" if one in taken else one for one in names)
            yield Part(each, partial(_answers, kind.part))


def _of_statements(text: Callable[[Statement], str], some: Some) -> Sequence[Column]:
    return [lambda: [text(some.said[key]) for key in some.keys]]


def _answers(kind: str, of: Some) -> Sequence[Column]:
    """The keys of the statements that answer one in a way, and what they say."""
    found = [
        [other for some in of.said[key].answers if some.kind == kind and not some.forward for other in some.statements]
        for key in of.keys
    ]
    return [
        lambda: [joined([other.key for other in answers]) for answers in found],
        lambda: [joined([attributed(other) for other in answers]) for answers in found],
    ]


def _texts(values: Iterable[Any]) -> str:
    return joined([_text(one) if isinstance(one, Reference) else one.text for one in values])


def _text(one: Reference) -> str:
    return attributed(one.told) if one.told else one.whole


# --- cells ------------------------------------------------------------------------------------------------------------


def joined(values: Sequence[Any]) -> str:
    """Single values in one cell: ``a; b``.

    One that could be taken for two, or for none, is in quotes as in a CSV: ``"a; b"; ""``. One that is missing is
    ``null``, and the text of these letters is in quotes.
    """
    return "; ".join(map(_quoted, values))


_PLAIN = re.compile(r'[^\s;"](?:[^;"\r\n]*[^\s;"])?')


@lru_cache(20_000, typed=True)
def _quoted(value: Any) -> str:
    if value is None:
        return "null"
    text = cell_text(value)
    return text if _PLAIN.fullmatch(text) and text != "null" else '"' + text.replace('"', '""') + '"'
