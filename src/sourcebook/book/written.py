# SPDX-License-Identifier: Apache-2.0
"""Something that the book's curators wrote, and findings about it.

Where each value stands is read only when there is something to tell of one, since reading that is slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sourcebook.finding import Finding, Level, pointer
from sourcebook.parse import Limits, Place, Positions, parse

_NO_HINDRANCE = ("licence-missing", "schema-misspelt")  # to plan tables: the level of the rule is given to it later
_TOP = Positions({(): Place(1, 1)}, {}, {})  # of a file that holds nothing


@dataclass(frozen=True)
class Written:
    """A YAML text of one document in the file ``path``, and the ``value`` that was read from it."""

    value: Any
    data: bytes
    path: str
    limits: Limits = Limits()

    @cached_property
    def positions(self) -> Positions:
        """Where each key and value stands."""
        documents = parse(self.data, self.path, self.limits, positions=True).documents
        return (documents and documents[0].positions) or _TOP

    def finding(
        self,
        path: tuple[str | int, ...],
        message: str,
        hint: str = "",
        *,
        rule: str = "descriptor",
        at_key: bool = False,
    ) -> Finding:
        """A finding about the value (or its key) at ``path``."""
        place = self.positions.key(path) if at_key else self.positions.value(path)
        level: Level = "warning" if rule in _NO_HINDRANCE or rule.endswith("-near-miss") else "error"
        return Finding(self.path, *place, rule, message, level=level, hint=hint, pointer=pointer(path))
