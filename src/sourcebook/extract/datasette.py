# SPDX-License-Identifier: Apache-2.0
"""Datasette's configuration: titles, licence, column descriptions, labels, facets, search and canned queries.

Datasette 0.65 reads all of it from one metadata file; 1.0 reads words from metadata and behaviour from configuration.
``metadata.json`` serves the first alone and the second together with ``datasette.json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sourcebook.book import Book, defaults_of
from sourcebook.sqlite import INDEPENDENCE, RECORDS
from sourcebook.tables import Table
from sourcebook.tables.derived import tells_origins
from sourcebook.tables.whole_book import Plans

METADATA = "metadata.json"
DATASETTE = "datasette.json"


_HISTORY = {
    "_versions": "The commits that changed records or tables, the oldest first.",
    "_changes": "What each of them changed: a record, or a property of it.",
}


def datasette_metadata(book: Book, plans: Plans) -> dict[str, Any]:
    """Everything about the book for ``datasette --metadata``, for either version."""
    about = _about(book)
    return {
        **about,
        "plugins": {"sourcebook": _plugin(book)},
        "databases": {
            book.name: {
                **about,
                "tables": {
                    **{t.name: {**_words(t), **_license(book), **_behaviour(book, t)} for t in _tables(plans)},
                    RECORDS: {
                        "hidden": True,
                        **_license(book),
                        "description": "Every record whole, and where it stands.",
                    },
                    **{
                        name: {"hidden": True, **_license(book), "description": words}
                        for name, words in _HISTORY.items()
                    },
                    **_independence(book, {**_license(book), "description": _INDEPENDENCE}),
                    **{view.name: {**_view(view.header), **_license(book)} for view in book.views},
                },
                "queries": dict(_queries(book)),
            }
        },
    }


def datasette_config(book: Book, plans: Plans) -> dict[str, Any]:
    """What Datasette 1.0 takes from ``--config``: settings, behaviour of tables, canned queries."""
    return {
        "settings": SETTINGS,
        "plugins": {"sourcebook": _plugin(book)},
        "databases": {
            book.name: {
                "tables": {
                    **{t.name: _behaviour(book, t) for t in _tables(plans)},
                    **{name: {"hidden": True} for name in (RECORDS, *_HISTORY)},
                    RECORDS: {"hidden": True},
                    **_independence(book),
                },
                "queries": dict(_queries(book)),
            }
        },
    }


# Limits for a site that is open to the world. Facet suggestion makes a table page slower than anything else on it, and
# the CSV stream ends in silence at its limits: the downloads are files.
SETTINGS = {
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 1000,
    "suggest_facets": False,
    "allow_csv_stream": False,
    "allow_download": True,
    "default_cache_ttl": 5,
    "num_sql_threads": 3,
}


_INDEPENDENCE = (
    "On how many origins each statement rests, and what is said of each record, at least and at most, and why. It says "
    "nothing of whether what is said is true."
)


def _independence(book: Book, words: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is said of the table of origins, where the book has one."""
    return {INDEPENDENCE: {"hidden": True, **(words or {})}} if tells_origins(book) else {}


def _plugin(book: Book) -> dict[str, Any]:
    """What our plugin is told: the defaults of parameters too, which Datasette lacks: the plugin fills them in."""
    defaults = {query.name: dict(found) for query in book.queries if (found := defaults_of(query))}
    return {"database": book.name, **({"defaults": defaults} if defaults else {})}


def _tables(plans: Plans) -> Iterator[Table]:
    for plan in plans.values():
        yield from plan.tables


def _about(book: Book) -> dict[str, Any]:
    words = {"title": book.title, "description": book.descriptor.get("description", "")}
    if book.descriptor.get("homepage"):
        words |= {"about": "Home page", "about_url": book.descriptor["homepage"]}
    sources = [source for source in book.descriptor.get("sources", ()) if source.get("title")]
    if sources:
        words["source"] = "; ".join(source["title"] for source in sources)
    return {**{key: value for key, value in words.items() if value}, **_license(book)}


def _license(book: Book) -> dict[str, str]:
    licenses = book.descriptor.get("licenses") or [{}]
    words = {"license": licenses[0].get("title") or licenses[0].get("name"), "license_url": licenses[0].get("path")}
    return {key: value for key, value in words.items() if value}


def _words(table: Table) -> dict[str, Any]:
    columns = {column.name: column.note.told for column in table.published if column.note.told}
    words: dict[str, Any] = {"title": table.title, "description": table.description, "columns": columns}
    return {key: value for key, value in words.items() if value}


def _behaviour(book: Book, table: Table) -> dict[str, Any]:
    behaviour: dict[str, Any] = {"label_column": table.label or table.primary_key[0]}
    if table.searchable:
        behaviour |= {"fts_table": table.search_name, "fts_pk": table.rowid}
    columns = {column.name for column in table.columns}  # a facet may be a list too, which Datasette has no column of
    facets = [one for one in book.by_name[table.collection].facets if table.parent is None and one in columns]
    if facets:
        behaviour["facets"] = facets
    return behaviour


def _view(header: Any) -> dict[str, Any]:
    return {key: header[key] for key in ("title", "description") if isinstance(header.get(key), str)}


def _queries(book: Book) -> Iterator[tuple[str, dict[str, Any]]]:
    for query in book.queries:
        yield query.name, {"sql": query.sql.strip(), **_view(query.header)}
