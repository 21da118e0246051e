# SPDX-License-Identifier: Apache-2.0
"""References: which record each one means.

A reference may be written by any unique field of its target; the column holds the target's primary key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Target, is_several
from sourcebook.tables.model import Column, Plan, Table
from sourcebook.tables.reference_paths import Reference, references, written, written_in
from sourcebook.tables.whole_book import Plans


@dataclass(frozen=True, slots=True)
class Kind:
    """References of a collection's records that may lead to the same, wherever they stand; without ``targets``, those
    of which it cannot be told where they lead.
    """

    collection: str
    targets: tuple[Target, ...]


def targets_of(plan: Plan) -> tuple[Target, ...]:
    """Everything that references in records of ``plan`` may lead to."""
    held = [target for one in references(plan) for target in one.targets]
    return tuple(dict.fromkeys((*held, *(plan.judged.targets if plan.judged else ()))))


class Index:
    """The fields that references are written by: from a field's value to the key of the records that have it."""

    def __init__(self, plans: Plans) -> None:
        wanted = dict.fromkeys(target for plan in plans.values() for target in targets_of(plan))
        self._keys: dict[Target, dict[Any, str | int]] = {target: {} for target in wanted}
        self._more: dict[
            tuple[Target, Any], list[str | int]
        ] = {}  # where a value is not unique, the keys but the first
        self._withheld: dict[Target, set[Any]] = {}  # by which records are written that are not public
        self._targets: dict[str, list[Target]] = {}
        for target in sorted(wanted, key=lambda target: target.field):  # the key's own, which has no field, first
            self._targets.setdefault(target.collection, []).append(target)

    def fields(self, collection: str) -> list[str]:
        """The properties, other than the key, by which records of ``collection`` may be referred to."""
        return [target.field for target in self._targets.get(collection, ()) if target.field]

    def add(self, collection: str, keys: Sequence[str | int], fields: Sequence[Sequence[Any]]) -> None:
        """Add records by their keys: ``fields`` are their values of each of the `fields`.

        The value is None where a record has none, and a list where it may have several.
        """
        given = iter(fields)
        for target in self._targets.get(collection, ()):
            known, values, meant = self._keys[target], next(given) if target.field else keys, keys
            if target.as_text or is_several(target.field):
                values, meant = _spread(values, keys, as_text=target.as_text)
            for value, key in zip(values, meant, strict=True):
                if value is not None and known.setdefault(value, key) != key:
                    self._more.setdefault((target, value), []).append(key)

    def keys(self, target: Target, value: Any) -> list[str | int]:
        """Keys of the records that ``value`` means: none where it dangles, several where it is not unique."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            return []
        value = str(value) if target.as_text else value
        first = self._keys[target].get(value)
        return [] if first is None else [first, *dict.fromkeys(self._more.get((target, value), ()))]

    def key(self, target: Target, value: Any) -> str | int | None:
        """Key of the first record that ``value``, a single value, means; None where it dangles."""
        if isinstance(value, float) or value is None:
            return None
        return self._keys[target].get(str(value) if target.as_text else value)

    def meant(self, targets: Sequence[Target], value: Any) -> list[tuple[str, str | int]]:
        """The records that ``value`` means by one of ``targets``, each once: their collections and keys."""
        if len(targets) == 1:
            return [(targets[0].collection, key) for key in self.keys(targets[0], value)]
        found = ((target.collection, key) for target in targets for key in self.keys(target, value))
        return list(dict.fromkeys(found))

    def withhold(self, collection: str, keys: Sequence[str | int], fields: Sequence[Sequence[Any]]) -> None:
        """Add records that are not public, as with ``add``: no reference means them, and it is known that it might."""
        given = iter(fields)
        for target in self._targets.get(collection, ()):
            values = next(given) if target.field else keys
            single = (one for value in values for one in (value if isinstance(value, list) else [value]))
            self._withheld.setdefault(target, set()).update(
                str(one) if target.as_text else one for one in single if one is not None
            )

    def withholds(self, targets: Sequence[Target], value: Any) -> bool:
        """Whether ``value`` is one by which a record is written that is not public."""
        if not self._withheld or isinstance(value, bool) or not isinstance(value, str | int):
            return False
        return any((str(value) if one.as_text else value) in self._withheld.get(one, ()) for one in targets)

    def known(self, target: Target) -> list[Any]:
        """Every value that a reference to ``target`` may have."""
        return list(self._keys[target])


def _spread(values: Sequence[Any], keys: Sequence[str | int], *, as_text: bool) -> tuple[list[Any], list[str | int]]:
    """Values, of which a list is several of one record, one by one, with the key of each."""
    listed = (value if isinstance(value, list) else [value] for value in values)
    pairs = [(one, key) for several, key in zip(listed, keys, strict=True) for one in several]
    names = [str(one) if as_text and one is not None else one for one, _ in pairs]
    return names, [key for _, key in pairs]


def has_links(table: Table) -> bool:
    """Whether `linked` changes rows of ``table``: records are referred to by another field than their key, or by one of
    several tables.
    """
    return any(c.targets or (c.foreign and c.foreign.field and c.role in _WRITTEN) for c in table.columns)


_WRITTEN = ("property", "value", "key", "name")  # roles of columns that hold what records write


def linked(table: Table, values: list[Any], index: Index) -> list[Any]:
    """Rows of ``table``, one after the other, with the keys of the records that references mean; changed in place."""
    width = len(table.columns)
    for position, column in enumerate(table.columns):
        if column.role not in _WRITTEN or not (column.targets or (column.foreign and column.foreign.field)):
            continue
        if column.foreign and column.foreign.field:
            meant = ((value, index.key(column.foreign, value)) for value in values[position::width])
            values[position::width] = [value if key is None else key for value, key in meant]
        for offset, collection in enumerate(column.collections, start=1):
            beside = slice(position + offset, None, width)
            if column.conditional:
                values[beside] = [_by_record(column, one, index) for one in values[beside]]
            else:
                targets = [target for target in column.targets if target.collection == collection]
                values[beside] = [_first(targets, value, index) for value in values[position::width]]
    return values


def _first(targets: Sequence[Target], value: Any, index: Index) -> str | int | None:
    return next((key for target in targets if (key := index.key(target, value)) is not None), None)


def _by_record(column: Column, noted: tuple[Any, ...] | None, index: Index) -> str | int | None:
    """The key of what a record says that a reference means: what is written, and the numbers of its targets."""
    return _first([column.targets[number] for number in noted[1:]], noted[0], index) if noted else None


__all__ = [
    "Index",
    "Kind",
    "Reference",
    "has_links",
    "linked",
    "references",
    "targets_of",
    "written",
    "written_in",
]
