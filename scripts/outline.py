# SPDX-License-Identifier: Apache-2.0
"""Make the outlines of the world that maps are drawn on, from the npm package ``world-atlas``.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/outline.py package

writes ``src/sourcebook/site/pictures/world/{coarse,fine}.outline`` from ``countries-110m.json`` and
``countries-50m.json``, and the licence beside them. What is written lies in the repository: neither a build nor a
server needs this script, or a network.

A file is packed by zlib. In it stand, each after its length in bytes (four bytes, the lowest first): a JSON header, and
the deltas of longitudes and of latitudes of all points of all arcs, one after the other, as the differences to the
point before; a byte of each number after the other, all lowest bytes first, which packs better. The header says

- ``scale`` and ``translate``: degrees are ``number * scale + translate``;
- ``arcs``: how many points each has;
- ``land``: rings of land and of lakes in it, each a list of arcs; one that is turned round is ``-1 - number``;
- ``borders``: the arcs that two countries share.

Names of countries are left out: a map of a book says nothing of them.
"""

from __future__ import annotations

import json
import shutil
import struct
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TO = Path(__file__).parent.parent / "src/sourcebook/site/pictures/world"


def packed(topology: dict[str, Any]) -> bytes:
    """The outline that a TopoJSON topology of countries and land gives."""
    longitudes, latitudes = array("i"), array("i")
    before = [0, 0]
    for arc in topology["arcs"]:
        at = [0, 0]
        for x, y in arc:
            at = [at[0] + x, at[1] + y]
            longitudes.append(at[0] - before[0])
            latitudes.append(at[1] - before[1])
            before = at
    used = Counter(
        number if number >= 0 else -1 - number
        for country in topology["objects"]["countries"]["geometries"]
        for number in {arc for ring in _rings(country) for arc in ring}
    )
    header = {
        "scale": topology["transform"]["scale"],
        "translate": topology["transform"]["translate"],
        "arcs": list(map(len, topology["arcs"])),
        "land": list(_rings(topology["objects"]["land"])),
        "borders": sorted(number for number, times in used.items() if times > 1),
    }
    parts = (json.dumps(header, separators=(",", ":")).encode(), _planes(longitudes), _planes(latitudes))
    return zlib.compress(b"".join(struct.pack("<I", len(part)) + part for part in parts), 9)


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    kind = geometry["type"]
    if kind == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _rings(one)
    elif kind == "Polygon":
        yield from geometry["arcs"]
    elif kind == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def _planes(numbers: array[int]) -> bytes:
    whole = struct.pack(f"<{len(numbers)}i", *numbers)
    return b"".join(whole[place::4] for place in range(4))


def main(package: Path) -> None:
    """Write both outlines, and the licence."""
    TO.mkdir(exist_ok=True)
    for name, source in (("coarse", "countries-110m.json"), ("fine", "countries-50m.json")):
        (TO / f"{name}.outline").write_bytes(packed(json.loads((package / source).read_text("utf-8"))))
    shutil.copyfile(package / "LICENSE", TO / "LICENSE.world-atlas")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
