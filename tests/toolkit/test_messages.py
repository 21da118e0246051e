# SPDX-License-Identifier: Apache-2.0
"""The usual mistakes of curators in tests/messages: one finding each, on the line to mend, with a hint that mends it.

The table there is held against what `check` says. ``python -m tests.toolkit.test_messages`` writes what it says anew:
then each changed row is to be read and scored again.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

import sourcebook
from sourcebook.mutate.model import changed_lines

HERE = Path(__file__).parent.parent / "messages"
TABLE = HERE / "README.md"
BOOK = HERE / "book"
NAMES = sorted(folder.name for folder in HERE.iterdir() if folder.is_dir() and folder != BOOK)
_ROW = re.compile(r"\| \[([\w-]+)\]\(\1\) \| (.*?) \| (.*?) \| (.*?) \| ([012]) \| (.*?) \|")


class Row(NamedTuple):
    """What the table says of a mistake."""

    what: str
    place: str
    said: str
    points: int
    why: str


def rows() -> dict[str, Row]:
    """The rows of the table by the name of the mistake."""
    found = (_ROW.fullmatch(line) for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ["))
    return {row[1]: Row(row[2], row[3], row[4], int(row[5]), row[6]) for row in found if row}


def made(name: str, folder: Path) -> dict[str, tuple[bytes, bytes]]:
    """The book with a mistake, in ``folder``; the files in which it differs from the right one, before and after."""
    shutil.copytree(BOOK, folder)
    changed = {}
    for path in sorted((HERE / name).rglob("*")):
        file = path.relative_to(HERE / name)
        if path.is_file() and file.name != "removed.txt":
            before = (BOOK / file).read_bytes() if (BOOK / file).exists() else b""
            changed[file.as_posix()] = (before, path.read_bytes())
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / file)
    removed = HERE / name / "removed.txt"
    for line in removed.read_text("utf-8").split() if removed.exists() else ():
        (folder / line).unlink()
    return changed


def told(folder: Path) -> list[tuple[str, str]]:
    """The place and the words of each finding, as a row has them."""
    findings = sourcebook.check(folder).findings
    return [
        (f"{one.path}:{max(one.line, 1)}", _cell(f"{one.level}: {one.message}. — {one.hint or 'no hint'}"))
        for one in findings
    ]


def _cell(text: str) -> str:
    """A text as it may stand in a cell: as code, whatever it holds."""
    text = text.replace("|", "\\|").replace("\u00a0", "⍽")
    return f"`` {text} ``"


def test_the_book_without_a_mistake_has_no_findings(tmp_path: Path) -> None:
    assert sourcebook.check(Path(shutil.copytree(BOOK, tmp_path / "book"))).findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_one_finding_tells_the_mistake(name: str, tmp_path: Path) -> None:
    changed = made(name, tmp_path / "book")
    row = rows()[name]
    assert told(tmp_path / "book") == [(row.place, row.said)]
    path, _, line = row.place.rpartition(":")
    if "holds" in row.why:  # what is missing has no line: it is told of what should hold it
        return
    assert path in changed
    before, after = (data.decode("utf-8", "replace") for data in changed[path])
    assert int(line) in changed_lines(before, after) or not before, "the finding is not at a line that differs"


def test_every_mistake_is_scored_and_none_is_lacking() -> None:
    assert sorted(rows()) == NAMES
    assert len(NAMES) >= 46
    text = TABLE.read_text("utf-8")
    points = sum(row.points for row in rows().values())
    assert f"**{points} of {2 * len(NAMES)}**" in text
    assert all(row.why and row.what for row in rows().values())
    assert not [name for name, row in rows().items() if row.points == 2 and "no hint" in row.said]


if __name__ == "__main__":
    lines = TABLE.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        row = _ROW.fullmatch(line) if line.startswith("| [") else None
        if row:
            with tempfile.TemporaryDirectory() as folder:
                made(row[1], Path(folder) / "book")
                place, said = (told(Path(folder) / "book") or [("", "")])[0]
            lines[number] = f"| [{row[1]}]({row[1]}) | {row[2]} | {place} | {said} | {row[5]} | {row[6]} |"
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(0)
