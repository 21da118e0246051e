# SPDX-License-Identifier: Apache-2.0
"""The sides that are files: a commit as git keeps it, and a folder as it lies there. Both are read in one way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath

from sourcebook import files
from sourcebook.book import BASELINE, BUILD, CURATION, DATA, DESCRIPTOR, MOVED, SCHEMAS, SCRIPTS, Book, load_book
from sourcebook.diff.claimed import Claims
from sourcebook.diff.model import Side
from sourcebook.diff.seen import Shown, as_it_is
from sourcebook.finding import Finding
from sourcebook.git import LINK, MODULE, Blob, Repository
from sourcebook.parse import NOT_JSON
from sourcebook.records.claims import data_files

Read = tuple[bytes, Finding | None]
Listing = Mapping[str, Blob]
NAMELESS = Blob("100644", "")
"""A file whose bytes git may not have."""


class Files:
    """A side that is files. ``lent`` is the other side's book, where its own descriptor cannot be read."""

    def __init__(self, side: Side, repository: Repository | None) -> None:
        self.side = side
        self.repository = repository
        self.lent: Book | None = None
        self.shown: Shown = as_it_is
        self.notes: list[str] = []  # what is to be told of its files

    @cached_property
    def own(self) -> Book | None:
        """What its descriptor says; None where it has none."""
        raise NotImplementedError

    @property
    def book(self) -> Book | None:
        """What its descriptor says, or what the other's does where this one cannot be read."""
        return self.lent or self.own

    @cached_property
    def listing(self) -> Listing:
        """Every file that may hold records or settings."""
        raise NotImplementedError

    def settings(self) -> Listing:
        """The files that say what the book is, as far as they lie where a book has them."""
        raise NotImplementedError

    def read(self, wanted: Mapping[str, Blob]) -> Iterator[tuple[str, Read]]:
        """The bytes of files, or why they are not read; what is there no more is passed over."""
        raise NotImplementedError

    def close(self) -> None:
        """Remove what was put aside to be read."""

    @property
    def limit(self) -> int:
        """Bytes that are read of one file, less one."""
        return self.book.limits.bytes if self.book else _MOST


_MOST = 64 * 1024 * 1024


class Commit(Files):
    """A book as a commit has it: the ``tree`` of its folder, which is the empty text where there was no book."""

    def __init__(self, side: Side, repository: Repository, tree: str) -> None:
        super().__init__(side, repository)
        self.git = repository
        self.tree = tree
        self._kept: tempfile.TemporaryDirectory[str] | None = None  # where the book's own files are read

    @cached_property
    def listing(self) -> Listing:
        return self.git.listing(self.tree) if self.tree else {}

    @cached_property
    def _settings(self) -> Listing:
        return self.git.listing(self.tree, DESCRIPTOR, SCHEMAS, BASELINE, CURATION, SCRIPTS) if self.tree else {}

    def settings(self) -> Listing:
        return self._settings

    @cached_property
    def own(self) -> Book | None:
        if DESCRIPTOR not in self.settings():
            return None
        self._kept = tempfile.TemporaryDirectory(prefix="sourcebook-diff-")
        root = Path(self._kept.name)
        said = {path: blob for path, blob in self.settings().items() if path.startswith(_SAID)}
        odd = self._put(root, said)
        if DESCRIPTOR in odd:
            return Book(root, {}, findings=(odd[DESCRIPTOR],))
        book = load_book(root)
        lacking = {one.schema for one in book.collections if one.schema} - said.keys()
        if lacking:
            said |= self.git.listing(self.tree, *sorted(lacking))
            self._put(root, {path: said[path] for path in lacking & said.keys()})
            book = load_book(root)
        if any(finding.rule == "schema-reference" for finding in book.findings):  # it may lie anywhere in the book
            claims = Claims(book)
            others = {path for path in self.listing if path.lower().endswith(_SCHEMA_ENDINGS)} - said.keys()
            others = {path for path in others if not path.startswith(f"{BUILD}/") and not claims.of(path)}
            self._put(root, {path: self.listing[path] for path in others})
            book = load_book(root)
        return book

    def share(self, other: Commit) -> None:
        """Take what the descriptor of another commit says for this one's, where all files that say so are the same."""
        mine, theirs = (
            {path: blob for path, blob in side.settings().items() if path.startswith(_SAID)} for side in (self, other)
        )
        if mine != theirs or other.own is None:
            return
        elsewhere = {path for path in other.own.schemas.paths if path not in mine}
        if not elsewhere and all(one.rule != "schema-reference" for one in other.own.findings):
            self.__dict__["own"] = other.own

    def close(self) -> None:
        if self._kept:
            self._kept.cleanup()

    def _put(self, root: Path, blobs: Listing) -> dict[str, Finding]:
        """Write files below ``root``, where they are read as those of a book; why others are not, by path."""
        wrong = {}
        for path, (data, finding) in self._read(blobs, _MOST):
            if finding is not None:
                wrong[path] = finding
            elif not {"", ".", "..", ".git"} & set(path.split("/")):  # which no honest tree holds
                file = root / PurePosixPath(path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        return wrong

    def read(self, wanted: Mapping[str, Blob]) -> Iterator[tuple[str, Read]]:
        return self._read(wanted, self.limit)

    def _read(self, wanted: Mapping[str, Blob], limit: int) -> Iterator[tuple[str, Read]]:
        by_oid: dict[str, list[str]] = {}
        for path, blob in wanted.items():
            odd = _NOT_FILES.get(blob.mode)
            if odd:
                yield path, (b"", Finding(path, 0, 0, "file-kind", *odd[:1], hint=odd[1]))
            else:
                by_oid.setdefault(blob.oid, []).append(path)
        for oid, data in self.git.contents(by_oid, limit):
            for path in by_oid[oid]:
                yield path, (b"", _missing(path)) if data is None else (data, files.lfs_pointer(data, path))


_SAID = (DESCRIPTOR, f"{SCHEMAS}/", BASELINE, MOVED)
_SCHEMA_ENDINGS = (".json", ".yaml", ".yml", *NOT_JSON)
_NOT_FILES = {
    LINK: ("a symbolic link; links are not followed", "put the file here itself"),
    MODULE: (
        "a submodule of git: what it holds is in another repository, and is not compared",
        "compare it in that repository",
    ),
}


def _missing(path: str) -> Finding:
    message = "git does not have the content of this file here: the clone is a partial one"
    return Finding(path, 0, 0, "file-kind", message, hint="clone it without --filter")


class Folder(Files):
    """A book as it lies in a folder; of what git knows there, ``repository`` tells which files are as they were."""

    def __init__(self, side: Side, root: Path, repository: Repository | None) -> None:
        super().__init__(side, repository)
        self.root = root

    @cached_property
    def own(self) -> Book | None:
        return load_book(self.root)

    @cached_property
    def listing(self) -> Listing:
        book = self.own
        assert book is not None
        if self.repository is None:
            found = {path for path, _ in data_files(book)}
            for folder in (SCHEMAS, CURATION, SCRIPTS):
                found |= {path for path, _ in files.walk(self.root, folder)}
            return dict.fromkeys(sorted({*found, DESCRIPTOR}), NAMELESS)
        found_by_git = self.repository.indexed()
        bases = {files.base(pattern) for one in book.collections for pattern in one.records}
        others = self.repository.unknown(
            sorted({*bases, DATA, SCHEMAS, BASELINE, CURATION, SCRIPTS, DESCRIPTOR}), BUILD
        )
        found_by_git |= {path: NAMELESS for path in others if not path.endswith("/")}
        apart = [path for path in others if path.endswith("/")]
        self.notes += [f"{path} is a repository of its own: what it holds is not compared" for path in apart]
        there = {path: blob for path, blob in found_by_git.items() if blob.oid or _is_there(self.root, path)}
        hidden = sum(path not in there for path in self.repository.unseen)
        if hidden:
            many = f"{hidden:,} files are" if hidden > 1 else "one file is"
            self.notes.append(f"{many} not there, as git was told to leave out (sparse checkout)")
        return there

    def settings(self) -> Listing:
        return self.listing

    def read(self, wanted: Mapping[str, Blob]) -> Iterator[tuple[str, Read]]:
        for path, blob in wanted.items():
            if blob.mode == MODULE:
                yield path, (b"", Finding(path, 0, 0, "file-kind", *_NOT_FILES[MODULE][:1], hint=_NOT_FILES[MODULE][1]))
                continue
            try:
                yield path, files.read_bytes(self.root, path, self.limit)
            except FileNotFoundError:
                continue


def _is_there(root: Path, path: str) -> bool:
    return bool(files.kind(root / path))
