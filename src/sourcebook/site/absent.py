# SPDX-License-Identifier: Apache-2.0
"""What is not there: a short page with search; what leads on from a key that was given up; and of what is gone, that it
is, with the day and the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from sourcebook.book.taken import LISTED
from sourcebook.content.addresses import FORMS
from sourcebook.content.values import Shown, exact
from sourcebook.extract.site import Collection
from sourcebook.publish.kept import Version
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.gone import Left, left, was_collection
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

_VARY = {"vary": "accept"}
_MOVED_FOR_GOOD = 308  # the method is kept, and search engines take the new address for the old (RFC 9110, 15.4.9)


@dataclass(frozen=True, slots=True)
class _Named:
    """A record as an address names it: the ``key``, with the ``form`` that its ending asks for, or without.

    ``history`` is the name of the page of its history, where that is asked for.
    """

    collection: str
    key: str
    form: str = ""
    history: str = ""


def answer(opened: Published, asked: Asked, *, was_there: bool = False) -> Answer:
    """A page that says that nothing is at the address, with status 404; where a record was at it, what became of it.

    To the key that stands for the record now the answer leads on, with 308; of one that is gone it says since when and
    why, as far as the book does, with 410; that it ``was_there`` is enough for that.
    """
    at = asked.at(opened.site.name)
    names = list(_named(opened, asked))
    if not any(opened.has(one.collection, one.key) for one in names):  # else only the form that is asked for is not
        for one in names:
            found = left(opened, at, one.collection, one.key)
            if found and found.to:
                return Answer.to(_leading_on(opened, asked, one, found.to), _MOVED_FOR_GOOD)
            if found:
                return _told(opened, asked, found)
    if len(asked.path) == 1 and any(was_collection(opened, one) for one in _collections_named(asked.path[0])):
        return _told(opened, asked, Left(), "This collection is not in the book any more")
    if was_there:
        return _told(opened, asked, Left(), "This record is not in the book any more")
    if asked.data:
        return Answer.refusal("There is nothing at this address.", 404, data=True)
    return page("missing", opened, asked, status=404, words=_words(asked))


def _named(opened: Published, asked: Asked) -> Iterator[_Named]:
    """The records that an address may name: a key may end as a form does."""
    if not (len(asked.path) == 2 or (len(asked.path) == 3 and asked.path[2] in HISTORIES)):
        return
    first, key, *history = asked.path
    collection = opened.addressed[first].name if first in opened.addressed else first
    if key == "-" and "key" in asked.query:
        key, form = asked.one("key"), asked.one("form")
        if asked.twin and form in FORMS and not history:  # what it leads on to is a file, which takes no query
            yield _Named(collection, key, form)
            return
    yield _Named(collection, key, history="".join(history))
    stem, _, form = key.rpartition(".")
    if form in FORMS and not history:
        yield _Named(collection, stem, form)


HISTORIES = ("history", "history.json", "history.atom")
"""The last segments of addresses at which the history of a record is."""


def _collections_named(first: str) -> Iterator[str]:
    """The collections whose listing may be at an address."""
    yield first
    stem, _, form = first.rpartition(".")
    if form in LISTED:
        yield stem


def _leading_on(opened: Published, asked: Asked, one: _Named, key: str) -> str:
    """The address of the record that stands for another now, in the form and with the query that were asked with."""
    collection = _collection(opened, one.collection)
    at = asked.at(opened.site.name)
    address = collection.address if collection else one.collection
    if one.history:
        found = at.history(address, key, one.history.partition(".")[2])
    else:
        found = at.record(address, key, one.form)
    kept = [
        (name, value)
        for name, values in asked.query.items()
        for value in values
        if not (asked.path[1] == "-" and (name == "key" or (name == "form" and one.form)))
    ]
    return found + (f"{'&' if '?' in found else '?'}{urlencode(kept)}" if kept else "")


def _collection(opened: Published, name: str) -> Collection | None:
    return next((one for one in opened.site.collections if one.name == name), None)


def _told(opened: Published, asked: Asked, gone: Left, words: str = "") -> Answer:
    words = words or gone.words
    if not asked.data:
        return page("withdrawn", opened, asked, status=410, gone=gone, words=words)
    told = {
        "how": gone.how,
        "date": _exact(gone.on),
        "reason": gone.reason.text if gone.reason else "",
        "log": gone.href,
    }
    data = {"ok": False, "error": f"{words}.", "status": 410} | {name: value for name, value in told.items() if value}
    return Answer.json(data, 410, _VARY)


def version_withdrawn(opened: Published, asked: Asked, version: Version) -> Answer:
    """That a version that was kept was withdrawn, with the day and the reason."""
    said = dict(version.withdrawn or {})
    if not asked.data:
        return page("version_withdrawn", opened, asked, status=410, version=version.version, said=said)
    told = {"version": version.version, "date": said.get("day", ""), "reason": said.get("reason", "")}
    data = {"ok": False, "error": "This version was withdrawn.", "status": 410}
    return Answer.json(data | {name: one for name, one in told.items() if one}, 410, _VARY)


def _exact(one: Shown | None) -> str:
    return exact(one) if one else ""


def _words(asked: Asked) -> str:
    """What may have been meant: the words of the last part of the address."""
    last = next((one for one in reversed(asked.path) if one.strip()), "")
    stem, dot, form = last.rpartition(".")
    last = stem if dot and form in (*FORMS, *LISTED, "html") else last
    return " ".join(re.sub(r"[\W_]+", " ", last).split())[:80]
