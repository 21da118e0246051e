# SPDX-License-Identifier: Apache-2.0
"""What may be asked of tables that hold what somebody said: it is never given without who says it.

Datasette lets a reader choose columns, count the values of one, and take a value as a file. Where what is said is
chosen, columns are added that say who says it and what answers it; by itself it is not given.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sourcebook.content.past import ATTRIBUTION, CHANGES, VALUES
from sourcebook.content.statements import ROLE, is_statement
from sourcebook.extract.site import Collection as Records
from sourcebook.extract.site import Field, Site
from sourcebook.site.allowed.parameters import Pairs, is_facet

_OF_VALUE = "_blob_column"  # by which Datasette gives a value as a file
_WHO = ("by", "knowledge", "in", "at")  # parts of a statement that say whose it is


@dataclass(frozen=True, slots=True)
class Said:
    """The columns of a table that hold what was said, and those that say who says it and what answers it.

    ``resting`` are columns that say by themselves what statements are the ground of.
    """

    words: tuple[str, ...]
    attribution: tuple[str, ...]
    resting: tuple[str, ...] = ()


_OF_CHANGES = {CHANGES: Said(VALUES, ATTRIBUTION)}


def said_in(site: Site | None) -> Mapping[str, Said]:
    """What was said in each table of a database, as far as ``site`` tells: of changes it is always so."""
    found = dict(_OF_CHANGES)
    for note in site.tables if site else ():
        if derived := tuple(one.name for one in note.columns if one.derived):
            rest = (one.name for one in note.columns if not one.derived and one.name not in note.key)
            found[note.name] = Said((), derived, tuple(rest))
    for one in site.collections if site else ():
        if is_statement(one):
            derived = found[one.table].attribution if one.table in found else ()
            who = tuple(name for part in _WHO for table, name in _columns(one, part) if table == one.table)
            for table, name in _columns(one, "text"):
                found[table] = Said((name,), (*who, *derived) if table == one.table else ())
    return found


def _columns(collection: Records, part: str) -> Iterator[tuple[str, str]]:
    """Where a part of statements stands: tables and their columns."""
    field = collection.field(collection.roles[ROLE].get(part, ""))
    return _places(collection.table, field) if field else iter(())


def _places(table: str, field: Field) -> Iterator[tuple[str, str]]:
    if field.column:
        yield table, field.column
    for one in field.fields:
        yield from _places(field.table or table, one)


def alone(said: Mapping[str, Said], table: str, pairs: Pairs) -> str:
    """What is wrong with parameters that would show what was said by itself; empty where nothing is."""
    words = {one.lower(): one for one in said[table].words} if table in said else {}
    for name, value in pairs if words else ():
        columns = _counted(value) if is_facet(name) else {value.lower()} if name == _OF_VALUE else set()
        if found := columns & words.keys():
            done = "given by itself" if name == _OF_VALUE else "counted"
            return (
                f"What {words[min(found)]} holds is not {done} here: it would stand without who says it and what "
                "answers it. The rows have both."
            )
    return ""


def _counted(value: str) -> set[str]:
    """The columns that a facet may be of, as SQLite understands their names: in small letters."""
    names = [value]
    if value.startswith("{"):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return set()
        names = [str(found.get(one)) for one in ("column", "simple")] if isinstance(found, dict) else []
    return {one.lower() for one in names}


def with_attribution(said: Mapping[str, Said], table: str, pairs: Pairs, columns: Collection[str]) -> Pairs:
    """Parameters by which columns of data are chosen, with those that say who says the values that are chosen.

    ``columns`` are those that the table has.
    """
    chosen = {value for name, value in pairs if name == "_col"}
    left = {value for name, value in pairs if name == "_nocol"}
    if table not in said or not (chosen | left):
        return pairs
    of = said[table]
    if (chosen or set(columns)).isdisjoint({*of.words, *of.resting} - left):
        return pairs
    kept = [pair for pair in pairs if pair[0] != "_nocol" or pair[1] not in of.attribution]
    more = [("_col", one) for one in of.attribution if chosen and one not in chosen and one in columns]
    return [*kept, *more]
