# SPDX-License-Identifier: Apache-2.0
"""The page of what is not there: short, with search; what leads on from a key that was given up; and of what was
withdrawn, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from sourcebook.content.addresses import FORMS, LISTED, Addresses
from sourcebook.content.values import Shown, Value, date, exact
from sourcebook.extract.site import Collection, Left
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.corrections import Entry, entries
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

_VARY = {"vary": "accept"}
_MOVED_FOR_GOOD = 308  # the method is kept, and search engines take the new address for the old (RFC 9110, 15.4.9)


@dataclass(frozen=True, slots=True)
class _Named:
    """A record as an address names it: the ``key``, with the ``form`` that its ending asks for, or without."""

    collection: str
    key: str
    form: str = ""


def answer(opened: Published, asked: Asked) -> Answer:
    """A page that says that nothing is at the address, with status 404; where a record was at it, what became of it.

    To the key that stands for the record now the answer leads on, with 308; of one that was withdrawn it says why, as
    the book's list of moved keys or its log does, with 410.
    """
    names = list(_named(opened, asked))
    if not any(opened.has(one.collection, one.key) for one in names):  # else only the form that is asked for is not
        for one in names:
            left = opened.site.moved.get(one.collection, {}).get(one.key)
            if left and left.to:
                return Answer.to(_leading_on(opened, asked, one, left.to), _MOVED_FOR_GOOD)
            if withdrawn := _withdrawn(opened, asked, one, left):
                return _told(opened, asked, withdrawn)
    if asked.data:
        return Answer.refusal("There is nothing at this address.", 404, data=True)
    return page("missing", opened, asked, status=404, words=_words(asked))


def _named(opened: Published, asked: Asked) -> Iterator[_Named]:
    """The records that an address may name: a key may end as a form does."""
    if len(asked.path) != 2:
        return
    first, key = asked.path
    if key == "-" and "key" in asked.query:
        key = asked.one("key")
    collection = opened.addressed[first].name if first in opened.addressed else first
    yield _Named(collection, key)
    stem, _, form = key.rpartition(".")
    if form in FORMS:
        yield _Named(collection, stem, form)


def _leading_on(opened: Published, asked: Asked, one: _Named, key: str) -> str:
    """The address of the record that stands for another now, in the form and with the query that were asked with."""
    collection = _collection(opened, one.collection)
    at = Addresses(asked.base, opened.site.name)
    address = at.record(collection.address if collection else one.collection, key, one.form)
    kept = [
        (name, value)
        for name, values in asked.query.items()
        for value in values
        if not (name == "key" and asked.path[1] == "-")
    ]
    return address + (f"{'&' if '?' in address else '?'}{urlencode(kept)}" if kept else "")


def _collection(opened: Published, name: str) -> Collection | None:
    return next((one for one in opened.site.collections if one.name == name), None)


def _withdrawn(opened: Published, asked: Asked, one: _Named, left: Left | None) -> Entry | None:
    """What is said of a record that is not in the book any more: by the list of moved keys, and last by the log."""
    at = Addresses(asked.base, opened.site.name)
    found = list(entries(opened, at, one.collection, one.key))
    if left:
        return Entry(found[-1].href if found else "", date(left.on), None, Value(left.gone))
    return found[-1] if found else None


def _told(opened: Published, asked: Asked, withdrawn: Entry) -> Answer:
    if not asked.data:
        return page("withdrawn", opened, asked, status=410, entry=withdrawn)
    told = {"date": _exact(withdrawn.on), "reason": withdrawn.reason and withdrawn.reason.text, "log": withdrawn.href}
    data = {"ok": False, "error": "This record was withdrawn.", "status": 410} | {
        name: value for name, value in told.items() if value
    }
    return Answer.json(data, 410, _VARY)


def _exact(one: Shown | None) -> str:
    return exact(one) if one else ""


def _words(asked: Asked) -> str:
    """What may have been meant: the words of the last part of the address."""
    last = next((one for one in reversed(asked.path) if one.strip()), "")
    stem, dot, form = last.rpartition(".")
    last = stem if dot and form in (*FORMS, *LISTED, "html") else last
    return " ".join(re.sub(r"[\W_]+", " ", last).split())[:80]
