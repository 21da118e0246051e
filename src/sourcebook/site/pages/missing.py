# SPDX-License-Identifier: Apache-2.0
"""The page of what is not there: short, with search; and of what was withdrawn, with the reason."""

from __future__ import annotations

import re

from sourcebook.content.addresses import FORMS, LISTED, Addresses
from sourcebook.content.values import Shown
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.corrections import Entry, entries
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.sqlite import RECORDS

_VARY = {"vary": "accept"}


def answer(opened: Published, asked: Asked) -> Answer:
    """A page that says that nothing is at the address, with status 404; 410 where the book's log says why."""
    withdrawn = _withdrawn(opened, asked)
    if asked.data:
        return _as_data(withdrawn)
    if withdrawn:
        return page("withdrawn", opened, asked, status=410, entry=withdrawn)
    return page("missing", opened, asked, status=404, words=_words(asked))


def _withdrawn(opened: Published, asked: Asked) -> Entry | None:
    """What the book's log says last of a record that was at the address, and is not in the book any more."""
    if len(asked.path) != 2:
        return None
    first, key = asked.path
    if key == "-" and "key" in asked.query:
        key = asked.one("key")
    collection = opened.addressed[first].name if first in opened.addressed else first
    if any(_is_there(opened, collection, one) for one in (key, key.rpartition(".")[0])):
        return None  # what was corrected is there, and only the form that is asked for is not
    at = Addresses(asked.base, opened.site.name)
    stem, _, form = key.rpartition(".")
    for one in (key, stem) if form in FORMS else (key,):
        found = list(entries(opened, at, collection, one))
        if found:
            return found[-1]
    return None


def _is_there(opened: Published, collection: str, key: str) -> bool:
    sql = f"SELECT 1 FROM {RECORDS} WHERE collection = ? AND key = ?"
    return opened.connection.execute(sql, (collection, key)).fetchone() is not None


def _as_data(withdrawn: Entry | None) -> Answer:
    if withdrawn is None:
        return Answer.refusal("There is nothing at this address.", 404, data=True)
    told = {"date": _exact(withdrawn.on), "reason": withdrawn.reason and withdrawn.reason.text, "log": withdrawn.href}
    data = {"ok": False, "error": "This record was withdrawn.", "status": 410} | {
        name: value for name, value in told.items() if value
    }
    return Answer.json(data, 410, _VARY)


def _exact(one: Shown | None) -> str:
    return (getattr(one, "exact", "") or one.text) if one else ""


def _words(asked: Asked) -> str:
    """What may have been meant: the words of the last part of the address."""
    last = next((one for one in reversed(asked.path) if one.strip()), "")
    stem, dot, form = last.rpartition(".")
    last = stem if dot and form in (*FORMS, *LISTED, "html") else last
    return " ".join(re.sub(r"[\W_]+", " ", last).split())[:80]
