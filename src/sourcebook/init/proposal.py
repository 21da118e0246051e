# SPDX-License-Identifier: Apache-2.0
"""A proposed collection: what the descriptor will say of it, and the tables that come of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.book import Collection, Each
from sourcebook.book.descriptor import collection_of
from sourcebook.init.draft import Draft
from sourcebook.tables import Plan, Wanted, plan_collection, shape_of
from sourcebook.validation.schemas import Schema


@dataclass(frozen=True)
class Proposal:
    """A collection as it will stand in the descriptor; ``schema`` is the path of its JSON Schema."""

    name: str
    draft: Draft
    records: tuple[str, ...]
    key: str | None
    schema: str
    references: Mapping[str, str | list[str]] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Title for readers."""
        return self.name.replace("_", " ").replace("-", " ").capitalize()

    @property
    def values(self) -> list[Any]:
        """The records as plain data."""
        return [entry.value for entry in self.draft.entries]

    def resource(self) -> dict[str, Any]:
        """The collection as a resource of the descriptor."""
        draft = self.draft
        pointer = "".join("/" + ("*" if isinstance(part, Each) else _escaped(part)) for part in draft.at)
        body = draft.body if draft.layout == "front-matter" else "body"
        block: dict[str, Any] = {
            "records": self.records[0] if len(self.records) == 1 else list(self.records),
            "schema": self.schema,
            "layout": draft.layout if draft.layout != "file" else None,
            "at": pointer or None,
            "select": draft.select,
            "key": self.key if self.key != "{stem}" else None,
            "body": body if body != "body" else None,
            "references": dict(self.references) or None,
            "rename": dict(self.rename) or None,
        }
        return {
            "name": self.name,
            "title": self.title,
            "path": f"build/csv/{self.name}.csv",
            "schema": f"build/tableschema/{self.name}.json",
            "sourcebook": {key: value for key, value in block.items() if value is not None},
        }

    def collection(self) -> Collection:
        """The collection that the resource makes."""
        return collection_of(self.resource(), ())


def _escaped(part: str) -> str:
    """A property's name as a step of ``at``."""
    return part.replace("~", "~0").replace("/", "~1").replace("*", "~2").replace("{", "~3")


def plan_of(proposal: Proposal, schema: Schema) -> Plan:
    """The tables of a proposed collection whose records have ``schema``."""
    one = proposal.collection()
    wanted = Wanted(
        one.name,
        one.title,
        one.description,
        one.key,
        one.label,
        one.key_column,
        one.references,
        one.rename,
    )
    return plan_collection(wanted, shape_of(schema))
