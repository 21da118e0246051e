# SPDX-License-Identifier: Apache-2.0
"""What of the model of FollowTheMoney (https://followthemoney.tech) records can be: a few schemata, and of these what
can be said without accusing anybody.

Of people and bodies that is what they are called, since and until when there are such, and where to read of them: no
text and no link. What is said of them is a Note, with who says it and what answers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAME, STRING, TEXT, DATE, URL, NUMBER, ADDRESS = "name", "string", "text", "date", "url", "number", "address"
LONGEST: Mapping[str, int] = {NAME: 384, STRING: 1024, TEXT: 65_000, DATE: 32, URL: 4096, NUMBER: 250, ADDRESS: 250}
"""Types of properties, with how many characters each takes."""
PROSE = frozenset(("summary", "role", "relationship"))
"""Properties that say something in words: of what rests on statements, only together with these."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema: what else its entities are, and the types of the properties that a book may fill.

    ``dated`` is the property that has the time of an entity. Of a link ``ends`` are the properties that lead to the one
    and to the other, each with the schema that is needed there; ``titled`` is the property that has the label.
    """

    isa: frozenset[str]
    properties: Mapping[str, str]
    dated: str = ""
    ends: tuple[tuple[str, str], ...] = ()
    titled: str = "name"


_NAMES = {"name": NAME, "alias": NAME, "previousName": NAME, "weakAlias": NAME}
_THING = _NAMES | {"sourceUrl": URL, "wikipediaUrl": URL}
_BODY = _THING | {"website": URL, "incorporationDate": DATE, "dissolutionDate": DATE}
_PERSON = _THING | {"firstName": STRING, "lastName": STRING, "birthDate": DATE, "deathDate": DATE, "website": URL}
_INTERVAL = {"startDate": DATE, "endDate": DATE, "date": DATE, "summary": TEXT, "sourceUrl": URL}
_DOCUMENT = {
    "title": STRING,
    "fileName": STRING,
    "author": STRING,
    "publisher": STRING,
    "publishedAt": DATE,
    "date": DATE,
    "sourceUrl": URL,
}


def _body(*isa: str) -> Schema:
    return Schema(frozenset(("Thing", "LegalEntity", *isa)), _BODY)


def _link(one: tuple[str, str], other: tuple[str, str], kind: str = "role", *isa: str) -> Schema:
    return Schema(frozenset(("Interval", *isa)), _INTERVAL | {kind: STRING}, dated="date", ends=(one, other), titled="")


NOTE = "Note"
SCHEMATA: Mapping[str, Schema] = {
    "Person": Schema(frozenset(("Thing", "LegalEntity", "Person")), _PERSON),
    "LegalEntity": _body(),
    "Organization": _body("Organization"),
    "PublicBody": _body("Organization", "PublicBody"),
    "Event": Schema(
        frozenset(("Thing", "Interval", "Event")),
        _NAMES | _INTERVAL | {"location": ADDRESS},
        dated="date",
    ),
    "Address": Schema(
        frozenset(("Thing", "Address")), _THING | {"full": ADDRESS, "latitude": NUMBER, "longitude": NUMBER}
    ),
    "Article": Schema(frozenset(("Thing", "Document", "Article")), _DOCUMENT, dated="publishedAt", titled="title"),
    NOTE: Schema(frozenset(("Thing", NOTE)), {"sourceUrl": URL}, titled=""),
    "Employment": _link(("employee", "Person"), ("employer", "Organization"), "role", "Interest", "Employment"),
    "Membership": _link(("member", "LegalEntity"), ("organization", "Organization"), "role", "Interest", "Membership"),
    "Directorship": _link(
        ("director", "LegalEntity"), ("organization", "Organization"), "role", "Interest", "Directorship"
    ),
    "UnknownLink": _link(("subject", "Thing"), ("object", "Thing"), "role", "Interest", "UnknownLink"),
    "Associate": _link(("person", "Person"), ("associate", "Person"), "relationship", "Associate"),
    "Family": _link(("person", "Person"), ("relative", "Person"), "relationship", "Family"),
}
"""By name. What a book may not fill is made by the build: the ends of links, and of a note what it says and of what."""
