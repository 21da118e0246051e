# SPDX-License-Identifier: Apache-2.0
"""What a book's descriptor says of it, in one form for all that tells of it: citations, and descriptions for programs.

What the descriptor does not say, or not in a form that can be told, is left out, and nothing is made up for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sourcebook.content.licences import address, spdx
from sourcebook.content.statements import is_statement
from sourcebook.content.values import is_link
from sourcebook.extract.site import Collection, Site

MAKERS = frozenset(("author", "creator", "curator", "editor", "compiler", "maintainer"))
PUBLISHER = frozenset(("publisher",))
CONTACT = frozenset(("contact", "contactpoint", "contactperson"))


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: a short ``name``, its title, its name in the SPDX list and its address, each as far as known."""

    name: str
    title: str
    spdx: str
    url: str


@dataclass(frozen=True, slots=True)
class Agent:
    """Who is named in the descriptor.

    ``kind`` is ``person`` where the name is given in parts or there is an ORCID iD, ``organization`` where it is named
    as that, and else empty: whether a name is that of a person is not guessed.
    """

    name: str
    kind: str = ""
    given: str = ""
    family: str = ""
    affiliation: str = ""
    email: str = ""
    url: str = ""
    orcid: str = ""
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """What a book was made from."""

    title: str
    url: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a book. All texts are whole, in the descriptor's words; what it does not say is empty.

    ``released`` is a day, or the part of one that is known: a year, a year and a month. ``statements`` says of which
    collections the records are what somebody said, where there are such: it stands in every description. ``contents``
    names all collections.
    """

    name: str
    title: str
    description: str = ""
    about: str = ""
    statements: str = ""
    contents: str = ""
    identifier: str = ""
    doi: str = ""
    version: str = ""
    released: str = ""
    homepage: str = ""
    repository: str = ""
    citation: str = ""
    contact: str = ""  # an address of mail
    licences: tuple[Licence, ...] = ()
    agents: tuple[Agent, ...] = ()
    sources: tuple[Source, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """All that describes the book, a paragraph each: what it is, what is to be known of it, of what kind it is.

        Where the descriptor says nothing of that, it is what there is in it.
        """
        return "\n\n".join(filter(None, (self.description, self.about, self.statements))) or self.contents

    @property
    def makers(self) -> tuple[Agent, ...]:
        """Who made the book: those with a role of it; where nobody has one, all that are named without any role."""
        with_role = tuple(one for one in self.agents if one.roles & MAKERS)
        return with_role or tuple(one for one in self.agents if not one.roles)

    @property
    def publishers(self) -> tuple[Agent, ...]:
        """Who publishes it."""
        return tuple(one for one in self.agents if one.roles & PUBLISHER)

    @property
    def others(self) -> tuple[Agent, ...]:
        """Who is named for something else."""
        told = (*self.makers, *self.publishers)
        return tuple(one for one in self.agents if one not in told)


def about_book(site: Site, *, released: str = "") -> About:
    """What the descriptor says of a book. ``released`` is when, where the caller knows that better."""
    said = site.about_book
    identifier = _text(said.get("id"))
    return About(
        name=site.name,
        title=_line(site.title) or site.name,
        description=_text(said.get("description")),
        about=_text(said.get("about")),
        statements=_statements(site),
        contents=_contents(site),
        identifier=identifier,
        doi=_doi(identifier),
        version=_line(said.get("version")),
        released=part_of_date(released or released_of(site)),
        homepage=_web(said.get("homepage")),
        repository=_web(_mapping(said.get("repository")).get("url")),
        citation=_line(said.get("citation")),
        contact=_mail(_text(said.get("report_to"))),
        licences=tuple(dict.fromkeys(_licences(said.get("licenses")))),
        agents=tuple(dict.fromkeys(_agents(said.get("contributors")))),
        sources=tuple(dict.fromkeys(_sources(said.get("sources")))),
        keywords=tuple(dict.fromkeys(filter(None, map(_line, _list(said.get("keywords")))))),
    )


def released_of(site: Site) -> str:
    """When a release was made as the descriptor says it; empty where it does not, whatever else may be known."""
    return _text(site.about_book.get("released")) or _text(site.about_book.get("created"))


def part_of_date(text: str) -> str:
    """A day, a month or a year as ISO 8601 writes it, of a date or a time; empty where a text is none of these."""
    found = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?\Z", text.strip())
    if not found:
        return ""
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return ""
    return "-".join(part for part in found.groups() if part)


def _statements(site: Site) -> str:
    names = _titles(one for one in site.collections if is_statement(one))
    if not names:
        return ""
    return (
        f"Each record of {names} is a statement: what somebody said, with who says it and where that was published. "
        "That it is recorded does not say that it is true; what denies it or stands against it belongs to it."
    )


def _contents(site: Site) -> str:
    names = _titles(site.collections)
    return f"A book of records: {names}." if names else ""


def _titles(collections: Iterable[Collection]) -> str:
    named = [f"“{one.title}”" for one in collections]
    first = ", ".join(named[:-1])
    return f"{first} and {named[-1]}" if first else "".join(named)


def _licences(said: Any) -> Iterator[Licence]:
    for one in map(_mapping, _list(said)):
        name, title, path = (_line(one.get(key)) for key in ("name", "title", "path"))
        known = spdx(name)
        url = _web(path) or (address(known) if known else "")
        if name or title or url:
            yield Licence(known or name or title or url, title, known, url)


def _agents(said: Any) -> Iterator[Agent]:
    for one in map(_mapping, _list(said)):
        given, family, title, organization = (
            _line(one.get(key)) for key in ("givenName", "familyName", "title", "organization")
        )
        parts = " ".join(filter(None, (given, family)))
        name = title or parts or organization
        url = _web(one.get("path"))
        orcid = url if _ORCID.fullmatch(url) else ""
        if name:
            yield Agent(
                name=name,
                kind="person" if parts or orcid else "organization" if name == organization else "",
                given=given,
                family=family,
                affiliation=organization if organization != name else "",
                email=_address_of_mail(one.get("email")),
                url=url,
                orcid=orcid,
                roles=frozenset(_roles(one)),
            )


_ORCID = re.compile(r"https?://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def _roles(one: Mapping[str, Any]) -> Iterator[str]:
    said = one.get("roles") or one.get("role") or ()
    return (_line(role).casefold() for role in ([said] if isinstance(said, str) else _list(said)))


def _sources(said: Any) -> Iterator[Source]:
    for one in map(_mapping, _list(said)):
        title, url = _line(one.get("title")), _web(one.get("path"))
        if title or url:
            yield Source(title or url, url, _line(one.get("version")))


_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)


def _doi(identifier: str) -> str:
    found = _DOI.fullmatch(identifier)
    return found[1] if found else ""


def _web(said: Any) -> str:
    """An address of the web, with what no address may have percent-encoded; empty where a page may not link to it."""
    text = _text(said)
    if not is_link(text) or not re.match(r"https?://[^/?#:@\s]", text):
        return ""
    return re.sub(r"[{}|^`\\]", lambda found: f"%{ord(found[0]):02X}", text)


def _mail(address: str) -> str:
    """Whom a ``mailto:`` is to, without what is to be written."""
    return _address_of_mail(address.removeprefix("mailto:").partition("?")[0]) if address.startswith("mailto:") else ""


def _address_of_mail(said: Any) -> str:
    text = _text(said)
    return text if re.fullmatch(r"[^\s@<>\"{}]+@[^\s@<>\"{}]+", text) else ""


def _line(said: Any) -> str:
    """A text as one line, with single spaces."""
    return " ".join(_text(said).split())


def _text(said: Any) -> str:
    """A text, or a number as it is written; empty where something else stands there."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return ""
    return str(said).strip()


def _list(said: Any) -> Sequence[Any]:
    return said if isinstance(said, list | tuple) else ()


def _mapping(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}
