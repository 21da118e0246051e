# SPDX-License-Identifier: Apache-2.0
"""What is told of those who refer to a record, as values, and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sourcebook.validation.wording import many


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference to the record: where it stands, in which property of which record, and what it says.

    ``path`` and ``line`` are of the file, ``where`` is the property as people write its path, ``pointer`` is an RFC
    6901 JSON pointer into the record. ``part`` is the part that the reference plays in it, as the collection's role has
    it (``denies``, ``about``), ``words`` the same in words; ``at_key`` says that it is the key of a map. Without the
    record it would mean what ``otherwise`` names, or nothing.
    """

    path: str
    line: int
    column: int
    collection: str
    key: str
    label: str
    where: str
    pointer: str
    written: str | int
    at_key: bool = False
    part: str = ""
    words: str = ""
    otherwise: str = ""

    @property
    def dangles(self) -> bool:
        """Whether it would mean no record."""
        return not self.otherwise

    def __str__(self) -> str:
        """A line, at its place."""
        label = f" ({self.label})" if self.label and self.label != self.key else ""
        says = f": {self.words}" if self.words else ""
        other = f"; without it, this would mean {self.otherwise}" if self.otherwise else ""
        return f"{self.path}:{self.line}:{self.column}: {self.collection} {self.key}{label}, {self.where}{says}{other}"


@dataclass(frozen=True, slots=True)
class Named:
    """A place that names the record and is no reference: a log of corrections, a list of curating, a script."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        """A line, at its place."""
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Referred:
    """A record, ``mentions`` that refer to it, and where it is ``named`` besides. ``path`` and ``line`` are its own."""

    collection: str
    key: str
    label: str
    path: str
    line: int
    mentions: tuple[Mention, ...] = ()
    named: tuple[Named, ...] = ()

    def lines(self) -> Iterator[str]:
        """The same in lines, as people read it."""
        label = f" ({self.label})" if self.label and self.label != self.key else ""
        yield f"{self.path}:{self.line}: {self.collection} {self.key}{label}"
        if not self.mentions:
            yield "Nothing refers to it."
        else:
            files = len({one.path for one in self.mentions})
            dangling = sum(one.dangles for one in self.mentions)
            count = len(self.mentions)
            yield f"{many(count, 'reference')} in {many(files, 'file')}; {_without(dangling, count)}:"
            yield from map(str, self.mentions)
            if parts := Counter(one.words for one in self.mentions if one.words):
                yield "In all: " + ", ".join(f"{count:,} × {words}" for words, count in parts.most_common()) + "."
        if self.named:
            yield "Named besides, by no reference:"
            yield from map(str, self.named)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self) | {"mentions": [asdict(one) | {"dangles": one.dangles} for one in self.mentions]}


def _without(dangling: int, count: int) -> str:
    if dangling == count:
        return "without the record it would mean none" if count == 1 else "without the record they would mean none"
    return f"without the record {dangling:,} of them would mean none, and {count - dangling:,} another"
