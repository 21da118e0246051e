# SPDX-License-Identifier: Apache-2.0
"""A book held in memory, and its private database: what a file's edit changes is read, judged and put there.

In memory are keys, places and counts; what records hold is in the database. An edit that would not be published leaves
all as it was. What cannot be told from the files that were edited alone makes the book be read anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sourcebook.book import Book
from sourcebook.check.promises import departing
from sourcebook.compile.batch import Batch
from sourcebook.compile.convert import jobs as batch_jobs
from sourcebook.compile.gather import Gathered
from sourcebook.dev.database import Database
from sourcebook.dev.files import Files
from sourcebook.dev.judging import Judging
from sourcebook.dev.known import Living, Value
from sourcebook.dev.model import Changes, Outcome, Row
from sourcebook.dev.numbers import is_numbered, step_of
from sourcebook.dev.order import Order, Place, numbers_of
from sourcebook.dev.reading import FileRead, alone, in_order, read_file
from sourcebook.finding import Finding
from sourcebook.records.model import Stand
from sourcebook.rules import baseline
from sourcebook.rules.levels import leveled
from sourcebook.tables.links import Kind, Reference, linked


class State:
    """The book in ``root``, as the private database in ``folder`` has it. A resource: close it."""

    def __init__(self, book: Book, gathered: Gathered, folder: Path, findings: list[Finding]) -> None:
        self.book, self.folder, self.findings = book, folder, findings
        self.plans = gathered.plans
        self.files = Files(book, [source for chunk in gathered.work.chunks for source in chunk])
        self.stands: dict[str, dict[str, Stand]] = {n: dict(e.stands) for n, e in gathered.entries.items()}
        step = step_of(gathered.count)
        self.numbers = numbers_of(self.stands, step)
        self.index = Living(gathered.index, lambda name, key: self.numbers[name].get(str(key), 0))
        self._keys: dict[Place, list[str]] = {}
        for name, stands in self.stands.items():
            for key, stand in stands.items():
                self._keys.setdefault((name, stand[1]), []).append(key)
        self._order = Order(self.files, self.numbers, self._keys, step)
        self.written: dict[Reference | Kind, Counter[Any]] = {one: Counter(n) for one, n in gathered.written.items()}
        self.suspects = {name: dict(some) for name, some in gathered.suspects.items()}
        self._jobs = batch_jobs(book, self.plans, self.index)
        self._departing = departing(book)
        self._moved = {(one.collection, key) for one in book.moved for key in (one.key, one.to)}
        self._moved |= {(one.collection, one.key) for one in book.withdrawn}
        self._anew = {
            name
            for name, one in self.plans.items()
            if book.by_name[name].planned_from_records or not all(map(is_numbered, one.tables[1:]))
        }
        self._judging = Judging(book, self.plans, gathered, self.index, self.written, self.suspects)
        self.database = Database(folder, book, self.plans)
        self._undo: list[Callable[[], object]] = []

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    # --- an edit ------------------------------------------------------------------------------------------------------

    def attempt(self, paths: Iterable[str], hold: Callable[[], object] = lambda: None) -> Outcome:
        """Have the database be what the files at ``paths`` are now, if that may be published.

        ``hold`` is called before others may see a part of it; it is whole when this returns. Raises OSError.
        """
        reads: list[FileRead] = []
        for path in sorted(self._expanded(paths)):
            what = self.files.what(path)
            if what == "book":
                return Outcome("anew", why=f"{path} was edited")
            if what == "data":
                sources = self.files.sources.get(path) or self.files.new(path)
                if sources is None:
                    return Outcome("anew", why=f"{path} is new")
                reads += read_file(self.book, self._jobs, sources)
        wrong = self._told([finding for one in reads for finding in one.findings])
        if any(finding.level == "error" for finding in wrong):
            return Outcome("held", wrong)
        try:
            outcome = self._taken(reads, hold)
        except BaseException:
            self._back()
            raise
        if outcome.what != "shown":
            self._back()
        self._undo.clear()
        if outcome.what == "shown":
            there = {one.source.path for one in reads}
            kept = [finding for finding in self.findings if finding.path not in there]
            self.findings = [*self._told([*kept, *wrong, *outcome.findings])]
        return outcome

    def _is_taken_down(self, rows: Iterable[Row]) -> bool:
        from sourcebook.rules.withdrawn_again import has_words, taken_down  # which most books do not need

        known = taken_down(self.book)
        return any(has_words(known, row.text) for row in rows)

    def _taken(self, reads: list[FileRead], hold: Callable[[], object]) -> Outcome:
        changes, doubled, emptied = Changes(), [], set()
        places = [self._compare(one) for one in reads]
        for one, _ in places:
            changes.gone += one
        before = self._let_go(changes.gone)
        for (_, coming), read in zip(places, reads, strict=True):
            found = self._put(read, coming, changes)
            if found is None:
                return Outcome("anew", why="there is no room between the records any more")
            doubled += found
        if doubled:
            return Outcome("held", self._told(self._judging.doubled(doubled, self.stands)))
        if not changes:
            return Outcome("same")
        touched = changes.collections
        gone, come = ({(row.collection, row.key) for row in some} for some in (changes.gone, changes.come))
        touched_keys = gone ^ come
        if touched & self._anew:
            return Outcome("anew", why=f"the tables of {' and '.join(sorted(touched & self._anew))} follow the records")
        if any(row.is_suspect and row.collection in self._departing for row in (*changes.gone, *changes.come)):
            return Outcome("anew", why="a record departs from its schema, which the tables promise something of")
        if touched_keys & self._moved:
            return Outcome("anew", why="the list of keys that moved, or of what was withdrawn, speaks of a record")
        if any(one.hashes for one in self.book.withdrawn) and self._is_taken_down(changes.come):
            return Outcome("anew", why="words that were taken down are there again")
        emptied = {name for name in touched if not self.stands[name] and not self.book.by_name[name].may_be_empty}
        if emptied:
            return Outcome("held", self._told(self._judging.emptied(emptied)))
        values = self._meant(changes.come, before)
        wrong, unclear = self._judging.judged(changes, values, self.stands, self.database)
        if unclear:
            return Outcome("anew", why="other records refer to what was renamed")
        told = self._told(wrong)
        if any(finding.level == "error" for finding in told):
            return Outcome("held", told)
        self.database.apply(changes, hold, lambda table, values: linked(table, values, self.index))
        return Outcome("shown", told)

    def _told(self, findings: Iterable[Finding]) -> list[Finding]:
        return baseline.settled(self.book, leveled(self.book, findings))[0]

    def _expanded(self, paths: Iterable[str]) -> set[str]:
        """The files that are meant: of a folder those in it, as they are and as they were."""
        found: set[str] = set()
        for path in paths:
            at = self.book.root / path
            if path in self.files.sources or at.is_symlink():
                found.add(path)
            elif at.is_dir():
                found.update(self.files.below(path))
                found.update(one.relative_to(self.book.root).as_posix() for one in at.rglob("*") if one.is_file())
            else:
                found.update([*self.files.below(path)] or [path])
        return found

    # --- records ------------------------------------------------------------------------------------------------------

    def _compare(self, read: FileRead) -> tuple[list[Row], list[tuple[Stand, str, int | None]]]:
        """The records of a file that go, and all that it has: those that stay as they are have their number."""
        name, path = read.source.collection.name, read.source.path
        old = self._keys.get((name, path), [])
        numbers, suspects = self.numbers[name], self.suspects[name]
        texts = self.database.texts([numbers[key] for key in old])
        stands = read.batch.placed([read.source])
        stays = in_order(old, [str(stand[0]) for stand in stands])
        there: dict[str, int] = {}
        for at, (stand, text) in enumerate(zip(stands, read.batch.texts, strict=True)):
            key = str(stand[0])
            same = key in texts and self.stands[name][key][0] == stand[0] and texts[key] == text
            if (
                stays
                and same
                and suspects.get(key) == read.batch.suspects.get(at)
                and self.stands[name][key][1] == path
            ):
                there[key] = numbers[key]
        gone = [
            Row(read.source, numbers[key], self.stands[name][key], texts[key], self._alone(name, key, texts[key]))
            for key in old
            if key not in there
        ]
        kept = {row.key: row.number for row in gone} if stays else {}
        coming = []
        for at, (stand, text) in enumerate(zip(stands, read.batch.texts, strict=True)):
            key = str(stand[0])
            coming.append((stand, text, there.get(key, kept.get(key)), key in there, read.batch.suspects.get(at)))
        return gone, coming  # type: ignore[return-value]

    def _alone(self, name: str, key: str, text: str) -> Batch:
        return alone(self._jobs[name], self.stands[name][key], text, self.suspects[name].get(key))

    def _let_go(self, gone: Iterable[Row]) -> dict[Value, list[str | int]]:
        """Forget records; what each value that they were meant by did mean."""
        before: dict[Value, list[str | int]] = {}
        for row in gone:
            name, key = row.collection, row.key
            for value in self.index.values(name, row.stand[0], row.fields):
                before.setdefault(value, self.index.keys_of(value))
                self._change(self.index.take, (value, row.stand[0]), self.index.set, (value, self.index.keys_of(value)))
            self._count(row, -1)
            stand, number, lossy = self.stands[name].pop(key), self.numbers[name].pop(key), None
            lossy = self.suspects[name].pop(key, None)
            self._undo.append(lambda n=name, k=key, s=stand: self.stands[n].__setitem__(k, s))  # type: ignore[misc]
            self._undo.append(lambda n=name, k=key, s=number: self.numbers[n].__setitem__(k, s))  # type: ignore[misc]
            if lossy is not None:
                self._undo.append(lambda n=name, k=key, s=lossy: self.suspects[n].__setitem__(k, s))  # type: ignore[misc]
        return before

    def _put(self, read: FileRead, coming: Any, changes: Changes) -> list[Row] | None:
        """Take in the records of a file; those whose keys are taken, or None where there is no room."""
        name, source = read.source.collection.name, read.source
        place = (name, source.path)
        self._note_file(read, place, [str(stand[0]) for stand, *_ in coming])
        numbers = self._order.places(source, [number for _, _, number, _, _ in coming])
        if numbers is None:
            return None
        doubled = []
        for (stand, text, _, same, lossy), number in zip(coming, numbers, strict=True):
            key = str(stand[0])
            if same:
                if self.stands[name][key] != stand:
                    changes.moved.append((number, stand))
                    self._change(
                        self.stands[name].__setitem__,
                        (key, stand),
                        self.stands[name].__setitem__,
                        (key, self.stands[name][key]),
                    )
                continue
            row = Row(source, number, stand, text, alone(self._jobs[name], stand, text, lossy))
            if key in self.stands[name]:
                doubled.append(row)
                continue
            changes.come.append(row)
            self._change(self.stands[name].__setitem__, (key, stand), self.stands[name].pop, (key,))
            self._change(self.numbers[name].__setitem__, (key, number), self.numbers[name].pop, (key,))
            if row.is_suspect:
                self._change(
                    self.suspects[name].__setitem__, (key, row.batch.suspects[0]), self.suspects[name].pop, (key,)
                )
            self._count(row, 1)
        return doubled

    def _note_file(self, read: FileRead, place: Place, keys: list[str]) -> None:
        old = self._keys.get(place)
        known = any(one.collection.name == place[0] for one in self.files.sources.get(place[1], ()))
        if known and not read.is_there:
            self._change(self.files.remove, (read.source,), self.files.add, (read.source,))
        elif not known and read.is_there:
            self._change(self.files.add, (read.source,), self.files.remove, (read.source,))
        if old is None:
            self._change(self._keys.__setitem__, (place, keys), self._keys.pop, (place,))
        else:
            self._change(self._keys.__setitem__, (place, keys), self._keys.__setitem__, (place, old))

    def _meant(
        self, come: Iterable[Row], before: dict[Value, list[str | int]]
    ) -> dict[Value, tuple[list[str | int], list[str | int]]]:
        """Have records be meant by their values; what each of those that mean something else meant, and means."""
        for row in come:
            for value in self.index.values(row.collection, row.stand[0], row.fields):
                there = self.index.keys_of(value)
                before.setdefault(value, there)
                self._change(self.index.put, (value, row.stand[0]), self.index.set, (value, there))
        after = {value: self.index.keys_of(value) for value in before}
        return {value: (was, after[value]) for value, was in before.items() if was != after[value]}

    def _count(self, row: Row, times: int) -> None:
        """Count what a record refers to, or do not count it any more."""
        job, batch = self._jobs[row.collection], row.batch
        counts: list[tuple[Reference | Kind, Mapping[Any, int]]] = [
            *zip(job.references, batch.written, strict=True),
            *self._judging.judged_of(row),
        ]
        for reference, some in counts:
            there = self.written.setdefault(reference, Counter())
            for value, count in some.items():
                self._change(_add, (there, value, times * count), _add, (there, value, -times * count))

    # --- taking back --------------------------------------------------------------------------------------------------

    def _change(
        self, do: Callable[..., object], given: tuple[Any, ...], undo: Callable[..., object], back: Any
    ) -> None:
        do(*given)
        self._undo.append(lambda: undo(*back))

    def _back(self) -> None:
        while self._undo:
            self._undo.pop()()


def _add(counts: Counter[Any], value: Any, times: int) -> None:
    counts[value] += times
    if not counts[value]:
        del counts[value]
