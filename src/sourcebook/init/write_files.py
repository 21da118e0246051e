# SPDX-License-Identifier: Apache-2.0
"""Writing a book's own files beside data that is not to be touched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book import BASELINE, DESCRIPTOR, Book
from sourcebook.check.baseline import write_baseline
from sourcebook.check.result import Checked
from sourcebook.errors import UsageError
from sourcebook.finding import Finding
from sourcebook.init.editors import SETTINGS, advice, editor_files, merged_settings
from sourcebook.init.install import requirement
from sourcebook.init.pages import host, publishes
from sourcebook.init.repository import (
    PRE_COMMIT,
    WORKFLOW,
    Around,
    around,
    books_of,
    hook,
    hook_path,
    installed_by,
    is_unchanged,
    names_another,
    pre_commit,
    sealed,
    workflow,
)
from sourcebook.init.yaml_text import dump

_HEADER = """\
# What this book publishes. Proposed from the files in this folder; edit it freely.
# Every property is described in https://datapackage.org and in Sourcebook's docs/reference/descriptor.md.
"""


_ADVICE = {
    SETTINGS: "; sourcebook init --editors adds the book's schemas to it",
    PRE_COMMIT: "; a hook that runs `sourcebook check` may be added to it",
    WORKFLOW: "; sourcebook init --workflow writes its own anew",
}
_FILL_IN = (
    "from where others may install Sourcebook, which is not known here, so that it fails and says so; "
    "sourcebook init {option} --install-from URL-OR-PATH does it"
)


class Writer:
    """Writes files that are not there yet, and remembers which; what it wrote itself it may write again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written: list[str] = []
        self.notes: list[str] = []
        self.fill_in = ""

    def _place(self, path: str) -> Path:
        """Where a file is to be written, in a folder that is there then. Raises UsageError where a link leads away."""
        where = self.root / path
        for part in [where, *where.parents][: path.count("/") + 1 - path.count("../")]:
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

    def tools(self, book: Book, install_from: str | None = None) -> None:
        """Write what editors, CI and pre-commit need to know of ``book``, where nothing is there yet.

        What git and GitHub look for goes to where the repository begins. Raises UsageError where nothing can be
        installed ``install_from``.
        """
        place = around(self.root)
        wanted = requirement(install_from, place.root)
        shared = {
            self._workflow_path(place): sealed(workflow(template(WORKFLOW), place, wanted)),
            PRE_COMMIT: sealed(pre_commit(template(PRE_COMMIT), place, wanted)),
        }
        there = {os.path.relpath(place.root / path, self.root): text for path, text in shared.items()}
        claimed = files.matcher(pattern for one in book.collections for pattern in one.records)
        for path, text in (editor_files(book) | there).items():
            if (self.root / path).exists():
                advice_on_it = next((told for name, told in _ADVICE.items() if path.endswith(name)), "")
                self.notes.append(f"{path} is there already, and stays as it is{advice_on_it}")
            elif claimed.fullmatch(path):
                self.notes.append(f"{path} is not written, since a collection's pattern would claim it")
            else:
                self.new(path, text)
                if path.endswith(".yml") and not wanted:
                    self.fill_in = f"{path}: {_FILL_IN.format(option='--workflow')}"

    def workflow(self, install_from: str | None) -> None:
        """Write the workflow anew. Raises UsageError where nothing can be installed ``install_from``."""
        place = around(self.root)
        where = place.root / self._workflow_path(place)
        before = installed_by(where.read_bytes()) if install_from is None and where.is_file() else ""
        wanted = before or requirement(install_from, place.root)
        path = os.path.relpath(where, self.root)
        if self._again(path, sealed(workflow(template(WORKFLOW), place, wanted))) and not wanted:
            self.fill_in = f"{path}: {_FILL_IN.format(option='--workflow')}"

    def pages(self, name: str, install_from: str | None) -> None:
        """Write anew what has the forge of that name publish the book as files, unless it publishes another book.

        Raises UsageError where nothing can be installed ``install_from``.
        """
        place = around(self.root)
        ci = self._place(os.path.relpath(place.root / ".gitlab-ci.yml", self.root))
        forge = host(name, ci.read_bytes() if ci.is_file() else None)
        path = os.path.relpath(place.root / forge.path, self.root)
        where = self._place(path)
        there = where.read_bytes() if where.is_file() else b""
        if (other := publishes(there)) not in (None, place.book):
            self.notes.append(f"{path} publishes the book in {other}: a repository has one site, so it stays as it is")
            return
        before = installed_by(there) if install_from is None else ""
        wanted = before or requirement(install_from, place.root)
        if self._again(path, sealed(forge.text(template(forge.template), place, wanted))):
            self.notes += [forge.then] if forge.then else []
            if not wanted:
                self.fill_in = f"{path}: {_FILL_IN.format(option=f'--pages {name}')}"

    def hook(self) -> None:
        """Write git's hook anew. Raises UsageError where there can be none."""
        place = around(self.root)
        where = hook_path(place)
        before = where.read_bytes() if where.is_file() else b""
        books = sorted({*books_of(before), place.book})
        path = os.path.relpath(where, self.root)
        if self._again(path, sealed(hook(books))):
            where.chmod(0o755)
        elif not books_of(before):
            at = "" if place.book == "." else f" --book {place.book}"
            self.notes.append(f"to have the book checked by the hook that is there, add to it: sourcebook check{at}")

    def _again(self, path: str, text: str) -> bool:
        """Write a file of ours anew, unless a person wrote or changed it; whether it is as it is to be."""
        where = self._place(path)
        if where.exists():
            before = where.read_bytes()
            if before == text.encode():
                self.notes.append(f"{path} is as it is to be already")
                return True
            if not is_unchanged(before):
                why = "was changed by somebody, or is not of sourcebook init"
                self.notes.append(f"{path} {why}, and stays as it is; to have it written anew, remove it")
                return False
        where.write_text(text, encoding="utf-8", newline="\n")
        self.written.append(path)
        return True

    def _workflow_path(self, place: Around) -> str:
        """The workflow's file: named for the book where another book of the repository has the usual one."""
        usual = place.root / WORKFLOW
        if not usual.is_file() or not names_another(usual.read_bytes(), place):
            return WORKFLOW
        name = "-".join(part for part in place.book.replace(".", "").split("/") if part) or "root"
        return WORKFLOW.replace(".yml", f"-{name}.yml")

    def editors(self, book: Book) -> None:
        """Write the editor's files of ``book`` anew; settings that are there keep what is not about the book."""
        for path, text in editor_files(book).items():
            where = self._place(path)
            before = where.read_bytes() if where.exists() else None
            wanted: str | None = text
            if path == SETTINGS and before is not None:
                wanted, changed = merged_settings(before, text, self.root)
                self.notes += changed
            elif before is not None and before != text.encode():
                self.notes.append(f"{path} was other than the book makes it, and is written anew")
            if wanted is None:
                self.notes.append(f"{path} is not plain JSON, so it stays as it is; what it lacks:\n{text}")
            elif before != wanted.encode():
                where.write_text(wanted, encoding="utf-8", newline="\n")
                self.written.append(path)
        self.notes += advice(book, (self.root / DESCRIPTOR).read_text("utf-8"))

    def surroundings(self) -> None:
        """Write what lies around data in every book: the folder ``build/`` and ``.gitignore``, where there is none."""
        for path in ("build/README.md", ".gitignore"):
            if not (self.root / path).exists():
                text = template(path)
                if path == ".gitignore" and files.kind(self.root / "sources"):
                    text = text.partition("#")[0]  # which is something else here, and stays in git
                if path == ".gitignore" and files.kind(self.root / "public"):
                    text = text.replace("/public/\n", "")  # which is not what a freeze writes
                self.new(path, text)
            elif path == ".gitignore":
                self.notes.append(".gitignore is there already: let it name /build/, which is generated")


def descriptor_text(descriptor: dict[str, Any]) -> str:
    """The text of a descriptor of found data."""
    return _HEADER + dump(descriptor)


def template(path: str) -> str:
    """The text of a file of a new book."""
    name = path.removeprefix(".")
    return resources.files("sourcebook.init").joinpath("template", *name.split("/")).read_text("utf-8")
