# SPDX-License-Identifier: Apache-2.0
"""Labels of records instead of their keys: asked for while a page is made, and fetched for all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcebook.content.addresses import Addresses
from sourcebook.content.opened import Opened
from sourcebook.content.values import Shown, Value, shortened
from sourcebook.extract import cell_text
from sourcebook.extract.site import Collection
from sourcebook.sqlite import RECORDS, quote

_AT_ONCE = 500  # keys in a statement: SQLite takes more, but not without end


@dataclass
class Labels:
    """The labels of records that a page refers to; what is wanted is there after ``fetch``.

    Where a release of the past is shown, ``today`` are those of the current one: what is not in the book any more is
    then named nowhere, and what answers a statement today is told with it.
    """

    opened: Opened
    at: Addresses
    today: Labels | None = None
    _wanted: dict[str, dict[str, None]] = field(default_factory=dict)
    _found: dict[tuple[str, str], str] = field(default_factory=dict)
    told: dict[tuple[str, str], Any] = field(default_factory=dict)  # what else is shown of a record
    _now: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def value(self, collection: str, key: Any) -> Shown:
        """A link to a record, as a value that leads to it; to none that is not in the book any more."""
        return NOT_ANY_MORE if self.now(collection, str(key)) is None else self.reference(collection, key)

    def reference(self, collection: str, key: Any) -> Reference:
        """A link to a record, whose label is going to be fetched."""
        self._wanted.setdefault(collection, {})[str(key)] = None
        return Reference(self, collection, str(key))

    def now(self, collection: str, key: str) -> str | None:
        """The key that a record has today; None where it is not in the book any more."""
        if self.today is None:
            return key
        if (collection, key) not in self._now:
            self._now[collection, key] = key_of_today(self.today.opened, collection, key)
        return self._now[collection, key]

    def fetch(self) -> Mapping[str, Sequence[str]]:
        """Fetch the labels of all that was asked for since; the keys of these records, by collection."""
        wanted, self._wanted = self._wanted, {}
        for name, keys in wanted.items():
            new = [key for key in keys if (name, key) not in self._found]
            collection = self.opened.site.collection(name)
            for key, label in labels_of(self.opened, collection, new):
                self._found[name, key] = label
        return {name: list(keys) for name, keys in wanted.items()}

    def label(self, collection: str, key: str) -> str:
        """The label of a record; its key where it has none."""
        return self._found.get((collection, key)) or key


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that is a link to a record."""

    labels: Labels
    collection: str
    key: str

    kind = "record"
    exact = ""

    @property
    def told(self) -> Any:
        """What else is shown of the record wherever it is: of a statement, who says it. None where there is nothing."""
        return self.labels.told.get((self.collection, self.key))

    @property
    def text(self) -> str:
        """The record's label; the beginning of a long one."""
        return shortened(self.whole)

    @property
    def whole(self) -> str:
        """The record's label, however long."""
        return self.labels.label(self.collection, self.key)

    @property
    def href(self) -> str:
        """The address of its page."""
        return self.labels.at.record(self.labels.opened.site.collection(self.collection).address, self.key)


NOT_ANY_MORE = Value("(not in the book any more)")
"""What stands for a record of the past that is gone: nothing more is said of it."""


def key_of_today(opened: Opened, collection: str, key: str) -> str | None:
    """The key in a release that a record has which had a ``key`` once; None where it is not there any more."""
    left = opened.site.moved.get(collection, {}).get(key)
    for one in (key, left.to if left else ""):
        sql = f"SELECT 1 FROM {RECORDS} WHERE collection = ? AND key = ?"
        if one and opened.connection.execute(sql, (collection, one)).fetchone():
            return one
    return None


def label_column(collection: Collection) -> str:
    """The column of a collection's table by which readers know a record: of a statement, what it says."""
    statement = collection.roles.get("statement")
    said = collection.field(statement["text"]) if statement else None
    return said.column if said and said.column else collection.label


def labels_of(opened: Opened, collection: Collection, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Keys of records, and the label of each that has one. A label that is itself a reference is that of its record."""
    begin, end = labels_sql(opened, collection)
    for some in chunks(list(keys)):
        for found, label in opened.connection.execute(f"{begin}{', '.join('?' * len(some))}{end}", some):
            if label is not None and label != "":
                yield str(found), cell_text(label)


def labels_sql(opened: Opened, collection: Collection) -> tuple[str, str]:
    """The statement that gives keys and labels of records: what stands before the parameters of their keys, and after.

    Labels are NULL or empty where a record has none.
    """
    column, key, table = quote(label_column(collection)), quote(collection.key), quote(collection.table)
    chosen, joined = f"here.{column}", ""
    other = _labelled_by(opened, collection)
    if other:
        joined = f"LEFT JOIN {quote(other.table)} AS there ON there.{quote(other.key)} = here.{column}"
        chosen = f"coalesce(there.{quote(label_column(other))}, here.{column})"
    return f"SELECT here.{key}, {chosen} FROM {table} AS here {joined} WHERE here.{key} IN (", ")"


def _labelled_by(opened: Opened, collection: Collection) -> Collection | None:
    """The collection whose records' labels are those of this one's: where its label is a reference to them alone.

    Not one of statements: what these say is shown with who says it, which a label has no room for.
    """
    column = label_column(collection)
    field = next((one for one in collection.fields if one.column == column), None)
    links = field.to if field else ()
    alone = len(links) == 1 and links[0].column == column and links[0].collection != collection.name
    other = opened.site.collection(links[0].collection) if alone else None
    return other if other and "statement" not in other.roles else None


def chunks(keys: list[str]) -> Iterator[list[str]]:
    """Keys, as many at a time as go into a statement."""
    return (keys[begin : begin + _AT_ONCE] for begin in range(0, len(keys), _AT_ONCE))
