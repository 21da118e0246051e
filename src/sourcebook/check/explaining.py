# SPDX-License-Identifier: Apache-2.0
"""Why records depart from their schemas, asked of processes that are ended where an answer takes too long.

What explains is slower than what judges, by far: a list of thousands in which all must differ, alternatives within
alternatives. Where it takes too long, or says too much, the short words of the verdict must do; where these do too,
that the record does not fit is all that is told of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from time import perf_counter
from typing import Any

from sourcebook.apart import Allowed, At, Over, mapped
from sourcebook.records.model import Record
from sourcebook.validation.schemas import InstanceValidator
from sourcebook.validation.violation import Violation

_ALLOWED = Allowed(3.0, 1024 * 1024 * 1024, 32 * 1024 * 1024)
_MOST = 3  # answers that take too long, of one kind, after which no more are asked for
_SLOW = 0.25  # seconds from which the time of an answer counts
_ALL = 60.0  # seconds that slow answers may take together


class Explaining:
    """Explains what is wrong with records by the ``validators`` of their collections."""

    def __init__(self, validators: Mapping[str, InstanceValidator | None]) -> None:
        self._validators = validators
        self._over = {"violations": 0, "in_short": 0}
        self._slow = 0.0

    def violations(self, records: Sequence[Record]) -> Iterator[list[Violation]]:
        """What is wrong with each of some records, in order; nothing of those without a schema."""
        asked = [record for record in records if self._is_wrong(record)]
        found: dict[int, list[Violation]] = {id(record): [] for record in records}
        for way in ("violations", "in_short"):
            left = []
            for record, answer in self._answers(way, asked):
                if answer is None:
                    left.append(record)
                else:
                    found[id(record)] = answer
            asked = left
        for record in asked:
            found[id(record)] = [Violation((), "", _NO_MORE)]
        for record in records:
            yield found[id(record)]

    def _is_wrong(self, record: Record) -> bool:
        validator = self._validators.get(record.collection)
        return validator is not None and not validator.is_valid(record.value)

    def _answers(self, way: str, records: Sequence[Record]) -> Iterator[tuple[Record, list[Violation] | None]]:
        """What one way of asking says of each record; None where it takes too much."""
        if self._given_up(way):
            yield from ((record, None) for record in records)
            return
        with closing(mapped(self._asker(way, records), len(records), _ALLOWED)) as answers:
            for number, answer in enumerate(answers):
                if isinstance(answer, Over):
                    self._over[way] += 1
                    yield records[number], None
                else:
                    self._slow += answer[1] if answer[1] > _SLOW else 0.0
                    yield records[number], [Violation(*one) for one in answer[0]]
                if self._given_up(way):
                    break
            else:
                return
        yield from ((record, None) for record in records[number + 1 :])

    def _given_up(self, way: str) -> bool:
        return self._over[way] >= _MOST or self._slow > _ALL

    def _asker(self, way: str, records: Sequence[Record]) -> Callable[[int, At], tuple[list[tuple[Any, ...]], float]]:
        def ask(number: int, _at: At) -> tuple[list[tuple[Any, ...]], float]:
            record, begun = records[number], perf_counter()
            answer = getattr(self._validators[record.collection], way)(record.value)
            plain = [(v.path, v.keyword, v.message, v.hint, v.at_key, v.name) for v in answer]
            return plain, perf_counter() - begun

        return ask


_NO_MORE = "the record does not fit its schema; to tell why takes too long"
