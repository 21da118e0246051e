# SPDX-License-Identifier: Apache-2.0
"""What the tests share: copies of books, and the repository left as it was."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOOKS = ROOT / "tests" / "books"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks a server is slow, as that takes its seconds to come up, once for each version of Datasette."""
    for item in items:
        if any(mark.args in (("serve",), ("browser",)) for mark in item.iter_markers("xdist_group")):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """What Datasette leaves open is closed before tests are read: else it is blamed on whichever runs first.

    Its `filters` leave a database of memory open where they are imported, of which Python from 3.13 on warns when its
    collector comes by.
    """
    if sys.version_info < (3, 13):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        importlib.import_module("datasette.filters")
        gc.collect()


@pytest.fixture(scope="session", autouse=True)
def _left_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests write neither to the repository's build/ nor to the user's home."""
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.pop("XDG_STATE_HOME", None)  # where keys of users lie, if it is said
    before = _listing(ROOT / "build")
    yield
    assert _listing(ROOT / "build") == before, "a test wrote to the repository's own build/"


def _listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.lstat().st_mtime_ns) for path in folder.rglob("*"))


@pytest.fixture
def book(tmp_path: Path) -> Callable[[str], Path]:
    """Copies a book of tests/books, to be built and broken."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(BOOKS / name, tmp_path / name))

    return copy


@pytest.fixture(scope="session")
def reference_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the reference book, built."""
    import sourcebook

    folder = tmp_path_factory.mktemp("reference") / "book"
    folder.mkdir()
    for name in ("data", "schemas", "scripts"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "datapackage.yaml", folder)
    built = sourcebook.build(folder)
    assert built.release is not None, "\n".join(map(str, built.checked.findings))
    return folder
