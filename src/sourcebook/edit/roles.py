# SPDX-License-Identifier: Apache-2.0
"""What a reference says: the part that it plays in its record, by the roles of collections; and what answers what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sourcebook.book import ANSWER_KINDS, STATEMENT, Book, Collection, steps
from sourcebook.parse import Path

RESTS = "rests on"
"""Name of the part that a reference to a statement plays, in what is none."""
_ANSWERS = {one.part: one for one in ANSWER_KINDS}


@dataclass(frozen=True, slots=True)
class Part:
    """The part that a reference plays: the ``role`` of its record, and the ``name`` of the part in it.

    ``words`` say it of the record that refers, as in "denies it"; ``answers`` says whether it answers a statement.
    """

    role: str
    name: str
    words: str
    answers: bool = False


_WORDS = {
    (STATEMENT, "by"): "is said by it",
    (STATEMENT, "in"): "was published in it",
    (STATEMENT, "at"): "was published at it",
    (STATEMENT, "knowledge"): "is said on its knowledge",
    (STATEMENT, "about"): "is about it",
    (STATEMENT, "repeats"): "repeats it",
    (STATEMENT, "supports"): "supports it",
    ("origin", "same_as"): "may be the same as it",
    ("source", "derived_from"): "is derived from it",
    ("edge", "from"): "leads from it",
    ("edge", "to"): "leads to it",
    ("correction", "key"): "is about a correction of it",
}


def part_of(book: Book, collection: str, path: Path, target: str) -> Part | None:
    """The part that the reference at ``path`` in a record of ``collection`` plays; None where no role speaks of it.

    ``target`` is the collection that it leads to: what leads to a statement from what is none rests on it.
    """
    known = book.by_name[collection]
    for role, name, way in _ways(known):
        if _leads(path, way):
            if role == STATEMENT and name in _ANSWERS:
                return Part(role, name, _ANSWERS[name].forward.removeprefix("It ") + " it", answers=True)
            return Part(role, name, _WORDS.get((role, name), f"has it as its {name}"))
    if STATEMENT not in known.roles and STATEMENT in book.by_name[target].roles:
        return Part("", RESTS, "rests on it")
    return None


def is_statement(book: Book, collection: str) -> bool:
    """Whether the records of a collection are statements."""
    return STATEMENT in book.by_name[collection].roles


def _ways(collection: Collection) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for role, parts in collection.roles.items():
        for name, path in parts.items():
            yield role, name, steps(path)
    for path in collection.about:
        yield STATEMENT, "about", steps(path)


def _leads(path: Path, way: tuple[str, ...]) -> bool:
    """Whether ``path`` is a place that ``way`` leads to; one that leads to a list leads to its items."""
    way = (*way, *["[]"] * (len(path) - len(way))) if path and isinstance(path[-1], int) else way
    if len(path) != len(way):
        return False
    return all(
        isinstance(step, int) if part == "[]" else part in ("{}", "{key}") or part == step
        for step, part in zip(path, way, strict=True)
    )


__all__ = ["RESTS", "Part", "is_statement", "part_of"]
