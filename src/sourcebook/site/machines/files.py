# SPDX-License-Identifier: Apache-2.0
"""Files of the release that programs look for at the root of a site: each address leads to its file.

That of all files is answered itself, for it is to be asked again and again.
"""

from __future__ import annotations

from sourcebook.content.addresses import Addresses
from sourcebook.site.answer import JSON, Answer, Asked
from sourcebook.site.published import Published

INDEX = "index.json"
AT_ROOT = {
    INDEX: "application/json",
    "datapackage.json": "application/json",
    "croissant.json": "application/ld+json",
    "dcat.ttl": "text/turtle",
    "dcat.jsonld": "application/ld+json",
    "ro-crate-metadata.json": "application/ld+json",
    "CITATION.cff": "application/yaml",
}
"""Files by their names, each with its media type."""


def answer(opened: Published, asked: Asked) -> Answer | None:
    """A redirection to the file, or the file; None where the release has none of the name."""
    name = asked.path[0]
    if name not in there(opened):
        return None
    if name == INDEX:
        return Answer((opened.folder / name).read_bytes(), JSON)
    return Answer.to(Addresses(asked.base, "").download(name))


def there(opened: Published) -> dict[str, str]:
    """Those that the release has."""
    paths = {path for path, _ in opened.files}
    return {name: media_type for name, media_type in AT_ROOT.items() if name in paths}
