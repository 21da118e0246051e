# SPDX-License-Identifier: Apache-2.0
"""An entry in the book's own log of corrections, of what was done to a record: by the role that the log has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sourcebook.book import Collection, steps
from sourcebook.edit.edits import Edits
from sourcebook.edit.labels import property_of
from sourcebook.edit.model import Refused
from sourcebook.edit.records import add
from sourcebook.edit.selecting import steps_of, written_path
from sourcebook.edit.source import Source
from sourcebook.edit.typed import Written, scalar
from sourcebook.records.model import Record

CORRECTION = "correction"


class Logbook:
    """The book's log of corrections, if it has one: the first collection with that role."""

    def __init__(self, source: Source, values: Sequence[tuple[str, Any]]) -> None:
        """``values`` are what entries have besides, with their paths."""
        logs = [one for one in source.book.collections if CORRECTION in one.roles]
        self._source = source
        self._log = logs[0] if logs else None
        self._values = values
        self._keys: list[str] = []
        if values and not logs:
            raise Refused("the book has no log of corrections, so nothing can be --set there")

    def enter(self, edits: Edits, record: Record, day: str, change: str, reason: str) -> Iterator[str]:
        """Have what was done to a record told in the log; what is to be said of that.

        Raises Refused where the log's schema requires what nobody has given.
        """
        log = self._log
        if log is None:
            return
        said = {"collection": record.collection, "key": record.key, "on": day, "change": change, "reason": reason}
        given = {steps_of(path) for path, _ in self._values}
        value: dict[str, Any] = {}
        for part, path in log.roles[CORRECTION].items():
            if part in said and steps(path) not in given:
                _put(value, steps(path), said[part])
        for path, one in self._values:
            _put(value, steps_of(path), self._typed(one, steps_of(path), value))
        value = self._numbered(log, value)
        self._complete(log, value)
        where = add(edits, log.name, None if log.key else self._next(log), self._in_order(log, value))
        yield f"{log.name}, the log of corrections, says so: {where}"

    def _typed(self, one: Any, path: Sequence[str | int], value: dict[str, Any]) -> Any:
        """A value as the log's schema wants it: as text, unless that is wrong there and what YAML reads is not."""
        if not isinstance(one, Written):
            return one
        read = scalar(one.text) if one.text else ""
        if isinstance(read, str) or self._log is None:
            return read
        validator = self._source.book.validator(self._log)
        as_text = _put(_copied(value), path, one.text)
        wrong = {tuple(found.path) for found in validator.violations(as_text)} if validator else {()}
        return read if tuple(path) in wrong or validator is None else one.text

    def _numbered(self, log: Collection, value: dict[str, Any]) -> dict[str, Any]:
        """An entry with its key, where that is the number after the last one."""
        if not log.key or _has(value, steps(log.key)):
            return value
        key = self._next(log)
        return _put({**value}, steps(log.key), key) if key is not None else value

    def _next(self, log: Collection) -> str | int | None:
        """The key after that of the last entry; None where keys are no numbers, or there is no entry yet."""
        keys: list[str | int] = [*self._source.keys(log.name), *self._keys]
        found = _NUMBERED.fullmatch(str(keys[-1])) if keys else None
        if not found:
            return None
        number = str(int(found[2]) + 1).rjust(len(found[2]), "0")
        self._keys.append(found[1] + number)
        return int(number) if isinstance(keys[0], int) else found[1] + number

    def _complete(self, log: Collection, value: dict[str, Any]) -> None:
        validator = self._source.book.validator(log)
        wrong = list(validator.violations(value)) if validator else []
        if log.key and not _has(value, steps(log.key)):
            raise Refused(f"an entry of {log.name}, the log of corrections, needs a key: --set {log.key}=KEY")
        if wrong:
            lines = [f"an entry of {log.name}, the log of corrections, is not whole:"]
            for one in wrong:
                place = property_of(one.path)
                lines.append(f"  {place}: {one.message}" if place else f"  {one.message}")
            lines.append("give what is missing with --set PATH=VALUE")
            raise Refused("\n".join(lines))

    def _in_order(self, log: Collection, value: dict[str, Any]) -> dict[str, Any]:
        """An entry in the order of the schema."""
        above = len(log.at) + (log.layout in ("list", "map"))
        order = self._source.order(log.name)
        names = list(order((0,) * above)) if callable(order) else []
        return {name: value[name] for name in (*(one for one in names if one in value), *value)}


_NUMBERED = re.compile(r"(.*?)([0-9]+)")


def _put(value: Any, path: Sequence[str | int], given: Any) -> Any:
    """A value with what is ``given`` at a path, and what has to be around it."""
    here = value
    for number, step in enumerate(path):
        last = number == len(path) - 1
        inner: Any = given if last else [] if path[number + 1] == "[]" else {}
        if isinstance(here, list) and step == "[]":
            here.append(inner)
            here = here[-1]
        elif isinstance(here, dict) and isinstance(step, str) and step not in ("[]", "{}"):
            if last or step not in here:
                here[step] = inner
            here = here[step]
        else:
            raise Refused(f"nothing can be put at {written_path(tuple(path))!r} of an entry of the log")
    return value


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _has(value: Any, path: Sequence[str]) -> bool:
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return True


__all__ = ["Logbook"]
