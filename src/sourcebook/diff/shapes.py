# SPDX-License-Identifier: Apache-2.0
"""The tables of two sides: what changed, and which changes break who reads the database by what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sourcebook.diff.alignment import as_text
from sourcebook.diff.model import TableChange

if TYPE_CHECKING:
    from sourcebook.tables import Plan

Fields = Mapping[str, Mapping[str, Any]]
Tables = Mapping[str, Fields]
"""Columns by table and name: ``type`` as SQLite has it; where they are known, ``choices``, ``path``, ``encoding`` (how
values are written), ``field`` (the type in a Table Schema), ``to`` (the table that a key leads to), ``required`` (as a
plan has it) and ``never_empty`` (as a Table Schema does)."""


def tables_of(plans: Iterable[Plan]) -> dict[str, dict[str, dict[str, Any]]]:
    """The tables of plans as they are compared."""
    return {
        table.name: {
            column.name: {
                "type": column.type,
                "encoding": column.encoding,
                "path": column.path,
                "choices": tuple(column.note.choices) if not (column.exempt or column.note.sometimes) else (),
                "to": column.foreign.collection if column.foreign else "",
                "required": column.filled or column.name in table.primary_key,
            }
            for column in table.published
        }
        for plan in plans
        for table in plan.tables
    }


def changes_of_tables(old: Tables, new: Tables) -> list[TableChange]:
    """What changed, what breaks readers first."""
    found: list[TableChange] = []
    lost = [name for name in old if name not in new]
    fresh = [name for name in new if name not in old]
    renamed: dict[str, str] = {}
    for name in lost:
        other = _renamed(name, renamed, [n for n in lost if n not in renamed], fresh, old, new)
        if not other:
            words = f"the table {name} is no more"
            found.append(TableChange(True, "table-removed", name, "", list(old[name]), None, words))
            continue
        renamed[name] = other
        fresh.remove(other)
        words = f"the table {name} is called {other} now"
        found.append(TableChange(True, "table-renamed", name, "", name, other, words))
        found += _columns(other, old[name], new[other])
    for name in fresh:
        found.append(TableChange(False, "table-added", name, "", None, list(new[name]), f"the table {name} is new"))
    for name in old:
        if name in new:
            found += _columns(name, old[name], new[name])
    return sorted(found, key=lambda one: not one.breaks)


def _renamed(
    name: str, renamed: Mapping[str, str], lost: Sequence[str], fresh: Sequence[str], old: Tables, new: Tables
) -> str:
    """What a table is called now: as the one above it is, or the only new one that is made as it; or the empty text."""
    for before, after in renamed.items():
        if name.startswith(f"{before}_") and (other := after + name.removeprefix(before)) in fresh:
            return other
    made = _made(old[name])
    alike = [other for other in fresh if _made(new[other]) == made]
    alone = sum(_made(old[other]) == made for other in lost) == 1
    return alike[0] if alone and len(alike) == 1 else ""


def _made(fields: Fields) -> list[tuple[str, str]]:
    return [(name, column["type"]) for name, column in fields.items()]


def changes_of_views(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[TableChange]:
    """What became of views, by name: each with what tells whether it is the same."""
    for name in old:
        if name not in new:
            yield TableChange(True, "view-removed", name, "", None, None, f"the view {name} is no more")
        elif old[name] != new[name]:
            words = f"the view {name} is made otherwise: what it gives may differ"
            yield TableChange(False, "view-changed", name, "", None, None, words)
    for name in new:
        if name not in old:
            yield TableChange(False, "view-added", name, "", None, None, f"the view {name} is new")


def _columns(table: str, old: Fields, new: Fields) -> Iterator[TableChange]:
    fresh = [name for name in new if name not in old]
    for name, column in old.items():
        if name in new:
            yield from _column(table, name, column, new[name])
            continue
        path = column.get("path")
        other = next((one for one in fresh if path and new[one].get("path") == path), None)
        if other is None:
            words = f"the column {table}.{name} is no more"
            yield TableChange(True, "column-removed", table, name, column["type"], None, words)
        else:
            fresh.remove(other)
            words = f"the column {table}.{name} is called {other} now"
            yield TableChange(True, "column-renamed", table, name, name, other, words)
            yield from _column(table, other, column, new[other])
    for name in fresh:
        words = f"the column {table}.{name} is new"
        yield TableChange(False, "column-added", table, name, None, new[name]["type"], words)


def _column(table: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[TableChange]:
    spot = f"{table}.{name}"
    one, other = _type(old, new)
    if one != other:
        words = f"the column {spot} is {_spoken(other)} now, and was {_spoken(one)}"
        yield TableChange(True, "column-retyped", table, name, one, other, words)
    if "to" in old and "to" in new and old["to"] != new["to"]:
        words = f"the column {spot} leads to {new['to'] or 'no table'} now, and led to {old['to'] or 'none'}"
        yield TableChange(bool(old["to"]), "column-leads-elsewhere", table, name, old["to"], new["to"], words)
    if "choices" in old and "choices" in new:
        yield from _choices(table, name, old["choices"], new["choices"])
    for part in ("required", "never_empty"):  # as a plan has it, and as a Table Schema does
        if part in old and part in new and old[part] != new[part]:
            kind = "column-optional" if old[part] else "column-required"
            words = f"the column {spot} {'may be NULL now' if old[part] else 'is never NULL now'}"
            yield TableChange(bool(old[part]), kind, table, name, old[part], new[part], words)


def _type(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, str]:
    """The types of a column as far as both sides tell them: how values are written, as a schema says, or in SQLite."""
    known = next(part for part in ("encoding", "field", "type") if part in old and part in new)
    return str(old[known]), str(new[known])


def _spoken(kind: str) -> str:
    return {"json": "JSON", "any": "text of any single value"}.get(kind, kind)


def _choices(table: str, name: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[TableChange]:
    one, other = {as_text(value): value for value in old}, {as_text(value): value for value in new}
    if one.keys() == other.keys():
        return
    lost = [value for text, value in one.items() if text not in other]
    more = [value for text, value in other.items() if text not in one]
    spot = f"{table}.{name}"
    listed = ", ".join(map(str, lost))
    if not new:
        yield TableChange(False, "enum-lifted", table, name, list(old), [], f"the column {spot} may be anything now")
    elif not old:
        words = f"the column {spot} may only be one of {', '.join(map(str, new))} now"
        yield TableChange(True, "enum-narrowed", table, name, [], list(new), words)
    elif lost:
        words = f"the column {spot} may not be {listed} any more"
        yield TableChange(True, "enum-narrowed", table, name, list(old), list(new), words)
    if old and new and more:
        words = f"the column {spot} may be {', '.join(map(str, more))} too"
        yield TableChange(False, "enum-widened", table, name, list(old), list(new), words)
