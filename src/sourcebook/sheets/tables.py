# SPDX-License-Identifier: Apache-2.0
"""What was read of a spreadsheet, whatever its kind: pages of rows, and the cells that are not what they seem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
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


def few(texts: list[str], most: int = 20) -> Iterator[str]:
    """The first of some lines, and how many more there are."""
    yield from islice(texts, most)
    if len(texts) > most:
        yield f"and {len(texts) - most:,} more"
