# SPDX-License-Identifier: Apache-2.0
"""Faults in the text of a file: bytes, tabs, indentation, quotes, an end too soon."""

from __future__ import annotations

import random
from collections.abc import Iterator

from sourcebook.mutate import spans
from sourcebook.mutate.model import Mutant
from sourcebook.mutate.source import Source, Spot

Mutants = Iterator[Mutant | None]


def _is_text(spot: Spot) -> bool:
    return isinstance(spot.value, str) and len(spot.value) > 2


def broken_utf8(source: Source, chance: random.Random) -> Mutants:
    """A byte that is no UTF-8, as from a file saved in Latin-1."""
    for spot in source.pick(chance, _is_text):
        span = source.span(spot)
        if span:
            text, path = source.text(spot.record.path), spot.record.path
            at = chance.randrange(span[0] + 1, span[1])
            after = text[:at].encode() + b"\xe9" + text[at:].encode()
            yield Mutant(f"{_named(spot)}: a byte 0xE9", {path: text.encode()}, {path: after})


def tab_for_space(source: Source, chance: random.Random) -> Mutants:
    """A tab where the indentation of a line has a space."""
    for spot in source.pick(chance, lambda spot: bool(spot.path)):
        begin, at = _indented(source, spot)
        if at is not None and at > begin:
            yield source.mutant(spot.record.path, [(at - 1, at, "\t")], f"{_named(spot)}: a tab before it")


def bad_indentation(source: Source, chance: random.Random) -> Mutants:
    """A key one space to the right of the others of its mapping, or to the left."""
    for spot in source.pick(chance, lambda spot: bool(spot.name)):
        begin, at = _indented(source, spot)
        if at is None or source.start(spot.record, spot.path[:-1]) == at:  # the first sets the indentation itself
            continue
        new = " " if at == begin or chance.random() < 0.5 else None
        edit = (at, at, new) if new else (at - 1, at, "")
        yield source.mutant(spot.record.path, [edit], f"{_named(spot)}: {'a space more' if new else 'a space less'}")


def _indented(source: Source, spot: Spot) -> tuple[int, int | None]:
    """Where the line of a key begins, and where its key does; None where something else stands before it."""
    at = source.key_start(spot)
    if at is None:
        return 0, None
    text = source.text(spot.record.path)
    if not spans.is_block(text, at) or spans.after_dash(text, at):
        return 0, None
    return text.rfind("\n", 0, at) + 1, at


def unclosed_quote(source: Source, chance: random.Random) -> Mutants:
    """A quote that is opened and not closed."""
    for spot in source.pick(chance, _is_text):
        span = source.span(spot)
        if span:
            text = source.text(spot.record.path)[slice(*span)]
            yield source.replaced(spot, text[:-1] if text[0] in "\"'" else f'"{text}')


def truncated_file(source: Source, chance: random.Random) -> Mutants:
    """A file that ends in the middle of a value, as after a full disk."""
    for spot in source.pick(chance, _is_text):
        span = source.span(spot)
        if span:
            text, path = source.text(spot.record.path), spot.record.path
            at = (span[0] + span[1]) // 2
            holders = {source.line(spot.record, spot.path[:depth]) for depth in range(len(spot.path) + 1)}
            holders.add((path, len(spans.line_starts(text[:at])) + 1))  # the end, where libyaml counts one more
            yield source.mutant(path, [(at, len(text), "")], f"{_named(spot)}: the file ends here", holders)


def _named(spot: Spot) -> str:
    return f"{spot.record.collection} {spot.record.key} {'/'.join(map(str, spot.path))}"
