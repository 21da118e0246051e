# SPDX-License-Identifier: Apache-2.0
"""What readers come for, done on static twins: the tasks of ``test_tasks.py``, with nothing but files on a host."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.chromium import MARKS
from tests.site import test_tasks
from tests.site.conftest import Folders, Twins
from tests.site.test_tasks import BOOKS, Reader

pytestmark = MARKS


@pytest.fixture(params=BOOKS)
def reader(request: pytest.FixtureRequest, page: Page, twins: Twins, folders: Folders) -> Reader:
    book = request.param
    return Reader(page, twins(book).address, folders(book), BOOKS[book])


globals().update({name: one for name, one in vars(test_tasks).items() if name.startswith("test_")})


def test_all_tasks_are_done_here_too() -> None:
    assert sum(name.startswith("test_") for name in globals()) >= 14
