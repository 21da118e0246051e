# SPDX-License-Identifier: Apache-2.0
"""What answers what: the links between statements of a side, of those records that have to do with what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sourcebook.book import ANSWER_KINDS, STATEMENT, AnswerKind, Book, Target, steps
from sourcebook.diff.model import AnswerChange, Statement
from sourcebook.diff.records import Held
from sourcebook.tables.reference_paths import written

Key = tuple[str, str]  # collection and key


class Link(NamedTuple):
    """That one statement answers another in the way of ``kind``."""

    kind: AnswerKind
    of: Key
    by: Key


@dataclass(frozen=True)
class Answering:
    """A property of the statements of a collection that names those they answer, and what it may lead to."""

    kind: AnswerKind
    way: tuple[str, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Speaking:
    """How a side's collections of statements speak: the ``roles`` of each, and the properties by which they answer."""

    roles: Mapping[str, Mapping[str, str]]
    answering: Mapping[str, tuple[Answering, ...]]
    keys: Mapping[str, str]  # by collection, the property path of its key

    @cached_property
    def answered(self) -> frozenset[str]:
        """The collections that may be answered, or answer."""
        by_field = {target.collection for some in self.answering.values() for one in some for target in one.targets}
        return frozenset({*self.roles, *by_field})

    def fields(self, collection: str) -> set[str]:
        """The properties besides the key by which records of a collection are named in answers."""
        targets = (target for some in self.answering.values() for one in some for target in one.targets)
        return {t.field for t in targets if t.collection == collection and not self._is_key(t)}

    def _is_key(self, target: Target) -> bool:
        return not target.field or target.field == self.keys.get(target.collection)

    def links(self, collection: str, one: Held, named: Callable[[Target, str], Iterable[str]]) -> Iterator[Link]:
        """The links that a record holds. ``named`` gives the keys of what a field of a collection names."""
        here = (collection, one.key)
        for answering in self.answering.get(collection, ()):
            for _, value in written(one.value, answering.way):
                for of in self._meant(answering.targets, str(value), named):
                    yield Link(answering.kind, of, here)
                    if answering.kind.symmetric:
                        yield Link(answering.kind, here, of)

    def _meant(
        self, targets: tuple[Target, ...], value: str, named: Callable[[Target, str], Iterable[str]]
    ) -> list[Key]:
        found = []
        for target in targets:
            if len(targets) == 1 and self._is_key(target):
                found.append((target.collection, value))
            else:
                found += [(target.collection, key) for key in named(target, value)]
        return found

    def said(self, collection: str, value: Any, answers: Iterable[Link]) -> Statement | None:
        """Who says a record and what answers it; None of what is no statement."""
        role = self.roles.get(collection)
        if role is None:
            return None

        def texts(part: str) -> tuple[str, ...]:
            way = steps(role[part]) if role and part in role else None
            return tuple(str(one) for _, one in written(value, way)) if way else ()

        told = dict.fromkeys((link.kind.backward, "/".join(link.by)) for link in answers)
        return Statement(texts("by"), texts("in"), tuple(told))


NOBODY = Speaking({}, {}, {})


def speaking(book: Book, led: Callable[[str, str], tuple[Target, ...]]) -> Speaking:
    """How the statements of a book speak; ``led`` tells where the references at a path of a collection lead."""
    roles = {one.name: one.roles[STATEMENT] for one in book.collections if STATEMENT in one.roles}
    answering = {}
    for name, role in roles.items():
        known = [(kind, role[kind.part]) for kind in ANSWER_KINDS if kind.part in role]
        answering[name] = tuple(Answering(kind, steps(path), led(name, path)) for kind, path in known)
    return Speaking(roles, answering, {one.name: one.key for one in book.collections if one.key})


def changes_of_answers(both: Sequence[set[Link]], renamed: Mapping[Key, Key], gone: set[Key]) -> Iterator[AnswerChange]:
    """What lost and what got an answer, the lost ones first; ``renamed`` are the keys of now, by those of before."""
    old, new = both
    before = {link._replace(of=renamed.get(link.of, link.of), by=renamed.get(link.by, link.by)) for link in old}
    order = {kind: number for number, kind in enumerate(ANSWER_KINDS)}

    def sort(links: Iterable[Link]) -> list[Link]:
        return sorted(links, key=lambda link: (order[link.kind], link.of, link.by))

    lost, got = before - new, new - before
    kinds = {(link.of, link.by): link.kind for link in sort(lost)}
    again = {(link.of, link.by) for link in got}
    for link in sort(lost):
        if link.of not in gone and (link.of, link.by) not in again:
            yield AnswerChange(link.kind.part, link.kind.short, True, *link.of, *link.by, gone=link.by in gone)
    for link in sort(got):
        kind = kinds.get((link.of, link.by))
        was = kind.short if kind else ""
        yield AnswerChange(link.kind.part, link.kind.short, False, *link.of, *link.by, was=was)
