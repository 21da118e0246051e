# SPDX-License-Identifier: Apache-2.0
"""What goes along with a record that is withdrawn, and what may not: answers to it, and answers that it gave.

An accusation is not to stand without its answer, nor an answer without what it answers: it would tell of an accusation
that the book took back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sourcebook.book import SYMMETRIC
from sourcebook.edit.labels import label_of
from sourcebook.edit.model import Refused
from sourcebook.edit.references import Reference, referring
from sourcebook.edit.roles import part_of
from sourcebook.edit.source import Source
from sourcebook.records.model import Record
from sourcebook.rekey.answers import answered
from sourcebook.rekey.leading import holds_none, is_within, once

_MOST = 30


def leaving(
    source: Source,
    record: Record,
    *,
    with_answers: bool,
    keep_answers: bool,
    unanswered: bool,
    also: Sequence[Record] = (),
) -> list[Record]:
    """The records that go with ``record``, itself as the first; ``also`` are some that go anyway.

    Raises Refused where an answer to it would answer nothing any more and nobody says what is to become of it, or where
    what it answers stays and would stand ``unanswered``.
    """
    going = [record]
    for one in going:  # which grows meanwhile
        holds_none(source, one)
        for answer in _left_alone(source, [*going, *also]):
            if not keep_answers and not any(answer is other for other in (*going, *also)):
                going.append(answer)
    if len(going) > 1 and not with_answers:
        raise Refused("\n".join(_what_of(source, record, going[1:])))
    if not unanswered:
        _not_an_answer(source, [*going, *also])
    return going


def stays_an_answer(source: Source, record: Record, after: Any) -> None:
    """Raises Refused where a record that holds ``after`` instead would not answer any more what it answers."""
    still = [one for _, one in answered(source, replace(record, value=after), but=SYMMETRIC)]
    _not_unanswered(
        source,
        f"{record.collection} {record.key} would not answer any more what would then stand without its answer:",
        [one for one in answered(source, record, but=SYMMETRIC) if not any(one[1] is other for other in still)],
    )


def references_to(source: Source, going: Sequence[Record]) -> Iterator[Reference]:
    """The references to records that go, from those that stay."""
    for record in going:
        for one in once(referring(source, record.collection, record.key)):
            if not any(one.record is other or is_within(one, other) for other in going):
                yield one


def _left_alone(source: Source, going: Sequence[Record]) -> Iterator[Record]:
    """The statements that answer records which go, and nothing besides."""
    for record in going:
        for one in referring(source, record.collection, record.key):
            part = part_of(source.book, one.record.collection, one.path, record.collection)
            if part is None or not part.answers or part.name in SYMMETRIC:
                continue
            others = [other for _, other in answered(source, one.record, but=SYMMETRIC)]
            if all(any(other is there for there in going) for other in others):
                yield one.record


def _what_of(source: Source, record: Record, answers: Iterable[Record]) -> Iterator[str]:
    yield f"these answer {record.collection} {record.key}, and would then answer nothing:"
    yield from _named(source, answers)
    yield (
        "--with-answers has them go too; --keep-answers has them stay as statements of their own: read each, for it "
        "may tell of what it answered"
    )


def _not_an_answer(source: Source, going: Sequence[Record]) -> None:
    """Raises Refused where a statement that stays is answered by a record that goes."""
    for record in going:
        found = answered(source, record, but=SYMMETRIC)  # of two that contradict each other, neither answers the other
        left = [(words, one) for words, one in found if not any(one is other for other in going)]
        said = f"{record.collection} {record.key} answers what would then stand without its answer:"
        _not_unanswered(source, said, left)


def _not_unanswered(source: Source, said: str, left: Sequence[tuple[str, Record]]) -> None:
    if left:
        lines = [said, *(f"  it {words} {next(_named(source, [one], ''))}" for words, one in left[:_MOST])]
        lines.append(
            "withdraw what it answers first; where who gave the answer withdrew it, or never gave it, say so in "
            "--reason and add --unanswered"
        )
        raise Refused("\n".join(lines))


def _named(source: Source, records: Iterable[Record], begin: str = "  ") -> Iterator[str]:
    for number, one in enumerate(records):
        if number == _MOST:
            yield f"{begin}and more"
            return
        label = label_of(source, one)
        where = f"{one.path}:{source.line(one, ())[1]}"
        yield f"{begin}{one.collection} {one.key}{f' ({label})' if label else ''}, {where}"


__all__ = ["leaving", "references_to", "stays_an_answer"]
