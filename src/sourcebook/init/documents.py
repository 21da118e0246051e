# SPDX-License-Identifier: Apache-2.0
"""Files of many documents: one collection, or several, told apart by a property's value or by position."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sourcebook.init.draft import Draft
from sourcebook.init.structure import clusters, coherent
from sourcebook.init.words import KINDS

_MOST_KINDS = 20


def split(draft: Draft) -> list[Draft]:
    """The drafts that a draft of documents comes apart into; itself where its documents are built alike."""
    values = [entry.value for entry in draft.entries]
    if draft.layout != "documents" or len(clusters(values)) < 2:
        return [draft]
    return _by_property(draft, values) or _by_position(draft) or [draft]


def _by_property(draft: Draft, values: list[dict[str, Any]]) -> list[Draft]:
    """One draft a value of the property that tells documents apart; none where no property does."""
    names = sorted(values[0], key=lambda name: (name not in KINDS, list(values[0]).index(name)))
    for name in names:
        told = [one for value in values if isinstance(one := value.get(name), str)]
        if len(told) < len(values):
            continue
        kinds = list(dict.fromkeys(told))
        groups = [[value for value in values if value[name] == kind] for kind in kinds]
        if 1 < len(kinds) <= min(_MOST_KINDS, len(values) // 2) and all(map(coherent, groups)):
            folder = posixpath.dirname(draft.home)
            return [
                replace(draft, home=posixpath.join(folder, kind.replace("/", "_")), select={name: kind})
                for kind in kinds
            ]
    return []


def _by_position(draft: Draft) -> list[Draft]:
    """One draft a position, where every file has as many documents and those at one position are built alike."""
    counts = {len(one.parsed.documents) for one in draft.files}
    if len(draft.files) < 2 or len(counts) != 1:
        return []
    count = counts.pop()
    if not all(coherent(_at(draft, number)) for number in range(count)):
        return []
    return [replace(draft, home=f"{draft.home}-{number + 1}", select=number) for number in range(count)]


def _at(draft: Draft, number: int) -> Iterable[Any]:
    return [one.parsed.documents[number].value for one in draft.files]
