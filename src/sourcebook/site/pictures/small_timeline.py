# SPDX-License-Identifier: Apache-2.0
"""The small timeline on the page of a record: when it was, and when what refers to it, and what it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sourcebook.content.labels import Labels
from sourcebook.content.records import Record, references
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection
from sourcebook.site.pictures.frame import Row
from sourcebook.site.pictures.spans import ROLE, spans_by_key, told
from sourcebook.site.pictures.timeline import LABELLED, Timeline, draw

Keys = Mapping[str, Iterable[str]]
"""Records by their collection and key."""


@dataclass(frozen=True, slots=True)
class SmallTimeline:
    """A timeline on a record's page; ``rows`` say the same."""

    timeline: Timeline
    rows: list[Row]


def small_timeline(labels: Labels, collection: Collection, record: Record, referring: Keys) -> SmallTimeline | None:
    """The timeline of a record's page; None where there is nothing in it but one day. Labels are fetched.

    ``referring`` are the records that the page shows because they refer to this one. Where the book has no role of an
    interval nothing is asked of the database.
    """
    opened = labels.opened
    dated = {one.name: one for one in opened.site.collections if ROLE in one.roles}
    if not dated or not (opened.folder / SITE_INDEX).is_file():
        return None
    wanted: dict[str, dict[str, None]] = {collection.name: {record.key: None}}
    for one in references(record.parts):
        wanted.setdefault(one.collection, {})[one.key] = None
    for name, keys in referring.items():
        wanted.setdefault(name, {}).update(dict.fromkeys(keys))
    spans = [span for name, keys in wanted.items() if name in dated for span in spans_by_key(opened, dated[name], keys)]
    spans = sorted(spans, key=lambda one: (one.first, one.last, one.collection.number, one.row))[:LABELLED]
    if len(spans) < 2 and all(one.first == one.last for one in spans):
        return None
    said = told(labels, spans)
    timeline = draw(spans, said, lambda one, _first, _last: labels.at.listing(one.address), id_="small-timeline")
    return SmallTimeline(timeline, [said[one].row for one in spans if one in said]) if timeline else None
