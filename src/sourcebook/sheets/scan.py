# SPDX-License-Identifier: Apache-2.0
"""A workbook before its values are read: how much it holds, and what in it no value tells of.

One pass over its parts, of bounded time and memory, finds formulas, values that are errors, merged cells, macros and
links to elsewhere; and refuses what would unpack, or spread out, to more than a machine holds. What could declare an
entity is refused, so that none is resolved.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO, NoReturn
from xml.parsers import expat

from sourcebook.edit.model import Refused
from sourcebook.sheets.measuring import Scanned, local, parse
from sourcebook.sheets.scan_ods import Content
from sourcebook.sheets.scan_xlsx import Shared, SheetPart

MOST_BYTES = 1_000_000_000  # that a workbook unpacks to
_MOST_PARTS = 5_000
_READ = 1 << 18


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    NotImplementedError,
    EOFError,
    RuntimeError,
    KeyError,
    OSError,
)
"""What is raised of a file that is no archive, or a part that is none of its kind."""


def scan(file: IO[bytes], name: str) -> Scanned:
    """What is in a workbook. Raises Refused where it is none, is damaged, or holds too much."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _Scanning(archive, name).all()
    except _DAMAGE as error:
        _refuse(name, f"it is no workbook, or a damaged one ({error})")
    except ValueError as error:
        _refuse(name, str(error))


def _refuse(name: str, why: str) -> NoReturn:
    raise Refused(f"{name}: {why}")


class _Scanning:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._found = Scanned()
        parts = archive.infolist()
        total = sum(one.file_size for one in parts)
        if total > MOST_BYTES or len(parts) > _MOST_PARTS:
            raise ValueError(f"it unpacks to {total:,} bytes in {len(parts):,} parts, which is more than is read")
        self._names = [one.filename for one in parts]
        if any(one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in parts):
            raise ValueError("a part of it is packed in a way that workbooks are not")
        if len(set(self._names)) != len(self._names):
            raise ValueError("a part of it is there twice")

    def all(self) -> Scanned:
        if "content.xml" in self._names:
            Content(self._found).read(self._pieces("content.xml"))
        elif "xl/workbook.xml" in self._names:
            self._xlsx()
        else:
            raise ValueError("it is no workbook (.xlsx) and no spreadsheet (.ods)")
        told = {"macros": ("vbaproject.bin", "basic/", "scripts/"), "links to other files": ("externallinks/",)}
        for what, signs in told.items():
            if any(sign in one.lower() for one in self._names for sign in signs):
                self._found.ignored.append(f"{self._name} has {what}, which are not looked at")
        return self._found

    def _xlsx(self) -> None:
        sheets = self._sheets()
        lengths: list[int] = []
        if shared := next((one for one in self._names if one.lower() == "xl/sharedstrings.xml"), None):
            lengths = Shared().read(self._pieces(shared))
        read = {shared} if shared else set()
        for name, part in sheets.items():
            if part in self._names:
                SheetPart(self._found, name, lengths).read(self._pieces(part))
                read.add(part)
        for part in self._names:  # each is unpacked to its end once: what says another size than it has is found
            if part not in read and not part.endswith("/"):
                for _ in self._pieces(part):
                    pass

    def _sheets(self) -> dict[str, str]:
        """The parts of sheets by the names that they have."""
        ids: dict[str, str] = {}

        def sheet(tag: str, attributes: Mapping[str, str]) -> None:
            if local(tag) == "sheet":
                number = next((value for key, value in attributes.items() if local(key) == "id"), "")
                ids[number] = attributes.get("name", "")

        targets: dict[str, str] = {}

        def relation(tag: str, attributes: Mapping[str, str]) -> None:
            if local(tag) == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        parse(self._pieces("xl/workbook.xml"), sheet)
        parse(self._pieces("xl/_rels/workbook.xml.rels"), relation)
        return {name: _part(targets.get(number, "")) for number, name in ids.items()}

    def _pieces(self, part: str) -> Iterator[bytes]:
        with self._archive.open(part) as opened:
            while piece := opened.read(_READ):
                yield piece


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
