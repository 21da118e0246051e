# SPDX-License-Identifier: Apache-2.0
"""The page of a record as it was in a version that is kept, read from that version's own database.

What is not in the book today is not shown as it was either: its address answers 410 here too, and nothing refers to it.
What answers a statement today stands beside it as it was then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sourcebook.book.paths import steps
from sourcebook.content import records
from sourcebook.content.labels import NOT_ANY_MORE, Labels
from sourcebook.content.statement_data import answers, attribution, rests_on
from sourcebook.content.statements import fetch, is_statement, statements
from sourcebook.exact import loads
from sourcebook.extract.site import Collection, Field
from sourcebook.publish.kept import Version
from sourcebook.site import absent
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.gone import left
from sourcebook.site.machines.heads import of_past
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.site.whole_record import Stored, mentions_of, parts_shown, stored_of

_LONGEST_KEY = 300
_NOT_INDEXED = {"x-robots-tag": "noindex"}


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/as-of/VERSION/COLLECTION/KEY``, and the same as JSON; None where the version has no such record."""
    _, name, address, key = asked.path
    version = opened.versions.all.get(name)
    if version is None:
        return None
    if version.withdrawn is not None:
        return absent.version_withdrawn(opened, asked, version)
    if not opened.versions.is_whole(version):
        told = f"Files of version {version.version} are not as they were kept, and are not shown."
        return page("refused", opened, asked, status=404, refused=told, told=told)
    key, form = (asked.one("key"), asked.one("form")) if key == "-" and "key" in asked.query else (key, "")
    try:
        with opened.versions.using(version, "pages", lambda folder: _then(opened, folder)) as then:
            found = _answer(opened, asked, version, then, (address, key, form))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        sqlite3.Error,
    ):  # an older Sourcebook wrote it: its files are there all the same
        told = f"Pages of version {version.version} cannot be shown here; its files can be had."
        return page("refused", opened, asked, status=404, refused=told, told=told)
    return None if found is None else replace(found, headers={**found.headers, **_NOT_INDEXED})


def _answer(
    opened: Published, asked: Asked, version: Version, then: Published, named: tuple[str, str, str]
) -> Answer | None:
    address, key, form = named
    collection = then.addressed.get(address)
    if collection is None:
        return absent.answer(opened, replace(asked, path=(address, asked.path[3])))
    if form not in ("", "json"):
        return None
    stored = stored_of(then, collection, key)
    if stored is None and not form and key.endswith(".json"):
        key, form = key.removesuffix(".json"), "json"
        stored = stored_of(then, collection, key)
    at = asked.at(opened.site.name)
    past = at.as_of(version.version)
    labels = Labels(then, past, Labels(opened, at))
    if stored is None:
        former = (one for one in opened.site.former(collection.name, key) if then.has(collection.name, one))
        before = next(former, None)
        if before is not None:
            return Answer.to(past.record(address, before, form))
        gone = None if labels.now(collection.name, key) else left(opened, at, collection.name, key)
        if gone is None or gone.to:
            return None
        return absent.answer(opened, replace(asked, path=(collection.address, asked.path[3])), was_there=True)
    today = labels.now(collection.name, key)
    there = opened.site.collection(collection.name)
    if today is None:
        return absent.answer(opened, replace(asked, path=(there.address, asked.path[3])), was_there=True)
    if form:
        return _json(labels, version, collection, stored, at.record(there.address, today))
    return _html(opened, asked, labels, version, (collection, there), (stored, today))


def _html(
    opened: Published,
    asked: Asked,
    labels: Labels,
    version: Version,
    collections: tuple[Collection, Collection],
    record: tuple[Stored, str],
) -> Answer:
    (collection, there), (stored, today) = collections, record
    then = labels.opened
    assert isinstance(then, Published)
    (read,) = records.read(labels, collection, [stored.key], collection.fields)
    said = statements(labels, collection, [stored.key]) if is_statement(collection) else []
    mentions = list(mentions_of(labels, collection, stored.key))
    labels.reference(collection.name, stored.key)
    fetch(labels)
    at = asked.at(opened.site.name)
    return page(
        "as_of",
        opened,
        asked,
        head=of_past(opened, asked, there, today, version.version),
        version=version,
        collection=there,
        record=read,
        label=labels.label(collection.name, stored.key),
        statement=said[0] if said else None,
        parts=parts_shown(collection, read),
        when=records.when(collection, read),
        mentions=mentions,
        key=stored.key,
        today=at.record(there.address, today),
        as_json=at.as_of(version.version).record(collection.address, stored.key, "json"),
    )


def _json(labels: Labels, version: Version, collection: Collection, stored: Stored, today: str) -> Answer:
    data: dict[str, Any] = {
        "as_of": {"version": version.version, "day": version.day},
        "today": today,
        "collection": collection.name,
        "key": stored.key,
        "record": _document_of_today(labels, loads(stored.document), collection),
    }
    if is_statement(collection):
        (shown,) = statements(labels, collection, [stored.key])
        fetch(labels)
        data["attribution"] = attribution(shown)
        data["answers"] = answers(shown)
    elif rests := rests_on(labels, collection, [stored.key]):
        data["rests_on"] = rests[stored.key]
    return Answer.json(data)


def _then(opened: Published, folder: Path) -> Published:
    """A version opened, less what the book does not publish today: collections, and properties of their records."""
    then = Published(folder)
    today = {one.name: one for one in opened.site.collections}
    kept = (_of_today(one, today[one.name], today) for one in then.site.collections if one.name in today)
    then.site = replace(then.site, collections=tuple(kept))
    then.addressed = {one.address: one for one in then.site.collections}
    return then


def _of_today(collection: Collection, there: Collection, today: Iterable[str]) -> Collection:
    known, whole = set(_paths(there.fields)), set(_paths(there.whole or there.fields))
    names = frozenset(today)
    return replace(
        collection,
        fields=tuple(_kept(collection.fields, known, names)),
        whole=tuple(_kept(collection.whole or collection.fields, whole, names)),
        summary=tuple(one for one in collection.summary if one in known),
        backlinks=tuple(one for one in collection.backlinks if one.collection in today),
    )


def _paths(fields: Iterable[Field]) -> Iterator[str]:
    for one in fields:
        yield one.path
        yield from _paths(one.fields)


def _kept(fields: Iterable[Field], known: set[str], collections: frozenset[str]) -> Iterator[Field]:
    """The fields that there are today, without references to collections that are none any more."""
    for one in fields:
        inner = tuple(_kept(one.fields, known, collections))
        to = tuple(link for link in one.to if link.collection in collections)
        if (inner or one.path in known) and not (one.to and not to) and bool(inner) == bool(one.fields):
            yield replace(one, fields=inner, to=to)


def _document_of_today(labels: Labels, document: Any, collection: Collection) -> Any:
    """A document without properties that its collection does not have today, and without keys of what is gone."""
    if isinstance(document, dict):
        key = {name: value for name, value in document.items() if name == collection.key}
        document = key | _cut(document, collection.whole, 0, ())
    return _without_gone(labels, document)


def _cut(value: Mapping[str, Any], fields: Sequence[Field], depth: int, around: Sequence[Field]) -> dict[str, Any]:
    """A mapping ``depth`` steps within a record, with what ``fields`` have a place for.

    ``around`` are the fields of the list around it.
    """
    by_name: dict[str, list[Field]] = {}
    for one in fields:
        path = steps(_leaf(one).path)
        if one.kind == "nested":
            by_name.setdefault(one.path, []).append(one)  # which has a name alone
        elif one.format != "other" and len(path) > depth:
            by_name.setdefault(path[depth], []).append(one)
    rest = any(one.format == "other" for one in fields)
    found = {}
    for name, item in value.items():
        fitting = (one for one in by_name.get(name, ()) if isinstance(item, _HOLD.get(one.kind, object)))
        if field := next(fitting, None):
            found[name] = _cut_item(item, field, depth, around)
        elif rest and name not in by_name:
            found[name] = item
    return found


_HOLD: Mapping[str, type] = {"group": dict, "map": dict, "list": list, "nested": list}
"""What a kind of field takes apart."""


def _cut_item(item: Any, one: Field, depth: int, around: Sequence[Field]) -> Any:
    if one.kind == "value" or one.single:
        return item
    if one.kind == "group":
        return _cut(item, one.fields, depth + 1, around)
    fields = around if one.kind == "nested" else one.fields
    inner = depth if one.kind == "nested" else len(steps(one.path)) + 1
    if one.kind == "map":
        return {
            name: _cut(some, fields, inner, fields) if isinstance(some, dict) else some for name, some in item.items()
        }
    return [_cut(some, fields, inner, fields) if isinstance(some, dict) else some for some in item]


def _leaf(one: Field) -> Field:
    """A field itself; of a group, which may have no path, the first within it that has one."""
    while one.kind == "group":
        one = next((inner for inner in one.fields if inner.format != "other"), Field("value", "", ""))
    return one


def _without_gone(labels: Labels, value: Any) -> Any:
    if isinstance(value, dict):
        return {_unless_gone(labels, name): _without_gone(labels, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_gone(labels, one) for one in value]
    return _unless_gone(labels, value) if isinstance(value, str) else value


def _unless_gone(labels: Labels, text: str) -> str:
    """A text, unless it is the key of a record of then that is not in the book any more."""
    then = labels.opened
    assert isinstance(then, Published)
    if len(text) > _LONGEST_KEY:
        return text
    had = [one.name for one in then.site.collections if then.has(one.name, text)]
    return NOT_ANY_MORE.text if had and all(labels.now(name, text) is None for name in had) else text
