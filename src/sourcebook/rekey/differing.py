# SPDX-License-Identifier: Apache-2.0
"""Two records made one: which values stay, which come, and in which the two differ, so that somebody must say."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sourcebook.edit.model import Refused
from sourcebook.errors import UsageError
from sourcebook.exact import same
from sourcebook.parse import Path, parse
from sourcebook.validation.wording import did_you_mean, shown

KEEP, DROP = "keep", "drop"


@dataclass(frozen=True, slots=True)
class Differing:
    """A property in which two records differ: its path as people write it, and both values."""

    path: str
    keep: Any
    drop: Any


class Differ(Refused):
    """Two records differ in ``fields``, and it was not said which value stays."""

    def __init__(self, fields: tuple[Differing, ...]) -> None:
        lines = [f"  {one.path}: keep has {shown(one.keep)}, drop has {shown(one.drop)}" for one in fields]
        said = "say which stays with --take PATH=keep, PATH=drop or PATH=VALUE, or of all with --prefer keep or drop"
        super().__init__("\n".join(["the two records differ:", *lines, said]))
        self.fields = fields


@dataclass
class Joined:
    """What becomes of the record that stays: its ``value``, and the changes that make it so.

    ``puts`` set the value at a path, ``inserts`` add items at the end of the list there; ``told`` is what was chosen.
    """

    value: Any
    puts: list[tuple[Path, Any]] = field(default_factory=list)
    inserts: list[tuple[Path, int, Any]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)


def joined(
    keep: Any, drop: Any, *, fixed: Collection[Path], take: Mapping[str, str] | None = None, prefer: str = ""
) -> Joined:
    """The record ``keep`` with what ``drop`` has besides: its other properties, the items of its lists.

    What is at ``fixed`` paths stays. ``take`` says by the path of a property which value stays: ``keep``, ``drop``, or
    a text that is read as YAML; ``prefer`` says it of all others. Raises Differ where neither says, UsageError where
    ``take`` names what is not there.
    """
    if prefer not in ("", KEEP, DROP):
        raise UsageError(f"--prefer is {KEEP} or {DROP}, and not {prefer!r}")
    maker = _Maker(keep, set(fixed), dict(take or {}), prefer)
    maker.join((), keep, drop)
    maker.rest()
    if maker.result.differing:
        raise Differ(tuple(maker.result.differing))
    return maker.result


class _Maker:
    def __init__(self, keep: Any, fixed: set[Path], take: dict[str, str], prefer: str) -> None:
        self.result = Joined(copy.deepcopy(keep))
        self._fixed = fixed
        self._take = take
        self._prefer = prefer
        self._seen: list[str] = []
        self._used: set[str] = set()

    def join(self, path: Path, keep: Any, drop: Any) -> None:
        """Join two mappings, property by property."""
        for name in dict.fromkeys([*keep, *drop]):
            where = (*path, name)
            if where in self._fixed:
                continue
            mine, theirs = keep.get(name), drop.get(name)
            said = dotted(where)
            self._seen.append(said)
            if said in self._take:
                self._taken(where, said, mine, theirs)
            elif theirs is None or same(mine, theirs):
                continue
            elif mine is None:
                self._put(where, theirs)
            elif isinstance(mine, dict) and isinstance(theirs, dict):
                self.join(where, mine, theirs)
            elif isinstance(mine, list) and isinstance(theirs, list) and mine:
                self._items(where, mine, theirs)
            elif isinstance(mine, list) and not mine:
                self._put(where, theirs)
            elif isinstance(mine, list) and not isinstance(theirs, list):
                self._items(where, mine, [theirs])
            elif isinstance(theirs, list) and any(same(mine, one) for one in theirs):
                self._put(where, theirs)
            elif isinstance(theirs, list) and not theirs:
                continue
            elif self._prefer:
                self._chosen(where, said, mine, theirs, self._prefer)
            else:
                self.result.differing.append(Differing(said, mine, theirs))

    def rest(self) -> None:
        """Raises UsageError where a choice was given for what is no property of the two."""
        for path in self._take:
            if path not in self._used:
                hint = did_you_mean(path, self._seen) or f"there are {', '.join(self._seen[:20])}"
                raise UsageError(f"neither record has {path!r}: {hint}")

    def _taken(self, where: Path, said: str, mine: Any, theirs: Any) -> None:
        self._used.add(said)
        choice = self._take[said]
        if choice in (KEEP, DROP):
            self._chosen(where, said, mine, theirs, choice)
            return
        value = _read(said, choice)
        self._put(where, value)
        self.result.told.append(f"{said}: {shown(value)}, in the place of {shown(mine)} and {shown(theirs)}")

    def _chosen(self, where: Path, said: str, mine: Any, theirs: Any, choice: str) -> None:
        kept, left = (mine, theirs) if choice == KEEP else (theirs, mine)
        if choice == DROP and not same(mine, theirs):
            self._put(where, theirs)
        if left is not None and not same(mine, theirs):
            self.result.told.append(f"{said}: {shown(kept)} stays, {shown(left)} is left out")

    def _items(self, where: Path, mine: list[Any], theirs: list[Any]) -> None:
        there = list(mine)
        for one in theirs:
            if not any(same(one, other) for other in there):
                there.append(one)
                self.result.inserts.append((where, len(mine), one))
        _set(self.result.value, where, there)

    def _put(self, where: Path, value: Any) -> None:
        self.result.puts.append((where, value))
        _set(self.result.value, where, copy.deepcopy(value))


def dotted(path: Path) -> str:
    """A path of properties as people write it: ``address.city``."""
    return ".".join(str(step).replace("\\", "\\\\").replace(".", "\\.") for step in path)


def _read(path: str, text: str) -> Any:
    parsed = parse(text.encode(), "value.yaml")
    if parsed.broken or len(parsed.documents) > 1:
        raise UsageError(
            f"--take {path}={text}: {next(iter(parsed.findings)).message if parsed.findings else 'not one value'}"
        )
    return parsed.documents[0].value if parsed.documents else None


def _set(value: Any, path: Path, new: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new
