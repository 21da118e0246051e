# SPDX-License-Identifier: Apache-2.0
"""Links: properties whose values are, all of them, the values of a unique field of a collection.

That much can be chance where the values are few, so a name that matches, or many different values, must speak for it.
A link with values that lead nowhere is told and not written, since it would keep the book from being published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sourcebook.init.fields import Source, Target, sources, targets
from sourcebook.init.proposal import Proposal
from sourcebook.init.words import IDENTIFIERS, meaning
from sourcebook.tables import Plan

_MANY = 10  # different values that are no chance, whatever the names
_FEW = 2  # worth telling
_SOME = 3  # with the name of the target's field
_TRIED = 50  # values of a property that are looked for everywhere
_NEARLY = 0.9  # share of the values from which on a link is worth telling though some lead nowhere


@dataclass(frozen=True)
class Links:
    """The references of each collection as the descriptor says them, and what is to be told about others."""

    references: Mapping[str, Mapping[str, str | list[str]]]
    notes: tuple[str, ...]


def find_links(proposals: Sequence[Proposal], plans: Mapping[str, Plan]) -> Links:
    """The links between (and within) the proposed collections, whose tables are ``plans``, by name."""
    all_targets = [target for one in proposals for target in targets(one, plans[one.name])]
    single: list[tuple[Source, Target]] = []
    references: dict[str, dict[str, str | list[str]]] = {one.name: {} for one in proposals}
    notes: list[str] = []
    uncertain: dict[tuple[str, str], list[str]] = {}
    for source in (source for one in proposals for source in sources(one, plans[one.name], all_targets)):
        possible = [target for target in _touched(source, all_targets) if _may_lead(source, target)]
        whole = _widest([one for one in possible if source.values.keys() <= one.values and _speaks(source, one)])
        if shown := [target for target in whole if _shows(target)]:
            link = max(shown, key=lambda target: _weight(source, target))
            single.append((source, link))
            notes += _rivals(source, link, shown)
        elif several := _several(source, possible):
            references[source.collection][source.path] = [target.written for target in several]
        elif target := _perhaps(source, possible, whole):
            uncertain.setdefault((source.collection, target.written), []).append(source.path)
        else:
            notes += _near(source, possible)
    beside: dict[tuple[str, str, str], list[tuple[Source, Target]]] = {}
    for source, target in single:
        beside.setdefault((source.collection, source.above, target.collection), []).append((source, target))
    for links in beside.values():
        meant = [source.meant(target) for source, target in links] if len(links) > 1 else [{}]
        told = list(zip(links, meant, strict=True))
        for (source, target), here in told:
            if not any(_says_the_same(source, target, here, *link, there) for link, there in told):
                references[source.collection][source.path] = target.written
    notes += _unchained(references)
    notes += (_uncertain(collection, target, paths) for (collection, target), paths in uncertain.items())
    return Links(references, tuple(notes))


def _touched(source: Source, targets: Sequence[Target]) -> list[Target]:
    """The targets that have one of the first values of ``source``, without which it is hardly a link."""
    first = frozenset(islice(source.values, _TRIED))
    return [target for target in targets if not first.isdisjoint(target.values)]


def _unchained(references: Mapping[str, dict[str, str | list[str]]]) -> Iterator[str]:
    """Take out the links by a field that is itself a link by a field, whose column holds a key; and tell of them."""
    for collection, links in references.items():
        for path, written in list(links.items()):
            target, _, field = written.partition(".") if isinstance(written, str) else ("", "", "")
            other = references.get(target, {}).get(field) if field else None
            if isinstance(other, str) and "." in other:
                del links[path]
                yield f"{collection}.{path} is no link to {written}, which is itself a link, to {other}"


def _may_lead(source: Source, target: Target) -> bool:
    """Whether a link from ``source`` to ``target`` would mean something, whatever the values."""
    if source.collection == target.collection:
        return not source.is_key and source.path != target.field
    if target.is_key:
        # Of two collections with the same keys, the one with fewer records (or the later by name) is about the other,
        # unless a property beside its own key is named for the other.
        size, other = (len(source.proposal.values), source.collection), (len(target.values), target.collection)
        twins = source.identity and source.values.keys() == target.values and size < other
        return not twins or (not source.is_key and _names_match(source, target)[0])
    # A key column would hold the target's key and no longer its own; and by several identifiers that two collections
    # share, such as id.isbn and id.doi, they are linked by the key already.
    return not source.is_key and not (source.identity and source.leaf == target.leaf)


def _speaks(source: Source, target: Target) -> bool:
    """Whether it is no chance that the values are those of the target."""
    if source.means_itself_in(target):
        return False
    by_collection, by_field = _names_match(source, target)
    count = len(source.values)
    if by_collection or (by_field and count >= _SOME and len(target.values) >= _MANY):
        return True
    return count >= _MANY and not all(isinstance(value, int) for value in source.values)


def _shows(target: Target) -> bool:
    """Whether a page that shows what a reference means still shows what was written: the key, or the record's label.

    A column of references by any other field would hide its values behind keys.
    """
    return target.is_key or target.is_label


def _names_match(source: Source, target: Target) -> tuple[bool, bool]:
    """Whether the property is named for the target's collection, and whether for its field."""
    named = meaning(source.leaf)
    return bool(named & meaning(target.collection)), bool(named & meaning(target.leaf))


def _weight(source: Source, target: Target) -> tuple[bool, bool, bool, bool, int, str]:
    """What speaks for a target among others, the most first."""
    own = source.collection == target.collection
    return (*_names_match(source, target), own, target.is_key, len(target.values), target.written)


def _widest(possible: Sequence[Target]) -> list[Target]:
    """The targets without those whose values are a part of another's field of the same name: these are about it."""
    return [
        one for one in possible if not any(one.leaf == other.leaf and one.values < other.values for other in possible)
    ]


def _rivals(source: Source, link: Target, whole: Sequence[Target]) -> list[str]:
    others = {one.written for one in whole if one is not link and _weight(source, one)[:4] == _weight(source, link)[:4]}
    if not others:
        return []
    return [f"{source.collection}.{source.path} links to {link.written}, but may mean {' or '.join(sorted(others))}"]


def _several(source: Source, possible: Sequence[Target]) -> list[Target]:
    """The collections whose keys share the values of ``source`` among them, each value in one of them only.

    One collection that has them all is none, where names or many different texts do not speak for it; and numbers are
    those of keys by chance.
    """
    if len(source.values) < _MANY or source.identity or all(isinstance(value, int) for value in source.values):
        return []
    own = frozenset(source.values)
    touched = [target for target in possible if target.is_key and len(own & target.values) > 1]
    shared = [value for target in touched for value in own & target.values]
    return touched if len(touched) > 1 and len(shared) == len(own) == len(set(shared)) else []


def _perhaps(source: Source, possible: Sequence[Target], whole: Sequence[Target]) -> Target | None:
    """The collection whose keys a property's values all are, where they are so few that it may be chance.

    Or one of ``whole``, which speak for themselves, but whose fields no page would show.
    """
    if whole:
        return max(whole, key=lambda target: _weight(source, target))
    texts = all(isinstance(value, str) for value in source.values)
    if source.identity or len(source.values) < _FEW or not texts or source.leaf.lower() in IDENTIFIERS:
        return None
    keys = (t for t in possible if t.is_key and source.values.keys() <= t.values and not source.means_itself_in(t))
    named = (t for t in possible if source.values.keys() <= t.values and _names_match(source, t)[1])
    return next(keys, None) or (next(named, None) if len(source.values) >= _SOME else None)


def _uncertain(collection: str, target: str, paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more properties" if len(paths) > 3 else "")
    return f'{collection}: {shown} may link to {target}; if so, write references: {{"{paths[0]}": {target}}}'


def _near(source: Source, possible: Sequence[Target]) -> list[str]:
    """What is to be told of a link some of whose values lead nowhere."""
    if source.identity or len(source.values) < _SOME:
        return []
    many = len(source.values) >= _MANY and not all(isinstance(value, int) for value in source.values)
    near = [target for target in possible if _shows(target) and (many or any(_names_match(source, target)))]
    for target in sorted(near, key=lambda target: _weight(source, target), reverse=True):
        lost = source.values.keys() - target.values
        if 0 < len(lost) <= (1 - _NEARLY) * len(source.values):
            count = f"{len(source.values) - len(lost):,} of {len(source.values):,} values"
            others = ", ".join(f"{value!r} in {source.values[value]}" for value in sorted(lost, key=str)[:3])
            more = f" and {len(lost) - 3:,} more" if len(lost) > 3 else ""
            mended = f'mend these, then write references: {{"{source.path}": {target.written}}}'
            return [
                f"{source.collection}: {count} of {source.path} are {target.written}, but not {others}{more}: {mended}"
            ]
    return []


_Meant = Mapping[tuple[object, ...], int]


def _says_the_same(source: Source, target: Target, here: _Meant, other: Source, better: Target, there: _Meant) -> bool:
    """Whether another link to the same collection, beside this one, always means the same record: by its key, or name.

    Beside ``author_id`` an ``author_name`` would otherwise link as well.
    """
    if source is other or (better.is_key, other.path) <= (target.is_key, source.path):
        return False
    return here.keys() <= there.keys() and all(there[place] == number for place, number in here.items())
