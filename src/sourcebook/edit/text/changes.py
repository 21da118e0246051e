# SPDX-License-Identifier: Apache-2.0
"""What may be done to the documents of a file. All paths are those of the file as it is before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.parse import Path


@dataclass(frozen=True, slots=True)
class Put:
    """Set the value at ``at``. A property that is not there is added, with those above it.

    It stands before the property named ``before``, if given; else where the order of properties puts it.
    """

    document: int
    at: Path
    value: Any
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Take out a property, or an item of a list, with the comments on the lines right above it."""

    document: int
    at: Path


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the property at ``at`` another name, at its place."""

    document: int
    at: Path
    name: str


@dataclass(frozen=True, slots=True)
class Insert:
    """Put an item into the list at ``at``, before the one that has the number ``index``, or at its end."""

    document: int
    at: Path
    index: int
    value: Any


@dataclass(frozen=True, slots=True)
class Add:
    """Add a whole record as the layout has it: a document, an item, an entry of a map (named ``key``), a line."""

    value: Any
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """Take out the whole record at ``at``, as the layout has it."""

    document: int
    at: Path


Change = Put | Remove | Rename | Insert | Add | Drop
Order = Callable[[Path], Sequence[str]] | Mapping[Path, Sequence[str]]
"""The names of properties in the order in which they are to stand, by the path of the mapping that holds them."""


def names(order: Order | None, path: Path) -> Sequence[str]:
    """The order of the properties of the mapping at ``path``; empty where none is given."""
    if order is None:
        return ()
    return order.get(path, ()) if isinstance(order, Mapping) else order(path)
