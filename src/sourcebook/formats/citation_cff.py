# SPDX-License-Identifier: Apache-2.0
"""How a book is cited, as ``CITATION.cff`` of version 1.2.0 (https://citation-file-format.github.io/)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.content.about_book import CONTACT, About, Agent, about_book
from sourcebook.extract.site import Site
from sourcebook.formats.dataset import filled
from sourcebook.parse.yaml_text import yaml_text

CITATION = "CITATION.cff"
_MAIL = re.compile(r"\S+@\S+\.\S{2,}")
_DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")  # as the format takes it
_ASKED = "If you use this dataset, cite it as below."
_ASKED_OF_ROW = " When you quote a statement, name who says it and where too."


def citation_cff(site: Site, base: str, released: str, release: str = "") -> str:
    """The text of a book's CITATION.cff; empty where nobody is named who made the book, whom the format asks for.

    ``base`` is the address of the site, ending in a slash, or empty; ``released`` the day of the release; ``release``
    its id, empty where it is not known yet.
    """
    about = about_book(site, released=released)
    if not about.makers:
        return ""
    known = [one.spdx for one in about.licences if one.spdx]
    others = [one.url for one in about.licences if one.url and not one.spdx]
    data = {
        "cff-version": "1.2.0",
        "message": about.citation or _ASKED + (_ASKED_OF_ROW if about.statements else ""),
        "type": "dataset",
        "title": about.title,
        "abstract": about.told,
        "authors": _unique(_author(one) for one in about.makers),
        "contact": _unique(_author(one) for one in about.agents if one.roles & CONTACT),
        "version": about.version or release,
        "date-released": about.released if len(about.released) == len("2026-01-31") else "",
        "license": known[0] if len(known) == 1 else list(dict.fromkeys(known)),
        "license-url": others[0] if others else "",
        "keywords": list(about.keywords),
        "identifiers": list(_identifiers(about)),
        "url": base or about.homepage,
        "repository-code": about.repository,
    }
    return yaml_text(filled(data))


def _author(one: Agent) -> dict[str, str]:
    """A person by the parts of the name; a name that is not given in parts is written whole, as an entity's."""
    mail = one.email if _MAIL.fullmatch(one.email) else ""
    rest = {"email": mail, "orcid": one.orcid.replace("http:", "https:"), "website": one.url if not one.orcid else ""}
    if one.given or one.family:
        names = {"family-names": one.family, "given-names": one.given, "affiliation": one.affiliation}
        return filled({**names, **rest})
    return filled({"name": one.name, **rest})


def _unique(some: Iterator[dict[str, str]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for one in some:
        if one not in found:
            found.append(one)
    return found


def _identifiers(about: About) -> Iterator[dict[str, str]]:
    if _DOI.fullmatch(about.doi):
        yield {"type": "doi", "value": about.doi}
    elif about.identifier:
        kind = "url" if re.match(r"https?://.", about.identifier) and " " not in about.identifier else "other"
        yield {"type": kind, "value": about.identifier}
