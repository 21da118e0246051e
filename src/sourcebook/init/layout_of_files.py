# SPDX-License-Identifier: Apache-2.0
"""How records lie in files that are one collection, and in a file that is a collection of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any

from sourcebook.infer import looks_like_a_map
from sourcebook.init.draft import Draft
from sourcebook.init.keys import nearly_key, property_key
from sourcebook.init.structure import coherent
from sourcebook.init.survey import Found
from sourcebook.init.words import HOLDERS


def together(home: str, files: Sequence[Found]) -> list[Draft]:
    """Drafts of several files that are built alike: one, or one for each part that all of them have."""
    kind = files[0].kind
    if kind == "mapping":
        keys = list(files[0].value)
        if all(one.value.keys() == files[0].value.keys() for one in files):
            inner = [item for one in files for item in one.value.values()]
            if any(map(_is_list, inner)) and all(_is_list(item) or item == [] for item in inner):
                homes = [home] if len(keys) == 1 else [_inside(home, key) for key in keys]
                return [Draft(tuple(files), where, "list", (key,)) for where, key in zip(homes, keys, strict=True)]
            if len(keys) == 1 and all(isinstance(item, dict) for item in inner):  # every file has the same wrapper
                at, inner = _wrapped((keys[0],), inner)
                return [Draft(tuple(files), home, "map" if _are_named(inner) else "file", at)]
        return [Draft(tuple(files), home, "map" if _are_named([one.value for one in files]) else "file")]
    layout = {"page": "front-matter", "map": "map", "list": "list", "documents": "documents"}.get(kind, "file")
    together = Draft(tuple(files), home, layout)
    if len(files) > 1 and layout in ("list", "map") and not told_apart(together):
        alone = [Draft((one,), stem_path(one), layout) for one in files]
        if all(map(told_apart, alone)):
            return alone
    return [together]


def _wrapped(at: tuple[str, ...], values: list[Any]) -> tuple[tuple[str, ...], list[Any]]:
    """The way through further wrappers that all values have, and what stands in the innermost."""
    while len(values) > 1 and len({tuple(value) for value in values}) == 1 and len(values[0]) == 1:
        (key,) = values[0]
        further = [value[key] for value in values]
        if not all(isinstance(value, dict) for value in further):
            break
        at, values = (*at, key), further
    return at, values


def _are_named(maps: Sequence[dict[str, Any]]) -> bool:
    """Whether mappings lead from names to records: built alike, and named anew in each mapping."""
    names = [name for one in maps for name in one]
    values = [value for one in maps for value in one.values()]
    alike = len(maps) > 1 and len(set(names)) == len(names) and all(isinstance(value, dict) for value in values)
    return alike and coherent(values)


def told_apart(draft: Draft) -> bool:
    """Whether a key tells the records of listed or keyed files apart."""
    if draft.layout == "map":
        return len({entry.key for entry in draft.entries}) == len(draft.entries)
    return (property_key(draft) or nearly_key(draft)) is not None


def alone(one: Found, home: str, *, in_own_folder: bool) -> list[Draft]:
    """The draft of a file that is a collection of its own; several where the file holds several."""
    if one.kind != "mapping":
        return together(home, [one])
    at: tuple[str, ...] = ()
    value: Any = one.value
    while isinstance(value, dict) and not _is_map(value):
        key = _wrapper(value, strict=in_own_folder)
        if key is None:
            break
        at, value = (*at, key), value[key]
    if layout := _layout(value):
        if at and leaf(home) in HOLDERS:
            home = posixpath.join(posixpath.dirname(home), at[-1].replace("/", "_"))
        return [Draft((one,), home, layout, at)]
    parts = {} if in_own_folder else _parts(value)
    if parts:
        return [Draft((one,), _inside(home, key), layout, (*at, key)) for key, layout in parts.items()]
    return [Draft((one,), home)]


def _layout(value: Any) -> str | None:
    """How records lie in a value that holds nothing else; None where it holds no records, or is one."""
    if isinstance(value, dict):
        return "map" if _is_map(value) else None
    return "list" if _is_list(value) else None


def _parts(value: dict[str, Any]) -> dict[str, str]:
    """The properties of a mapping that hold collections, with their layouts; none where it looks like one record.

    A record may have lists of mappings too, but more than that: so most of the properties must be collections.
    """
    parts = {key: layout for key, item in value.items() if (layout := _layout(item))}
    return parts if len(parts) > 1 and 3 * len(parts) >= 2 * len(value) else {}


def _inside(home: str, key: str) -> str:
    """The home of a collection that is one of several in a file."""
    return posixpath.join(home, key.replace("/", "_"))


def _wrapper(value: dict[str, Any], *, strict: bool) -> str | None:
    """The property that holds all records of a file; with ``strict`` only where there is no other property."""
    if len(value) == 1:
        key = next(iter(value))
        return key if isinstance(value[key], dict) or _is_list(value[key]) else None
    inner = [key for key, item in value.items() if isinstance(item, dict | list)]
    leading = [key for key in inner if _leads(value[key])]
    beside = [value[key] for key in inner if key not in leading]
    if strict or len(leading) != 1 or not all(isinstance(item, dict) for item in beside):
        return None
    return leading[0]


def _leads(value: Any) -> bool:
    """Whether a value is a collection, or a mapping that wraps one."""
    if not isinstance(value, dict) or _is_map(value):
        return isinstance(value, dict) or _is_list(value)
    key = _wrapper(value, strict=False)
    return key is not None and _leads(value[key])


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _is_map(value: dict[str, Any]) -> bool:
    """Whether a mapping leads from keys to records: mappings or lists that are built alike, or keys that are data."""
    values = list(value.values())
    if values and all(isinstance(item, dict) for item in values):
        return len(values) > 1 and coherent(values)
    if values and all(isinstance(item, list) for item in values):
        return len(values) > 2 and coherent(values)
    return looks_like_a_map(value)


def leaf(path: str) -> str:
    return posixpath.basename(path)


def stem_path(one: Found) -> str:
    return posixpath.join(one.folder, one.stem)
