# SPDX-License-Identifier: Apache-2.0
"""The tables of the synthetic book, written by hand as those who write a script for one collection do."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]
Rows = dict[str, list[tuple[Any, ...]]]

_CHILD = {"_parent": str, "_position": int}
_VALUE = {**_CHILD, "_value": str}
_PLACE = ("_parent", "_position")
COLUMNS: dict[str, dict[str, type]] = {
    "people": {"id": str, "name": str, "born": int, "country": str},
    "objects": {
        "id": str,
        "title": str,
        "kind": str,
        "status": str,
        "acquired": str,
        "height_mm": int,
        "weight_kg": float,
        "on_loan": int,
        "place_town": str,
        "place_country": str,
        "description": str,
    },
    "objects_keywords": _VALUE,
    "objects_makers": _VALUE,
    "objects_events": {**_CHILD, "date": str, "kind": str, "note": str, "_key": str},
    "objects_events_sources": _VALUE,
    "_records": {"collection": str, "key": str, "path": str, "document": str},
}
KEYS: dict[str, str | tuple[str, ...]] = {
    "people": "id",
    "objects": "id",
    "objects_keywords": _PLACE,
    "objects_makers": _PLACE,
    "objects_events": "_key",
    "objects_events_sources": _PLACE,
    "_records": ("collection", "key"),
}
LINKS = {
    "objects_keywords": [("_parent", "objects", "id")],
    "objects_makers": [("_parent", "objects", "id"), ("_value", "people", "id")],
    "objects_events": [("_parent", "objects", "id")],
    "objects_events_sources": [("_parent", "objects_events", "_key")],
}
INDEXES = {"objects_makers": "_value", "objects_events": "_parent"}
SEARCHED = {
    "objects": ["title", "place_town", "description"],
    "objects_events": ["note"],
    "objects_events_sources": ["_value"],
    "people": ["name"],
}


BATCH = 5_000  # records whose rows are held at a time, so that memory does not grow with the book


def empty() -> Rows:
    """No rows yet, in any table."""
    return {table: [] for table in COLUMNS}


def flatten(record: Record, rows: Rows) -> None:
    """Add the rows of one object to those of its tables."""
    key, place, get = record["id"], record["place"], record.get
    rows["objects"].append(
        (
            key,
            record["title"],
            record["kind"],
            record["status"],
            record["acquired"],
            get("height_mm"),
            get("weight_kg"),
            get("on_loan"),
            place["town"],
            place["country"],
            get("description"),
        )
    )
    rows["objects_keywords"] += [(key, n, word) for n, word in enumerate(get("keywords", ()))]
    rows["objects_makers"] += [(key, n, maker) for n, maker in enumerate(record["makers"])]
    for number, event in enumerate(record["events"]):
        inner = f"{key}/events/{number}"
        rows["objects_events"].append((key, number, event["date"], event["kind"], event.get("note"), inner))
        rows["objects_events_sources"] += [(inner, n, source) for n, source in enumerate(event["sources"])]
