# SPDX-License-Identifier: Apache-2.0
"""References that no column tells of alone, so that each record is looked at: those of which the record says where
they lead, and those that stand where no table holds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sourcebook.book import SPECIAL, Collection, Conditions, Target, join, steps
from sourcebook.exact import same
from sourcebook.parse import Path
from sourcebook.tables.model import Cell, Demand, Group, Judged, Node, Plan
from sourcebook.tables.reference_paths import Steps, is_key, leaves, nests, references, written, written_in
from sourcebook.validation.annotations import Annotations, Place


@dataclass(frozen=True)
class _Said:
    """What the descriptor says of one path: of the reference that some column holds there, or of no column."""

    steps: Steps
    targets: Mapping[Target, Conditions]
    top: int = 0
    way: Steps = ()

    def demands(self, record: Any) -> Iterator[Demand]:
        """The references in a record."""
        for path, value, above in self._found(record):
            for where, leaf in [(path, value)] if is_key(self.steps) else leaves(value, path):
                meant = tuple(target for target, wanted in self.targets.items() if self._hold(wanted, above))
                yield Demand(where, is_key(self.steps), leaf, meant)

    def _found(self, record: Any) -> Iterator[tuple[Path, Any, tuple[Any, ...]]]:
        if not self.way:
            yield from _walked(record, self.steps)
            return
        waiting = [(path, item, above[:-1]) for path, item, above in _walked(record, self.steps[: self.top])]
        while waiting:
            path, item, above = waiting.pop(0)
            yield from _walked(item, self.steps[self.top :], path, above)
            waiting += [(deeper, inner, above) for deeper, inner in written(item, self.way, path)]

    def _hold(self, conditions: Conditions, above: tuple[Any, ...]) -> bool:
        return all(self._holds(steps(path), values, above) for path, values in conditions.items())

    def _holds(self, path: Steps, values: Sequence[Any], above: tuple[Any, ...]) -> bool:
        """Whether one of ``values`` stands at ``path``, in the same item of every list on the way to the reference."""
        shared = 0
        while shared < min(len(path), len(self.steps)) and path[shared] == self.steps[shared]:
            shared += 1
        standing = [value for _, value in written(above[shared], path[shared:])]
        return any(same(value, one) for value in standing for one in values)


def _walked(
    value: Any, steps: Steps, path: Path = (), above: tuple[Any, ...] = ()
) -> Iterator[tuple[Path, Any, tuple[Any, ...]]]:
    """As `written`, with what stands above each reference: the value before every step, and itself."""
    above = (*above, value)
    if not steps:
        if value is not None:
            yield path, value, above
        return
    for where, item in written(value, steps[:1], path):
        yield from _walked(item, steps[1:], where, above)


class RecordReferences:
    """Finds the references of a collection in each of its records (`model.Judged`)."""

    def __init__(
        self, plan: Plan, annotations: Annotations | None, said: Sequence[_Said], outside: frozenset[str]
    ) -> None:
        """Of what the descriptor ``said``, and the ``annotations`` of all but the properties ``outside``."""
        self._outside = outside
        self._plain = references(plan)
        self._conditional = bool(references(plan, conditional=True))
        self._annotations = annotations
        self._said = said
        mine = [target for one in said for target in one.targets]
        theirs = annotations.options if annotations else ()
        self.targets: tuple[Target, ...] = tuple(dict.fromkeys((*mine, *theirs)))
        self._last: tuple[Any, Sequence[Demand]] = (None, ())

    @property
    def places(self) -> Mapping[Target, str]:
        """The targets, each with the path of a property that is said to lead to it."""
        mine = {target: _path(one.steps) for one in self._said for target in one.targets}
        theirs = self._annotations.places() if self._annotations else ()
        return {**{target: _path(place.steps) for place in theirs for target in place.options}, **mine}

    def written(self, value: Any) -> Sequence[Demand]:
        """As of `Judged`. What a column tells of alone is not among them."""
        if self._last[0] is not value:
            self._last = (value, list(self._written(value)))
        return self._last[1]

    def _written(self, value: Any) -> Iterator[Demand]:
        found: dict[tuple[Path, bool], list[Demand]] = {}
        described = value
        if self._outside and isinstance(value, dict):
            described = {name: item for name, item in value.items() if name not in self._outside}
        for said in self._annotations.said(described) if self._annotations else ():
            found.setdefault((said.path, said.at_key), []).append(Demand(*said))
        for one in self._said:  # the descriptor goes first
            for demand in one.demands(value):
                found[demand.path, demand.at_key] = [demand] if demand.targets else []
        for reference in self._plain:
            at_key = is_key(reference.steps)
            for path, item in written_in(value, reference):
                for where, _ in leaves(item, path):
                    found.pop((where, at_key), None)
        for demands in found.values():
            yield from demands

    def leading(self, value: Any) -> Mapping[tuple[Path, bool], tuple[Target, ...]]:
        """As of `Judged`."""
        meant: dict[tuple[Path, bool], tuple[Target, ...]] = {}
        for one in self.written(value) if self._conditional else ():
            meant[one.path, one.at_key] = tuple(dict.fromkeys((*meant.get((one.path, one.at_key), ()), *one.targets)))
        return meant


def judged(
    plan: Plan, collection: Collection, annotations: Annotations | None, outside: frozenset[str] = frozenset()
) -> Judged | None:
    """What finds the references of records that no column of ``plan`` tells of alone; None where there are no such.

    ``annotations`` is what the collection's schema says of references, if it says anything. It does not speak of what
    stands ``outside`` of it, properties of the record.
    """
    plain = {reference.steps for reference in references(plan)}
    by_steps = {reference.steps: reference for reference in references(plan, conditional=True)}
    said = []
    for path, targets in collection.references.items():
        there = steps(path)
        if there not in plain:
            held = by_steps.get(there)
            conditions = collection.conditions.get(path, {})
            nest = held.within if held and held.within else (0, ())
            said.append(_Said(there, {target: conditions.get(target, {}) for target in targets}, *nest))
    around = set(nests(plan))
    overlaid = {one.steps for one in said}
    if annotations and all(_is_told(place, plain | overlaid, around) for place in annotations.places()):
        annotations = None
    return RecordReferences(plan, annotations, said, outside) if annotations or said else None


def _is_told(place: Place, plain: set[Steps], around: set[tuple[Steps, Steps]]) -> bool:
    """Whether columns tell of all that may be said at a place, which may be a list of such."""
    there = place.steps
    if place.again is not None:
        return there == place.again or (place.again, there[len(place.again) :]) in around
    return any(one[: len(there)] == there and set(one[len(there) :]) <= {"[]", "{}"} for one in plain)


def places(found: Judged) -> Iterator[tuple[Target, str]]:
    """Each target of what ``judged`` found, with the path of a property that is said to lead to it."""
    assert isinstance(found, RecordReferences)
    yield from found.places.items()


def leads_on(plan: Plan, names: Steps) -> bool:
    """Whether ``names`` lead to where a record may hold something, though no column does: into a column of JSON."""
    node: Node | None = plan.root
    for name in names:
        if isinstance(node, Cell):
            return node.encoding == "json"
        if isinstance(node, Group):
            if name in ("{}", "{key}"):
                return node.other is not None
            node = node.members.get(name)
        elif node is None or name in ("{key}",):
            return False
        else:
            node = plan.items[node.table]
    return isinstance(node, Cell) and node.encoding == "json"


def _path(names: Steps) -> str:
    text = ""
    for name in names:
        text = text + name if name in SPECIAL else join(text, name)
    return text


__all__ = ["RecordReferences", "judged", "leads_on", "places"]
