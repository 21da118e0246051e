# SPDX-License-Identifier: Apache-2.0
"""Which files make one collection, and how records lie in them.

Folders are looked at from the top. A folder with a name of its own whose files are built alike, however deep, is one
collection. The top and folders such as ``data`` only hold collections: there alike files are one, lists and keyed maps
are one each, and folders are looked at in turn. Last, what is built alike and named alike is joined.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import takewhile
from typing import Any

from sourcebook.init.documents import split
from sourcebook.init.draft import Draft
from sourcebook.init.inner_lists import inner
from sourcebook.init.join_drafts import NUMBER, common_home, joined
from sourcebook.init.kinds_by_name import by_file_name, by_folder, odd_files
from sourcebook.init.layout_of_files import alone, leaf, stem_path, together
from sourcebook.init.structure import clusters, coherent, common, likeness
from sourcebook.init.survey import Bundle, Found, Kind
from sourcebook.init.words import HOLDERS, words

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
    drafts: list[Draft] = []
    named: list[Draft] = []
    for kind in _KINDS:
        kinds, others = by_file_name([one for one in files if one.kind == kind])
        named += (draft for name, those in kinds.items() for draft in _called_alike(name, those))
        drafts += _group("", others)
    homes = Counter(draft.home for draft in named)
    named = [_by_name_too(draft) if homes[draft.home] > 1 else draft for draft in named]
    drafts = [_by_name_too(draft) if _is_one_of_many(draft, files) else draft for draft in drafts]
    left = {one.path: _SETTINGS for draft in drafts if _is_settings(draft) for one in draft.files}
    left |= dict(_strays(drafts, named))
    drafts = [draft for draft in (*named, *drafts) if draft.files[0].path not in left]
    whole = joined(sorted(drafts, key=lambda draft: draft.home))
    odd = {one.path: _ODD for draft in whole for one in odd_files(draft)}
    whole = [replace(draft, files=tuple(one for one in draft.files if one.path not in odd)) for draft in whole]
    parts = (part for draft in whole for part in split(draft))
    return Drafts(tuple(one for part in parts for one in (part, *inner(part))), tuple({**left, **odd}.items()))


def _by_name_too(draft: Draft) -> Draft:
    """The draft, named for its files and not only for the folder."""
    return replace(draft, home=posixpath.join(draft.home, draft.files[0].stem))


def _is_one_of_many(draft: Draft, files: Iterable[Found]) -> bool:
    """Whether a draft is one record, named for a folder in which other data lies."""
    only = draft.files[0]
    alone = len(draft.files) == 1 and draft.layout == "file" and draft.home == only.folder != ""
    return alone and sum(one.folder == only.folder for one in files) > 1


def _called_alike(name: str, files: Sequence[Found]) -> list[Draft]:
    """Drafts for files that are called alike, each in a folder of its own, for which it stands."""
    bundles = {one.folder: one for one in files}
    if not coherent([one.value for one in files]):  # they hold things by name
        folders = sorted(bundles)
        home = posixpath.join(posixpath.commonpath(["/" + one for one in folders])[1:], posixpath.splitext(name)[0])
        return together(home, files)
    drafts = []
    for draft in _group("", [Bundle(folder, one.kind, one.parsed) for folder, one in bundles.items()]):
        home = draft.home
        if holds_only(home) or any(home == folder for folder in bundles):
            home = posixpath.join(posixpath.dirname(home) if home in bundles else home, posixpath.splitext(name)[0])
        drafts.append(replace(draft, files=tuple(bundles[one.path] for one in draft.files), home=home))
    return drafts


def _strays(drafts: Iterable[Draft], named: Iterable[Draft]) -> Iterator[tuple[str, str]]:
    """Single files beside those of a kind that has a folder for each record, with the reason to leave them."""
    beside = {one.folder: posixpath.basename(one.path) for draft in named for one in draft.files}
    for draft in drafts:
        only = draft.files[0]
        if len(draft.files) == 1 and only.folder in beside:
            yield only.path, f"it lies beside {beside[only.folder]}, and is built like no other file"


_ODD = "it has nothing in common with the other files of its folder"
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
        kinds = by_folder(folder, files, apart=holds_only(folder))
        return [draft for home, kind in kinds for draft in _whole(folder, kind, home if len(kinds) > 1 else None)]
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
    holder = leaf(folder) in HOLDERS or bool(NUMBER.fullmatch(leaf(folder)))
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


def _whole(folder: str, files: Sequence[Found], home: str | None = None) -> list[Draft]:
    if len(files) == 1:
        return _only(files[0], home or folder)
    if home is not None:
        return together(home, files)
    if not holds_only(folder):
        return together(folder, files)
    heads = {one.folder.removeprefix(folder).strip("/").split("/")[0] for one in files}
    return together(reduce(common_home, sorted(posixpath.join(folder, head) for head in heads)), files)


def _only(one: Found, folder: str) -> list[Draft]:
    """Drafts for the only file of its kind below a folder: named for that, unless the file holds many under a name."""
    drafts = alone(one, folder or stem_path(one), in_own_folder=True)
    has_name = posixpath.basename(stem_path(one)).lower() not in HOLDERS and not NUMBER.fullmatch(one.stem)
    if folder and has_name and any(draft.layout in ("list", "map", "documents") for draft in drafts):
        return alone(one, stem_path(one), in_own_folder=True)
    return drafts


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
            drafts += together(home, group)
        else:
            drafts += alone(group[0], stem_path(group[0]), in_own_folder=False)
    return drafts


def _shared_name(files: Sequence[Found]) -> str:
    """What the names of some of a folder's files begin or end with; else the name of the first."""
    names = [words(one.stem) for one in files]
    for sides in (names, [name[::-1] for name in names]):
        same = [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*sides, strict=False))]
        if same:
            return "-".join(same if sides is names else same[::-1])
    return files[0].stem
