# SPDX-License-Identifier: Apache-2.0
"""The values of a workbook: the one door to python-calamine, which may be missing. `scan` has looked at it before."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sourcebook.edit.model import Refused
from sourcebook.sheets.scan import MOST_BYTES, scan
from sourcebook.sheets.tables import Page, Read

KINDS = (".xlsx", ".xlsm", ".ods")


def read_workbook(path: Path) -> Read:
    """The sheets of a workbook. Raises Refused where it cannot be read, OSError where the disk fails."""
    if find_spec("python_calamine") is None:
        extra = path.suffix.lower().removeprefix(".").replace("xlsm", "xlsx")
        raise Refused(f"to read {path.suffix} the package python-calamine is needed: pip install 'sourcebook[{extra}]'")
    from python_calamine import CalamineError, CalamineWorkbook

    with path.open("rb") as file:
        data = file.read(MOST_BYTES // 5 + 1)
    if len(data) > MOST_BYTES // 5:
        raise Refused(f"{path.name}: it has more than {MOST_BYTES // 5:,} bytes")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            f"{path.name}: it is encrypted with a password, or of the old kind .xls: save it as .xlsx without"
        )
    scanned = scan(io.BytesIO(data), path.name)
    data = _with_tabs(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        pages = [
            Page(name, _rows(book.get_sheet_by_name(name)), scanned.odd.get(name, {})) for name in book.sheet_names
        ]
    except CalamineError as error:
        raise Refused(f"{path.name}: it cannot be read ({error})") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the library's own code, and no Exception
            raise
        raise Refused(f"{path.name}: it cannot be read, and is likely to be damaged") from None
    return Read(pages, tuple(scanned.ignored), typed=True)


_LEFT_OUT = re.compile(rb"<text:(tab|line-break)(?: [^<>]*)?/>")  # of texts in .ods, by who reads them here


def _with_tabs(data: bytes) -> bytes:
    """An OpenDocument spreadsheet with tabs and line breaks as characters; what else it may be as it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "content.xml" not in archive.namelist():
            return data
        content = archive.read("content.xml")
        if not _LEFT_OUT.search(content):
            return data
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for part in archive.namelist():
                if part in ("mimetype", "META-INF/manifest.xml"):
                    copy.writestr(part, archive.read(part))
            copy.writestr(
                "content.xml", _LEFT_OUT.sub(lambda found: b"\t" if found[1] == b"tab" else b"&#10;", content)
            )
    return written.getvalue()


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows of a sheet from its first on: what is empty before the first value counts."""
    start = sheet.start
    if start is None:
        return
    above, before = start
    for _ in range(above):
        yield []
    blank = [""] * before
    for row in sheet.iter_rows():
        yield [*blank, *row] if before else row
