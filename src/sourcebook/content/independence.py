# SPDX-License-Identifier: Apache-2.0
"""On how many origins a statement rests, or what is said of a record: at least, at most, and why. No verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sourcebook.book import STATEMENT
from sourcebook.content.opened import Opened
from sourcebook.extract.site import Collection, Site
from sourcebook.sqlite import INDEPENDENCE


@dataclass(frozen=True, slots=True)
class Range:
    """How many origins there are, of how many ``statements``; ``why`` is told in sentences."""

    statements: int
    at_least: int
    at_most: int
    why: str

    @property
    def told(self) -> str:
        """The range in words."""
        if self.at_least == self.at_most:
            return "1 origin" if self.at_most == 1 else f"{self.at_most:,} origins"
        return f"at least {self.at_least:,}, at most {self.at_most:,} independent origins"

    @property
    def data(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "statements": self.statements,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "because": self.why,
        }


def range_of(opened: Opened, collection: Collection, key: str) -> Range | None:
    """That of a record; None where nobody says anything of it, or the book does not tell of origins."""
    if not _tells(opened.site):
        return None
    sql = f"SELECT statements, at_least, at_most, why FROM {INDEPENDENCE} WHERE collection = ? AND key = ?"
    row = opened.connection.execute(sql, (collection.name, key)).fetchone()
    return Range(*row) if row else None


def _tells(site: Site) -> bool:
    roles = [one.roles for one in site.collections]
    linked = any({"repeats", "supports"} & one.get(STATEMENT, {}).keys() for one in roles)
    derived = any("derived_from" in one.get("source", {}) for one in roles)
    return any(STATEMENT in one for one in roles) and (linked or derived)
