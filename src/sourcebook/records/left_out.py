# SPDX-License-Identifier: Apache-2.0
"""Data that is in no collection and may be meant to be: ignored though it fits, or where no pattern reaches."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence

from sourcebook import files
from sourcebook.book import CURATION, DATA, DESCRIPTOR, OWN_FOLDERS, Book, Collection
from sourcebook.finding import Finding
from sourcebook.records.in_file import held
from sourcebook.records.model import Source
from sourcebook.records.not_data import NOT_OURS, TESTS, may_be_data
from sourcebook.validation.wording import many

RULE = "file-left-out"

# Folders of a book that hold no records: its own, what `freeze` writes, the texts that it cites.
_AT_THE_TOP = (*OWN_FOLDERS, *TESTS, CURATION, "public", "sources")


def fitting(book: Book, path: str, owners: Sequence[str]) -> Iterator[Finding]:
    """A warning where an ignored file holds records that fit a collection of the ``owners``, whose patterns claim it.

    Raises OSError where the disk fails.
    """
    for name in owners:
        if _fits(book, book.by_name[name], path):
            message = (
                f"{DESCRIPTOR} ignores this file by its name, and what it holds fits {name}, whose pattern claims it"
            )
            hint = f"take it out of ignore in {DESCRIPTOR}, so that it is published"
            yield Finding(path, 0, 0, RULE, message, "warning", hint)
            return


def _fits(book: Book, collection: Collection, path: str) -> bool:
    data, odd = files.read_bytes(book.root, path, book.limits.bytes)
    if odd:
        return False
    found = held(Source(collection, path, ()), data, book.limits)
    validator = book.validator(collection)
    return (
        bool(found.records)
        and not found.findings
        and all(validator is None or validator.is_valid(one.value) for one in found.records)
    )


def out_of_reach(book: Book, looked_at: Container[str]) -> Iterator[Finding]:
    """A warning for each folder that lies beside folders of data and holds what may be data, and no pattern reaches."""
    for folder, paths in unreached(book, looked_at).items():
        message = (
            f"no pattern reaches the folder {folder}, which holds {many(len(paths), 'file')} that may be data, "
            "so what is there would not be published"
        )
        hint = f"make a collection of it in {DESCRIPTOR}, widen a pattern, or name {folder}/** under sourcebook: ignore"
        yield Finding(paths[0], 0, 0, RULE, message, "warning", hint)


def unreached(book: Book, looked_at: Container[str]) -> Mapping[str, Sequence[str]]:
    """What may be data in folders that lie beside those where patterns begin, by folder.

    Nothing that is ignored, nor what is ``looked_at`` as it is: files that are claimed, or of which that is told.
    """
    patterns = [pattern for collection in book.collections for pattern in collection.records]
    ends = {files.base(pattern) for pattern in patterns}
    reached = (*(end for end in ends if end), DATA)
    above = {"/".join(end.split("/")[:depth]) for end in ends for depth in range(end.count("/") + 1)}
    schemas, ignored = set(book.schemas.paths), files.matcher(book.ignore)
    found: dict[str, list[str]] = {}
    for parent in sorted(above):
        if any(f"{parent}/".startswith(f"{one}/") for one in reached):
            continue
        for folder in _folders(book, parent):
            if folder in above or any(f"{one}/".startswith(f"{folder}/") for one in reached):
                continue
            walked = (path for path, odd in files.walk(book.root, folder) if not odd and may_be_data(path))
            others = (path for path in walked if path not in looked_at and path not in schemas)
            if paths := [path for path in others if not ignored.fullmatch(path)]:
                found[folder] = paths
    return found


def _folders(book: Book, parent: str) -> Iterator[str]:
    """The folders in a folder of the book in which somebody may put data: not ours, nor of tools, nor of tests."""
    try:
        with os.scandir(book.root / parent) as entries:
            names = sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return  # which the collection whose folder it would be is told of
    for name in names:
        if not name.startswith(".") and name not in NOT_OURS and (parent or name not in _AT_THE_TOP):
            yield f"{parent}/{name}" if parent else name
