# SPDX-License-Identifier: Apache-2.0
"""The ways to records inside a file: a JSON pointer, some steps of which stand for every item, or every value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sourcebook.book import Each, Way
from sourcebook.finding import pointer
from sourcebook.parse import Path


@dataclass(frozen=True, slots=True)
class Lead:
    """What a way leads to: its path and value; the keys and positions that stood for each; what these name."""

    at: Path
    value: Any
    each: tuple[str | int, ...] = ()
    given: tuple[tuple[str, str], ...] = ()


class Nowhere(NamedTuple):
    """Where a way does not go on, and why."""

    at: Path
    message: str
    hint: str


_MEND = "mend `at` in the descriptor"


def leads(value: Any, way: Way) -> Iterator[Lead | Nowhere]:
    """All that a way leads to in a document; after a step that stands for each, there may be nothing at some."""
    here = [Lead((), value)]
    for number, step in enumerate(way):
        further: list[Lead] = []
        for lead in here:
            found = _each(lead, step) if isinstance(step, Each) else _one(lead, step)
            if found is not None:
                further += found
            elif not _may_lack(lead):
                yield Nowhere(lead.at, *_why(way[: number + 1], lead.value))
        here = further
    yield from here


def _may_lack(lead: Lead) -> bool:
    return bool(lead.each) and (lead.value is None or isinstance(lead.value, dict))


def _each(lead: Lead, step: Each) -> list[Lead] | None:
    value = lead.value
    if isinstance(value, dict):
        names = [((step.name, key),) if step.name else () for key in value]
        return [
            Lead((*lead.at, key), inner, (*lead.each, key), (*lead.given, *name))
            for (key, inner), name in zip(value.items(), names, strict=True)
        ]
    if isinstance(value, list) and not step.name:
        return [Lead((*lead.at, index), inner, (*lead.each, index), lead.given) for index, inner in enumerate(value)]
    return None


def _one(lead: Lead, step: str | int) -> list[Lead] | None:
    value = lead.value
    try:
        part = int(step) if isinstance(value, list) else step
        inner = value[part]
    except (LookupError, TypeError, ValueError):
        return None
    return [Lead((*lead.at, part), inner, lead.each, lead.given)]


def _why(way: Way, value: Any) -> tuple[str, str]:
    """Why the last step of a way leads nowhere from a value, and what may mend it."""
    last = way[-1]
    if isinstance(last, Each) and last.name and isinstance(value, list):
        message = f"a list is here, and {{{last.name}}} stands for the keys of a mapping"
        return message, "write * in `at`, which stands for every item too"
    if isinstance(last, Each):
        return "a list or a mapping is expected here, each value of which is taken", _MEND
    return f"there is nothing at {written(way)}, where the records are to be", _MEND


def written(way: Way) -> str:
    """A way as the descriptor has it."""
    return "".join(_written(step) for step in way)


def _written(step: str | int | Each) -> str:
    if isinstance(step, Each):
        return f"/{{{step.name}}}" if step.name else "/*"
    return pointer((step,))


def apart(one: Way, other: Way) -> bool:
    """Whether neither of two ways leads to something inside what the other leads to.

    But for what stands in each record of the other: a list within a list may be a collection beside the outer one.
    """
    parted = any(
        not isinstance(step, Each) and not isinstance(there, Each) and step != there
        for step, there in zip(one, other, strict=False)
    )
    further = max(one, other, key=len)[min(len(one), len(other)) :]
    return parted or any(isinstance(step, Each) for step in further)


def untaken(value: Any, taken: Iterable[Way], here: Path = ()) -> Iterator[Path]:
    """The paths of what stands beside the parts of a document that are ``taken``, each by its path from ``here``."""
    ways = [way for way in taken if way]
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries if ways else ():
        inner = [way[1:] for way in ways if isinstance(way[0], Each) or str(way[0]) == str(key)]
        if not inner:
            yield (*here, key)
        elif all(inner):
            yield from untaken(item, inner, (*here, key))
