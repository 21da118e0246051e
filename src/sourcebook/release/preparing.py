# SPDX-License-Identifier: Apache-2.0
"""A release prepared: the next version, and what says so in the book's own files, as one proposal to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from sourcebook import files
from sourcebook.book import DESCRIPTOR, Book
from sourcebook.check.planning import plan
from sourcebook.content.about_book import About, about_book
from sourcebook.diff.model import Compared
from sourcebook.edit.beside import edited_beside
from sourcebook.edit.model import CannotEdit, FileChange, Proposal, Refused
from sourcebook.edit.text import Order, Put
from sourcebook.extract.describe_site import site_description
from sourcebook.extract.site import Site, site_of
from sourcebook.finding import printable
from sourcebook.formats.citation_cff import citation_cff
from sourcebook.records.read import read
from sourcebook.release import changelog
from sourcebook.release.cited import NotOurs, citation, zenodo
from sourcebook.release.numbering import Level, asked_by, following, level_between, scheme
from sourcebook.release.renewing import renewed
from sourcebook.release.standing import Last
from sourcebook.release.weight import Weight, records
from sourcebook.validation.wording import many

PLACES: Mapping[str, str] = {"changelog": "CHANGELOG.md", "citation": "CITATION.cff", "zenodo": ".zenodo.json"}
"""Where the files lie that a release is told in, unless the descriptor says otherwise at ``release``."""
_OF_PROGRAMS = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "package.json",
    "Cargo.toml",
    "go.mod",
    "pom.xml",
    "composer.json",
    "DESCRIPTION",
)
"""Files that lie in the top folder of a program, whose changelog is its own."""
_ORDER: Order = {
    (): ("$schema", "name", "id", "title", "description", "homepage", "version", "created", "licenses", "resources"),
    ("sourcebook",): ("about", "citation", "released", "repository"),
}


def places(book: Book) -> dict[str, str]:
    """The files that a release of the book is told in; without those that the book does not want."""
    said = book.settings.get("release") or {}
    found = {name: said.get(name, path) for name, path in PLACES.items()}
    return {name: path for name, path in found.items() if isinstance(path, str)}


def next_version(
    last: Last | None, found: Weight, level: Level | None, wanted: str, today: date, *, force: bool
) -> str:
    """The version that comes next: the one that is ``wanted``, one by the ``level`` that is, or the one that is due.

    Raises Refused where the changes ask for more, unless that is forced, or nothing changed.
    """
    if last is None:
        if not wanted:
            raise Refused("nothing was released yet, so no version comes next: say --version")
        return wanted
    if found.level is None and not (wanted or level):
        raise Refused(f"nothing that is published has changed since {last.version}; say --version to release it again")
    if level and scheme(last.version) in ("months", "days"):
        raise Refused(f"{last.version} is counted by the calendar, and the next one too: leave --{level} out")
    due = asked_by(found.level or Level.PATCH, last.version)
    new = wanted or following(last.version, level or due, today)
    given = level_between(last.version, new)
    if given is not None and given < due and not force:
        raise Refused(_too_small(last.version, new, due, found))
    return new


def _too_small(old: str, new: str, due: Level, found: Weight) -> str:
    if found.breaking:
        why = "changes that break readers of the database ask for more than that:\n  " + "\n  ".join(found.breaking)
    else:
        why = f"{', '.join(found.why[:3])} since"
    return f"{new} is too small a step from {old}: {why}\nA {due} version is due; --force takes {new} all the same"


@dataclass
class Preparing:
    """The files of a book in which a ``version`` of a ``day`` is told, as they are to be."""

    book: Book
    version: str
    day: str
    compared: Compared | None
    told: list[str] = field(default_factory=list)
    _cite: str = ""  # how the book is cited in its new version, once the descriptor is written

    def proposal(self, what: str, why: list[str]) -> Proposal:
        """All of it. Raises CannotEdit where the descriptor cannot be changed where it stands."""
        changes = [*self._descriptor(), *self._others()]
        return Proposal(self.book.root, what, tuple(changes), (*why, *self.told))

    def _descriptor(self) -> Iterator[FileChange]:
        data = self._read(DESCRIPTOR) or b""
        wanted = {("version",): self.version, ("sourcebook", "released"): self.day}
        said: Mapping[str, Any] = {"": self.book.descriptor, "sourcebook": self.book.settings}
        changes = [
            Put(0, path, value)
            for path, value in wanted.items()
            if said[path[0] if path[1:] else ""].get(path[-1]) != value
        ]
        after = edited_beside(self.book, DESCRIPTOR, data, changes, _ORDER)
        yield FileChange(DESCRIPTOR, data, self._cited(after))

    def _cited(self, data: bytes) -> bytes:
        """The descriptor, which is ``data``, with how the book is cited in its new version."""
        text = self.book.settings.get("citation")
        if not isinstance(text, str):
            return data
        self._cite = self._renewed(text, "the citation in datapackage.yaml")
        if self._cite == text:
            return data
        try:
            return edited_beside(self.book, DESCRIPTOR, data, [Put(0, ("sourcebook", "citation"), self._cite)], _ORDER)
        except CannotEdit as why:
            self._cite = text
            self.told.append(f"{why}: the citation is left as it is, see whether it is right for {self.version}")
            return data

    def _renewed(self, text: str, where: str) -> str:
        """A text with the new version for the old one; what was done to it, and what may be stale in it, is told."""
        old = str(self.book.descriptor.get("version") or "")
        years = (str(self.book.settings.get("released") or "")[:4], self.day[:4])
        licences = str(self.book.descriptor.get("licenses") or "")
        found = renewed(text, old, self.version, years=years, licences=licences)
        if found.text != text:
            self.told.append(f"{where} says {self.version} now, and said {old}")
        if found.left:
            some = ", ".join(printable(one) for one in found.left)
            self.told.append(f"{where} says {some} still: see whether that is right for {self.version}")
        return found.text

    def _message(self, path: str, text: str) -> str:
        """What a citation file asks of readers: the citation of the descriptor where it was that, or its own words."""
        was = self.book.settings.get("citation")
        if isinstance(was, str) and was.split() == text.split():
            return text if self._cite == was else " ".join(self._cite.split())
        return self._renewed(text, path)

    def _others(self) -> Iterator[FileChange]:
        makers = {"changelog": self._changelog, "citation": self._citation, "zenodo": self._zenodo}
        for name, path in places(self.book).items():
            try:
                before = self._read(path)
                after = makers[name](path, before)
            except NotOurs as why:
                self.told.append(str(why))
            except CannotEdit as why:
                self.told.append(f"{why}: left as it is")
            else:
                yield FileChange(path, before, after)

    def _read(self, path: str) -> bytes | None:
        """A file of the book; None where there is none. Raises NotOurs where something else lies there."""
        if not files.kind(self.book.root / path):
            return None
        data, odd = files.read_bytes(self.book.root, path, self.book.limits.bytes)
        if odd or len(data) > self.book.limits.bytes:
            raise NotOurs(f"{path} is left as it is: {odd.message if odd else 'it is too large'}")
        return data

    # --- the files ---

    def _changelog(self, path: str, before: bytes | None) -> bytes:
        try:
            text = None if before is None else before.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotOurs(f"{path} is left as it is: it is no text in UTF-8") from error
        versions = changelog.versions_in(text or "")
        last = str(self.book.descriptor.get("version") or "")
        if text and last not in versions and self.version not in versions:
            others = (
                f"it tells of {many(len(versions), 'version')}, and not of {last or 'this book'}" if versions else ""
            )
            program = next((one for one in _OF_PROGRAMS if files.kind(self.book.root / one)), "")
            beside = (
                f"it may be that of a program, for {program} lies there" if program and not self._said(path) else ""
            )
            if others or beside:
                raise NotOurs(
                    f"{path} is left as it is: {others or beside}; say where the book's own is to lie, at "
                    "release.changelog in the descriptor"
                )
        entries = changelog.section(self.compared) if self.compared else self._first()
        after = changelog.inserted(text, self.version, self.day, entries)
        if after is None:
            self.told.append(f"{path} has a section of {self.version} already; it is left as it is")
            return before or b""
        return after.encode()

    def _said(self, path: str) -> bool:
        """Whether the descriptor itself says where the changelog lies."""
        return (self.book.settings.get("release") or {}).get("changelog") == path

    def _first(self) -> dict[str, list[str]]:
        reading = read(self.book)
        counted = Counter(record.collection for record in reading.records)
        titles = {one.name: one.title or one.name for one in self.book.collections}
        return {"Added": [f"{titles[name]}: {records(number)}" for name, number in counted.items()]}

    def _citation(self, path: str, before: bytes | None) -> bytes:
        message = partial(self._message, path)
        return citation(self.book, path, before, self.version, self.day, message, self._citation_anew)

    def _citation_anew(self) -> str:
        return citation_cff(self._site, "", self.day)

    def _zenodo(self, path: str, before: bytes | None) -> bytes:
        return zenodo(self.book, path, before, self.version, self.day, self._about)

    def _about(self) -> About:
        return about_book(self._site, released=self.day)

    @cached_property
    def _site(self) -> Site:
        """What the book says of itself, in its new version."""
        settings = {**self.book.settings, "released": self.day}
        if self._cite:
            settings["citation"] = self._cite
        book = replace(self.book, descriptor={**self.book.descriptor, "version": self.version, "sourcebook": settings})
        return site_of(site_description(book, plan(book, public=True).plans))
