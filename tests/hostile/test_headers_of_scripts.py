# SPDX-License-Identifier: Apache-2.0
"""A header of a script that names thousands of columns which there are not."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import sourcebook
from tests.served import BOOKS


def test_columns_that_there_are_not_are_told_in_one_reading(tmp_path: Path) -> None:
    book = tmp_path / "orchard"
    shutil.copytree(BOOKS / "orchard", book)
    query = book / "scripts" / "queries" / "wide.sql"
    query.parent.mkdir(parents=True, exist_ok=True)
    links = ", ".join(f"a{number}: nowhere" for number in range(4_000))
    query.write_text(f"-- title: Wide\n-- link: {{{links}}}\nSELECT 1 AS one\n")
    begun = time.process_time()
    found = [one for one in sourcebook.check(book).findings if one.path == "scripts/queries/wide.sql"]
    assert time.process_time() - begun < 20  # it was minutes
    assert (found[0].line, found[0].message) == (
        1,
        "7,900 more mistakes in what the header says of columns are not shown",
    )
    assert (found[1].line, found[1].column) == (2, 15)
    assert len(found) == 101
