# SPDX-License-Identifier: Apache-2.0
"""The verb ``new``: a record from its schema, with what is given, and with what is missing named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from sourcebook.amend.declared import Declared, declared_in, targets_at
from sourcebook.amend.drafts import Draft, commented, read_draft
from sourcebook.amend.repairs_of_references import OfReferences
from sourcebook.amend.skeleton import Judge, Skeleton, about, ordered, skeleton
from sourcebook.book import Book, Collection, Folder, load_book, look_up, steps
from sourcebook.check.explaining import Explaining
from sourcebook.edit.model import FileChange, Proposal, Refused
from sourcebook.edit.records import added
from sourcebook.edit.selecting import steps_of, written_path
from sourcebook.edit.source import Source
from sourcebook.edit.typed import Written, as_wanted
from sourcebook.errors import UsageError
from sourcebook.parse import Path, is_json
from sourcebook.records.model import Record
from sourcebook.tables.whole_book import schema_of
from sourcebook.validation.schemas import Schema
from sourcebook.validation.wording import did_you_mean, many, shown

Editor = Callable[[str], str | None]
"""Has a text edited; None where it was left without saving."""


def new(
    folder: Folder,
    collection: str,
    key: str | int | None = None,
    values: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
    *,
    edit: Editor | None = None,
) -> Proposal:
    """A new record of ``collection`` in the book in ``folder``, named ``key``: what is to be written, and where.

    ``values`` are put at their paths (``names[0].form``, ``tags[]`` for one item more, which a list of pairs may have
    often). What can have but one value,
    and defaults, are filled in; a reference may be written by the name of the one record that is called so. What is
    needed besides and not given is told, and stands in the record without a value: a check will find that. With
    ``edit`` a draft of the record is edited first, with what each property is to be as comments. Nothing is written.
    Raises Refused where the key is taken or missing, or the draft was left as it was, UsageError where ``folder`` is no
    book or there is no such collection.
    """
    book = load_book(folder)
    if collection not in book.by_name:
        hint = did_you_mean(collection, book.by_name) or f"the collections are {', '.join(book.by_name)}"
        raise UsageError(f"there is no collection {collection!r}: {hint}")
    given = list(values.items() if isinstance(values, Mapping) else values or ())
    return _Beginning(book, book.by_name[collection], key).proposal(given, edit)


class _Beginning:
    """One call of the verb."""

    def __init__(self, book: Book, collection: Collection, key: str | int | None) -> None:
        self.book = book
        self.collection = collection
        self.key = key
        self.source = Source(book)
        self.reading = self.source.reading
        plans = self.source.plans  # which there are none of where the book is too wrong
        self.schema: Schema | None = schema_of(book, collection, self.reading)
        self.told: list[str] = []
        explaining = Explaining({one.name: book.validator(one) for one in book.collections})
        self.references = OfReferences(book, plans, self.reading.records, explaining)
        self._taken()

    def _taken(self) -> None:
        own = (one for one in self.reading.records if one.collection == self.collection.name)
        for record in own if self.key is not None else ():
            if str(record.key) == str(self.key):
                raise Refused(f"{self.collection.name} has a record {self.key!r}: {record.path}:{record.line}")

    def proposal(self, values: Sequence[tuple[str, Any]], edit: Editor | None) -> Proposal:
        """The record as a proposal."""
        begun = self._completed(self._begun(values))
        made = skeleton(deepcopy(begun), self.schema, self._judge())
        if edit is None and self.collection.schema is None:
            made = self._without_what_nobody_requires(begun, made)
        if edit is None:
            changes = self._added(made.value)
            changes = tuple(self._with_comments(one, made) for one in changes)
        else:
            draft = read_draft(self._draft(made), edit, self._judge())
            made = Skeleton(draft.value)
            changes = tuple(_as_drafted(one, draft, self.collection) for one in self._added(draft.value))
        named = self._name(made.value)
        where = changes[0].path if changes else ""
        what = f"new {self.collection.name}{named and f' {named}'}: {where}"
        return Proposal(self.book.root, what, changes, self._said(made))

    def _said(self, made: Skeleton) -> tuple[str, ...]:
        words = ((path, self._about(made.value, path)) for path in made.missing)
        told = [*self.told, *(f"missing: {written_path(path)}: {said}" for path, said in words)]
        told += [f"missing: {one}" for one in made.told]
        if made.missing or made.told:
            told.append(
                "give what is missing with --set PATH=VALUE, or write it with --edit; --force writes it as it is"
            )
        return tuple(told)

    def _without_what_nobody_requires(self, begun: Any, made: Skeleton) -> Skeleton:
        """What was given alone; what all other records have is told."""
        for path in made.missing:
            said = self._about(made.value, path)
            self.told.append(f"every other record of {self.collection.name} has {written_path(path)}: {said}")
        return Skeleton(ordered(begun, self.schema))

    def _name(self, value: Any) -> str:
        if self.key is None and self.collection.key:
            try:
                named = look_up(value, steps(self.collection.key))
            except KeyError:
                return ""
            return "" if named is None else str(named)
        return str(self.key if self.key is not None else "")

    def _judge(self) -> Judge:
        validator = self.book.validator(self.collection)
        if validator is None and self.schema is not None:
            from sourcebook.validation.schemas import Schemas

            validator = Schemas({"inferred": self.schema.contents}).validator("inferred")
        return validator.violations if validator else lambda _: []

    # What is given.

    def _begun(self, values: Sequence[tuple[str, Any]]) -> Any:
        whole = declared_in(self.schema).types == ("array",)
        value: Any = [] if whole else {}
        if isinstance(self.collection.select, Mapping):  # what makes a document one of the collection's
            for path, wanted in self.collection.select.items():
                _put(value, steps(path), wanted)
        key = self.collection.key
        if key and self.key is not None:
            given = Written(self.key) if isinstance(self.key, str) else self.key
            _put(value, steps(key), self._typed(given, steps(key), value))
        taken: dict[Path, str] = {steps(key): str(self.key)} if key and self.key is not None else {}
        for path, one in values:
            parts = steps_of(path)
            said = one.text if isinstance(one, Written) else str(one)
            if "[]" not in parts and taken.setdefault(parts, said) != said:
                raise Refused(f"{path} is given twice: {shown(taken[parts])} and {shown(said)}")
            _put(value, parts, self._typed(one, parts, value))
        return value

    def _typed(self, given: Any, path: tuple[str | int, ...], value: Any) -> Any:
        """A value as the schema wants it, where it comes from a command line."""
        if not isinstance(given, Written):
            return given
        whole = tuple(0 if step == "[]" else step for step in path)
        return as_wanted(given.text, declared_in(self.schema, whole, value).types)

    def _completed(self, value: Any) -> Any:
        """The record with each reference as its target is called, where it is written otherwise."""
        if self.collection.name not in self.references.plans:
            return value
        record = Record(self.collection.name, self.key or "", "", (), 0, 0, value)
        for path, at_key, written, targets in list(self.references.written(record)):
            known = self.references.known(targets)
            if at_key or isinstance(written, dict | list) or written in known:
                continue
            found = list(self.references.meant(written, targets))
            begun = [one for one in known if isinstance(one, str) and one.startswith(str(written))]
            sure = [(one, why) for one, certain, why in found if certain or why == _CALLED]
            sure += [(begun[0], "the only one that begins so")] if len(begun) == 1 else []
            if sure:
                _put(value, path, sure[0][0])
                self.told.append(f"{written_path(path)}: {shown(written)} is {shown(sure[0][0])}, {sure[0][1]}")
            else:
                near = did_you_mean(written, known) or "there is no such record yet"
                to = " or ".join(map(str, targets))
                self.told.append(f"{written_path(path)}: {shown(written)} is not in {to}: {near}")
        return value

    # What is written.

    def _added(self, value: Any) -> tuple[FileChange, ...]:
        plain = ordered(value, self.schema)
        key = None if self.collection.key else self.key  # which is in the record then
        return added(self.source, self.collection.name, key, plain)

    def _about(self, value: Any, path: Path) -> str:
        said: Declared = declared_in(self.schema, path, value)
        targets = targets_at(self.book, self.collection, path, value)
        to = f"a reference to {' or '.join(map(str, targets))}" if targets else ""
        return about(said, self.references.known(targets), to)

    def _with_comments(self, change: FileChange, made: Skeleton) -> FileChange:
        """The file with a comment above each property that has no value yet."""
        if not made.missing or change.after is None or is_json(change.path):
            return change
        words = {path: f"# required: {self._about(made.value, path)}" for path in made.missing}
        data = commented(self.book, self.collection, change.path, change.after, change.before, words)
        return replace(change, after=data)

    def _draft(self, made: Skeleton) -> Draft:
        named = self._name(made.value)
        head = [f"A new record of {self.collection.name}{f': {named}' if named else ''}. Fill in what has no value."]
        head += ["Lines that begin with #: are taken out; an empty file gives it up."]
        head += self.told
        words = {path: f"required: {self._about(made.value, path)}" for path in made.missing}
        optional = [
            f"{name}: {self._about(made.value, (name,))}"
            for name in declared_in(self.schema, (), made.value).names
            if name not in made.value
        ]
        return Draft(made.value, head, words, optional)


def assigned(pairs: Iterable[str]) -> list[tuple[str, Written]]:
    """Values as a command line gives them, ``path=value``, with their paths. Raises Refused where one is not so."""
    found = []
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path:
            raise Refused(f"{pair!r} gives no value: write PATH=VALUE")
        found.append((path, Written(value)))
    return found


_CALLED = "the one record that is called so"


def _put(value: Any, path: Iterable[str | int], given: Any) -> None:
    """Put ``given`` at ``path``, with what has to be around it. Raises Refused where something else stands there."""
    parts = list(path)
    here = value
    for number, step in enumerate(parts):
        last = number == len(parts) - 1
        inner: Any = given if last else [] if parts[number + 1] == "[]" or isinstance(parts[number + 1], int) else {}
        if step == "{}" or (isinstance(here, dict) and not isinstance(step, str)):
            raise Refused(f"nothing can be put at {written_path(tuple(parts))!r}: name the property")
        if isinstance(here, list):
            index = len(here) if step == "[]" else step
            if not isinstance(index, int) or index > len(here):
                raise Refused(
                    f"nothing can be put at {written_path(tuple(parts))!r}: the list has {many(len(here), 'item')}"
                )
            if index == len(here):
                here.append(inner)
            elif last:
                here[index] = inner
            here = here[index]
        elif isinstance(here, dict):
            if last or step not in here:
                here[step] = inner
            here = here[step]
        else:
            raise Refused(f"nothing can be put at {written_path(tuple(parts))!r}: {shown(here)} is above it")


def _as_drafted(change: FileChange, draft: Draft, collection: Collection) -> FileChange:
    """A file that is one record as it was written, with its comments."""
    if collection.layout != "file" or change.before is not None or is_json(change.path) or collection.at:
        return change
    return replace(change, after=(draft.text.rstrip("\n") + "\n").encode())
