# SPDX-License-Identifier: Apache-2.0
"""The records of a collection that have a place, as GeoJSON (RFC 7946): a feature each, with its flat row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from sourcebook.content.flat.rows import Chunk, Flat
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection
from sourcebook.files import Written
from sourcebook.formats.layout import POINT
from sourcebook.formats.model import File


class GeoJson:
    """``geojson/STEM.geojson``. Use it in a ``with`` statement. Raises OSError where the disk fails.

    Every record is a feature; one whose place is not known, or not on the earth, has none. The last member, ``counts``,
    says how many these are.
    """

    def __init__(self, folder: Path, stem: str, collection: Collection, flat: Flat) -> None:
        self._path = f"geojson/{stem}.geojson"
        self._place = folder / self._path
        self._collection = collection
        self._header = flat.header
        role = collection.roles[POINT]
        self._at = [flat.place_of(role[name]) for name in ("longitude", "latitude")]
        self._counts = {"features": 0, "without_coordinates": 0, "out_of_range": 0}

    def __enter__(self) -> Self:
        self._place.parent.mkdir(exist_ok=True)
        self._file = Written(self._place)
        self._file.__enter__()
        title = dumps(self._collection.title)
        self._file.add(f'{{"type":"FeatureCollection","name":{title},"features":[')
        return self

    def __exit__(self, *error: Any) -> None:
        self._file.add(f'\n],"counts":{dumps(self._counts)}}}\n')
        self._file.__exit__(*error)

    def add(self, some: Chunk) -> None:
        """Add the features of rows."""
        features = [
            self._feature(key, row) for key, row in zip(some.keys, zip(*some.columns, strict=True), strict=True)
        ]
        begin = ",\n" if self._counts["features"] else "\n"
        self._counts["features"] += len(features)
        if features:
            self._file.add(begin + ",\n".join(features))

    def files(self) -> list[File]:
        """The file, once it is closed."""
        rows = self._counts["features"]
        return [File(self._path, "geojson", self._collection.name, self._file.bytes, self._file.sha256, rows)]

    def _feature(self, key: str, row: Sequence[Any]) -> str:
        longitude, latitude = (row[place] for place in self._at)
        geometry = None
        if longitude is None or latitude is None:
            self._counts["without_coordinates"] += 1
        elif -180 <= longitude <= 180 and -90 <= latitude <= 90:
            geometry = {"type": "Point", "coordinates": [longitude, latitude]}
        else:
            self._counts["out_of_range"] += 1
        properties = dict(zip(self._header, row, strict=True))
        return dumps({"type": "Feature", "id": key, "geometry": geometry, "properties": properties})
