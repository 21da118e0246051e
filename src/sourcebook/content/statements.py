# SPDX-License-Identifier: Apache-2.0
"""Statements as readers are shown them, wherever that is: never without who says them, and never without their answers.

What answers a statement is told by the roles of collections: statements that deny it, that cannot hold together with
it, and so on (`ANSWER_KINDS`). All of them are found by the references that lead from the one to the other, in either
direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sourcebook.book import ANSWER_KINDS, STATEMENT, SYMMETRIC
from sourcebook.content import records
from sourcebook.content.answer_links import Links, answer_links
from sourcebook.content.labels import Labels, Reference
from sourcebook.content.records import Part, Record
from sourcebook.content.values import Shown, date
from sourcebook.extract.site import Collection, Field

ROLE = STATEMENT
_PARTS = ("text", "by", "knowledge", "in", "at", "on", "kind", "hedge")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its attribution; ``values`` are what its record has of each part of its collection's role.

    ``published_at`` is the address of the document, where the collection of documents has one. ``answers`` come first
    to last as a reader needs them, in the order of `ANSWER_KINDS`, then what it answers itself.
    """

    key: str
    href: str
    collection: str
    values: Mapping[str, tuple[Shown, ...]]
    published_at: str
    answers: tuple[Answers, ...] = ()
    answered_by: tuple[Answers, ...] = ()  # what answers it, where that is told by who says it alone

    @property
    def answered(self) -> int:
        """How many answers it has that are told by who says them alone."""
        return sum(len(some.statements) for some in self.answered_by)

    @property
    def said(self) -> str:
        """What is said."""
        return self._text("text")

    @property
    def by(self) -> tuple[Shown, ...]:
        """Who says it."""
        return self.values["by"]

    @property
    def knowledge(self) -> tuple[Shown, ...]:
        """On whose knowledge, where that is told apart from who says it."""
        return self.values["knowledge"]

    @property
    def published_in(self) -> tuple[Shown, ...]:
        """In which document."""
        return self.values["in"]

    @property
    def at(self) -> str:
        """Where in the document."""
        return self._text("at")

    @property
    def on(self) -> Shown | None:
        """On which day."""
        return next(iter(self.values["on"]), None)

    @property
    def kind(self) -> str:
        """What is done by saying it."""
        return self._text("kind")

    @property
    def hedge(self) -> str:
        """With which reservation."""
        return self._text("hedge")

    def _text(self, name: str) -> str:
        return "; ".join(one.text for one in self.values[name])


@dataclass(frozen=True, slots=True)
class Answers:
    """Statements that answer a statement, or that it answers, and how: `how` are the words between the two.

    ``short`` is said of a statement that they answer in a title: denied.
    """

    how: str
    kind: str
    short: str
    forward: bool  # whether the statement at hand answers these
    statements: tuple[Statement, ...]


def is_statement(collection: Collection) -> bool:
    """Whether the records of a collection are statements."""
    return ROLE in collection.roles


def attributed(one: Statement) -> str:
    """A statement as plain text: what is said, by whom, where that was published; and what answers it, as far as told.

    The labels of what it refers to are to be fetched before.
    """
    where = f"{_named(one.published_in)}, {one.at}" if one.at else _named(one.published_in)
    parts = [f"{one.kind}: said by {_named(one.by)}" if one.kind else f"said by {_named(one.by)}"]
    if one.knowledge:
        parts.append(f"on the knowledge of {_named(one.knowledge)}")
    parts.append(f"in {where}")
    if one.hedge:
        parts.append(f"with the reservation “{one.hedge}”")
    answers = (some for some in one.answers if not some.forward)
    parts += [f"{some.how}: {' | '.join(map(attributed, some.statements))}" for some in answers]
    parts += map(who_answers, one.answered_by)
    return f"{one.said} ({' · '.join(parts)})"


def who_answers(some: Answers) -> str:
    """Who says what answers a statement, and by which keys, without what they say: of many, the first few."""
    told = [f"{_named(one.by)} ({one.key})" for one in some.statements[:_FEW]]
    more = len(some.statements) - _FEW
    return f"{some.how}: {', '.join(told)}" + (f" and {more:,} more" if more > 0 else "")


_FEW = 5


def _named(values: Iterable[Shown]) -> str:
    return ", ".join(one.whole if isinstance(one, Reference) else one.text for one in values)


def statements(labels: Labels, collection: Collection, keys: Sequence[str]) -> list[Statement]:
    """The statements of ``keys``, in their order, each with its answers."""
    links = answer_links(labels, collection, keys)
    others: dict[str, dict[str, None]] = {}
    for found in links.values():
        for name, key in (one for some in found.values() for one in some):
            others.setdefault(name, {})[key] = None
    brief = {
        (name, one.key): one
        for name, some in others.items()
        for one in _answered(labels, labels.opened.site.collection(name), list(some))
    }
    said = [_with_answers(one, links.get(one.key, {}), brief) for one in _attributed(labels, collection, keys)]
    return list(_with_those_of_today(labels, labels.today, collection, said)) if labels.today and said else said


def _with_those_of_today(
    labels: Labels, today: Labels, collection: Collection, said: Iterable[Statement]
) -> Iterator[Statement]:
    """Statements of a release of the past, with what answers them today before what did then."""
    now = {one.key: labels.now(collection.name, one.key) or "" for one in said}
    there = {one.key: one for one in statements(today, today.opened.site.collection(collection.name), [*now.values()])}
    fetch(today)
    for one in said:
        known = there[now[one.key]].answers if now[one.key] in there else ()
        told = {(other.collection, other.key) for some in known for other in some.statements}
        left = [
            replace(some, statements=tuple(by for by in some.statements if _known_as(labels, by) not in told))
            for some in one.answers
        ]
        yield replace(one, answers=tuple(_joined([*known, *(some for some in left if some.statements)])))


def _known_as(labels: Labels, one: Statement) -> tuple[str, str]:
    return one.collection, labels.now(one.collection, one.key) or ""


def _joined(answers: Iterable[Answers]) -> Iterator[Answers]:
    """Answers of the same way as one, in the order that answers have."""
    by_way: dict[tuple[bool, str], Answers] = {}
    for some in answers:
        known = by_way.get((some.forward, some.kind))
        together = replace(some, statements=known.statements + some.statements) if known else some
        by_way[some.forward, some.kind] = together
    order = [(forward, kind.part) for forward in (False, True) for kind in ANSWER_KINDS]
    return (by_way[one] for one in order if one in by_way)


def _answered(labels: Labels, collection: Collection, keys: Sequence[str]) -> Iterator[Statement]:
    """Statements that answer others, each with who answers it: none is shown without."""
    links = answer_links(labels, collection, keys, back=True)
    others: dict[str, dict[str, None]] = {}
    for found in links.values():
        for name, key in (one for some in found.values() for one in islice(some, _FEW + 1)):
            others.setdefault(name, {})[key] = None
    brief = {
        (name, one.key): one
        for name, some in others.items()
        for one in _attributed(labels, labels.opened.site.collection(name), list(some))
    }
    for one in _attributed(labels, collection, keys):
        yield replace(one, answered_by=_with_answers(one, links.get(one.key, {}), brief).answers)


def fetch(labels: Labels) -> None:
    """Fetch the labels of all that a page refers to; of statements also who says them, and what answers them."""
    while unfetched := labels.fetch():
        for name, keys in unfetched.items():
            collection = labels.opened.site.collection(name)
            new = [key for key in keys if (name, key) not in labels.told] if is_statement(collection) else []
            if new:
                labels.told |= {(name, one.key): one for one in statements(labels, collection, new)}


def _beside(one: Statement, other: Statement) -> Statement:
    """A statement beside one that it answers, which is not told to answer it in turn."""
    if not other.answered_by:
        return other
    known = (one.collection, one.key)
    left = [
        replace(some, statements=tuple(by for by in some.statements if (by.collection, by.key) != known))
        for some in other.answered_by
    ]
    return replace(other, answered_by=tuple(some for some in left if some.statements))


def _with_answers(one: Statement, links: Links, brief: Mapping[tuple[str, str], Statement]) -> Statement:
    """A statement with its answers; one that answers it in another way too is not told again to contradict it."""
    answers = []
    said = {other for (how, _), some in links.items() if how not in SYMMETRIC for other in some}
    for forward in (False, True):
        for kind in ANSWER_KINDS:
            found = links.get((kind.part, forward), {})
            others = found.keys() - (said if kind.symmetric else set())
            some = tuple(brief[other] for other in found if other in others and other in brief)
            if some:
                how = kind.forward if forward else kind.backward
                some = tuple(_beside(one, other) for other in some)
                answers.append(Answers(how, kind.part, kind.short, forward, some))
    return replace(one, answers=tuple(answers))


def _attributed(labels: Labels, collection: Collection, keys: Sequence[str]) -> list[Statement]:
    """Statements with who says them, without their answers."""
    role = collection.roles[ROLE]
    fields = [found for name in _PARTS if name in role and (found := collection.field(role[name]))]
    read = records.read(labels, collection, [one for one in keys if labels.now(collection.name, str(one))], fields)
    documents = _addresses(labels, role, read)
    return [_statement(labels, collection, one, documents) for one in read]


def _statement(labels: Labels, collection: Collection, record: Record, documents: Mapping[str, str]) -> Statement:
    role = collection.roles[ROLE]
    values: dict[str, tuple[Shown, ...]] = {
        name: _flat(record.part(role[name])) if name in role else () for name in _PARTS
    }
    values["on"] = tuple(date(one.text) if one.kind == "text" else one for one in values["on"])
    published = (one for one in values["in"] if isinstance(one, Reference))
    return Statement(
        key=record.key,
        href=labels.at.record(collection.address, record.key),
        collection=collection.name,
        values=values,
        published_at=next((documents[one.key] for one in published if one.key in documents), ""),
    )


def _flat(part: Part | None) -> tuple[Shown, ...]:
    if part is None or part.values:
        return part.values if part else ()
    inner = [one for item in part.items for one in item.parts] or part.parts
    return tuple(value for one in inner for value in _flat(one))


def _addresses(labels: Labels, role: Mapping[str, str], found: Iterable[Record]) -> dict[str, str]:
    """The address of each document that statements were published in, by its key."""
    wanted: dict[str, dict[str, None]] = {}
    for record in found:
        part = record.part(role["in"])
        for one in part.values if part else ():
            if isinstance(one, Reference):
                wanted.setdefault(one.collection, {})[one.key] = None
    addresses = {}
    for name, keys in wanted.items():
        collection = labels.opened.site.collection(name)
        fields = [one for one in collection.fields if _may_be_address(one)]
        for record in records.read(labels, collection, list(keys), fields):
            outside = (one.href for part in record.parts for one in part.values if one.kind == "outside")
            address = next(outside, "")
            if address:
                addresses[record.key] = address
    return addresses


def _may_be_address(one: Field) -> bool:
    return one.kind == "value" and one.encoding in ("text", "any") and not one.to
