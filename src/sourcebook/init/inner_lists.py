# SPDX-License-Identifier: Apache-2.0
"""Lists within a list that are collections of their own: what the items of an outer list only hold."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sourcebook.book import Each
from sourcebook.init.draft import Draft
from sourcebook.init.keys import is_named_key, property_key
from sourcebook.init.structure import coherent
from sourcebook.init.words import HOLDERS, IDENTIFIERS, singular, words

_FEWEST = 10  # items in all
_EACH = 3  # items that a holder has, on average
_MOST_BESIDE = 4  # properties of a holder beside its list


def inner(draft: Draft) -> Iterator[Draft]:
    """The drafts of lists in a draft's records, where these only hold them, as the categories of a list do."""
    if draft.layout not in ("list", "map") or draft.select is not None:
        return
    values = [entry.value for entry in draft.entries]
    for name in _lists(values):
        items = [item for value in values if isinstance(value, dict) for item in value.get(name) or ()]
        if len(items) < _FEWEST or len(items) < _EACH * len(values) or not coherent(items):
            continue
        found = replace(draft, home=_home(draft, name), layout="list", at=(*draft.at, Each(), name), notes=())
        key = property_key(found)
        if key is not None and is_named_key(key, found):
            yield found
        yield from inner(found)


def _lists(values: list[Any]) -> list[str]:
    """The property that records only hold: a list of mappings in most, beside little that says more of the record."""
    if not values or not all(isinstance(value, dict) for value in values):
        return []
    names = dict.fromkeys(name for value in values for name in value)
    held = [name for name in names if all(_is_list(value.get(name)) for value in values if value.get(name))]
    held = [name for name in held if 5 * sum(bool(value.get(name)) for value in values) >= 4 * len(values)]
    beside = [name for name in names if name not in held]
    plain = all(not isinstance(value.get(name), dict | list) for value in values for name in beside)
    is_holder = len(held) == 1 and len(beside) <= _MOST_BESIDE and plain and not {*map(str.lower, beside)} & IDENTIFIERS
    return held if is_holder else []


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _home(draft: Draft, name: str) -> str:
    """What gives the collection its name: the list's own, or that of its holders with it where it says nothing."""
    if name.lower() in HOLDERS:
        last = draft.at[-1] if draft.at else None
        outer = words(last if isinstance(last, str) else posixpath.basename(draft.home))
        name = "-".join((*outer[:-1], singular(outer[-1]), name)) if outer else name
    return posixpath.join(posixpath.dirname(draft.home), name.replace("/", "_"))
