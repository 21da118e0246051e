# SPDX-License-Identifier: Apache-2.0
"""Writing a book's own files beside data that is not to be touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book import BASELINE, DESCRIPTOR, Book
from sourcebook.check.baseline import write_baseline
from sourcebook.check.result import Checked
from sourcebook.errors import UsageError
from sourcebook.finding import Finding
from sourcebook.init.editors import SETTINGS, advice, editor_files, merged_settings
from sourcebook.init.yaml_text import dump

_HEADER = """\
# What this book publishes. Proposed from the files in this folder; edit it freely.
# Every property is described in https://datapackage.org and in Sourcebook's docs/reference/descriptor.md.
"""


_TOOLS = (".github/workflows/sourcebook.yml", ".pre-commit-config.yaml")
_ADVICE = {
    SETTINGS: "; sourcebook init --editors adds the book's schemas to it",
    ".pre-commit-config.yaml": "; a hook that runs `sourcebook check` may be added to it",
}


class Writer:
    """Writes files that are not there yet, and remembers which; what it wrote itself it may write again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written: list[str] = []
        self.notes: list[str] = []

    def _place(self, path: str) -> Path:
        """Where a file is to be written, in a folder that is there then. Raises UsageError where a link leads away."""
        where = self.root / path
        for part in [where, *where.parents][: path.count("/") + 1]:
            if part.is_symlink():
                raise UsageError(
                    f"{part} is a link, through which nothing is written; remove it, or put its file there"
                )
        where.parent.mkdir(parents=True, exist_ok=True)
        return where

    def new(self, path: str, text: str) -> None:
        """Write a new file. Raises FileExistsError where there is one that was not written here."""
        where = self._place(path)
        with where.open("w" if path in self.written else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path not in self.written:
            self.written.append(path)

    def descriptor(self, descriptor: dict[str, Any]) -> None:
        """Write the descriptor of found data, or write it again."""
        self.new(DESCRIPTOR, descriptor_text(descriptor))

    def baseline(self, checked: Checked, findings: Sequence[Finding]) -> None:
        """Write the baseline of a book that was ``checked``, of these of its ``findings``, if there are any."""
        if findings:
            write_baseline(replace(checked, findings=tuple(findings)))
            self.written.append(BASELINE)

    def tools(self, book: Book) -> None:
        """Write what editors, CI and pre-commit need to know of ``book``, where nothing is there yet."""
        version = metadata.version("sourcebook")
        texts = editor_files(book) | {path: template(path).replace("VERSION", version) for path in _TOOLS}
        claimed = files.matcher(pattern for one in book.collections for pattern in one.records)
        for path, text in texts.items():
            if (self.root / path).exists():
                self.notes.append(f"{path} is there already, and stays as it is{_ADVICE.get(path, '')}")
            elif claimed.fullmatch(path):
                self.notes.append(f"{path} is not written, since a collection's pattern would claim it")
            else:
                self.new(path, text)

    def editors(self, book: Book) -> None:
        """Write the editor's files of ``book`` anew; settings that are there keep what is not about the book."""
        for path, text in editor_files(book).items():
            where = self._place(path)
            merged: str | None = text
            if path == SETTINGS and where.exists():
                merged = merged_settings(where.read_bytes(), text)
            if merged is None:
                self.notes.append(f"{path} is not plain JSON, so it stays as it is; what it lacks:\n{text}")
                continue
            where.write_text(merged, encoding="utf-8", newline="\n")
            self.written.append(path)
        self.notes += advice(book, (self.root / DESCRIPTOR).read_text("utf-8"))

    def surroundings(self) -> None:
        """Write what lies around data in every book: the folder ``build/`` and ``.gitignore``, where there is none."""
        for path in ("build/README.md", ".gitignore"):
            if not (self.root / path).exists():
                self.new(path, template(path))
            elif path == ".gitignore":
                self.notes.append(".gitignore is there already: let it name /build/, which is generated")


def descriptor_text(descriptor: dict[str, Any]) -> str:
    """The text of a descriptor of found data."""
    return _HEADER + dump(descriptor)


def template(path: str) -> str:
    """The text of a file of a new book."""
    name = path.removeprefix(".")
    return resources.files("sourcebook.init").joinpath("template", *name.split("/")).read_text("utf-8")
