# SPDX-License-Identifier: Apache-2.0
"""Two sides that are files: only those that differ are read, but where a collection is read otherwise than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from sourcebook.book import BASELINE, BUILD, CURATION, DATA, DESCRIPTOR, SCHEMAS, SCRIPTS, STATEMENT
from sourcebook.diff.claimed import Claims, claiming_of, reading_of
from sourcebook.diff.keyless import keyless
from sourcebook.diff.model import (
    AnswerChange,
    Change,
    Compared,
    FileChange,
    RecordChange,
    TableChange,
    Uncompared,
    Unreadable,
)
from sourcebook.diff.moved import moved_of
from sourcebook.diff.other_names import other_names
from sourcebook.diff.reading import Read, read
from sourcebook.diff.records import became
from sourcebook.diff.seen import as_it_is
from sourcebook.diff.shapes import changes_of_tables, changes_of_views, tables_of
from sourcebook.diff.sides import NAMELESS, Commit, Files
from sourcebook.diff.values import changes
from sourcebook.git import MODULE, Blob

Both = tuple[Blob | None, Blob | None]
_OF_BOOK = tuple(f"{folder}/" for folder in (DATA, SCHEMAS, SCRIPTS, CURATION))
_VIEWS = "scripts/views/"


class ByFiles:
    """The comparison of two sides that are files."""

    def __init__(self, old: Files, new: Files, notes: list[str]) -> None:
        self.old, self.new = old, new
        self.notes = notes
        self.unreadable: list[Unreadable] = []
        self._share()
        self._lend()

    def compared(self) -> Compared:
        """Everything that differs."""
        old, new = self._reads
        moved = moved_of((self.old.own, self.new.own))
        records: list[RecordChange] = []
        uncompared: list[Uncompared] = []
        for name in self._names:
            without = (keyless(self.old.book, name), keyless(self.new.book, name))
            named = other_names(self.new.book, name)
            for one in became(name, old.records[name], new.records[name], moved, without, named):
                if one.kind == "removed" and one.old and new.lacks(one.old.file):
                    uncompared.append(Uncompared("old", name, one.key, one.old))
                elif one.kind == "added" and one.new and old.lacks(one.new.file):
                    uncompared.append(Uncompared("new", name, one.key, one.new))
                else:
                    records.append(one)
        answers, records = self._answers(records)
        tables = self._tables()
        return Compared(
            self.old.side,
            self.new.side,
            tuple(answers),
            tuple(records),
            tuple(tables),
            self._descriptor(),
            tuple(self._files(records)),
            (*self.unreadable, *old.unreadable, *new.unreadable),
            tuple(uncompared),
            (*self.notes, *self.old.notes, *self.new.notes),
            tuple(self._titles()),
        )

    def _answers(self, records: list[RecordChange]) -> tuple[list[AnswerChange], list[RecordChange]]:
        books = [side.book for side in (self.old, self.new) if side.book]
        if not records or not any(STATEMENT in one.roles for book in books for one in book.collections):
            return [], records
        from sourcebook.diff.answers import AnswersOfFiles  # which needs plans, and only statements have answers

        return AnswersOfFiles(self.old, self.new, *self._reads).told(records)

    # --- what is to be read -------------------------------------------------------------------------------------------

    def _share(self) -> None:
        """Where both sides say the same in the same files, what one says is read once."""
        if isinstance(self.old, Commit) and isinstance(self.new, Commit):
            self.new.share(self.old)

    def _lend(self) -> None:
        """Where the descriptor of one side cannot be read, that is told, and the other's is taken."""
        for which, side, other in (("old", self.old, self.new), ("new", self.new, self.old)):
            own = side.own
            if own is None or own.collections:
                continue
            self.unreadable += [
                Unreadable("old" if which == "old" else "new", one) for one in own.findings if one.level == "error"
            ]
            if other.own is not None and other.own.collections:
                side.lent = other.own
                self.notes.append(
                    f"the descriptor of {side.side} cannot be read; that of {other.side} was taken for it"
                )

    @property
    def _both_said(self) -> bool:
        return all(side.own is not None and side.own.collections for side in (self.old, self.new))

    def _descriptor(self) -> tuple[Change, ...]:
        """What the descriptors say otherwise; in which order means nothing."""
        if not (self._both_said and self.old.own and self.new.own):
            return ()
        found = changes(dict(self.old.own.descriptor), dict(self.new.own.descriptor))
        return tuple(one for one in found if one.kind not in ("order", "moved"))

    @cached_property
    def _names(self) -> list[str]:
        books = [side.book for side in (self.new, self.old) if side.book]
        return list(dict.fromkeys(one.name for book in books for one in book.collections))

    def _titles(self) -> Iterator[tuple[str, str]]:
        for name in self._names:
            found = [b.by_name[name].title for b in (self.new.book, self.old.book) if b and name in b.by_name]
            yield name, found[0]

    @cached_property
    def differing(self) -> Mapping[str, Both]:
        """The files that differ, or may differ, as either side has them."""
        old, new = self.old, self.new
        if isinstance(old, Commit) and isinstance(new, Commit) and old.tree and new.tree:
            return old.git.differing(old.tree, new.tree) if old.tree != new.tree else {}
        paths = [*old.listing, *(path for path in new.listing if path not in old.listing)]
        return {path: both for path in paths if _differ(both := (old.listing.get(path), new.listing.get(path)))}

    @cached_property
    def _whole(self) -> frozenset[str]:
        """The collections of which all files are read: how is not what it was."""
        one, other = self.old.book, self.new.book
        if one is None or other is None:
            return frozenset(self._names)
        kept_back: set[str] = set()
        if self.new.shown is not as_it_is and one is not other:  # what is public of a record may be other than before
            kept_back = {*one.visibility.masks, *other.visibility.masks}
        return frozenset(
            name
            for name in self._names
            if not (name in one.by_name and name in other.by_name)
            or reading_of(one, one.by_name[name]) != reading_of(other, other.by_name[name])
            or name in kept_back
        )

    @cached_property
    def _reads(self) -> tuple[Read, Read]:
        old, new = (self._wanted(number, side) for number, side in enumerate((self.old, self.new)))
        one, other = read("old", self.old, *old), read("new", self.new, *new)
        for path, both in self.differing.items():
            if any(blob and blob.mode == MODULE for blob in both):
                self.notes.append(f"{path} is a submodule of git: what it holds is not compared")
        return one, other

    def _wanted(self, number: int, side: Files) -> tuple[dict[str, Blob], dict[str, set[str]]]:
        """The files of a side that are to be read, and which collections' records of each."""
        book, other = (self.old.book, self.new.book)[:: 1 if number == 0 else -1]
        wanted = {path: blob for path, both in self.differing.items() if (blob := both[number])}
        names: dict[str, set[str]] = {path: set(self._names) for path in wanted}
        if book is None or not (self._whole or other is None or claiming_of(book) != claiming_of(other)):
            return wanted, names
        claims, theirs = Claims(book), Claims(other) if other else None
        for path, blob in side.listing.items():
            if path not in wanted and (owners := {one.name for one in claims.of(path)}):
                # As it is on the other side, where its records are read in the same way.
                kept = {one.name for one in theirs.of(path)} - self._whole if theirs else set()
                if owners - kept:
                    wanted[path], names[path] = blob, owners - kept
        return wanted, names

    # --- what else differs --------------------------------------------------------------------------------------------

    def _files(self, records: list[RecordChange]) -> Iterator[FileChange]:
        """The files that differ without a change of any record that could be read."""
        old, new = self._reads
        told = {stand.file for one in records for stand in (one.old, one.new) if stand}
        told |= {one.finding.path for one in (*old.unreadable, *new.unreadable)}
        claimed = [Claims(side.book) for side in (self.old, self.new) if side.book]
        for path, both in self.differing.items():
            if path in told or path.startswith(f"{BUILD}/") or MODULE in {blob.mode for blob in both if blob}:
                continue
            if all(both) and self._same(path, both, old, new):
                continue
            kind: Literal["changed", "removed", "added"] = "changed" if all(both) else "removed" if both[0] else "added"
            data = any(claims.of(path) for claims in claimed)
            if not all(both) and NAMELESS in both and not data and not path.startswith(_OF_BOOK):
                continue  # something that lies there and that git does not know, such as what is installed
            yield FileChange(kind, path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), data)

    def _same(self, path: str, both: Both, old: Read, new: Read) -> bool:
        """Whether a file of which git could not tell is what it was."""
        one, other = both
        assert one is not None
        assert other is not None
        if one.oid and other.oid:
            return False
        found = []
        for side, reads, blob in ((self.old, old, one), (self.new, new, other)):
            data = reads.data.get(path)
            if data is None:
                data = dict(side.read({path: blob})).get(path, (None, None))[0]
            found.append(data)
        return found[0] == found[1]

    def _tables(self) -> Iterator[TableChange]:
        if not self._both_said:
            return
        one, other = self.old.own, self.new.own
        assert one is not None
        assert other is not None
        touched = {name for reads in self._reads for name, some in reads.records.items() if some}
        said = {DESCRIPTOR, BASELINE, *one.schemas.paths, *other.schemas.paths}
        inferred = {c.name for book in (one, other) for c in book.collections if c.planned_from_records} & touched
        if inferred or not said.isdisjoint(self.differing):
            yield from self._planned()
        yield from changes_of_views(self._views(0), self._views(1))

    def _planned(self) -> Iterator[TableChange]:
        from sourcebook.diff.planned import Planned  # only where schemas differ

        old, new = Planned(self.old), Planned(self.new)
        left_out = old.left_out | new.left_out
        if left_out:
            self.notes.append(f"the tables of {', '.join(sorted(left_out))} come of too many records to be compared")
        for which, planned in (("old", old), ("new", new)):
            self.unreadable += [Unreadable("old" if which == "old" else "new", one) for one in planned.wrong]
        if not old.wrong and not new.wrong:
            plans = ([plan for name, plan in one.plans.items() if name not in left_out] for one in (old, new))
            yield from changes_of_tables(*map(tables_of, plans))

    def _views(self, number: int) -> dict[str, Blob]:
        """The views of a side that are not as on the other."""
        old, new = self._reads
        found = {}
        for path, both in self.differing.items():
            blob = both[number]
            is_view = path.startswith(_VIEWS) and path.endswith(".sql")
            if is_view and blob and not (all(both) and self._same(path, both, old, new)):
                found[path.rpartition("/")[2].removesuffix(".sql")] = blob
        return found


def _differ(both: Both) -> bool:
    one, other = both
    return one is None or other is None or not one.oid or not other.oid or one != other
