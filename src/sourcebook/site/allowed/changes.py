# SPDX-License-Identifier: Apache-2.0
"""What may be asked of the table of changes: its values are what was said, and are never given without who says it.

Datasette lets a reader choose columns, count the values of one, and take a single value as a file. Of the columns that
hold what was said the first has the attribution added, and the others are refused.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sourcebook.content.past import ATTRIBUTION, CHANGES, VALUES
from sourcebook.site.allowed.parameters import Pairs, is_facet

_OF_VALUE = "_blob_column"  # by which Datasette gives a value as a file


def alone(table: str, pairs: Pairs) -> str:
    """What is wrong with parameters that would show values of changes by themselves; empty where nothing is."""
    if table != CHANGES:
        return ""
    for name, value in pairs:
        columns = _counted(value) if is_facet(name) else {value} if name == _OF_VALUE else set()
        if found := columns.intersection(VALUES):
            done = "given by itself" if name == _OF_VALUE else "counted"
            return (
                f"What {min(found)} holds is not {done} here: it would stand without who says it and what answers it. "
                "The rows have both."
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


def with_attribution(table: str, pairs: Pairs, columns: Collection[str]) -> Pairs:
    """Parameters by which columns of data are chosen, with those that say who says the values that are chosen.

    ``columns`` are those that the table has.
    """
    chosen = {value for name, value in pairs if name == "_col"}
    left = {value for name, value in pairs if name == "_nocol"}
    if table != CHANGES or not (chosen | left) or (chosen or set(columns)).isdisjoint(set(VALUES) - left):
        return pairs
    kept = [pair for pair in pairs if pair[0] != "_nocol" or pair[1] not in ATTRIBUTION]
    more = [("_col", one) for one in ATTRIBUTION if chosen and one not in chosen and one in columns]
    return [*kept, *more]
