# SPDX-License-Identifier: Apache-2.0
"""The parts of a workbook against those of one of ours: nothing is hidden, and nothing looks other than it is."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat  # no entity is resolved: what could declare one is refused

from sourcebook.content.flat.xlsx import PARTS, frame

Element = tuple[str, Mapping[str, str]]
_ABOUT = "docProps/"  # of which title, which day: no reader of cells sees it
_ROWS = "sheetData"
_IN_ROWS = {"row": {"r"}, "c": {"r", "t", "s"}, "is": set(), "t": {"xml:space"}, "v": set(), "f": set()}


def as_ours(archive: zipfile.ZipFile) -> None:
    """Raise ValueError where a part is damaged, too many, or other than in a workbook of as many sheets of ours.

    Rows may have any cells, but none that is hidden or has a style, those of the header aside.
    """
    names = sorted(archive.namelist())
    broken = archive.testzip()
    odd = [name for name in names if not PARTS.fullmatch(name)]
    if broken or odd:
        raise ValueError(f"{broken or odd[0]} is {'damaged' if broken else 'no part of such a workbook'}")
    ours = frame("", sum(name.startswith("xl/worksheets/") for name in names))
    if names != sorted(ours) or min(one.header_offset for one in archive.infolist()):
        raise ValueError("its parts are not those of such a workbook")
    for name, data in ours.items():
        if name.startswith(_ABOUT):
            continue
        with archive.open(name) as part:
            if _Elements(name).of(part) != _Elements(name, judged=False).of(data):
                raise ValueError(f"{name} is not as in a workbook that is written here")


class _Elements:
    """The elements of a part in order, without its rows, whose elements are judged one by one."""

    def __init__(self, name: str, *, judged: bool = True) -> None:
        self._name = name
        self._judged = judged
        self._found: list[Element] = []
        self._inside = False
        self._row = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end

    def of(self, part: IO[bytes] | bytes) -> list[Element]:
        """Raises ValueError where rows have what they must not have, ExpatError where it is no XML."""
        if isinstance(part, bytes):
            self._parser.Parse(part, True)
        else:
            self._parser.ParseFile(part)
        return self._found

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if self._inside:
            if self._judged:
                self._judge(tag, attributes)
        elif tag != "dimension":  # how large a sheet is: it is not known while its head is written
            shown = {name: value for name, value in attributes.items() if (tag, name) != ("sheet", "name")}
            self._found.append((tag, shown))
            self._inside = tag == _ROWS

    def _end(self, tag: str) -> None:
        self._inside = self._inside and tag != _ROWS

    def _judge(self, tag: str, attributes: dict[str, str]) -> None:
        self._row += tag == "row"
        odd = attributes.keys() - _IN_ROWS.get(tag, set())
        if tag not in _IN_ROWS or odd or ("s" in attributes and self._row > 1):
            raise ValueError(f"{self._name} has <{' '.join((tag, *sorted(odd or attributes)))}> in row {self._row}")

    def _refuse(self, *_told: object) -> None:
        raise ValueError(f"{self._name} has a document type")
