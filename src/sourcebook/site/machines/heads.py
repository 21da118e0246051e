# SPDX-License-Identifier: Apache-2.0
"""The heads of pages: what each tells of itself, and where its other forms, its licence and its authors are.

The header Link follows FAIR Signposting (https://signposting.org/FAIR/), level 1. A description never has what somebody
said without who says it and who denies it: what shows a link to a page shows nothing else of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sourcebook.content import past
from sourcebook.content.addresses import FORMS
from sourcebook.content.records import Record
from sourcebook.content.statements import Statement
from sourcebook.content.values import shortened
from sourcebook.extract.site import Collection, Question
from sourcebook.formats import index_json
from sourcebook.formats.dataset import dataset
from sourcebook.formats.model import File
from sourcebook.site.answer import Asked
from sourcebook.site.head import Head, Link
from sourcebook.site.machines import feed, files, linked
from sourcebook.site.machines.place import here, in_line, licences, nearby, root, whole
from sourcebook.site.published import Published

TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "yaml": "application/yaml",
    "bib": "application/x-bibtex",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media types of the forms of pages."""
ATOM_TYPE = "application/atom+xml"
_MOST_ITEMS = 20  # files that the header names; index.json has all
_MOST_FILES = 150  # of which the home page tells in JSON-LD
_LONGEST = 160  # characters of what is said, in a description


def of_home(opened: Published, asked: Asked) -> Head:
    """The head of the home page."""
    at = nearby(opened, asked)
    paths = {path for path, _ in opened.files}
    archive = [one for one in paths if one.endswith(".zip") and "/" not in one]
    links = [
        Link("cite-as", root(opened, asked)),
        Link("type", f"{linked.CONTEXT}AboutPage"),
        Link("type", f"{linked.CONTEXT}Dataset"),
        *_makers(opened),
        *(Link("describedby", at.download(name), kind) for name, kind in files.describing(opened).items()),
        Link("service-desc", at.page("openapi.json"), "application/json"),
        *_feed(opened, asked),
        Link("item", at.download(opened.site.database), "application/vnd.sqlite3"),
        *(Link("item", at.download(one), "application/zip") for one in sorted(archive)),
    ]
    description = str(opened.site.about_book.get("description") or opened.site.title)
    data = dataset(opened.site, _files(opened), root(opened, asked), opened.released, opened.release)
    return Head(root(opened, asked), shortened(description, 300), "website", tuple(links), data)


def of_record(
    opened: Published, asked: Asked, collection: Collection, record: Record, label: str, said: Statement | None
) -> Head:
    """The head of the page of a record."""
    at = nearby(opened, asked)
    address = whole(opened, asked).record(collection.address, record.key)
    forms = {form: at.record(collection.address, record.key, form) for form in FORMS}
    links = [
        Link("cite-as", address),
        Link("type", f"{linked.CONTEXT}AboutPage"),
        Link("type", linked.CONTEXT + linked.type_of(collection)),
        *_makers(opened),
        Link("describedby", forms["bib"], TYPES["bib"]),
        *(Link("item", href, TYPES[form]) for form, href in forms.items() if form != "bib"),
        *(Link("alternate", href, TYPES[form]) for form, href in forms.items()),
        *([Link("alternate", at.history(collection.address, record.key, "atom"), ATOM_TYPE)] * past.is_kept(opened)),
        Link("collection", at.home(), "text/html"),
    ]
    title = in_line(opened.site.title)
    told = linked.in_brief(said, _LONGEST) if said else f"A record of {in_line(collection.title)} in: {title}."
    data = linked.of_record(opened, asked, collection, record, label, said)
    return Head(address, told, "article", tuple(links), data)


def of_form(opened: Published, asked: Asked, collection: Collection, key: str, form: str) -> tuple[Link, ...]:
    """The links of a form of a record: to its page, which it describes or is an item of."""
    at = nearby(opened, asked)
    page = Link("describes" if form == "bib" else "collection", at.record(collection.address, key), "text/html")
    return (page, *(Link("license", one) for one in licences(opened)))


def of_file(opened: Published, asked: Asked, page: str) -> tuple[Link, ...]:
    """The links of a file that has what a ``page`` shows."""
    address = here(asked) + page.removeprefix(asked.base)
    return (Link("collection", address, "text/html"), *_licences(opened))


def of_listing(
    opened: Published, asked: Asked, canonical: str, forms: Iterable[tuple[str, str]], what: str, feed_at: str = ""
) -> Head:
    """The head of a page of a listing, of questions or of the answer to one: ``forms`` are files of the same.

    ``feed_at`` is the address of a feed of what changes in it, if there is one.
    """
    base = here(asked)
    links = [
        *(Link("alternate", base + href.removeprefix(asked.base), TYPES[form]) for form, href in forms),
        *([Link("alternate", base + feed_at.removeprefix(asked.base), ATOM_TYPE)] if feed_at else []),
        *_licences(opened),
        Link("collection", base, "text/html"),
    ]
    address = root(opened, asked) + asked.at("").cited(canonical)
    return Head(address, shortened(what, 300), "website", tuple(links))


_PICTURES = {
    "map": "Where it was: the records that have a place, on a map",
    "timeline": "When it was: the records that have a date, in their order",
    "network": "How records are connected, as they say",
}


def of_picture(opened: Published, asked: Asked, name: str) -> Head:
    """The head of a page of a picture, of `sourcebook.extract.site.PICTURES`, whatever part of it is shown."""
    what = f"{_PICTURES[name]}. {in_line(opened.site.title)}"
    return of_listing(opened, asked, asked.at("").page(name), [], what)


def of_question(
    opened: Published, asked: Asked, question: Question, values: Mapping[str, str], forms: Iterable[tuple[str, str]]
) -> Head:
    """The head of the page of a question, asked with ``values``."""
    canonical = asked.at("").question(question.name, values=values)
    return of_listing(opened, asked, canonical, forms, question.description or question.title)


def of_downloads(opened: Published, asked: Asked, items: Iterable[tuple[str, str]]) -> Head:
    """The head of the page of downloads; ``items`` are paths of files with their media types, the first before all."""
    at = nearby(opened, asked)
    some = list(items)
    links = [
        Link("cite-as", root(opened, asked)),
        *_licences(opened),
        *(Link("describedby", at.download(name), kind) for name, kind in files.describing(opened).items()),
        *(Link("item", at.download(path), kind) for path, kind in some[:_MOST_ITEMS]),
        Link("alternate", at.page("downloads.json"), "application/json"),
    ]
    what = f"All files of {in_line(opened.site.title)}, with size and checksum."
    return Head(whole(opened, asked).page("downloads"), what, "website", tuple(links))


def of_changes(opened: Published, asked: Asked, collection: Collection | None, following: str, before: str) -> Head:
    """The head of a page of changes: of a ``collection`` or of all, ``before`` a place or the newest."""
    at, name = nearby(opened, asked), collection.name if collection else ""
    feed_of = at.page(collection.address, "changes.atom") if collection else at.page("changes.atom")
    links = [
        Link("alternate", at.changes(name, before, "json"), TYPES["json"]),
        Link("alternate", feed_of, ATOM_TYPE),
        *([Link("next", at.changes(name, following))] if following else []),
        *_licences(opened),
    ]
    of = f" in {in_line(collection.title)}" if collection else ""
    what = f"What was changed{of}, by release and day, with who says what. {in_line(opened.site.title)}"
    return Head(whole(opened, asked).changes(name, before), shortened(what, 300), "website", tuple(links))


def of_history(opened: Published, asked: Asked, collection: Collection, key: str, said: Statement | None) -> Head:
    """The head of the page of a record's history."""
    at = nearby(opened, asked)
    links = [
        Link("alternate", at.history(collection.address, key, "json"), TYPES["json"]),
        Link("alternate", at.history(collection.address, key, "atom"), ATOM_TYPE),
        Link("collection", at.record(collection.address, key), "text/html"),
        *_licences(opened),
    ]
    title = f"The history of a record of {in_line(collection.title)} in: {in_line(opened.site.title)}."
    told = linked.in_brief(said, _LONGEST) if said else title
    return Head(whole(opened, asked).history(collection.address, key), told, "website", tuple(links))


def of_coverage(opened: Published, asked: Asked, collection: Collection, key: str) -> Head:
    """The head of the page of what a document carries."""
    links = [
        Link("alternate", nearby(opened, asked).coverage(collection.address, key, "json"), TYPES["json"]),
        *_licences(opened),
    ]
    what = f"Which passages of a document carry records of {in_line(opened.site.title)}: numbers, places and hashes."
    return Head(whole(opened, asked).coverage(collection.address, key), shortened(what, 300), "website", tuple(links))


def of_releases(opened: Published, asked: Asked) -> Head:
    """The head of the list of versions that are kept."""
    links = [Link("alternate", nearby(opened, asked).page("releases.json"), TYPES["json"]), *_licences(opened)]
    what = f"The releases of {in_line(opened.site.title)} that are kept, with their files and checksums."
    return Head(whole(opened, asked).page("releases"), shortened(what, 300), "website", tuple(links))


def of_kept(opened: Published, asked: Asked, version: str) -> Head:
    """The head of the page of a version that is kept."""
    what = f"Release {version} of {in_line(opened.site.title)}: all its files, with size and checksum."
    return Head(whole(opened, asked).kept(version), shortened(what, 300), "website", tuple(_licences(opened)))


def of_past(opened: Published, asked: Asked, collection: Collection, key: str, version: str) -> Head:
    """The head of the page of a record as of a version: the page that counts is that of today."""
    what = f"A record of {in_line(collection.title)} as it was in release {version} of: {in_line(opened.site.title)}."
    address = whole(opened, asked).record(collection.address, key)
    return Head(address, shortened(what, 300), "article", tuple(_licences(opened)))


def _makers(opened: Published) -> Iterator[Link]:
    """The licences, and who made the book, as far as they have an ORCID."""
    yield from _licences(opened)
    yield from (Link("author", one.orcid) for one in opened.about.makers if one.orcid)


def _licences(opened: Published) -> Iterator[Link]:
    return (Link("license", one) for one in licences(opened))


def _feed(opened: Published, asked: Asked) -> Iterator[Link]:
    if feed.is_there(opened):
        yield Link("alternate", nearby(opened, asked).page("feed.atom"), ATOM_TYPE)
    if past.is_kept(opened):
        yield Link("alternate", nearby(opened, asked).page("changes.atom"), ATOM_TYPE)


def _files(opened: Published) -> list[File]:
    """The files of the release as its list has them, those of all of the book first; none where there is no list.

    No more than a page can carry: index.json has all.
    """
    try:
        found = index_json.files(opened.folder).values()
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return sorted(found, key=lambda one: one.of != "")[:_MOST_FILES]
