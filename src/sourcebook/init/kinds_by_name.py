# SPDX-License-Identifier: Apache-2.0
"""Kinds of records that lie side by side, told apart by what their files are called, or the folder at some level."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sourcebook.init.draft import Draft
from sourcebook.init.structure import ALIKE, Traits, coherent, common, likeness, named_things, traits
from sourcebook.init.survey import Found

_RECURRING = 3  # folders in which a file's name makes a kind
_NAMES_ALIKE = 3  # names of files of one structure in the same folders, from which on they are those of records
_LABELS = 12  # folders at one level that may each be a kind
_MOST_LABELS, _FILLED = 60, 5  # the same, where each has several files on average
_CLOSE = 0.6  # likeness up to which kinds differ, where each has something that the other has not
_NEARLY_ALL, _HARDLY = 0.85, 0.1


def by_file_name(files: Sequence[Found]) -> tuple[dict[str, list[Found]], list[Found]]:
    """The files that are called alike in several folders, one a folder, by name; and the others.

    ``kep.yaml`` in each of many folders is a kind. A name that happens to stand again among many of other names, built
    alike, is none.
    """
    named: dict[str, list[Found]] = {}
    in_folder: dict[str, list[Found]] = {}
    for one in files:
        named.setdefault(posixpath.basename(one.path), []).append(one)
        in_folder.setdefault(one.folder, []).append(one)
    kinds: dict[str, list[Found]] = {}
    for name, those in named.items():
        values = [one.value for one in those]
        if len(those) < _RECURRING or not (coherent(values) or coherent(named_things(values))):
            continue
        usual = common(one.value for one in those)
        beside = [
            other
            for one in those
            for other in in_folder[one.folder]
            if other is not one and len(named[posixpath.basename(other.path)]) < _RECURRING
        ]
        alike = sum(likeness(traits(other.value), usual) >= ALIKE for other in beside)
        if 2 * alike < len(those):
            kinds[name] = those
    for name in _numbered_alike(kinds):
        del kinds[name]
    taken = {one.path for those in kinds.values() for one in those}
    return kinds, [one for one in files if one.path not in taken]


def _numbered_alike(kinds: dict[str, list[Found]]) -> set[str]:
    """The names of several kinds that are built the same and lie in the same folders: these name records, not kinds."""
    usual = {name: common(one.value for one in those) for name, those in kinds.items()}
    folders = {name: {one.folder for one in those} for name, those in kinds.items()}
    same: dict[Traits, list[str]] = {}
    for name, built in usual.items():
        same.setdefault(built, []).append(name)
    alike: set[str] = set()
    for names in same.values():
        for name in names if len(names) >= _NAMES_ALIKE else ():
            beside = [other for other in names if 2 * len(folders[other] & folders[name]) > len(folders[name])]
            alike.update([name] if len(beside) >= _NAMES_ALIKE else [])
    return alike


def by_folder(folder: str, files: Sequence[Found], *, apart: bool) -> list[tuple[str, list[Found]]]:
    """The kinds among files below ``folder``, each with a home: several where a level of folders tells them apart.

    That is a level of a few folders, or of folders that are called alike below several others. Where they are ``apart``
    by custom, since ``folder`` only holds collections, each is one as soon as some are told apart.
    """
    depth = max((len(_below(folder, one)) for one in files), default=0)
    for level in range(depth):
        labelled: dict[str, list[Found]] = {}
        parents: dict[str, set[tuple[str, ...]]] = {}
        for one in files:
            below = _below(folder, one)
            label = below[level] if len(below) > level else ""
            labelled.setdefault(label, []).append(one)
            parents.setdefault(label, set()).add(tuple(below[:level]))
        recurring = level > 0 and sum(map(len, parents.values())) >= 2 * len(parents)
        few = len(labelled) <= (_MOST_LABELS if len(files) >= _FILLED * len(labelled) else _LABELS)
        if len(labelled) < 2 or "" in labelled or not (few or recurring):
            continue
        kinds = _kinds(labelled)
        if len(kinds) > 1 and apart and not recurring:
            kinds = list(labelled.values())
        if len(kinds) > 1:
            return [(_home(folder, level, kind), kind) for kind in kinds]
    return [(folder, list(files))]


def _below(folder: str, one: Found) -> list[str]:
    rest = one.folder.removeprefix(folder).strip("/")
    return rest.split("/") if rest else []


def _kinds(labelled: dict[str, list[Found]]) -> list[list[Found]]:
    """The files of labels that are one kind, together: those that differ in no way join the largest that they fit."""
    groups: list[_Kind] = []
    for those in sorted(labelled.values(), key=lambda some: -len(some)):
        kind = _Kind(list(those), Counter(trait for one in those for trait in traits(one.value)))
        same = next((one for one in groups if len(those) < 2 or not kind.differs(one)), None)
        if same is None:
            groups.append(kind)
        else:
            same.files += those
            same.counts.update(kind.counts)
    return [kind.files for kind in groups]


@dataclass
class _Kind:
    """Some files, and how many of them have each trait."""

    files: list[Found]
    counts: Counter[tuple[str, str]]

    def having(self, share: float) -> Traits:
        """The traits that more than a share of the files have."""
        return frozenset(trait for trait, count in self.counts.items() if count > share * len(self.files))

    def differs(self, other: _Kind) -> bool:
        """Whether the two are built otherwise: nearly all of each have what hardly any of the other has."""
        own, others = self.having(_NEARLY_ALL) - other.having(_HARDLY), other.having(_NEARLY_ALL) - self.having(_HARDLY)
        return likeness(self.having(0.5), other.having(0.5)) <= _CLOSE and bool(own) and bool(others)


def _home(folder: str, level: int, files: Iterable[Found]) -> str:
    """The folder that gives a kind its name: the most usual one at the level that tells it apart."""
    ways = Counter(tuple(_below(folder, one)[: level + 1]) for one in files)
    labels = Counter[str]()
    for way, count in ways.items():
        labels[way[-1]] += count
    label = labels.most_common(1)[0][0]
    above = {way[:-1] for way in ways}
    return posixpath.join(folder, *(above.pop() if len(above) == 1 else ()), label)


def odd_files(draft: Draft) -> list[Found]:
    """The files of one record each that have nothing in common with what most of the others have."""
    if draft.layout not in ("file", "front-matter") or draft.at or len(draft.files) < 5:
        return []
    usual = common(one.value for one in draft.files)
    if len(usual) < 2 or draft.files[0].kind not in ("mapping", "page"):
        return []
    return [one for one in draft.files if not traits(one.value) & usual]
