# SPDX-License-Identifier: Apache-2.0
"""How a release is cited, in the files that forges and archives read at the top of a repository.

``CITATION.cff`` and ``.zenodo.json`` are written from the descriptor where there are none. Of those that are there the
version and the day are changed, by position, the version also where the message of a citation names it, and nothing
else: what a person wrote in them stays.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Any

from sourcebook.book import Book
from sourcebook.content.about_book import About, Agent
from sourcebook.edit.beside import edited_beside
from sourcebook.edit.text import Put
from sourcebook.exact import dumps
from sourcebook.parse import parse

_ORDER = (
    (
        "cff-version",
        "message",
        "type",
        "title",
        "abstract",
        "authors",
        "contact",
        "version",
        "date-released",
        "license",
    ),
    ("upload_type", "title", "description", "creators", "version", "publication_date", "access_right", "license"),
)
_SOFTWARE = "software"


class NotOurs(Exception):
    """Why a file that lies there is left as it is."""


def citation(
    book: Book,
    path: str,
    data: bytes | None,
    version: str,
    day: str,
    message: Callable[[str], str],
    anew: Callable[[], str],
) -> bytes:
    """A CITATION.cff that says this version and day, also in its ``message``; made ``anew`` where there is none.

    Raises NotOurs where what lies there is about something else, CannotEdit where it cannot be read.
    """
    if data is None:
        text = anew()
        if not text:
            raise NotOurs(f"{path} was not written: the descriptor names nobody who made the book (contributors)")
        return text.encode()
    said = _mapping(path, data)
    if said.get("type", _SOFTWARE) != "dataset":
        raise NotOurs(
            f"{path} is left as it is: it is about {said.get('type', _SOFTWARE)}, and not about a dataset; say where "
            "the book's is to lie, at release.citation in the descriptor"
        )
    wanted = {"version": version, "date-released": day}
    if isinstance(said.get("message"), str):
        wanted["message"] = message(said["message"])
    return _put(book, path, data, wanted, said, _ORDER[0])


def zenodo(book: Book, path: str, data: bytes | None, version: str, day: str, about: Callable[[], About]) -> bytes:
    """A .zenodo.json that says this version and day; made from the descriptor where there is none.

    Raises NotOurs where there can be none, or what lies there is about something else; CannotEdit where it cannot be
    read.
    """
    if data is None:
        return _made(path, about(), version, day)
    said = _mapping(path, data)
    if said.get("upload_type", "dataset") != "dataset":
        raise NotOurs(
            f"{path} is left as it is: it is about {said['upload_type']}, and not about a dataset; say where the "
            "book's is to lie, or false, at release.zenodo in the descriptor"
        )
    return _put(book, path, data, {"version": version, "publication_date": day}, said, _ORDER[1])


def _put(
    book: Book, path: str, data: bytes, wanted: dict[str, str], said: dict[str, Any], order: tuple[str, ...]
) -> bytes:
    changes = [Put(0, (name,), value) for name, value in wanted.items() if said.get(name) != value]
    return edited_beside(book, path, data, changes, {(): order}) if changes else data


def _mapping(path: str, data: bytes) -> dict[str, Any]:
    parsed = parse(data, path)
    value = parsed.documents[0].value if len(parsed.documents) == 1 and not parsed.broken else None
    if not isinstance(value, dict):
        raise NotOurs(f"{path} is left as it is: it cannot be read as one mapping")
    return value


def _made(path: str, about: About, version: str, day: str) -> bytes:
    """The metadata that Zenodo takes of a dataset (https://developers.zenodo.org/#representation)."""
    known = [one.spdx for one in about.licences if one.spdx]
    if len(known) != 1:
        why = "names none that is in the SPDX list" if not known else "names several licences, and Zenodo takes one"
        raise NotOurs(f"{path} was not written: the descriptor {why}; Zenodo would take a licence of its own")
    if not about.makers:
        raise NotOurs(f"{path} was not written: the descriptor names nobody who made the book (contributors)")
    data: dict[str, Any] = {
        "upload_type": "dataset",
        "title": about.title,
        "description": "".join(f"<p>{html.escape(one, quote=False)}</p>" for one in about.told.split("\n\n")),
        "creators": [_person(one) for one in about.makers],
        "version": version,
        "publication_date": day,
        "access_right": "open",
        "license": known[0].lower(),
        "keywords": list(about.keywords),
        "related_identifiers": list(_related(about)),
    }
    return (dumps({name: value for name, value in data.items() if value}, indent=2) + "\n").encode()


def _person(one: Agent) -> dict[str, str]:
    name = f"{one.family}, {one.given}" if one.family and one.given else one.name
    orcid = one.orcid.rpartition("/")[2]
    return {
        key: value for key, value in {"name": name, "affiliation": one.affiliation, "orcid": orcid}.items() if value
    }


def _related(about: About) -> Iterator[dict[str, str]]:
    if about.repository:
        yield {"identifier": about.repository, "relation": "isDerivedFrom", "resource_type": "dataset"}
    if about.homepage:
        yield {"identifier": about.homepage, "relation": "isDocumentedBy"}
