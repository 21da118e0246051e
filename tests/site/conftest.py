# SPDX-License-Identifier: Apache-2.0
"""A browser, and a server for each book and version of Datasette, started when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

import sourcebook
from tests.chromium import ALONE, CHROMIUM
from tests.past import with_repository
from tests.served import PYTHONS, serving
from tests.site.twins import Twin, as_files
from tests.toolkit.test_corpora import CORPORA, unpacked

Folders = Callable[[str], Path]
Site = Callable[[str, str], str]
Twins = Callable[[str], Twin]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory, reference_book: Path) -> Folders:
    """The folder of a book by its name, built once."""
    made = {"reference": reference_book}

    def folder(name: str) -> Path:
        if name not in made:
            above = tmp_path_factory.mktemp("site")
            if name == "harbour":
                made[name] = above / name
                with_repository(made[name])
            elif CORPORA.is_dir():
                made[name] = unpacked("congress-legislators", above)
            else:
                pytest.skip("the corpora are not at hand here")
            built = sourcebook.build(made[name], formats=["all"])
            assert built.release is not None, "\n".join(map(str, built.checked.findings))
        return made[name]

    return folder


@pytest.fixture(scope="package")
def site(folders: Folders) -> Iterator[Site]:
    """The address of a book's site on a version of Datasette, without the slash at its end."""
    started: dict[tuple[str, str], str] = {}
    with ExitStack() as running:

        def address(book: str, version: str) -> str:
            if not Path(PYTHONS[version]).exists():
                pytest.skip("the environment of the other Datasette is not set up: scripts/test makes it")
            if (book, version) not in started:
                client = running.enter_context(serving(PYTHONS[version], folders(book)))
                started[book, version] = str(client.base_url).rstrip("/")
            return started[book, version]

        yield address


@pytest.fixture(scope="package")
def twins(folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """The static twin of a book, frozen when first asked for, below a path of its host."""
    made: dict[str, Twin] = {}
    with ExitStack() as running:

        def twin(book: str) -> Twin:
            if book not in made:
                above = tmp_path_factory.mktemp("twin")
                made[book] = running.enter_context(as_files(folders(book), above, "/repo/"))
            return made[book]

        yield twin


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, which finds no other host than this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        yield browser
        browser.close()
