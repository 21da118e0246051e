# SPDX-License-Identifier: Apache-2.0
"""What an edit comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sourcebook.compile.batch import Batch
from sourcebook.finding import Finding
from sourcebook.records.model import Source, Stand


@dataclass(frozen=True)
class Row:
    """A record as it is in the database, or is to be: its number there, where it stands, what it holds as JSON.

    ``batch`` is what it alone compiles to.
    """

    source: Source
    number: int
    stand: Stand
    text: str
    batch: Batch

    @property
    def collection(self) -> str:
        """The collection that it is of."""
        return self.source.collection.name

    @property
    def key(self) -> str:
        """Its key as text."""
        return str(self.stand[0])

    @property
    def is_suspect(self) -> bool:
        """Whether rules must look at it."""
        return bool(self.batch.suspects)

    @property
    def fields(self) -> list[Any]:
        """What it may be referred to by, besides its key."""
        return [column[0] for column in self.batch.fields]


@dataclass
class Changes:
    """What is other in the database than in the files: records that go, that come, and that stand at other places.

    A record that holds something else goes and comes.
    """

    gone: list[Row] = field(default_factory=list)
    come: list[Row] = field(default_factory=list)
    moved: list[tuple[int, Stand]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.gone or self.come or self.moved)

    @property
    def collections(self) -> set[str]:
        """The collections that have other records, or in other order."""
        return {row.collection for row in (*self.gone, *self.come)}


@dataclass(frozen=True)
class Outcome:
    """What became of edits: ``shown`` they are, ``same`` as before is all, or they are ``held`` back for ``findings``.

    ``anew`` means that all is to be read again, for a reason in words (``why``), since what they change is not known.
    """

    what: Literal["shown", "same", "held", "anew"]
    findings: Sequence[Finding] = ()
    why: str = ""
