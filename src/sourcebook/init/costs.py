# SPDX-License-Identifier: Apache-2.0
"""What proposed tables cost readers: bare keys, values that stay JSON, tables too wide or too many; what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sourcebook.exact import dumps
from sourcebook.init.proposal import Proposal
from sourcebook.init.words import NAMES, words
from sourcebook.tables import Plan, flatten

_SAMPLE = 500  # records of a collection that are taken apart
_WORTH = 0.01  # share of a collection's characters
_TOLD = 5  # columns of a collection
_WIDE, _MANY, _MANY_IN_ALL = 100, 15, 60


def costs(proposals: Iterable[tuple[Proposal, Plan]]) -> Iterator[str]:
    """What is to be told of the tables of the proposals."""
    proposals = list(proposals)
    yield from (note for one, plan in proposals for note in _called_by_keys(one, plan))
    shares = [(share, note) for one, plan in proposals for share, note in _kept_as_json(one, plan)]
    yield from (note for _, note in sorted(shares, key=lambda told: (-told[0], told[1])))
    for one, plan in proposals:
        for table in plan.tables:
            if len(table.columns) > _WIDE:
                rest = f"make them a map in {one.schema}, or leave the rare ones out of it, for the column _other"
                yield f"{one.name}: the table {table.name} has {len(table.columns):,} columns; {rest}"
        if len(plan.tables) > _MANY:
            rest = f"what few records have is kept as JSON where {one.schema} says no more than {{}} of it"
            yield f"{one.name} makes {len(plan.tables):,} tables; {rest}"
    total = sum(len(plan.tables) for _, plan in proposals)
    if total > _MANY_IN_ALL:
        most = max(proposals, key=lambda told: len(told[1].tables))
        share = f"{len(most[1].tables):,} of them of {most[0].name}"
        yield f"there are {total:,} tables, {share}; a book may leave some out"


def _called_by_keys(one: Proposal, plan: Plan) -> Iterator[str]:
    """That pages would call records by their keys, though a column looks like their names: with what to say of it."""
    table = plan.tables[0]
    if table.label is not None and table.column(table.label).role != "key":
        return
    named = [
        (number, column.name)
        for number, column in enumerate(table.columns)
        if column.role == "property"
        and column.encoding == "text"
        and not (column.foreign or column.note.format or column.note.choices)
        and set(words(column.path)) & NAMES
    ]
    held: dict[int, set[str]] = {number: set() for number, _ in named}
    for value in one.values[:: max(1, len(one.values) // _SAMPLE)] if named else ():
        row = flatten(plan, "", value)[0][0][0]
        for number, some in held.items():
            some.update([row[number]] if row[number] else [])
    # Of several the one that tells most records apart.
    best = max(named, key=lambda told: len(held[told[0]]), default=None)
    if best:
        yield (
            f"{one.name}: pages call a record by its key, since no column is name, title or label; if {best[1]} is "
            f"what records are called, say in the descriptor label: {best[1]}"
        )


def _kept_as_json(one: Proposal, plan: Plan) -> Iterator[tuple[float, str]]:
    """The columns in which much of a collection stays JSON, with the share of all characters that stand there."""
    values = one.values
    lengths: Counter[tuple[int, int]] = Counter()
    total = 0
    for value in values[:: max(1, len(values) // _SAMPLE)]:
        total += len(dumps(value))
        rows, _ = flatten(plan, "", value)
        for number, some in rows.items():
            json = [i for i, column in enumerate(plan.tables[number].columns) if column.encoding == "json"]
            for index in json:
                lengths[number, index] += sum(len(row[index]) for row in some if row[index] is not None)
    why = dict(plan.json_columns)
    for (number, index), length in lengths.most_common(_TOLD):
        if length < _WORTH * total:
            break
        table, column = plan.tables[number], plan.tables[number].columns[index]
        place = f"{table.name}.{column.name}"
        reason = why.get(place, "undeclared" if column.role == "other" else "free-form")
        share = length / total
        yield share, f"{one.name}: {share:.0%} of its characters stay JSON, in {place}: {reason}"
