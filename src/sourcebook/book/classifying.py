# SPDX-License-Identifier: Apache-2.0
"""What a book says of visibility, held against itself: said in a form that means something, where it reaches values,
and of one value the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sourcebook import files
from sourcebook.book.model import Collection
from sourcebook.book.paths import join, steps
from sourcebook.book.visibility import KEYWORD, PUBLIC, Kept, read
from sourcebook.book.written import Written
from sourcebook.finding import Finding
from sourcebook.parse import Limits
from sourcebook.validation.keywords import schemas_of
from sourcebook.validation.masks import Spoken, spoken
from sourcebook.validation.schema_nodes import Graph
from sourcebook.validation.schemas import Schemas

RULE, DIFFERS = "visibility", "visibility-differs"
_FORM = "x-visibility: private, public, or {embargoed: 2027-01-01}, or {embargoed: {until: PATH}}"
_IN_A_TUPLE = "an item that has its place in a list by number cannot be left out: those behind it would move up"


def visibility_findings(
    root: Path, schemas: Schemas, collections: Iterable[Collection], descriptor: Written, limits: Limits
) -> Iterator[Finding]:
    """What is wrong with what schemas and descriptor say of visibility."""
    told = _Told(root, schemas, limits)
    graph = Graph(KEYWORD, lambda value: (strictness(value),))
    known = [one for one in collections if one.schema in schemas.valid]
    nodes = {one.name: graph.node(schemas.schema(one.schema)) for one in known if one.schema}
    graph.mark()
    said = {name: list(spoken(node)) for name, node in nodes.items()}
    reached = {id(one.node.schema.contents): one for several in said.values() for one in several}
    for path in schemas.valid:
        for where, schema in schemas_of(schemas.schema(path).contents):
            if KEYWORD in schema:
                yield from _of_schema(told, path, where, schema, reached)
    for collection in collections:
        yield from _differing(collection, said.get(collection.name, []), told, descriptor)


class _Told:
    """Where schemas stand, and findings there."""

    def __init__(self, root: Path, schemas: Schemas, limits: Limits) -> None:
        self._root, self._schemas, self._limits = root, schemas, limits
        self._written: dict[str, Written] = {}
        self._places: dict[int, tuple[str, tuple[str | int, ...]]] = {}

    def at(self, path: str, where: tuple[str | int, ...], message: str, hint: str, rule: str) -> Finding:
        if path not in self._written:
            data, _ = files.read_bytes(self._root, path, self._limits.bytes)
            self._written[path] = Written(self._schemas.contents(path), data, path, self._limits)
        return self._written[path].finding((*where, KEYWORD), message, hint, rule=rule)

    def of(self, one: Spoken, message: str, hint: str, rule: str) -> Finding | None:
        if not self._places:
            for path in self._schemas.valid:
                found = schemas_of(self._schemas.schema(path).contents)
                self._places |= {id(schema): (path, where) for where, schema in found}
        place = self._places.get(id(one.node.schema.contents))
        return self.at(*place, message, hint, rule) if place else None


def _of_schema(
    told: _Told, path: str, where: tuple[str | int, ...], schema: Mapping[str, Any], reached: Mapping[int, Spoken]
) -> Iterator[Finding]:
    try:
        read(schema[KEYWORD])
    except ValueError:
        yield told.at(path, where, "this says nothing of what is public, so it is read as private", _FORM, RULE)
    one = reached.get(id(schema))
    if one is None:
        message = f"{KEYWORD} reaches no value of a record here"
        hint = "say it in the schema of the value; of the values of a map, not of its keys"
        yield told.at(path, where, message, hint, RULE)
    elif one.in_tuple:
        yield told.at(path, where, _IN_A_TUPLE, "say it of the whole list", RULE)


Order = tuple[int, str]
"""How strict something is that is said: private, an embargo that each record dates, a day, public."""


def strictness(value: Any) -> Order:
    """How strict is what is said: the greater the stricter."""
    try:
        found = read(value)
    except ValueError:
        found = Kept()
    if found is None:
        return 0, ""
    return (1, found.day) if found.day else (2, ".".join(found.until)) if found.until else (3, "")


def _words(order: Order) -> str:
    kind, what = order
    return (PUBLIC, f"embargoed until {what}", f"embargoed until the day at {what}", "private")[kind]


def _differing(collection: Collection, said: list[Spoken], told: _Told, descriptor: Written) -> Iterator[Finding]:
    """What is said of a value, or of one that it stands in, more strictly elsewhere."""
    strictest: dict[tuple[str, ...], Order] = {}
    laid_over = {tuple(steps(path)) if path != "." else (): path for path in collection.visibility}
    for one in said:
        strictest[one.steps] = max(strictest.get(one.steps, (0, "")), one.node.own[0])
    for way, path in laid_over.items():
        strictest[way] = max(strictest.get(way, (0, "")), strictness(collection.visibility[path]))

    def stricter(way: tuple[str, ...], own: Order) -> str:
        for end in range(len(way), -1, -1):
            found = strictest.get(way[:end], (0, ""))
            both_end = end < len(way) and own[0] > 0 and found[0] < 3  # two embargoes, of which each holds
            if found > own and not both_end:
                inside = f", in which it stands, at {_path(way[:end])!r}" if end < len(way) else ""
                return f"this is said to be {_words(own)}, and elsewhere to be {_words(found)}{inside}"
        return ""

    for one in said:
        message = stricter(one.steps, one.node.own[0])
        finding = message and told.of(one, f"{message}: the strictest holds", _SAME, DIFFERS)
        if finding:
            yield replace(finding, level="warning")
    for way, path in laid_over.items():
        message = stricter(way, strictness(collection.visibility[path]))
        if message:
            where = (*collection.where, "sourcebook", "visibility", path)
            found = descriptor.finding(where, f"{message}: the strictest holds", _SAME, rule=DIFFERS)
            yield replace(found, level="warning")


def _path(way: tuple[str, ...]) -> str:
    found = ""
    for step in way:
        found = found + step if step in ("[]", "{}") else join(found, step)
    return found or "."


_SAME = "say the same everywhere, or leave out what does not hold"
