# SPDX-License-Identifier: Apache-2.0
"""Feeds of what was changed: in the book, in a collection, in a record.

An entry is what one version changed in one record. One about a statement says who says it, where, and what answers it
today, and its title never has what is said. Who committed it is not told, only in which role, where the record has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sourcebook.content import past
from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.past import Place, RecordChange
from sourcebook.content.statements import Statement, is_statement
from sourcebook.content.values import Shown, exact, shortened
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.changing import Removed, Told, ToldValue, told
from sourcebook.site.machines.atom import Feed, Item, atom, identifier
from sourcebook.site.machines.linked import in_brief
from sourcebook.site.machines.place import in_line, moment, reached, released
from sourcebook.site.published import Published

_MOST = 100  # rows of changes in a feed; it leads to the next
_FEW = 5  # statements that a record rests on
_LONGEST = 400  # characters of a value
_SUBTITLE = "Each change of a record that is in the book today, the newest first."


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/changes.atom``, ``/COLLECTION/changes.atom`` and ``/COLLECTION/KEY/history.atom``."""
    if not past.is_kept(opened):
        return None
    path = asked.path
    collection = opened.addressed[path[0]] if len(path) > 1 else None
    key = ""
    if len(path) == 3:
        key = asked.one("key") if path[1] == "-" and "key" in asked.query else path[1]
        if collection is None or not opened.has(collection.name, key):
            return None
    at = reached(opened, asked)
    typed = asked.one("before")
    before = Place.of(typed) if typed else None
    if typed and before is None:
        return Answer.refusal(f"“{typed[:80]}” is no place in the list of changes.", 400, data=asked.data)
    if collection is not None and key:
        changes, rest = past.of_record(opened, collection.name, key, before, _MOST)
    else:
        changes, rest = past.page(opened, collection.name if collection else "", before, _MOST)
    labels = Labels(opened, at)
    items = list(_items(opened, at, told(opened, labels, changes)))
    rest = rest if at.narrows else None  # where there is one file, it leads to no next
    feed = _feed(opened, at, collection, key, (str(before or ""), str(rest or "")))
    feed = replace(feed, updated=_updated(opened, changes))
    if not items and not feed.updated:
        return None  # no day is known of it
    return atom(opened, feed, items)


def _feed(opened: Published, at: Addresses, collection: Collection | None, key: str, places: tuple[str, str]) -> Feed:
    title = in_line(opened.site.title)
    before, rest = places
    of: tuple[str, ...] = ()
    if collection is None:
        address, page = at.page("changes.atom"), at.changes()
    elif not key:
        address, of = at.page(collection.address, "changes.atom"), (collection.name,)
        changed = collection.name in past.collections(opened)  # else there is no page of its changes
        page = at.changes(collection.name) if changed else at.listing(collection.address)
        title = f"{in_line(collection.title)} · {title}"
    else:
        address = at.history(collection.address, key, "atom")
        page, of = at.history(collection.address, key) or at.record(collection.address, key), (collection.name, key)
        title = f"A record of {in_line(collection.title)} · {title}"

    def placed(place: str) -> str:
        return f"{address}{'&' if '?' in address else '?'}before={place}" if place else address

    return Feed(
        id=identifier(opened, "changes", *of),
        title=f"Changes: {title}",
        subtitle=_SUBTITLE,
        self=placed(before),
        alternate=page,
        next=placed(rest) if rest else "",
    )


def _updated(opened: Published, changes: Iterable[RecordChange]) -> str:
    """When the newest of its changes was made, even one that it does not tell; without any, when the history begins.

    Not when the last version was made: a feed is the same as long as nothing of what it is about was changed.
    """
    found = next((at for one in changes if (at := moment(one.version.at) or moment(one.version.day))), "")
    sql = f"SELECT at FROM {past.VERSIONS} WHERE at IS NOT NULL ORDER BY _version LIMIT 1"
    row = None if found else opened.connection.execute(sql).fetchone()
    return found or (moment(row[0]) if row else "") or released(opened)


def _items(opened: Published, at: Addresses, shown: list[Told | Removed]) -> Iterator[Item]:
    for one in shown:
        if isinstance(one, Removed) or not one.change.version.commit:
            continue  # of what is gone its page says what there is; what is not committed may be changed again
        version = one.change.version
        updated = moment(version.at) or moment(version.day)
        if updated:
            yield Item(
                id=identifier(opened, "change", version.commit, one.collection.name, one.change.key),
                title=in_line(shortened(_title(one), 200)),
                updated=updated,
                href=at.history(one.collection.address, one.change.record)
                or at.record(one.collection.address, one.change.record),
                text="\n".join(_lines(one)),
                term=one.change.kinds[0],
                related=at.record(one.collection.address, one.change.record),
            )


def _title(one: Told) -> str:
    """Of a statement who says it and what answers it, without what is said."""
    if isinstance(one.statement, Statement):
        by = ", ".join(value.text for value in one.statement.by)
        answered = "".join(f", {some.short}" for some in one.statement.answers if not some.forward)
        return f"{one.words}: {one.collection.title}: by {by}{answered}"
    label = "" if is_statement(one.collection) else f": {one.title.text}"
    return f"{one.words}: {one.collection.title}{label}"


def _lines(one: Told) -> Iterator[str]:
    change: RecordChange = one.change
    if one.statement is not None:
        yield in_brief(one.statement)
    if change.old_key:
        yield f"Key: {change.old_key} → {change.record}"
    yield from map(_value, one.values)
    for said in one.rests_on[:_FEW] if one.values else ():
        yield f"Rests on: {in_brief(said, 200)}"
    if change.by:
        yield f"By: {in_line(change.by)}"
    yield f"Commit {change.version.commit[:12]}, of {change.version.day}."
    if change.version.release:
        yield f"Since release {in_line(change.version.release)}."


def _value(one: ToldValue) -> str:
    old, new = (in_line(shortened(_text(part), _LONGEST)) if part else "" for part in (one.old, one.new))
    if one.old is None and one.new is None:
        return f"{one.title}: {one.kind}"
    if one.old is None:
        return f"{one.title}: added: {new}"
    return f"{one.title}: removed: {old}" if one.new is None else f"{one.title}: {old} → {new}"


def _text(one: Shown) -> str:
    said = getattr(one, "told", None)
    if isinstance(said, Statement):  # a statement that is referred to
        return in_brief(said, 200)
    return exact(one) if one.kind == "date" else one.text
