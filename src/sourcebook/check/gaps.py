# SPDX-License-Identifier: Apache-2.0
"""What follows from a mistake in the descriptor or a schema: findings that say of it a second time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sourcebook.book import DESCRIPTOR
from sourcebook.finding import Finding


@dataclass(frozen=True)
class Gaps:
    """What a book leaves unsaid: by its descriptor (``lost``), and of the collections at ``places`` in that.

    Where ``astray``, it is not known which files are records; where ``shared``, not what all of them are read for.
    ``schemas`` are the files of schemas, sound or not; ``named`` the properties that the descriptor names in vain.
    """

    lost: Mapping[str, frozenset[str]]
    places: Mapping[str | int, str]
    astray: bool
    shared: bool
    schemas: frozenset[str]
    named: frozenset[str]

    def explain(self, one: Finding) -> bool:
        """Whether a finding may follow from what is told already."""
        match one.rule:
            case "file-unclaimed":
                return self.astray or one.path in self.schemas
            case "file-part-unclaimed" | "file-claimed-twice":
                return self.shared
            case "layout":
                return self.shared and "no collection selects" in one.message
            case "anchor-quote":
                return "quote_words" in self.lost.get("", ())
            case "collection-empty":
                return "may_be_empty" in self.lost.get(collection_of(one, self.places), ())
            case "column-name":
                return any("rename" in keys for keys in self.lost.values())
            case "schema":  # the schema may lack what the descriptor and the records have
                return any(one.message == f"the property {name!r} is unknown here" for name in self.named)
        return False


def collection_of(finding: Finding, places: Mapping[str | int, str]) -> str:
    """The collection in whose resource of the descriptor a finding stands; the empty text where in none."""
    parts = finding.pointer.split("/")
    inside = finding.path == DESCRIPTOR and parts[1:2] == ["resources"] and len(parts) > 2
    return places.get(int(parts[2]), "") if inside else ""
