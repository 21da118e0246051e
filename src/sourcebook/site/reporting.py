# SPDX-License-Identifier: Apache-2.0
"""Where a reader reports an error, and where a record stands in the book's repository: the book's own templates filled.

No address is made up: a book that names none has no link, and its pages say what a report should name instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from sourcebook.content.addresses import Addresses
from sourcebook.content.values import is_link, shortened
from sourcebook.site.answer import Asked
from sourcebook.site.published import Published

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TIP = "HEAD"  # what git calls the last commit, and forges take in the place of one
_MOST_OF_LABEL = 120  # characters: programs for mail refuse long addresses


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a record stands: its file and line; the addresses of that in the repository, as far as these are known.

    An address that ``moves`` is of the file as it is in the repository at any time, and not as it was in the release.
    """

    path: str
    line: int
    source: str = ""
    edit: str = ""
    blame: str = ""
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who may be asked, or somewhere: the descriptor names it, with an address."""

    name: str
    href: str


def report_address(
    opened: Published,
    asked: Asked,
    *,
    collection: str = "",
    key: str = "",
    label: str = "",
    stands: Stands | None = None,
) -> str:
    """Where to report an error in a record, or, without one, in the book; empty where the book does not say.

    The template is the descriptor's ``report_to``; what is put into it is the page that is ``asked`` for. Release and
    version are empty where a page does not say of which it is.
    """
    about, told = opened.site.about_book, asked.at(opened.site.name).tells_release
    return _filled(
        str(about.get("report_to", "")),
        {
            "collection": collection,
            "key": key,
            "label": shortened(label, _MOST_OF_LABEL),
            "release": opened.release if told else "",
            "version": str(about.get("version", "")) if told else "",
            "file": stands.path if stands else "",
            "line": str(stands.line) if stands else "",
            "url": asked.address,
        },
    )


def contacts(opened: Published) -> Iterator[Contact]:
    """Whom the descriptor names with an address: its contributors, and the book's own home page."""
    about = opened.site.about_book
    for one in about.get("contributors", ()):
        name = str(one.get("title") or one.get("organization") or one.get("path") or one.get("email") or "")
        mail = str(one.get("email", ""))
        for address in (f"mailto:{quote(mail, safe='@')}" if _is_mail(mail) else "", str(one.get("path", ""))):
            if is_link(address):
                yield Contact(name, address)
                break
    homepage = str(about.get("homepage", ""))
    if is_link(homepage):
        yield Contact(homepage, homepage)


def _is_mail(text: str) -> bool:
    return re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", text) is not None


def stands(opened: Published, at: Addresses, path: str, line: int) -> Stands:
    """Where a record stands that was curated at a ``line`` of the file ``path`` of the book.

    That is in the release's commit, where pages say of which release they are; else at the tip of the repository.
    """
    templates: Mapping[str, str] = opened.site.about_book.get("repository", {})
    commit = str(opened.source.get("commit", ""))
    values = {"commit": commit if at.tells_release else commit and _TIP, "path": path, "line": str(line)}
    known = {name: value for name, value in values.items() if value}
    return Stands(
        path,
        line,
        moves=not at.tells_release,
        **{
            name: _filled(template, known, safe="/")
            for name in ("source", "edit", "blame")
            if (template := templates.get(name, "")) and set(_PLACEHOLDER.findall(template)) <= known.keys()
        },
    )


def _filled(template: str, values: Mapping[str, str], safe: str = "") -> str:
    """A template with each value encoded as a part of an address."""
    return _PLACEHOLDER.sub(lambda found: quote(values.get(found[1], ""), safe=safe), template)
