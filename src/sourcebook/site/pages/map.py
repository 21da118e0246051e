# SPDX-License-Identifier: Apache-2.0
"""The map of all records that have a place on the earth, narrowed down as listings are; below it the same as rows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.content.addresses import Addresses, parameter
from sourcebook.content.labels import Labels
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines.heads import of_picture
from sourcebook.site.pictures.chosen import Chosen, chosen
from sourcebook.site.pictures.frame import ROWS, Picture, Row, address, rows, status, turn
from sourcebook.site.pictures.map import Map, drawn, legend
from sourcebook.site.pictures.outline import Window
from sourcebook.site.pictures.points import Points, counts, keys_of
from sourcebook.site.pictures.projection import LEAST, View, fitting, position
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

_BOX = "box"
_DEGREES = re.compile(r"\s*-?\d{1,3}(\.\d+)?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence on records that are not drawn; ``href`` leads to these, where there is a list of them."""

    text: str
    href: str = ""


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The map; None where no collection has the role of a point, or the release has no layout of it."""
    if "map" not in opened.site.pictures or not (opened.folder / SITE_INDEX).is_file():
        return None
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    choice = chosen(opened, labels, asked, "point", (_BOX,))
    box, problem = _box(asked)
    points = Points(opened.connection, [(one, choice.rows(one)) for one in choice.shown])
    extent = points.extent()
    view = fitting(box or extent or Window(-180, -90, 180, 90))
    count = points.count(view) if extent else 0
    turned = turn(at, asked, count)
    picture = drawn(labels, points, view, choice.shown, lambda window: _closer(at, asked, view, window))
    problems = [*filter(None, (problem, turned.problem))]
    wrong = " ".join((*problems, *choice.problems))
    told = list(_told(opened, at, choice)) + _outside(at, asked, points, extent, view, count)
    return page(
        "map",
        opened,
        asked,
        status=status(turned, wrong),
        head=None if wrong else of_picture(opened, asked, "map"),
        refused=wrong,
        chosen=choice,
        problems=problems,
        map=picture,
        picture=_frame(choice, picture, count),
        legend=legend(choice.shown, _drawn(points, view, choice), picture.marks),
        told=told,
        box=asked.one(_BOX),
        whole=address(at, asked, **{_BOX: None}),
        rows=list(_rows(labels, choice, points, view, turned.first)),
        turned=turned,
        files=list(_files(opened, at, choice)),
    )


def _box(asked: Asked) -> tuple[Window | None, str]:
    """The window that is asked for as ``west,south,east,north``; or why it is none."""
    typed = asked.one(_BOX)
    if not typed:
        return None, ""
    parts = typed.split(",")
    if len(parts) != 4 or not all(map(_DEGREES.fullmatch, parts)):
        return None, f"“{typed[:80]}” is no part of the earth: four degrees are, as in “{_BOX}=26,36,45,42”."
    west, south, east, north = map(float, parts)
    if not (abs(west) <= 180 and abs(east) <= 180):
        return None, f"“{typed[:80]}” has degrees of longitude that there are none of."
    if not -90 <= south <= north <= 90:
        return None, f"“{typed[:80]}” has no latitudes from south to north between -90 and 90."
    return Window(west, south, east if east >= west else east + 360, north), ""


def _closer(at: Addresses, asked: Asked, view: View, window: Window) -> str:
    """A map of a window; where this one cannot be narrower, the rows below it."""
    if view.window and view.window.height <= 2 * LEAST and window.width <= LEAST and window.height <= LEAST:
        return "#twin"
    return address(at, asked, **{_BOX: _written(window)})


def _written(window: Window) -> str:
    """A window as an address has it, rounded outwards by no more than can be seen."""
    size = max(window.width, window.height)
    places = next((places for places in range(5) if size * 10**places >= 100), 5)
    parts = 10**places
    west, south = math.floor(window.west * parts) / parts, math.floor(window.south * parts) / parts
    east, north = math.ceil(window.east * parts) / parts, math.ceil(window.north * parts) / parts
    degrees = (_on_earth(west), max(-90.0, south), _on_earth(east), min(90.0, north))
    return ",".join(f"{one:.{places}f}" for one in degrees)


def _on_earth(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


def _frame(choice: Chosen, picture: Map, count: int) -> Picture:
    names = ", ".join(one.title for one in choice.shown)
    several = len(picture.marks)
    shown = picture.view.window
    where = "the whole earth" if shown is None else f"the earth from {position(shown.south, shown.west)} to "
    if shown is not None:
        where += position(shown.north, _on_earth(shown.east))
    return Picture(
        kind="map",
        id="map",
        title=f"Map of {names}",
        description=f"{count:,} records at {several:,} marks on {where}. The table below has all of them.",
        width=800,
        height=picture.view.height,
        told=("Outlines and borders are Natural Earth’s, drawn to help find places: they take no position.",),
    )


def _told(opened: Published, at: Addresses, choice: Chosen) -> Iterator[Told]:
    """How many records of the collections that are shown have no place, or a wrong one."""
    found = counts(opened.connection, choice.shown)
    for one in choice.shown:
        if one.name not in found:
            continue
        counted = found[one.name]
        name = parameter(one.roles["point"]["latitude"])
        if counted.missing:
            text = f"{counted.missing:,} of {counted.records:,} {one.title} have no coordinates."
            yield Told(text, at.listing(one.address, [(name, "")]))
        if counted.wrong:
            yield Told(f"{counted.wrong:,} of {counted.records:,} {one.title} have coordinates that are no place.")


def _outside(at: Addresses, asked: Asked, points: Points, extent: Window | None, view: View, count: int) -> list[Told]:
    if extent is None or view.window is None:
        return []
    beyond = points.count(View()) - count
    return [Told(f"{beyond:,} more lie outside of this map.", address(at, asked, **{_BOX: None}))] if beyond else []


def _drawn(points: Points, view: View, choice: Chosen) -> dict[str, int]:
    by_number = points.by_collection(view)
    return {one.name: by_number.get(one.number, 0) for one in choice.shown}


def _rows(labels: Labels, choice: Chosen, points: Points, view: View, first: int) -> Iterator[Row]:
    by_number: dict[int, Collection] = {one.number: one for one in choice.shown}
    listed = list(points.listed(view, first, ROWS))
    keys = keys_of(labels.opened.connection, [row for _, row, _, _ in listed])
    yield from rows(
        "map",
        labels,
        [(by_number[number], keys[row], (position(*place),)) for number, row, *place in listed if row in keys],
    )


def _files(opened: Published, at: Addresses, choice: Chosen) -> Iterator[tuple[str, str]]:
    """The files of the release that have the same as GeoJSON."""
    paths = {path for path, _ in opened.files}
    for one in choice.shown:
        path = f"geojson/{one.name}.geojson"
        if path in paths:
            yield one.title, at.download(path)
