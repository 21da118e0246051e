# SPDX-License-Identifier: Apache-2.0
"""The made-up book of ``tests/site`` with a history and versions that are kept, without a repository.

The tables are those that a build makes of what git knows; here they are written by hand, so that each case that pages
have to tell is there once.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sourcebook
from sourcebook.book import load_book
from sourcebook.extract.gone_keys import add_gone_keys, gone_keys
from sourcebook.publish import versions
from sourcebook.site.published import Published
from tests.harbour import BOOK

BOOK_NAME = "lantern-harbour"
VERSIONS = [
    (1, "a" * 40, "2026-01-02T10:00:00Z", "2026-01-02", "1.0.0", 4),
    (2, "b" * 40, "2026-03-01T10:00:00Z", "2026-03-01", "1.1.0", 4),
    (3, "c" * 40, "2026-04-11T09:00:00Z", "2026-04-11", None, 2),
    (4, None, None, None, None, 1),
]
# version, collection, key, record, kind, old_key, property, old, new, by
CHANGES: list[Sequence[Any]] = [
    (1, "claims", "oil-forty-barrels", "oil-forty-barrels", "added", None, None, None, None, "curator"),
    (1, "people", "isil", "isil-fener", "added", None, None, None, None, None),
    (1, "people", "bystander", None, "added", None, None, None, None, None),
    (1, "people", "passer-by", None, "added", None, None, None, None, None),
    (
        2,
        "claims",
        "oil-forty-barrels",
        "oil-forty-barrels",
        "changed",
        None,
        "hedge",
        None,
        "as the clerk wrote",
        "editor",
    ),
    (
        2,
        "claims",
        "oil-forty-barrels",
        "oil-forty-barrels",
        "changed",
        None,
        "statement",
        "Fifty barrels.",
        "x",
        "editor",
    ),
    (
        2,
        "claims",
        "oil-forty-barrels",
        "oil-forty-barrels",
        "changed",
        None,
        "people[0]",
        "bystander",
        "isil-fener",
        None,
    ),
    (2, "people", "isil-fener", "isil-fener", "renamed", "isil", None, None, None, None),
    (3, "people", "bystander", None, "removed", None, None, None, None, None),
    (3, "people", "passer-by", None, "removed", None, None, None, None, None),
    (
        3,
        "people",
        "isil-fener",
        "isil-fener",
        "changed",
        None,
        "offices[office=harbour master].from",
        "1911",
        "1912",
        None,
    ),
    (4, "people", "isil-fener", "isil-fener", "changed", None, "also[1]", "<b>Isil & co</b>", None, None),
]
KEYS = (
    "collection,key,since,until,how\r\n"
    "people,bystander,2026-01-02,2026-04-11,taken-down\r\n"
    "people,passer-by,2026-01-02,2026-04-11,removed\r\n"
    "people,isil,2026-01-02,2026-03-01,renamed\r\n"
    "people,isil-fener,2026-03-01,,\r\n"
    "boats,old-tub,2026-01-02,2026-03-01,removed\r\n"
)
MOVED = '- {collection: people, key: isil, to: isil-fener, on: "2026-03-01"}\n'


def add_history(database: Path, changes: Sequence[Sequence[Any]] = CHANGES) -> None:
    """Write the tables of a history into a database."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(
            """
            CREATE TABLE _versions (_version INTEGER PRIMARY KEY, "commit" TEXT, at TEXT, day TEXT, release TEXT,
                changes INTEGER) STRICT;
            CREATE TABLE _changes (_change INTEGER PRIMARY KEY, version INTEGER, collection TEXT, key TEXT, record TEXT,
                kind TEXT, old_key TEXT, property TEXT, change TEXT, old TEXT, new TEXT, by TEXT,
                said_by TEXT, published_in TEXT, answers TEXT) STRICT;
            CREATE INDEX _changes_version ON _changes (version);
            CREATE INDEX _changes_record ON _changes (collection, record);
            """
        )
        connection.executemany("INSERT INTO _versions VALUES (?, ?, ?, ?, ?, ?)", VERSIONS)
        rows = [
            (*row[:7], _kind(row), *(None if one is None else json.dumps(one) for one in row[7:9]), row[9])
            for row in changes
        ]
        connection.executemany(
            "INSERT INTO _changes (version, collection, key, record, kind, old_key, property, change, old, new, by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def _kind(row: Sequence[Any]) -> str | None:
    if row[6] is None:
        return None
    return "added" if row[7] is None else "removed" if row[8] is None else "changed"


def then(folder: Path) -> None:
    """What version 1.0.0 had: another key of a person, a person and a rumour that are gone, and no denial yet."""
    for path in sorted((folder / "data").rglob("*.yaml")):
        path.write_text(path.read_text("utf-8").replace("isil-fener", "isil"), "utf-8")
    (folder / "data/people/isil-fener.yaml").rename(folder / "data/people/isil.yaml")
    (folder / "data/people/bystander.yaml").write_text("id: bystander\nname: Someone Else\n", "utf-8")
    (folder / "data/people/passer-by.yaml").write_text("id: passer-by\nname: A Passer-by\n", "utf-8")
    gazette = folder / "data/claims/quay-gazette.yaml"
    text = gazette.read_text("utf-8")
    begin, end = text.index("- id: oil-denied"), text.index("- id: oil-twelve-barrels")
    rumour = (
        "- id: old-rumour\n  statement: Işıl sold the oil.\n  kind: alleges\n  origin: unnamed-clerk\n"
        "  source: quay-gazette-1911\n  locator: column 9\n  people: [isil, bystander]\n"
    )
    text = (text[:begin] + rumour + text[end:]).replace("as the clerk", "as")
    gazette.write_text(text.replace("people: [isil]", "people: [isil, bystander]", 1), "utf-8")
    for path in sorted((folder / "data").rglob("*.yaml")):  # nothing refers to what was not there yet
        path.write_text(path.read_text("utf-8").replace(", oil-denied", ""), "utf-8")


def build(folder: Path) -> Path:
    """A release of the book in ``folder``."""
    built = sourcebook.build(folder)
    assert built.release, "\n".join(map(str, built.checked.findings))
    return built.release


def with_repository(folder: Path) -> None:
    """The book in the new ``folder``, in a repository with two commits, and the first of them kept as version 1.0.0."""
    shutil.copytree(BOOK, folder)
    descriptor, whole = folder / "datapackage.yaml", (BOOK / "datapackage.yaml").read_text("utf-8")
    (folder / ".gitignore").write_text("build/\n", encoding="utf-8")
    then(folder)
    descriptor.write_text(whole.replace("1.2.0", "1.0.0").replace("2026-05-02", "2026-01-02"), "utf-8")
    _commit(folder, "2026-01-02T12:00:00+00:00", "init", "tag 1.0.0")
    first = build(folder)
    counts = {"added": 40}
    versions.keep(folder / "build", first, "1.0.0", day="2026-01-02", commit="a" * 40, name=BOOK_NAME, changes=counts)
    shutil.rmtree(folder / "data")
    shutil.copytree(BOOK / "data", folder / "data")
    descriptor.write_text(whole, "utf-8")
    (folder / "curation").mkdir()
    (folder / "curation/moved.yaml").write_text(MOVED)
    _commit(folder, "2026-05-01T12:00:00+00:00")


def _commit(folder: Path, day: str, before: str = "", after: str = "") -> None:
    git = ["git", "-C", str(folder), "-c", "user.name=Nobody", "-c", "user.email=nobody@harbour.example"]
    commands = [before.split(), ["add", "--all"], ["commit", "--quiet", "--message", "The book"], after.split()]
    for command in filter(None, commands):
        subprocess.run(
            [*git, *command], check=True, env={**os.environ, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
        )


@contextmanager
def with_past(
    above: Path, change: Callable[[Path], object] = lambda _: None, before: Callable[[Path], object] = then
) -> Iterator[Published]:
    """The book below ``above`` with its history, and version 1.0.0 kept of what it was ``before`` a ``change``."""
    folder = above / "book"
    shutil.copytree(BOOK, folder)
    before(folder)
    build_folder = folder / "build"
    versions.keep(
        build_folder,
        build(folder),
        "1.0.0",
        day="2026-01-02",
        commit="a" * 40,
        name=BOOK_NAME,
        changes={"added": 4},
    )
    shutil.rmtree(folder / "data")
    shutil.copytree(BOOK / "data", folder / "data")
    (folder / "curation").mkdir(exist_ok=True)
    (folder / "curation/moved.yaml").write_text(MOVED)
    change(folder)
    release = build(folder)
    add_history(release / "lantern-harbour.db")
    (release / "keys.csv").write_bytes(KEYS.encode())
    index = release / "site.sqlite"
    with closing(sqlite3.connect(index)) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS gone_keys")
    add_gone_keys(index, gone_keys(load_book(folder), release / "lantern-harbour.db", release / "keys.csv"))
    found = Published(release)
    try:
        yield found
    finally:
        found.close()
