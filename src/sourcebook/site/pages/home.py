# SPDX-License-Identifier: Apache-2.0
"""The home page: what the book is and how current, search first, then what it answers, what it has, how to use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sourcebook.content.addresses import Addresses
from sourcebook.content.statements import is_statement
from sourcebook.extract import SITE_INDEX
from sourcebook.extract.site import Collection
from sourcebook.site import corrections
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.citing import cite_book
from sourcebook.site.machines.heads import of_home
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.site.reporting import contacts
from sourcebook.sqlite import RECORDS


@dataclass(frozen=True, slots=True)
class Listed:
    """A collection with how many records it has, and the whole of it as files of the release: by form, the address."""

    collection: Collection
    count: int
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release that has all of the book, or describes it."""

    title: str
    href: str
    bytes: int


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The home page."""
    at = asked.at(opened.site.name)
    return page(
        "home",
        opened,
        asked,
        head=of_home(opened, asked),
        collections=_collections(opened, at),
        files=_files(opened, at),
        citation=cite_book(opened, asked),
        contacts=list(contacts(opened)),
        logs=corrections.logs(opened),
    )


def _collections(opened: Published, at: Addresses) -> list[Listed]:
    """The collections, those that readers need first before the rest, else in the order of the book."""
    counts = _counts(opened)
    paths = {path for path, _ in opened.files}
    listed = [
        Listed(
            one,
            counts.get(one.name, 0),
            {
                form.upper(): at.download(path)
                for form in ("csv", "json")
                if (path := f"{form}/{one.table if form == 'csv' else one.name}.{form}") in paths
            },
        )
        for one in opened.site.collections
    ]
    return sorted(listed, key=_rank)


def _rank(one: Listed) -> int:
    """0 for what has names, or is what somebody said; 1 for what only links these; 2 for logs, and what is empty."""
    if corrections.ROLE in one.collection.roles or not one.count:
        return 2
    return 0 if is_statement(one.collection) or one.collection.label != one.collection.key else 1


def _counts(opened: Published) -> Mapping[str, int]:
    """How many records each collection has."""
    if (opened.folder / SITE_INDEX).is_file():
        return dict(opened.connection.execute("SELECT collection, rows FROM site.counts"))
    return dict(opened.connection.execute(f"SELECT collection, count(*) FROM {RECORDS} GROUP BY collection"))


def _files(opened: Published, at: Addresses) -> list[File]:
    paths = {path for path, _ in opened.files}
    titles = {opened.site.database: "All of it as one SQLite database", "datapackage.json": "Data Package"}
    found = [
        File(title, at.download(path), (opened.folder / path).stat().st_size)
        for path, title in titles.items()
        if path in paths
    ]
    return [*found, File("Checksums", at.download("SHA256SUMS"), (opened.folder / "SHA256SUMS").stat().st_size)]
