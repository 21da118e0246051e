# SPDX-License-Identifier: Apache-2.0
"""A value in the place of another: collections are taken apart, so that only what differs in them is written."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from sourcebook.edit.text.nodes import MAPPING, SEQUENCE, Node
from sourcebook.edit.text.wish import KEEP, New, Slot, Wish, Within, entry_node, written_keys
from sourcebook.exact import same


def compared(old: Any, new: Any, node: Node) -> Wish:
    """The wish that makes ``new`` of ``old``, which is written as ``node``."""
    if same(old, new):
        return KEEP
    if node.kind == MAPPING and isinstance(old, dict) and isinstance(new, dict) and old and new:
        return _mapping(old, new, node) or New(new)
    if node.kind == SEQUENCE and isinstance(old, list) and isinstance(new, list) and old and new:
        return _sequence(old, new, node)
    return New(new)


def _mapping(old: dict[str, Any], new: dict[str, Any], node: Node) -> Within | None:
    """What differs between two mappings; None where they have nothing in common, or in another order."""
    shared = [key for key in new if key in old]
    if not shared or shared != [key for key in old if key in new] or len(written_keys(node)) < len(old):
        return None
    within = Within(node).open(old)
    for slot in within.slots:
        if slot.origin not in new:
            slot.gone = True
    number = 0
    for key, value in new.items():
        if key in old:
            number = next(at for at, slot in enumerate(within.slots) if slot.origin == key)
            slot = within.slots[number]
            child = entry_node(node, key)
            assert child is not None
            slot.wish = compared(old[key], value, child)
            number += 1
        else:
            within.slots.insert(number, Slot(None, key, New(value)))
            number += 1
    return within


def _sequence(old: list[Any], new: list[Any], node: Node) -> Within:
    within = Within(node)
    for kind, from_, to, begin, end in _differences(old, new):
        slots = [Slot(number, None) for number in range(from_, to)]
        within.by_origin.update((number, slot) for number, slot in zip(range(from_, to), slots, strict=True))
        if kind == "delete":
            for slot in slots:
                slot.gone = True
        elif kind in ("replace", "insert"):
            paired = min(to - from_, end - begin)
            for slot, value in zip(slots, new[begin:end], strict=False):
                assert isinstance(slot.origin, int)
                child = node.entries[slot.origin].value
                slot.wish = compared(old[slot.origin], value, child)
            for slot in slots[paired:]:
                slot.gone = True
            slots += [Slot(None, None, New(value)) for value in new[begin + paired : end]]
        within.slots += slots
    return within


def _differences(old: list[Any], new: list[Any]) -> Iterator[tuple[str, int, int, int, int]]:
    """The differences of two lists, as `SequenceMatcher` gives them."""
    known: dict[str, int] = {}

    def numbered(items: list[Any]) -> list[int]:
        return [known.setdefault(_told(item), len(known)) for item in items]

    ours, theirs = numbered(old), numbered(new)
    yield from SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()


def _told(value: Any) -> str:
    """A text that two values share if they are the same."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{_told(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_told, value)) + "]"
    return f"{type(value).__name__} {value!r}"
