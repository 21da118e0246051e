# SPDX-License-Identifier: Apache-2.0
"""The page of a search: everything at once, by collection, each record with the words by which it was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.content.labels import Labels
from sourcebook.content.statement_data import answers, attribution, rests_on
from sourcebook.content.statements import Statement
from sourcebook.content.values import shortened
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.cards import Card, cards
from sourcebook.site.marking import Sought, sought
from sourcebook.site.published import Published
from sourcebook.site.reasons import Reason, reasons
from sourcebook.site.rendering import BRIEF, page
from sourcebook.site.searching import Group, count, search
from sourcebook.tables.search import is_blank

_SHOWN = 16  # records on the page, if there are so many, of all collections; their listings have all
_FEWEST, _MOST = 3, 10  # of one collection
_MOST_TYPED, _MOST_WORDS = 300, 40  # characters and words that are searched for


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, and where in it the words stand that its label does not show."""

    card: Card | Statement
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a collection: how many records or ``more``, the first of them, and the address of all."""

    collection: Collection
    count: int
    more: bool
    hits: tuple[Hit, ...]
    href: str


def answer(opened: Published, asked: Asked) -> Answer | None:
    """What is found by the words ``q``; without any, what can be searched. ``/search.json`` has the same as data."""
    typed = " ".join(asked.one("q").replace("\0", " ").split())
    words = " ".join(typed[:_MOST_TYPED].split()[:_MOST_WORDS])
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    meant = sought(words)
    groups = [] if is_blank(words) else search(opened, words, _MOST)
    most = max(_FEWEST, _SHOWN // max(len(groups), 1))
    data = asked.path[0].endswith(".json")
    found = [_found(labels, replace(one, keys=one.keys[:most]), words, meant, brief=data) for one in groups]
    if data:
        return _json(labels, typed, found)
    return page(
        "search",
        opened,
        asked,
        typed=typed,
        cut=words if words != typed else "",
        blank=is_blank(words),
        sought=meant,
        found=found,
        fewer=[] if found else _fewer(opened, words),
    )


def _found(labels: Labels, group: Group, typed: str, meant: Sought, *, brief: bool) -> Found:
    shown = cards(labels, group.collection, group.keys)
    texts = {one.key: list(_visible(one, meant))[: 1 if brief else None] for one in shown}  # the name comes first
    why = reasons(labels, group.collection, texts, meant)
    hits = tuple(Hit(one, why[one.key]) for one in shown)
    return Found(group.collection, group.count, group.more, hits, labels.at.page(group.collection.address, q=typed))


def _visible(one: Card | Statement, meant: Sought) -> Iterator[str]:
    """The texts of a record as a list shows them: its name, and what stands below."""
    if isinstance(one, Statement):
        yield one.said
        yield from (value.text for values in (one.by, one.knowledge, one.published_in) for value in values)
    else:
        yield shortened(one.label)
        for part in one.parts:
            texts = [value.text for value in part.values if getattr(value, "told", None) is None]
            long = sum(map(len, texts)) > BRIEF and not any(value.href for value in part.values)
            yield from [meant.excerpt(", ".join(texts), BRIEF)] if long else texts


def _fewer(opened: Published, typed: str) -> list[tuple[str, int]]:
    """Each of several words alone, with how many records have it; those that none has are left out."""
    words = list(dict.fromkeys(typed.replace('"', " ").split()))
    counted = [(word, count(opened, word)) for word in words[:10]] if len(words) > 1 else []
    return [(word, number) for word, number in counted if number]


def _json(labels: Labels, typed: str, found: list[Found]) -> Answer:
    rests = {
        (one.collection.name, key): told
        for one in found
        for key, told in rests_on(labels, one.collection, [hit.card.key for hit in one.hits]).items()
    }
    groups = [
        {
            "collection": one.collection.name,
            "title": one.collection.title,
            "count": one.count,
            "more": one.more,
            "href": one.href,
            "records": [
                _as_data(hit) | ({"rests_on": told} if (told := rests.get((one.collection.name, hit.card.key))) else {})
                for hit in one.hits
            ],
        }
        for one in found
    ]
    return Answer.json({"q": typed, "release": labels.opened.release, "found": groups})


def _as_data(hit: Hit) -> dict[str, Any]:
    one = hit.card
    if isinstance(one, Statement):
        data = _told(one)
    else:
        data = {"key": one.key, "href": one.href, "label": one.label}
    why = [
        {"field": each.title, "linked": each.linked}
        | (_told(each.told) if each.told else {"text": each.text})
        | ({"rests_on": [_told(one) for one in each.grounds]} if each.grounds else {})
        for each in hit.reasons
    ]
    return data | ({"found_in": why} if why else {})


def _told(one: Statement) -> dict[str, Any]:
    """A statement with who says it and what answers it."""
    answering = answers(one)
    return attribution(one) | ({"answers": answering} if answering else {})
