# SPDX-License-Identifier: Apache-2.0
"""The history of one record: each change of it, and the keys that it had."""

from __future__ import annotations

from typing import Any

from sourcebook.content import past
from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.past import Place, RecordChange
from sourcebook.content.statement_data import answers, attribution
from sourcebook.content.statements import fetch, is_statement, statements
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.changing import Told, as_data, commit_address, told
from sourcebook.site.corrections import entries
from sourcebook.site.machines.heads import of_history
from sourcebook.site.parameters import wrong
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

_MOST = 500  # rows of changes on a page
_ALL = 1_000_000


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/COLLECTION/KEY/history``, and the same as JSON; None where there is no such record, or no history."""
    collection = opened.addressed[asked.path[0]]
    key = asked.one("key") if asked.path[1] == "-" and "key" in asked.query else asked.path[1]
    if not past.is_kept(opened) or not opened.has(collection.name, key):
        return None
    typed = asked.one("before")
    before = Place.of(typed) if typed else None
    known = ("key", "before") if asked.path[1] == "-" else ("before",)
    problems = wrong(asked, known)
    if typed and before is None:
        problems.append(f"“{typed[:80]}” is no place in the history.")
    if problems:
        words = " ".join(problems)
        return page("refused", opened, asked, status=400, refused=words, told=words)
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    most = _MOST if at.narrows else _ALL  # where a page cannot be turned it has all
    changes, rest = past.of_record(opened, collection.name, key, before, most)
    said = statements(labels, collection, [key]) if is_statement(collection) else []
    labels.reference(collection.name, key)
    shown = told(opened, labels, changes)
    fetch(labels)
    label = labels.label(collection.name, key)
    keys = tuple(dict.fromkeys((*past.former(changes), *opened.site.former(collection.name, key))))
    following = _following(at, collection.address, key, rest)
    rests = next((one.rests_on for one in shown if isinstance(one, Told) and one.rests_on), ())
    if asked.path[2].endswith(".json"):
        data: dict[str, Any] = {
            "collection": collection.name,
            "key": key,
            "href": at.record(collection.address, key),
            "former_keys": list(keys),
            **opened.named(at),
            "changes": [_without_statement(as_data(opened, one)) for one in shown],
            "next": following.replace("/history?", "/history.json?") or None,
        }
        if said:
            data |= {"attribution": attribution(said[0]), "answers": answers(said[0])}
        elif rests:
            data["rests_on"] = [attribution(one) | {"answers": answers(one)} for one in rests]
        return Answer.json(data)
    return page(
        "history",
        opened,
        asked,
        head=of_history(opened, asked, collection, key, said[0] if said else None),
        collection=collection,
        key=key,
        label=label,
        statement=said[0] if said else None,
        changes=[(one, commit_address(opened, one.change.version)) for one in shown if isinstance(one, Told)],
        keys=keys,
        corrections=list(entries(opened, at, collection.name, key)),
        following=following,
        past=[]
        if following
        else [(one, at.as_of(one).record(collection.address, key)) for one in _holding(opened, changes)],
    )


def _holding(opened: Published, changes: list[RecordChange]) -> list[str]:
    """The versions that are kept and hold a record, by its whole history: those since the one that first did."""
    kept = [one for one in opened.versions.all.values() if one.withdrawn is None]
    added = next((one.version for one in changes if "added" in one.kinds), None)
    if added is None or not added.release:
        return []
    names = [one.version for one in kept]
    if added.release in names:
        return names[: names.index(added.release) + 1]
    return [one.version for one in kept if one.day >= added.day]


def _without_statement(data: dict[str, Any]) -> dict[str, Any]:
    """A change without what stands beside all of them."""
    return {
        name: value for name, value in data.items() if name not in ("attribution", "answers", "rests_on", "key", "href")
    }


def _following(at: Addresses, address: str, key: str, rest: Place | None) -> str:
    if rest is None:
        return ""
    found = at.history(address, key)
    return f"{found}{'&' if '?' in found else '?'}before={rest}"
