# SPDX-License-Identifier: Apache-2.0
"""Changes of a document put together as one wish, by their paths; those that overlap are refused."""

from __future__ import annotations

from typing import Any

from sourcebook.edit.text.changes import Insert, Order, Put, Remove, Rename, names
from sourcebook.edit.text.comparing import compared
from sourcebook.edit.text.nodes import MAPPING, NAME, SEQUENCE, Node, Tree
from sourcebook.edit.text.wish import KEEP, Fail, New, Slot, Wish, Within, entry_node, is_merge
from sourcebook.exact import same
from sourcebook.parse import Path


class Wishing:
    """The wish for one document, of ``value`` and written as ``root``; filled by one change after the other."""

    def __init__(self, value: Any, tree: Tree, text: str, order: Order | None, fail: Fail) -> None:
        self.value = value
        self.tree = tree
        self.root = tree.root
        self.text = text
        self.order = order
        self.fail = fail
        self.wish: Wish = KEEP

    def settled(self) -> Wish:
        """The wish, once all changes are added."""
        if isinstance(self.wish, Within):
            self.wish.settle()
        return self.wish

    def add(self, change: Put | Remove | Rename | Insert) -> None:
        """Add a change. Raises ValueError where it overlaps with another, or its path leads nowhere."""
        if isinstance(change, Insert):
            self._insert(change)
            return
        if not change.at:
            if not isinstance(change, Put):
                raise ValueError("the whole document is neither taken out nor renamed")
            if self.wish is not KEEP:
                raise _overlap(change.at)
            self.wish = compared(self.value, change.value, self.root)
            return
        above = change.at[:-1]
        if isinstance(change, Put):
            if self._is_there(change):
                return
            holder = self._holder(above, change)
            if holder is not None:
                self._set(holder, change)
            return
        within, _ = self._within(above, change.at)
        slot = self._slot(within, change.at)
        if isinstance(change, Rename):
            self._rename(within, slot, change)
        elif slot.gone or slot.wish is not KEEP or (slot.name != slot.origin and isinstance(slot.origin, str)):
            raise _overlap(change.at)
        else:
            slot.gone = True
            if slot.name is not None:
                within.by_name.pop(slot.name, None)

    def _is_there(self, change: Put) -> bool:
        """Whether a value is what it is to be already, however it came there."""
        value: Any = self.value
        for step in change.at:
            found = _inner(value, step)
            if found is None and not (isinstance(value, dict) and step in value):
                return False
            value = found
        return same(value, change.value)

    # --- the way to a change ---

    def _within(self, path: Path, whole: Path) -> tuple[Within, Any]:
        """The collection at ``path``, which changes, with its value."""
        wish, value, node = self.wish, self.value, self.root
        if wish is KEEP:
            wish = self.wish = self._open(node, value, ())
        for depth, step in enumerate(path):
            slot = self._slot_of(wish, step, whole)
            value = value[step]
            if slot.wish is KEEP:
                slot.wish = self._open(self._child(wish, step, whole), value, path[: depth + 1])
            wish = slot.wish
        if not isinstance(wish, Within):
            raise _overlap(whole)
        return wish, value

    def _open(self, node: Node, value: Any, path: Path) -> Within:
        if node.kind == NAME:
            where = self.tree.written(node.text, self.text)
            self.fail(
                node.start, f"the value here is an alias: what &{node.text} names is written {where}; change it there"
            )
        if not isinstance(value, dict | list) or node.kind not in (MAPPING, SEQUENCE):
            raise ValueError(f"{list(path)} is neither a mapping nor a list")
        return Within(node).open(value if isinstance(value, dict) else range(len(value)))

    def _slot_of(self, wish: Wish, step: str | int, whole: Path) -> Slot:
        if not isinstance(wish, Within):
            raise _overlap(whole)
        found = wish.by_origin.get(step)
        if found is None:
            raise ValueError(f"there is nothing at {list(whole)}")
        if found.gone:
            raise _overlap(whole)
        if found.merged:
            self.fail(
                wish.node.start, f"the property {step!r} came by a merge (<<): it is written {self._merged(wish.node)}"
            )
        return found

    def _merged(self, node: Node) -> str:
        """Where what is merged into a mapping is written, in words."""
        found = [entry.value for entry in node.entries if entry.key is not None and is_merge(entry.key)]
        names = [
            one for value in found for one in [value, *(entry.value for entry in value.entries)] if one.kind == NAME
        ]
        return " or ".join(f"at &{one.text}, {self.tree.written(one.text, self.text)}" for one in names) or "elsewhere"

    def _slot(self, within: Within, at: Path) -> Slot:
        return self._slot_of(within, at[-1], at)

    def _child(self, wish: Wish, step: str | int, whole: Path) -> Node:
        assert isinstance(wish, Within)
        found = entry_node(wish.node, step)
        if found is None:
            self.fail(wish.node.start, f"what is at {list(whole)} is not written here")
        return found

    # --- changes ---

    def _holder(self, above: Path, change: Put) -> Within | None:
        """The collection that a value is put into; None where those above it come with it."""
        value: Any = self.value
        for depth, step in enumerate(above):
            inner = _inner(value, step)
            if inner is None:
                self._new_parents(above, depth, change)
                return None
            value = inner
        within, _ = self._within(above, change.at)
        return within

    def _new_parents(self, above: Path, depth: int, change: Put) -> None:
        if not all(isinstance(step, str) for step in change.at[depth:]):
            raise ValueError(f"there is nothing at {list(change.at)}")
        at = change.at[: depth + 1]
        within, _ = self._within(above[:depth], at)
        known = within.by_name.get(str(at[-1]))
        if known is not None and isinstance(known.wish, New) and isinstance(known.wish.value, dict):
            value = known.wish.value  # two properties of one that is new
            for step in change.at[depth + 1 : -1]:
                value = value.setdefault(step, {})
                if not isinstance(value, dict):
                    raise _overlap(change.at)
            if change.at[-1] in value:
                raise _overlap(change.at)
            value[change.at[-1]] = change.value
            return
        value = change.value
        for step in reversed(change.at[depth + 1 :]):
            value = {step: value}
        self._set(within, Put(change.document, at, value))

    def _set(self, within: Within, change: Put) -> None:
        step = change.at[-1]
        is_list = within.node.kind == SEQUENCE
        if isinstance(step, str) == is_list:
            raise ValueError(f"there is nothing at {list(change.at)}")
        slot = within.by_origin.get(step)
        if slot is None:
            if is_list or step in within.by_name:
                raise ValueError(f"there is nothing at {list(change.at)}")
            assert isinstance(step, str)
            slot = within.by_name[step] = Slot(None, step, New(change.value))
            within.slots.insert(self._place(within, step, change), slot)
            return
        slot = self._slot(within, change.at)
        if slot.wish is not KEEP:
            raise _overlap(change.at)
        old = self.value
        for one in change.at:
            old = old[one]
        slot.wish = compared(old, change.value, self._child(within, step, change.at))

    def _place(self, within: Within, name: str, change: Put) -> int:
        """Where among the entries a new property goes."""
        if change.before is not None:
            for number, slot in enumerate(within.slots):
                if slot.name == change.before and not slot.gone and not slot.merged:
                    return number
        order = list(names(self.order, change.at[:-1]))
        if name not in order and not any(slot.merged for slot in within.slots[-1:]):
            return len(within.slots)
        there = {slot.name: number for number, slot in enumerate(within.slots) if not slot.merged}
        if name in order:
            rank = order.index(name)
            before = [there[one] for one in order[:rank] if one in there]
            if before:
                return max(before[-1:]) + 1
            later = [there[one] for one in order[rank + 1 :] if one in there]
            if later:
                return later[0]
        return max((number for name, number in there.items()), default=-1) + 1

    def _rename(self, within: Within, slot: Slot, change: Rename) -> None:
        if slot.name is None or slot.name != slot.origin:
            raise _overlap(change.at)
        if within.by_name.get(change.name, slot) is not slot:
            self.fail(within.node.start, f"the mapping here has a property {change.name!r} already")
        del within.by_name[slot.name]
        slot.name = change.name
        within.by_name[change.name] = slot

    def _insert(self, change: Insert) -> None:
        try:
            value = _at(self.value, change.at)
        except (LookupError, TypeError):
            value = None
        if value is None and change.at:
            self.add(Put(change.document, change.at, [change.value]))
            return
        if not isinstance(value, list):
            raise ValueError(f"{list(change.at)} is no list")
        within, _ = self._within(change.at, change.at)
        index = min(max(change.index, 0), len(within.slots))
        within.coming.setdefault(index, []).append(Slot(None, None, New(change.value)))


def _overlap(path: Path) -> ValueError:
    return ValueError(f"two changes are about the same place, {list(path)}")


def _inner(value: Any, step: str | int) -> Any:
    """What is at a step of a value; None where nothing is."""
    if isinstance(value, dict):
        return value.get(step)  # type: ignore[call-overload,unused-ignore]
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
