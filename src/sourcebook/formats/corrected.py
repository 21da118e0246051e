# SPDX-License-Identifier: Apache-2.0
"""What a book's logs of corrections tell of records, of collections with that role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sourcebook.content import records
from sourcebook.content.labels import Labels, Reference
from sourcebook.content.records import Record
from sourcebook.content.values import Shown, exact
from sourcebook.extract.site import Collection, Field, Site
from sourcebook.formats.flat_files import keys_of
from sourcebook.formats.prov_text import day_of
from sourcebook.sqlite import RECORDS

CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Change:
    """A correction: the address of what was done, a name for what was before it, and on which day it was done."""

    address: str
    name: str
    on: str


def logs(site: Site) -> list[Collection]:
    """The collections that tell of corrections."""
    return [one for one in site.collections if CORRECTION in one.roles]


def changes(labels: Labels, collection: str) -> Mapping[str, Sequence[Change]]:
    """The corrections of the records of a collection, by their keys, first to last."""
    found: dict[str, list[Change]] = {}
    for log in logs(labels.opened.site):
        for record in _entries(labels, log, keys_of(labels.opened, log.name)):
            name, key = _about(labels.opened.site, log, record)
            if name == collection:
                address = f"{labels.at.record(log.address, record.key)}#change"
                on = day_of(record.first(log.roles[CORRECTION]["on"]))
                found.setdefault(key, []).append(Change(address, f"{log.name}-{quote(record.key, safe='')}", on))
    return {key: sorted(some, key=lambda one: one.on) for key, some in found.items()}


def gone(labels: Labels, log: Collection, keys: Sequence[str]) -> set[str]:
    """Those entries of a collection that are about records that are not in the book any more; of a log alone."""
    if CORRECTION not in log.roles:
        return set()
    there = f"SELECT 1 FROM {RECORDS} WHERE collection = ? AND key = ?"
    entries = ((record.key, _about(labels.opened.site, log, record)) for record in _entries(labels, log, keys))
    return {key for key, about in entries if not labels.opened.connection.execute(there, about).fetchone()}


def _entries(labels: Labels, log: Collection, keys: Sequence[str]) -> list[Record]:
    role = log.roles[CORRECTION].values()
    fields = [one for one in (log.whole or log.fields) if any(leads(one, path) for path in role)]
    return records.read(labels, log, keys, fields)


def leads(one: Field, path: str) -> bool:
    """Whether what stands at a path is a field, or stands in it."""
    return one.path != "" and (path.removesuffix("[]") == one.path or path.startswith(f"{one.path}."))


def _about(site: Site, log: Collection, record: Record) -> tuple[str, str]:
    """The collection and the key of the record that an entry is about: the key that it has now."""
    collection, key = (_key(record.first(log.roles[CORRECTION][part])) for part in ("collection", "key"))
    left = site.moved.get(collection, {}).get(key)
    return collection, left.to if left and left.to else key


def _key(one: Shown | None) -> str:
    return one.key if isinstance(one, Reference) else exact(one) if one else ""
