# SPDX-License-Identifier: Apache-2.0
"""Datasette's own page of a collection's table, narrowed down as a listing is, as far as its filters go."""

from __future__ import annotations

from sourcebook.content.addresses import Addresses
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection
from sourcebook.site.choosing.filters import NONE, Filter
from sourcebook.site.choosing.selection import Pairs, Selection


def table_address(at: Addresses, collection: Collection, selected: Selection) -> tuple[str, tuple[str, ...]]:
    """The address, and what of the selection it does not have, in words."""
    query: Pairs = []
    missing = ["the words"] if selected.typed else []
    for one, values in selected.narrowed.values():
        found = _arguments(one, values)
        query += found
        missing += [] if found else [one.title]
    return at.table(collection.table, query), tuple(missing)


def _arguments(one: Filter, values: tuple[str, ...]) -> Pairs:
    """Datasette's arguments for a filter; none where it knows no such."""
    if one.own and len(one.sources) == 1:
        if values == (NONE,):
            return [(f"{one.own}__isblank", "1")]
        if NONE in values:
            return []
        stored = [_written(value, one.field.encoding) for value in values]
        return [(f"{one.own}__exact", stored[0])] if len(stored) == 1 else [(f"{one.own}__in", dumps(stored))]
    if len(one.sources) == 1 and len(values) == 1 and NONE not in values:
        (source,) = one.sources.values()
        if source.is_next:  # a list of the record itself: further in Datasette does not look
            through = {"table": source.table, "column": source.column, "value": values[0]}
            return [("_through", dumps(through))]
    return []


def _written(value: str, encoding: str) -> str:
    return {"true": "1", "yes": "1", "false": "0", "no": "0"}.get(value, value) if encoding == "boolean" else value
