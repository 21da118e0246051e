# SPDX-License-Identifier: Apache-2.0
"""A record as its page shows it: the document, its fields, and what refers to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sourcebook.book import ANSWER_KINDS
from sourcebook.content import records
from sourcebook.content.addresses import parameter
from sourcebook.content.curation import is_curation
from sourcebook.content.labels import Labels, chunks, label_column
from sourcebook.content.links import Referring, all_sql, referring
from sourcebook.content.opened import Opened
from sourcebook.content.passages import anchor_paths
from sourcebook.content.records import Part, Record
from sourcebook.content.statements import ROLE, Statement
from sourcebook.extract.site import Collection
from sourcebook.site.cards import Card, cards
from sourcebook.site.choosing.recordsets import record_sets
from sourcebook.site.published import Published
from sourcebook.sqlite import RECORDS

_MOST_REFERRING = 25  # records shown of those that refer by one property; the listing has all


@dataclass(frozen=True, slots=True)
class Mentions:
    """The records of a collection that refer to the one at hand by a property; ``href`` leads to all of them."""

    collection: Collection
    title: str
    count: int
    cards: list[Card] | list[Statement]
    beside: Mapping[str, tuple[tuple[Part, ...], ...]]  # by key, what stands with the reference, each time
    href: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it was curated: where, and the document."""

    key: str
    path: str
    line: int
    document: str


def stored_of(opened: Published, collection: Collection, key: str) -> Stored | None:
    """The record of a ``key``; None where there is none."""
    sql = f"SELECT key, path, line, document FROM {RECORDS} WHERE collection = ? AND key = ?"
    row = opened.connection.execute(sql, (collection.name, key)).fetchone()
    return Stored(*row) if row else None


def stored_many(opened: Published, collection: Collection, keys: Sequence[str]) -> list[Stored]:
    """The records of ``keys``, in their order, as far as there are such."""
    found: dict[str, Stored] = {}
    for some in chunks(list(keys)):
        marks = ", ".join("?" * len(some))
        sql = f"SELECT key, path, line, document FROM {RECORDS} WHERE collection = ? AND key IN ({marks})"
        found.update((row[0], Stored(*row)) for row in opened.connection.execute(sql, (collection.name, *some)))
    return [found[key] for key in keys if key in found]


def parts_shown(collection: Collection, record: Record) -> list[Part]:
    """What the title of a page, and the block of a statement, do not say already."""
    role = collection.roles.get(ROLE, {})
    said = {path.removesuffix("[]") for part, path in role.items() if part not in ("repeats", "supports")}
    said |= anchor_paths(collection)
    ends = {path for name, path in collection.roles.get("interval", {}).items() if name in ("earliest", "latest")}
    title = label_column(collection)
    return [
        part
        for part in record.parts
        if part.field.path not in said | ends
        and part.field.column not in (title, collection.key)
        and not is_curation(collection, part)
    ]


def mentions_of(labels: Labels, collection: Collection, key: str) -> Iterator[Mentions]:
    """What refers to a record, by collection and property; the answers of a statement stand beside it already.

    In a release of the past, it is what refers to it there and is in the book today.
    """
    for found in referring(labels.opened, collection, key, _MOST_REFERRING):
        referrer = labels.opened.site.collection(found.link.collection)
        if _is_answer(referrer, found):
            continue
        alone = sum(one.collection == referrer.name for one in collection.backlinks) == 1
        beside = {
            of: tuple(filter(None, (records.parts_of(labels, referrer, found.link.beside, row) for row in rows)))
            for of, rows in found.beside.items()
        }
        keys = [one for one in found.keys if labels.now(referrer.name, one) is not None]
        if labels.today is not None and not keys:
            continue
        yield Mentions(
            collection=referrer,
            title="" if alone else found.link.title,
            count=found.count if labels.today is None else len(keys),
            cards=cards(labels, referrer, keys),
            beside=beside,
            href=labels.at.listing(referrer.address, [(_parameter(labels.opened, found, collection), key)])
            or _in_sql(labels, found, key),
        )


def _in_sql(labels: Labels, found: Referring, key: str) -> str:
    """Where all that refers by a property is listed by SQL, where no listing is narrowed down; not of the past."""
    return labels.at.sql(all_sql(labels.opened.site, found.link), {"key": key}) if labels.today is None else ""


def _parameter(opened: Opened, found: Referring, collection: Collection) -> str:
    """The parameter of a listing that asks for what refers to a record of a collection by the same property."""
    alone = parameter(found.link.path, collection.name)  # a record of another collection may have the same key
    known = record_sets(opened, opened.site.collection(found.link.collection)).filters
    return alone if alone in known else parameter(found.link.path)


def _is_answer(referrer: Collection, found: Referring) -> bool:
    role = referrer.roles.get(ROLE, {})
    answers = {role[one.part].removesuffix("[]") for one in ANSWER_KINDS if one.part in role}
    return found.link.path.removesuffix("[]") in answers
