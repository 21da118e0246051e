# SPDX-License-Identifier: Apache-2.0
"""``site.json``: a book and its plans as the pages of the site need them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

from sourcebook.book import Book, Script, defaults_of, steps
from sourcebook.extract.moved_keys import moved_keys
from sourcebook.extract.site import (
    Backlink,
    Collection,
    ColumnNote,
    Field,
    Link,
    Place,
    Question,
    Site,
    TableNote,
    title_of,
)
from sourcebook.tables import Column, Note, Plan, Table, told
from sourcebook.tables.model import Cell, Child, Group, Nested, Node
from sourcebook.tables.whole_book import Plans


def site_description(book: Book, plans: Plans) -> dict[str, Any]:
    """What ``site.json`` holds: a `Site` as JSON has it, without what is empty."""
    data: dict[str, Any] = _as_data(_site(book, plans))
    return data


def _site(book: Book, plans: Plans) -> Site:
    return Site(
        name=book.name,
        title=book.title,
        database=book.database,
        about_book=_about(book),
        collections=tuple(_collection(book, plans, name, number) for number, name in enumerate(plans, 1)),
        tables=tuple(_table(table, plans) for plan in plans.values() for table in plan.tables),
        questions=tuple(sorted(map(_question, book.queries), key=lambda one: (one.order, one.title.casefold()))),
        views=tuple(map(_question, book.views)),
        panels={
            name: tuple(sorted(map(_question, panels), key=lambda one: one.order))
            for name, panels in book.panels.items()
        },
        moved=moved_keys(book),
    )


_STANDARD = ("id", "description", "version", "created", "homepage", "licenses", "contributors", "sources", "keywords")
_OWN = ("about", "citation", "released", "report_to", "site")


def _about(book: Book) -> dict[str, Any]:
    standard = {name: book.descriptor[name] for name in _STANDARD if book.descriptor.get(name)}
    own = {name: str(book.settings[name]) for name in _OWN if book.settings.get(name)}
    return standard | own | ({"repository": dict(book.repository)} if book.repository else {})


def _collection(book: Book, plans: Plans, name: str, number: int) -> Collection:
    plan, collection = plans[name], book.by_name[name]
    table = plan.tables[0]
    key = table.column(table.primary_key[0])
    whole = tuple(_fields(plan, plan.root, table, ""))
    shown = tuple(_shown(whole, collection.page.hide))
    first = [path.removesuffix("[]") for path in collection.page.order]
    rank = {path: index for index, path in enumerate(first)}
    return Collection(
        name=name,
        number=number,
        title=collection.title or title_of(name),
        description=collection.description,
        address=collection.page.address or name,
        table=table.name,
        key=key.name,
        key_encoding=key.encoding,
        order=table.order,
        label=table.label or key.name,
        fields=tuple(sorted(shown, key=lambda one: rank.get(one.path, len(rank)))),
        keyed_outside=collection.key is None,
        aliases=tuple(_places(plan, collection.aliases)),
        summary=collection.page.summary or tuple(_usual_summary(shown, table)),
        facets=collection.facets,
        hide=tuple(one for one in collection.page.hide if not book.visibility.hides(collection.name, steps(one))),
        whole=whole if shown != whole else (),
        roles=collection.roles,
        about=collection.about,
        anchors=collection.anchors,
        backlinks=tuple(_backlinks(book, plans, table)),
    )


_FEW = 4  # fields that stand for a record in a list, where the book does not say which


def _usual_summary(shown: Iterable[Field], table: Table) -> Iterator[str]:
    """The first fields of a single value, or of a list of such: neither key nor label, nor free-form data."""
    known = (*table.primary_key, table.label)
    single = (one for one in shown if (one.single or (one.kind == "value" and one.encoding != "json")))
    return islice((one.path for one in single if one.column not in known), _FEW)


def _shown(among: Iterable[Field], hide: tuple[str, ...]) -> Iterator[Field]:
    """The fields without those that are hidden, and without groups of nothing else."""
    for one in among:
        if _is_hidden(one.path, (path.removesuffix("[]") for path in hide)):
            continue
        inner = tuple(_shown(one.fields, hide))
        if inner or not one.fields:
            yield Field(**{part.name: getattr(one, part.name) for part in fields(one)} | {"fields": inner})


def _fields(plan: Plan, node: Node, table: Table, name: str) -> Iterator[Field]:
    """The fields of what ``node`` takes apart, ``name`` being the property that it stands at."""
    if isinstance(node, Cell):
        yield _value(table, node.index, name)
    elif isinstance(node, Group):
        for key, member in node.members.items():
            if isinstance(member, Group):
                inner = tuple(_fields(plan, member, table, key))
                yield Field("group", _group_path(inner), title_of(key), fields=inner)
            else:
                yield from _fields(plan, member, table, key)
        if node.other is not None:
            column = table.columns[node.other]
            yield Field("value", column.name, "Further properties", "", column.name, column.encoding, "other")
    elif isinstance(node, Child):
        child = plan.tables[node.table]
        inner = tuple(_fields(plan, plan.items[node.table], child, ""))
        kind = "map" if node.by_name else "list"
        named = (_value(child, 1, ""),) if node.by_name and len(child.columns) > 1 else ()
        keyed = any(column.role == "key" for column in child.columns)
        links = named[0].to if named else ()
        path = child.path[:-2]
        yield Field(
            kind, path, title_of(name or path), child.description, table=child.name, keyed=keyed, to=links, fields=inner
        )
    elif isinstance(node, Nested):
        yield Field("nested", name, title_of(name), table=plan.tables[node.table].name, keyed=True)


def _group_path(inner: tuple[Field, ...]) -> str:
    return inner[0].path.rpartition(".")[0] if inner else ""


def _value(table: Table, index: int, name: str) -> Field:
    column = table.columns[index]
    note = column.note
    title = note.title or title_of(name or column.name.lstrip("_"))
    return Field(
        "value",
        column.path,
        title,
        note.description,
        column.name,
        column.encoding,
        note.format,
        tuple(_links(table, index)),
    )


def _links(table: Table, index: int) -> Iterator[Link]:
    column = table.columns[index]
    if column.foreign:
        yield Link(column.foreign.collection, column.name)
    for offset, collection in enumerate(column.collections, 1):
        yield Link(collection, table.columns[index + offset].name)


def _places(plan: Plan, paths: Iterable[str]) -> Iterator[Place]:
    for path in paths:
        for table in plan.tables:
            for column in table.columns:
                if column.role in ("property", "value", "key", "name") and column.path == path:
                    yield Place(table.name, column.name)


def _backlinks(book: Book, plans: Plans, to: Table) -> Iterator[Backlink]:
    for plan in plans.values():
        parents = {table.name: table.parent for table in plan.tables}
        hide = book.by_name[plan.collection].page.hide
        for table in plan.tables:
            for column in table.columns:
                if column.role in ("parent", "within") or not column.foreign or column.foreign.collection != to.name:
                    continue
                path = _written_path(table, column)
                if not _is_hidden(path, hide):
                    title, above = _in_words(path), tuple(_above(parents, table.name))
                    beside = tuple(_beside(plan, table, column, hide))
                    yield Backlink(plan.collection, path, title, table.name, column.name, above, beside)


def _is_hidden(path: str, hide: Iterable[str]) -> bool:
    return any(path == one or path.startswith((f"{one}[", f"{one}.", f"{one}{{")) for one in hide)


def _beside(plan: Plan, table: Table, column: Column, hide: tuple[str, ...]) -> Iterator[Field]:
    """The fields of a list's items, or a map's, beside the reference that is in ``column``; none of a record itself."""
    if table.parent is None:
        return
    number = plan.tables.index(table)
    for one in _shown(_fields(plan, plan.items[number], table, ""), hide):
        if one.kind == "value" and column.name not in (one.column, *(link.column for link in one.to)):
            yield one


def _written_path(table: Table, column: Column) -> str:
    """The path of what is written, of which a column holds the key of what is meant."""
    return column.path or table.path


def _in_words(path: str) -> str:
    """A property's path in words, each part of it: ``participants[].claims[]`` is "Participants: claims"."""
    parts = [title_of(part) for part in re.sub(r"\[\]|\{\}|\{key\}", "", path).split(".") if part]
    return (
        ": ".join(
            part if not index or part.isupper() else part[:1].lower() + part[1:] for index, part in enumerate(parts)
        )
        or path
    )


def _above(parents: Mapping[str, str | None], table: str) -> Iterator[str]:
    while (above := parents[table]) is not None:
        yield above
        table = above


def _table(table: Table, plans: Plans) -> TableNote:
    keys = {other.name: other.primary_key[0] for plan in plans.values() for other in plan.tables}
    return TableNote(
        name=table.name,
        title=table.title,
        description=table.description,
        collection=table.collection,
        parent=table.parent or "",
        key=table.primary_key,
        columns=tuple(_column(column, keys) for column in table.published),
        searchable=bool(table.searchable),
    )


def _column(column: Column, keys: Mapping[str, str]) -> ColumnNote:
    note = column.note
    to = column.foreign.collection if column.foreign else ""
    return ColumnNote(
        name=column.name,
        type=column.type,
        title=note.title,
        description=note.told,
        required=column.filled,
        choices=tuple(map(str, note.choices)),
        pattern=note.pattern,
        format=note.format,
        range=", ".join(_bounds(note)),
        to=to,
        to_column=keys.get(to, ""),
        derived=column.role == "derived",
    )


def _bounds(note: Note) -> Iterator[str]:
    """What a number must be at least and at most, in words."""
    pairs = (
        ("at least", note.minimum),
        ("more than", note.above),
        ("at most", note.maximum),
        ("less than", note.below),
    )
    return (f"{words} {told(bound, 'number')}" for words, bound in pairs if bound is not None)


def _question(script: Script) -> Question:
    header = script.header
    group = header.get("group") or ()
    return Question(
        name=script.name,
        title=header.get("title") or title_of(script.name),
        sql=script.sql.strip().removesuffix(";").rstrip(),
        path=script.path,
        description=header.get("description") or "",
        link=header.get("link") or {},
        group=(group,) if isinstance(group, str) else tuple(group),
        chart=header.get("chart") or {},
        order=header.get("order") or 0,
        defaults=defaults_of(script) if "parameters" in header else {},
    )


def _as_data(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((one.name, _as_data(getattr(value, one.name))) for one in fields(value))
        return {name: part for name, part in parts if part not in ("", [], {}, False, None)}
    if isinstance(value, Mapping):
        return {name: _as_data(part) for name, part in value.items()}
    return [_as_data(one) for one in value] if isinstance(value, list | tuple) else value
