# SPDX-License-Identifier: Apache-2.0
"""``answer-hidden``: a statement is public, and what answers it is not, so that it would be published alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sourcebook.book import ANSWER_KINDS, HIDDEN, STATEMENT, AnswerKind, Book, Collection, Target, steps
from sourcebook.finding import Finding
from sourcebook.records.model import Record
from sourcebook.rules.reference import References, demands
from sourcebook.tables.model import Demand, Plan
from sourcebook.tables.reference_paths import Reference

RULE = "answer-hidden"
_HINT = "let what answers be public as long as the statement is, or keep back the statement too"


def may_hide_parts(book: Book, collection: Collection) -> bool:
    """Whether an answer may be kept back of a record that is public itself."""
    mask = book.visibility.masks.get(collection.name)
    if mask is None:
        return False
    ways = (steps(f"{path.removesuffix('[]')}[]") for _, path in _parts(collection))
    return any(book.visibility.kept(one) for way in ways for one in list(mask.at(way))[1:])


def check(
    book: Book, record: Record, links: Sequence[Reference], plan: Plan, references: References
) -> Iterator[Finding]:
    """A finding for each statement that ``record``, a whole one, answers where readers do not see it.

    ``links`` are the references of its collection, as its tables have them.
    """
    collection = book.by_name[record.collection]
    public = book.visibility.public(record.collection, record.value)
    hidden = public is HIDDEN
    told = set() if hidden else {(kind.part, *_said(one)) for kind, one in _answers(collection, public, links, plan)}
    for kind, one in _answers(collection, record.value, links, plan):
        if (kind.part, *_said(one)) in told:
            continue
        if not references.knows(RULE, one.targets, one.value):
            continue
        meets = bool(references.index.meant(one.targets, one.value))
        # What cannot hold together with another answers it, and is answered by it, so the one that is public is alone.
        alone = meets or (kind.symmetric and not hidden and references.index.withholds(one.targets, one.value))
        if alone:
            what = "this record is" if hidden else "what says so here is"
            message = f"a statement is public that is answered here ({kind.part}), and {what} not"
            yield references.positioner.finding(record, one.path, RULE, message, _HINT, at_key=one.at_key)


def _parts(collection: Collection) -> list[tuple[AnswerKind, str]]:
    """The kinds of answers that a collection speaks of, each with the path of the property."""
    role = collection.roles.get(STATEMENT, {})
    return [(kind, role[kind.part]) for kind in ANSWER_KINDS if kind.part in role]


def _answers(
    collection: Collection, value: Any, links: Sequence[Reference], plan: Plan
) -> Iterator[tuple[AnswerKind, Demand]]:
    """What a record answers, and how: one property may play more than one part."""
    ways = [(kind, steps(path.removesuffix("[]"))) for kind, path in _parts(collection)]
    found = [*demands(value, links), *(plan.judged.written(value) if plan.judged else ())] if ways else []
    for one in found:
        names = tuple(step for step in one.path if isinstance(step, str))
        yield from ((kind, one) for kind, way in ways if names[: len(way)] == way)


def _said(one: Demand) -> tuple[tuple[Target, ...], str]:
    return one.targets, repr(one.value)
