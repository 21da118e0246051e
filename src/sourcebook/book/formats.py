# SPDX-License-Identifier: Apache-2.0
"""The formats that a book may be published in, by name, beside its database; and what each needs to be written.

A book says ``downloads``: a list of names, or ``all`` for what can be written where it is built.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from sourcebook.errors import UsageError


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
        Format("prov", "Who entered and reviewed what, and from which documents, as PROV-O", "text/turtle"),
        Format("ftm", "FollowTheMoney statements of what has a schema there", "application/x-ndjson"),
        Format("zip", "The Data Package as one archive", "application/zip"),
        Format("gzip", "A copy of each text, packed by gzip", "application/gzip"),
        Format("br", "A copy of each text, packed by Brotli", "application/octet-stream", "brotli", "brotli"),
    )
}
ALWAYS = ("csv", "json")
"""What the Data Package is made of: written with any of the others."""
ALL = "all"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The formats that are written, in the order of `FORMATS`; and those that are wanted and cannot be, here."""

    formats: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    def __contains__(self, name: object) -> bool:
        return name in self.formats


NONE = Chosen()
"""The database alone."""


def choose(names: Collection[str]) -> Chosen:
    """What is written where ``names`` are asked for, or what `ALL` of them stands for.

    Raises UsageError where one is unknown, or cannot be written here though it was named.
    """
    unknown = [name for name in names if name not in FORMATS and name != ALL]
    if unknown:
        raise UsageError(
            f"there is no format {unknown[0]!r}; there are {', '.join(FORMATS)}, and {ALL} for all of them"
        )
    missing = [name for name in names if name != ALL and not FORMATS[name].is_there]
    if missing:
        raise UsageError(f"{' and '.join(missing)} cannot be written here; run `{install(missing)}`")
    wanted = FORMATS if ALL in names else {*names, *ALWAYS}
    return Chosen(
        tuple(name for name in FORMATS if name in wanted and FORMATS[name].is_there),
        tuple(name for name in FORMATS if name in wanted and not FORMATS[name].is_there),
    )


def writable() -> tuple[str | list[str], str]:
    """What a new book is to say of downloads, and a sentence on what that leaves out; empty where it is `ALL`.

    A release is in all that its book says, so that a book which says what cannot be written where it was made could not
    be released there.
    """
    lacking = choose((ALL,)).lacking
    if not lacking:
        return ALL, ""
    some = [name for name in FORMATS if name not in lacking]
    told = f"downloads names what can be written here, which is all but {', '.join(lacking)}; for these run "
    return some, f"{told}`{install(lacking)}`, and say downloads: {ALL}"


def install(names: Iterable[str]) -> str:
    """The command by which what formats need is installed."""
    extras = ",".join(dict.fromkeys(FORMATS[name].extra for name in names))
    return f"pip install 'sourcebook[{extras}]'"
