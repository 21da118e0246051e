# SPDX-License-Identifier: Apache-2.0
"""The site for language models (https://llmstxt.org): what it is, how its claims are to be read, where the data is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sourcebook.content.addresses import Addresses
from sourcebook.content.statements import is_statement
from sourcebook.extract.site import Site
from sourcebook.site.answer import TEXT, Answer, Asked
from sourcebook.site.machines import feed
from sourcebook.site.machines.place import in_line, nearby
from sourcebook.site.published import Published

CAUTION = (
    "What somebody said is recorded as said, and not asserted: a claim is true to its source, and need not be true. "
    "Give each with who says it, where that was published, and what answers it: denials, contradictions, later rulings."
)
_KNOWN = {
    "index.json": "every file of the release with its size, SHA-256 and format, to poll",
    "datapackage.json": "the tables: what each column means, its type and its keys",
    "croissant.json": "the tables for machine learning (Croissant)",
    "ro-crate-metadata.json": "the release as an RO-Crate",
    "dcat.jsonld": "the release for catalogues (DCAT)",
    "CITATION.cff": "how to cite",
}


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/llms.txt``, in Markdown."""
    return Answer(("\n".join(_lines(opened, asked)) + "\n").encode("utf-8", "replace"), TEXT)


def _lines(opened: Published, asked: Asked) -> Iterator[str]:
    site, at = opened.site, nearby(opened, asked)
    about = site.about_book
    yield f"# {_plain(site.title)}"
    yield ""
    caution = CAUTION if any(map(is_statement, site.collections)) else ""
    yield f"> {' '.join(filter(None, (_plain(about.get('description', '')), caution))) or _plain(site.title)}"
    yield ""
    yield from _state(opened)
    yield "## Data"
    yield ""
    paths = {path for path, _ in opened.files}
    yield _link("openapi.json", at.page("openapi.json"), "how to ask for all of this (OpenAPI 3.1)")
    for name, what in _KNOWN.items():
        if name in paths:
            yield _link(name, at.download(name), what)
    yield _link("downloads.json", at.page("downloads.json"), "every file of the release, with size and SHA-256")
    yield _link(site.database, at.download(site.database), "all of it as one SQLite database")
    yield _link("build.jsonld", at.page("build.jsonld"), "of which commit the release was built (PROV-O)")
    yield _link("sitemap.xml", at.page("sitemap.xml"), "the address of every page")
    if feed.is_there(opened):
        yield _link("feed.atom", at.page("feed.atom"), "corrections and releases")
    if opened.has_history:
        yield _link("changes.json", at.changes(form="json"), "what was changed, record by record, the newest first")
        yield _link("changes.atom", at.page("changes.atom"), "the same as a feed")
    if opened.versions.all:
        yield _link(
            "releases.json", at.page("releases.json"), "the releases that are kept, to follow or to mirror them"
        )
    yield ""
    yield from _collections(site, at)
    if site.questions:
        yield "## Questions"
        yield ""
        yield from (_link(_plain(one.title), at.question(one.name), _plain(one.description)) for one in site.questions)
        yield ""
    yield "## Optional"
    yield ""
    yield _link("Schema", at.page("schema"), "every table and column in words")
    yield _link("Downloads", at.page("downloads"), "the files, and how to open them")


def _state(opened: Published) -> Iterator[str]:
    about = opened.site.about_book
    licences = ", ".join(_plain(one.get("title") or one.get("name") or "") for one in about.get("licenses", ()))
    facts = {
        "Release": opened.release,
        "Version": about.get("version"),
        "Released": opened.released,
        "Licence": licences,
    }
    yield " · ".join(f"{name}: {_plain(value)}" for name, value in facts.items() if value)
    yield ""
    if about.get("about"):
        yield _plain(about["about"])
        yield ""


def _collections(site: Site, at: Addresses) -> Iterator[str]:
    yield "## Collections"
    yield ""
    yield "Each is a list of records. A record is at the address of its collection and its key; `.json` gives its data."
    yield ""
    for one in site.collections:
        yield _link(_plain(one.title), at.listing(one.address, form="json"), _plain(one.description))
    yield ""


def _link(name: str, address: str, what: str) -> str:
    address = address.replace("(", "%28").replace(")", "%29")
    return f"- [{name}]({address})" + (f": {what}" if what else "")


def _plain(text: object) -> str:
    """A text that is none of Markdown's marks, in one line."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", in_line(text))
