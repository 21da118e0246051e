# SPDX-License-Identifier: Apache-2.0
"""Drafts that are parts of one collection, since they are built alike and named alike."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from sourcebook.init.draft import Draft
from sourcebook.init.layout_of_files import leaf, told_apart
from sourcebook.init.structure import ALIKE, likeness
from sourcebook.init.words import HOLDERS, words

NUMBER = re.compile(r"(?:v|rev)?[0-9][0-9._-]*")
"""Folders named for a year or a version."""


def joined(drafts: list[Draft]) -> list[Draft]:
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
    names = [{posixpath.basename(found.path) for found in draft.files} for draft in (one, other)]
    if all(len(some) == 1 and len(draft.files) > 1 for some, draft in zip(names, (one, other), strict=True)):
        return names[0] == names[1]  # files that are called alike in many folders are a kind
    if one.layout == "file" and one.files[0].kind != other.files[0].kind:
        return False
    return likeness(one.usual, other.usual) >= ALIKE


def _join(one: Draft, other: Draft) -> Draft | None:
    """Two drafts as one; None where no key would tell their records apart."""
    home = common_home(one.home, other.home)
    together = replace(one, files=(*one.files, *other.files), home=home, notes=(*one.notes, *other.notes))
    parted = one.layout in ("list", "map") and not told_apart(together)
    return None if parted and (told_apart(one) or told_apart(other)) else together


def _named_alike(one: str, other: str) -> bool:
    """Whether two folders or files are named as parts of one thing: people and people-archive, 2019 and 2020."""
    here, there = posixpath.split(one), posixpath.split(other)
    if here[0] == there[0]:
        first, second = words(here[1]), words(there[1])
        if NUMBER.fullmatch(here[1]) and NUMBER.fullmatch(there[1]):
            return True
        shared = "".join(first[:1])
        return first[:1] == second[:1] and len(shared) > 2 and shared not in HOLDERS
    # In folders of one state, or one year, each: what is called alike there is one thing.
    return here[1] == there[1] and leaf(one) not in HOLDERS


def common_home(one: str, other: str) -> str:
    here, there = posixpath.split(one), posixpath.split(other)
    if one in (other, there[0]):
        return one
    if here[0] != there[0]:
        return posixpath.join(posixpath.commonpath(["/" + here[0], "/" + there[0]])[1:], here[1])
    shared = []
    for first, second in zip(words(here[1]), words(there[1]), strict=False):
        if first != second:
            break
        shared.append(first)
    return posixpath.join(here[0], "-".join(shared)) if shared else here[0]
