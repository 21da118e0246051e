# SPDX-License-Identifier: Apache-2.0
"""The history of a book, put into the database that is being built: asked of git while other work is done."""

from __future__ import annotations

import marshal
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sourcebook.book import Book
from sourcebook.compile.store import Store
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.finding import Ledger
from sourcebook.git import Blob, Repository
from sourcebook.history import tables
from sourcebook.history.keys import Known, keys_of
from sourcebook.history.line import Line
from sourcebook.history.model import Count, Told, Version
from sourcebook.history.releases import released
from sourcebook.history.states import Records
from sourcebook.history.telling import Telling
from sourcebook.history.today import Today
from sourcebook.history.walk import Walk
from sourcebook.objects import AS_THEY_ARE, Objects
from sourcebook.sqlite import writing
from sourcebook.tables.whole_book import Plans

LEDGER = "history"
_KEPT = "history"
OFF = "the descriptor turns it off"
NO_GIT = "the book lies in no repository of git that has commits"
_SHALLOW = "the clone is shallow: older commits are not here; run `git fetch --unshallow`"
_PARTIAL = "git does not have all versions of files here: the clone is a partial one"
_TOO_MUCH = "versions of files come to more than {:g} GiB"
_MOST = 4 * 1024**3  # bytes of versions of files that are read
_UNREAD = "versions of files that cannot be read are taken to be as before"
_NO_BOOK = "versions of the descriptor that cannot be read are taken to be as before"


@dataclass(frozen=True)
class Kept:
    """Where what was told of commits is kept for the next build; it is told so by one version of the ``toolkit``."""

    store: Store
    toolkit: bytes


class Past:
    """Asks git about a book; later, with its database there, writes what is told. A resource: use it in ``with``.

    What git says meanwhile is put into the folder ``aside``. ``told`` are the versions, once they are written.
    """

    def __init__(self, book: Book, aside: Path, kept: Kept | None = None) -> None:
        self.told: list[tuple[Version, list[tables.Row]]] = []
        self.why = ""  # why nothing is told
        self.unverifiable = ""
        self._book, self._aside, self._kept = book, aside, kept
        self._stack = ExitStack()
        self._line: Line | None = None
        self._before: dict[str, Any] = {}
        if book.settings.get("history", True) is False:
            self.why = OFF
            return
        try:
            self._repository = Repository(book.root, AS_THEY_ARE)
            self._head = self._repository.commit("HEAD")
        except (UsageError, EnvironmentFailure):
            self._head = ""
        if not self._head:
            self.why = NO_GIT
        elif self._repository.shallow:
            self.unverifiable = _SHALLOW
        else:
            self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    # --- what is known from before ------------------------------------------------------------------------------------

    def _begin(self) -> None:
        said = self._repository.said("rev-list", "--first-parent", "--reverse", self._head)
        self._commits = said.decode().split()
        if self._kept and (found := self._kept.store.first(_KEPT)):
            before = marshal.loads(found[1])  # noqa: S302  (our own bytes, as their code shows)
            if before["toolkit"] == self._kept.toolkit:
                self._before = self._still(before)
        if self._before.get("head") != self._head:
            self._ask(self._before.get("head", ""))

    def _still(self, before: dict[str, Any]) -> dict[str, Any]:
        """What of before holds still: all that was told of commits that are on the line."""
        on_line = set(self._commits)
        if before["head"] in on_line:
            return before
        versions = before["versions"]
        while versions and versions[-1][0] not in on_line:
            versions.pop()
        if not versions or before["count"][1:] != (0, 0):
            return {}
        return {**before, "head": versions[-1][0], "versions": versions}

    def _ask(self, since: str) -> None:
        self._line = self._stack.enter_context(Line(self._book.root, self._aside, since))

    def _keep(self, telling: Telling, walk: Walk, versions: list[Version], count: Count) -> None:
        if self._kept is None:
            return
        state = {
            "toolkit": self._kept.toolkit,
            "depends_on": telling.depends_on,
            "head": self._head,
            "stale": {path: tuple(blob) if blob else None for path, blob in walk.stale.items()},
            "count": tuple(count),
            "versions": [(one.commit, one.seconds, [tuple(told) for told in one.changes]) for one in versions],
        }
        self._kept.store.put(_KEPT, [marshal.dumps(state)])

    # --- what is told -------------------------------------------------------------------------------------------------

    def write(self, database: Path, plans: Plans, ledger: Ledger) -> None:
        """Write the tables into a ``database`` whose records and derived columns are there, or take them out."""
        with writing(database) as connection:
            connection.execute("BEGIN")
            tables.drop(connection)
            if not (self.why or self.unverifiable):
                today = Today(self._book, connection, self._repository.indexed())
                self._tell(today, plans, ledger)
            connection.execute("COMMIT")
        if self.unverifiable:
            ledger.unverifiable(LEDGER, self.unverifiable)
        elif self.why:
            ledger.on_nothing(LEDGER, self.why)

    def _tell(self, today: Today, plans: Plans, ledger: Ledger) -> None:
        telling = Telling(self._book, plans)
        if self._before and self._before["depends_on"] != telling.depends_on:
            self._before = {}
            self._ask("")
        with Objects(self._book.root) as objects:
            versions = self._versions(objects, telling, today, ledger)
            if self.unverifiable:
                return
            places = {commit: number for number, commit in enumerate(self._commits)}
            releases = released(self._repository, objects, self._commits)
        self.told = tables.settled(versions, today.there())
        of_versions = [releases[places[one.commit]] if one.commit else None for one in versions]
        tables.write(today.connection, self._book, plans, self.told, of_versions)

    def _versions(self, objects: Objects, telling: Telling, today: Today, ledger: Ledger) -> list[Version]:
        before = self._before
        listing: dict[str, Blob] = {}
        stale: dict[str, Blob | None] = {}
        versions = [Version(one, at, [Told(*told) for told in some]) for one, at, some in before.get("versions", ())]
        if before:
            tree = f"{before['head']}:{self._repository.prefix}".removesuffix("/")
            listing = self._repository.listing(tree)
            stale = {path: Blob(*blob) if blob else None for path, blob in before["stale"].items()}
        records = Records(objects, telling.public)
        walk = Walk(objects, records, telling, today, listing, stale)
        walk.count = Count(*before.get("count", ()))
        if self._line:
            self.unverifiable = self._line.wait()
            for commit in () if self.unverifiable else self._line.commits():
                version = walk.version(commit)
                versions += [version] if version else []
                self.unverifiable = _PARTIAL if objects.missing else ""
                if objects.bytes > _MOST:
                    self.unverifiable = _TOO_MUCH.format(_MOST / 1024**3)
                if self.unverifiable:
                    break
        if self.unverifiable:
            return []
        count = walk.count
        ledger.performed(LEDGER, len(self._commits))
        if count.files:
            ledger.unverifiable(LEDGER, _UNREAD, count.files)
        if count.descriptors:
            ledger.unverifiable(LEDGER, _NO_BOOK, count.descriptors)
        last = walk.uncommitted()
        if not last or not any(told.kind == "removed" for told in last.changes):
            self._keep(telling, walk, _without_gone(versions, last, today), count)
        return [*versions, *([last] if last else [])]

    def keys(self, there: set[tuple[str, str]], day: str) -> dict[tuple[str, str], Known]:
        """All keys that records ever had, as far as git knows, and those that are ``there``."""
        return keys_of([version for version, _ in self.told], there, day)


def _without_gone(versions: list[Version], last: Version | None, today: Today) -> list[Version]:
    """The versions without values of records that are gone."""
    every = [*versions, *([last] if last else [])]
    settled = tables.settled(every, today.there())[: len(versions)]
    return [version._replace(changes=[told for told, _ in rows]) for version, rows in settled]
