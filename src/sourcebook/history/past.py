# SPDX-License-Identifier: Apache-2.0
"""The history of a book, put into the database that is being built: asked of git while other work is done."""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sourcebook.book import Book
from sourcebook.book.visibility import today
from sourcebook.check.result import Checked
from sourcebook.compile.store import Store
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.finding import Ledger
from sourcebook.git import Blob, Repository
from sourcebook.history import tables
from sourcebook.history.keys import Known, keys_of
from sourcebook.history.line import Commit, Line
from sourcebook.history.model import REMOVED, Count, Told, Version
from sourcebook.history.objects import AS_THEY_ARE, Objects
from sourcebook.history.releases import released
from sourcebook.history.states import Records
from sourcebook.history.telling import Telling
from sourcebook.history.today import Today
from sourcebook.history.walk import Walk
from sourcebook.sqlite import writing

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

    def _keep(self, telling: Telling, walk: Walk, versions: list[tuple[Version, list[tables.Row]]]) -> None:
        if self._kept is None:
            return
        state = {
            "toolkit": self._kept.toolkit,
            "depends_on": telling.depends_on,
            "head": self._head,
            "stale": {path: tuple(blob) if blob else None for path, blob in walk.stale.items()},
            "count": tuple(walk.count),
            "embargoes": (embargoes := sorted({*self._embargoes(), *((one.day, one.until) for one in walk.embargoes)})),
            "waits": _waits(embargoes),
            "versions": [(one.commit, one.seconds, [tuple(told) for told, _ in rows]) for one, rows in versions],
        }
        self._kept.store.put(_KEPT, [marshal.dumps(state)])

    # --- what is told -------------------------------------------------------------------------------------------------

    def write(self, database: Path, checked: Checked) -> None:
        """Write the tables into a ``database`` whose records and derived columns are there, or take them out.

        Its records, plans and ledger are those of what was ``checked``. Raises OSError where the disk fails,
        EnvironmentFailure where git does.
        """
        ledger = checked.ledger
        with writing(database) as connection:
            connection.execute("BEGIN")
            tables.drop(connection)
            if self.tells:
                self._tell(connection, checked)
            connection.execute("COMMIT")
        if self.unverifiable:
            ledger.unverifiable(LEDGER, self.unverifiable)
        elif self.why:
            ledger.on_nothing(LEDGER, self.why)

    def _tell(self, connection: sqlite3.Connection, checked: Checked) -> None:
        telling = Telling(self._book, checked.plans, checked.hidden)
        over = self._before.get("waits") != _waits(self._embargoes())
        if self._before and (over or self._before["depends_on"] != telling.depends_on):
            self._before = {}
            self._ask("")
        listing = self._listing()
        commits = self._came_after()
        if commits is None:
            return
        committed = dict(listing)
        for commit in commits:
            _apply(commit, committed)
        touched = self._repository.touched(self._head)
        today = Today(self._book, connection, checked.entries, committed, touched)
        with Objects(self._book.root) as objects:
            walk = Walk(objects, Records(objects, telling.public), telling, today, listing, self._stale())
            versions = self._versions(walk, commits, objects)
            if versions is None:
                return
            last = walk.uncommitted()
            releases = released(self._repository, objects, self._commits)
        self._count(walk.count, checked.ledger)
        every = [*versions, *([last] if last else [])]
        self.told = tables.settled(every, today.there, telling.withdrawn)
        if not last or not any(told.kind == REMOVED for told in last.changes):
            self._keep(telling, walk, self.told[: len(versions)])
        places = {commit: number for number, commit in enumerate(self._commits)}
        of_versions = [releases[places[one.commit]] if one.commit else None for one in every]
        tables.write(connection, self._book, checked.plans, self.told, of_versions)

    def _listing(self) -> dict[str, Blob]:
        """The files of the last commit that was told of before."""
        if not self._before:
            return {}
        return self._repository.listing(f"{self._before['head']}:{self._repository.prefix}".removesuffix("/"))

    def _stale(self) -> dict[str, Blob | None]:
        return {path: Blob(*blob) if blob else None for path, blob in self._before.get("stale", {}).items()}

    def _embargoes(self) -> list[tuple[str, tuple[str, ...]]]:
        """What the commits that were told of before said of embargoes."""
        return [(day, tuple(until)) for day, until in self._before.get("embargoes", ())]

    def _came_after(self) -> list[Commit] | None:
        """The commits that were not told of before; None where git does not tell them."""
        if self._line is None:
            return []
        self.unverifiable = self._line.wait()
        return None if self.unverifiable else list(self._line.commits())

    def _versions(self, walk: Walk, commits: list[Commit], objects: Objects) -> list[Version] | None:
        """What every commit changed; None where that cannot be told."""
        walk.count = Count(*self._before.get("count", ()))
        before = self._before.get("versions", ())
        versions = [Version(one, at, [Told(*told) for told in some]) for one, at, some in before]
        for commit in commits:
            version = walk.version(commit)
            versions += [version] if version else []
            self.unverifiable = _PARTIAL if objects.missing else ""
            if objects.bytes > _MOST:
                self.unverifiable = _TOO_MUCH.format(_MOST / 1024**3)
            if self.unverifiable:
                return None
        return versions

    def _count(self, count: Count, ledger: Ledger) -> None:
        ledger.performed(LEDGER, len(self._commits))
        if count.files:
            ledger.unverifiable(LEDGER, _UNREAD, count.files)
        if count.descriptors:
            ledger.unverifiable(LEDGER, _NO_BOOK, count.descriptors)

    @property
    def tells(self) -> bool:
        """Whether git knows all of the past."""
        return not (self.why or self.unverifiable)

    def keys(self, there: Collection[tuple[str, str]], day: str) -> dict[tuple[str, str], Known]:
        """All keys that records ever had, as far as git knows, and those that are ``there``."""
        return keys_of([version for version, _ in self.told], there, day)


def _waits(embargoes: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    """What of embargoes that commits said decides what is told of them on the day of the build."""
    day = today() if embargoes else ""
    return sorted({day if until else ends for ends, until in embargoes if until or ends > day})


def _apply(commit: Commit, listing: dict[str, Blob]) -> None:
    for path, (_, new) in commit.files.items():
        if new:
            listing[path] = new
        else:
            listing.pop(path, None)
