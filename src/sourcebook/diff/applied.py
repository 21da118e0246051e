# SPDX-License-Identifier: Apache-2.0
"""Old records and the changes to the new ones: the other way round than comparing, by the JSON form alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Name(NamedTuple):
    """What tells one record from all others: several may have one key by mistake."""

    collection: str
    key: str
    file: str | None
    number: int = 0


def applied(records: Mapping[Name, Any], compared: Mapping[str, Any]) -> dict[Name, Any]:
    """The new records: ``records`` are the old ones, ``compared`` the JSON form of a comparison with the new ones.

    Records that could not be compared stay as they are, and are not there where they were not. Raises ValueError where
    these are not the records that the comparison is of.
    """
    found = dict(records)
    for one in compared["records"]:
        if one["kind"] != "added":
            name = _name(one, "old")
            if name not in found:
                raise ValueError(f"there is no {name.collection}/{name.key} in {name.file}")
            before = found.pop(name)
            if one["kind"] == "removed" and before != one["old"].get("value"):
                raise ValueError(f"{name.collection}/{name.key} is not what was removed")
            one = {**one, "before": before}
        if one["kind"] != "removed":
            value = one["new"]["value"] if one["kind"] == "added" else changed(one["before"], one["changes"])
            found[_name(one, "new")] = value
    return found


def _name(one: Mapping[str, Any], side: str) -> Name:
    stand = one[side]
    return Name(one["collection"], stand["key"], stand["file"], stand["number"])


class _Part(NamedTuple):
    """A change, as seen from a value inside: what is left of its pointers."""

    old_at: Sequence[str] | None
    new_at: Sequence[str] | None
    change: Mapping[str, Any]


def changed(value: Any, changes: Iterable[Mapping[str, Any]]) -> Any:
    """``value`` with changes, each as the JSON form has it. Raises ValueError where they are not of it."""
    return _put(value, [_Part(_parts(one["old_at"]), _parts(one["new_at"]), one) for one in changes])


def _parts(pointer: str | None) -> Sequence[str] | None:
    if pointer is None:
        return None
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _put(value: Any, parts: list[_Part]) -> Any:
    if not parts:
        return value
    whole = next((p for p in parts if p.change["kind"] == "changed" and not p.old_at), None)
    if whole:
        return whole.change["new"]
    if isinstance(value, dict):
        return _put_mapping(value, parts)
    if isinstance(value, list):
        return _put_list(value, parts)
    raise ValueError(f"{value!r} holds nothing that could be changed")


def _put_mapping(value: Mapping[str, Any], parts: list[_Part]) -> dict[str, Any]:
    below, added, removed, order = _sorted(parts)
    if not removed <= value.keys() or not below.keys() <= value.keys() or added.keys() & value.keys():
        raise ValueError("the names are not those of the value that was changed")
    found = {name: _put(item, below.get(name, [])) for name, item in value.items() if name not in removed}
    found |= added
    return {name: found[name] for name in order} if order is not None else found


def _put_list(value: Sequence[Any], parts: list[_Part]) -> list[Any]:
    moved = {
        p.old_at[0]: int(p.new_at[0])
        for p in parts
        if p.change["kind"] == "moved" and p.old_at and p.new_at and len(p.old_at) == 1
    }
    rest = [p for p in parts if not (p.change["kind"] == "moved" and p.old_at and len(p.old_at) == 1)]
    added = {int(p.new_at[0]): p.change["new"] for p in rest if p.old_at is None and p.new_at and len(p.new_at) == 1}
    removed = {p.old_at[0] for p in rest if p.new_at is None and p.old_at and len(p.old_at) == 1}
    kept = [str(number) for number in range(len(value)) if str(number) not in removed]
    length = len(kept) + len(added)
    taken = {*added, *moved.values()}
    free = iter([number for number in range(length) if number not in taken])
    places = {name: moved[name] if name in moved else next(free) for name in kept}
    back = {str(place): name for name, place in places.items()}
    below: dict[str, list[_Part]] = {}
    for p in rest:
        deep = len(p.old_at or p.new_at or ()) > 1 or (p.old_at and p.new_at)
        if deep:
            name = p.old_at[0] if p.old_at else back[p.new_at[0]] if p.new_at else ""
            below.setdefault(name, []).append(_Part(_rest(p.old_at), _rest(p.new_at), p.change))
    found: list[Any] = [None] * length
    for place, item in added.items():
        found[place] = item
    for name, place in places.items():
        found[place] = _put(value[int(name)], below.get(name, []))
    return found


def _sorted(parts: list[_Part]) -> tuple[dict[str, list[_Part]], dict[str, Any], set[str], list[str] | None]:
    """The changes of a mapping: those further inside by its names, what is added, what is removed, the order."""
    below: dict[str, list[_Part]] = {}
    added: dict[str, Any] = {}
    removed: set[str] = set()
    order = None
    for p in parts:
        if p.change["kind"] == "order" and not p.old_at:
            order = p.change["new"]
        elif p.old_at is None and p.new_at and len(p.new_at) == 1:
            added[p.new_at[0]] = p.change["new"]
        elif p.new_at is None and p.old_at and len(p.old_at) == 1:
            removed.add(p.old_at[0])
        else:
            name = (p.old_at or p.new_at or ("",))[0]
            below.setdefault(name, []).append(_Part(_rest(p.old_at), _rest(p.new_at), p.change))
    return below, added, removed, order


def _rest(at: Sequence[str] | None) -> Sequence[str] | None:
    return None if at is None else at[1:]
