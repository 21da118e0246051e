# SPDX-License-Identifier: Apache-2.0
"""What is to become of a value: for a collection that changes, which of its entries stay, go and come.

A wish is `KEEP` (nothing changes), `New` (another value in its place) or `Within` (a collection some of whose entries
change).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sourcebook.edit.text.nodes import NAME, SEQUENCE, Node


@dataclass(frozen=True)
class Keep:
    """Nothing changes."""


KEEP = Keep()


@dataclass
class New:
    """Another value."""

    value: Any


@dataclass
class Slot:
    """An entry: ``origin`` is its key or number before, None of one that comes; ``name`` its key after.

    ``merged`` says that it is written elsewhere, and came by a merge.
    """

    origin: str | int | None
    name: str | None
    wish: Wish = KEEP
    gone: bool = False
    merged: bool = False


@dataclass
class Within:
    """A collection that stays, and whose entries change."""

    node: Node
    slots: list[Slot] = field(default_factory=list)
    by_origin: dict[str | int, Slot] = field(default_factory=dict)
    by_name: dict[str, Slot] = field(default_factory=dict)  # of those that there are afterwards
    coming: dict[int, list[Slot]] = field(default_factory=dict)  # items, by the number of that before which they come

    def open(self, origins: Iterable[str | int]) -> Within:
        """Have the entries that were there before, whose keys or numbers are ``origins``."""
        written = written_keys(self.node)
        for key in origins:
            name = key if isinstance(key, str) else None
            slot = Slot(key, name, merged=name is not None and name not in written)
            self.slots.append(slot)
            self.by_origin[key] = slot
            if name is not None:
                self.by_name[name] = slot
        return self

    def settle(self) -> None:
        """Have the items that come in their places, here and further in."""
        if self.coming:
            slots, self.slots = self.slots, []
            for number, slot in enumerate(slots):
                self.slots += self.coming.get(number, ())
                self.slots.append(slot)
            self.slots += self.coming.get(len(slots), ())
            self.coming = {}
        for slot in self.slots:
            if isinstance(slot.wish, Within):
                slot.wish.settle()

    @property
    def left(self) -> list[Slot]:
        """The entries that there are afterwards."""
        return [slot for slot in self.slots if not slot.gone]


Wish = Keep | New | Within
Fail = Callable[[int, str], NoReturn]
"""Raises that something cannot be edited, at an offset, for a reason."""


def entry_node(node: Node, step: str | int) -> Node | None:
    """The node of an entry's value; None where it is not written there."""
    if node.kind == SEQUENCE:
        return node.entries[step].value if isinstance(step, int) and step < len(node.entries) else None
    return next((entry.value for entry in node.entries if entry.key is not None and _is_named(entry.key, step)), None)


def _is_named(key: Node, name: str | int) -> bool:
    return key.kind != NAME and key.text == name and not is_merge(key)


def is_merge(key: Node) -> bool:
    """Whether a key is the ``<<`` of a merge."""
    return key.text == "<<" and key.style == "" and key.tag is None


def written_keys(node: Node) -> frozenset[str]:
    """The keys that are written in a mapping, without what aliases are."""
    return frozenset(
        entry.key.text for entry in node.entries if entry.key is not None and _is_named(entry.key, entry.key.text)
    )


def outcome(wish: Wish, value: Any) -> Any:
    """What a value becomes by a wish."""
    if isinstance(wish, Keep):
        return value
    if isinstance(wish, New):
        return wish.value
    if wish.node.kind == SEQUENCE:
        return [outcome(slot.wish, None if slot.origin is None else value[slot.origin]) for slot in wish.left]
    return {slot.name: outcome(slot.wish, None if slot.origin is None else value[slot.origin]) for slot in wish.left}
