# SPDX-License-Identifier: Apache-2.0
"""Departures from a schema, one a mistake: what several keywords say of one value is said once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """One departure from a schema.

    ``path`` leads from the instance's root to the value it is about; with ``at_key`` the key there is meant, not the
    value; ``keyword`` is the schema keyword that said so. ``name`` is the property that is missing, or that an unknown
    one was probably meant to be.
    """

    path: Path
    keyword: str
    message: str
    hint: str = ""
    at_key: bool = False
    name: str = ""


# As ``translation`` words it; a finding, in the baseline say, keeps the words alone.
_MISSING = re.compile(r"(?:with .+ )?the property (['\"].*['\"]) is (?:missing|needed too)(?: \(as .*\))?", re.DOTALL)


def missing_name(message: str) -> str | None:
    """The property of which a message says that it is missing; None where it says something else."""
    found = _MISSING.fullmatch(message)
    return str(ast.literal_eval(found[1])) if found else None


# Of these keywords one speaks for a value: what is of the wrong type has no form that could be wrong.
_ONE_OF = ("type", "enum", "const", "format", "pattern", "minLength")
_UNKNOWN = ("additionalProperties", "unevaluatedProperties")
_UNCERTAIN = ("unevaluatedProperties", "unevaluatedItems")  # of what is told only where nothing else is wrong there


def merged(violations: Iterable[Violation]) -> list[Violation]:
    """The violations, with those left out that another has said already."""
    found = list(_first_of_each(violations))
    weight = {keyword: number for number, keyword in enumerate(_ONE_OF)}
    best: dict[Path, int] = {}
    for violation in found:
        if violation.keyword in weight and not violation.at_key:
            number = weight[violation.keyword]
            best[violation.path] = min(best.get(violation.path, number), number)
    misspelt = {(v.path[:-1], v.name) for v in found if v.keyword in _UNKNOWN and v.name}
    places = [violation.path for violation in found if violation.keyword not in _UNCERTAIN]
    kept: list[Violation] = []
    spoken: set[Path] = set()
    for violation in found:
        if violation.keyword in _UNCERTAIN and any(_holds(violation.path[:-1], place) for place in places):
            continue
        holder = violation.path[:-1] if violation.at_key else violation.path
        if violation.keyword == "required" and (holder, violation.name) in misspelt:
            continue
        if violation.keyword in weight and not violation.at_key:
            if weight[violation.keyword] != best[violation.path] or violation.path in spoken:
                continue
            spoken.add(violation.path)
        kept.append(violation)
    return kept


def _first_of_each(violations: Iterable[Violation]) -> Iterable[Violation]:
    """One of those that say the same of the same place, with the name that was meant if any knows it."""
    by_words: dict[tuple[Path, bool, str], Violation] = {}
    for violation in violations:
        words = (violation.path, violation.at_key, violation.message)
        other = by_words.get(words)
        if other is None or (violation.name and not other.name):
            by_words[words] = violation
    return by_words.values()


def _holds(path: Path, place: Path) -> bool:
    """Whether ``place`` is at or below ``path``."""
    return place[: len(path)] == path
