# SPDX-License-Identifier: Apache-2.0
"""The verb ``set``: a value in many records at once, of another type, under another name, or taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sourcebook.amend.as_written import AsWritten
from sourcebook.amend.changing import Wish, carried, place, put, remove, rename
from sourcebook.amend.declared import declared
from sourcebook.amend.retyped import KINDS, CannotBe, retyped
from sourcebook.book import Book, Collection, Folder, load_book, steps
from sourcebook.edit.model import Proposal, Refused
from sourcebook.edit.selecting import ABSENT, Selection, places, selection, written_path
from sourcebook.edit.typed import Written, as_wanted
from sourcebook.exact import same
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.records.places import Positioner
from sourcebook.records.read import read
from sourcebook.validation.wording import did_you_mean, many, shown

Type = Literal["integer", "number", "string", "boolean", "date"]
_NOT_GIVEN: Any = ABSENT


def set(
    folder: Folder,
    where: str,
    value: Any = _NOT_GIVEN,
    *,
    as_type: Type | None = None,
    add: bool = False,
    remove: bool = False,
    rename: str | None = None,
) -> Proposal:
    """What is to change so that the values that ``where`` selects are ``value`` in the book in ``folder``.

    ``where`` is ``COLLECTION[filter].path`` (`sourcebook.edit.selecting`). In place of a value: ``as_type`` makes each
    present one an integer, a number, a string, a boolean or a date, where nothing is lost by it; ``remove`` takes the
    property away; ``rename`` gives it another name. With ``add`` the value is put only where there is none. Nothing is
    written. Raises Refused where ``where`` does not say what is meant, UsageError where ``folder`` is no book.
    """
    book = load_book(folder)
    chosen = selection(where, book.by_name)
    if not chosen.steps:
        raise Refused(f"{where!r} names no property: write {where}.PROPERTY")
    asked = [value is not ABSENT, as_type is not None, remove, rename is not None]
    if sum(asked) != 1 or (add and value is ABSENT):
        raise Refused("give one of these: a value (with or without --add), --as, --remove or --rename")
    if as_type is not None and as_type not in KINDS:
        raise Refused(f"a value can be made {', '.join(KINDS)}, and not {as_type!r}")
    setting = _Setting(book, chosen, Positioner(book))
    if as_type is not None:
        return setting.proposal(lambda: setting.retype(as_type), f"make {chosen.written} {_article(as_type)}")
    if remove:
        return setting.proposal(setting.remove, f"take {chosen.written} away")
    if rename is not None:
        return setting.proposal(lambda: setting.rename(rename), f"rename {chosen.written} to {rename}")
    words = value.text if isinstance(value, Written) else shown(value)
    return setting.proposal(lambda: setting.put(value, add=add), f"set {chosen.written} to {words}")


def _article(kind: str) -> str:
    return f"{'an' if kind == 'integer' else 'a'} {kind}"


@dataclass
class _Setting:
    """One call of the verb: what was selected, and what is told beside the change."""

    book: Book
    selection: Selection
    positioner: Positioner

    def __post_init__(self) -> None:
        self.told: list[str] = []
        self.collection: Collection = self.book.by_name[self.selection.collection]
        reading = read(self.book, (self.collection.name,))
        self.records: list[Record] = self.selection.chosen(reading.records)
        own = [record for record in reading.records if record.collection == self.collection.name]
        self._tell_of_unread(reading.incomplete)
        if not self.records:
            near = self.selection.nearly(own)
            self.told.append(
                f"of {many(len(own), 'record')} of {self.collection.name} none is so{near and f'; {near}'}"
            )
        else:
            self._tell_of_near(own)

    def _tell_of_unread(self, incomplete: frozenset[str]) -> None:
        if self.collection.name in incomplete:
            self.told.append(f"some files of {self.collection.name} could not be read: `sourcebook check` tells which")

    def _tell_of_near(self, own: list[Record]) -> None:
        """Where the property is one that nobody knows, say what it may be meant to be."""
        first = self.selection.steps[0]
        names = dict.fromkeys(name for one in own if isinstance(one.value, dict) for name in one.value)
        known = [*names, *declared(self.book, self.collection).names]
        if isinstance(first, str) and first not in ("[]", "{}") and first not in known:
            hint = did_you_mean(first, known)
            self.told.append(f"no record of {self.collection.name} has {first!r} so far{hint and f'; {hint}'}")

    def proposal(self, wish: Callable[[], Iterator[Wish]], what: str) -> Proposal:
        """The proposal that what is wished comes to."""
        result = carried(self.book, list(wish()))
        count = len(result.done)
        done = f"{many(count, 'value')} in {many(len(result.changes), 'file')}" if count else "nothing to change"
        return Proposal(self.book.root, f"{what}: {done}", result.changes, (*self.told, *result.told))

    def _places(self) -> Iterator[tuple[Record, Path, Any]]:
        for record in self.records:
            for path, value in places(record.value, self.selection.steps):
                yield record, path, value

    def put(self, value: Any, *, add: bool) -> Iterator[Wish]:
        """The value everywhere, or where there is none."""
        self._not_the_key()
        for record, path, present in self._places():
            if add and present is not ABSENT:
                continue
            wanted = value
            if isinstance(value, Written):
                wanted = as_wanted(value.text, declared(self.book, self.collection, path, record.value).types)
            if present is ABSENT or not same(present, wanted):
                yield put(record, path, wanted)

    def _not_the_key(self) -> None:
        key = steps(self.collection.key) if self.collection.key else ()
        if key and self.selection.steps == key:
            raise Refused(
                f"{self.collection.key!r} is the key of {self.collection.name}, by which others refer to its records: "
                f"`sourcebook rename {self.collection.name} OLD NEW` changes both"
            )

    def retype(self, kind: str) -> Iterator[Wish]:
        """Each present value as another type."""
        as_written = AsWritten(self.book, self.positioner)
        for record, path, present in self._places():
            if present is ABSENT:
                continue
            try:
                wanted = retyped(present, kind, as_written(record, path, present) if _is_single(present) else "")
            except CannotBe as error:
                self.told.append(f"not changed: {place(self.positioner, record, path)}: {error}")
                continue
            if not same(present, wanted):
                yield put(record, path, wanted)

    def remove(self) -> Iterator[Wish]:
        """The property taken away."""
        self._not_the_key()
        for record, path, present in self._places():
            if present is not ABSENT:
                yield remove(record, path)

    def rename(self, name: str) -> Iterator[Wish]:
        """The property under another name."""
        if not name:
            raise Refused("a property has a name: give one to --rename")
        if isinstance(self.selection.steps[-1], int) or self.selection.steps[-1] in ("[]", "{}"):
            raise Refused(f"{self.selection.written!r} leads to items, which have no name that could be changed")
        for record, path, present in self._places():
            if present is ABSENT or path[-1] == name:
                continue
            holder = record.value
            for step in path[:-1]:
                holder = holder[step]
            if name in holder:
                at = place(self.positioner, record, (*path[:-1], name))
                self.told.append(f"not changed: {at}: there is {written_path((*path[:-1], name))!r} already")
                continue
            yield rename(record, path, name)


def _is_single(value: Any) -> bool:
    return not isinstance(value, dict | list)
