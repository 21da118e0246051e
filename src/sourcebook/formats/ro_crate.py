# SPDX-License-Identifier: Apache-2.0
"""The Data Package as an RO-Crate 1.2 (https://www.researchobject.org/ro-crate/): ``ro-crate-metadata.json``.

It lies at the root of the release and in the archive of the Data Package, and tells of the files that are in both: all
that a crate tells of has to be in it, and an archive cannot be told of by what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sourcebook.book.formats import ALWAYS
from sourcebook.content.about_book import Agent, Licence, Source, about_book
from sourcebook.content.statements import is_statement
from sourcebook.extract import PACKAGE
from sourcebook.extract.site import Site
from sourcebook.formats.dataset import agent, credit, facts, filled, identifier, source
from sourcebook.formats.distributions import Distribution, distributions
from sourcebook.formats.model import File

CRATE = "ro-crate-metadata.json"
_VERSION = "https://w3id.org/ro/crate/1.2"


def ro_crate(site: Site, files: Sequence[File], base: str, released: str, release: str = "") -> dict[str, Any]:
    """The description of those of the ``files`` of a release that make its Data Package.

    ``base`` is the address of the site, ending in a slash, or empty: the files are named by their paths all the same.
    ``released`` is the day of the release; ``release`` its id, empty where it is not known yet. A crate has to have a
    licence and a day: of a book whose descriptor names none it is none that is valid.
    """
    about = about_book(site, released=released)
    inside = [one for one in files if one.path == PACKAGE or belongs(site, one)]
    parts = [_part(one) for one in distributions(site, inside, "")]
    entities: dict[str, dict[str, Any]] = {}

    def named(one: Mapping[str, Any]) -> dict[str, str]:
        """A reference to an entity, which is then told of once, as are those within it."""
        told = {name: named(value) if isinstance(value, dict) else value for name, value in one.items()}
        entities.setdefault(one["@id"], told)
        return {"@id": one["@id"]}

    root = {"@id": "./", "@type": "Dataset"} | _single(
        {
            **facts(about, base),
            "license": [named(_licence(one, number)) for number, one in enumerate(about.licences, 1)],
            "creator": [named(_agent(one, about.agents)) for one in about.makers if one.kind],
            "publisher": [named(_agent(one, about.agents)) for one in about.publishers if one.kind],
            "contributor": [named(_agent(one, about.agents)) for one in about.others if one.kind],
            "isBasedOn": [named(_source(one, number)) for number, one in enumerate(about.sources, 1)],
            "identifier": identifier(about),
            "version": about.version or release,
            "creditText": list(credit(about, about.citation)),
            "hasPart": [{"@id": one["@id"]} for one in parts],
        }
    )
    descriptor = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _VERSION},
        "about": {"@id": "./"},
    }
    return {"@context": f"{_VERSION}/context", "@graph": [descriptor, root, *parts, *entities.values()]}


def belongs(site: Site, one: File) -> bool:
    """Whether a file belongs to the Data Package: tables, records, and statements with who says them in each row."""
    if one.format in ALWAYS:
        return True
    told = one.format == "flat" and one.path.startswith("flat/")  # and not the same again for spreadsheets
    return told and any(is_statement(of) for of in site.collections if of.name == one.of)


def _single(data: dict[str, Any]) -> dict[str, Any]:
    """What is known, where a list of one thing is that thing: so a crate is to be written."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in filled(data).items()
    }


def _part(one: Distribution) -> dict[str, Any]:
    return {
        "@id": one.href,
        "@type": "File",
        "name": one.file.path,
        "description": one.told,
        "encodingFormat": one.media_type,
        "contentSize": str(one.file.bytes),
        "sha256": one.file.sha256,
    }


def _licence(one: Licence, number: int) -> dict[str, Any]:
    told = {"name": one.name, "description": one.title}
    return {"@id": one.url or f"#licence-{number}", "@type": "CreativeWork"} | filled(told)


def _agent(one: Agent, among: Sequence[Agent]) -> dict[str, Any]:
    """A person or an organization, by an identifier of theirs if there is one."""
    told, number = agent(one), among.index(one) + 1
    if one.affiliation:
        told["affiliation"] |= {"@id": f"#affiliation-{number}"}
    if one.email:
        told["contactPoint"] = {
            "@id": f"mailto:{one.email}",
            "@type": "ContactPoint",
            "name": one.name,
            "email": one.email,
        }
    known = one.orcid or (one.url if _ROR.match(one.url) else "")
    return told | {"@id": known or f"#contributor-{number}"}


_ROR = re.compile(r"https://ror\.org/\w")


def _source(one: Source, number: int) -> dict[str, Any]:
    return {"@id": one.url or f"#source-{number}"} | source(one)
