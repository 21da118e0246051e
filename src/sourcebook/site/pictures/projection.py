# SPDX-License-Identifier: Apache-2.0
"""From degrees to a place in a picture: of the whole earth, or of a part of it.

The whole earth is drawn by the Equal Earth projection, on which areas are true; a part of it by the equidistant
cylindrical one, true along its meridians and its middle parallel, on which four degrees are a rectangle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sourcebook.extract.point_layout import EARTH_HEIGHT, UNIT, equal_earth
from sourcebook.site.pictures.outline import EARTH, Line, Window

WIDTH = 800.0
"""The width of a map, in its own units."""
LEAST = 0.1
"""Degrees from south to north that a map shows at least: of less, outlines say nothing."""
_PART = Window(0, 0, 140, 80)  # degrees that a part of the earth has at most
_SHAPES = (0.45, 0.6)  # height in widths, at least and at most
_ROUND = 0.06  # of a part of the earth, that is left free around its points
_LEAST_COSINE = 0.2


@dataclass(frozen=True)
class View:
    """What a map shows: the whole ``window`` of a part of the earth, or all of the earth where there is none."""

    window: Window | None = None

    @property
    def shown(self) -> Window:
        """The degrees that are shown."""
        return self.window or EARTH

    @cached_property
    def scale(self) -> float:
        """Units of the picture in a degree from south to north; of the whole earth, about."""
        return self.across / (_squeezed(self.window) if self.window else 1)

    @property
    def across(self) -> float:
        """Units of the picture in a degree from west to east; of the whole earth, at the equator."""
        return WIDTH / self.shown.width

    @cached_property
    def height(self) -> float:
        """The height of the picture."""
        return self.shown.height * self.scale if self.window else EARTH_HEIGHT * WIDTH

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The place of a point in the picture. Of the line of the date it is on the side that the window is on."""
        if self.window is None:
            x, y = equal_earth(latitude, longitude)
            return x * WIDTH / UNIT, y * WIDTH / UNIT
        window = self.window
        return (longitude - window.west) * self.across, (window.north - latitude) * self.scale

    def grid(self) -> Iterator[tuple[Line, str]]:
        """Parallels and meridians, each as a line of degrees, and what it is called."""
        shown = self.shown
        step = next((one for one in _STEPS if shown.height / one >= 3), _STEPS[-1]) if self.window else 30
        for number in range(math.ceil(shown.west / step), math.floor(shown.east / step) + 1):
            at = round(number * step, 6)
            yield _between((at, shown.south), (at, shown.north)), degrees((at + 180) % 360 - 180, "E", "W")
        for number in range(math.ceil(shown.south / step), math.floor(shown.north / step) + 1):
            at = round(number * step, 6)
            yield _between((shown.west, at), (shown.east, at)), degrees(at, "N", "S")

    def edge(self) -> Line:
        """The edge of the whole earth, in degrees."""
        right = [(180.0, -90 + 2.0 * number) for number in range(91)]
        left = [(-180.0, 90 - 2.0 * number) for number in range(91)]
        return right + left


_STEPS = (30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02)


def _between(begin: tuple[float, float], end: tuple[float, float]) -> Line:
    parts = 24
    return [
        tuple(one + (other - one) * number / parts for one, other in zip(begin, end, strict=True))  # type: ignore[misc]
        for number in range(parts + 1)
    ]


def _squeezed(window: Window) -> float:
    """How much shorter a degree from west to east is than one from south to north, in the middle of a window."""
    return max(_LEAST_COSINE, math.cos(math.radians((window.south + window.north) / 2)))


def fitting(points: Window) -> View:
    """A view in which all points between four degrees are, with some room around them."""
    if points.width > _PART.width or points.height > _PART.height:
        return View()
    room = max(_ROUND * max(points.width, points.height), LEAST / 2)
    south, north = max(-90.0, points.south - room), min(90.0, points.north + room)
    window = Window(points.west - room, south, points.east + room, north)
    squeezed = _squeezed(window)
    width, height = window.width, window.height
    low, high = _SHAPES
    if height < low * width * squeezed:
        height = low * width * squeezed
    elif height > high * width * squeezed:
        width = height / (high * squeezed)
    if width > 360 or height > 180:
        return View()
    return View(_centred(window, width, height))


def _centred(window: Window, width: float, height: float) -> Window:
    across, up = (window.west + window.east) / 2, (window.south + window.north) / 2
    up = min(90 - height / 2, max(height / 2 - 90, up))
    west = across - width / 2
    west = (west + 180) % 360 - 180
    return Window(west, up - height / 2, west + width, up + height / 2)


def degrees(value: float, positive: str, negative: str) -> str:
    """Degrees in words: ``36.87° N``."""
    number = f"{abs(value):.5f}".rstrip("0").rstrip(".")
    return f"{number}°" + (f" {positive if value > 0 else negative}" if value and abs(value) != 180 else "")


def position(latitude: float, longitude: float) -> str:
    """A place on the earth in words."""
    return f"{degrees(latitude, 'N', 'S')}, {degrees(longitude, 'E', 'W')}"
