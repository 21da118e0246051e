# SPDX-License-Identifier: Apache-2.0
"""What a repair of a record is: a value put, or a property renamed; how sure it is, and in which words it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sourcebook.edit.selecting import shown_value, written_path
from sourcebook.finding import Finding
from sourcebook.parse import Path
from sourcebook.records.model import Record


@dataclass(frozen=True, slots=True)
class Mending:
    """One change of a record: ``value`` at ``path``; or, with a ``name``, that name for the property at ``path``.

    It is ``certain`` where nothing else can be meant, else only likely; ``why`` says what it rests on.
    """

    path: Path
    value: Any = None
    name: str | None = None
    certain: bool = True
    why: str = ""

    def applied(self, record: Any) -> Any:
        """The value of a record with the change in it; the one that is given stays as it is."""
        return _changed(record, self.path, self)

    def said(self, record: Any) -> str:
        """``season: "earl" to "early"``."""
        path = written_path(self.path)
        if self.name is not None:
            return f"{path} to {written_path((*self.path[:-1], self.name))}"
        return f"{path}: {shown_value(at(record, self.path))} to {shown_value(self.value)}"


def at(value: Any, path: Path) -> Any:
    """The value at a path."""
    for step in path:
        value = value[step]
    return value


def _changed(value: Any, path: Path, mending: Mending) -> Any:
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        assert isinstance(step, int)
        inner = _changed(value[step], rest, mending) if rest else mending.value
        return [*value[:step], inner, *value[step + 1 :]]
    if rest:
        return {**value, step: _changed(value[step], rest, mending)}
    if mending.name is None:
        return {**value, step: mending.value}
    return {mending.name if key == step else key: one for key, one in value.items()}


@dataclass(frozen=True, slots=True)
class Case:
    """A finding about a record, with what may mend it, the surest first; ``why`` says why nothing can, where none."""

    finding: Finding
    record: Record | None = None
    mendings: tuple[Mending, ...] = ()
    why: str = ""


def surest(mendings: Iterator[Mending]) -> tuple[Mending, ...]:
    """The certain ones first, each change once."""
    found: list[Mending] = []
    for one in sorted(mendings, key=lambda mending: not mending.certain):
        same = (other for other in found if (other.path, other.name) == (one.path, one.name))
        if not any(type(other.value) is type(one.value) and other.value == one.value for other in same):
            found.append(one)
    return tuple(found)
