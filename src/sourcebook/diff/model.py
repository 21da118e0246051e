# SPDX-License-Identifier: Apache-2.0
"""What a comparison says, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sourcebook.finding import Finding
from sourcebook.parse import Path

Kind = Literal["added", "removed", "changed", "moved", "order"]


class Change(NamedTuple):
    """One change of a value: where it stands in the old one, and where in the new one, and what stands there.

    ``old_at`` is None of what was added, ``new_at`` of what was removed. ``moved`` is an item of a list that stands
    elsewhere among those that were kept; ``order`` are the names of a mapping in another order, which are ``old`` and
    ``new``. ``name`` is what readers are told: ``roles[id=minister].from``.
    """

    kind: Kind
    old_at: Path | None
    new_at: Path | None
    old: Any
    new: Any
    name: str

    @property
    def to_people(self) -> bool:
        """Whether people are to be told of it: not of names that only made room for others, or closed up."""
        if self.kind != "order":
            return True
        both = set(self.old) & set(self.new)
        return [one for one in self.old if one in both] != [one for one in self.new if one in both]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a record stands: its file (None where that is not known) and line, and which of those of its key there."""

    file: str | None
    line: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """Who says a record that is a statement, where it was published, and what answers it now: each with its words."""

    by: tuple[str, ...]
    published_in: tuple[str, ...]
    answers: tuple[tuple[str, str], ...] = ()  # "Denied by", "claims/y"


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record that was added, removed, changed, renamed, or moved to another file; ``key`` is its key now, or last.

    A renamed or moved record has ``changes`` too where it was changed as well. ``old_value`` and ``new_value`` are all
    of it, and None where there is none. ``why`` says how a renaming is known: ``curation/moved.yaml``, or its content.
    """

    kind: Literal["added", "removed", "changed", "renamed", "moved"]
    collection: str
    key: str
    old_key: str
    old: Stand | None
    new: Stand | None
    old_value: Any = None
    new_value: Any = None
    changes: tuple[Change, ...] = ()
    why: str = ""
    statement: Statement | None = None

    @property
    def moved(self) -> bool:
        """Whether it stands in another file than before."""
        return self.old is not None and self.new is not None and self.old.file != self.new.file


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A statement that lost or got an answer; ``kind`` is the part of the role that says so, ``words`` tell it.

    ``was`` are the words of before where the same statement answers it in another way now.
    """

    kind: str
    words: str
    lost: bool
    collection: str
    key: str
    by_collection: str
    by_key: str
    gone: bool = False  # whether what answered is no record any more
    was: str = ""

    def __str__(self) -> str:
        """One sentence."""
        of, by = f"{self.collection}/{self.key}", f"{self.by_collection}/{self.by_key}"
        if self.lost:
            return f"{of} lost its answer {by} ({self.words})" + (", which was removed" if self.gone else "")
        if self.was:
            return f"{of} has its answer {by} in another way: {self.words}, and before: {self.was}"
        return f"{of} got the answer {by} ({self.words})"


@dataclass(frozen=True, slots=True)
class TableChange:
    """A change of the database's tables. It ``breaks`` a reader whose queries name what was there before."""

    breaks: bool
    kind: str  # table-removed, table-renamed, column-retyped, …
    table: str
    column: str
    old: Any
    new: Any
    words: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something of one side (``old`` or ``new``) that could not be read: the finding tells where and why."""

    side: Literal["old", "new"]
    finding: Finding


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A record of one side whose file could not be read on the other: neither added nor removed, as far as is known."""

    side: Literal["old", "new"]
    collection: str
    key: str
    stand: Stand


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that was added, removed or changed without a change of any record; ``data`` where it holds records."""

    kind: Literal["added", "removed", "changed"]
    file: str
    data: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides: what ``kind`` it is, as it was ``asked`` for, and where the book lay in the repository."""

    kind: Literal["revision", "working-tree", "release", "package"]
    asked: str
    commit: str = ""
    day: str = ""
    folder: str = ""

    def __str__(self) -> str:
        """``v1.0 (1a2b3c4d5e, 2026-11-01)``."""
        name = "the working tree" if self.kind == "working-tree" else self.asked
        about = ", ".join(part for part in (self.commit[:10], self.day) if part)
        return f"{name} ({about})" if about else name


@dataclass(frozen=True)
class Compared:
    """Two sides of a book, held against each other. Whatever is told is in the order in which it is to be read.

    ``answers`` first; ``records`` by collection; ``tables`` as the schemas make them; ``descriptor`` what the
    descriptor says otherwise; ``files`` those that differ and changed no record; ``notes`` what could not be compared.
    """

    old: Side
    new: Side
    answers: tuple[AnswerChange, ...] = ()
    records: tuple[RecordChange, ...] = ()
    tables: tuple[TableChange, ...] = ()
    descriptor: tuple[Change, ...] = ()
    files: tuple[FileChange, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    uncompared: tuple[Uncompared, ...] = ()
    notes: tuple[str, ...] = ()
    titles: tuple[tuple[str, str], ...] = field(default=())  # of collections, by name

    @property
    def differs(self) -> bool:
        """Whether anything differs, or could not be read."""
        return bool(self.answers or self.records or self.tables or self.descriptor or self.files or self.unreadable)

    def of(self, kind: str) -> tuple[RecordChange, ...]:
        """The records of one kind of change."""
        return tuple(one for one in self.records if one.kind == kind)

    @property
    def breaking(self) -> tuple[TableChange, ...]:
        """The changes of tables that break a reader of the database."""
        return tuple(one for one in self.tables if one.breaks)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, by the published JSON Schema: everything, nothing shortened."""
        from sourcebook.diff.data import as_dict

        return as_dict(self)

    def lines(self) -> Iterator[str]:
        """The same in words, a line for each change; long values are shortened."""
        from sourcebook.diff.words import lines

        return lines(self)

    def markdown(self) -> str:
        """The same as a comment of a pull request, no longer than one may be."""
        from sourcebook.diff.markdown import text

        return text(self)
