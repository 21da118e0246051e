# SPDX-License-Identifier: Apache-2.0
"""Statements as plain data, and in a line of text, for the files that pages have beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sourcebook.content.statements import Statement
from sourcebook.content.values import Shown


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
        "hedge": one.hedge,
    }
    return {name: value for name, value in data.items() if value not in ("", [])}


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


def in_line(one: Statement) -> Mapping[str, str]:
    """A statement with who says it, as texts of a row: ``said``, ``by``, ``published_in``, ``at``."""
    return {
        "said": one.said,
        "by": "; ".join(value.text for value in one.by),
        "published_in": "; ".join(value.text for value in one.published_in),
        "at": one.at,
    }
