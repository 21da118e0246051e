# SPDX-License-Identifier: Apache-2.0
"""Which values of which records are meant: ``people``, ``people[rosa]``, ``people[status=active,!died].names[].form``.

``COLLECTION`` comes first. In brackets stands the key of a record, or what records are chosen by, with commas between:
``path=value``, ``path!=value``, ``path`` (there is one) and ``!path`` (there is none). After a dot follows the path of
a property; ``[]`` stands for each item of a list, ``[0]`` for its first, ``{}`` for each value of a map. Values are
written as YAML writes single ones: ``12`` is a number, ``"12"`` a text. A backslash takes the meaning from the
character after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from sourcebook.edit.model import Refused
from sourcebook.edit.typed import scalar
from sourcebook.errors import UsageError
from sourcebook.exact import dumps
from sourcebook.parse import Path
from sourcebook.validation.wording import did_you_mean, shown

Steps = tuple[str | int, ...]
"""A path with ``[]`` and ``{}`` in it; a number is an item by its place."""

How = Literal["is", "is not", "there", "not there"]


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""Stands for the value of a property that is not there."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of a record: that the value at a path is one, or is not, or that there is one, or none."""

    steps: Steps
    how: How
    value: Any = None

    def holds(self, record: Any) -> bool:
        """Whether it holds of the value of a record. Through ``[]``, one item that fits is enough."""
        values = [value for _, value in places(record, self.steps) if value is not ABSENT]
        if self.how in ("there", "not there"):
            return bool(values) == (self.how == "there")
        if self.value is None and not values:
            values = [None]  # what is not there, and what is null, is no value
        return any(equal(value, self.value) for value in values) == (self.how == "is")


@dataclass(frozen=True, slots=True)
class Selection:
    """Records of a collection, and a path in them. ``word`` is the one bare word in brackets: a key, or a property."""

    collection: str
    word: str = ""
    conditions: tuple[Condition, ...] = ()
    steps: Steps = ()
    written: str = ""

    def chosen(self, records: Iterable[Any]) -> list[Any]:
        """Those of the ``records`` (of any collections) that are meant.

        A bare word is the key of a record if there is one of that key, else a property that is there. Raises Refused
        where it is neither.
        """
        own = [record for record in records if record.collection == self.collection]
        if self.word:
            named = [record for record in own if str(record.key) == self.word]
            if named:
                return named
            condition = Condition(steps_of(self.word), "there")
            having = [record for record in own if condition.holds(record.value)]
            if not having:
                near = did_you_mean(self.word, [record.key for record in own])
                near = f"; {near}" if near else ""
                raise Refused(f"{self.collection} has no record {self.word!r}, and none has a property so called{near}")
            return having
        return [record for record in own if all(condition.holds(record.value) for condition in self.conditions)]

    def nearly(self, records: Iterable[Any]) -> str:
        """A hint, where nothing is chosen, that a value was written as a number and is text, or the other way round."""
        own = [record for record in records if record.collection == self.collection]
        for condition in self.conditions:
            for record in own if condition.how == "is" else ():
                for _, value in places(record.value, condition.steps):
                    if isinstance(value, dict | list | _Absent) or equal(value, condition.value):
                        continue
                    if _plain(value) == _plain(condition.value):
                        return f"there is {dumps(value)}: write {_quoted(value)}"
        return ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value)


def _quoted(value: Any) -> str:
    return f"'\"{value}\"'" if isinstance(value, str) else dumps(value)


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same as JSON Schema means it: 1 and 1.0 are, 1 and true or "1" are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


# --- reading --------------------------------------------------------------------------------------------------------

_COLLECTION = re.compile(r"[a-z0-9][-a-z0-9_]*")
_STEP = re.compile(r"\[\]|\[([0-9]+)\]|\{\}|\.?((?:[^\\.\[\]{}]|\\.)+)")


def selection(text: str, collections: Iterable[str]) -> Selection:
    """What ``text`` selects from a book of these ``collections``. Raises Refused where it does not say it.

    Raises UsageError where there is no such collection.
    """
    known = list(collections)
    found = _COLLECTION.match(text)
    name = found[0] if found else ""
    rest = text[len(name) :]
    if name not in known or (rest and rest[0] not in ".["):
        word = re.split(r"[.\[]", text)[0]
        hint = did_you_mean(word, known) or f"the collections are {', '.join(known)}"
        raise UsageError(f"there is no collection {word!r}: {hint}")
    word = ""
    conditions: tuple[Condition, ...] = ()
    if rest.startswith("[") and not rest.startswith("[]"):
        end, items = _bracket(rest, text)
        word, conditions = _conditions(items, text)
        rest = rest[end:]
    if rest and not rest.startswith("."):
        raise Refused(f"{text!r}: after the brackets a dot and a path are expected, and not {rest!r}")
    return Selection(name, word, conditions, steps_of(rest[1:]) if rest else (), text)


def steps_of(path: str) -> Steps:
    """A path taken apart. Raises Refused where it is none."""
    parts: list[str | int] = []
    position = 0
    while position < len(path):
        found = _STEP.match(path, position)
        if not found or (found[0].startswith(".") and not position):
            raise Refused(f"{path!r} is no path of a property: write names with dots between, tags[] for lists")
        if found[1] is not None:
            parts.append(int(found[1]))
        else:
            parts.append(re.sub(r"\\(.)", r"\1", found[2]) if found[2] else found[0])
        position = found.end()
    if not parts:
        raise Refused("a path of a property is expected: a name, or names with dots between")
    return tuple(parts)


def _bracket(text: str, whole: str) -> tuple[int, list[str]]:
    """Where the bracket that begins ``text`` ends, and what stands in it, split at commas."""
    items, at, begin, quote = [], 1, 1, ""
    while at < len(text):
        character = text[at]
        if quote:
            at += character == "\\" and quote == '"'
            quote = "" if character == quote else quote
        elif character == "\\":
            at += 1
        elif character in "\"'" and (at == begin or text[at - 1] in "= "):
            quote = character
        elif character == "[":  # of a path: tags[] or tags[0]
            at = text.find("]", at) if "]" in text[at:] else len(text)
        elif character in ",]":
            items.append(text[begin:at].strip())
            begin = at + 1
            if character == "]":
                return begin, items
        at += 1
    raise Refused(f"{whole!r}: the bracket is not closed")


def _conditions(items: list[str], whole: str) -> tuple[str, tuple[Condition, ...]]:
    """The one bare word, or what the items ask."""
    if len(items) == 1 and items[0] and not _operator(items[0]) and not items[0].startswith("!"):
        word = items[0]
        return str(scalar(word)) if word[0] in "\"'" else re.sub(r"\\(.)", r"\1", word), ()
    found = []
    for item in items:
        operator = _operator(item)
        if operator:
            path, value = item[: operator.start()].strip(), item[operator.end() :].strip()
            found.append(Condition(steps_of(path), "is not" if operator[0] == "!=" else "is", scalar(value)))
        elif item.startswith("!"):
            found.append(Condition(steps_of(item[1:].strip()), "not there"))
        elif item:
            found.append(Condition(steps_of(item), "there"))
    if not found:
        raise Refused(f"{whole!r}: the brackets hold neither a key nor what records are chosen by")
    return "", tuple(found)


_OPERATOR = re.compile(r"(?:[^\\=!]|\\.|!(?!=))*?(!?=)")


def _operator(item: str) -> re.Match[str] | None:
    if item[:1] in ('"', "'"):
        return None
    found = _OPERATOR.match(item)
    return re.compile("!?=").match(item, found.start(1)) if found else None


# --- places ---------------------------------------------------------------------------------------------------------


def places(value: Any, steps: Steps, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place in ``value`` that the steps lead to, with what is there; ABSENT where a property could be added.

    One thing, where a list of such may stand too, counts as the list of it.
    """
    if not steps:
        yield path, value
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        entries: Iterable[tuple[Any, Any]] = enumerate(value) if isinstance(value, list) else ()
        if not isinstance(value, list | _Absent) and value is not None:
            yield from places(value, rest, path)
        for index, item in entries:
            yield from places(item, rest, (*path, index))
    elif step == "{}":
        for key, item in value.items() if isinstance(value, dict) else ():
            yield from places(item, rest, (*path, key))
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from places(value[step], rest, (*path, step))
    elif isinstance(value, dict):
        yield from places(value.get(step, ABSENT), rest, (*path, step))
    elif isinstance(value, _Absent):
        yield from places(ABSENT, rest, (*path, step))


def shown_value(value: Any) -> str:
    """A value in words of one line."""
    return "nothing" if value is ABSENT else shown(value)


def written_path(path: Path) -> str:
    """A path of a value as people write it: ``names[0].form``."""
    text = ""
    for step in path:
        escaped = re.sub(r"([\\.\[\]{}])", r"\\\1", str(step))
        text += f"[{step}]" if isinstance(step, int) else f".{escaped}" if text else escaped
    return text
