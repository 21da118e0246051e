# SPDX-License-Identifier: Apache-2.0
"""A value followed back from commit to commit: along the files that hold its record, through all parents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, Self

from sourcebook.blame.asked import What
from sourcebook.blame.model import Blamed, Property, Was
from sourcebook.blame.named import Nowhere, at, before, properties
from sourcebook.book import look_up, steps
from sourcebook.diff.by_files import ByFiles
from sourcebook.diff.model import RecordChange, Side
from sourcebook.diff.sides import Commit, Files
from sourcebook.exact import same
from sourcebook.git import Blob
from sourcebook.history.objects import Objects
from sourcebook.history.states import Reading, Records, Wanted, book_in
from sourcebook.history.telling import CURATION
from sourcebook.parse import Path

_SHALLOW = "The clone is shallow: older commits are not here, and its oldest one may be blamed for what they did."
_MOST = 100  # values of before that are told
_BY = (("reviewed_by", ("reviewed_by", "reviewed_on")), ("entered_by", ("entered_by", "entered_on")))


class _Place(NamedTuple):
    """A record in a commit, the empty text for the working tree: its file and key."""

    commit: str
    file: str
    key: str


@dataclass(frozen=True)
class _Epoch:
    """The commits that touched a file, as git simplifies them: the parents of each, and the last one.

    They are those that one was ``asked`` for with.
    """

    asked: str
    last: str
    parents: dict[str, list[str]]
    seconds: dict[str, int]

    def touched_at(self, commit: str) -> str:
        """The last commit that touched the file, as a commit has it; the empty text where none did."""
        return commit if commit in self.parents else self.last


class Trace:
    """Follows the properties of a record. A resource: use it in a ``with`` statement."""

    def __init__(self, what: What) -> None:
        self._what = what
        self._git = what.repository
        self._objects = Objects(what.book.root)
        self._records = Records(self._objects, lambda _, value: value)
        self._notes: dict[str, None] = {}
        self._epochs: dict[str, list[_Epoch]] = {}
        self._value = cache(self._read)
        self._reading = cache(self._read_settings)
        self._came_from = cache(self._compared)
        self._whole_graph = cache(self._all_parents)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._objects.__exit__()

    def blamed(self) -> Blamed:
        """What is told of the record that is asked for."""
        what = self._what
        if what.name:
            wanted = [(what.name, what.at)]
        else:
            wanted = list(properties(what.record.value))
        whole = not what.name
        found = tuple(Property(name, tuple(self._values(path, 1 if whole else _MOST))) for name, path in wanted)
        if self._git.shallow:
            self._notes[_SHALLOW] = None
        record = what.record
        return Blamed(record.collection, str(record.key), record.path, found, whole, tuple(self._notes))

    def _values(self, path: Path, most: int) -> Iterator[Was]:
        for number, was in enumerate(self._followed(path)):
            if number == most:
                if most > 1:
                    self._notes[f"Only the last {most} values are told."] = None
                return
            yield was

    # --- from one commit to those before ------------------------------------------------------------------------------

    def _followed(self, path: Path) -> Iterator[Was]:
        """What a property became, the newest first."""
        record = self._what.record
        here = _Place("", record.path, str(record.key))
        value = record.value
        passed: set[tuple[_Place, Path]] = set()
        while (here, path) not in passed:
            passed.add((here, path))
            there = list(self._there(here, value, path))
            same_as = [one for one in there if same(at(one[1], one[2]), at(value, path))]
            if not same_as:
                yield self._was(here, value, path)
            if not there:
                return
            here, value, path = (same_as or there)[0]

    def _there(self, here: _Place, value: Any, path: Path) -> Iterator[tuple[_Place, Any, Path]]:
        """The property in each state that one comes from, as far as it was there."""
        for place, other in self._before(here):
            try:
                old = before(other, value, path)
                at(other, old)
            except Nowhere:
                continue
            yield place, other, old

    def _before(self, here: _Place) -> Iterator[tuple[_Place, Any]]:
        """The record in each state that one comes from, as far as it was there."""
        if not here.commit:
            head = self._git.commit("HEAD")
            last = self._epoch(head, here.file).touched_at(head) if head else ""
            same_file = self._value(_Place(last, here.file, here.key)) if last else None
            if same_file is not None:
                yield _Place(last, here.file, here.key), same_file[0]
            elif head:
                yield from self._elsewhere(here, head)
            return
        parents = self._epoch(here.commit, here.file).parents.get(here.commit, [])
        there = [_Place(parent, here.file, here.key) for parent in parents]
        found = [(place, one[0]) for place in there if (one := self._value(place)) is not None]
        if found:
            yield from found
            return
        for parent in self._whole_graph().get(here.commit, []):
            yield from self._elsewhere(here, parent)

    def _elsewhere(self, here: _Place, parent: str) -> Iterator[tuple[_Place, Any]]:
        """The record in a commit before, in another file or under another key."""
        change = self._came_from(here, parent)
        if change is None or change.kind == "added" or change.old is None or change.old.file is None:
            return
        file = change.old.file
        last = self._epoch(parent, file).touched_at(parent)
        if last:
            yield _Place(last, file, change.old_key), change.old_value

    def _was(self, here: _Place, value: Any, path: Path) -> Was:
        when = ""
        if here.commit:
            seconds = self._epoch(here.commit, here.file).seconds.get(here.commit, 0)
            when = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        by = self._by(here, value)
        return Was(here.commit, when, at(value, path), by, here.key, here.file)

    def _by(self, here: _Place, value: Any) -> str:
        """The role that the record says made the change, where the change wrote that."""
        role = self._what.book.by_name[self._what.record.collection].roles.get(CURATION)
        others = [other for _, other in self._before(here)]
        for part, parts in _BY if role else ():
            assert role is not None
            ways = [steps(role[name]) for name in parts if name in role]
            wrote = not others or any(_look(value, way) != _look(other, way) for other in others for way in ways)
            said = _look(value, steps(role[part])) if part in role else None
            if wrote and isinstance(said, str) and "@" not in said:
                return said
        return ""

    # --- what git says ------------------------------------------------------------------------------------------------

    def _epoch(self, commit: str, file: str) -> _Epoch:
        """The commits that touched a file, from one of them on or from another one."""
        known = self._epochs.setdefault(file, [])
        found = next((one for one in known if one.asked == commit or commit in one.parents), None)
        if found is None:
            found = self._commits_of(commit, file)
            known.append(found)
        return found

    def _commits_of(self, commit: str, file: str) -> _Epoch:
        said = self._git.said("rev-list", "--parents", "--timestamp", commit, "--", f":(literal){file}").decode()
        parents: dict[str, list[str]] = {}
        seconds: dict[str, int] = {}
        last = ""
        for line in said.splitlines():
            at_time, own, *others = line.split()
            parents[own], seconds[own] = others, int(at_time)
            last = last or own
        return _Epoch(commit, last, parents, seconds)

    def _all_parents(self) -> dict[str, list[str]]:
        said = self._git.said("rev-list", "--parents", "HEAD").decode()
        return {own: parents for own, *parents in map(str.split, said.splitlines())}

    def _read(self, place: _Place) -> tuple[Any] | None:
        """The record at a place, in a tuple; None where it is not there, or cannot be read."""
        name = f"{place.commit}:{self._git.prefix}{place.file}"
        if "\n" in name:
            return None
        oid = self._objects.called([name]).get(name)
        reading = self._reading(place.commit)
        if oid is None or reading is None:
            return None
        for _, records in self._records.of([Wanted(place.file, Blob("100644", oid), reading)]):
            for key, value in (records or {}).get(self._what.record.collection, ()):
                if key == place.key:
                    return (value,)
        return None

    def _read_settings(self, commit: str) -> Reading | None:
        prefix = self._git.prefix
        names = [f"{commit}:{prefix}{path}" for path in ("datapackage.yaml", "schemas", "baseline.json")]
        found = self._objects.called(names)
        return self._said(tuple(found.get(name, "") for name in names), commit)

    def _said(self, oids: tuple[str, ...], commit: str) -> Reading | None:
        known: dict[tuple[str, ...], Reading | None] = self.__dict__.setdefault("_known", {})
        if oids not in known:
            book = book_in(self._objects, self._git.listing(f"{commit}:{self._git.prefix}".removesuffix("/")))
            known[oids] = Reading(book) if book and book.collections else None
        return known[oids]

    def _compared(self, here: _Place, parent: str) -> RecordChange | None:
        """What became of the record at a place, since a commit before."""
        new: Files = self._side(here.commit) if here.commit else self._what.tree
        old = self._side(parent)
        try:
            told = ByFiles(old, new, []).compared()
        finally:
            old.close()
            if here.commit:
                new.close()
        collection = self._what.record.collection
        some = [one for one in told.records if (one.collection, one.key) == (collection, here.key) and one.new]
        return next((one for one in some if one.new and one.new.file == here.file), None)

    def _side(self, commit: str) -> Commit:
        tree = self._git.tree(commit, self._git.prefix)
        return Commit(Side("revision", commit, commit), self._git, tree)


def _look(value: Any, way: tuple[str, ...]) -> Any:
    try:
        return look_up(value, way)
    except KeyError:
        return None
