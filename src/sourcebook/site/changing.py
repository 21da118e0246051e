# SPDX-License-Identifier: Apache-2.0
"""Changes of records as readers are told them: in words, each beside the record as it is today.

A change of a statement stands with who says it, where that was published and what answers it today. Of a record that
is gone nothing is said but that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import quote

from sourcebook.content.labels import NOT_ANY_MORE, Labels, Reference, key_of_today
from sourcebook.content.past import RecordChange, ValueChange, Version
from sourcebook.content.statement_data import answers, attribution, grounds
from sourcebook.content.statements import Statement, fetch, is_statement
from sourcebook.content.values import Shown, Value, date, is_link
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection, Field, title_of
from sourcebook.site.gone import is_gone
from sourcebook.site.published import Published

_PART = re.compile(r"\[([^\[\]]*)\]|([^.\[\]]+)")
_LONGEST_KEY = 300


@dataclass(frozen=True, slots=True)
class ToldValue:
    """A property that was changed, by its ``name`` and in words: what it was and what it is."""

    name: str
    title: str
    kind: str
    old: Shown | None
    new: Shown | None


@dataclass(frozen=True, slots=True)
class Told:
    """A change of a record that is there today: ``title`` is its label, or what is said where it is a ``statement``.

    Where it is none, ``rests_on`` are the statements that it refers to: what it says is what these say.
    """

    change: RecordChange
    collection: Collection
    href: str
    title: Shown
    statement: Statement | None
    values: tuple[ToldValue, ...]
    rests_on: tuple[Statement, ...] = ()

    @property
    def words(self) -> str:
        """What was done, in words."""
        named = [_KINDS[one] for one in _KINDS if one in self.change.kinds]
        return " and ".join([*named[:1], *(one.lower() for one in named[1:])]) or "Changed"


@dataclass(frozen=True, slots=True)
class Removed:
    """Records of a collection that are gone, and that a version removed or changed before: how many, and no more."""

    version: Version
    collection: Collection
    count: int
    is_removal: bool

    @property
    def words(self) -> str:
        """What was done, in words."""
        return "Removed" if self.is_removal else "Added or changed, and gone since"


_KINDS = {"added": "Added", "renamed": "Has another key", "changed": "Changed"}


def told(opened: Published, labels: Labels, changes: Iterable[RecordChange]) -> list[Told | Removed]:
    """Changes as they are told, in their order. The labels that they need are fetched."""
    known = {one.name: one for one in opened.site.collections}
    found: list[tuple[RecordChange, Shown | None]] = []
    for one in changes:
        if one.collection in known:
            there = bool(one.record) and opened.has(one.collection, one.record)
            found.append((one, labels.reference(one.collection, one.record) if there else None))
    values = {id(one): _less_same(_values(opened, labels, known[one.collection], one)) for one, shown in found if shown}
    fetch(labels)
    resting: dict[tuple[str, str], tuple[Statement, ...]] = {}
    for name, some in groupby(
        sorted({(one.collection, one.record) for one, shown in found if shown and one.values}), _collection_of
    ):
        rests = grounds(labels, known[name], [key for _, key in some])
        resting |= {(name, key): tuple(statements) for key, statements in rests.items()}
    return [
        replace(one, rests_on=resting.get((one.collection.name, one.change.record), ()))
        if isinstance(one, Told)
        else one
        for one in _in_order(labels, known, found, values)
    ]


def _collection_of(one: tuple[str, str]) -> str:
    return one[0]


def _in_order(
    labels: Labels,
    known: Mapping[str, Collection],
    found: Sequence[tuple[RecordChange, Shown | None]],
    values: Mapping[int, tuple[ToldValue, ...]],
) -> Iterator[Told | Removed]:
    def same(one: tuple[RecordChange, Shown | None]) -> tuple[Any, ...]:
        """What tells one line from the next: records that are gone share one."""
        change, shown = one
        if shown is not None:
            return (id(change),)
        return change.version.number, change.collection, "removed" in change.kinds

    for _, some in groupby(found, same):
        several = list(some)
        change, shown = several[0]
        collection = known[change.collection]
        if shown is None:
            yield Removed(change.version, collection, len(several), "removed" in change.kinds)
            continue
        said = labels.told.get((change.collection, change.record)) if is_statement(collection) else None
        yield Told(change, collection, shown.href, shown, said, values[id(change)])


def _values(opened: Published, labels: Labels, collection: Collection, one: RecordChange) -> Iterator[ToldValue]:
    fields = _fields(opened, collection)
    hidden = {_plain(path) for path in collection.hide}
    for value in one.values:
        path = _plain(value.property)
        if any(path == some or path.startswith(f"{some}.") for some in hidden):
            continue
        field = fields.get(path)
        old, new = (None if part is None else _shown(opened, labels, field, part[0]) for part in (value.old, value.new))
        if old is not None and old == new:
            continue  # the same record, by another key
        if field is not None and field.column == collection.key and "renamed" in one.kinds:
            continue  # which is told as that
        yield ToldValue(value.property, in_words(value, field), value.kind, old, new)


def _less_same(values: Iterable[ToldValue]) -> tuple[ToldValue, ...]:
    """Values without those that were taken out of a list and put into it again: the same record, by another key."""
    kept: list[ToldValue] = []
    for one in values:
        here = _plain(one.name)
        same = (some for some in kept if _plain(some.name) == here and _is_back(some, one))
        if before := next(same, None):
            kept.remove(before)
        else:
            kept.append(one)
    return tuple(kept)


def _is_back(one: ToldValue, other: ToldValue) -> bool:
    taken, given = (one, other) if other.old is None else (other, one)
    return isinstance(taken.old, Reference) and taken.new is None and given.old is None and taken.old == given.new


def in_words(value: ValueChange, field: Field | None) -> str:
    """A property's path in words: ``roles[id=minister].from`` is "Roles (minister): from", ``x[0]`` is "X, no. 1"."""
    parts: list[str] = []
    for which, name in _PART.findall(value.property):
        if name:
            parts.append(title_of(name))
        elif parts and which:
            meant = which.partition("=")[2] or which
            parts[-1] += f", no. {int(meant) + 1}" if meant.isdecimal() and "=" not in which else f" ({meant})"
    if field is not None and len(parts) == 1:
        parts[0] = field.title + parts[0].removeprefix(title_of(_plain(value.property)))
    return (
        ": ".join(one if not index or one.isupper() else one[:1].lower() + one[1:] for index, one in enumerate(parts))
        or value.property
    )


def _plain(path: str) -> str:
    """A path without what tells one item from another."""
    return re.sub(r"\[[^\[\]]*\]|\{[^{}]*\}", "", path)


def _fields(opened: Published, collection: Collection) -> Mapping[str, Field]:
    """The fields of a collection by their paths."""
    name = ("fields by path", collection.name)
    if name not in opened.kept:
        opened.kept[name] = {_plain(one.path): one for one in _all(collection.fields)}
    found: Mapping[str, Field] = opened.kept[name]
    return found


def _all(fields: Iterable[Field]) -> Iterator[Field]:
    for one in fields:
        yield from _all(one.fields)
        yield one.single or one


def _shown(opened: Published, labels: Labels, field: Field | None, value: Any) -> Shown:
    """What is shown of a value: of a reference the record that it leads to; of what is gone, that it is."""
    if isinstance(value, dict | list):
        kept = _without_gone(opened, value)
        return Value(short) if (short := _in_line(kept)) else Value(dumps(kept, indent=2), kind="data")
    if isinstance(value, bool):
        return Value("yes" if value else "no")
    if value is None:
        return Value("none")
    text = value if isinstance(value, str) else dumps(value)
    for link in field.to if field else ():
        if (now := key_of_today(opened, link.collection, text)) is not None:
            return labels.reference(link.collection, now)
    if _is_gone(opened, text):
        return NOT_ANY_MORE
    if not isinstance(value, str):
        return Value(text, kind="number")
    if is_link(text):
        return Value(text, text, "outside")
    return date(text) if field and field.format == "date" else Value(text)


def _in_line(value: Any) -> str:
    """A small mapping or list of single values in a line; empty of any other."""
    items = value.values() if isinstance(value, dict) else value
    plain = [one for one in items if isinstance(one, str | int | float)]
    if len(plain) != len(items) or not plain or len(plain) > _FEW or any(len(str(one)) > _SHORT for one in plain):
        return ""
    texts = [one if isinstance(one, str) else dumps(one) for one in plain]
    if isinstance(value, dict):
        texts = [f"{title_of(name)}: {text}" for name, text in zip(value, texts, strict=True)]
    return "; ".join(texts)


_FEW, _SHORT = 6, 120  # values, letters


def _without_gone(opened: Published, value: Any) -> Any:
    if isinstance(value, dict):
        return {
            NOT_ANY_MORE.text if _is_gone(opened, name) else name: _without_gone(opened, one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_without_gone(opened, one) for one in value]
    return NOT_ANY_MORE.text if isinstance(value, str) and _is_gone(opened, value) else value


def _is_gone(opened: Published, text: str) -> bool:
    return len(text) <= _LONGEST_KEY and is_gone(opened, text)


def commit_address(opened: Published, version: Version) -> str:
    """Where the repository shows the commit of a version; empty where the book does not say, or there is none."""
    template = str(opened.site.about_book.get("repository", {}).get("commit", ""))
    return template.replace("{commit}", quote(version.commit, safe="")) if version.commit else ""


def as_data(opened: Published, one: Told | Removed) -> dict[str, Any]:
    """A change as plain data."""
    version = one.version if isinstance(one, Removed) else one.change.version
    data: dict[str, Any] = {
        "day": version.day,
        "release": version.release or None,
        "commit": version.commit or None,
        "commit_href": commit_address(opened, version) or None,
        "collection": one.collection.name,
    }
    if isinstance(one, Removed):
        return _filled(data | {"kinds": ["removed" if one.is_removal else "gone since"], "count": one.count})
    change = one.change
    data |= {
        "kinds": list(change.kinds),
        "key": change.record,
        "href": one.href,
        "old_key": change.old_key or None,
        "by": change.by or None,
    }
    known = {value.name for value in one.values}
    values = [value for value in change.values if value.property in known]
    data["changes"] = [_value_as_data(opened, value) for value in values]
    if one.statement is not None:
        data |= {"attribution": attribution(one.statement), "answers": answers(one.statement)}
    elif one.rests_on:
        data["rests_on"] = [attribution(some) | {"answers": answers(some)} for some in one.rests_on]
    return _filled(data) | {"changes": data["changes"]}


def _value_as_data(opened: Published, value: ValueChange) -> dict[str, Any]:
    both = (("old", value.old), ("new", value.new))
    return {"property": value.property, "kind": value.kind} | {
        name: _without_gone(opened, part[0]) for name, part in both if part is not None
    }


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
