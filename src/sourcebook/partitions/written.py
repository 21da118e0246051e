# SPDX-License-Identifier: Apache-2.0
"""The partitions of a book written into a folder, and what tells of all partitions of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.files import Written
from sourcebook.formats.parquet import parquet_schema
from sourcebook.machine.processes import mapped
from sourcebook.partitions.parts import FOLDER, Part, Parts
from sourcebook.partitions.writing import partition
from sourcebook.tables import Table

METADATA, COMMON = "_metadata", "_common_metadata"

Packed = tuple[Table, Sequence[bytes], bytes]
Elsewhere = Callable[[Iterator[Packed]], Iterator[bytes]]
"""Has `writing.partition` carried out on what is given, one after the other, wherever that is; results in order."""


@dataclass(frozen=True, slots=True)
class File:
    """A partition that was written: its path, how many rows and bytes it has, and its SHA-256."""

    path: str
    rows: int
    bytes: int
    sha256: str


def write_parts(
    parts: Parts, folder: Path, jobs: int = 0, elsewhere: Elsewhere | None = None
) -> Mapping[str, Sequence[File]]:
    """Write all partitions into ``folder``; what they are, by table.

    ``jobs`` processes share the work, 0 for as many as gain; or it is done ``elsewhere``. The bytes are the same.
    Raises OSError where the disk fails.
    """
    parts.prepare()
    for stem in parts.stems.values():
        (folder / FOLDER / stem).mkdir(parents=True, exist_ok=True)
    found: dict[str, list[File]] = {name: [] for name in parts.tables}
    files = _elsewhere(parts, folder, elsewhere) if elsewhere else _here(parts, folder, jobs)
    for part, file in zip(parts.all, files, strict=True):
        found[part.table.name].append(file)
    for name, table in parts.tables.items():
        _describe(table, folder / FOLDER / parts.stems[name], found[name])
    return found


def _here(parts: Parts, folder: Path, jobs: int) -> Iterator[File]:
    def task(number: int) -> File:
        part = parts.all[number]
        return _put(part, folder, partition(*parts.packed(part)))

    return mapped(task, len(parts.all), jobs)


def _elsewhere(parts: Parts, folder: Path, elsewhere: Elsewhere) -> Iterator[File]:
    made = elsewhere(map(parts.packed, parts.all))
    return (_put(part, folder, data) for part, data in zip(parts.all, made, strict=True))


def _put(part: Part, folder: Path, data: bytes) -> File:
    with Written(folder / part.path) as file:
        file.add(data)
    return File(part.path, part.rows, file.bytes, file.sha256)


def _describe(table: Table, folder: Path, files: Iterable[File]) -> None:
    from pyarrow import parquet

    merged(folder, [file.path.rpartition("/")[2] for file in files]).write_metadata_file(str(folder / METADATA))
    parquet.write_metadata(parquet_schema(table), folder / COMMON)


def merged(folder: Path, names: Iterable[str]) -> Any:
    """What files of a table tell of themselves, as one: all groups of rows with their statistics, and where each lies.

    Raises OSError or ValueError where one is no such file.
    """
    from pyarrow import parquet

    every: Any = None
    for name in names:
        found = parquet.read_metadata(folder / name)
        found.set_file_path(name)
        if every is None:
            every = found
        else:
            every.append_row_groups(found)
    return every
