# SPDX-License-Identifier: Apache-2.0
"""Faults in single values: of a wrong type, out of range, impossible, misspelt, a digit short, turned round."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import pairwise

from sourcebook.mutate.model import Mutant
from sourcebook.mutate.source import Source, Spot
from sourcebook.tables.shape import Scalar

Mutants = Iterator[Mutant | None]

_NUMBERS = (int, float)


def is_number(spot: Spot) -> bool:
    """Whether a value is a number, true and false aside."""
    return isinstance(spot.value, _NUMBERS) and not isinstance(spot.value, bool)


def wrong_type(source: Source, chance: random.Random) -> Mutants:
    """A text where a number or true stands, a number where a text does."""

    def wanted(spot: Spot) -> bool:
        return isinstance(spot.shape, Scalar) and isinstance(spot.value, str | int | float)

    for spot in source.pick(chance, wanted):
        types = spot.shape.types if isinstance(spot.shape, Scalar) else frozenset()
        if "string" not in types:
            yield source.replaced(spot, "perhaps")
        elif not types & {"integer", "number"}:
            yield source.replaced(spot, "17")


def emptied_value(source: Source, chance: random.Random) -> Mutants:
    """A property that is needed loses its value: its key stands alone."""
    for spot in source.pick(chance, lambda spot: spot.required and not isinstance(spot.value, dict | list | None)):
        yield source.replaced(spot, "")


def lost_quotes(source: Source, chance: random.Random) -> Mutants:
    """A text that looks like a number, or like true, loses its quotes."""

    def wanted(spot: Spot) -> bool:
        return isinstance(spot.value, str) and bool(re.fullmatch(r"[0-9]+(\.[0-9]+)?|true|false|null", spot.value))

    for spot in source.pick(chance, wanted):
        yield source.replaced(spot, spot.value)


def misspelt_choice(source: Source, chance: random.Random) -> Mutants:
    """One of the values that the schema lists, misspelt."""
    for spot in source.pick(chance, lambda spot: isinstance(spot.value, str) and spot.value in spot.note.choices):
        word = misspelt(spot.value, chance)
        yield source.replaced(spot, word) if word not in spot.note.choices else None


def misspelt(word: str, chance: random.Random) -> str:
    """A word with one of its letters doubled, left out, or changed with the next."""
    at = chance.randrange(max(len(word) - 1, 1))
    ways = [word[:at] + word[at] + word[at:], word[:at] + word[at + 1 :]]
    if len(word) > 1 and word[at] != word[at + 1]:
        ways.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return chance.choice([way for way in ways if way.strip() == way and way] or [word + word[-1]])


def out_of_range(source: Source, chance: random.Random) -> Mutants:
    """A number past the limit that its schema sets; where it sets none, one below zero."""
    for spot in source.pick(chance, is_number):
        note = spot.note
        ways = [low - 1 for low in [note.minimum] if low is not None]
        ways += [high + 1 for high in [note.maximum] if high is not None]
        number = chance.choice(ways) if ways else -abs(spot.value) - 1
        yield source.replaced(spot, f"{number:g}" if number == int(number) else str(number))


def dropped_digit(source: Source, chance: random.Random) -> Mutants:
    """A digit of a number is lost: 5 for 50."""
    for spot in source.pick(chance, lambda spot: is_number(spot) and abs(spot.value) >= 10):
        span = source.span(spot)
        found = re.match(r"(-?[0-9]+)[0-9](?![0-9])", source.text(spot.record.path)[slice(*span)]) if span else None
        if found and span:
            text = source.text(spot.record.path)[slice(*span)]
            yield source.replaced(spot, found[1] + text[found.end() :])


def flipped_boolean(source: Source, chance: random.Random) -> Mutants:
    """True for false, and false for true."""
    for spot in source.pick(chance, lambda spot: isinstance(spot.value, bool)):
        yield source.replaced(spot, "false" if spot.value else "true")


# --- dates and ranges -----------------------------------------------------------------------------------------------

_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?(?!\d)(.*)", re.DOTALL)


def impossible_date(source: Source, chance: random.Random) -> Mutants:
    """A day or month that no calendar has."""

    def wanted(spot: Spot) -> bool:
        return isinstance(spot.value, str) and len(spot.value) < 40 and bool(_DATE.fullmatch(spot.value))

    for spot in source.pick(chance, wanted):
        found = _DATE.fullmatch(spot.value)
        assert found
        year, month, day, rest = found.groups()
        ways = [f"{year}-13" + (f"-{day}" if day else "")]
        if day:
            ways += [f"{year}-02-30", f"{year}-{month}-32", f"{int(year) // 4 * 4 + 1}-02-29", f"{year}-06-31"]
        yield source.replaced(spot, f'"{chance.choice(ways)}{rest}"')


_PAIRS = [
    *(
        ("earliest", "latest"),
        ("start", "end"),
        ("begin", "end"),
        ("from", "to"),
        ("since", "until"),
        ("first", "last"),
    ),
    *(
        ("low", "high"),
        ("lower", "upper"),
        ("min", "max"),
        ("minimum", "maximum"),
        ("born", "died"),
        ("birth", "death"),
    ),
    *(("opened", "closed"), ("opening", "closing"), ("founded", "dissolved")),
]


def turned_range(source: Source, chance: random.Random) -> Mutants:
    """The earliest after the latest, the low end above the high one; two that are one are drawn apart."""

    def wanted(spot: Spot) -> bool:
        return _upper_end(source, spot) is not None

    for spot in source.pick(chance, wanted):
        upper = _upper_end(source, spot)
        assert upper
        spans = source.span(spot), source.span(upper)
        if not (spans[0] and spans[1]):
            continue
        text = source.text(spot.record.path)
        low, high = (text[slice(*span)] for span in spans if span)
        if spot.value != upper.value:
            what = f"{spot.record.collection} {spot.record.key}: {spot.name} and {upper.name} change places"
            yield source.mutant(spot.record.path, [(*spans[0], high), (*spans[1], low)], what)
        elif isinstance(spot.value, str) and (found := re.match(r"([^0-9]*)([0-9]{4})(?![0-9])(.*)", low)):
            yield source.replaced(spot, f"{found[1]}{int(found[2]) + 1}{found[3]}")
        elif is_number(spot):
            yield source.replaced(spot, str(spot.value + 1))


def _upper_end(source: Source, spot: Spot) -> Spot | None:
    """The other end of the range whose lower end a value is, by their names."""
    words = re.split(r"([^a-z]+|(?<=[a-z])(?=[A-Z]))", spot.name)
    for low, high in _PAIRS:
        if low in [word.lower() for word in words if word]:
            name = "".join(high if word == low else word for word in words if word)
            path = (*spot.path[:-1], name)
            other = next((one for one in source.spots(spot.record) if one.path == path), None)
            if other and type(other.value) is type(spot.value) and isinstance(spot.value, str | int | float):
                return other
    return None


# --- places in documents --------------------------------------------------------------------------------------------

_LOCATOR = re.compile(
    r"((?:paragraph|para|page|pages|p|pp|line|verse|chapter|section|item|folio|§)\.? ?)([0-9]+)", re.I
)


def no_such_paragraph(source: Source, chance: random.Random) -> Mutants:
    """A place in a document that it does not have: paragraph 916."""

    def wanted(spot: Spot) -> bool:
        return isinstance(spot.value, str) and bool(_LOCATOR.fullmatch(spot.value))

    for spot in source.pick(chance, wanted):
        found = _LOCATOR.fullmatch(spot.value)
        assert found
        yield source.replaced(spot, f"{found[1]}{int(found[2]) + 900}")


def item_twice(source: Source, chance: random.Random) -> Mutants:
    """A list of single values has one of them twice."""
    for spot in source.pick(chance, lambda spot: isinstance(spot.value, list) and len(spot.value) > 1):
        items = [one for one in source.spots(spot.record) if one.path[:-1] == spot.path and source.span(one)]
        for first, second in pairwise(items):
            span = source.span(first)
            if span and first.value != second.value:
                yield source.replaced(second, source.text(spot.record.path)[slice(*span)])
                break
