# SPDX-License-Identifier: Apache-2.0
"""What a book's log of corrections says of a record, one that was taken down too: of collections with that role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sourcebook.content.addresses import Addresses
from sourcebook.content.values import Shown, value_of
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection, Field
from sourcebook.site.published import Published
from sourcebook.sqlite import quote

ROLE = "correction"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log: when something was changed, what, and why; ``href`` is the entry's own page."""

    href: str
    on: Shown | None
    change: Shown | None
    reason: Shown | None


def logs(opened: Published) -> list[Collection]:
    """The collections that tell of corrections."""
    return [one for one in opened.site.collections if ROLE in one.roles]


def entries(opened: Published, at: Addresses, collection: str, key: str) -> Iterator[Entry]:
    """What the log says of the record ``key`` of a ``collection``, first to last. Neither need be there any more.

    What it says of the record by a key that this had before is told too.
    """
    keys = (key, *opened.site.former(collection, key))
    for log in logs(opened):
        fields = _fields(log)
        if not fields.keys() >= {"collection", "key"}:
            continue
        # SQLite compares a key that is a number in the log as one (docs/decisions/0053).
        is_key = " OR ".join([f"{quote(fields['key'].column)} = ?"] * len(keys))
        where = f"{quote(fields['collection'].column)} = ? AND ({is_key})"
        for _, entry, _ in _read(opened, at, log, fields, f"WHERE {where} ORDER BY {log.order}", (collection, *keys)):
            yield entry


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry of a log, whose ``key`` there is its own, with what it is about: a ``collection`` and a ``record``."""

    log: Collection
    key: str
    collection: str
    record: str
    entry: Entry


def logged(opened: Published, at: Addresses) -> Iterator[Logged]:
    """All entries of all logs, last to first as they stand in each."""
    for log in logs(opened):
        fields = _fields(log)
        for key, entry, (collection, record) in _read(opened, at, log, fields, f"ORDER BY {log.order} DESC", ()):
            yield Logged(log, key, collection, record, entry)


def _fields(log: Collection) -> dict[str, Field]:
    """The fields of a log by the part that they play in it."""
    role = log.roles[ROLE]
    return {name: found for name, path in role.items() if (found := log.field(path)) and found.column}


def _read(
    opened: Published, at: Addresses, log: Collection, fields: Mapping[str, Field], rest: str, values: tuple[str, ...]
) -> Iterator[tuple[str, Entry, tuple[str, str]]]:
    """Entries of a log, each after its key and before what it is about; ``rest`` of the SQL says which."""
    names = ("collection", "key", "on", "change", "reason")
    columns = ", ".join([quote(log.key), *(quote(fields[one].column) if one in fields else "NULL" for one in names)])
    for key, *found in opened.connection.execute(f"SELECT {columns} FROM {quote(log.table)} {rest}", values):
        stored = dict(zip(names, found, strict=True))
        on, change, reason = (value_of(fields[one], stored[one]) if one in fields else None for one in names[2:])
        about = tuple("" if stored[one] is None else cell_text(stored[one]) for one in names[:2])
        yield str(key), Entry(at.record(log.address, key), on, change, reason), (about[0], about[1])
