# SPDX-License-Identifier: Apache-2.0
"""What the sources of a release carry, in numbers, places and hashes; and whether what rests on them is reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.content import records
from sourcebook.content.curation import curation, curation_fields
from sourcebook.content.labels import Labels
from sourcebook.content.opened import Opened
from sourcebook.evidence.coverage import FILE
from sourcebook.exact import loads
from sourcebook.extract.site import Collection

_KEPT = ("coverage of sources",)


def covered(opened: Opened, collection: Collection, key: str) -> Mapping[str, Any] | None:
    """What the text of a document carries; None of what no record has a passage of."""
    found: Mapping[str, Any] | None = _documents(opened).get((collection.name, key))
    return found


def tells_coverage(opened: Opened) -> bool:
    """Whether a release says what its documents carry: what is being edited does not."""
    return bool(_documents(opened))


def documents(opened: Opened) -> list[tuple[str, str]]:
    """The documents that a release says what they carry, each by collection and key."""
    return list(_documents(opened))


def _documents(opened: Opened) -> Mapping[tuple[str, str], Any]:
    if _KEPT not in opened.kept:
        path = opened.folder / FILE
        told = loads(path.read_text("utf-8"))["documents"] if path.is_file() else []
        opened.kept[_KEPT] = {(one["collection"], one["source"]): one for one in told}
    found: Mapping[tuple[str, str], Any] = opened.kept[_KEPT]
    return found


def reviews(labels: Labels, told: Mapping[str, Any]) -> tuple[int, dict[str, list[str]]]:
    """How many that rest on a document tell of a review; by collection, the keys of those that do not."""
    done = 0
    missing: dict[str, list[str]] = {}
    for name, keys in _by_collection(told).items():
        collection = labels.opened.site.collection(name)
        fields = list(curation_fields(collection, collection.whole or collection.fields))
        for record in records.read(labels, collection, keys, fields) if fields else ():
            one = curation(collection, record)
            if one and one.reviewed:
                done += 1
            elif one and one.can_be_reviewed:
                missing.setdefault(name, []).append(record.key)
    return done, missing


def _by_collection(told: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, key in told.get("resting", ()):
        found.setdefault(name, []).append(key)
    return found


def dense(told: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """The sentences that carry many for their length: the number of the paragraph, and that in it, from 1."""
    for number, one in enumerate(told.get("paragraphs", ()), start=1):
        yield from ((number, place) for place, inner in enumerate(one.get("sentences", ()), start=1) if inner["many"])
