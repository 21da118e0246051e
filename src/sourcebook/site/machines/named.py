# SPDX-License-Identifier: Apache-2.0
"""Who and what a record refers to, in the words of schema.org: by name, with what else is known and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sourcebook.content import records
from sourcebook.content.curation import Curation
from sourcebook.content.labels import Reference
from sourcebook.content.records import Record
from sourcebook.content.values import Shown, exact, is_link, is_part_of_date
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Asked
from sourcebook.site.machines.place import in_line, root
from sourcebook.site.published import Published

Node = dict[str, Any]


def absolute(opened: Published, asked: Asked, href: str) -> str:
    """The whole address by which is cited what a link on a page leads to."""
    return href if is_link(href) else root(opened, asked) + asked.at(opened.site.name).cited(href)


def named(opened: Published, asked: Asked, value: Shown) -> Node:
    """Who or what is referred to, by name: of what type it is, is not known."""
    text = in_line(value.whole if isinstance(value, Reference) else value.text)
    if not value.href:
        return {"name": text}
    address = absolute(opened, asked, value.href)
    return {"@id": f"{address}#record" if isinstance(value, Reference) else address, "name": text, "url": address}


def about(opened: Published, asked: Asked, collection: Collection, record: Record) -> list[Node]:
    """What a statement is about, as its collection says by which properties."""
    parts = [part for path in collection.about if (part := record.part(path))]
    found = {(one.collection, one.key): one for one in records.references(parts)}
    return [named(opened, asked, one) for one in found.values()]


def curated(opened: Published, asked: Asked, found: Curation | None) -> Node:
    """What is told of the page of a record: who made it and who reviewed it, by their roles, and on which days.

    A `Role <https://schema.org/Role>`_ stands in the place of somebody, whom it need not name.
    """

    def who(by: Iterable[Shown]) -> list[Node]:
        return [
            named(opened, asked, one)
            if isinstance(one, Reference)
            else {"@type": "Role", "roleName": in_line(one.text)}
            for one in by
        ]

    if not found:
        return {}
    return {
        "dateCreated": _day(found.entered.on),
        "creator": who(found.entered.by),
        "lastReviewed": _day(found.reviewed.on),
        "reviewedBy": who(found.reviewed.by),
    }


def published_on(some: Iterable[Shown]) -> Mapping[tuple[str, str], str]:
    """By collection and key, when documents were published: those that have one date, without reservation."""
    wanted: dict[str, dict[str, Reference]] = {}
    for one in some:
        if isinstance(one, Reference):
            wanted.setdefault(one.collection, {})[one.key] = one
    return {(name, key): day for name, of in wanted.items() for key, day in _published(name, of)}


def _published(name: str, of: Mapping[str, Reference]) -> Iterator[tuple[str, str]]:
    labels = next(iter(of.values())).labels
    collection = labels.opened.site.collection(name)
    role = collection.roles.get("interval", {})
    fields = [found for path in dict.fromkeys(role.values()) if (found := collection.field(path))]
    for record in records.read(labels, collection, list(of), fields) if fields else ():
        earliest, latest, note = (record.first(role.get(part, "")) for part in ("earliest", "latest", "imprecise"))
        if earliest and latest and not note and exact(earliest) == exact(latest) and _day(earliest):
            yield record.key, _day(earliest)


def _day(one: Shown | None) -> str:
    """A date as ISO 8601 writes it, or the part of one that is known; empty where there is none."""
    found = exact(one).partition("T")[0] if one else ""
    return found if is_part_of_date(found) else ""
