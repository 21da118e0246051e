# SPDX-License-Identifier: Apache-2.0
"""What maps are drawn of: projections, lines that are simplified and cut, outlines, and points put together."""

from __future__ import annotations

import json
import math
import runpy
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcebook.extract.point_layout import EARTH_HEIGHT, UNIT, equal_earth
from sourcebook.extract.site import Collection
from sourcebook.site.pictures import outline
from sourcebook.site.pictures.chart_map import Placed, degrees_of, map_of
from sourcebook.site.pictures.drawing import ground
from sourcebook.site.pictures.outline import EARTH, Line, Window, clipped, land, simplified
from sourcebook.site.pictures.points import Points
from sourcebook.site.pictures.projection import WIDTH, View, fitting, position
from tests.conftest import ROOT

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
places = st.tuples(longitudes, latitudes)
SITES = Collection("sites", 1, "Sites", "", "sites", "sites", "id", "text", "rowid", "name", ())
SHIPS = Collection("ships", 2, "Ships", "", "ships", "ships", "id", "text", "rowid", "name", ())


# --- projections -----------------------------------------------------------------------------------------------------


@given(latitudes, longitudes)
def test_the_whole_earth_is_within_its_picture(latitude: float, longitude: float) -> None:
    x, y = equal_earth(latitude, longitude)
    assert 0 <= x <= UNIT
    assert -1 <= y <= EARTH_HEIGHT * UNIT + 10


def test_equal_earth_is_as_published() -> None:
    """The whole is 2.05458 times as wide as high, and a quarter of its area lies beyond 30 degrees either way."""
    assert UNIT / (equal_earth(-90, 0)[1] - equal_earth(90, 0)[1]) == pytest.approx(2.05458, abs=0.0001)
    area = 0.0
    for number in range(3000):
        latitude = 30 + 60 * (number + 0.5) / 3000
        wide = equal_earth(latitude, 180)[0] - equal_earth(latitude, -180)[0]
        high = equal_earth(30 + 60 * number / 3000, 0)[1] - equal_earth(30 + 60 * (number + 1) / 3000, 0)[1]
        area += wide * high
    whole = 4 * math.pi / (2 * math.pi / (math.sqrt(3) / 2 * 1.340264)) ** 2 * UNIT**2
    assert area / whole == pytest.approx(0.25, abs=0.001)


@given(st.lists(places, min_size=1, max_size=20), st.floats(0, 180), st.floats(0, 90))
def test_a_view_has_all_points_that_it_is_made_for(some: list[tuple[float, float]], wide: float, high: float) -> None:
    west, south = some[0]
    points = Window(west, south, west + wide, min(90.0, south + high))
    view = fitting(points)
    for corner in ((points.west, points.south), (points.east, points.north)):
        longitude = corner[0] + (360 if view.window and corner[0] < view.window.west else 0)
        x, y = view.at(longitude, corner[1])
        if view.window:
            while x > WIDTH + 0.01:  # the window may be told a turn further west
                x -= 360 * view.across
        else:
            x %= WIDTH + 1
        assert -0.01 <= x <= WIDTH + 1
        assert -0.01 <= y <= view.height + 0.01
    assert 0.4 * WIDTH < view.height < 0.7 * WIDTH


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [(36.87, -38.5, "36.87° N, 38.5° W"), (0, 0, "0°, 0°"), (-90, 180, "90° S, 180°"), (1e-9, 1, "0° N, 1° E")],
)
def test_a_place_is_told_in_words(latitude: float, longitude: float, words: str) -> None:
    assert position(latitude, longitude) == words


# --- lines -----------------------------------------------------------------------------------------------------------


def _distance(point: tuple[float, float], line: Line) -> float:
    def to(begin: tuple[float, float], end: tuple[float, float]) -> float:
        (x, y), (to_x, to_y) = begin, end
        length = (to_x - x) ** 2 + (to_y - y) ** 2
        part = ((point[0] - x) * (to_x - x) + (point[1] - y) * (to_y - y)) / length if length else 0.0
        part = min(1.0, max(0.0, part))
        return math.dist(point, (x + part * (to_x - x), y + part * (to_y - y)))

    return min(to(begin, end) for begin, end in pairwise(line))


@given(st.lists(places, min_size=2, max_size=40), st.floats(0.01, 40))
def test_a_simplified_line_is_nowhere_further_away_than_it_may_be(line: Line, tolerance: float) -> None:
    found = simplified(line, tolerance)
    assert found[0] == line[0]
    assert found[-1] == line[-1]
    assert all(_distance(point, found) <= tolerance * (1 + 1e-9) + 1e-9 for point in line)


def _is_inside(point: tuple[float, float], ring: Line) -> bool:
    x, y = point
    inside = False
    for (left, low), (right, high) in zip([ring[-1], *ring], ring, strict=False):
        if (low > y) != (high > y) and x < (right - left) * (y - low) / (high - low) + left:
            inside = not inside
    return inside


WINDOW = Window(-20, -10, 40, 30)


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-60, 60)), min_size=3, max_size=12),
    st.tuples(st.floats(-19.9, 39.9), st.floats(-9.9, 29.9)),
)
def test_what_is_cut_off_is_what_is_outside(ring: Line, point: tuple[float, float]) -> None:
    cut = clipped(ring, WINDOW)
    assert all(-20 <= round(x, 6) <= 40 and -10 <= round(y, 6) <= 30 for x, y in cut)
    if min(_distance(point, [*ring, ring[0]]), *(abs(one) for one in (point[0] - 40, point[1] - 30))) > 1e-6:
        assert _is_inside(point, ring) == (len(cut) > 2 and _is_inside(point, cut))


# --- outlines --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize(
    ("name", "longitude", "latitude", "is_land"),
    [
        ("Ankara", 32.85, 39.92, True),
        ("the middle of the Pacific", -140.2, 10.5, False),
        ("Chukotka, beyond the line of the date", -175.0, 67.0, True),
        ("Chukotka, before it", 175.0, 67.0, True),
        ("the South Pole", 100.0, -89.5, True),
        ("the North Pole", 100.0, 89.5, False),
        ("the Caspian Sea", 50.9, 41.0, False),
        ("off Antarctica", -179.9, -60.0, False),
    ],
)
def test_land_is_where_it_is(fine: bool, name: str, longitude: float, latitude: float, is_land: bool) -> None:
    """In a window far around, in one that lies wholly in it, and on the whole earth."""
    for size in (0.05, 3.0, 20.0):
        window = Window(longitude - size, max(-90, latitude - size), longitude + size, min(90, latitude + size))
        rings = list(land(window, 0.01, fine=fine))
        assert (sum(_is_inside((longitude, latitude), ring) for ring in rings) % 2 == 1) == is_land, (name, size)
    rings = list(land(EARTH, 0.1, fine=fine))
    assert (sum(_is_inside((longitude, latitude), ring) for ring in rings) % 2 == 1) == is_land, name


def test_no_line_goes_around_the_earth() -> None:
    """What crosses the line of the date goes on at the other edge, and not back through all of the picture."""
    for ring in land(EARTH, 0.1, fine=False):
        for (x, y), (to_x, _) in pairwise(ring):
            assert abs(x - to_x) < 60 or y < -80


def test_the_outlines_are_what_the_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two countries with a border in common, the one on both sides of the line of the date."""
    arcs = [[[10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10], [10, 0]], [[10, 10], [5, 0], [0, -10], [-5, 0]]]
    topology = {
        "transform": {"scale": [1, 1], "translate": [170, 0]},
        "arcs": arcs,
        "objects": {
            "countries": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Polygon", "arcs": [[0, 1]]}, {"type": "MultiPolygon", "arcs": [[[2, 0]]]}],
            },
            "land": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[1, -3]]}]},
        },
    }
    packed = runpy.run_path(str(ROOT / "scripts/outline.py"))["packed"](json.loads(json.dumps(topology)))
    (tmp_path / "small.outline").write_bytes(packed)
    monkeypatch.setattr(outline, "_WORLD", tmp_path)
    found = outline._outline.__wrapped__("small")
    assert found.arcs[0] == [(180, 0), (180, 10)]
    assert found.arcs[2] == [(180, 10), (185, 10), (185, 0), (180, 0)]
    assert found.borders == (0,)
    assert [one.arcs for one in found.land] == [((1, 0.0), (-3, 0.0))]
    assert not found.land[0].turned


def test_the_data_in_the_package_has_its_licence() -> None:
    notice = (Path(outline.__file__).parent / "world/LICENSE.world-atlas").read_text("utf-8")
    assert "Michael Bostock" in notice
    assert "LICENSE.world-atlas" in (ROOT / "pyproject.toml").read_text("utf-8")


@pytest.mark.parametrize("box", [(-180, -90, 180, 90), (-12, 34, 45, 72), (170, -30, 200, -10), (30, 36, 31, 36.5)])
def test_what_lies_below_the_marks_is_small(box: tuple[float, float, float, float]) -> None:
    """So that a page is: the whole earth, Europe, islands on the line of the date, a part of a province."""
    found = ground(fitting(Window(*box)))
    assert sum(map(len, (found.land, found.borders, found.grid))) < 30_000
    assert "e" not in found.land  # no number as 1e-5


# --- points ----------------------------------------------------------------------------------------------------------


@contextmanager
def _laid_out(some: list[tuple[int, int, float, float]]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("ATTACH ':memory:' AS site")
        connection.execute("CREATE TABLE site.points (collection, row, latitude REAL, longitude REAL, x, y)")
        connection.executemany(
            "INSERT INTO site.points VALUES (?, ?, ?, ?, ?, ?)",
            ((*ids, latitude, longitude, *equal_earth(latitude, longitude)) for *ids, latitude, longitude in some),
        )
        yield connection


@settings(deadline=None)  # what a busy machine takes says nothing of it
@given(st.lists(st.tuples(st.sampled_from([1, 2]), latitudes, longitudes), min_size=1, max_size=60), st.integers(1, 9))
def test_points_put_together_are_all_of_them(some: list[tuple[int, float, float]], most: int) -> None:
    """None is lost or counted twice, whatever is drawn as one; and each is in the box that its mark leads to."""
    rows = [(number, row, *place) for row, (number, *place) in enumerate(some)]
    with _laid_out(rows) as connection:  # type: ignore[arg-type]
        points = Points(connection, [(SITES, None), (SHIPS, None)])
        extent = points.extent()
        assert extent is not None
        view = fitting(extent)
        cells = points.cells(view, most)
        assert len(cells) <= most
        count = sum(cell.count for cell in cells)
        assert count == len(some) == points.count(view) == len(list(points.listed(view, 0, 99)))
    for cell in cells:
        assert cell.window.width >= 0
        assert 0 <= cell.x <= WIDTH
        assert -1 <= cell.y <= view.height + 1
    for number, latitude, longitude in some:
        assert any(
            number in cell.members
            and cell.window.south <= latitude <= cell.window.north
            and any(cell.window.west <= longitude + turn <= cell.window.east for turn in (0, 360))
            for cell in cells
        )


def test_points_on_both_sides_of_the_line_of_the_date_are_near() -> None:
    with _laid_out([(1, 1, -17.0, 178.0), (1, 2, -18.0, -179.0)]) as connection:
        points = Points(connection, [(SITES, None)])
        assert points.extent() == Window(178, -18, 181, -17)
        assert points.count(fitting(Window(178, -18, 181, -17))) == 2
        assert [cell.count for cell in points.cells(fitting(Window(178, -18, 181, -17)), 99)] == [1, 1]


def test_points_far_apart_are_on_the_whole_earth() -> None:
    with _laid_out([(1, 1, 52.0, 5.0), (1, 2, -35.0, 149.0), (1, 3, 40.0, -74.0)]) as connection:
        extent = Points(connection, [(SITES, None)]).extent()
    assert extent
    assert fitting(extent) == View()


def test_rows_of_an_answer_are_put_together_too() -> None:
    rows = [Placed(number / 7, number * 1.7, f"row {number}", f"/{number}") for number in range(100)] * 3
    drawn = map_of(rows)
    assert sum(mark.count for mark in drawn.marks) == 300
    assert all(not mark.href for mark in drawn.marks if mark.count > 1)
    (alone,) = map_of([Placed(-17.0, 179.0, "Alone", "/alone")]).marks
    assert (alone.href, alone.text, alone.size) == ("/alone", "Alone", 0)
    far = map_of([Placed(-17.0, 179.0, "a", ""), Placed(-17.0, -179.0, "b", "")])
    assert far.view.window
    assert far.view.window.width < 10


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((1, 2.5), (1.0, 2.5)),
        ((90.5, 1), None),
        ((1, -181), None),
        ((None, 1), None),
        (("1", 1), None),
        ((True, 1), None),
    ],
)
def test_what_is_no_place_is_none(values: tuple[object, object], found: tuple[float, float] | None) -> None:
    assert degrees_of(*values) == found


def test_only_the_rows_that_are_asked_for_are_there() -> None:
    with _laid_out([(1, 1, 1.0, 1.0), (1, 2, 2.0, 2.0), (2, 1, 3.0, 3.0)]) as connection:
        assert Points(connection, [(SITES, [2])]).extent() == Window(2, 2, 2, 2)
        assert Points(connection, [(SITES, [])]).extent() is None
        assert Points(connection, []).extent() is None
