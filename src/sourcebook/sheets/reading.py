# SPDX-License-Identifier: Apache-2.0
"""A spreadsheet of whatever kind, as pages of rows."""

from __future__ import annotations

from pathlib import Path

from sourcebook.edit.model import Refused
from sourcebook.sheets.read_csv import read_csv
from sourcebook.sheets.read_workbook import KINDS, read_workbook
from sourcebook.sheets.tables import Read


def read_any(path: Path, encoding: str | None, separator: str | None, *, alone: bool = False) -> Read:
    """A spreadsheet of whatever kind its name says. Raises Refused where it is of none, or cannot be read."""
    if not path.is_file():
        raise Refused(f"there is no file {path}")
    kind = path.suffix.lower()
    if kind in KINDS:
        return read_workbook(path)
    if kind in (".csv", ".tsv", ".txt"):
        return read_csv(path, encoding, separator or ("\t" if kind == ".tsv" else None), alone=alone)
    raise Refused(f"{path.name}: its name ends in none of .xlsx, .ods, .csv: save it as one of these")
