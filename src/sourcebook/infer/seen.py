# SPDX-License-Identifier: Apache-2.0
"""What stands at each place of records, and what that says beyond types: maps, formats, enumerations."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# --- what was seen at each place ------------------------------------------------------------------------------------

_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_FORMS: dict[str, re.Pattern[str]] = {
    "date": re.compile(_DAY),
    "date-time": re.compile(
        _DAY + r"[Tt][0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]+)?(?:[Zz]|[+-][0-2][0-9]:[0-5][0-9])"
    ),
    "uri": re.compile(r"(?:https?|ftp)://[!-~]+"),
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
}
_MOST_VALUES = 50  # different texts remembered of a place


@dataclass(slots=True)
class Seen:
    """What stands at one place of the records: how many mappings and with which keys, which items, which texts."""

    mappings: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    properties: dict[str, Seen] = field(default_factory=dict)
    items: Seen | None = None
    kinds: set[type] = field(default_factory=set)
    texts: int = 0
    values: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=lambda: set(_FORMS))
    past: bool = False  # whether there is a number that no column holds exactly
    lost: str = ""  # how a number is written that loses part of its text; empty where none does

    def add(self, value: Any) -> None:
        """Take one more value into account."""
        self.kinds.add(type(value))
        if isinstance(value, dict):
            self.mappings += 1
            for key, item in value.items():
                self.counts[key] = self.counts.get(key, 0) + 1
                self.properties.setdefault(key, Seen()).add(item)
        elif isinstance(value, list):
            self.items = self.items or Seen()
            for item in value:
                self.items.add(item)
        elif isinstance(value, str):
            self.texts += 1
            if len(self.values) <= _MOST_VALUES:
                self.values.add(value)
            if self.forms:
                self.forms = {form for form in self.forms if _FORMS[form].fullmatch(value)}
        elif isinstance(value, Decimal) or (isinstance(value, int) and not -(2**63) < value < 2**63):
            self.past = True

    def lose(self, path: Sequence[str | int], text: str) -> None:
        """Take into account that the number at ``path`` below is written as ``text``, which says more than it does."""
        here: Seen | None = self
        for part in path:
            here = here and (here.items if isinstance(part, int) else here.properties.get(part))
        if here:
            here.lost = here.lost or text

    def merged(self, without: Container[str] = ()) -> Seen:
        """What stands at the values of a map, whichever their keys; but for some keys, which are names."""
        whole = Seen()
        for one in (inner for key, inner in self.properties.items() if key not in without):
            whole.mappings += one.mappings
            whole.kinds |= one.kinds
            whole.past |= one.past
            whole.lost = whole.lost or one.lost
            whole.texts += one.texts
            whole.values |= one.values
            whole.forms &= one.forms if one.texts else whole.forms
            for key, count in one.counts.items():
                whole.counts[key] = whole.counts.get(key, 0) + count
            for key, inner in one.properties.items():
                whole.properties[key] = _both(whole.properties.get(key), inner)
            if one.items:
                whole.items = _both(whole.items, one.items)
        return whole


def _both(one: Seen | None, other: Seen) -> Seen:
    return other if one is None else Seen(properties={"1": one, "2": other}).merged()


# --- maps -----------------------------------------------------------------------------------------------------------

# Keys that are data and not names: numbers, dates, identifiers with digits in them, addresses.
_DATA_KEY = re.compile(r"[0-9].*|.*[0-9]{2,}.*|.*[/@:].*")
_SOME_KEYS, _MANY_KEYS, _MOST_KEYS = 20, 100, 500
_RARE = 0.2  # share of the mappings that have a key, on average
_NEARLY_ALL = 0.9  # share of the mappings from which on a key is one that they have
_FEW_MAPPINGS = 20
_RECURRING = 3  # mappings that have a name of a property, on average, where there are very many


def is_map(seen: Seen, *, record: bool = False) -> bool:
    """Whether the keys of the mappings here look like data, or are too many and too rare for a schema to name them.

    Of a whole ``record`` more is asked: its values must all be of one kind.
    """
    keys = len(seen.counts)
    alike = len({kind for one in seen.properties.values() if (kind := _kind(one))}) < 2
    if keys < 3 or (record and not alike):
        return False
    if sum(bool(_DATA_KEY.fullmatch(key)) for key in seen.counts) >= 0.9 * keys:
        return True
    if _are_records(seen):
        return False
    if keys > _SOME_KEYS and sum(seen.counts.values()) < _RARE * keys * seen.mappings:
        return _fills_a_table(seen) or _too_many(seen)
    # Few mappings with very many keys are lists of things by name, whose values are built alike.
    return alike and keys > (_SOME_KEYS if seen.mappings == 1 else _MANY_KEYS) and seen.mappings <= _FEW_MAPPINGS


def _are_records(seen: Seen) -> bool:
    """Whether keys that nearly every mapping has prove that they are names of properties, however rare the others are.

    They do where they are most of what stands there, or where values are of several types. Of translations of a name,
    nearly all may have an English one, among many others of the same type.
    """
    core = {key: count for key, count in seen.counts.items() if count >= _NEARLY_ALL * seen.mappings}
    if not core or seen.mappings < 3:
        return False
    most = len(core) > 1 and 2 * sum(core.values()) >= sum(seen.counts.values())
    return most or not _fills_a_table(seen) or _built_otherwise(seen, core)


def _built_otherwise(seen: Seen, core: Container[str]) -> bool:
    """Whether the mappings at keys that nearly all have share no property with those at the others."""
    usual = {name for key, one in seen.properties.items() if key in core for name in one.counts}
    others = {name for key, one in seen.properties.items() if key not in core for name in one.counts}
    return bool(usual and others) and usual.isdisjoint(others)


def _fills_a_table(seen: Seen) -> bool:
    """Whether the values are of one type, so that a table of keys and values holds them."""
    return len({type_ for one in seen.properties.values() if (type_ := _type(one))}) < 2


def _too_many(seen: Seen) -> bool:
    """Whether so many different keys, of values of several types, can be no names of properties: they hardly recur."""
    keys = len(seen.counts)
    hardly = sum(seen.counts.values()) < _RECURRING * keys
    return keys > _MOST_KEYS or (keys > _MANY_KEYS and hardly)


def _kind(seen: Seen) -> str:
    """What the values at a place are; empty where they are null."""
    kinds = seen.kinds - {type(None)}
    if not kinds:
        return ""
    if kinds == {dict}:
        return "mapping"
    return "list" if kinds == {list} else "mixed" if kinds & {dict, list} else "single"


def _type(seen: Seen) -> str:
    """The type of the values at a place, numbers being one; empty where they are null."""
    kind = _kind(seen)
    if kind != "single":
        return kind
    types = {"number" if one in (int, float, Decimal) else one.__name__ for one in seen.kinds - {type(None)}}
    return types.pop() if len(types) == 1 else "mixed"


def names_of(seen: Seen) -> frozenset[str]:
    """The keys of records that are named in their schema: all, or those that recur where a table could not hold all."""
    if len(seen.counts) <= _SOME_KEYS or not _are_records(seen):
        return frozenset(seen.counts)
    core = frozenset(key for key, count in seen.counts.items() if count >= _NEARLY_ALL * seen.mappings)
    if _built_otherwise(seen, core) and sum(seen.counts[key] for key in seen.counts.keys() - core) < _RECURRING * (
        len(seen.counts) - len(core)
    ):
        return core  # beside it stand things by name
    names = frozenset(key for key, count in seen.counts.items() if count > 1 and 50 * count >= seen.mappings)
    return names if names and len(seen.counts) > len(names) + _MANY_KEYS else frozenset(seen.counts)


def seed_of(seen: Seen, *, record: bool = False) -> dict[str, Any] | None:
    """The part of a schema that says where maps are; None where there are none below."""
    if seen.mappings and is_map(seen, record=record):
        return {"type": "object", "patternProperties": {"": seed_of(seen.merged()) or {}}}
    names = names_of(seen)
    if len(names) < len(seen.counts):
        named = {key: seed_of(inner) for key, inner in seen.properties.items() if key in names}
        rest = seed_of(seen.merged(names)) or {}
        return {"type": "object", "properties": named, "patternProperties": {"": rest}}
    properties = {key: seed for key, inner in seen.properties.items() if (seed := seed_of(inner))}
    if properties:
        return {"type": "object", "properties": properties}
    items = seed_of(seen.items) if seen.items else None
    return {"type": "array", "items": items} if items else None


# --- forms and enumerations -----------------------------------------------------------------------------------------

_FEW = 12


def annotate(schema: dict[str, Any], seen: Seen) -> None:
    """Add formats and enumerations to ``schema`` in place, and say of a map that it has additional properties."""
    maps = schema.pop("patternProperties", None)
    if maps:
        schema["additionalProperties"] = maps[""]
        annotate(maps[""], seen.merged(schema.get("properties", ())))
    for key, inner in schema.get("properties", {}).items():
        if key in seen.properties:
            annotate(inner, seen.properties[key])
    if isinstance(schema.get("items"), dict) and seen.items:
        annotate(schema["items"], seen.items)
    if schema.get("type") == "string" and seen.texts:
        if seen.forms:
            schema["format"] = min(seen.forms)
        elif len(seen.values) <= _FEW and seen.texts >= 30 and seen.texts >= 10 * len(seen.values):
            schema["enum"] = sorted(seen.values)
