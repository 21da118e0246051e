# SPDX-License-Identifier: Apache-2.0
"""The files of a release that describe it to other programs: all say the same, for all are made of the same facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sourcebook.exact import dumps
from sourcebook.extract.site import Site
from sourcebook.formats.citation_cff import CITATION, citation_cff
from sourcebook.formats.croissant import croissant
from sourcebook.formats.dcat import dcat
from sourcebook.formats.model import File
from sourcebook.formats.ro_crate import CRATE, ro_crate
from sourcebook.formats.turtle import turtle

IN_ARCHIVE = (CRATE, CITATION)
"""Those that lie in the archive of the Data Package too: they say the same whether that is among the files or not."""
NOT_IN_ARCHIVE = (CROISSANT, DCAT, DCAT_TURTLE) = ("croissant.json", "dcat.jsonld", "dcat.ttl")
"""The others, which tell of the archive as of every file."""
DESCRIPTIONS = (*IN_ARCHIVE, *NOT_IN_ARCHIVE)
"""The names of all; a book of which nobody says who made it has no CITATION.cff."""


def describe(site: Site, files: Sequence[File], base: str, released: str, release: str = "") -> Mapping[str, str]:
    """The texts of the files of `DESCRIPTIONS`, by name. They tell of all ``files`` of the release but one another.

    ``base`` is the address of the site, ending in a slash; empty for addresses relative to the release. ``released`` is
    the day of the release. ``release`` is its id, which stands for a version where the book has none. It is made of
    what the release holds: in a file of the release itself it cannot stand.
    """
    files = [one for one in files if one.path not in DESCRIPTIONS]
    said = dcat(site, files, base, released, release)
    texts = {
        CRATE: _json(ro_crate(site, files, base, released, release)),
        CITATION: citation_cff(site, base, released, release),
        CROISSANT: _json(croissant(site, files, base, released, release)),
        DCAT: _json(said),
        DCAT_TURTLE: turtle(said),
    }
    return {name: text for name, text in texts.items() if text}


def _json(data: Mapping[str, object]) -> str:
    return dumps(data, indent=2) + "\n"
