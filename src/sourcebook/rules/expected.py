# SPDX-License-Identifier: Apache-2.0
"""What a reference that dangles was probably meant to be; or where the record that is missing would stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

from sourcebook.alike import seen
from sourcebook.book import Book, Collection, Target, is_several, look_up, steps, template_parts
from sourcebook.exact import dumps, loads
from sourcebook.validation.likeness import Names, affords
from sourcebook.validation.wording import meant, shown

_NAME = re.compile(r"[\w][\w.-]*")  # what may be a file's name without a second thought
_QUOTED = "In quotes it is text, as it is there."
_UNQUOTED = "Without quotes it is a number, as it is there."
_TO_READ_ONE = 100  # a record: as long as it takes to compare so many names

Targets = tuple[Target, ...]
Documents = Callable[[str], Iterable[tuple[Any, str]]]
"""Where each record of a collection stands, with its key first, and what it holds as JSON text."""


class Wanted:
    """What dangling references mean, each set of targets looked through once for all of them.

    ``known`` gives the values that a reference to a target may have; ``entries`` are the records of each collection by
    key as text, and ``referring`` the properties of each that hold references: they do not say what a record is called.
    """

    def __init__(
        self,
        book: Book,
        known: Callable[[Target], Iterable[Any]],
        entries: Mapping[str, Mapping[str, Any]],
        documents: Documents,
        referring: Mapping[str, Container[str]],
    ) -> None:
        self._book = book
        self._known = known
        self._entries = entries
        self._documents = documents
        self._referring = referring
        self._values: dict[Targets, dict[str, Any]] = {}
        self._names: dict[Targets, Names] = {}
        self._called: dict[Target, dict[str, tuple[Any, str] | None]] = {}

    def is_key(self, target: Target) -> bool:
        """Whether a target is the key of its collection."""
        return target.field in ("", self._book.by_name[target.collection].key)

    def hint(self, targets: Targets, value: Any, collection: str) -> str:
        """How to mend a reference in ``collection`` that says ``value``, which none of its ``targets`` has."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            return "a reference is a text or an integer, as keys are"
        text = str(value)
        if targets not in self._values:
            self._values[targets] = {str(one): one for target in targets for one in self._known(target)}
            self._names[targets] = Names(self._values[targets])
        other = self._values[targets].get(text)
        if other is not None:
            hint = f"did you mean {dumps(other)}? {_QUOTED if isinstance(other, str) else _UNQUOTED}"
            if self._book.by_name[collection].schema:  # which may ask for the one that it is
                target = next(one for one in targets if other in self._known(one))
                hint += f" If either is meant, say so of the reference: {{to: {target}, as: text}}."
            return hint
        other = self._values[targets].get(_stem(text))
        if other is not None:
            return f"did you mean {dumps(other)}? A reference is the key alone, and no path"
        near = self._names[targets].nearest(text)
        alike = near and seen(near) == seen(text)
        if not alike and near.casefold() != text.casefold() and (named := self._named(targets, text)):
            return named
        if near:
            return meant(text, near)
        elsewhere = next((name for name, entries in self._entries.items() if text in entries), "")
        beside = f"{text!r} is the key of a record of {elsewhere}: " if elsewhere else ""
        ways = [place_of(self._book.by_name[one.collection], one, value) for one in targets]
        return f"{beside}{', or '.join(dict.fromkeys(ways))}, or mend the reference"

    def _named(self, targets: Targets, text: str) -> str:
        """A hint that ``text`` is what a property of one record says, and not its key."""
        for target in targets:
            if target not in self._called:
                self._called[target] = self._calls(target)
            found = self._called[target].get(_folded(text))
            if found:
                value, property = found
                if _folded(str(value)) == _folded(text):  # the key itself, otherwise spaced
                    return meant(text, str(value))
                what = f"the {target.field}" if target.field else "the key"
                return f"did you mean {dumps(value)}? It is {what} of the record whose {property} is {shown(text)}"
        return ""

    def _calls(self, target: Target) -> dict[str, tuple[Any, str] | None]:
        """What the texts of one record say, folded: by what that record is referred to, and the property that says it.

        None for a text that several records have.
        """
        found: dict[str, tuple[Any, str] | None] = {}
        if not affords(len(self._entries[target.collection]) * _TO_READ_ONE):
            return found
        for stand, document in self._documents(target.collection):
            record = loads(document)
            referring = self._referring.get(target.collection, ())
            said = {text: property for text, property in _texts(record) if property not in referring}
            value = stand[0]
            if target.field:
                said.setdefault(_folded(str(value)), "key")
                value = _at(record, target.field)
            for text, property in said.items() if value is not None else ():
                found[text] = None if text in found else (value, property)
        return found


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """The texts of a record that stand in no list or mapping, folded, and their properties."""
    for property, text in value.items() if isinstance(value, dict) else ():
        if isinstance(text, str) and text:
            yield _folded(text), property


def _stem(text: str) -> str:
    """What a path of a file, or an address, ends in, without its ending."""
    return re.sub(r"(?<=.)\.(yaml|yml|json|md)$", "", text.rstrip("/").rpartition("/")[2])


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _at(value: Any, path: str) -> Any:
    """What stands at a path; None where that is nothing, or may be several things."""
    try:
        return None if is_several(path) else look_up(value, steps(path))
    except KeyError:
        return None


def place_of(collection: Collection, target: Target, value: Any) -> str:
    """How a record that ``value`` refers to would be added, in words such as ``add data/people/ada.yaml``."""
    field = target.field or collection.key or ""
    pattern = collection.records[0]
    with_field = f"{field}: {dumps(value)}" if field else ""
    if is_several(field):
        with_field = f"{dumps(value)} in {field}"
    if collection.layout in ("file", "front-matter"):
        by_name = (not field and collection.key_by_path) or (field and field == collection.key)
        named = _file(pattern, value) if by_name else ""
        return f"add {named or f'a file {pattern}'}" + (f" with {with_field}" if with_field else "")
    if collection.key is None and not collection.key_by_path and collection.layout != "map":
        with_field = with_field or f"{', '.join(template_parts(collection.key_template))} that make {dumps(value)}"
    wanted = f"a record with {with_field}" if with_field else f"a record {dumps(value)}"
    where = pattern if "*" not in pattern else f"one of {pattern}"
    return f"add {wanted} to {where}"


def _file(pattern: str, value: Any) -> str:
    """The file of a pattern that would be named for ``value``; the empty string where that cannot be told."""
    text = str(value)
    folder, _, name = pattern.rpartition("/")
    folder = re.sub(r"(/|^)\*\*$", "", folder)
    if isinstance(value, bool) or any(c in folder for c in "*?[") or name.count("*") != 1 or re.search(r"[?\[]", name):
        return ""
    if not _NAME.fullmatch(text):
        return ""
    return f"{folder}/{name.replace('*', text)}" if folder else name.replace("*", text)
