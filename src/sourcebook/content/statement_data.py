# SPDX-License-Identifier: Apache-2.0
"""Statements as plain data, and in a line of text, for the files that pages have beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sourcebook.content import records
from sourcebook.content.labels import Labels
from sourcebook.content.statements import Statement, fetch, is_statement
from sourcebook.content.values import Shown
from sourcebook.extract.site import Collection, Field, Site


def attribution(one: Statement) -> dict[str, Any]:
    """A statement with who says it, as plain data. The labels that it refers to have been fetched."""

    def texts(values: tuple[Shown, ...]) -> list[dict[str, str]]:
        return [{"text": value.text} | ({"href": value.href} if value.href else {}) for value in values]

    data = {
        "key": one.key,
        "href": one.href,
        "kind": one.kind,
        "said": one.said,
        "by": texts(one.by),
        "knowledge": texts(one.knowledge),
        "published_in": texts(one.published_in),
        "published_at": one.published_at,
        "at": one.at,
        "on": _on(one.on) if one.on else "",
        "hedge": one.hedge,
    }
    return {name: value for name, value in data.items() if value not in ("", [])}


def _on(one: Shown) -> dict[str, str]:
    """When something was said, as a reader reads it; the date as records write one, where it is one."""
    date = getattr(one, "exact", "")
    return {"text": one.text} | ({"date": date} if date else {})


def answers(one: Statement) -> list[dict[str, Any]]:
    """What answers a statement, and what it answers, each with how and with who says it."""
    return [
        {"how": some.how, **attribution(other), **_answered_by(other)}
        for some in one.answers
        for other in some.statements
    ]


def _answered_by(one: Statement) -> dict[str, Any]:
    """Who answers a statement that is an answer itself: what they say stands with that statement."""
    told = [
        {
            "how": some.how,
            "key": other.key,
            "href": other.href,
            "by": [{"text": value.text} | ({"href": value.href} if value.href else {}) for value in other.by],
        }
        for some in one.answered_by
        for other in some.statements
    ]
    return {"answered_by": told} if told else {}


def rests_on(labels: Labels, collection: Collection, keys: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
    """The grounds of records as plain data."""
    found = grounds(labels, collection, keys)
    return {key: [attribution(one) | {"answers": answers(one)} for one in some] for key, some in found.items()}


def grounds(labels: Labels, collection: Collection, keys: Sequence[str]) -> Mapping[str, list[Statement]]:
    """By the key of a record that is no statement, those that it refers to, each with who says it and what answers it.

    Records that refer to none are not there.
    """
    fields = (
        () if is_statement(collection) else tuple(leading(labels.opened.site, collection.whole or collection.fields))
    )
    read = records.read(labels, collection, keys, fields) if fields else []
    referred = {
        record.key: {(one.collection, one.key): one for one in records.references(record.parts)} for record in read
    }
    fetch(labels)
    told = {
        key: [one.told for one in some.values() if isinstance(one.told, Statement)] for key, some in referred.items()
    }
    return {key: some for key, some in told.items() if some}


def leading(site: Site, fields: Iterable[Field]) -> Iterator[Field]:
    """The fields that lead to statements, or that have such within them."""
    for one in fields:
        to = any(is_statement(site.collection(link.collection)) for link in one.to)
        if to or any(leading(site, one.fields)):
            yield one


def in_line(one: Statement) -> Mapping[str, str]:
    """A statement with who says it, as texts of a row: ``said``, ``by``, ``published_in``, ``at``."""
    return {
        "said": one.said,
        "by": "; ".join(value.text for value in one.by),
        "published_in": "; ".join(value.text for value in one.published_in),
        "at": one.at,
    }
