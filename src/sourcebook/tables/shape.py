# SPDX-License-Identifier: Apache-2.0
"""The shapes that values may have, as far as tables care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sourcebook.book import Target


@dataclass(frozen=True, slots=True)
class Note:
    """What a schema says about a value for its readers: the data dictionary's entry."""

    title: str = ""
    description: str = ""
    format: str = ""
    choices: tuple[Any, ...] = ()
    pattern: str = ""
    min_length: int = 0
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None  # exclusiveMinimum
    below: float | None = None  # exclusiveMaximum
    references: tuple[Target, ...] = ()
    conditional: bool = False  # whether which of them it is, or whether any, depends on the record
    deprecated: bool = False
    examples: tuple[Any, ...] = ()
    undeclared: bool = False
    kept: str = ""  # in what form, where that is not the form in which it is written
    sometimes: bool = False  # whether what it asks of a value holds in one case only, of which others do not know

    @property
    def told(self) -> str:
        """What the data dictionary says in words: whether it is deprecated or undeclared, what it is, an example."""
        shown = [one for one in self.examples if one != ""]
        parts = ["Deprecated."] if self.deprecated else []
        parts += ["The schema does not declare it: planned from the records."] if self.undeclared else []
        parts += [self.description] if self.description else []
        parts += [self.kept] if self.kept else []
        parts += [f"For example: {shown[0]}"] if shown else []
        return " ".join(parts)

    def over(self, other: Note) -> Note:
        """This note, with what it leaves open taken from ``other``."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        note = Note(*(own or theirs if None not in (own, theirs) else _given(own, theirs) for own, theirs in pairs))
        if not self.references or not other.references:
            return note.leading(note.references, conditional=self.conditional or other.conditional)
        references, conditional = _narrower(self, other)
        return note.leading(references, conditional=conditional)

    def leading(self, references: tuple[Target, ...], *, conditional: bool) -> Note:
        """This note with other references."""
        return replace(self, references=references, conditional=bool(references) and conditional)

    def in_one_case(self) -> Note:
        """The same, asked in one case only: what it says a value must be is no constraint of a column."""
        asks = self.format or self.choices or self.pattern or self.min_length
        bounds = (self.minimum, self.maximum, self.above, self.below)
        return replace(self, sometimes=True) if asks or any(bound is not None for bound in bounds) else self

    def loosened(self) -> Note:
        """The words alone, without what they say a value must be."""
        return Note(
            title=self.title,
            description=self.description,
            references=self.references,
            conditional=self.conditional,
            deprecated=self.deprecated,
            examples=self.examples,
            undeclared=self.undeclared,
        )


def _given(own: Any, theirs: Any) -> Any:
    """The one that is given, of which one may be 0."""
    return theirs if own is None else own


def _narrower(one: Note, other: Note) -> tuple[tuple[Target, ...], bool]:
    """Where two references stand at once, the narrower says what both do; else both are meant."""
    mine, theirs = set(one.references), set(other.references)
    if mine == theirs:
        return one.references, one.conditional and other.conditional
    if mine < theirs and not one.conditional:
        return one.references, False
    if theirs < mine and not other.conditional:
        return other.references, False
    return tuple(dict.fromkeys((*one.references, *other.references))), True


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is said about the type: neutral where branches meet, free-form where nothing else is said."""

    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value of one of ``types``: string, integer, number, boolean, null."""

    types: frozenset[str]
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Object:
    """A mapping: declared properties, whether it may hold others (``open``), and the shape of those (``rest``).

    It is not ``certain`` where only a condition or an alternative says so, and the value may be anything else as well.
    ``names`` are the references by which it was reached. ``partly`` are the properties that only some branches speak
    of: where it is open, what they say does not hold of every value that may stand there. ``key`` is said of its keys.
    """

    properties: Mapping[str, Shape] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    open: bool = True
    rest: Shape | None = None
    certain: bool = True
    names: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()
    key: Note = Note()
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class List:
    """A list of ``items``; with ``single`` one item may stand there without a list.

    ``names`` are the references by which it was reached.
    """

    items: Shape
    single: bool = False
    note: Note = Note()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Json:
    """Anything: kept as JSON. ``why`` says what no table can hold about it."""

    why: str = "free-form"
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Again:
    """A value of the shape that was reached by the reference ``name``, inside which it stands: recursion."""

    name: str
    note: Note = Note()


Shape = Unknown | Scalar | Object | List | Json | Again
