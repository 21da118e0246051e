# SPDX-License-Identifier: Apache-2.0
"""Records as statements of FollowTheMoney (https://followthemoney.tech), a JSON object a line: an optional extract.

An accusation is no property of anybody there. What somebody said is a Note of its own, in whose one text stand who says
it, where, and what answers it; it leads to what it is about. A record that rests on statements has them, as whole, in
each text that is told of it.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import takewhile
from pathlib import Path

from sourcebook.book.followthemoney import (
    DATE,
    LONGEST,
    NAME,
    NUMBER,
    PROSE,
    SCHEMATA,
    TEXT,
    URL,
    Schema,
)
from sourcebook.content import records
from sourcebook.content.flat.rows import in_chunks
from sourcebook.content.labels import Labels, Reference
from sourcebook.content.opened import Opened
from sourcebook.content.records import Part, Record
from sourcebook.content.statements import Statement, attributed, fetch, is_statement, statements
from sourcebook.content.values import exact
from sourcebook.exact import dumps
from sourcebook.extract.site import Collection
from sourcebook.files import Written
from sourcebook.formats.flat_files import addresses_of, keys_of
from sourcebook.formats.layout import FTM
from sourcebook.formats.model import File

_AT_ONCE = 200  # records: so many are held in memory
_Value = tuple[str, str]  # the name of a property, and a value of it


def write_ftm(folder: Path, collection: str, path: str) -> File:
    """Write the statements of a collection's entities to ``path`` in the ``folder`` of a release.

    The database and ``site.json`` are there by then. Raises OSError where the disk fails.
    """
    with closing(Opened(folder)) as opened, Written(folder / path) as file:
        for piece in entities(opened, collection):
            file.add(piece)
        rows = len(keys_of(opened, collection))
    return File(path, FTM, collection, file.bytes, file.sha256, rows)


def entities(opened: Opened, collection: str) -> Iterator[str]:
    """The lines of a collection, some records at a time."""
    told = _Entities(opened, opened.site.collection(collection))
    for keys in in_chunks(keys_of(opened, collection), _AT_ONCE):
        yield "".join(told.lines(list(keys)))


class _Entities:
    def __init__(self, opened: Opened, collection: Collection) -> None:
        self.opened = opened
        self.collection = collection
        self.name = collection.roles[FTM]["schema"]
        self.schema = SCHEMATA[self.name]
        self.labels = Labels(opened, addresses_of(opened))
        self.known: dict[tuple[str, str], Statement] = {}  # each with what answers it

    def lines(self, keys: Sequence[str]) -> Iterator[str]:
        """The statements of the entities of records; of a link that lacks an end, none."""
        said = statements(self.labels, self.collection, keys) if is_statement(self.collection) else []
        notes = {one.key: one for one in said}
        fields = self.collection.whole or self.collection.fields
        read = records.read(self.labels, self.collection, keys, fields)
        for record in read:
            self.labels.reference(self.collection.name, record.key)
        fetch(self.labels)
        needed = {end for end, _ in self.schema.ends}
        for record in read:
            values = list(dict.fromkeys(self._values(record, notes.get(record.key))))
            if needed <= {name for name, _ in values}:
                yield from (self._line(record.key, *value) for value in values)

    def _values(self, record: Record, note: Statement | None) -> Iterator[_Value]:
        schema, role = self.schema, self.collection.roles[FTM]
        if note:
            yield from self._note(record, note)
        elif schema.titled:
            yield from self._titles(record)
        rests = "" if note else self._rests(record)
        names = [name for name in role if name not in ("schema", schema.titled)]
        filled = [value for name in names for value in self._filled(record, name, rests)]
        yield from filled
        if rests and TEXT in schema.properties.values() and not any(name in PROSE for name, _ in filled):
            yield from self._whole("description", rests, record.key)
        if "alias" in schema.properties and "alias" not in role:
            yield from self._fitting("alias", self._aliases(record))
        if schema.dated and not {schema.dated, "startDate", "endDate"} & role.keys():
            yield from self._fitting(schema.dated, self._when(record))
        yield from self._ends(record)
        if "sourceUrl" not in role:
            yield from self._fitting("sourceUrl", [self._address(record)])

    # --- what is said -------------------------------------------------------------------------------------------------

    def _note(self, record: Record, note: Statement) -> Iterator[_Value]:
        """A statement whole, with who says it and what answers it; what it is about; where it was published."""
        yield from self._whole("description", self._told([note]), record.key)
        parts = [part for path in self.collection.about if (part := record.part(path))]
        for one in records.references(parts):
            schema = self._schema_of(one)
            if schema and "Thing" in schema.isa:
                yield "entity", self._id(one.collection, one.key)
        for where in note.published_in:
            if isinstance(where, Reference) and (schema := self._schema_of(where)) and "Document" in schema.isa:
                yield "proof", self._id(where.collection, where.key)

    def _rests(self, record: Record) -> str:
        """The statements that a record rests on, each with who says it and what answers it."""
        found = {(one.collection, one.key): one for one in records.references(record.parts)}
        return self._told(one.told for one in found.values() if isinstance(one.told, Statement))

    def _told(self, some: Iterable[Statement]) -> str:
        """Statements with all that answers them, however far that goes: nobody looks an answer up in one line."""
        waiting, told = deque(some), dict[tuple[str, str], str]()
        while waiting:
            one = waiting.popleft()
            if (one.collection, one.key) not in told:
                told[one.collection, one.key] = attributed(one)
                answers = (other for found in one.answers if not found.forward for other in found.statements)
                waiting += (self._with_answers(other) for other in answers if other.answered)
        return " | ".join(told.values())

    def _with_answers(self, one: Statement) -> Statement:
        if (one.collection, one.key) not in self.known:
            (found,) = statements(self.labels, self.opened.site.collection(one.collection), [one.key])
            fetch(self.labels)
            self.known[one.collection, one.key] = found
        return self.known[one.collection, one.key]

    def _whole(self, name: str, text: str, key: str) -> Iterator[_Value]:
        """A text of statements, which is never cut: what answers one may stand at its end."""
        if len(text) > LONGEST[TEXT]:
            where = self.labels.at.record(self.collection.address, key)
            text = f"What is said, with who says it and what answers it, is longer than fits here: {where}"
        yield name, text

    # --- what a record has --------------------------------------------------------------------------------------------

    def _titles(self, record: Record) -> Iterator[_Value]:
        """What an entity is called; by its key, if need be, for others lead to it."""
        name = self.schema.titled
        said = [*self._filled(record, name, "")] if name in self.collection.roles[FTM] else []
        label = self.labels.label(self.collection.name, record.key)
        yield from said or [*self._fitting(name, [label])] or [(name, record.key)]

    def _filled(self, record: Record, name: str, rests: str) -> Iterator[_Value]:
        part = record.part(self.collection.roles[FTM][name])
        texts = [one.whole if isinstance(one, Reference) else exact(one) for one in (part.values if part else ())]
        if rests and name in PROSE:
            texts = [f"{text} ({rests})" for text in texts]
            longest = LONGEST[self.schema.properties[name]]
            for text in (text for text in texts if len(text) > longest):
                yield from self._whole("summary", text, record.key)
        yield from self._fitting(name, texts)

    def _fitting(self, name: str, texts: Iterable[str]) -> Iterator[_Value]:
        """The values that a property takes; a number, a date or an address is none of the others."""
        kind = self.schema.properties.get(name, NAME)
        for text in texts:
            value = text.strip() if kind == TEXT else " ".join(text.split())
            if value and len(value) <= LONGEST[kind] and (kind not in _FORMS or _FORMS[kind].fullmatch(value)):
                yield name, value

    def _aliases(self, record: Record) -> Iterator[str]:
        """A record's other names: not those of which statements are the ground."""
        for place in self.collection.aliases:
            for part in _single(record.parts):
                of_column = part.field.column == place.column and place.table == self.collection.table
                single = part.field.single
                if of_column or (part.field.table == place.table and single is not None):
                    yield from (exact(one) for one in part.values if not isinstance(one, Reference))

    def _when(self, record: Record) -> Iterator[str]:
        """When it was, as far as that is known: what the earliest date and the latest have in common."""
        role = self.collection.roles.get("interval", {})
        earliest, latest, note = (record.first(role.get(one, "")) for one in ("earliest", "latest", "imprecise"))
        if earliest and latest and not note:
            pairs = zip(exact(earliest).split("-"), exact(latest).split("-"), strict=False)
            yield "-".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def _ends(self, record: Record) -> Iterator[_Value]:
        edge = self.collection.roles.get("edge", {})
        for part, (end, needed) in zip(("from", "to"), self.schema.ends, strict=False):
            one = record.first(edge.get(part, ""))
            if isinstance(one, Reference) and (schema := self._schema_of(one)) and needed in schema.isa:
                yield end, self._id(one.collection, one.key)

    def _address(self, record: Record) -> str:
        """Where to read of it: of a document, where that itself is, if that is known; else the record's page."""
        if "Document" in self.schema.isa:
            outside = (one.href for part in record.parts for one in part.values if one.kind == "outside")
            at = next((href for href in outside if href.startswith("http")), "")
            if at:
                return at
        return self.labels.at.record(self.collection.address, record.key)

    def _schema_of(self, one: Reference) -> Schema | None:
        name = self.opened.site.collection(one.collection).roles.get(FTM, {}).get("schema", "")
        return SCHEMATA.get(name)

    # --- statements ---------------------------------------------------------------------------------------------------

    def _id(self, collection: str, key: str) -> str:
        """The id of an entity, of the few letters that one may have."""
        digest = hashlib.sha1(f"{collection}/{key}".encode("utf-8", "surrogatepass"), usedforsecurity=False)
        return f"{re.sub('[^a-z0-9]', '-', self.opened.site.name)}-{digest.hexdigest()}"

    def _line(self, key: str, name: str, value: str) -> str:
        """A statement, with the id that FollowTheMoney gives it too."""
        entity = self._id(self.collection.name, key)
        dataset = re.sub("[^a-z0-9]", "_", self.opened.site.name)
        identity = f"{dataset}.{entity}.{name}.{value}".encode("utf-8", "surrogatepass")
        said: Mapping[str, object] = {
            "canonical_id": entity,
            "entity_id": entity,
            "prop": name,
            "schema": self.name,
            "value": value,
            "dataset": dataset,
            "external": False,
            "id": hashlib.sha1(identity, usedforsecurity=False).hexdigest(),
        }
        return dumps(said) + "\n"


def _single(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of a record that are no mappings, those in mappings too."""
    for part in parts:
        yield from _single(part.parts) if part.parts else (part,)


_FORMS = {
    DATE: re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?", re.ASCII),
    URL: re.compile(r"https?://[^\s/?#]+\S*"),
    NUMBER: re.compile(r"-?\d+(\.\d+)?", re.ASCII),
}
