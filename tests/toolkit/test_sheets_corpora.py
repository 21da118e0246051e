# SPDX-License-Identifier: Apache-2.0
"""Real collections of others, sent out and brought back: no byte is another, whatever the kind of the spreadsheet.

The smallest goes all ways; of the others each goes those that it alone makes long."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook
from sourcebook.book import load_book
from tests.toolkit.test_corpora import CORPORA, NAMES, unpacked
from tests.toolkit.test_sheets_round import untouched

pytestmark = [
    pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not at hand here"),
    pytest.mark.slow,
]
EACH = [pytest.param(name, marks=pytest.mark.xdist_group(f"sheets-{name}")) for name in NAMES]
KINDS = {
    "pypa-advisories": ("xlsx",),
    "sigma-rules": ("csv",),
    "congress-legislators": ("ods",),
    "awesome-selfhosted": ("xlsx", "ods", "csv"),
}


@pytest.mark.parametrize("name", EACH)
def test_a_corpus_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    book = unpacked(name, tmp_path)
    for collection in load_book(book).collections:
        for kind in KINDS[name]:
            file = tmp_path / f"{collection.name}.{kind}"
            sourcebook.export(book, collection.name, file)
            untouched(book, collection.name, file)
