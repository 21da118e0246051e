# SPDX-License-Identifier: Apache-2.0
"""Writing a book's own files beside data that is not to be touched."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from sourcebook.book import DESCRIPTOR
from sourcebook.init.emit import dump

_HEADER = """\
# What this book publishes. Proposed from the files in this folder; edit it freely.
# Every property is described in https://datapackage.org and in Sourcebook's docs/reference/descriptor.md.
"""


class Writer:
    """Writes files that are not there yet, and remembers which; what it wrote itself it may write again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written: list[str] = []
        self.notes: list[str] = []

    def new(self, path: str, text: str) -> None:
        """Write a new file. Raises FileExistsError where there is one that was not written here."""
        where = self.root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        with where.open("w" if path in self.written else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path not in self.written:
            self.written.append(path)

    def descriptor(self, descriptor: dict[str, Any]) -> None:
        """Write the descriptor of found data, or write it again."""
        self.new(DESCRIPTOR, _HEADER + dump(descriptor))

    def surroundings(self) -> None:
        """Write what lies around data in every book: the folder ``build/`` and ``.gitignore``, where there is none."""
        for path in ("build/README.md", ".gitignore"):
            if not (self.root / path).exists():
                self.new(path, template(path))
            elif path == ".gitignore":
                self.notes.append(".gitignore is there already: let it name /build/, which is generated")


def template(path: str) -> str:
    """The text of a file of a new book."""
    name = path.replace(".gitignore", "gitignore")
    return resources.files("sourcebook.init").joinpath("template", *name.split("/")).read_text("utf-8")
