# SPDX-License-Identifier: Apache-2.0
"""``build/.cache``: what files compiled to, and what the last build was made of, so that only what changed is done.

It may be removed at any time. Nothing in it is taken on trust: keys are hashes of contents, and what is kept carries a
code made by the user's key, without which it is not read: a book may come with a cache. Nothing is used across versions
of the descriptor, the schemas, the toolkit or Python.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Collection
from dataclasses import astuple, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.book import Book
from sourcebook.check.result import Checked
from sourcebook.compile.scan import Last
from sourcebook.compile.store import Store
from sourcebook.exact import dumps
from sourcebook.files import remove
from sourcebook.finding import Finding, Ledger
from sourcebook.machine import system
from sourcebook.machine.toolkit import code
from sourcebook.publish import ground, pointer, release
from sourcebook.publish.key import Key, key_of

if TYPE_CHECKING:
    from sourcebook.compile.scan import Scan
    from sourcebook.history.past import Kept

FOLDER = ground.CACHE
_STATE, _HISTORY, _CUT = "state", "history", "cut"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A build that has nothing to do: what the last one told, its release, and how many records that has.

    ``history`` is a hash of what git told of the past then (`publish.commit`).
    """

    checked: Checked
    release: Path
    records: int
    history: str


@dataclass(frozen=True)
class Cache:
    """What is kept between builds of a book, by the user who has the ``key``."""

    book: Book
    store: Store
    key: Key

    @property
    def told(self) -> tuple[str, ...]:
        """Why what was kept before is not used, in words for who builds; to be asked before anything is kept."""
        if self.key.lacking:
            return (f"everything is compiled anew, and serve will not know what was built: {self.key.lacking}",)
        folder = self.store.folder.parent
        if ground.kind(folder / _STATE) and self._states.first(_STATE) is None:
            return (f"{folder} was not written by you on this machine, or is damaged: it was not used, but made anew",)
        return ()

    def unchanged(self, found: Scan, formats: Collection[str]) -> Unchanged | None:
        """What the last build told, where everything that it was made of is as it was; else None.

        Nor where it wrote other ``formats`` than are wanted; a database alone is there in any case.

        If the last build is of the same schemas, the keys of all chunks are then known.
        """
        state = self._state()
        if state is None or state["dependence"] != self.store.dependence:
            return None
        if found.work.data and found.work.cluster:
            return None  # whose workers hash what they read: this process is not to read all of it first
        found.work.hashed()
        if state["made_of"] != self._made_of(found) or (formats and {*formats} != {*state["formats"]}):
            return None
        if not _is_current(self.book.build, state["release"]):
            return None
        folder = self.book.build / ground.RELEASES / state["release"]
        if release.stamps(folder) != state["stamps"]:
            return None
        findings, known = ([Finding(*one) for one in state[name]] for name in ("findings", "known"))
        ledger, kept_back = Ledger.of(state["ledger"]), state["kept_back"]
        checked = Checked(self.book, tuple(findings), ledger, known=tuple(known), whole=True, kept_back=kept_back)
        return Unchanged(checked, folder, state["records"], state["history"])

    def last(self, found: Scan) -> Last | None:
        """The last release, where its database may soon be the new one: it is large, and little has changed.

        To be asked after ``unchanged``.
        """
        state, keys = self._state(), found.work.store.keys
        if state is None or state["dependence"] != self.store.dependence or state["frame"] != self._frame():
            return None
        if not _is_current(self.book.build, state["release"]):
            return None
        folder = self.book.build / ground.RELEASES / state["release"]
        if release.stamps(folder) != state["stamps"] or state["collections"] != _collections(found):
            return None  # chunks are compared one by one: each with one of the same collection
        if len(keys) != len(state["names"]):
            return None  # they were not hashed, as the state could not be read a moment ago
        changed = sum(key != name for key, name in zip(keys.values(), state["names"], strict=True))
        inferred = any(collection.planned_from_records for collection in self.book.collections)
        if inferred or changed > _FEW * len(keys) or (folder / self.book.database).stat().st_size < _LARGE:
            return None
        return Last(folder, state["names"], state["formats"])

    def exposing(self, found: Scan, checked: Checked) -> frozenset[str]:
        """The names of releases, of whatever kind, that may have what is not public any more.

        So may each where schemas or the descriptor were others when it was made, or the records dated their embargoes
        otherwise, or of which that is not known. To be asked when the keys of all chunks are known.
        """
        if not self.book.visibility:
            return frozenset()
        cuts, cut = self._cuts(), self._cut(found, checked)
        return frozenset(name for name in _releases(self.book.build) if cuts.get(name) != cut)

    def published(self, found: Scan, checked: Checked, folder: Path) -> None:
        """Remember by what the release in ``folder`` was cut to what is public."""
        if self.book.visibility:
            cuts = self._cuts() | {folder.name: self._cut(found, checked)}
            there = _releases(self.book.build)
            self._states.put(_CUT, [marshal.dumps({name: cut for name, cut in cuts.items() if name in there})])

    def _cuts(self) -> dict[str, bytes]:
        kept = self._states.first(_CUT)
        return marshal.loads(kept[1]) if kept else {}  # noqa: S302  (our own bytes, as their digest shows)

    def _cut(self, found: Scan, checked: Checked) -> bytes:
        """A hash of everything that says what of a record is public: the records too, where they date embargoes."""
        digest = blake2b(self.store.dependence + checked.kept_back.encode("utf-8", "surrogatepass"))
        if any(one.until for one in self.book.visibility.embargoes):
            digest.update(repr(sorted(found.work.store.keys.items())).encode())
        return digest.digest()

    def forget_keys(self, checked: Checked) -> None:
        """Empty the store where what is public refers to what is not: it has the keys of that."""
        if any(one.rule == "refers-to-hidden" for one in checked.findings):
            self.store.keys.clear()
            self.store.sweep()

    def keep(self, found: Scan, checked: Checked, folder: Path, formats: tuple[str, ...], history: str) -> None:
        """Remember that the release in ``folder``, in these ``formats``, was made of what was ``found``.

        ``history`` is a hash of what git told of the past.
        """
        self.store.sweep()
        from sourcebook.report.public import public_findings  # slow to import, and not needed to find nothing changed

        findings, known = (public_findings(self.book, some) for some in (checked.findings, checked.known))
        # What may not be kept is to be found again by the next build, so that it is told.
        is_whole = findings == checked.findings and known == checked.known
        state = {
            "dependence": self.store.dependence,
            "made_of": self._made_of(found) if is_whole else b"",
            "frame": self._frame(),
            "names": [kept.name for kept in found.work.kept.values()],
            "collections": _collections(found),
            "release": folder.name,
            "formats": formats,
            "stamps": release.stamps(folder),
            "findings": [astuple(finding) for finding in findings],
            "known": [astuple(finding) for finding in known],
            "ledger": checked.ledger.as_dict(),
            "records": checked.count,
            "kept_back": checked.kept_back,
            "history": history,
        }
        self._states.put(_STATE, [marshal.dumps(state)])

    def _state(self) -> dict[str, Any] | None:
        found = self._states.first(_STATE)
        return marshal.loads(found[1]) if found else None  # noqa: S302  (our own bytes, as their digest shows)

    @property
    def history(self) -> Kept:
        """Where what was told of commits is kept."""
        from sourcebook.history.past import Kept  # slow to import, and not needed where nothing has changed

        return Kept(self._states, code())

    @property
    def _states(self) -> Store:
        return Store(self.store.folder.parent, secret=self.store.secret)

    def _made_of(self, found: Scan) -> bytes:
        """A hash of everything that a release, and what is told of it, is made of."""
        digest = blake2b(self._frame())
        for part in (
            self.book.findings,
            self.book.chores,
            self.book.different,
            self.book.moved,
            self.book.signers,
            self.book.withdrawn,
            found.seen,
        ):
            digest.update(repr(part).encode("utf-8", "surrogatepass") + b"\0")
        for key in found.work.store.keys.values():
            digest.update(key.encode())
        if any(collection.anchors for collection in self.book.collections):
            from sourcebook.evidence.held import Held  # which most books do not need

            for stamp in Held.of(self.book.root, self.book.sources).stamps():
                digest.update(repr(stamp).encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _frame(self) -> bytes:
        """A hash of all that a release is made of besides records; a baseline relaxes its tables."""
        book = self.book
        digest = blake2b(self.store.dependence)
        for part in (
            *book.checks,
            *book.views,
            *book.queries,
            *book.panels.items(),
            book.baseline,
            sqlite3.sqlite_version,
        ):
            digest.update(repr(part).encode("utf-8", "surrogatepass") + b"\0")
        return digest.digest()


def _collections(found: Scan) -> list[str]:
    """The collection of each chunk."""
    return [chunk[0].collection.name for chunk in found.work.chunks]


_LARGE = 16 * 1024 * 1024  # bytes of a database: below, a new one is made as fast
_FEW = 0.1  # of all chunks: above, too


def open_cache(book: Book, *, clean: bool = False) -> Cache:
    """The cache of a book, emptied if it is to be ``clean``; to be opened by who holds the lock.

    Raises OSError where the disk fails, EnvironmentFailure where something else lies in its place.
    """
    folder = _folder(book.build)
    if clean:
        remove(folder)
    chunks = folder / ground.CHUNKS
    if ground.kind(chunks) not in ("", "folder"):
        raise ground.in_the_way(chunks, ground.kind(chunks))
    chunks.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # what is read in parts later is what was seen whole
    here = (path for path in folder.iterdir() if path.name not in (ground.CHUNKS, _STATE, _HISTORY, _CUT))
    for left in (*here, *chunks.glob(".*-*")):  # of builds that were killed, or could not remove it
        remove(left)
    key = key_of(book.root)
    return Cache(book, Store(chunks, _dependence(book), secret=key.secret), key)


def _folder(build: Path) -> Path:
    """Where a user's cache lies: another who builds the same book has one beside it."""
    folder = build / FOLDER
    if ground.kind(folder) and folder.lstat().st_uid != system.user():
        folder = build / f"{FOLDER}-{system.user()}"
        found = ground.kind(folder)
        if found not in ("", "folder") or (found and folder.lstat().st_uid != system.user()):
            raise ground.in_the_way(folder, found)
    return folder


def _dependence(book: Book) -> bytes:
    """A hash of what a file compiles by: descriptor, schemas, toolkit, Python; where there are embargoes, the day."""
    digest = blake2b(code())
    digest.update(dumps(book.descriptor).encode("utf-8", "surrogatepass"))
    digest.update(repr(book.visibility.fingerprint).encode())
    for path in book.schemas.paths:
        digest.update(f"{path}\0{dumps(book.schemas.contents(path))}\0".encode("utf-8", "surrogatepass"))
    return digest.digest()


def _releases(build: Path) -> frozenset[str]:
    """The names of all releases that lie there."""
    folder = build / ground.RELEASES
    return frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()


def _is_current(build: Path, name: object) -> bool:
    """Whether a release is the current one, or the preview beside it."""
    return any(pointer.read(build, one) == name for one in (ground.CURRENT, ground.PREVIEW))
