# SPDX-License-Identifier: Apache-2.0
"""A book as a dataset of DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/), as catalogues of open data read it, in JSON-LD.

It keeps to DCAT-AP 3, the profile of European catalogues, which says of more terms what they must lead to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sourcebook.content.about_book import CONTACT, About, Agent, Licence, Source, about_book
from sourcebook.extract.site import Site
from sourcebook.formats.dataset import filled, identifier
from sourcebook.formats.distributions import Distribution, distributions
from sourcebook.formats.model import File

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "https://www.iana.org/assignments/media-types/"


def dcat(site: Site, files: Sequence[File], base: str, released: str, release: str = "") -> dict[str, Any]:
    """The dcat:Dataset that a book is, with a dcat:Distribution for each of the ``files`` of its release.

    ``base`` is the address of the site, ending in a slash, or empty; ``released`` the day of the release; ``release``
    its id, empty where it is not known yet.
    """
    about = about_book(site, released=released)
    issued = _dated(about.released)
    licences = [_licence(one) for one in about.licences]
    return (
        {"@context": CONTEXT, "@id": f"{base}#dataset", "@type": "dcat:Dataset"}
        | filled(
            {
                "dct:title": about.title,
                "dct:description": about.told,
                "dct:identifier": identifier(about),
                "dcat:version": about.version or release,
                "dct:issued": issued,
                "dct:publisher": [_agent(one) for one in about.publishers[:1]],  # of which DCAT-AP has one
                "dct:creator": [_agent(one) for one in about.makers],
                "dct:contributor": [_agent(one) for one in (*about.others, *about.publishers[1:])],
                "dcat:contactPoint": [_contact(one) for one in _contacts(about)],
                "dcat:keyword": list(about.keywords),
                "dcat:landingPage": [_page(one) for one in dict.fromkeys((base, about.homepage)) if one],
                "dct:license": licences,
                "dct:bibliographicCitation": about.citation,
                "prov:wasDerivedFrom": [_source(one) for one in about.sources],
                "dcat:distribution": [
                    _distribution(one, base, issued, licences) for one in distributions(site, files, base)
                ],
            }
        )
    )


def _distribution(one: Distribution, base: str, issued: Any, licences: list[dict[str, Any]]) -> dict[str, Any]:
    registered = not one.media_type.partition("/")[2].startswith("x-")
    return {"@id": f"{base}#{one.href.removeprefix(base)}", "@type": "dcat:Distribution"} | filled(
        {
            "dct:title": one.file.path,
            "dct:description": one.told,
            "dcat:accessURL": {"@id": one.href},
            "dcat:downloadURL": {"@id": one.href},
            "dcat:mediaType": {"@id": _IANA + one.media_type, "@type": "dct:MediaType"} if registered else {},
            "dct:format": {} if registered else {"@type": "dct:MediaTypeOrExtent", "dct:title": one.media_type},
            "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(one.file.bytes)},
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
                "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": one.file.sha256},
            },
            "dct:license": licences[:1] if len(licences) == 1 else [],  # one at most; of several, the dataset tells
            "dct:issued": issued,
        }
    )


def _licence(one: Licence) -> dict[str, Any]:
    return filled({"@id": one.url}) | {"@type": "dct:LicenseDocument", "dct:title": one.title or one.name}


def _agent(one: Agent) -> dict[str, Any]:
    kind = {"person": "foaf:Person", "organization": "foaf:Organization"}.get(one.kind)
    return {"@type": ["foaf:Agent", *([kind] if kind else [])]} | filled(
        {
            "@id": one.orcid,
            "foaf:name": one.name,
            "foaf:givenName": one.given,
            "foaf:familyName": one.family,
            "foaf:mbox": {"@id": f"mailto:{one.email}"} if one.email else {},
            "foaf:homepage": _page(one.url if one.url != one.orcid else ""),
        }
    )


def _contacts(about: About) -> list[Agent]:
    """Who may be asked: those that are named for that, or else the address for reports of errors."""
    named = [one for one in about.agents if one.roles & CONTACT]
    return named or ([Agent(about.contact, email=about.contact)] if about.contact else [])


def _contact(one: Agent) -> dict[str, Any]:
    return {"@type": "vcard:Kind"} | filled(
        {
            "vcard:fn": one.name,
            "vcard:hasEmail": {"@id": f"mailto:{one.email}"} if one.email else {},
            "vcard:hasURL": {"@id": one.url} if one.url else {},
        }
    )


def _page(url: str) -> dict[str, Any]:
    return {"@id": url, "@type": "foaf:Document"} if url else {}


def _source(one: Source) -> dict[str, Any]:
    return (
        filled({"@id": one.url})
        | {"@type": "prov:Entity", "dct:title": one.title}
        | filled({"dcat:version": one.version})
    )


def _dated(released: str) -> dict[str, str]:
    """A day, or a part of one, with the type of XML Schema for that."""
    kind = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}.get(len(released))
    return {"@type": kind, "@value": released} if kind else {}
