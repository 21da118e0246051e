# SPDX-License-Identifier: Apache-2.0
"""What blaming says, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sourcebook.exact import dumps
from sourcebook.finding import printable

_MOST = 100  # characters of a value


@dataclass(frozen=True, slots=True)
class Was:
    """What a property became by a commit, the empty text where it is not committed yet.

    ``day`` is that of the commit (UTC), ``at`` its time. ``by`` is the role that the record says made this change,
    ``key`` and ``file`` are where the record was then. It was no part of the record where it was ``gone``.
    """

    commit: str
    at: str
    value: Any
    by: str
    key: str
    file: str
    gone: bool = False

    @property
    def day(self) -> str:
        """The day of the commit."""
        return self.at[:10]

    def __str__(self) -> str:
        when = f"{self.day}  {self.commit[:10]}" if self.commit else "not committed yet     "
        value = "(nothing)" if self.gone else dumps(self.value)
        shown = value if len(value) <= _MOST else f"{value[:_MOST]} …"
        return printable(f"{when}  {shown}{f'  by {self.by}' if self.by else ''}")


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a record: what it was, the newest first. ``known`` is whether older commits are here."""

    name: str
    values: tuple[Was, ...]


@dataclass(frozen=True, slots=True)
class Blamed:
    """A record with its properties; ``whole`` where all were asked for, and only the last change is told of each.

    ``notes`` are what could not be followed.
    """

    collection: str
    key: str
    file: str
    properties: tuple[Property, ...]
    whole: bool
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "collection": self.collection,
            "key": self.key,
            "file": self.file,
            "properties": [
                {"property": one.name, "values": [_as_dict(was) for was in one.values]} for one in self.properties
            ],
            "notes": list(self.notes),
        }

    def lines(self) -> Iterator[str]:
        """The same in words."""
        yield printable(f"{self.collection}/{self.key}  {self.file}")
        if self.whole:
            longest = max((len(one.name) for one in self.properties), default=0)
            for one in self.properties:
                yield f"  {printable(one.name):<{longest}}  {one.values[0]}"
        else:
            for one in self.properties:
                yield f"  {printable(one.name)}"
                yield from (f"    {was}" for was in one.values)
        yield from (printable(note) for note in self.notes)


def _as_dict(was: Was) -> dict[str, Any]:
    found = asdict(was)
    gone = found.pop("gone")
    return {**found, "commit": was.commit or None, "at": was.at or None, "day": was.day or None} | (
        {"value": None, "absent": True} if gone else {}
    )
