# SPDX-License-Identifier: Apache-2.0
"""What a chunk compiled to: columns, not objects, for there are many records; and the same as bytes."""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from sourcebook.finding import Finding
from sourcebook.parse import Lossy, Place
from sourcebook.records.model import Source, Stand, Summary

StandInChunk = tuple[str | int, int, tuple[str | int, ...], int, int]
"""Where a record stands, as `Stand` has it, with the number of its file in the place of the path."""


@dataclass
class Batch:
    """What files of one collection compiled to.

    ``counts`` is how many records they are, and how many rows of each table. ``told`` are those files, by number, that
    there is something to tell of; ``invalid`` says that a record does not fit the schema. ``stands`` say where each
    record stands, the number of its file in the place of the path. ``fields`` are, column by column, the values that
    others may refer to records by; ``written`` how often each value is written in each of the collection's references,
    but for ``suspects``: the records, by number, in which a rule may find something, each with the numbers in it that
    may be meant as text. ``judged`` is the same of references that each record must be looked at for, by the numbers of
    the targets that they may lead to. ``spelled`` are the columns of running text, by the number of their table, in
    which letters have another spelling; ``left_open`` how many characters stand in each column of what the schema says
    nothing of, and in all records last. ``texts`` are what the records hold, as JSON; ``rows`` the values of their
    rows, table by table, one row after the other, references as written.

    All of it is public, in whatever hands the store comes: of records of which nothing is, ``hidden`` has the numbers
    of the files that they stand in, and what is told of such a collection's files is told without words (`told_of`);
    ``embargoed`` are how many values are kept back until which day.
    """

    counts: list[int] = field(default_factory=list)
    told: dict[int, Summary] = field(default_factory=dict)
    invalid: bool = False
    stands: list[StandInChunk] = field(default_factory=list)
    fields: list[list[Any]] = field(default_factory=list)
    suspects: dict[int, tuple[Lossy, ...]] = field(default_factory=dict)
    written: list[dict[Any, int]] = field(default_factory=list)
    judged: dict[tuple[int, ...], dict[Any, int]] = field(default_factory=dict)
    spelled: list[tuple[int, str]] = field(default_factory=list)
    left_open: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    embargoed: dict[str, int] = field(default_factory=dict)

    def placed(self, chunk: Sequence[Source]) -> list[Stand]:
        """Where each record stands; ``chunk`` are the files."""
        paths = [source.path for source in chunk]
        return [(key, paths[number], at, line, document) for key, number, at, line, document in self.stands]


def told_of(summary: Summary) -> Summary:
    """What was found of a file whose records are not wholly public, without the words, which may quote them.

    They are found again in the file itself: `sourcebook.compile.withheld`.
    """
    bare = [Finding(one.path, one.line, one.column, one.rule, "", one.level) for one in summary.findings]
    return Summary(bare, summary.documents, summary.taken)


def pack(batch: Batch) -> list[bytes]:
    """A batch as bytes, in parts: all but texts and rows, the texts, the rows of each table.

    They are for processes of this machine, and for the next build by the same Python.
    """
    told = [
        (number, [astuple(finding) for finding in one.findings], one.documents, list(one.taken))
        for number, one in batch.told.items()
    ]
    suspects = [
        (number, [(path, text, *place) for path, text, place in lossy]) for number, lossy in batch.suspects.items()
    ]
    summary: list[Any] = [
        batch.counts,
        told,
        batch.invalid,
        batch.stands,
        batch.fields,
        suspects,
        batch.written,
        batch.judged,
        batch.spelled,
        batch.left_open,
        batch.hidden,
        batch.embargoed,
    ]
    return [marshal.dumps(part) for part in (summary, batch.texts, *batch.rows)]


def unpack(parts: Sequence[bytes]) -> Batch:
    """The batch of all parts that ``pack`` made, or of the first alone. Only for our own bytes: they are trusted."""
    summary, *others = (marshal.loads(part) for part in parts)  # noqa: S302
    counts, told, invalid, stands, fields, suspects, written, judged, spelled, left_open, hidden, embargoed = summary
    return Batch(
        counts,
        {
            number: Summary([Finding(*finding) for finding in findings], documents, taken)
            for number, findings, documents, taken in told
        },
        invalid,
        stands,
        fields,
        {number: tuple(Lossy(path, text, Place(*place)) for path, text, *place in lossy) for number, lossy in suspects},
        written,
        judged,
        spelled,
        left_open,
        others[0] if others else [],
        others[1:],
        hidden,
        embargoed,
    )
