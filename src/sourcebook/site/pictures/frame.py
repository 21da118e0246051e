# SPDX-License-Identifier: Apache-2.0
"""What all pictures share: marks that lead to records, the rows that say the same below them, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sourcebook.content.addresses import Addresses
from sourcebook.content.labels import Labels
from sourcebook.content.statements import Statement, attributed
from sourcebook.content.values import shortened
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Asked
from sourcebook.site.cards import Card, cards
from sourcebook.site.parameters import PAGE, no_page, number_of_page

ROWS = 200
"""Rows of a table below a picture, at most."""
MARKS = 600
"""Marks of a picture, at most: of more, some are drawn as one."""
SERIES = 6
"""Kinds of marks that colours and shapes tell apart, from 0; more share the last one's."""

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture without its marks. ``told`` are sentences on what is not drawn; ``kind`` is also the name of its page.

    Lengths are those of the picture itself, which is shown as wide as there is room. One that ``scrolls`` is not made
    narrower than its text can be read, and moves sideways in a box of its own on a narrow screen; where its middle is
    what is asked for, it ``begins_in_middle``.
    """

    kind: str
    id: str
    title: str
    description: str
    width: float
    height: float
    told: tuple[str, ...] = ()
    scrolls: bool = False
    begins_in_middle: bool = False


@dataclass(frozen=True, slots=True)
class Legend:
    """What marks of a series stand for: ``number`` is that of its colour and shape."""

    number: int
    name: str
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table below a picture: a record, and in the further columns what the picture says of it."""

    id: str
    card: Card | Statement
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A page of the rows: from ``first`` on, counted from 0. ``links`` lead to others: relation, name, address.

    ``problem`` says what is wrong with the page that was asked for; it ``is_beyond`` the last where there are not so
    many.
    """

    page: int
    pages: int
    first: int
    count: int
    links: tuple[tuple[str, str, str], ...]
    size: int = ROWS
    problem: str = ""
    is_beyond: bool = False

    @property
    def last(self) -> int:
        """The number of its last row, counted from 1."""
        return min(self.first + self.size, self.count)


def row_id(picture: str, collection: Collection, key: str) -> str:
    """The ``id`` of a record's row in the table below a picture: marks name it as their ``data-row``.

    The picture is ``map``, ``timeline`` or ``network``: a page may have several, each with a row of the same record.
    """
    return f"row-{picture}-{collection.number}-{quote(key, safe='')}"


def turn(at: Addresses, asked: Asked, count: int, size: int = ROWS) -> Turn:
    """Which page of ``count`` rows is asked for, ``size`` on each; with what is wrong, where there is none such."""
    pages = max(1, -(-count // size))
    pages = min(pages, at.most_turned) if at.most_turned else pages
    number, problem = number_of_page(asked)
    beyond = no_page(number, pages)
    page = min(number, pages)
    ways = (
        ("first", "First", 1, page > 2),
        ("prev", "Previous", page - 1, page > 1),
        ("next", "Next", page + 1, page < pages),
        ("last", "Last", pages, page < pages - 1),
    )
    links = tuple((rel, name, address(at, asked, page=str(number))) for rel, name, number, there in ways if there)
    return Turn(page, pages, (page - 1) * size, count, links, size, problem or beyond, bool(beyond))


def status(turned: Turn, wrong: str) -> int:
    """The status of a page with a picture: 404 where there is no such page of rows, 400 where else is ``wrong``."""
    return 404 if turned.is_beyond else 400 if wrong else 200


def address(at: Addresses, asked: Asked, **changed: str | None) -> str:
    """The address of what is asked, with other parameters; None or empty takes one away. It begins at page 1."""
    pairs: Pairs = [
        (name, value)
        for name, values in asked.query.items()
        for value in values
        if name != PAGE and name not in changed and value
    ]
    pairs += [(name, value) for name, value in changed.items() if value and (name, value) != (PAGE, "1")]
    return at.listing(asked.path[0], pairs)


def rows(picture: str, labels: Labels, records: Sequence[tuple[Collection, str, tuple[str, ...]]]) -> list[Row]:
    """The rows of some records below a picture, in their order: each a collection, a key and cells.

    Statements are attributed.
    """
    by_collection: dict[str, dict[str, None]] = {}
    for collection, key, _ in records:
        by_collection.setdefault(collection.name, {})[key] = None
    read = {
        (name, card.key): card
        for name, keys in by_collection.items()
        for card in cards(labels, labels.opened.site.collection(name), list(keys))
    }
    return list(_rows(picture, read, records))


def _rows(
    picture: str,
    read: dict[tuple[str, str], Card | Statement],
    records: Sequence[tuple[Collection, str, tuple[str, ...]]],
) -> Iterator[Row]:
    for collection, key, cells in records:
        card = read.get((collection.name, key))
        if card is not None:
            yield Row(row_id(picture, collection, key), card, cells)


def named(card: Card | Statement) -> str:
    """A record in the words of a mark: its label; a statement with who says it and what answers it, never cut."""
    return attributed(card) if isinstance(card, Statement) else shortened(card.label, 120)
