# SPDX-License-Identifier: Apache-2.0
"""The addresses that stand for each type of page of a built book: Sourcebook's own, and Datasette's in their place."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.sqlite import quote

MISSING = "not there (404)"
_MANY = 200  # different addresses of a type of page, at most
_PLAIN = re.compile("[A-Za-z0-9_-]+")  # keys and names that every server writes in an address as they are
_WORD = re.compile("[A-Za-z]{4,}")


@dataclass(frozen=True, slots=True)
class Compared:
    """A type of page: the addresses of Sourcebook's pages, and of Datasette's that they stand for. None answers for
    what only Sourcebook has.
    """

    page: str
    own: Sequence[str]
    datasette: Sequence[str]
    status: int = 200


def compared(release: Path) -> list[Compared]:
    """Every type of page that the book of a release has, by what the release says of its site."""
    site = json.loads((release / "site.json").read_bytes())
    database = "/" + site["database"].removesuffix(".db")
    with closing(sqlite3.connect(f"{(release / site['database']).as_uri()}?mode=ro", uri=True)) as connection:
        largest = _largest(connection, site["collections"])
        keys = [*_keys(connection, largest)]
        words = [*_words(connection, largest)]
    table = f"{database}/{largest['table']}"
    named = [one["name"] for one in site.get("questions", ()) if _PLAIN.fullmatch(one["name"])]
    missing = [f"/no/such/page-{number}" for number in range(_MANY)]
    found = [
        Compared("home", ["/"], [database]),
        Compared("entity", [f"/{largest['address']}/{key}" for key in keys], [f"{table}/{key}" for key in keys]),
        Compared(
            "listing",
            [f"/{one['address']}" for one in site["collections"]],
            [f"{database}/{one['table']}" for one in site["collections"]],
        ),
        Compared("search", [f"/search?q={word}" for word in words], [f"{table}?_search={word}" for word in words]),
        Compared("question", [f"/questions/{name}" for name in named], [f"{database}/{name}" for name in named]),
        Compared(MISSING, missing, missing, 404),
    ]
    return [one for one in found if one.own]


def _largest(connection: sqlite3.Connection, collections: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The collection of most records."""

    def rows(collection: dict[str, Any]) -> int:
        count: int = connection.execute(f"SELECT count(*) FROM {quote(collection['table'])}").fetchone()[0]
        return count

    return max(collections, key=rows)


def _keys(connection: sqlite3.Connection, collection: dict[str, Any]) -> Iterator[str]:
    """Keys from all over a collection."""
    key, table = quote(collection["key"]), quote(collection["table"])
    found = [str(one) for (one,) in connection.execute(f"SELECT {key} FROM {table} ORDER BY {key}")]
    simple = [one for one in found if _PLAIN.fullmatch(one)]
    yield from simple[:: max(1, len(simple) // _MANY)][:_MANY]


def _words(connection: sqlite3.Connection, collection: dict[str, Any]) -> Iterator[str]:
    """Words that are in the text of its records, one of a record."""
    said: set[str] = set()
    sql = "SELECT document FROM _records WHERE collection = ? ORDER BY key LIMIT 1000"
    for (document,) in connection.execute(sql, [collection["name"]]):
        words = {word.lower() for word in _WORD.findall(_texts(json.loads(document)))} - said
        if words and len(said) < 20:
            said.add(word := min(words))
            yield word


def _texts(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(map(_texts, value.values()))
    if isinstance(value, list):
        return " ".join(map(_texts, value))
    return value if isinstance(value, str) else ""
