# SPDX-License-Identifier: Apache-2.0
"""The verb ``merge``: two records that are the same become one, and all that led to either leads to it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sourcebook.book import Folder, steps, template_parts
from sourcebook.edit.edits import Edits
from sourcebook.edit.labels import label_of, meant, property_of
from sourcebook.edit.model import Proposal, Refused
from sourcebook.edit.named import texts_of
from sourcebook.edit.references import Reference, referring_to
from sourcebook.edit.source import Source, source_of
from sourcebook.errors import UsageError
from sourcebook.parse import Path
from sourcebook.records.model import Record
from sourcebook.rekey.answers import answered
from sourcebook.rekey.cascade import departures
from sourcebook.rekey.differing import Joined, joined
from sourcebook.rekey.kept import given_up, judged_different, without
from sourcebook.rekey.leading import at, holds_none, is_within, lead, names_of, once
from sourcebook.validation.wording import many


def merge(
    folder: Folder,
    collection: str,
    keep: str | int,
    drop: str | int,
    *,
    take: Mapping[str, str] | None = None,
    prefer: str = "",
    on: str = "",
) -> Proposal:
    """The record ``drop`` of a ``collection`` made one with the record ``keep``; nothing is written.

    What only one of them has stays, lists are joined without doubles, and every reference leads to ``keep``. Of
    properties in which they differ, ``take`` says by path which value stays (``keep``, ``drop``, or another as YAML),
    and ``prefer`` of all others. ``curation/moved.yaml`` says where ``drop`` has gone (``on`` the day, by default
    today). Raises Differ where nobody says which value stays, Refused where the two cannot be one, UsageError where
    there are no such records, OSError where the disk fails.
    """
    source = source_of(folder)
    mine, theirs = meant(source, collection, keep), meant(source, collection, drop)
    _two(source, mine, theirs)
    led = referring_to(source, [mine, theirs])
    to_mine, to_theirs = (list(once(led[collection, str(one.key)])) for one in (mine, theirs))
    between = (
        [one for one in to_theirs if one.record is mine],
        [one for one in to_mine + to_theirs if one.record is theirs],
    )
    ours, others = (_without(one.value, some) for one, some in zip((mine, theirs), between, strict=True))
    result = joined(ours, others, fixed=set(_fixed(source, mine)), take=take, prefer=prefer)
    wrong = departures(source.book, mine, result.value)
    if wrong:
        raise Refused(
            "\n".join([f"the two made one would not fit the schema of {collection}:", *(f"  {one}" for one in wrong)])
        )
    edits = Edits(source)
    _write(edits, mine, result, between[0])
    outside = [one for one in to_theirs if one.record is not mine and not is_within(one, theirs)]
    told = [*result.told, *_lead_all(edits, mine, theirs, result.value, outside, to_mine)]
    edits.drop(theirs)
    without(edits, theirs, str(mine.key))
    given_up(edits, [(theirs, str(mine.key), "")], on)
    told += _left(source, theirs, outside)
    what = f"merge {collection} {theirs.key} into {mine.key}: {many(len(outside), 'reference')} of it lead there"
    return Proposal(source.book.root, what, edits.changes(), tuple(told))


def _two(source: Source, mine: Record, theirs: Record) -> None:
    """Raises UsageError or Refused where two records cannot be one."""
    if mine is theirs:
        raise UsageError(f"{mine.collection} {mine.key} is one record already")
    if not (isinstance(mine.value, dict) and isinstance(theirs.value, dict)):
        raise Refused("only records that are mappings can be merged")
    holds_none(source, theirs)
    why = judged_different(source, mine.collection, str(mine.key), str(theirs.key))
    if why:
        raise Refused(f"{mine.key} and {theirs.key} were judged different {why}")
    for one, other in ((mine, theirs), (theirs, mine)):
        for words, answer in answered(source, one):
            if answer is other:
                raise Refused(
                    f"{one.collection} {one.key} {words} {other.key}: one is the answer to the other, "
                    "and as one record neither would be"
                )


def _fixed(source: Source, record: Record) -> Iterator[Path]:
    """The properties that make the key of a record, or that come from above it."""
    collection = source.book.by_name[record.collection]
    parts = [collection.key] if collection.key is not None else template_parts(collection.key_template)
    yield from (steps(part) for part in parts)
    yield from ((name,) for name in collection.above)


def _without(value: Any, found: Iterable[Reference]) -> Any:
    """A record without its references to the other one of two, or to itself: as one, it would refer to itself."""
    after = copy.deepcopy(value)
    for path in sorted((one.path for one in found if not one.at_key), key=_last_first, reverse=True):
        holder = at(after, path[:-1])
        del holder[path[-1]]
    for one in found:
        if one.at_key:
            raise Refused(
                f"{one.record.path}:{one.line}: one of the two is a key of a map in the other: mend that first"
            )
    return after


def _last_first(path: Path) -> tuple[tuple[int, str | int], ...]:
    return tuple((0, step) if isinstance(step, int) else (1, step) for step in path)


def _write(edits: Edits, record: Record, result: Joined, gone: list[Reference]) -> None:
    """Have the record that stays hold what was joined."""
    put = [path for path, _ in result.puts]
    for one in gone:
        if not any(one.path[: len(path)] == path for path in put):
            edits.remove(record, one.path)
    for path, value in result.puts:
        edits.put(record, path, value)
    for path, _, value in result.inserts:
        edits.insert(record, path, len(at(record.value, path)), value)


def _lead_all(
    edits: Edits, mine: Record, theirs: Record, value: Any, found: list[Reference], to_mine: list[Reference]
) -> Iterator[str]:
    """Have what leads to the record that goes lead to the one that stays; where that is twice, once."""
    source = edits.source
    there = {(id(one.record), one.path[:-1]) for one in to_mine if isinstance(one.path[-1], int)}
    for one in found:
        _no_key(source, one, str(mine.key))
        names = list(names_of(source, mine, one.target, value, mine.key).values())
        if not names:
            where = f"{one.record.path}:{one.line}"
            raise Refused(f"{where} names {theirs.key} by its {one.target.field}, and {mine.key} has none")
        place = (id(one.record), one.path[:-1])
        if isinstance(one.path[-1], int) and place in there:
            edits.remove(one.record, one.path)
            where = f"{one.record.collection} {one.record.key}: {property_of(one.path[:-1])}"
            yield f"{where} named both, and names one now"
            continue
        there |= {place} if isinstance(one.path[-1], int) else set()
        if _list_of(one) in {_list_of(other) for other in to_mine}:
            where = f"{one.record.collection} {one.record.key}: {property_of(_list_of(one)[1])}"
            yield f"{where} has it twice now: look at it"
        if not any(str(name) == str(one.value) for name in names):
            lead(edits, one, names[0])


def _list_of(one: Reference) -> tuple[int, Path]:
    """The list in whose items, mappings, a reference stands; of others, the reference itself."""
    last = max((at for at, step in enumerate(one.path[:-1]) if isinstance(step, int)), default=len(one.path))
    return id(one.record), one.path[:last]


def _no_key(source: Source, one: Reference, key: str) -> None:
    """Raises Refused where a reference is the key of its record, which would be another record's then."""
    collection = source.book.by_name[one.record.collection]
    parts = [collection.key] if collection.key is not None else template_parts(collection.key_template)
    if not one.at_key and one.path in [steps(part) for part in parts]:
        other = (one.record.collection, key) in source.by_key
        first = f"merge {one.record.collection} {key}" if other else f"rename {one.record.collection}"
        raise Refused(
            f"{one.record.path}:{one.line}: the reference is the key of {one.record.collection} {one.record.key}: "
            f"`sourcebook {first} {one.record.key}{'' if other else f' {key}'}` first"
        )


def _left(source: Source, theirs: Record, found: list[Reference]) -> Iterator[str]:
    """What names the record that goes, and is no reference."""
    places = {(id(one.record), one.path) for one in found}
    for one in texts_of(source, theirs):
        if one.record is not theirs and not one.is_history and (id(one.record), one.path) not in places:
            yield f"Not changed, for it is no reference: {one}"
    label = label_of(source, theirs)
    aliases = source.book.by_name[theirs.collection].aliases
    if label and aliases:
        yield f"If readers look for {label!r} too, it belongs in {aliases[0]}"
