# SPDX-License-Identifier: Apache-2.0
"""Columns as the rows of a sheet of a workbook (SpreadsheetML, ECMA-376): texts are texts, whatever they begin with.

Many cells are made at a time: XlsxWriter, which makes one after the other, takes six times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sourcebook.extract import cell_text

_LONGEST = 32_767  # UTF-16 units of a cell
_CUT = " … (cut here: a cell holds no more; the CSV and the JSON have it whole)"
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LIKE_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def rows_xml(columns: Sequence[Sequence[Any]], first: int, style: str = "") -> str:
    """Rows whose cells are texts, numbers or None, the first of them number ``first``, from 1.

    ``style`` is the number of a style that all have.
    """
    count = len(columns[0])
    numbers = list(map(str, range(first, first + count)))
    styled = [f'{number}" s="{style}' for number in numbers] if style else numbers
    cells = (_cells(letters(place), styled, column) for place, column in enumerate(columns))
    rows = map("".join, zip(*cells, strict=True))
    return "".join([f'<row r="{number}">{row}</row>' for number, row in zip(numbers, rows, strict=True)])


def letters(place: int) -> str:
    """The name of a column by its place, from 0: ``A`` to ``Z``, then ``AA``."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _cells(column: str, numbers: Sequence[str], cells: Sequence[Any]) -> Iterable[str]:
    begin = f'<c r="{column}'
    types = set(map(type, cells))
    if types == {int} and min(cells) > -_MOST_DIGITS and max(cells) < _MOST_DIGITS:
        return [f'{begin}{number}"><v>{cell}</v></c>' for number, cell in zip(numbers, cells, strict=True)]
    if types <= {str, type(None)} and _are_plain([text for text in cells if text]):
        middle, end = '" t="inlineStr"><is><t>', "</t></is></c>"
        return [f"{begin}{row}{middle}{text}{end}" if text else "" for row, text in zip(numbers, cells, strict=True)]
    return [
        "" if cell is None or cell == "" else f"{begin}{number}{_cell(cell)}"
        for number, cell in zip(numbers, cells, strict=True)
    ]


_MOST_DIGITS = 10**15  # a spreadsheet keeps so many digits of a number


def _are_plain(texts: Sequence[str]) -> bool:
    """Whether all are short texts that stand in XML as they are: looked for in all of them at once."""
    together = "".join(texts)
    return (
        together.isprintable()
        and not any(map(together.__contains__, ("&", "<", ">", "_x")))
        and list(map(str.strip, texts)) == texts
        and max(map(len, texts), default=0) <= _LONGEST // 2
    )


def _cell(cell: Any) -> str:
    """What follows the name of a cell that is not empty."""
    if isinstance(cell, int | float):
        number = f"{cell:.15g}"
        if float(number) == cell:
            return f'"><v>{number}</v></c>'
    text = fitting(cell_text(cell))
    if not text.isprintable():  # as Excel has such characters written
        text = _NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", _LIKE_ESCAPE.sub("_x005F_", text))
    elif "_x" in text:
        text = _LIKE_ESCAPE.sub("_x005F_", text)
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f'" t="inlineStr"><is><t{space}>{text}</t></is></c>'


def fitting(text: str) -> str:
    """A text as a cell holds it: one that is too long is cut, and says so."""
    if len(text) <= _LONGEST // 2:
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= _LONGEST * 2:
        return text
    return units[: (_LONGEST - len(_CUT)) * 2].decode("utf-16-le", "ignore") + _CUT
