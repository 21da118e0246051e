# SPDX-License-Identifier: Apache-2.0
"""What a comparison asks of the next version: how much changes for who uses the data, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.diff.model import Compared, RecordChange
from sourcebook.release.numbering import Level


@dataclass(frozen=True, slots=True)
class Weight:
    """The ``level`` that changes ask for, None where nothing changed that is published; ``why``, a line a reason.

    ``breaking`` are the changes of tables that break a reader, in words.
    """

    level: Level | None
    why: tuple[str, ...]
    breaking: tuple[str, ...]


def weight(compared: Compared) -> Weight:
    """What a comparison asks for: of a table that breaks its readers a major version, of records that came or went, or
    that have other keys, or of tables and columns that are new, a minor one; of corrections alone a patch."""
    breaking = tuple(one.words for one in compared.breaking)
    more = tuple(_more(compared))
    less = tuple(_corrected(compared))
    if breaking:
        return Weight(Level.MAJOR, (*breaking, *more, *less), breaking)
    if more:
        return Weight(Level.MINOR, (*more, *less), ())
    return Weight(Level.PATCH, less, ()) if less else Weight(None, (), ())


_COUNTED = (("added", "added"), ("removed", "removed"), ("renamed", "under another key"))


def _more(compared: Compared) -> Iterator[str]:
    for kind, words in _COUNTED:
        if number := len(compared.of(kind)):
            yield f"{records(number)} {words}"
    yield from (one.words for one in compared.tables if not one.breaks)


def _corrected(compared: Compared) -> Iterator[str]:
    if number := sum(is_corrected(one) for one in compared.records):
        yield f"{records(number)} corrected"
    told = [one for one in compared.descriptor if one.name not in ("version", "sourcebook.released")]
    if told:
        yield "the descriptor says something else"


def is_corrected(one: RecordChange) -> bool:
    """Whether a record that stays says something else: its file and the order of its names are nothing to readers."""
    return one.kind in ("changed", "moved") and any(change.kind != "order" for change in one.changes)


def records(number: int) -> str:
    """So many records, in words."""
    return "1 record" if number == 1 else f"{number:,} records"
