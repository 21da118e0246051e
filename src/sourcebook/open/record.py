# SPDX-License-Identifier: Apache-2.0
"""One record of an opened book, and the references to it and from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sourcebook.errors import NotThere
from sourcebook.finding import Finding, pointer
from sourcebook.open.reader import Reader
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.validation.wording import did_you_mean
from sourcebook.where import Located


class Shelf(Protocol):
    """What a record is read from, and what is asked for its references."""

    @property
    def reader(self) -> Reader:
        """Reads the files of the book."""

    def refs(self, record: Record) -> Refs:
        """The references to a record and from it."""


class OpenRecord:
    """A record: what it says (``value``), and where it stands (``path``, ``line``).

    ``record["name"]`` is one of its properties.
    """

    __slots__ = ("_record", "_shelf")

    def __init__(self, shelf: Shelf, record: Record) -> None:
        self._shelf = shelf
        self._record = record

    @property
    def collection(self) -> str:
        """Name of the collection."""
        return self._record.collection

    @property
    def key(self) -> str | int:
        """The key that names it in its collection."""
        return self._record.key

    @property
    def value(self) -> Any:
        """All that it says, as plain data: dict, list, str, int, float, bool, None. No change of it is written."""
        return self._record.value

    @property
    def path(self) -> str:
        """The file that it is written in, from the book's folder, with ``/``."""
        return self._record.path

    @property
    def line(self) -> int:
        """The line that it begins at."""
        return self._record.line

    def __getitem__(self, name: str | int) -> Any:
        """A property by name; of a record that is a list, an item by its number.

        Raises NotThere, which is a KeyError, where it has none.
        """
        value = self._record.value
        if isinstance(value, dict) and name in value:
            return value[name]
        if isinstance(value, list) and isinstance(name, int) and -len(value) <= name < len(value):
            return value[name]
        raise NotThere(f"{self} has no property {name!r}: {_hint(name, value)}")

    def place(self, pointer: str = "", *, at_key: bool = False) -> Located:
        """The file, line and column of the value at a JSON pointer into the record: ``/sources/0/url``.

        The empty pointer is the record itself; ``at_key`` is where the key of the value begins. Raises NotThere where
        nothing is written at the pointer.
        """
        path = self._steps(pointer)
        reader = self._shelf.reader
        line, column = reader.place(self._record, path, at_key=at_key)
        lines = reader.lines(self.path)
        source = lines[line - 1] if line <= len(lines) else ""
        return Located(self.path, line, column, source, _pointer((*self._record.at, *path)))

    def refs(self) -> Refs:
        """Who refers to the record (``by``), and what it refers to (``to``): each with its place.

        Reads the whole book. Raises Unreadable where the descriptor or a schema has mistakes, so that it is not known.
        """
        return self._shelf.refs(self._record)

    def _steps(self, pointer: str) -> Path:
        if pointer and not pointer.startswith("/"):
            raise NotThere(f"{pointer!r} is no JSON pointer, which begins with a slash: did you mean '/{pointer}'?")
        path: list[str | int] = []
        value = self._record.value
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and name.isascii() and name.isdecimal() and int(name) < len(value):
                path.append(int(name))
                value = value[int(name)]
            elif isinstance(value, dict) and name in value:
                path.append(name)
                value = value[name]
            else:
                here = _pointer(path)
                raise NotThere(f"{self} has nothing at {pointer!r}: {_hint(name, value, here)}")
        return tuple(path)

    def __str__(self) -> str:
        """``claims/some-key``."""
        return f"{self.collection}/{self.key}"

    def __repr__(self) -> str:
        """The same, and where it stands."""
        return f"<record {self} at {self.path}:{self.line}>"

    def __eq__(self, other: object) -> bool:
        """Whether it is the same record of the same opened book."""
        return isinstance(other, OpenRecord) and self._shelf is other._shelf and str(self) == str(other)

    def __hash__(self) -> int:
        """By collection and key."""
        return hash(str(self))


@dataclass(frozen=True, slots=True)
class Ref:
    """One reference: the ``record`` that writes it, where in it (``pointer``), and as what (``written``).

    ``at_key`` says that it is the key of a mapping; ``to`` is the record that is meant, None where there is none.
    """

    record: OpenRecord
    pointer: str
    written: str | int
    at_key: bool
    to: OpenRecord | None

    @property
    def place(self) -> Located:
        """The file, line and column that it is written at."""
        return self.record.place(self.pointer, at_key=self.at_key)

    def __str__(self) -> str:
        """``claims/some-key/sources/0 refers to documents/report``."""
        meant = str(self.to) if self.to else f"{self.written!r}, which is no record"
        return f"{self.record}{self.pointer} refers to {meant}"


@dataclass(frozen=True, slots=True)
class Refs:
    """What refers to a record (``by``), and what it refers to (``to``), in the order of the book.

    ``unread`` is what keeps records from being read, which may refer to it or be meant: where it is empty, all is here.
    """

    by: tuple[Ref, ...]
    to: tuple[Ref, ...]
    unread: tuple[Finding, ...] = ()


_pointer = pointer  # which is the name of an argument, too


def _hint(name: object, value: Any, here: str = "") -> str:
    """What there is in place of a property."""
    where = f"{here or 'the record'}"
    if isinstance(value, list):
        return f"{where} is a list of {len(value)}"
    if not isinstance(value, dict):
        return f"{where} is a single value"
    return did_you_mean(name, value) or (f"there are {', '.join(map(str, value))}" if value else f"{where} is empty")
