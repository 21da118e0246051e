# SPDX-License-Identifier: Apache-2.0
"""References: which record each one means.

A reference may be written by any unique field of its target; the column holds the target's primary key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.book import Target, look_up, steps
from sourcebook.parse import Path
from sourcebook.read import Record
from sourcebook.tables.plan import Column, Plan
from sourcebook.tables.plans import Plans


@dataclass(frozen=True, slots=True)
class Reference:
    """One place in a collection's records where a reference is written."""

    collection: str
    path: str
    steps: tuple[str, ...]
    targets: tuple[Target, ...]
    within: tuple[int, tuple[str, ...]] | None = (
        None  # of a table linked to itself: where, and by which steps, it nests
    )


def references(plan: Plan) -> list[Reference]:
    """The references that the records of ``plan`` may hold."""
    nests = []
    for table in plan.tables:
        top = steps(table.path)
        inner = [steps(column.path)[len(top) :] for column in table.columns if column.role == "within"]
        nests += [(top, (len(top), (*way, "[]"))) for way in inner]
    found = []
    for table in plan.tables:
        for column in table.columns:
            targets = column.targets or ((column.foreign,) if column.foreign else ())
            if targets and column.role in ("property", "value", "key"):
                path = steps(column.path)
                within = next((nest for top, nest in nests if path[: len(top)] == top), None)
                found.append(Reference(plan.collection, column.path, path, targets, within))
    return found


def written(value: Any, steps: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every reference written in a record at ``steps``, with its path; null is none."""
    if not steps:
        if value is not None:
            yield path, value
        return
    step, rest = steps[0], steps[1:]
    if step == "[]" and not isinstance(value, list):  # one thing where a list of such may stand too
        yield from written(value, rest, path)
    elif step in ("[]", "{}"):
        entries = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
        for key, item in entries:
            yield from written(item, rest, (*path, key))
    elif isinstance(value, dict) and step in value:
        yield from written(value[step], rest, (*path, step))


def written_in(record: Any, reference: Reference) -> Iterator[tuple[Path, Any]]:
    """Every place in a record where ``reference`` is written, however deep the record nests in itself."""
    if reference.within is None:
        yield from written(record, reference.steps)
        return
    top, nests = reference.within
    waiting = list(written(record, reference.steps[:top]))
    while waiting:
        path, item = waiting.pop(0)
        yield from written(item, reference.steps[top:], path)
        waiting += written(item, nests, path)


class Index:
    """The fields that references are written by: from a field's value to the key of the records that have it."""

    def __init__(self, plans: Plans, records: Iterable[Record]) -> None:
        wanted = {target for plan in plans.values() for r in references(plan) for target in r.targets}
        self._keys: dict[Target, dict[Any, list[str | int]]] = {target: {} for target in wanted}
        by_collection: dict[str, list[Target]] = {}
        for target in wanted:
            by_collection.setdefault(target.collection, []).append(target)
        for record in records:
            for target in by_collection.get(record.collection, ()):
                value = _field(record, target.field)
                if isinstance(value, str | int):
                    self._keys[target].setdefault(value, []).append(record.key)

    def keys(self, target: Target, value: Any) -> list[str | int]:
        """Keys of the records that ``value`` means: none where it dangles, several where it is not unique."""
        whole = isinstance(value, str | int) and not isinstance(value, bool)
        return self._keys[target].get(value, []) if whole else []

    def known(self, target: Target) -> list[Any]:
        """Every value that a reference to ``target`` may have."""
        return list(self._keys[target])


def _field(record: Record, field: str) -> Any:
    try:
        return look_up(record.value, steps(field)) if field else record.key
    except KeyError:
        return None


def resolved(column: Column, value: Any, index: Index) -> Any:
    """What the column of a single-target reference holds: the key of the record meant; as written where it dangles."""
    assert column.foreign is not None
    keys = index.keys(column.foreign, value)
    return keys[0] if keys else value
