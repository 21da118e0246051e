# SPDX-License-Identifier: Apache-2.0
"""Where the passages of a record stand in the texts of its sources, as its anchors say; the texts are not here."""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.content.labels import Reference
from sourcebook.content.records import Part, Record
from sourcebook.extract.site import Collection


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a passage stands in the text of a ``document``, as an anchor says; with what it quotes of it."""

    start: str
    end: str
    sha256: str
    quote: str
    document: Reference | None


def anchor_paths(collection: Collection) -> set[str]:
    """The paths of anchors that stand in records themselves, and not in the items of a list."""
    return {path.removesuffix("[]") for path in collection.anchors if "[]" not in path.removesuffix("[]")}


def passages_of(collection: Collection, record: Record) -> list[Passage]:
    """Those of its own anchors. What else an anchor holds is for programs."""
    found = []
    for path, source in collection.anchors.items():
        part = record.part(path.removesuffix("[]")) if path.removesuffix("[]") in anchor_paths(collection) else None
        for one in _each(part) if part else ():
            told = {inner.field.path.rpartition(".")[2]: inner.values[0].text for inner in one if inner.values}
            if told.keys() >= {"start", "end", "sha256"}:
                named = record.part(source)
                to = next((value for value in (named.values if named else ()) if isinstance(value, Reference)), None)
                found.append(Passage(told["start"], told["end"], told["sha256"], told.get("quote", ""), to))
    return found


def _each(part: Part) -> list[tuple[Part, ...]]:
    return [tuple(item.parts) for item in part.items] or [tuple(part.parts)]
