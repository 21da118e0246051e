# SPDX-License-Identifier: Apache-2.0
"""A book as a schema.org Dataset, in JSON-LD: what search engines for data read on the home page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sourcebook.content.about_book import About, Agent, Licence, Source, about_book
from sourcebook.extract.site import Site
from sourcebook.formats.distributions import Distribution, distributions
from sourcebook.formats.model import File

_KINDS = {"person": "Person", "organization": "Organization"}


def dataset(site: Site, files: Sequence[File], base: str, released: str, release: str) -> dict[str, Any]:
    """The Dataset that a book is, with the ``files`` of its release; without any rows.

    ``base`` is the address of the site, ending in a slash, or empty; ``released`` the day of the release; ``release``
    its id, empty where it is not known yet.
    """
    about = about_book(site, released=released)
    return {"@context": "https://schema.org/", "@type": "Dataset", "@id": f"{base}#dataset"} | filled(
        {
            **facts(about, base),
            "identifier": list(filter(None, (identifier(about), _release(release)))),
            "version": about.version or release,
            "creditText": list(credit(about, about.citation)),
            "distribution": [_download(one) for one in distributions(site, files, base)],
        }
    )


def facts(about: About, base: str) -> dict[str, Any]:
    """What schema.org's words say of a book, for all descriptions that use them; what is not known is empty."""
    return {
        "name": about.title,
        "alternateName": about.name if about.name != about.title else "",
        "description": about.told,
        "url": base or about.homepage,
        "sameAs": about.homepage if base and about.homepage.rstrip("/") != base.rstrip("/") else "",
        "datePublished": about.released,
        "license": [licence(one) for one in about.licences],
        "creator": [agent(one) for one in about.makers if one.kind],
        "publisher": [agent(one) for one in about.publishers if one.kind],
        "contributor": [agent(one) for one in about.others if one.kind],
        "keywords": list(about.keywords),
        "isBasedOn": [source(one) for one in about.sources],
    }


def licence(one: Licence) -> Any:
    """A licence: its address, or else what is known of it."""
    return one.url or {"@type": "CreativeWork", "name": one.title or one.name}


def credit(about: About, citation: str = "") -> Iterator[str]:
    """Who is to be credited, in words: as the book is to be cited, and who is named as neither person nor organization.

    Readers of schema.org take none but a Person or an Organization for a creator.
    """
    if citation:
        yield citation
    unknown = [one for one in about.agents if not one.kind]
    if unknown:
        yield "; ".join(one.name + (f" ({', '.join(sorted(one.roles))})" if one.roles else "") for one in unknown)


def agent(one: Agent) -> dict[str, Any]:
    """A person or an organization."""
    return filled(
        {
            "@type": _KINDS[one.kind],
            "@id": one.orcid,
            "name": one.name,
            "givenName": one.given,
            "familyName": one.family,
            "affiliation": {"@type": "Organization", "name": one.affiliation} if one.affiliation else {},
            "email": one.email,
            "url": one.url,
        }
    )


def source(one: Source) -> dict[str, Any]:
    """What a book was made from."""
    return {"@type": "CreativeWork"} | filled({"name": one.title, "url": one.url, "version": one.version})


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """What is known: data without what is empty."""
    return {name: value for name, value in data.items() if value not in ("", [], {}, None)}


def identifier(about: About) -> str:
    """What names the book everywhere: its DOI, or what else the descriptor has."""
    return f"https://doi.org/{about.doi}" if about.doi else about.identifier


def _release(release: str) -> dict[str, str]:
    return {"@type": "PropertyValue", "propertyID": "release", "value": release} if release else {}


def _download(one: Distribution) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": one.file.path,
        "description": one.told,
        "encodingFormat": one.media_type,
        "contentSize": f"{one.file.bytes} B",
        "sha256": one.file.sha256,
        "contentUrl": one.href,
    }
