# SPDX-License-Identifier: Apache-2.0
"""The columns of a flat table: what stands in each of them of a record that was read, and how that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sourcebook.book.paths import look_up, steps
from sourcebook.content.labels import Labels, Reference
from sourcebook.content.statements import ROLE, Statement, attributed
from sourcebook.content.values import exact
from sourcebook.exact import dumps
from sourcebook.export import cell_text
from sourcebook.export.site import Collection, Field


@dataclass
class Some:
    """A few records, with all that their rows are made of, by their keys."""

    labels: Labels
    collection: Collection
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    below: Mapping[str, Mapping[str, list[Mapping[str, Any]]]] = field(default_factory=dict)  # by table
    documents: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    said: Mapping[str, Statement] = field(default_factory=dict)


Cells = Callable[[Some, str], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that are made together. Until labels are fetched a cell may be a reference, a call, or a list of such."""

    names: tuple[str, ...]
    cells: Cells


def name_of(one: Field) -> str:
    """The column of a list, or of what is written as JSON: its path, as that of a column is made of one."""
    return "_".join(steps(one.path)) or ("entries" if one.kind == "map" else "items")


def names_of(one: Field, name: str) -> tuple[str, ...]:
    """The columns of a value: of a reference that may lead to several collections, also to which it does."""
    if not one.to:
        return (name,)
    return (name, f"{name}_collection", f"{name}_label") if len(one.to) > 1 else (name, f"{name}_label")


def value_cells(some: Some, one: Field, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The cells of a single value in one row of a table, as `names_of` calls them."""
    if not one.to:
        return (row[one.column],)
    for link in one.to:
        if row[link.column] is not None:
            meant = some.labels.reference(link.collection, row[link.column])
            return (row[link.column], link.collection, meant) if len(one.to) > 1 else (row[link.column], meant)
    return (row[one.column], *[None] * (len(names_of(one, "")) - 1))  # a text that is no reference


def list_cells(some: Some, one: Field, inner: Field, key: str) -> tuple[list[Any], ...]:
    """The cells of a list of single values, whose fields are ``inner``."""
    rows = [value_cells(some, inner, row) for row in some.below[one.table].get(key, ())]
    return tuple(list(cells) for cells in zip(*rows, strict=True)) if rows else ([],) * len(names_of(inner, ""))


def as_json(document: Any, path: tuple[str, ...]) -> str | None:
    """What stands at a path of a document, as JSON; None where there is nothing."""
    with suppress(KeyError):
        found = look_up(document, path)
        return None if found is None else dumps(found)
    return None


# --- statements -------------------------------------------------------------------------------------------------------

_ANSWERED = {"denies": "denied_by", "contradicts": "contradicted_by", "later": "replaced_by"}
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
            yield Part((unique,), partial(_of_statement, text))
    for kind, name in _ANSWERED.items():
        if kind in ways:
            names = (name, f"{name}_text")
            yield Part(tuple(f"statement_{one}" if one in taken else one for one in names), partial(_answers, kind))


def _of_statement(text: Callable[[Statement], str], some: Some, key: str) -> tuple[Any]:
    return (partial(text, some.said[key]),)


def _answers(kind: str, of: Some, key: str) -> tuple[list[str], list[Any]]:
    """The keys of the statements that answer one in a way, and what they say."""
    answers = of.said[key].answers
    found = [other for some in answers if some.kind == kind and not some.forward for other in some.statements]
    return [other.key for other in found], [partial(attributed, other) for other in found]


def _texts(values: Iterable[Any]) -> str:
    return joined([written(one) if isinstance(one, Reference) else one.text for one in values])


# --- cells ------------------------------------------------------------------------------------------------------------


def written(cell: Any) -> Any:
    """A cell as it is written, once labels are fetched: a text, a number or None."""
    if isinstance(cell, list):
        return joined([written(one) for one in cell])
    if callable(cell):  # what needs labels
        return cell()
    if isinstance(cell, Reference):
        return attributed(cell.told) if cell.told else cell.whole
    return cell


def joined(values: Sequence[Any]) -> str:
    """Single values in one cell: ``a; b``.

    One that could be taken for two, or for none, is in quotes as in a CSV: ``"a; b"; ""``. One that is missing is
    ``null``, and the text of these letters is in quotes.
    """
    return "; ".join(map(_quoted, values))


def _quoted(value: Any) -> str:
    if value is None:
        return "null"
    text = cell_text(value)
    odd = text in ("", "null") or text != text.strip() or any(letter in text for letter in ';"\r\n')
    return '"' + text.replace('"', '""') + '"' if odd else text
