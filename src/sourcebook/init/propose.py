# SPDX-License-Identifier: Apache-2.0
"""Which files make one collection, and how records lie in them.

Folders are looked at from the top. A folder with a name of its own whose files are built alike, however deep, is one
collection. The top and folders such as ``data`` only hold collections: there alike files are one, lists and keyed maps
are one each, and folders are looked at in turn. Last, what is built alike and named alike is joined.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import takewhile
from typing import Any

from sourcebook.infer import looks_like_a_map
from sourcebook.init.documents import split
from sourcebook.init.draft import Draft
from sourcebook.init.keys import property_key
from sourcebook.init.structure import ALIKE, clusters, coherent, common, likeness
from sourcebook.init.survey import Found, Kind
from sourcebook.init.words import HOLDERS, words

_NUMBER = re.compile(r"(?:v|rev)?[0-9][0-9._-]*")
_KINDS: tuple[Kind, ...] = ("mapping", "page", "map", "list", "values", "documents")
_MANY_FOLDERS = 12


@dataclass(frozen=True)
class Drafts:
    """What was proposed, and the files that were left out, each with the reason."""

    drafts: tuple[Draft, ...]
    left: tuple[tuple[str, str], ...]


def propose(found: Iterable[Found]) -> Drafts:
    """Group data files into collections. Each file is in exactly one draft (several where documents are selected)."""
    files = sorted(found, key=lambda one: one.path)
    drafts = [draft for kind in _KINDS for draft in _group("", [one for one in files if one.kind == kind])]
    left = tuple((one.path, _SETTINGS) for draft in drafts if _is_settings(draft) for one in draft.files)
    drafts = [draft for draft in drafts if not _is_settings(draft)]
    joined = _joined(sorted(drafts, key=lambda draft: draft.home))
    return Drafts(tuple(part for draft in joined for part in split(draft)), left)


_MOST_SETTINGS = 100
_SETTINGS = "a small mapping at the top that holds no list of records looks like settings"


def _is_settings(draft: Draft) -> bool:
    """Whether a draft is a small mapping at the top of the folder that stands alone and holds no records inside."""
    first = draft.files[0]
    if len(draft.files) > 1 or first.folder or draft.layout != "file" or first.kind != "mapping":
        return False
    held = first.value.values()
    return not _holds_records(first.value) and sum(map(_size, held)) <= _MOST_SETTINGS


def _size(value: Any) -> int:
    return len(value) if isinstance(value, dict | list) else 1


def _holds_records(value: Any) -> bool:
    """Whether a list of mappings stands in a value, however deep in mappings."""
    if isinstance(value, dict):
        return any(map(_holds_records, value.values()))
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


# --- by folders -----------------------------------------------------------------------------------------------------


def _group(folder: str, files: Sequence[Found]) -> list[Draft]:
    """Drafts for files of one kind below ``folder``."""
    if not files:
        return []
    if _is_one(folder, files):
        return _whole(folder, files)
    drafts = _here(folder, [one for one in files if one.folder == folder])
    below: dict[str, list[Found]] = {}
    for one in files:
        if one.folder != folder:
            rest = one.folder.removeprefix(f"{folder}/") if folder else one.folder
            below.setdefault(posixpath.join(folder, rest.split("/")[0]), []).append(one)
    for child, inside in below.items():
        drafts += _group(child, inside)
    return drafts


def holds_only(folder: str) -> bool:
    """Whether a folder is named for holding collections: the top, ``data``, a year within such."""
    if not folder:
        return True
    holder = _leaf(folder) in HOLDERS or bool(_NUMBER.fullmatch(_leaf(folder)))
    return holder and holds_only(posixpath.dirname(folder))


def _is_one(folder: str, files: Sequence[Found]) -> bool:
    """Whether everything of one kind below a folder is one collection."""
    contents = [one.value for one in files]
    if files[0].kind != "values" and not coherent(contents):
        return False
    children: dict[str, list[Any]] = {}
    for one in files:
        below = one.folder.removeprefix(folder).strip("/").split("/")[0]
        children.setdefault(below, []).append(one.value)
    usual = common(contents)
    same = [likeness(common(values), usual) for below, values in children.items() if below]
    if holds_only(folder):
        # Folders that only hold are believed, but for many alike: those are shards.
        many = len(same) >= _MANY_FOLDERS or (len(same) >= 3 and len(usual) >= 5 and min(same) >= 0.8)
        return many and "" not in children
    # A few folders of files that have hardly a property in common are more likely collections of their own.
    return len(same) < 2 or len(usual) >= 3 or len(same) >= _MANY_FOLDERS


def _whole(folder: str, files: Sequence[Found]) -> list[Draft]:
    if len(files) == 1:
        return _alone(files[0], folder or _stem_path(files[0]), in_own_folder=True)
    if not holds_only(folder):
        return _together(folder, files)
    heads = {one.folder.removeprefix(folder).strip("/").split("/")[0] for one in files}
    return _together(reduce(_common_home, sorted(posixpath.join(folder, head) for head in heads)), files)


def _together(home: str, files: Sequence[Found]) -> list[Draft]:
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
                return [Draft(tuple(files), home, "file", (keys[0],))]
        return [Draft(tuple(files), home)]
    layout = {"page": "front-matter", "map": "map", "list": "list", "documents": "documents"}.get(kind, "file")
    together = Draft(tuple(files), home, layout)
    if len(files) > 1 and layout in ("list", "map") and not _told_apart(together):
        alone = [Draft((one,), _stem_path(one), layout) for one in files]
        if all(map(_told_apart, alone)):
            return alone
    return [together]


def _told_apart(draft: Draft) -> bool:
    """Whether a key tells the records of listed or keyed files apart."""
    if draft.layout == "map":
        return len({entry.key for entry in draft.entries}) == len(draft.entries)
    return property_key(draft) is not None


def _here(folder: str, files: Sequence[Found]) -> list[Draft]:
    """Drafts for files of one kind that lie in a folder which is no collection as a whole."""
    if not files:
        return []
    if files[0].kind in ("mapping", "page"):
        groups = [[files[i] for i in group] for group in clusters([one.value for one in files])]
    else:
        groups = [[one] for one in files]
    several = sum(len(group) > 1 for group in groups)
    drafts = []
    for group in groups:
        home = folder if several == 1 and folder else posixpath.join(folder, _shared_name(group))
        if len(group) > 1:
            drafts += _together(home, group)
        else:
            drafts += _alone(group[0], _stem_path(group[0]), in_own_folder=False)
    return drafts


# --- a file by itself -----------------------------------------------------------------------------------------------


def _alone(one: Found, home: str, *, in_own_folder: bool) -> list[Draft]:
    """The draft of a file that is a collection of its own; several where the file holds several."""
    if one.kind != "mapping":
        return _together(home, [one])
    at: tuple[str, ...] = ()
    value: Any = one.value
    while isinstance(value, dict) and not _is_map(value):
        key = _wrapper(value, strict=in_own_folder)
        if key is None:
            break
        at, value = (*at, key), value[key]
    if layout := _layout(value):
        if at and _leaf(home) in HOLDERS:
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


# --- joining --------------------------------------------------------------------------------------------------------


def _joined(drafts: list[Draft]) -> list[Draft]:
    """The drafts, those together that are built alike and named alike, such as licenses and licenses-nonfree."""
    groups: list[tuple[list[Draft], Draft]] = []  # the parts, and what they are together
    for draft in drafts:
        for index, (parts, whole) in enumerate(groups):
            if any(_alike(part, draft) for part in parts) and (together := _join(whole, draft)):
                groups[index] = ([*parts, draft], together)
                break
        else:
            groups.append(([draft], draft))
    return [whole for _, whole in groups]


def _alike(one: Draft, other: Draft) -> bool:
    if (one.layout, one.at) != (other.layout, other.at) or not _named_alike(one.home, other.home):
        return False
    if one.layout == "file" and one.files[0].kind != other.files[0].kind:
        return False
    return likeness(one.usual, other.usual) >= ALIKE


def _join(one: Draft, other: Draft) -> Draft | None:
    """Two drafts as one; None where no key would tell their records apart."""
    home = _common_home(one.home, other.home)
    together = replace(one, files=(*one.files, *other.files), home=home, notes=(*one.notes, *other.notes))
    parted = one.layout in ("list", "map") and not _told_apart(together)
    return None if parted and (_told_apart(one) or _told_apart(other)) else together


def _named_alike(one: str, other: str) -> bool:
    """Whether two folders or files are named as parts of one thing: people and people-archive, 2019 and 2020."""
    here, there = posixpath.split(one), posixpath.split(other)
    if here[0] == there[0]:
        first, second = words(here[1]), words(there[1])
        if _NUMBER.fullmatch(here[1]) and _NUMBER.fullmatch(there[1]):
            return True
        return first[:1] == second[:1] and len("".join(first[:1])) > 2
    numbered = all(_NUMBER.fullmatch(_leaf(folder)) for folder in (here[0], there[0]))
    return numbered and here[1] == there[1] and posixpath.dirname(here[0]) == posixpath.dirname(there[0])


def _common_home(one: str, other: str) -> str:
    here, there = posixpath.split(one), posixpath.split(other)
    if one in (other, there[0]):
        return one
    if here[0] != there[0]:
        return posixpath.join(posixpath.dirname(here[0]), here[1])
    shared = []
    for first, second in zip(words(here[1]), words(there[1]), strict=False):
        if first != second:
            break
        shared.append(first)
    return posixpath.join(here[0], "-".join(shared)) if shared else here[0]


def _shared_name(files: Sequence[Found]) -> str:
    """What the names of some of a folder's files begin or end with; else the name of the first."""
    names = [words(one.stem) for one in files]
    for sides in (names, [name[::-1] for name in names]):
        same = [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*sides, strict=False))]
        if same:
            return "-".join(same if sides is names else same[::-1])
    return files[0].stem


def _leaf(path: str) -> str:
    return posixpath.basename(path)


def _stem_path(one: Found) -> str:
    return posixpath.join(one.folder, one.stem)
