# SPDX-License-Identifier: Apache-2.0
"""More than a thousand random edits of cells: 7 layouts, 40 sheets of each, up to 12 cells of each sheet.

The files read exactly as the sheet says, and nothing else is another.
"""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sourcebook
from sourcebook.edit.carry_out import write as write_proposal
from sourcebook.exact import same
from sourcebook.sheets.opened import Opened
from tests.toolkit.sheets_books import LAYOUTS, quay, rows, write

pytestmark = pytest.mark.slow

# Texts that no program would have made of others: letters lead, so that none is a number, a date or a formula.
_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=12)
TEXTS = st.builds(
    lambda first, words, last: f"{first}{' '.join(words)}{last}",
    st.sampled_from("abßçŞд灯"),
    st.lists(_WORDS, max_size=4),
    st.sampled_from(["", "#", ": x", " #", "?", "'", '"', "\ny", "]", "&a", "\\"]),
)
WHOLE = st.integers(-(10**14), 10**14)
NUMBERS = st.one_of(WHOLE, st.floats(allow_nan=False, allow_infinity=False).map(lambda one: float(f"{one:.12g}")))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-99, 99), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=5,
)

# The sheet, the row, the column; where that is in the record; what may be written there.
CELLS: list[tuple[str, str, str, tuple[str | int, ...], st.SearchStrategy[Any]]] = [
    ("", "", "name", ("name",), TEXTS),
    ("", "", "kind", ("kind",), st.sampled_from(["ferry", "lugger", "tug"])),
    ("", "", "built", ("built",), WHOLE),
    ("", "", "length", ("length",), NUMBERS),
    ("", "", "afloat", ("afloat",), st.booleans()),
    ("", "", "since", ("since",), st.dates().map(str)),
    ("", "", "code", ("code",), TEXTS),
    ("", "", "owner", ("owner",), st.sampled_from(["ayla", "bo"])),
    ("", "", "notes", ("notes",), TEXTS),
    ("", "", "size_width", ("size", "width"), NUMBERS),
    ("", "", "size_depth", ("size", "depth"), NUMBERS),
    ("", "", "extra", ("extra",), st.dictionaries(st.sampled_from("abc"), JSON, min_size=1, max_size=3)),
    ("boats_tags", "0", "_value", ("tags", 0), TEXTS),
    ("boats_tags", "1", "_value", ("tags", 1), TEXTS),
    ("boats_crew", "0", "role", ("crew", 0, "role"), TEXTS),
    ("boats_crew", "0", "pay", ("crew", 0, "pay"), NUMBERS),
    ("boats_crew", "1", "who", ("crew", 1, "who"), TEXTS),
    ("boats_names", "fi", "_value", ("names", "fi"), TEXTS),
]


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, str, str, tuple[str | int, ...], str, Any]]:
    found = []
    spots = st.tuples(st.sampled_from(["heron", "teal", "wren"]), st.sampled_from(CELLS))
    for key, (sheet, row, column, path, values) in draw(
        st.lists(spots, min_size=2, max_size=12, unique_by=lambda one: (one[0], one[1][3]))
    ):
        if sheet and key != "heron":
            continue
        value = draw(values)
        found.append((key, sheet, row, path, column, value))
    return found


def cell_of(value: Any) -> str:
    """What a person writes into a cell."""
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(wanted=edits(), line_end=st.sampled_from(["\n", "\r\n"]), ended=st.booleans())
def test_the_files_read_as_the_sheet_says(layout: str, wanted: Any, line_end: str, ended: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = quay(Path(folder), layout, line_end=line_end, ended=ended)
        before = {key: one.value for key, one in Opened(book, "boats").own.items()}
        wished = copy.deepcopy(before)
        file = Path(folder, "boats.csv")
        sourcebook.export(book, "boats", file)
        for key, sheet, row, path, column, value in wanted:
            there = file.with_name(f"boats.{sheet}.csv") if sheet else file
            some = rows(there)
            place = some[0].index(column)
            line = next(one for one in some[1:] if one[0] == key and (not row or row in one[1:3]))
            line[place] = cell_of(value)
            write(there, some)
            put(wished[key], path, value, before[key])
        proposal = sourcebook.import_(book, file)
        write_proposal(proposal)
        after = {key: one.value for key, one in Opened(book, "boats").own.items()}
        assert {key: in_order(one) for key, one in after.items()} == {key: in_order(one) for key, one in wished.items()}
        assert all(same(after[key], before[key]) for key in before if same(wished[key], before[key]))
        again = sourcebook.import_(book, file, skip=True)
        assert again.changes == ()


def put(value: Any, path: tuple[str | int, ...], new: Any, before: Any) -> None:
    for step in path[:-1]:
        value = value.setdefault(step, {}) if isinstance(value, dict) else value[step]
    old = value.get(path[-1]) if isinstance(value, dict) else value[path[-1]]
    if isinstance(old, str) and old.endswith("\n") and isinstance(new, str) and not new.endswith("\n"):
        new = f"{new}\n"  # the last line end of a text is not shown in a cell
    if isinstance(new, float) and new.is_integer() and not isinstance(old, float) and "e" not in repr(new):
        new = int(new) if abs(new) < 10**15 else new
    if isinstance(new, int) and isinstance(old, float) and not isinstance(new, bool) and old == new:
        new = old  # which is the same number as it was
    value[path[-1]] = new


def in_order(value: Any) -> Any:
    """A value by which types are told apart, and the order of keys is not."""
    if isinstance(value, dict):
        return sorted((name, in_order(item)) for name, item in value.items())
    return [in_order(item) for item in value] if isinstance(value, list) else repr(value)
