# SPDX-License-Identifier: Apache-2.0
"""Addresses to pages: which function makes the page at an address, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sourcebook.book.taken import LISTED
from sourcebook.content import past
from sourcebook.content.addresses import DOWNLOADS, FEED, STATIC
from sourcebook.site import absent, in_browser
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines import built, change_feeds, feed, files, llms, openapi, robots, sitemap
from sourcebook.site.pages import (
    as_of,
    changes,
    coverage,
    downloads,
    entity,
    history,
    home,
    kept,
    listing,
    map,
    network,
    question,
    schema,
    search,
    timeline,
)
from sourcebook.site.parameters import wrong
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

Page = Callable[[Published, Asked], Answer | None]

_FIXED: Mapping[str, Page] = {
    "": home.answer,
    "search": search.answer,
    "search.json": search.answer,
    "schema": schema.answer,
    "schema.json": schema.answer,
    "downloads": downloads.answer,
    "downloads.json": downloads.answer,
    "changes": changes.answer,
    "changes.json": changes.answer,
    "releases": kept.answer,
    "releases.json": kept.answer,
    "questions": question.answer,
    "map": map.answer,
    "timeline": timeline.answer,
    "network": network.answer,
    # for other programs
    **dict.fromkeys(files.AT_ROOT, files.answer),
    built.NAME: built.answer,
    FEED: change_feeds.answer,
    "feed.atom": feed.answer,
    "llms.txt": llms.answer,
    "openapi.json": openapi.answer,
    "robots.txt": robots.answer,
    "sitemap.xml": sitemap.answer,
}


_IN_BROWSER: Mapping[tuple[str, ...], Callable[[Published, Asked], Answer]] = {
    ("search",): in_browser.search,
    ("sql",): in_browser.sql,
}
"""Pages of a static twin for which a server would be asked."""
_FOLDER = (tuple(DOWNLOADS.rstrip("/").split("/")), tuple(DOWNLOADS.split("/")))  # without and with a slash at its end


def answer(opened: Published, asked: Asked) -> Answer:
    """What the site answers; the page of what is not there, where nothing is at the address."""
    if asked.twin and asked.path in _IN_BROWSER:
        return _IN_BROWSER[asked.path](opened, asked)
    found = _page(opened, asked.path)
    made = found(opened, asked) if found else None
    if found is None or made is None:
        return absent.answer(opened, asked)
    problems = "" if found in _SAY_THEMSELVES else " ".join(wrong(asked, _taken(found, asked)))
    return page("refused", opened, asked, status=400, refused=problems, told=problems) if problems else made


_SAY_THEMSELVES = (
    changes.answer,
    history.answer,
    listing.answer,
    map.answer,
    network.answer,
    question.answer,
    timeline.answer,
)
"""Pages whose parameters are told by what the book has: they look at them themselves."""


def _taken(found: Page, asked: Asked) -> tuple[str, ...]:
    """The parameters that another page takes."""
    if found is search.answer:
        return ("q",)
    if found is entity.answer:
        return ("key", "form") if asked.path[1] == "-" else ("form",)
    if found is as_of.answer:
        return ("key", "form") if asked.path[3] == "-" else ()
    if found is change_feeds.answer:
        return ("key", "before") if asked.path[1:2] == ("-",) else ("before",)
    return ()


def is_own(opened: Published, path: tuple[str, ...]) -> bool:
    """Whether a page of the site may be at the address of these segments."""
    return _page(opened, path) is not None or "/".join(path).startswith(STATIC)


def is_large(opened: Published, path: tuple[str, ...]) -> bool:
    """Whether the address is of all records of a listing as a file, which is made while it is sent."""
    stem, _, form = (path[0] if len(path) == 1 else "").rpartition(".")
    return form in LISTED and stem in opened.addressed


def _page(opened: Published, path: tuple[str, ...]) -> Page | None:
    first = path[0] if path else ""
    if path in _FOLDER:
        return downloads.lead
    if first in _FIXED:
        most = 2 if _FIXED[first] is question.answer else 1
        if first == "releases":
            return kept.answer  # files of a version may be in folders
        return _FIXED[first] if len(path) <= most else None
    if first == "as-of":
        return as_of.answer if len(path) == 4 else None
    if len(path) > 1 and first in opened.addressed:
        return _below(opened, path)
    stem, dot, form = first.rpartition(".")
    if len(path) == 1 and (first in opened.addressed or (dot and form in LISTED and stem in opened.addressed)):
        return listing.answer
    return sitemap.answer if len(path) == 1 and sitemap.is_part(first) else None


def _below(opened: Published, path: tuple[str, ...]) -> Page | None:
    """The page at an address below that of a collection: a record, the history of one, or a feed."""
    _, key, *rest = path
    if not rest:
        if key == FEED and past.is_kept(opened):
            return change_feeds.answer
        return entity.answer if key else listing.answer
    if len(rest) == 1 and rest[0] in coverage.NAMES:
        return coverage.answer
    if len(rest) == 1 and rest[0] in absent.HISTORIES:
        return change_feeds.answer if rest[0].endswith(".atom") else history.answer
    return None
