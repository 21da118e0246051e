# SPDX-License-Identifier: Apache-2.0
"""What a book's log of corrections says of a record, one that was taken down too: of collections with that role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.content.addresses import Addresses
from sourcebook.content.values import Shown, value_of
from sourcebook.export.site import Collection
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
    """What the log says of the record ``key`` of a ``collection``, first to last. Neither need be there any more."""
    for log in logs(opened):
        role = log.roles[ROLE]
        fields = {name: found for name, path in role.items() if (found := log.field(path)) and found.column}
        if not fields.keys() >= {"collection", "key"}:
            continue
        shown = [name for name in ("on", "change", "reason") if name in fields]
        columns = ", ".join(quote(one) for one in (log.key, *(fields[name].column for name in shown)))
        # SQLite compares a key that is a number in the log as one (docs/decisions/0053).
        where = f"{quote(fields['collection'].column)} = ? AND {quote(fields['key'].column)} = ?"
        sql = f"SELECT {columns} FROM {quote(log.table)} WHERE {where} ORDER BY {log.order}"
        for entry, *values in opened.connection.execute(sql, (collection, key)):
            said = {name: value_of(fields[name], value) for name, value in zip(shown, values, strict=True)}
            href = at.record(log.address, entry)
            yield Entry(href, said.get("on"), said.get("change"), said.get("reason"))
