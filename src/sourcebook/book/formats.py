# SPDX-License-Identifier: Apache-2.0
"""The formats that a book may be published in, by name, beside its database; and what each needs to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Format:
    """A format; ``module`` is what has to be installed to write it, by the ``extra`` of that name."""

    name: str
    title: str
    media_type: str
    extra: str = ""
    module: str = ""

    @property
    def is_there(self) -> bool:
        """Whether it can be written here."""
        return not self.module or find_spec(self.module) is not None


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("csv", "CSV, one for each table", "text/csv"),
        Format("json", "JSON, one for each collection", "application/json"),
        Format("ndjson", "JSON, a record a line", "application/x-ndjson"),
        Format("flat", "Flat CSV, one for each collection, and the same for spreadsheets", "text/csv"),
        Format("xlsx", "Excel workbooks", _XLSX, "xlsx", "xlsxwriter"),
        Format("parquet", "Parquet, one for each table", "application/vnd.apache.parquet", "parquet", "pyarrow"),
        Format("geojson", "GeoJSON of what has a place", "application/geo+json"),
        Format("zip", "The Data Package as one archive", "application/zip"),
        Format("gzip", "A copy of each text, packed by gzip", "application/gzip"),
        Format("br", "A copy of each text, packed by Brotli", "application/octet-stream", "brotli", "brotli"),
    )
}
ALWAYS = ("csv", "json")
"""What the Data Package is made of: written with any of the others."""
