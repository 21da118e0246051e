# SPDX-License-Identifier: Apache-2.0
"""What readers come for, done on static twins: the tasks of ``test_tasks.py``, with nothing but files on a host."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import MARKS
from tests.site import test_tasks
from tests.site.conftest import Folders, Twins
from tests.site.test_tasks import BOOKS, Reader

pytestmark = MARKS
page = test_tasks.page


@pytest.fixture(params=BOOKS)
def reader(request: pytest.FixtureRequest, page: Page, twins: Twins, folders: Folders) -> Reader:
    book = request.param
    return Reader(page, twins(book).address, folders(book), BOOKS[book])


globals().update({name: one for name, one in vars(test_tasks).items() if name.startswith("test_")})


def test_citing_the_dataset_and_a_record(reader: Reader) -> None:
    """The BibTeX of a record stands on its page, and is no file."""
    for words in ("How to cite", reader.sought.title, "@"):
        expect(reader.main).to_contain_text(words)
    reader.to_the_person()
    reader.main.get_by_text("Cite this record").click()
    reader.main.get_by_text("BibTeX", exact=True).click()
    bibtex = reader.main.locator("details.cite-this").get_by_text(re.compile(r"^@\w+\{"))
    expect(bibtex.first).to_be_visible()
    expect(bibtex.first).to_contain_text(reader.sought.person_key)


def test_all_tasks_are_done_here_too() -> None:
    assert sum(name.startswith("test_") for name in globals()) >= 15
