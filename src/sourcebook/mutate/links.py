# SPDX-License-Identifier: Apache-2.0
"""Faults in keys and references: dangling, wrong, doubled, exchanged, and attributions that are gone."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

from sourcebook.book import steps
from sourcebook.mutate.model import Mutant
from sourcebook.mutate.source import Source, Spot
from sourcebook.mutate.values import misspelt
from sourcebook.tables.reference_paths import written

Mutants = Iterator[Mutant | None]

# What properties and collections are called that say where a statement comes from.
_ATTRIBUTION = re.compile(
    r"(?i)(origin|source|citation|cited?|provenance|publisher|publication|document|bibliography|evidence|witness)s?"
)
_DOCUMENT = re.compile(r"(?i)(source|citation|cited?|publication|document|bibliography)s?")


def dangling_reference(source: Source, chance: random.Random) -> Mutants:
    """A reference that means no record."""
    for spot in source.pick(chance, lambda spot: bool(spot.targets) and isinstance(spot.value, str)):
        word = misspelt(spot.value, chance)
        known = {str(value) for target in spot.targets for value in _written(source, target.collection, target.field)}
        yield source.replaced(spot, _quoted(word)) if word not in known else None


def wrong_reference(source: Source, chance: random.Random) -> Mutants:
    """A reference to another record than the one that is meant; documents that are cited are a class of their own."""
    return _exchanged(source, chance, lambda spot: not cites(spot))


def wrong_source(source: Source, chance: random.Random) -> Mutants:
    """A citation of another document than the one that says so."""
    return _exchanged(source, chance, cites)


def cites(spot: Spot) -> bool:
    """Whether a reference names the document that a statement is found in."""
    named = (spot.name, *(target.collection for target in spot.targets))
    return bool(spot.targets) and any(_DOCUMENT.fullmatch(part) for name in named for part in re.split("[_-]", name))


def _exchanged(source: Source, chance: random.Random, wanted: Any) -> Mutants:
    for spot in source.pick(chance, lambda spot: bool(spot.targets) and wanted(spot)):
        target = chance.choice(spot.targets)
        others = [value for value in _written(source, target.collection, target.field) if value != spot.value]
        others = [value for value in others if type(value) is type(spot.value)]
        if others:
            yield source.replaced(spot, _quoted(chance.choice(others)))


def _written(source: Source, collection: str, field: str) -> list[Any]:
    """The values by which records of a collection are referred to."""
    if not field:
        return source.keys(collection)
    records = (record.value for record in source.records if record.collection == collection)
    return [value for record in records for _, value in written(record, steps(field))]


def _quoted(value: Any) -> str:
    plain = not isinstance(value, str) or re.fullmatch(r"[A-Za-z][\w-]*", value, re.ASCII)
    return str(value) if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def dropped_attribution(source: Source, chance: random.Random) -> Mutants:
    """The property that says whose word it is, or where it stands, is left out."""

    def wanted(spot: Spot) -> bool:
        named = (spot.name, *(target.collection for target in spot.targets))
        words = [part for name in named for part in re.split("[_-]", name)]
        return spot.required and bool(spot.name) and any(_ATTRIBUTION.fullmatch(word) for word in words)

    return _left_out(source, chance, wanted)


def missing_property(source: Source, chance: random.Random) -> Mutants:
    """A property that is needed is left out."""
    return _left_out(source, chance, lambda spot: spot.required)


def _left_out(source: Source, chance: random.Random, wanted: Any) -> Mutants:
    for spot in source.pick(chance, wanted):
        span = source.entry(spot)
        if span:
            what = f"{spot.record.collection} {spot.record.key}: {'/'.join(map(str, spot.path))} is left out"
            holder = source.line(spot.record, spot.path[:-1])
            yield source.mutant(spot.record.path, [(*span, "")], what, [holder])


# --- keys -----------------------------------------------------------------------------------------------------------


def doubled_key(source: Source, chance: random.Random) -> Mutants:
    """A record has the key of another one of its collection."""
    for spot in _keys(source, chance):
        others = [key for key in source.keys(spot.record.collection) if key != spot.value]
        if others:
            yield source.replaced(spot, _quoted(chance.choice(others)))


def exchanged_keys(source: Source, chance: random.Random) -> Mutants:
    """Two records of a collection have each other's key."""
    spots = list(_keys(source, chance))
    for spot in spots:
        others = [one for one in spots if one.record.collection == spot.record.collection and one.value != spot.value]
        if not others:
            continue
        other = chance.choice(others)
        spans = source.span(spot), source.span(other)
        if spans[0] and spans[1]:
            edits: dict[str, list[Any]] = {}
            edits.setdefault(spot.record.path, []).append((*spans[0], _quoted(other.value)))
            edits.setdefault(other.record.path, []).append((*spans[1], _quoted(spot.value)))
            what = f"{spot.record.collection}: {spot.value} and {other.value} change places"
            yield source.mutants(edits, what)


def _keys(source: Source, chance: random.Random) -> Iterator[Spot]:
    records = list(source.records)
    chance.shuffle(records)
    for record in records:
        spot = source.key_spot(record)
        if spot:
            yield spot
