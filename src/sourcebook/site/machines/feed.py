# SPDX-License-Identifier: Apache-2.0
"""The feed (RFC 4287) of what was corrected and taken down, as the book's log says, and of the release.

The same thing has the same id in every release and at every address of the site. No moment is that of a clock: each is
a date of the log, of the commit or of the descriptor.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.statements import fetch, is_statement, statements
from sourcebook.content.values import exact, shortened
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.corrections import Logged, logged
from sourcebook.site.machines.atom import Feed, Item, atom, identifier
from sourcebook.site.machines.linked import in_brief
from sourcebook.site.machines.place import in_line, moment, reached, released, root
from sourcebook.site.published import Published
from sourcebook.sqlite import RECORDS

_MOST = 200  # corrections: the page of the log has all
_SUBTITLE = "Corrections and takedowns, and the current release."


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/feed.atom``; None where no date is known of anything in it, and so none of the feed."""
    at = reached(opened, asked)
    items = sorted(_items(opened, at), key=lambda one: _instant(one.updated), reverse=True)
    if not items:
        return None
    shown = items[: _MOST + 1]
    site = opened.site
    return atom(
        opened,
        Feed(
            id=identifier(opened, "feed"),
            title=in_line(site.title),
            subtitle=_SUBTITLE if len(shown) == len(items) else f"{_SUBTITLE} The {_MOST} last of them.",
            self=root(opened, asked) + "feed.atom",
            alternate=at.home(),
        ),
        shown,
    )


def is_there(opened: Published) -> bool:
    """Whether there is a feed."""
    name = ("feed",)
    if name not in opened.kept:
        opened.kept[name] = any(True for _ in _items(opened, Addresses("/", opened.site.name)))
    return bool(opened.kept[name])


def _items(opened: Published, at: Addresses) -> Iterator[Item]:
    day = released(opened)
    if day:
        yield _release(opened, at, day)
    for one in logged(opened, at):
        on = moment(exact(one.entry.on)) if one.entry.on else ""
        if on or day:  # what has no date was in the log when the release was made
            yield _correction(opened, at, one, on or day)


def _release(opened: Published, at: Addresses, day: str) -> Item:
    version = in_line(opened.site.about_book.get("version", ""))
    (count,) = opened.connection.execute(f"SELECT count(*) FROM {RECORDS}").fetchone()
    commit = str(opened.source.get("commit", ""))
    facts = [f"{count:,} records in {len(opened.site.collections):,} collections.", f"Release {opened.release}."]
    facts += [f"Commit {commit[:12]}{', and files changed since' if opened.source.get('changed') else ''}."] * bool(
        commit
    )
    title = f"Version {version} was released" if version else f"Release {opened.release}"
    return Item(
        identifier(opened, "release", opened.release), title, day, at.page("downloads"), " ".join(facts), "release"
    )


def _correction(opened: Published, at: Addresses, one: Logged, updated: str) -> Item:
    collection = next((some for some in opened.site.collections if some.name == one.collection), None)
    sql = f"SELECT 1 FROM {RECORDS} WHERE collection = ? AND key = ?"
    stands = opened.connection.execute(sql, (one.collection, one.record)).fetchone() is not None
    related = at.record(collection.address, one.record) if collection and stands else ""
    title = in_line(collection.title) if collection else one.collection
    entry = one.entry
    # What was changed in a record that is gone is withheld, as on its page; so is its key, which may be a name.
    said = [shown.text for shown in (entry.change if stands else None, entry.reason) if shown]
    if collection and stands and is_statement(collection):
        said += _attribution(opened, at, collection, one.record)
    if entry.on:
        said.append(f"On: {entry.on.text}.")
    if not stands:
        said.append("The record is not in the book any more.")
    return Item(
        id=identifier(opened, "correction", one.log.name, one.key),
        title=in_line(shortened(f"Corrected: {title}: {one.record}" if stands else f"Taken down: of {title}", 200)),
        updated=updated,
        href=entry.href,
        text="\n".join(said) or "The log says no more.",
        term="correction" if stands else "takedown",
        related=related,
    )


def _attribution(opened: Published, at: Addresses, collection: Collection, key: str) -> list[str]:
    """Who says a statement, and what answers it: no correction of it is told without."""
    labels = Labels(opened, at)
    said = statements(labels, collection, [key])
    fetch(labels)
    return [in_brief(one) for one in said]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
