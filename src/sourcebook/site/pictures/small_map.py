# SPDX-License-Identifier: Apache-2.0
"""The small map on the page of a record: of its own place, and of those of the records that its fields refer to."""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.content.labels import Labels
from sourcebook.content.records import Record, references
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection
from sourcebook.site.pictures.frame import Picture, Row, rows
from sourcebook.site.pictures.map import Map, drawn
from sourcebook.site.pictures.outline import Window
from sourcebook.site.pictures.points import Points, rows_of
from sourcebook.site.pictures.projection import WIDTH, fitting, position

_MOST = 200  # records on a small map
_ROUND = 3.0  # degrees around a single place, so that there is something to know it by


@dataclass(frozen=True, slots=True)
class SmallMap:
    """A map on a record's page. ``rows`` say the same; ``whole`` leads to all records that have a place there."""

    picture: Picture
    map: Map
    rows: list[Row]
    whole: str


def small_map(labels: Labels, collection: Collection, record: Record) -> SmallMap | None:
    """The map of a record's page; None where neither it nor what it refers to has a place. Labels are fetched.

    Where the book has no role of a point nothing is asked of the database.
    """
    opened = labels.opened
    placed = {one.name: one for one in opened.site.collections if "point" in one.roles}
    if not placed or not (opened.folder / SITE_INDEX).is_file():
        return None
    wanted: dict[str, dict[str, None]] = {collection.name: {record.key: None}} if collection.name in placed else {}
    for one in references(record.parts):
        if one.collection in placed:
            wanted.setdefault(one.collection, {})[one.key] = None
    shown = [(placed[name], rows_of(opened.connection, name, list(keys)[:_MOST])) for name, keys in wanted.items()]
    points = Points(opened.connection, [(one, list(found)) for one, found in shown])
    extent = points.extent() if wanted else None
    if extent is None:
        return None
    view = fitting(extent if extent.width or extent.height else _wider(extent))
    address = labels.at.page("map", box=",".join(f"{one:.4g}" for one in _corners(view.shown)))
    picture = drawn(labels, points, view, [one for one, _ in shown], lambda _: address)
    keys = {(one.number, row): (one, key) for one, found in shown for row, key in found.items()}
    listed = [
        (*keys[number, row], (position(latitude, longitude),))
        for number, row, latitude, longitude in points.listed(view, 0, _MOST)
    ]
    title = "Where it is" if len(listed) == 1 and listed[0][1] == record.key else "Places it refers to"
    return SmallMap(
        picture=Picture(
            kind="map",
            id="small-map",
            title=title,
            description=f"{len(listed)} on a map. The list below has all of them, with their coordinates.",
            width=WIDTH,
            height=view.height,
            told=("Outlines and borders are Natural Earth’s: they take no position.",),
        ),
        map=picture,
        rows=rows("map", labels, listed),
        whole=address,
    )


def _wider(point: Window) -> Window:
    return Window(
        point.west - _ROUND, max(-90.0, point.south - _ROUND), point.east + _ROUND, min(90.0, point.north + _ROUND)
    )


def _corners(window: Window) -> tuple[float, float, float, float]:
    def on_earth(longitude: float) -> float:
        return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180

    return on_earth(window.west), window.south, on_earth(window.east), window.north
