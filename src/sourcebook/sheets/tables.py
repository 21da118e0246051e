# SPDX-License-Identifier: Apache-2.0
"""What was read of a spreadsheet, whatever its kind: pages of rows, and the cells that are not what they seem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Page:
    """One sheet: its rows from the first on, and by row and column, from 0, why a cell is not taken."""

    name: str
    rows: Iterable[list[Any]]
    odd: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """A spreadsheet. ``ignored`` is what in it is not looked at; it is ``typed`` where a number is not a text."""

    pages: Sequence[Page]
    ignored: tuple[str, ...] = ()
    typed: bool = False
