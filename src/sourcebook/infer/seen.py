# SPDX-License-Identifier: Apache-2.0
"""What stands at each place of records, and what that says beyond types: maps, formats, enumerations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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

    def merged(self) -> Seen:
        """What stands at the values of a map, whichever their keys."""
        whole = Seen()
        for one in self.properties.values():
            whole.mappings += one.mappings
            whole.kinds |= one.kinds
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
_SOME_KEYS, _MANY_KEYS = 20, 100
_RARE = 0.2  # share of the mappings that have a key, on average
_FEW_MAPPINGS = 20


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
    if keys > _SOME_KEYS and sum(seen.counts.values()) < _RARE * keys * seen.mappings:
        return True
    # Few mappings with very many keys are lists of things by name, whose values are built alike.
    return alike and keys > (_SOME_KEYS if seen.mappings == 1 else _MANY_KEYS) and seen.mappings <= _FEW_MAPPINGS


def _kind(seen: Seen) -> str:
    """What the values at a place are; empty where they are null."""
    kinds = seen.kinds - {type(None)}
    if not kinds:
        return ""
    if kinds == {dict}:
        return "mapping"
    return "list" if kinds == {list} else "mixed" if kinds & {dict, list} else "single"


def seed_of(seen: Seen, *, record: bool = False) -> dict[str, Any] | None:
    """The part of a schema that says where maps are; None where there are none below."""
    if seen.mappings and is_map(seen, record=record):
        return {"type": "object", "patternProperties": {"": seed_of(seen.merged()) or {}}}
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
        annotate(maps[""], seen.merged())
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
