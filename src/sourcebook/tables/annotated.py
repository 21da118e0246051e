# SPDX-License-Identifier: Apache-2.0
"""What a book says of its pages, held against its tables: each path named must be that of a property, and suit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sourcebook.book import ANSWER_KINDS, STATEMENT, Book, Collection, is_several, steps
from sourcebook.finding import Finding
from sourcebook.parse import Path
from sourcebook.records.places import said_finding
from sourcebook.tables import exported
from sourcebook.tables.model import Column, Plan
from sourcebook.validation.wording import did_you_mean

_Problem = tuple[Path, str, str]


def annotation_problems(
    book: Book, collection: Collection, plans: Mapping[str, Plan], whole: Plan | None = None
) -> Iterator[Finding]:
    """What is wrong with a collection's label, aliases, facets, page and roles.

    ``whole`` is the plan of whole records, where the others are those of what is public of them.
    """
    checked = _Checked(book, collection, plans[collection.name], whole)
    for path, message, hint in checked.problems():
        found = said_finding(book, collection, path, message, hint)
        yield replace(found, rule="visibility") if hint == _LET_IT_BE else found
    if collection.anchors:
        from sourcebook.tables.cited import anchor_problems  # which most books do not need

        yield from anchor_problems(book, collection, plans[collection.name])


_WRITTEN = ("key", "property", "value", "name")
_TO_STATEMENTS = frozenset((*(one.part for one in ANSWER_KINDS), "repeats", "supports"))
_TO_THEMSELVES = {("origin", "same_as"), ("source", "derived_from")}
_WHOLLY_SHOWN = (STATEMENT, "correction")
_NUMBERS = ("latitude", "longitude")
_SINGLE = {
    "statement": {"text"},
    "point": {"latitude", "longitude"},
    "interval": {"earliest", "latest"},
    "edge": {"from", "to"},
    "correction": {"collection", "key", "on", "change", "reason"},
    "curation": {"entered_on", "reviewed_on"},
    "origin": {"anonymous", "kind"},
    "source": {"url", "archive", "accessed", "sha256"},
}
"""Parts of roles of which a record has one."""


@dataclass(frozen=True)
class _Checked:
    book: Book
    collection: Collection
    plan: Plan
    whole: Plan | None = None

    def problems(self) -> Iterator[_Problem]:
        """Where something is wrong in the annotations, what it is, and a hint."""
        collection, page = self.collection, self.collection.page
        yield from self._label()
        for index, facet in enumerate(collection.facets):
            yield from self._facet(facet, ("facets", index))
        for index, path in enumerate(collection.aliases):
            yield from self._value(path, ("aliases", index))
        for name, paths in (("summary", page.summary), ("order", page.order), ("hide", page.hide)):
            for index, path in enumerate(paths):
                yield from self._property(path, ("page", name, index))
        yield from self._hidden()
        if exported.ROLE in collection.roles:
            yield from exported.schema_problems(self.book, collection, self._columns)
        for role, parts in collection.roles.items():
            for part, path in parts.items():
                if (role, part) == (exported.ROLE, exported.SCHEMA):
                    continue
                found = path if path in self._columns else f"{path}[]"
                if found in self._columns:
                    yield from self._part(role, part, found)
                else:
                    yield self._no_property(path, ("role", role, part), "")
        if collection.relays and "kind" not in collection.roles["origin"]:
            message = "`relays` are values of `kind`, and it is not said which property that is"
            yield ("role", "origin", "relays"), message, "name it as `kind`"
        for index, path in enumerate(collection.about):
            yield from self._about(path, ("role", STATEMENT, "about", index))

    @cached_property
    def _columns(self) -> Mapping[str, Column]:
        """The columns of what stands in records, by its path."""
        columns = (column for table in self.plan.tables for column in table.columns)
        return {column.path: column for column in columns if column.role in _WRITTEN and column.path}

    def _label(self) -> Iterator[_Problem]:
        names = [column.name for column in self.plan.tables[0].columns]
        if self.collection.label is not None and self.collection.label not in names:
            yield self._no_column(self.collection.label, ("label",), names)

    def _facet(self, facet: str, place: Path) -> Iterator[_Problem]:
        own = self.plan.tables[0]
        names = [column.name for column in own.columns]
        children = [table for table in self.plan.tables if table.parent == own.name]
        values = [column.path for table in children for column in table.columns if column.role == "value"]
        lists = [path for path in values if path.endswith("[]")]
        if facet not in names and facet not in lists:
            yield self._no_column(facet, place, [*names, *lists])

    def _no_column(self, name: str, place: Path, known: list[str]) -> _Problem:
        columns = [one for table in self.whole.tables[:1] for one in table.columns] if self.whole else []
        path = next((column.path for column in columns if column.name == name), name)
        if path and self._is_kept_back(path):
            return self._kept_back(path, place)
        hint = did_you_mean(name, known) or f"the columns are {', '.join(known[:12])}"
        return place, f"the table has no column {name!r}", hint

    def _value(self, path: str, place: Path) -> Iterator[_Problem]:
        """Whether single values stand at a path."""
        if path not in self._columns:
            several = [other for other in (f"{path}[]", f"{path}{{}}") if other in self._columns]
            hint = f"did you mean {several[0]!r}, each of its values?" if several else ""
            yield self._no_property(path, place, hint)

    def _property(self, path: str, place: Path) -> Iterator[_Problem]:
        """Whether a path is that of a property: a value, a mapping, a list or a map."""
        whole = {table.path[:-2] for table in self.plan.tables if table.path}
        inside = any(one.startswith(f"{path}.") for one in self._columns)
        if path not in self._columns and path not in whole and not inside:
            if "hide" not in place or not self._is_kept_back(path):  # what is not published is hidden indeed
                yield self._no_property(path, place, "")
        elif "summary" in place and is_several(path):
            yield place, f"{path!r} stands in a list or a map, and a summary is of the record", _WHOLE
        elif "order" in place and len(steps(path)) > 1:
            yield place, f"{path!r} stands inside of another property, and a page is ordered by whole ones", _WHOLE

    def _is_kept_back(self, path: str) -> bool:
        return self.book.visibility.hides(self.collection.name, steps(path))

    def _kept_back(self, path: str, place: Path) -> _Problem:
        message = f"{path!r} is not public, and plays a part in what is published"
        return place, message, _LET_IT_BE

    def _no_property(self, path: str, place: Path, hint: str) -> _Problem:
        if self._is_kept_back(path):
            return self._kept_back(path, place)
        hint = hint or did_you_mean(path, self._columns) or f"there are {', '.join(list(self._columns)[:12])}"
        return place, f"no property has the path {path!r}", hint

    def _hidden(self) -> Iterator[_Problem]:
        """A statement is never shown without who says it, nor a correction without what it is about."""
        roles = self.collection.roles
        parts = [(role, part, path) for role in _WHOLLY_SHOWN for part, path in roles.get(role, {}).items()]
        for index, path in enumerate(self.collection.page.hide):
            for role, part, shown in parts:
                if shown == path or shown.startswith((f"{path}.", f"{path}[]", f"{path}{{}}")):
                    message = f"{path!r} cannot be hidden: it is the {role}'s `{part}`, which stays beside it"
                    yield ("page", "hide", index), message, "take it out of `hide`"
                    break

    def _part(self, role: str, part: str, path: str) -> Iterator[_Problem]:
        """Whether what stands at a path suits the part that it is to play."""
        place: Path = ("role", role, part)
        column = self._columns[path]
        targets = [target.collection for target in (column.foreign, *column.targets) if target]
        if is_several(path.removesuffix("[]")):
            message = f"{path!r} stands in a list of mappings or in a map, where no page looks for a record's {part}"
            yield place, message, "name a property of the record, or a list of single values"
        elif part in _SINGLE.get(role, ()) and is_several(path):
            yield place, f"a record has several {path!r}, and one {part}", "name a property that is a single value"
        elif part in _NUMBERS and column.encoding not in ("number", "integer"):
            message = f"{path!r} is no number, so it is no {part}"
            yield place, message, "let the schema ask for a number, in degrees with decimals"
        elif role == "edge" and part in ("from", "to") and not targets:
            yield place, f"{path!r} is no reference, so it leads to no record", _REFERENCE
        elif role == exported.ROLE:
            yield from exported.property_problems(self.book, self.collection, part, column, targets)
        elif (role, part) in _TO_THEMSELVES and self.collection.name not in targets:
            name = self.collection.name
            yield place, f"{path!r} is no reference to {name}, among which it is to lead", _REFERENCE
        elif (role, part) == ("origin", "anonymous") and column.encoding != "boolean":
            yield (
                place,
                f"{path!r} is not true or false, so it tells nobody as anonymous",
                "let the schema ask for a boolean",
            )
        elif role == STATEMENT and part in _TO_STATEMENTS:
            yield from self._to_statements(part, path, targets)

    def _about(self, path: str, place: Path) -> Iterator[_Problem]:
        """Whether references stand at a path: what a statement is about has a page of its own, and names."""
        found = self._columns.get(path) or self._columns.get(f"{path}[]")
        if found is None:
            yield self._no_property(path, place, "")
        elif not (found.foreign or found.targets):
            yield place, f"{path!r} is no reference, so it names nothing that a statement is about", _REFERENCE

    def _to_statements(self, part: str, path: str, targets: list[str]) -> Iterator[_Problem]:
        place: Path = ("role", "statement", part)
        known = self.book.by_name
        others = [name for name in targets if name in known and "statement" not in known[name].roles]
        if not targets:
            yield place, f"{path!r} is no reference, so it names no statement", _REFERENCE
        elif others:
            message = f"{path!r} leads to {others[0]}, whose records are no statements"
            yield place, message, f"give {others[0]} the role statement, or name a reference to statements"


_LET_IT_BE = "let it be public, or name another property"
_WHOLE = "name the property that it stands in"
_REFERENCE = "say where it leads under `references`, or in the schema by x-references"
