# SPDX-License-Identifier: Apache-2.0
"""What is told of a change: of values only what the tables of today have a place for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from sourcebook.book import HIDDEN, Book, look_up, steps
from sourcebook.diff.model import Change, RecordChange
from sourcebook.evidence.fingerprints import fingerprint, texts_in
from sourcebook.exact import dumps
from sourcebook.history.model import ADDED, CHANGED, REMOVED, RENAMED, Told
from sourcebook.parse import Path
from sourcebook.tables import Plan
from sourcebook.tables.model import Cell, Child, Group, Nested, Node

CURATION = "curation"
_WITHHELD = object()
_SIGNED = (("reviewed_by", ("reviewed_by", "reviewed_on")), ("entered_by", ("entered_by", "entered_on")))


class Telling:
    """Tells of changes as the book of today may: by its ``plans``."""

    def __init__(self, book: Book, plans: Mapping[str, Plan], hidden: frozenset[tuple[str, str]] = frozenset()) -> None:
        """``hidden`` are the records of today of which nothing is public, by collection and key."""
        self._book = book
        self._hidden = hidden
        self._plans = plans
        self._gone = {(one.collection, one.key) for one in book.withdrawn if not one.property}
        self._partly: dict[tuple[str, str], list[str]] = {}
        for one in book.withdrawn:
            if one.property:
                self._partly.setdefault((one.collection, one.key), []).append(one.property)
        self._hashes = frozenset(one for entry in book.withdrawn for one in entry.hashes)

    @property
    def depends_on(self) -> bytes:
        """A hash of all that decides what is told."""
        said: list[Any] = [(name, _shape(plan.root, plan, ())) for name, plan in sorted(self._plans.items())]
        said += [
            self._book.visibility.fingerprint,
            self._book.withdrawn,
            sorted(self._hidden),
            [self._role(name, None) for name in self._plans],
        ]
        if self._book.visibility:
            said += [self._book.descriptor, *map(self._book.schemas.contents, self._book.schemas.paths)]
        return blake2b(repr(said).encode("utf-8", "surrogatepass")).digest()

    def public(self, collection: str, value: Any) -> Any:
        """What is public of a record; None where nothing is."""
        found = self._book.visibility.public_of_past(collection, value)
        return None if found is HIDDEN else found

    def withdrawn(self, collection: str, key: str, name: str) -> bool:
        """Whether a record was withdrawn, or its property of a name, or what that is part of, or a part of it."""
        if (collection, key) in self._gone:
            return True
        some = self._partly.get((collection, key), ())
        return any(_is_within(one, name) or _is_within(name, one) for one in some)

    def _is_known(self, value: Any) -> bool:
        """Whether words that were taken down stand in a value."""
        return bool(self._hashes) and any(fingerprint(one.text) in self._hashes for one in texts_in(value))

    def says_who(self, name: str, book: Book | None) -> bool:
        """Whether the records of a collection say who entered them."""
        return self._role(name, book) is not None

    def _role(self, name: str, book: Book | None) -> Mapping[str, str] | None:
        """Where records of a collection say who entered them: as the book of today has it, or that of a version."""
        known = (one.by_name[name].roles for one in (self._book, book) if one and name in one.by_name)
        return next((roles[CURATION] for roles in known if CURATION in roles), None)

    def told(self, changes: Iterable[RecordChange], book: Book | None) -> Iterator[Told]:
        """What is told of changes of records between two versions; ``book`` is that of the later one."""
        for one in changes:
            if {(one.collection, one.key), (one.collection, one.old_key)} & self._hidden:
                continue
            by = self._by(one, book)
            if one.kind == "removed":
                yield Told(one.collection, one.key, REMOVED)
                continue
            if one.kind == "added":
                yield Told(one.collection, one.key, ADDED, by=by)
                continue
            if one.kind == "renamed":
                yield Told(one.collection, one.key, RENAMED, one.old_key, by=by)
            for change in one.changes:
                if change.kind != "order":
                    old = self._value(one.collection, change.old_at, change.old, change)
                    new = self._value(one.collection, change.new_at, change.new, change)
                    yield Told(one.collection, one.key, CHANGED, None, change.name, change.kind, old, new, by)

    def _value(self, collection: str, at: Path | None, value: Any, change: Change) -> str | None:
        """A value as JSON; None where there is none, or none of it may be told."""
        plan = self._plans.get(collection)
        if at is None or change.kind == "moved" or plan is None:
            return None
        node: Node | None = plan.root
        for part in at:
            node = _below(node, part, plan)
        cut = _cut(node, value, plan)
        return None if cut is _WITHHELD or self._is_known(cut) else dumps(cut)

    def _by(self, one: RecordChange, book: Book | None) -> str | None:
        """Who made a change, as the record says where this change wrote it: a role, and never an address."""
        role = self._role(one.collection, book)
        if role is None or one.new_value is None:
            return None
        for part, parts in _SIGNED:
            if part not in role or (one.kind == "added" and part == "reviewed_by"):
                continue
            ways = [steps(role[name]) for name in parts if name in role]
            written = [change.new_at for change in one.changes if change.new_at]
            if one.kind == "added" or any(_touches(at, way) for at in written for way in ways):
                said = self._said(one, steps(role[part]))
                if said:
                    return said
        return None

    def _said(self, one: RecordChange, way: tuple[str, ...]) -> str | None:
        try:
            value = look_up(one.new_value, way)
        except KeyError:
            return None
        plan = self._plans.get(one.collection)
        node: Node | None = plan.root if plan else None
        for part in way if plan else ():
            node = _below(node, part, plan) if plan else None
        told = (
            isinstance(value, str)
            and "@" not in value
            and not self._is_known(value)
            and plan
            and _cut(node, value, plan) is not _WITHHELD
        )
        return str(value) if told else None


def _is_within(name: str, other: str) -> bool:
    """Whether a property is another, or a part of it, by their names."""
    return name == other or name.startswith((f"{other}.", f"{other}["))


def _touches(at: Path, way: tuple[str, ...]) -> bool:
    """Whether what was changed at a path is, holds or is held by what stands at a way."""
    return all(str(one) == other for one, other in zip(at, way, strict=False))


def _below(node: Node | None, part: str | int, plan: Plan) -> Node | None:
    """What takes apart what stands in a value; None where the tables have no place for it."""
    if isinstance(node, Group):
        return node.members.get(str(part))
    if isinstance(node, Child | Nested):
        return plan.items.get(node.table)
    return node if isinstance(node, Cell) and node.encoding == "json" else None


def _cut(node: Node | None, value: Any, plan: Plan) -> Any:
    """What of a value the tables have a place for."""
    if node is None:
        return _WITHHELD
    if isinstance(node, Cell):
        return value if node.encoding == "json" or not isinstance(value, dict | list) else _WITHHELD
    if isinstance(value, dict):
        some = {name: _cut(_below(node, name, plan), item, plan) for name, item in value.items()}
        return {name: item for name, item in some.items() if item is not _WITHHELD}
    if isinstance(value, list) and isinstance(node, Child | Nested):
        return [item for one in value if (item := _cut(plan.items.get(node.table), one, plan)) is not _WITHHELD]
    return _WITHHELD if isinstance(value, list) else value


def _shape(node: Node, plan: Plan, above: tuple[int, ...]) -> Any:
    """What decides how values are cut, as plain data."""
    if isinstance(node, Cell):
        return node.encoding == "json"
    if isinstance(node, Group):
        return [(name, _shape(one, plan, above)) for name, one in sorted(node.members.items())]
    if node.table in above or node.table not in plan.items:
        return node.table
    return [node.table, _shape(plan.items[node.table], plan, (*above, node.table))]
