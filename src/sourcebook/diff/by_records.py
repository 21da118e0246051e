# SPDX-License-Identifier: Apache-2.0
"""Two sides of which one at least is no files: all records of both are held against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sourcebook.book import ANSWER_KINDS, HIDDEN, STATEMENT, Target, look_up, steps
from sourcebook.diff.answers import speaking_of, told_records
from sourcebook.diff.keyless import keyless
from sourcebook.diff.links import NOBODY, Answering, Speaking, changes_of_answers
from sourcebook.diff.model import Compared, RecordChange, Side, Stand, TableChange, Uncompared, Unreadable
from sourcebook.diff.moved import moved_of
from sourcebook.diff.other_names import Named, other_names, other_names_in_site
from sourcebook.diff.planned import Planned
from sourcebook.diff.reading import Read, read
from sourcebook.diff.records import Held, became
from sourcebook.diff.releases import DERIVED, Release
from sourcebook.diff.seen import SAID
from sourcebook.diff.shapes import changes_of_tables, changes_of_views, tables_of
from sourcebook.diff.sides import Files
from sourcebook.diff.values import changes


class _Whole:
    """A side with all its records."""

    def __init__(self, number: int, of: Files | Release, other: Files | Release) -> None:
        self.of = of
        self.side: Side = of.side
        self.files = of if isinstance(of, Files) else None
        self.release = of if isinstance(of, Release) else None
        book = self.book = self.files.book if self.files else None
        self.names = tuple(one.name for one in book.collections) if book else ()
        if self.files:
            listing = self.files.listing
            self.read = read("old" if number == 0 else "new", self.files, listing, dict.fromkeys(listing, self.names))
        else:
            self.read = Read("old" if number == 0 else "new")
        if self.release:
            self.names = self.release.collections
            theirs = other.book if isinstance(other, Files) else None
            for name in self.names:
                key = theirs.by_name[name].key if theirs and name in theirs.by_name else None
                records = (replace(one, value=of.shown(name, one.value)) for one in self.release.records(name, key))
                self.read.records[name] = [one for one in records if one.value is not HIDDEN]

    @property
    def is_package(self) -> bool:
        """Whether its records are documents, with what was derived in them, of which nothing says where they lie."""
        return self.release is not None and self.release.database is None

    @property
    def descriptor(self) -> Mapping[str, Any]:
        """What it says of the book as a whole."""
        said = self.release.descriptor if self.release else self.book.descriptor if self.book else {}
        return {name: said[name] for name in SAID if said.get(name) is not None}

    def speaking(self, other: _Whole) -> Speaking:
        """How its statements speak: as the book says, or else the release, or the other side."""
        if self.book:
            return speaking_of(self.book)
        if other.book:
            return speaking_of(other.book)
        site = (self.release and self.release.site) or (other.release and other.release.site) or {}
        return _speaking_of_site(site) if site else NOBODY

    def named(self, name: str) -> Named:
        """What other names records of a collection say."""
        return other_names_in_site(self.release.site, name) if self.release else other_names(self.book, name)

    def views(self) -> dict[str, str] | None:
        """The names of its views; None where they are not known."""
        if self.release:
            return None if self.is_package else dict.fromkeys(self.release.views, "")
        listing = self.files.listing if self.files else ()
        views = [path for path in listing if path.startswith("scripts/views/") and path.endswith(".sql")]
        return {path.rpartition("/")[2].removesuffix(".sql"): "" for path in views}


def compared_by_records(old: Files | Release, new: Files | Release, notes: list[str]) -> Compared:
    """Everything that differs between two sides of which one at least is a release or a package."""
    one, other = _Whole(0, old, new), _Whole(1, new, old)
    if one.is_package or other.is_package:
        _without_places(one, other)
    sides = (one, other)
    moved = moved_of((side.book for side in sides), (side.release.site for side in sides if side.release))
    records: list[RecordChange] = []
    uncompared: list[Uncompared] = []
    names = list(dict.fromkeys((*other.names, *one.names)))
    for name in names:
        book = other.book or one.book
        without = keyless(book, name)
        named = other.named(name)
        for found in became(name, one.read.records[name], other.read.records[name], moved, (without, without), named):
            if found.kind == "removed" and found.old and other.read.lacks(found.old.file):
                uncompared.append(Uncompared("old", name, found.key, found.old))
            elif found.kind == "added" and found.new and one.read.lacks(found.new.file):
                uncompared.append(Uncompared("new", name, found.key, found.new))
            else:
                records.append(found)
    speaks = (one.speaking(other), other.speaking(one))
    links = [set(_links(side, said)) for side, said in zip((one, other), speaks, strict=True)]
    renamed = {(r.collection, r.old_key): (r.collection, r.key) for r in records if r.kind == "renamed"}
    gone = {(r.collection, r.key) for r in records if r.kind == "removed"}
    unreadable = [*one.read.unreadable, *other.read.unreadable]
    tables = list(_tables(one, other, unreadable))
    return Compared(
        one.side,
        other.side,
        tuple(changes_of_answers(links, renamed, gone)),
        tuple(told_records(records, speaks, links)),
        tuple(tables),
        changes(dict(one.descriptor), dict(other.descriptor)),
        (),
        tuple(unreadable),
        tuple(uncompared),
        (*notes, *(note for side in (one, other) if side.files for note in side.files.notes), *_notes(one, other)),
        tuple((name, _title(name, other, one)) for name in names),
    )


def _notes(one: _Whole, other: _Whole) -> Iterable[str]:
    for side in (one, other):
        if side.is_package:
            yield f"{side.side} does not say in which file a record was, so that records that moved are not told"


def _title(name: str, *sides: _Whole) -> str:
    titles = (side.book.by_name[name].title for side in sides if side.book and name in side.book.by_name)
    return next(titles, name)


def _without_places(one: _Whole, other: _Whole) -> None:
    """Have the records of both without files, which one of them does not know; and without what was derived."""
    for side, opposite in ((one, other), (other, one)):
        for name, records in side.read.records.items():
            derived: frozenset[str] = frozenset()
            if side.is_package and not opposite.is_package:
                there = {member for held in opposite.read.records[name] for member in _members(held.value)}
                derived = DERIVED - there
            side.read.records[name] = [
                Held(held.key, Stand(None, held.stand.line), _without(held.value, derived)) for held in records
            ]


def _members(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _members(item)
    elif isinstance(value, list):
        for item in value:
            yield from _members(item)


def _without(value: Any, names: frozenset[str]) -> Any:
    if not names:
        return value
    if isinstance(value, dict):
        return {name: _without(item, names) for name, item in value.items() if name not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def _links(side: _Whole, speaks: Speaking) -> Iterable[Any]:
    index: dict[Target, dict[str, list[str]]] = {}

    def named(target: Target, value: str) -> list[str]:
        if target not in index:
            by: dict[str, list[str]] = defaultdict(list)
            field = target.field if target.field != speaks.keys.get(target.collection) else ""
            for held in side.read.records[target.collection]:
                try:
                    by[str(look_up(held.value, steps(field))) if field else held.key].append(held.key)
                except KeyError:
                    continue
            index[target] = by
        return index[target].get(value, [])

    for name in speaks.roles:
        for held in side.read.records[name]:
            yield from speaks.links(name, held, named)


def _speaking_of_site(site: Mapping[str, Any]) -> Speaking:
    collections = {one["name"]: one for one in site.get("collections", ())}
    roles = {name: one["roles"][STATEMENT] for name, one in collections.items() if STATEMENT in one.get("roles", {})}
    answering = {}
    for name, role in roles.items():
        known = [(kind, role[kind.part]) for kind in ANSWER_KINDS if kind.part in role]
        answering[name] = tuple(
            Answering(kind, steps(path), tuple(Target(to, "") for to in _led(collections[name]["fields"], path)))
            for kind, path in known
        )
    return Speaking(roles, answering, {})


def _led(fields: Iterable[Mapping[str, Any]], path: str) -> list[str]:
    """The collections that a field of the site's description leads to."""
    for one in fields:
        inner = one.get("fields", ())
        if one["path"] == path or (one["path"] == path.removesuffix("[]") and len(inner) == 1):
            to = one.get("to") or [link for item in inner for link in item.get("to", ())]
            if to:
                return [link["collection"] for link in to]
        if found := _led(inner, path):
            return found
    return []


def _tables(one: _Whole, other: _Whole, unreadable: list[Unreadable]) -> Iterable[TableChange]:
    found = []
    left_out: frozenset[str] = frozenset()
    for side in (one, other):
        if side.release:
            found.append(dict(side.release.tables))
        elif side.files:
            planned = Planned(side.files)
            left_out |= planned.left_out
            unreadable += [Unreadable(side.read.which, finding) for finding in planned.wrong]
            if planned.wrong:
                return
            found.append(dict(tables_of(planned.plans.values())))
    for tables in found:
        for name in [name for name in tables if any(name == out or name.startswith(f"{out}_") for out in left_out)]:
            del tables[name]
    for name in found[0].keys() & found[1].keys():
        for column in found[0][name].keys() & found[1][name].keys():
            some = [found[number][name][column] for number in (0, 1)]
            alike = all("field" in said for said in some) or all("encoding" in said for said in some)
            if not alike and not all(said.get("choices") for said in some):  # a release has them where CSV can say them
                for number, said in enumerate(some):
                    found[number][name] = {
                        **found[number][name],
                        column: {part: value for part, value in said.items() if part != "choices"},
                    }
    yield from changes_of_tables(*found)
    before, after = one.views(), other.views()
    if before is not None and after is not None:
        yield from changes_of_views(before, after)
