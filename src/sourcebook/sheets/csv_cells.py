# SPDX-License-Identifier: Apache-2.0
"""What sheets in CSV have in common, written or read: where their files lie, and cells that would be formulas."""

from __future__ import annotations

import re
from pathlib import Path

from sourcebook.sheets.cells import Cell, plain

_LIKE_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # which a spreadsheet would take for a formula, or for one made harmless


def beside(path: Path, name: str) -> Path:
    """Where the sheet called ``name`` lies beside that of the collection's own table at ``path``."""
    return path.with_name(f"{path.stem}.{name}{path.suffix}")


def harmless(cell: Cell) -> str:
    """A cell as a spreadsheet takes it for a text: what it would take for a formula has an apostrophe before it."""
    text = plain(cell)
    return f"'{text}" if isinstance(cell, str) and _LIKE_FORMULA.match(text) else text


def unharmed(text: str) -> str:
    """The text that ``harmless`` made a cell of."""
    return text[1:] if text.startswith("'") and _LIKE_FORMULA.match(text[1:]) else text
