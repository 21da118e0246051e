# SPDX-License-Identifier: Apache-2.0
"""Columns that no record holds: what answers a statement, and who says what a row rests on.

A statement's own table says what answers it. A row elsewhere that refers to statements says who says them, where that
was published and what answers them, so that it accuses nobody without a speaker. Which columns there are depends on the
descriptor and the plans alone; what stands in them is made from a database whose rows are there (`compile.answers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sourcebook.book import ANSWER_KINDS, STATEMENT, AnswerKind, Book
from sourcebook.tables.model import Column, Plan, Table
from sourcebook.tables.shape import Note

ANSWERS, SAID_BY, PUBLISHED_IN = "answers", "said_by", "published_in"
_PARTS = ("text", "by", "knowledge", "in", "at", "on", "hedge")
_WRITTEN = ("key", "property", "value", "name")
_LINKING = ("parent", "position", "within", "target")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the values of a property stand: ``column`` of ``table``, whose column ``row`` has the key of their row.

    ``links`` are the collections that they may lead to, each with the column that holds the key of what is meant.
    """

    table: Table
    row: str
    column: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answering:
    """Statements of the collection ``by`` answer those of ``of``, in the way of ``kind``.

    ``column`` of the spot's table holds the keys of what they answer.
    """

    by: str
    of: str
    kind: AnswerKind
    spot: Spot
    column: str


@dataclass(frozen=True, slots=True)
class Resting:
    """A table whose rows rest on statements: ``spots`` are where they refer to these, in order."""

    table: Table
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class Derivation:
    """What the derived columns of a book are made from. All of it is empty where no collection holds statements.

    ``parts`` are, by collection of statements, where the parts of its role stand.
    """

    parts: Mapping[str, Mapping[str, Spot]]
    answering: tuple[Answering, ...]
    resting: tuple[Resting, ...]

    @cached_property
    def kinds(self) -> Mapping[str, tuple[AnswerKind, ...]]:
        """In which ways statements of each collection may be answered, in readers' order."""
        found = {
            name: {one.kind for one in self.answering if name == one.of or (one.kind.symmetric and name == one.by)}
            for name in self.parts
        }
        return {name: tuple(kind for kind in ANSWER_KINDS if kind in kinds) for name, kinds in found.items()}

    def answerers(self, of: str, kind: AnswerKind) -> tuple[str, ...]:
        """The collections whose statements may answer those of ``of`` in a way."""
        ends = [(one.by, one.of) for one in self.answering if one.kind == kind]
        ends += [(of_, by) for by, of_ in ends] if kind.symmetric else []
        return tuple(dict.fromkeys(by for by, of_ in ends if of_ == of))


def derivation(book: Book, plans: Mapping[str, Plan]) -> Derivation:
    """What the derived columns of a book are made from, whose annotations have nothing wrong."""
    roles = {name: book.by_name[name].roles[STATEMENT] for name in plans if STATEMENT in book.by_name[name].roles}
    parts = {
        name: {part: spot for part in _PARTS if part in role and (spot := spot_at(plans[name], role[part]))}
        for name, role in roles.items()
    }
    answering = [
        Answering(name, of, kind, spot, column)
        for name, role in roles.items()
        for kind in ANSWER_KINDS
        if kind.part in role and (spot := spot_at(plans[name], role[kind.part]))
        for of, column in spot.links
        if of in roles
    ]
    resting = [one for name, plan in plans.items() for one in _resting(plan, roles.keys(), own=name not in roles)]
    return Derivation(parts, tuple(answering), tuple(resting) if roles else ())


def tells_origins(book: Book) -> bool:
    """Whether a book says of its statements what repeats, supports or is derived."""
    roles = [one.roles for one in book.collections]
    parts = [(role, part) for one in roles for role, some in one.items() for part in some]
    return any(STATEMENT in one for one in roles) and not _SAYING.isdisjoint(parts)


_SAYING = {(STATEMENT, "repeats"), (STATEMENT, "supports"), ("source", "derived_from")}


def with_derived(book: Book, plans: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """The plans with their derived columns: as they are, where the book has no statements."""
    made = derivation(book, plans)
    if not made.parts:
        return plans
    columns: dict[str, tuple[Column, ...]] = {
        plans[name].tables[0].name: tuple(_of_statement(kinds)) for name, kinds in made.kinds.items() if kinds
    }
    for one in made.resting:
        answered = any(made.kinds[collection] for spot in one.spots for collection, _ in spot.links)
        columns[one.table.name] = tuple(_of_row(answered=answered))
    linked = {plans[name].tables[0].name for name in made.parts if about(book, plans, name)}
    return {
        name: replace(
            plan,
            tables=tuple(
                replace(one, derived=columns.get(one.name, ()), linked=one.name in linked) for one in plan.tables
            ),
        )
        for name, plan in plans.items()
    }


def about(book: Book, plans: Mapping[str, Plan], name: str) -> tuple[Spot, ...]:
    """Where statements refer to what they are about: where the book says, or else by all of their references.

    Other statements are nothing that one is about: what they say is not what it says.
    """
    plan, collection = plans[name], book.by_name[name]
    every = (column.path for table in plan.tables for column in table.columns if column.role in _WRITTEN)
    spots = (spot_at(plan, path) for path in dict.fromkeys(collection.about or every))
    others = [
        replace(spot, links=tuple(link for link in spot.links if STATEMENT not in book.by_name[link[0]].roles))
        for spot in spots
        if spot
    ]
    return tuple(spot for spot in others if spot.links)


def names(book: Book, plans: Mapping[str, Plan], name: str) -> tuple[Spot, ...]:
    """Where records of a collection are named: by their label, and by their aliases."""
    own = plans[name].tables[0]
    label = Spot(own, own.primary_key[0], own.label or own.primary_key[0], ())
    aliases = (spot_at(plans[name], path) for path in book.by_name[name].aliases)
    return (label, *(spot for spot in aliases if spot))


def spot_at(plan: Plan, path: str) -> Spot | None:
    """Where what stands at a property path of a record is: in its own table, or in a list of single values below it."""
    own = plan.tables[0]
    for wanted in (path, f"{path}[]"):
        for table in plan.tables:
            for column in table.columns if table in (own,) or table.parent == own.name else ():
                if column.path == wanted and column.role in _WRITTEN:
                    row = own.primary_key[0] if table is own else "_parent"
                    return Spot(table, row, column.name, _links(column))
    return None


def _links(column: Column) -> tuple[tuple[str, str], ...]:
    if column.foreign:
        return ((column.foreign.collection, column.name),)
    return tuple((collection, f"{column.name}_{collection}") for collection in column.collections)


def _resting(plan: Plan, statements: Iterable[str], *, own: bool) -> Iterator[Resting]:
    """The tables of a plan whose rows rest on statements, its own among them only if asked for."""
    known = set(statements)
    for table in plan.tables:
        spots = [*_references(table, table.primary_key[0], known)]
        if table.parent and _only_links(table):
            continue
        for child in plan.tables:
            if child.parent == table.name and _only_links(child):
                spots += _references(child, "_parent", known)
        if spots and (own or table.parent):
            yield Resting(table, tuple(spots))


def _references(table: Table, row: str, statements: set[str]) -> Iterator[Spot]:
    for column in table.columns:
        links = tuple(link for link in _links(column) if link[0] in statements) if column.role in _WRITTEN else ()
        if links:
            yield Spot(table, row, column.name, links)


def _only_links(table: Table) -> bool:
    """Whether the rows of a table say nothing but what they link."""
    own = [one for one in table.columns if one.role not in _LINKING and not (one.role == "key" and not one.path)]
    return all(one.foreign or one.targets for one in own)


_MADE = "Made by the build from {}; it is not in the records."


def _of_statement(kinds: Iterable[AnswerKind]) -> Iterator[Column]:
    for kind in kinds:
        how = f"The keys of the statements that answer it: {kind.backward}."
        yield _column(kind.column, kind.backward, f"{how} {_MADE.format('their links')}", encoded=True)
    told = "What answers it, in words, with who says so and where: the first are what denies it."
    yield _column(ANSWERS, "Answers", f"{told} {_MADE.format('these statements')}")


def _of_row(*, answered: bool) -> Iterator[Column]:
    made = _MADE.format("the statements that it refers to")
    yield _column(SAID_BY, "Said by", f"Who says what this row rests on. {made}")
    yield _column(PUBLISHED_IN, "Published in", f"Where that was published. {made}")
    if answered:
        yield _column(ANSWERS, "Answers", f"What answers the statements that this row rests on, in words. {made}")


def _column(name: str, title: str, description: str, *, encoded: bool = False) -> Column:
    return Column(name, "json" if encoded else "text", "derived", note=Note(title=title, description=description))
