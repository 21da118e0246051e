# SPDX-License-Identifier: Apache-2.0
"""The listing of a collection: its records, narrowed down by what the address says, page by page; and as one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.book.taken import LISTED
from sourcebook.content import past
from sourcebook.content.addresses import Addresses
from sourcebook.content.flat import xlsx as flat_xlsx
from sourcebook.content.flat.documents import documents
from sourcebook.content.flat.rows import Flat, csv_text
from sourcebook.content.flat.xlsx import MOST_COLUMNS, MOST_ROWS, XLSX, workbook
from sourcebook.content.labels import Labels
from sourcebook.content.statements import fetch, is_statement
from sourcebook.content.values import Shown
from sourcebook.extract.site import Collection
from sourcebook.site.answer import CSV, JSON, Answer, Asked, attachment
from sourcebook.site.cards import cards
from sourcebook.site.choosing.facets import facets, shown
from sourcebook.site.choosing.filters import NONE
from sourcebook.site.choosing.selection import Selection, orders, selection
from sourcebook.site.choosing.table_address import table_address
from sourcebook.site.head import link_header
from sourcebook.site.machines.heads import of_file, of_listing
from sourcebook.site.parameters import no_page
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

_ON_A_PAGE = 50
_STATEMENTS_ON_A_PAGE = 25  # which have their answers with them


@dataclass(frozen=True, slots=True)
class Used:
    """A filter that is in use, with one of its values; ``href`` leads to the listing without it."""

    title: str
    shown: Shown | None
    typed: str
    href: str


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The page of a collection, or all that it lists as a file: ``/COLLECTION.csv``."""
    first = asked.path[0]
    if first in opened.addressed:
        return _html(opened, asked, opened.addressed[first])
    stem, _, form = first.rpartition(".")
    return _file(opened, asked, opened.addressed[stem], form)


def page_size(collection: Collection) -> int:
    """How many records a page of a listing has."""
    return _STATEMENTS_ON_A_PAGE if is_statement(collection) else _ON_A_PAGE


def _html(opened: Published, asked: Asked, collection: Collection) -> Answer:
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    selected = selection(opened, collection, asked)
    size = page_size(collection)
    pages = max(1, -(-selected.count // size))
    problems = list(selected.problems)
    beyond = no_page(selected.page, pages)
    if beyond:
        problems.append(beyond)
    if problems and asked.data:
        return Answer.refusal(" ".join(problems), 404 if beyond else 400, data=True)
    start = (selected.page - 1) * size
    keys = [] if beyond else selected.keys(start, size)
    choices = list(facets(labels, collection, selected)) if at.narrows else []
    used = list(_used(labels, collection, selected))
    listed = cards(labels, collection, keys)
    fetch(labels)
    table, missing = table_address(at, collection, selected)
    forms = [(form, at.listing(collection.address, selected.query(), form)) for form in _forms()]
    canonical = at.listing(collection.address, selected.query(page=selected.page, order=""))
    what = collection.description or f"{collection.title}: {opened.site.title}"
    feed_at = at.page(collection.address, "changes.atom") if past.is_kept(opened) else ""
    return page(
        "listing",
        opened,
        asked,
        status=404 if beyond else 400 if problems else 200,
        head=None if problems else of_listing(opened, asked, canonical, forms, what, feed_at),
        collection=collection,
        selected=selected,
        problems=problems,
        used=used,
        facets=[one for one in choices if one.choices],
        cards=listed,
        first=start + 1,
        last=start + len(keys),
        turns=_turns(at, collection, selected, pages),
        pages=pages,
        orders=list(orders(collection)),
        forms=forms,
        table=table,
        missing=missing,
    )


def _forms() -> list[str]:
    return [form for form in LISTED if form != "xlsx" or flat_xlsx.is_there()]


def _used(labels: Labels, collection: Collection, selected: Selection) -> Iterator[Used]:
    if selected.typed:
        rest = [pair for pair in selected.query() if pair[0] != "q"]
        yield Used("Words", None, selected.typed, labels.at.listing(collection.address, rest))
    for name, (one, values) in selected.narrowed.items():
        for value in values:
            href = labels.at.listing(collection.address, selected.with_value(name, value))
            yield Used(one.title, shown(labels, one, value), "" if value == NONE else value, href)


def _turns(at: Addresses, collection: Collection, selected: Selection, pages: int) -> list[tuple[str, str, str]]:
    """The links that turn pages: of each its relation, its name, and where it leads."""
    now = min(selected.page, pages + 1)
    ways = (
        ("first", "First", 1, now > 2),
        ("prev", "Previous", now - 1, now > 1),
        ("next", "Next", now + 1, now < pages),
        ("last", "Last", pages, now < pages - 1),
    )
    return [
        (relation, name, at.listing(collection.address, selected.query(page=number)))
        for relation, name, number, there in ways
        if there
    ]


def _file(opened: Published, asked: Asked, collection: Collection, form: str) -> Answer:
    """All that a listing has, on all of its pages, as one file."""
    selected = selection(opened, collection, asked, paged=False)
    if selected.problems:
        return Answer.refusal("\n".join(selected.problems), 400, data=asked.data)
    at = asked.at(opened.site.name)
    keys = selected.keys()
    name = collection.name if selected.is_whole else f"{collection.name}-part"
    links = link_header(of_file(opened, asked, at.listing(collection.address, selected.query())))
    if form == "json":
        return Answer(b"", JSON, headers=links, pieces=documents(opened, at, collection, keys))
    flat = Flat(opened, at, collection, asked.site)
    if form == "csv":
        return Answer(b"", CSV, headers=attachment(f"{name}.csv") | links, pieces=csv_text(flat, keys))
    refused = _no_workbook(flat, len(keys), data=asked.data)
    if refused:
        return refused
    return Answer(
        b"",
        XLSX,
        headers=attachment(f"{name}.xlsx") | links,
        pieces=workbook(flat, keys, collection.title, opened.released if at.tells_release else ""),
    )


def _no_workbook(flat: Flat, count: int, *, data: bool) -> Answer | None:
    """Why there is no workbook, where there can be none."""
    if not flat_xlsx.is_there():
        missing = "XLSX is not offered here: the server lacks XlsxWriter (pip install 'sourcebook[xlsx]')."
        return Answer.refusal(f"{missing} The CSV has the same rows.", 501, data=data)
    if count > MOST_ROWS or len(flat.header) > MOST_COLUMNS:
        large = f"{count:,} rows of {len(flat.header):,} columns are more than a sheet of a workbook holds."
        return Answer.refusal(f"{large} The CSV has them all.", 400, data=data)
    return None
