# SPDX-License-Identifier: Apache-2.0
"""Files of the release that programs look for at the root of a site: each address leads to its file."""

from __future__ import annotations

from sourcebook.publish.release import SUMS
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.published import Published

AT_ROOT = {
    "datapackage.json": "application/json",
    "croissant.json": "application/ld+json",
    "dcat.ttl": "text/turtle",
    "dcat.jsonld": "application/ld+json",
    "ro-crate-metadata.json": "application/ld+json",
    "CITATION.cff": "application/yaml",
    SUMS: "text/plain",
}
"""Files by their names, each with its media type."""


def answer(opened: Published, asked: Asked) -> Answer | None:
    """A redirection to the file; None where the release has none of the name."""
    name = asked.path[0]
    return Answer.to(asked.at("").download(name)) if name in there(opened) else None


def there(opened: Published) -> dict[str, str]:
    """Those that the release has."""
    paths = {SUMS, *(path for path, _ in opened.files)}  # the checksums do not list themselves
    return {name: media_type for name, media_type in AT_ROOT.items() if name in paths}


def describing(opened: Published) -> dict[str, str]:
    """Those that describe what the release holds."""
    return {name: media_type for name, media_type in there(opened).items() if name != SUMS}
