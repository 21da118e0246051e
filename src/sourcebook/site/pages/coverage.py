# SPDX-License-Identifier: Apache-2.0
"""What a document carries: which of its passages records rest on, by numbers, places and hashes. Never its text."""

from __future__ import annotations

from sourcebook.content.coverage import covered, dense, reviews
from sourcebook.content.labels import Labels
from sourcebook.content.statements import fetch
from sourcebook.evidence.coverage import MANY, WORDS_EACH
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.cards import cards
from sourcebook.site.machines.heads import of_coverage
from sourcebook.site.parameters import wrong
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

NAMES = ("coverage", "coverage.json")
_MOST = 25  # records shown of those that are not reviewed yet


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/COLLECTION/KEY/coverage``, and the same as JSON; None of what no record has a passage of."""
    collection = opened.addressed[asked.path[0]]
    key = asked.one("key") if asked.path[1] == "-" and "key" in asked.query else asked.path[1]
    told = covered(opened, collection, key)
    if told is None:
        return None
    problems = " ".join(wrong(asked, ("key",) if asked.path[1] == "-" else ()))
    if problems:
        return page("refused", opened, asked, status=400, refused=problems, told=problems)
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    done, missing = reviews(labels, told)
    if asked.path[2].endswith(".json"):
        data = {name: value for name, value in told.items() if name != "resting"}
        left = [{"collection": name, "key": one} for name, keys in missing.items() for one in keys]
        href = at.record(collection.address, key)
        return Answer.json({**data, "href": href, "reviewed": done, "not_reviewed": left, **opened.named(at)})
    labels.reference(collection.name, key)
    fetch(labels)
    shown = [
        (
            labels.opened.site.collection(name),
            len(keys),
            cards(labels, labels.opened.site.collection(name), keys[:_MOST]),
        )
        for name, keys in missing.items()
    ]
    return page(
        "coverage",
        opened,
        asked,
        head=of_coverage(opened, asked, collection, key),
        collection=collection,
        key=key,
        label=labels.label(collection.name, key),
        told=told,
        dense=set(dense(told)),
        bare=sum(not one["records"] for one in told.get("paragraphs", ())),
        measure=(MANY, WORDS_EACH),
        reviewed=done,
        missing=shown,
    )
