# SPDX-License-Identifier: Apache-2.0
"""Shape to relational plan: which tables a collection becomes, and which column holds which value.

The plan is computed from the schema alone, so the shape of the database does not depend on which records happen to be
there. ``docs/reference/tables.md`` states the rules. Longer than most modules, since each shape may hold any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sourcebook.book import Target, join, steps
from sourcebook.tables.encoding import encoding_of, kept_as_text
from sourcebook.tables.model import (
    FREE_FORM,
    FREE_ITEMS,
    Cell,
    Child,
    Column,
    Encoding,
    Group,
    Nested,
    Node,
    Plan,
    Role,
    Table,
)
from sourcebook.tables.reference_columns import by_record, leading
from sourcebook.tables.shape import Again, Json, List, Note, Object, Scalar, Shape, Unknown
from sourcebook.tables.too_wide import MANY, MOST_TABLES, narrowed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the descriptor says about a collection's tables, in the planner's terms."""

    name: str
    title: str
    description: str
    key: str | None
    label: str | None
    key_column: str = "_key"
    references: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)  # by property path
    rename: Mapping[str, str] = field(default_factory=dict)
    key_fits: bool = True  # whether every record has a key as the schema wants it
    conditional: frozenset[str] = frozenset()  # the paths of references that depend on the record


def plan_collection(wanted: Wanted, shape: Shape) -> Plan:
    """The relational plan of a collection whose records have ``shape``."""
    return _Planner(wanted).plan(shape)


@dataclass
class _Draft:
    """A table while its columns are being found."""

    name: str
    path: str
    columns: list[Column]
    parent: _Draft | None
    title: str
    description: str
    number: int
    has_children: bool = False
    names: frozenset[str] = frozenset()  # references by which its rows' mappings are reached
    lists: frozenset[str] = frozenset()  # and those by which the list of them is reached
    nested: bool = False


class _Planner:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.drafts: list[_Draft] = []
        self.items: dict[int, Node] = {}
        self.losses: list[str] = ["the order of keys"]
        self.json: list[tuple[str, str]] = []
        self.partly = False  # whether what is at hand is declared by some branches only

    @property
    def full(self) -> bool:
        """Whether there are as many tables as a collection may have."""
        return len(self.drafts) >= MOST_TABLES

    def plan(self, shape: Shape) -> Plan:
        wanted = self.wanted
        draft = self._draft(wanted.name, "", None, wanted.title, wanted.description)
        if wanted.key is None:
            draft.columns.append(Column(wanted.key_column, "text", "key", required=True, note=_KEY_NOTE))
        else:
            shape = _with_key(shape, steps(wanted.key))
        root = self._root(shape, draft)
        return Plan(
            wanted.name, tuple(map(self._table, self.drafts)), root, self.items, tuple(self.losses), tuple(self.json)
        )

    def _root(self, shape: Shape, draft: _Draft) -> Node:
        """A record is a mapping, most often; it may be a list, or a single value of a map."""
        shape = narrowed(shape)
        if isinstance(shape, Unknown) or (isinstance(shape, Object) and (shape.properties or shape.rest is None)):
            return self._group(shape if isinstance(shape, Object) else Object(note=shape.note), draft, "", "")
        name = "items" if isinstance(shape, List) else "entries" if isinstance(shape, Object) else "_value"
        return self._node(shape, draft, "", name, required=False)

    def _draft(self, name: str, path: str, parent: _Draft | None, title: str, description: str) -> _Draft:
        draft = _Draft(self.wanted.rename.get(path, name), path, [], parent, title, description, len(self.drafts))
        self.drafts.append(draft)
        return draft

    # Nodes.

    def _node(self, shape: Shape, draft: _Draft, path: str, name: str, required: bool) -> Node:
        match shape:
            case Object(certain=False):
                pass  # anything may stand here
            case Scalar():
                required = required and "null" not in shape.types
                types = shape.types - {"null"}
                return self._cell(encoding_of(types), kept_as_text(types, shape.note), draft, path, name, required)
            case Object(properties=properties, rest=rest) if (
                not properties and rest is not None and self._holds(rest, f"{path}{{}}")
            ):
                return self._child(rest, draft, path, name, shape.note, by_name=True, key=shape.key)
            case Object(properties=properties) if properties:
                return self._group(shape, draft, path, name)
            case List(items=Again(name=again)) if again in draft.names and not draft.nested:
                return self._nested(draft, path, name)
            case List(items=items) if self._holds(items, f"{path}[]"):
                return self._child(items, draft, path, name, shape.note, single=shape.single, lists=shape.names)
            case Again(name=again) if again in draft.lists and not draft.nested:
                return self._nested(draft, path, name)
        why = shape.why if isinstance(shape, Json) else FREE_FORM
        if isinstance(shape, Again) or (isinstance(shape, List) and isinstance(shape.items, Again)):
            why = "recursive"
        elif isinstance(shape, List):
            why = FREE_ITEMS
        if self.full and why in (FREE_ITEMS, FREE_FORM):
            why = MANY
        loose = isinstance(shape, Unknown)
        node = self._cell("json", shape.note, draft, path, name, required=False, loose=loose)
        if draft.columns[node.index].encoding == "json":
            self.json.append((f"{draft.name}.{draft.columns[node.index].name}", why))
        return node

    def _holds(self, items: Shape, path: str) -> bool:
        """Whether elements of this shape make a table: single values, references, mappings with declared properties."""
        if self.full:
            return False
        if isinstance(items, Unknown):
            return bool(items.note.references) or path in self.wanted.references
        return isinstance(items, Scalar) or (isinstance(items, Object) and items.certain and bool(items.properties))

    def _cell(
        self,
        encoding: Encoding,
        note: Note,
        draft: _Draft,
        path: str,
        name: str,
        required: bool,
        *,
        loose: bool = False,
    ) -> Cell:
        is_key = not draft.parent and path == self.wanted.key
        role: Role = "key" if is_key else "value" if name == "_value" else "property"
        if is_key and (encoding not in ("text", "integer") or not self.wanted.key_fits):
            encoding = "any"  # whatever the schema says, a record has a key, and it is a text or an integer
        foreign, conditional = self._leads(path, note)
        if encoding == "json" and not (loose or role == "key"):
            foreign = ()  # what is written in it is looked for record by record
        elif foreign and encoding == "json":
            encoding = "any"  # what a reference is written as is a single value
        if role != "value":
            name = self.wanted.rename.get(path, name)
        column = Column(name, encoding, role, path, required or is_key, loose=loose, note=note)
        index = len(draft.columns)
        draft.columns += leading(column, foreign, conditional=conditional)
        if not required and role == "property":
            self.losses.append(f"{path}: null and absent are both NULL")
        if encoding == "integer":
            self.losses.append(f"{path}: an integer written as a decimal (1.0) is kept as 1")
        if encoding == "number":
            self.losses.append(f"{path}: an integer is kept as a decimal (1 as 1.0)")
        if encoding == "any":
            self.losses.append(f"{path}: what is no text is kept as the text that JSON writes for it")
        column = draft.columns[index]
        return Cell(index, encoding, column.refers, by_record(column))

    def _leads(self, path: str, note: Note) -> tuple[tuple[Target, ...], bool]:
        """Where the references at ``path`` lead, and whether that depends on the record."""
        if path in self.wanted.references:
            return self.wanted.references[path], path in self.wanted.conditional
        return note.references, note.conditional or self.partly

    def _group(self, shape: Object, draft: _Draft, path: str, name: str) -> Group:
        name = self.wanted.rename.get(path, name) if name else name
        members, partly = {}, self.partly
        for key, sub in shape.properties.items():
            self.partly = partly or (shape.open and key in shape.partly)
            members[key] = self._node(
                sub,
                draft,
                join(path, key),
                f"{name}_{key}" if name else key,
                required=key in shape.required and not path.rpartition("]")[2],
            )
        self.partly = partly
        other = None
        if shape.open:
            other = len(draft.columns)
            note = Note(description="Properties that the schema does not declare, as JSON.")
            column = f"_{name}_other" if name else "_other"
            draft.columns.append(Column(column, "json", "other", path, note=note))
        if path and not path.endswith("]"):
            self.losses.append(f"{path}: an empty mapping and an absent one are alike")
        return Group(members, other)

    def _child(
        self,
        items: Shape,
        draft: _Draft,
        path: str,
        name: str,
        note: Note,
        *,
        by_name: bool = False,
        single: bool = False,
        lists: frozenset[str] = frozenset(),
        key: Note = Note(),
    ) -> Child:
        items = narrowed(items)
        inner = path + ("{}" if by_name else "[]")
        title = note.title or (f"{draft.title}: {_words(name)}" if draft.title else _words(name))
        child = self._draft(f"{draft.name}_{name}", inner, draft, title, note.description or items.note.description)
        draft.has_children = True
        child.columns.append(Column("_parent", "any", "parent", required=True, note=_parent_note(draft)))
        if by_name:
            named = Column("_name", "text", "name", f"{path}{{key}}", required=True, note=_NAME_NOTE)
            leads, conditional = self._leads(named.path, key)
            child.columns += leading(named, leads, conditional=conditional)
        else:
            child.columns.append(Column("_position", "integer", "position", required=True, note=_POSITION_NOTE))
        if isinstance(items, Object) and items.properties:
            child.names, child.lists = items.names, lists
            self.items[child.number] = self._group(items, child, inner, "")
        else:
            self.items[child.number] = self._node(items, child, inner, "_value", required=False)
        alike = "a map" if by_name else "a list"
        self.losses.append(f"{path}: {alike} that is empty and one that is absent are alike")
        if single:
            self.losses.append(f"{path}: one thing and a list of that one are alike")
        return Child(child.number, name, by_name, single, by_record(child.columns[1]) if by_name else ())

    def _nested(self, draft: _Draft, path: str, step: str) -> Nested:
        """A list of objects that contains itself (comment threads, nested groups): one table, linked to itself."""
        draft.has_children = draft.nested = True
        note = Note(description=f"The row of {draft.name} that this one stands in; none at the top.")
        index = len(draft.columns)
        draft.columns.append(Column("_within", "text", "within", path, foreign=Target(draft.name, ""), note=note))
        self.losses.append(f"{path}: a list that is empty and one that is absent are alike")
        return Nested(draft.number, index, step)

    # Drafts to tables.

    def _table(self, draft: _Draft) -> Table:
        columns = draft.columns
        if draft.parent:
            parent = draft.parent
            own = Target(parent.name, "")
            parent_key = next((c for c in parent.columns if c.role == "key"), None)
            kind: Encoding = parent_key.encoding if parent_key and not parent.parent else "text"
            columns = [replace(c, foreign=own, encoding=kind) if c.role == "parent" else c for c in columns]
            if draft.has_children:
                # Put last, so that the numbers of the other columns stand.
                columns = [*columns, Column("_key", "text", "key", required=True, note=_KEY_NOTE)]
        key = [c.name for c in columns if c.role == "key"]
        return Table(
            name=draft.name,
            collection=self.wanted.name,
            path=draft.path,
            columns=tuple(columns),
            primary_key=tuple(key or [c.name for c in columns[:2]]),
            parent=draft.parent.name if draft.parent else None,
            title=draft.title,
            description=draft.description,
            label=self._label(draft),
        )

    def _label(self, draft: _Draft) -> str | None:
        names = [c.name for c in draft.columns if c.role in ("key", "property", "value") and c.encoding == "text"]
        if not draft.parent and self.wanted.label:
            return self.wanted.label
        for usual in ("name", "title", "label", "_value"):
            if usual in names:
                return usual
        return names[0] if names else None


def _with_key(shape: Shape, path: tuple[str, ...]) -> Shape:
    """A shape that has a text or an integer at ``path``, where it says nothing of it: the key of every record."""
    if not path:
        return Scalar(frozenset({"string", "integer"})) if isinstance(shape, Unknown) else shape
    shape = shape if isinstance(shape, Object) and shape.certain else Object()
    inner = _with_key(shape.properties.get(path[0], Unknown()), path[1:])
    properties = (
        {**shape.properties, path[0]: inner} if path[0] in shape.properties else {path[0]: inner, **shape.properties}
    )
    return replace(shape, properties=properties)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])[A-Z](?=[a-z])", lambda found: f" {found[0].lower()}", name.replace("_", " "))


_KEY_NOTE = Note(description="Key of the row: the record's key and the path inside it.")
_NAME_NOTE = Note(description="Key of the entry in the map.")
_POSITION_NOTE = Note(description="Position in the list, from 0.")


def _parent_note(parent: _Draft) -> Note:
    return Note(description=f"The row of {parent.name} that this one belongs to.")
