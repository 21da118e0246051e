# SPDX-License-Identifier: Apache-2.0
"""Faults in mappings and whole records: unknown and misspelt properties, records that are empty or there twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import PurePosixPath

from sourcebook.mutate import spans
from sourcebook.mutate.model import Mutant
from sourcebook.mutate.source import Source, Spot
from sourcebook.mutate.values import misspelt

Mutants = Iterator[Mutant | None]

_UNKNOWN = "remark_of_nobody"


def unknown_property(source: Source, chance: random.Random) -> Mutants:
    """A property that the schema does not know."""
    for spot in source.pick(chance, lambda spot: spot.holder is not None):
        at = source.key_start(spot)
        if at is None:
            continue
        text = source.text(spot.record.path)
        new = f"{_UNKNOWN}: x, "
        if spans.is_block(text, at):
            new = f"{_UNKNOWN}: x\n{' ' * (at - text.rfind(chr(10), 0, at) - 1)}"
        yield source.mutant(spot.record.path, [(at, at, new)], f"{_named(spot)}: {_UNKNOWN} is added before it")


def misspelt_property(source: Source, chance: random.Random) -> Mutants:
    """The name of a property is misspelt."""
    for spot in source.pick(chance, lambda spot: spot.holder is not None and spot.name in spot.holder.properties):
        at = source.key_start(spot)
        word = misspelt(spot.name, chance)
        if at is not None and spot.holder and word not in spot.holder.properties:
            at += source.text(spot.record.path)[at] in "\"'"
            yield source.mutant(
                spot.record.path, [(at, at + len(spot.name), word)], f"{_named(spot)}: {spot.name} to {word}"
            )


def key_twice(source: Source, chance: random.Random) -> Mutants:
    """A mapping has the same key twice."""
    for spot in source.pick(chance, lambda spot: bool(spot.name) and not isinstance(spot.value, dict | list)):
        span, at = source.span(spot), source.key_start(spot)
        text = source.text(spot.record.path)
        if span and at is not None and spans.is_block(text, at):
            column = at - text.rfind("\n", 0, at) - 1
            end = spans.block(text, at, column=column)
            if end == spans.block(text, at, column=10_000):  # the value ends on the line of its key
                new = f"{' ' * column}{text[at : span[1]]}\n"
                yield source.mutant(spot.record.path, [(end, end, new)], f"{_named(spot)}: the line stands twice")


def empty_record(source: Source, chance: random.Random) -> Mutants:
    """A record has nothing in it."""
    records = list(source.records)
    chance.shuffle(records)
    for record in records:
        extent = source.extent(record)
        if extent:
            what = f"{record.collection} {record.key}: the record is empty"
            yield source.mutant(record.path, [(extent[1], extent[2], "{}\n")], what)


def record_twice(source: Source, chance: random.Random) -> Mutants:
    """A record is there twice: below itself, or in another file."""
    records = list(source.records)
    chance.shuffle(records)
    for record in records:
        layout = source.book.by_name[record.collection].layout
        extent = source.extent(record)
        if layout in ("file", "front-matter") and not record.at:
            new = _copy_of(PurePosixPath(record.path))
            what = f"{record.collection} {record.key}: the file is there twice"
            yield Mutant(what, {}, {new: source.text(record.path).encode()})
        elif extent and layout in ("list", "map", "documents"):
            begin, _, end = extent
            text = source.text(record.path)[begin:end]
            new = f"---\n{text}" if layout == "documents" else text
            yield source.mutant(record.path, [(end, end, new)], f"{record.collection} {record.key}: it is there twice")


def _copy_of(path: PurePosixPath) -> str:
    """A path beside ``path``, whose name a disk can hold as it can that of ``path``."""
    end = f"-copy{path.suffix}"
    stem = path.stem.encode()[: _MOST_OF_NAME - len(end.encode())].decode(errors="ignore")
    return str(path.with_name(f"{stem}{end}"))


_MOST_OF_NAME = 255  # bytes


def _named(spot: Spot) -> str:
    return f"{spot.record.collection} {spot.record.key} {'/'.join(map(str, spot.path))}"
