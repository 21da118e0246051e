# SPDX-License-Identifier: Apache-2.0
"""The database of a release as a ``sqlite_utils.Database``, which cannot write: the one door to ``sqlite-utils``."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from sourcebook.book import Folder, build_folder
from sourcebook.publish import release

__all__ = ["Database", "database", "opened"]


def database(folder: Folder) -> Database:
    """The database of the current release of the book in ``folder``.

    It stays that of this release when another becomes the current one. Close it, or use it in a ``with`` statement.
    Raises UsageError where there is no book or no release.
    """
    (path,) = release.current(build_folder(folder)).glob("*.db")
    return opened(path, plugins=True)


def opened(path: Path, *, plugins: bool) -> Database:
    """The finished database at ``path``; ``plugins`` of sqlite-utils may add to it, or may not."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    return Database(connection, execute_plugins=plugins)
