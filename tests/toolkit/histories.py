# SPDX-License-Identifier: Apache-2.0
"""Small books with a history: repositories made step by step, and what their records were at each commit."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

from sourcebook.check.check import check
from sourcebook.compile.store import Store
from sourcebook.finding import Ledger
from sourcebook.history.past import Kept, Past

EMAIL, AUTHOR = "ada@harbour.example", "Ada Quay"
WHO = ("-c", f"user.name={AUTHOR}", "-c", f"user.email={EMAIL}", "-c", "commit.gpgsign=false")
CHANGES = """SELECT version, collection, key, record, kind, old_key, property, change, old, new, "by" FROM _changes
ORDER BY _change"""
SECRET = b"s" * 32


def git(folder: Path, *arguments: str, at: int = 0) -> str:
    """What git says in ``folder``; ``at`` is a time for a commit, in days."""
    when = f"{1_700_000_000 + at * 86_400} +0000"
    environment = {**os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-C", folder, *WHO, "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


PLAIN = {
    "name": {"type": "string"},
    "age": {"type": "integer"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "home": {"type": "object", "properties": {"town": {"type": "string"}, "street": {"type": "string"}}},
}


class Quay:
    """A book of people, as files or as one list, that is changed and committed step by step.

    ``states`` are its records at each commit of the line; ``told`` how many there were.
    """

    def __init__(self, root: Path, descriptor: str = "") -> None:
        self.root = root
        self.layout = "files"
        self.folder = "data/people"
        self.records: dict[str, dict[str, Any]] = {}
        self.properties = dict(PLAIN)
        self.states: list[dict[str, dict[str, Any]]] = []
        self.commits: list[str] = []
        self.more = descriptor
        self.days = 0
        root.mkdir(parents=True, exist_ok=True)
        git(root, "init", "-q")

    def write(self, *, comment: str = "") -> None:
        """Write all that the book is."""
        for name in ("data", "schemas"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / "schemas").mkdir()
        schema = {"type": "object", "properties": {"id": {"type": "string"}, **self.properties}}
        (self.root / "schemas/person.json").write_text(json.dumps(schema))
        lies = {"files": f"records: '{self.folder}/*.yaml'", "list": "records: data/people.yaml, layout: list"}
        (self.root / "datapackage.yaml").write_text(
            f"name: quay\nlicenses: [{{name: CC0-1.0}}]\n{self.more}resources:\n"
            "  - name: people\n    title: People\n    path: build/csv/people.csv\n"
            "    schema: build/tableschema/people.json\n"
            f"    sourcebook: {{{lies[self.layout]}, schema: schemas/person.json, key: id, may_be_empty: true}}\n"
        )
        (self.root / ".gitignore").write_text("/build/\n")
        if self.layout == "list":
            (self.root / "data").mkdir()
            values = [{"id": key, **value} for key, value in self.records.items()]
            (self.root / "data/people.yaml").write_text(f"{comment}{json.dumps(values, indent=1)}\n")
            return
        (self.root / self.folder).mkdir(parents=True)
        for key, value in self.records.items():
            text = json.dumps({"id": key, **value}, indent=1)
            (self.root / self.folder / f"{key}.yaml").write_text(f"{comment}{text}\n")

    def commit(self, *, comment: str = "") -> str:
        """Write the book and commit it; the name of the commit."""
        self.write(comment=comment)
        self.days += 1
        git(self.root, "add", "--all")
        git(self.root, "commit", "-q", "--allow-empty", "-m", f"Told by {AUTHOR}", at=self.days)
        return self.noted()

    def noted(self) -> str:
        """Note that the book is at a commit of its line."""
        self.states.append(deepcopy(self.records))
        self.commits.append(git(self.root, "rev-parse", "HEAD"))
        return self.commits[-1]


class Told:
    """What the database of a book tells of its past: the rows of both tables, and the ledger."""

    def __init__(self, root: Path, kept: Path | None = None) -> None:
        with tempfile.TemporaryDirectory() as aside:
            checked = check(root, aside=Path(aside), jobs=1)
            assert checked.ok, checked.findings
            database = Path(aside) / checked.book.database
            store = Kept(Store(kept, secret=SECRET), b"") if kept else None
            with Past(checked.book, Path(aside), store) as past:
                past.write(database, checked)
            self.ledger: Ledger = checked.ledger
            self.bytes = database.read_bytes()
            with closing(sqlite3.connect(database)) as connection:
                there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
                self.is_there = "_versions" in there
                self.versions = connection.execute("SELECT * FROM _versions").fetchall() if self.is_there else []
                self.changes = connection.execute(CHANGES).fetchall() if self.is_there else []

    def line(self) -> str:
        """What the ledger says."""
        return next((one for one in self.ledger.lines() if one.startswith("history:")), "")

    def kinds(self) -> list[tuple[int, str, str, str | None]]:
        """Version, kind, key and property of each change."""
        return [(row[0], row[4], row[2], row[6]) for row in self.changes]
