# SPDX-License-Identifier: Apache-2.0
"""Records of two sides to what became of each: by file and key, by key, by what the book says, by content."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from sourcebook.diff.alignment import as_text
from sourcebook.diff.model import RecordChange, Stand
from sourcebook.diff.other_names import Named, nameless
from sourcebook.diff.values import changes


@dataclass(frozen=True)
class Held:
    """One record of a side."""

    key: str
    stand: Stand
    value: Any

    @cached_property
    def text(self) -> str:
        """What tells it from others."""
        return as_text(self.value)


@dataclass(frozen=True)
class Moved:
    """What a book says became of keys: another, by collection and key; or why there is no record any more."""

    to: Mapping[tuple[str, str], str]
    gone: Mapping[tuple[str, str], str]

    def follow(self, collection: str, key: str, found: Iterable[str]) -> str:
        """The key among ``found`` that the record has now; the empty text where it says none."""
        passed = {key}
        wanted = set(found)
        while (key := self.to.get((collection, key), "")) and key not in passed:
            if key in wanted:
                return key
            passed.add(key)
        return ""


NOTHING_MOVED = Moved({}, {})

By = Callable[[Any], Any]
"""A record's value without its key, so that two that have another key may be held against each other."""


def became(
    collection: str,
    old: Sequence[Held],
    new: Sequence[Held],
    moved: Moved = NOTHING_MOVED,
    keyless: tuple[By, By] = (lambda value: value, lambda value: value),
    named: Named = nameless,
) -> list[RecordChange]:
    """What became of the records of a collection, where anything did, in the order of the new ones.

    ``named`` gives the other names that a new record says it has: one that is the key of a record that is gone tells
    that it is that one.
    """
    left_old, left_new = _numbered(old), _numbered(new)
    pairs = [(left_old.pop(name), left_new.pop(name), "") for name in [*left_old] if name in left_new]
    by_key: dict[str, list[Held]] = defaultdict(list)
    for one in left_old.values():
        by_key[one.key].append(one)
    pairs += [
        (_taken(left_old, by_key[other.key].pop(0)), _taken(left_new, other), "")
        for other in [*left_new.values()]
        if by_key[other.key]
    ]
    pairs += _renamed(collection, left_old, left_new, moved)
    pairs += _called(left_old, left_new, named)
    pairs += _alike(left_old, left_new, *keyless)
    found = [change for pair in pairs if (change := _change(collection, *pair))]
    found += [
        RecordChange(
            "removed", collection, one.key, one.key, one.stand, None, one.value, why=_why(collection, one, moved, new)
        )
        for one in left_old.values()
    ]
    found += [
        RecordChange("added", collection, one.key, one.key, None, one.stand, None, one.value)
        for one in left_new.values()
    ]
    return found


_Left = dict[tuple[str | None, str, int], Held]


def _numbered(records: Sequence[Held]) -> _Left:
    """Records by file and key; several of one key in a file, which is a mistake, by number."""
    found: _Left = {}
    for one in records:
        number = 0
        while (one.stand.file, one.key, number) in found:
            number += 1
        kept = replace(one, stand=replace(one.stand, number=number)) if number else one
        found[one.stand.file, one.key, number] = kept
    return found


def _taken(left: _Left, one: Held) -> Held:
    return left.pop((one.stand.file, one.key, one.stand.number))


def _renamed(collection: str, old: _Left, new: _Left, moved: Moved) -> list[tuple[Held, Held, str]]:
    """Those that the book itself says have another key now."""
    if not moved.to:
        return []
    by_key = {one.key: one for one in new.values()}
    found = []
    for one in list(old.values()):
        key = moved.follow(collection, one.key, by_key)
        if key:
            found.append((_taken(old, one), _taken(new, by_key.pop(key)), "curation/moved.yaml"))
    return found


def _called(old: _Left, new: _Left, named: Named) -> list[tuple[Held, Held, str]]:
    """Those that say themselves that they had another key: one new record each, and of that key alone."""
    if not old or not new or named is nameless:
        return []
    keys: dict[str, list[Held]] = defaultdict(list)
    for one in old.values():
        keys[one.key].append(one)
    said = {id(one): named(one.value) & keys.keys() for one in new.values()}
    counts = Counter(key for some in said.values() for key in some)
    found = []
    for one in list(new.values()):
        some = said[id(one)]
        key = next(iter(some), "")
        if len(some) == 1 and counts[key] == 1 and len(keys[key]) == 1:
            found.append((_taken(old, keys[key][0]), _taken(new, one), "its other names"))
    return found


def _alike(old: _Left, new: _Left, of_old: By, of_new: By) -> list[tuple[Held, Held, str]]:
    """Those whose content is under another key now: where it is that of one alone on each side, and is something."""
    if not old or not new:
        return []
    ones, others = _by_content(old, of_old), _by_content(new, of_new)
    return [
        (_taken(old, one[0]), _taken(new, others[text][0]), "the same content")
        for text, one in ones.items()
        if len(one) == 1 and len(others.get(text, ())) == 1
    ]


def _by_content(left: _Left, keyless: By) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = defaultdict(list)
    for one in left.values():
        value = keyless(one.value)
        if value not in ({}, [], None):
            found[as_text(value)].append(one)
    return found


def _change(collection: str, one: Held, other: Held, why: str) -> RecordChange | None:
    """What became of one record; None where nothing did."""
    told = changes(one.value, other.value) if one.text != other.text else ()
    kind: Literal["renamed", "moved", "changed"]
    if one.key != other.key:
        kind = "renamed"
    elif one.stand.file != other.stand.file:
        kind = "moved"
    elif told or one.stand.number != other.stand.number:
        kind = "changed"
    else:
        return None
    return RecordChange(
        kind,
        collection,
        other.key,
        one.key,
        one.stand,
        other.stand,
        one.value,
        other.value,
        told,
        why,
    )


def _why(collection: str, one: Held, moved: Moved, new: Sequence[Held]) -> str:
    """Why a record is gone, as the book says."""
    reason = moved.gone.get((collection, one.key), "")
    if reason:
        return reason
    now = moved.follow(collection, one.key, [other.key for other in new]) or moved.to.get((collection, one.key), "")
    return f"now {collection}/{now}" if now else ""
