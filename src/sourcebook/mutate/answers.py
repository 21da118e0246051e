# SPDX-License-Identifier: Apache-2.0
"""Faults in what answers a statement: answers that are unlinked or dropped, rows without statements, dates that go.

What a statement is, and by which properties it answers others, is what the descriptor says (``role: statement``).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from sourcebook.book import ANSWER_KINDS, STATEMENT, steps
from sourcebook.mutate import spans
from sourcebook.mutate.model import Mutant
from sourcebook.mutate.source import Source, Spot

Mutants = Iterator[Mutant | None]

_ANSWERS = frozenset(one.part for one in ANSWER_KINDS)
# What properties are called that say as of when a record tells, or when its words were said or put down.
_AS_OF = re.compile(r"(?i)(as_?of|said_?on|stated_?on|published_?on|accessed|retrieved|entered|checked_?on)(_date)?")


def unlinked_answer(source: Source, chance: random.Random) -> Mutants:
    """A statement that answers others no longer says which: its list of them is left out."""
    return _left_out(source, chance, _answering(source, whole=True))


def dropped_answer(source: Source, chance: random.Random) -> Mutants:
    """One of several statements that a statement answers is left out."""
    wanted = _answering(source, whole=False)

    def several(spot: Spot) -> bool:
        return wanted(spot) and sum(one.path[:-1] == spot.path[:-1] for one in source.spots(spot.record)) > 1

    for spot in source.pick(chance, several):
        span = _item(source, spot)
        if span:
            what = f"{_named(spot)}: {spot.value} is left out"
            yield source.mutant(spot.record.path, [(*span, "")], what, [_holder(source, spot)])


def ungrounded_row(source: Source, chance: random.Random) -> Mutants:
    """What a record or a row of it rests on, statements, is left out."""
    statements = {one.name for one in source.book.collections if STATEMENT in one.roles}

    def rests(spot: Spot) -> bool:
        return bool(spot.targets) and all(target.collection in statements for target in spot.targets)

    def wanted(spot: Spot) -> bool:
        if spot.record.collection in statements or not spot.name:
            return False
        inner = [one for one in source.spots(spot.record) if one.path[:-1] == spot.path]
        return rests(spot) or (isinstance(spot.value, list) and bool(inner) and all(map(rests, inner)))

    return _left_out(source, chance, wanted)


def missing_as_of(source: Source, chance: random.Random) -> Mutants:
    """The date as of which something is told, or on which it was said or put down, is left out."""
    return _left_out(source, chance, lambda spot: bool(_AS_OF.fullmatch(spot.name)))


def _answering(source: Source, *, whole: bool) -> Callable[[Spot], bool]:
    """Whether a value is a property that says what a statement answers (``whole``), or one item of such a list."""
    lists: dict[str, set[tuple[str, ...]]] = {}
    for one in source.book.collections:
        ways = [steps(path) for part, path in one.roles.get(STATEMENT, {}).items() if part in _ANSWERS]
        lists[one.name] = {way[:-1] if way[-1] == "[]" else way for way in ways}

    def wanted(spot: Spot) -> bool:
        way = tuple("[]" if isinstance(step, int) else step for step in spot.path)
        if not whole and (not way or way[-1] != "[]"):
            return False
        return (way if whole else way[:-1]) in lists[spot.record.collection] and spot.value not in ([], None)

    return wanted


def _left_out(source: Source, chance: random.Random, wanted: Callable[[Spot], bool]) -> Mutants:
    for spot in source.pick(chance, wanted):
        span = source.entry(spot)
        if span:
            yield source.mutant(spot.record.path, [(*span, "")], f"{_named(spot)} is left out", [_holder(source, spot)])


def _holder(source: Source, spot: Spot) -> tuple[str, int]:
    """The line of the mapping or list that holds a value."""
    return source.line(spot.record, spot.path[:-1])


def _item(source: Source, spot: Spot) -> spans.Span | None:
    """The span of an item that may be cut out of its list: its line, or its text with a comma."""
    span, text = source.span(spot), source.text(spot.record.path)
    if not span:
        return None
    line = text.rfind("\n", 0, span[0]) + 1
    if text[line : span[0]].strip(" ") == "-":
        end = text.find("\n", span[1]) + 1
        return (line, end) if end else None
    after = text[span[1] :]
    if after.lstrip().startswith(","):
        return span[0], span[1] + len(after) - len(after.lstrip()[1:].lstrip(" "))
    before = text[: span[0]].rstrip()
    return (len(before) - 1, span[1]) if before.endswith(",") else None


def _named(spot: Spot) -> str:
    return f"{spot.record.collection} {spot.record.key}: {'/'.join(map(str, spot.path))}"
