# SPDX-License-Identifier: Apache-2.0
"""What peers read that do not read a book as it is: made from the synthetic book before anything is timed."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from bench.books import Input

_DATE = re.compile(r": (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def make(book: Input, aside: Path) -> Path:
    """Write the inputs of the peers for ``book``, which is built, into the new folder ``aside``, and return it.

    - ``objects.json``: the objects as one JSON array, as the book's extract has them
    - ``objects.yaml``: the objects' files as one YAML list, their dates in quotes
    - ``quoted/``: the objects' files with their dates in quotes, for readers of YAML 1.1 that do not ask for text
    - ``package/``: the published Data Package
    """
    aside.mkdir()
    current = (book.folder / "build/current").resolve()
    shutil.copytree(current, aside / "package", copy_function=os.link)
    shutil.copy(current / "json/objects.json", aside)
    with (aside / "objects.yaml").open("w", encoding="utf-8") as whole:
        for path in sorted((book.folder / "data/objects").rglob("*.yaml")):
            text = _DATE.sub(r': "\1"', path.read_text("utf-8"))
            whole.write(_item(text))
            quoted = aside / "quoted" / path.relative_to(book.folder)
            quoted.parent.mkdir(parents=True, exist_ok=True)
            quoted.write_text(text, encoding="utf-8")
    return aside


def _item(text: str) -> str:
    """A document as an item of a list: indented, a dash before its first key."""
    lines = [f"  {line}" for line in text.splitlines() if not line.startswith("#")]
    lines[0] = f"- {lines[0][2:]}"
    return "\n".join(lines) + "\n"
