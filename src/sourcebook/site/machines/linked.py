# SPDX-License-Identifier: Apache-2.0
"""Records in the words of schema.org, as JSON-LD: no more than is known of them.

A statement is a Claim, by whom it is and where it appears; what answers it are Comments to it, each with the same, so
that no claim is told without its answers. A record of another kind is a Thing; a Place where its collection has points;
an Event where it has nothing but an interval. Its page is what is part of the Dataset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sourcebook.book import SYMMETRIC
from sourcebook.content.about_book import part_of_date
from sourcebook.content.curation import curation
from sourcebook.content.labels import Reference
from sourcebook.content.records import Record
from sourcebook.content.statements import ROLE, Answers, Statement, who_answers
from sourcebook.content.values import Shown, exact, is_link, shortened
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Asked
from sourcebook.site.machines.named import about, absolute, curated, named, published_on
from sourcebook.site.machines.place import in_line, licences, root, whole
from sourcebook.site.published import Published

CONTEXT = "https://schema.org/"
Node = dict[str, Any]
_BESIDE = frozenset(("curation", "ftm"))  # roles that say nothing of what a record is
_Days = Mapping[tuple[str, str], str]


def type_of(collection: Collection) -> str:
    """The type of the records of a collection."""
    roles = collection.roles
    if ROLE in roles:
        return "Claim"
    if "point" in roles:
        return "Place"
    interval = roles.get("interval", {})
    # One date of what is no event is often given as both ends; what has other roles is what these say.
    if set(roles) - _BESIDE == {"interval"} and interval.get("earliest") != interval.get("latest"):
        return "Event"
    return "Thing"


def of_record(
    opened: Published, asked: Asked, collection: Collection, record: Record, label: str, said: Statement | None
) -> Node:
    """What is told of a record. The labels that it refers to have been fetched."""
    address = whole(opened, asked).record(collection.address, record.key)
    entered = _filled(curated(opened, asked, curation(collection, record)))
    if said is not None:
        others = [other for some in said.answers for other in some.statements]
        days = published_on(where for one in (said, *others) for where in one.published_in)
        claim = {"@context": CONTEXT, **_claim(opened, asked, said, days), **_part(opened, asked)}
        claim |= {"about": about(opened, asked, collection, record)}
        if entered:
            claim["mainEntityOfPage"] = {"@type": "WebPage", "@id": address, "url": address, **entered}
        comments = {"comment": list(_answers(opened, asked, said, days))}
        return _filled(claim | comments | _answered(opened, asked, said, days))
    thing = {
        "@type": type_of(collection),
        "@id": f"{address}#record",
        "name": in_line(label),
        "identifier": record.key,
        "url": address,
        "subjectOf": {"@id": address},
        **_geo(collection, record),
        **_when(collection, record),
    }
    page = {"@type": "WebPage", "@id": address, "url": address, "name": in_line(label), **_part(opened, asked)}
    page |= entered
    return {"@context": CONTEXT, **_filled(page), "mainEntity": _filled(thing)}


def _part(opened: Published, asked: Asked) -> Node:
    base = root(opened, asked)
    dataset = {"@type": "Dataset", "@id": f"{base}#dataset", "name": in_line(opened.site.title), "url": base}
    return {"isPartOf": dataset, "license": list(licences(opened))}


# --- statements -------------------------------------------------------------------------------------------------------


def _claim(opened: Published, asked: Asked, one: Statement, days: _Days) -> Node:
    """A statement with its attribution. Its name is never what is said by itself."""
    by, where = _joined(one.by), _joined(one.published_in)
    address = absolute(opened, asked, one.href)
    return _filled(
        {
            "@type": "Claim",
            "@id": f"{address}#record",
            "identifier": one.key,
            "url": address,
            "name": f"{by}: {in_line(one.said)}",
            "description": in_brief(one),
            "text": one.said,
            "author": [named(opened, asked, some) for some in one.by],
            "appearance": [
                {"@type": "CreativeWork", **named(opened, asked, some)}
                | ({"url": one.published_at} if is_link(one.published_at) and len(one.published_in) == 1 else {})
                | _published(some, days)
                for some in one.published_in
            ],
            "dateCreated": part_of_date(exact(one.on)) if one.on else "",
            "creditText": f"Said by {by}"
            + (f", on the knowledge of {_joined(one.knowledge)}" if one.knowledge else "")
            + (f", in {where}" if where else "")
            + (f", {one.at}" if one.at else ""),
            "commentCount": one.answered or None,
        }
    )


def _published(where: Shown, days: _Days) -> Node:
    """When a document was published. That a statement appeared there first is not known, nor said."""
    day = days.get((where.collection, where.key), "") if isinstance(where, Reference) else ""
    return {"datePublished": day} if day else {}


def in_brief(one: Statement, most: int = 0) -> str:
    """A statement in a few lines: who says it, where, and who answers it, then what is said, or ``most`` letters.

    What is cut off at the end is then never that.
    """
    where = _few(one.published_in)
    kind = f"{one.kind}: said" if one.kind else "Said"
    known = f", on the knowledge of {_few(one.knowledge)}" if one.knowledge else ""
    parts = [f"{kind} by {_few(one.by)}{known}" + (f", in {where}" if where else "")]
    if one.hedge:
        parts.append(f"with the reservation “{shortened(one.hedge, 80)}”")
    for some in one.answers:
        if not some.forward:
            by = [value for other in some.statements for value in other.by]
            parts.append(f"{some.how[0].lower()}{some.how[1:]} {_few(by)}")
    parts += [f"{told[0].lower()}{told[1:]}" for told in map(who_answers, one.answered_by)]
    return f"{'; '.join(parts)}: “{shortened(one.said, most) if most else in_line(one.said)}”"


_FEW = 5  # names


def _few(values: Iterable[Shown]) -> str:
    """The first names, each once, and how many more there are."""
    names = list(dict.fromkeys(in_line(one.text) for one in values))
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _answers(opened: Published, asked: Asked, one: Statement, days: _Days) -> Iterator[Node]:
    for some in one.answers:
        if not some.forward:
            yield from (_answer(opened, asked, some, other, days) for other in some.statements)


def _answer(opened: Published, asked: Asked, some: Answers, other: Statement, days: _Days) -> Node:
    node = _claim(opened, asked, other, days)
    return {**node, "@type": ["Claim", "Comment"], "disambiguatingDescription": some.how}


def _answered(opened: Published, asked: Asked, one: Statement, days: _Days) -> Node:
    """What a statement answers itself: then it is a comment to that, which is told with its attribution too."""
    before = [
        {**_claim(opened, asked, other, days), "disambiguatingDescription": some.how}
        for some in one.answers
        if some.forward and some.kind not in SYMMETRIC
        for other in some.statements
    ]
    return {"@type": ["Claim", "Comment"], "parentItem": before} if before else {}


def _joined(values: Iterable[Shown]) -> str:
    return ", ".join(in_line(one.whole if isinstance(one, Reference) else one.text) for one in values)


# --- where and when ---------------------------------------------------------------------------------------------------


def _geo(collection: Collection, record: Record) -> Node:
    role = collection.roles.get("point")
    if not role:
        return {}
    latitude, longitude = (_number(record.first(role.get(name, ""))) for name in ("latitude", "longitude"))
    if latitude is None or longitude is None:
        return {}
    return {"geo": {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}}


def _number(shown: Shown | None) -> float | None:
    try:
        return float(exact(shown).replace("\u2212", "-")) if shown else None
    except ValueError:
        return None


def _when(collection: Collection, record: Record) -> Node:
    """When an event was, where that is known to the day and without reservation."""
    if type_of(collection) != "Event":
        return {}
    role = collection.roles["interval"]
    earliest, latest, note = (record.first(role.get(name, "")) for name in ("earliest", "latest", "imprecise"))
    if not (earliest and latest) or note or exact(earliest) != exact(latest):
        return {}
    return {"startDate": day, "endDate": day} if (day := _day(exact(earliest))) else {}


def _day(text: str) -> str:
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else ""


def _filled(node: Mapping[str, Any]) -> Node:
    return {name: value for name, value in node.items() if value not in ("", [], {}, None)}
