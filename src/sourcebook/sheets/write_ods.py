# SPDX-License-Identifier: Apache-2.0
"""Sheets as an OpenDocument spreadsheet: the one door to odfdo, which makes the document that they are put into.

The rows are put in here: odfdo makes an object of every cell, which takes too long for those of a large book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sourcebook.content.flat.sheet import letters
from sourcebook.sheets.base import NAME
from sourcebook.sheets.cells import Cell
from sourcebook.sheets.filled import LOCKED, OPEN, Workbook
from sourcebook.sheets.headings import Heading, Sheet

_LISTS = "_lists"
_BLANK_ROWS = 500  # below those of a sheet, for new ones
_NOT_LOCKED = '<style:table-cell-properties style:cell-protect="none"/>'
_STYLES = (
    '<number:text-style style:name="N100"><number:text-content/></number:text-style>'
    '<style:style style:name="shown" style:family="table"><style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
    f'<style:style style:name="open" style:family="table-cell" style:data-style-name="N100">{_NOT_LOCKED}</style:style>'
    f'<style:style style:name="number" style:family="table-cell">{_NOT_LOCKED}</style:style>'
    '<style:style style:name="locked" style:family="table-cell" style:data-style-name="N100">'
    '<style:table-cell-properties fo:background-color="#f2f2f2"/></style:style>'
    '<style:style style:name="head" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)


def write_ods(workbook: Workbook, path: Path) -> None:
    """Write a spreadsheet to ``path``. Raises OSError where the disk fails."""
    from odfdo import Document

    document: Any = Document("spreadsheet")
    content = document.get_part("content.xml").serialize().decode()
    content = re.sub(r"<(office:(?:spreadsheet|automatic-styles))([^>]*)/>", r"<\1\2></\1>", content)
    content = content.replace("</office:automatic-styles>", f"{_STYLES}</office:automatic-styles>")
    content = re.sub(r"(?<=<office:spreadsheet>).*(?=</office:spreadsheet>)", "", content, flags=re.DOTALL)
    before, end, after = content.partition("</office:spreadsheet>")
    parts = _Writing(workbook).parts()
    document.container.set_part("content.xml", "".join([before, *parts, end, after]).encode())
    document.container.save(str(path))


class _Writing:
    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._lists: list[Sequence[str]] = []
        self._rules: list[str] = []

    def parts(self) -> Iterator[str]:
        sheets = ["".join(self._sheet(name, sheet)) for name, sheet in self._workbook.sheets]
        if self._rules:
            yield f"<table:content-validations>{''.join(self._rules)}</table:content-validations>"
        yield from sheets
        if self._lists:
            longest = max(map(len, self._lists))
            rows = ([some[number] if number < len(some) else None for some in self._lists] for number in range(longest))
            yield from _hidden(_LISTS, rows)
        yield from _hidden(NAME, self._workbook.base.rows())

    def _sheet(self, name: str, sheet: Sheet) -> Iterator[str]:
        yield f'<table:table table:name="{_escaped(name)}" table:style-name="shown" table:protected="true">'
        rules = [self._rule(one) for one in sheet.headings]
        for one in sheet.headings:
            yield f'<table:table-column table:default-cell-style-name="{_style(one, _blank(one))}"/>'
        yield f"<table:table-row>{''.join(map(_head, sheet.headings))}</table:table-row>"
        for row in self._workbook.filled(sheet):
            cells = (
                _cell(cell, _style(one, kind), rule)
                for one, rule, (cell, kind) in zip(sheet.headings, rules, row, strict=True)
            )
            yield f"<table:table-row>{''.join(cells)}</table:table-row>"
        blank = (_cell(None, _style(one, _blank(one)), rule) for one, rule in zip(sheet.headings, rules, strict=True))
        yield f'<table:table-row table:number-rows-repeated="{_BLANK_ROWS}">{"".join(blank)}</table:table-row>'
        yield "</table:table>"

    def _rule(self, heading: Heading) -> str:
        """The attribute that names the rule of a column's cells; the empty text where they have none."""
        choices = self._workbook.choices(heading) if heading.is_value else ()
        if heading.encoding == "boolean" and heading.is_value:
            choices = ("true", "false")
        if not choices:
            return ""
        column = letters(len(self._lists))
        self._lists.append(choices)
        name = f"list{len(self._rules) + 1}"
        condition = f"of:cell-content-is-in-list([$'{_LISTS}'.${column}$1:.${column}${len(choices)}])"
        kind = "stop" if heading.choices else "warning"
        self._rules.append(
            f'<table:content-validation table:name="{name}" table:condition="{_escaped(condition)}" '
            f'table:allow-empty-cell="true" table:display-list="unsorted">'
            f'<table:error-message table:message-type="{kind}" table:display="true"/></table:content-validation>'
        )
        return f' table:content-validation-name="{name}"'


def _blank(heading: Heading) -> str:
    return LOCKED if heading.shown_only or (heading.fixed and heading.role != "key") else OPEN


def _style(heading: Heading, kind: str) -> str:
    return "number" if kind == OPEN and heading.encoding in ("integer", "number") and heading.is_value else kind


def _hidden(name: str, rows: Iterable[Sequence[str | None]]) -> Iterator[str]:
    yield f'<table:table table:name="{name}" table:style-name="hidden" table:protected="true"><table:table-column/>'
    for row in rows:
        yield f"<table:table-row>{''.join(_cell(cell or None, '', '') for cell in row)}</table:table-row>"
    yield "</table:table>"


def _head(heading: Heading) -> str:
    note = f"<office:annotation>{_paragraphs(heading.about)}</office:annotation>" if heading.about else ""
    text = _paragraphs(heading.name)
    return f'<table:table-cell table:style-name="head" office:value-type="string">{note}{text}</table:table-cell>'


def _cell(cell: Cell, style: str, rule: str) -> str:
    begin = "<table:table-cell" + (f' table:style-name="{style}"' if style else "") + rule
    if cell is None or cell == "":
        return f"{begin}/>"
    if isinstance(cell, str):
        return f'{begin} office:value-type="string">{_paragraphs(cell)}</table:table-cell>'
    number = f"{cell:.15g}"
    return f'{begin} office:value-type="float" office:value="{number}"><text:p>{number}</text:p></table:table-cell>'


def _paragraphs(text: str) -> str:
    return "".join(f"<text:p>{_spaced(line)}</text:p>" for line in text.split("\n"))


def _spaced(line: str) -> str:
    """A line whose spaces are kept: at its ends, and where several follow each other, each has an element."""
    line = _escaped(line).replace("\t", "<text:tab/>")
    return re.sub(r"^ +| +$|(?<= ) +", lambda found: f'<text:s text:c="{len(found[0])}"/>', line)


def _escaped(text: str) -> str:
    for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(plain, written)
    return text
