# SPDX-License-Identifier: Apache-2.0
"""Which commits of the line were released: by tags that are called as the descriptor there calls its version."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from sourcebook.book import DESCRIPTOR
from sourcebook.git import Repository
from sourcebook.history.objects import Objects
from sourcebook.parse import parse

_TAG = re.compile(r"v?(\d+(?:[.\-+][0-9A-Za-z]+)*)")
_MOST = 5_000  # tags that are looked at
_LIMIT = 1024 * 1024  # bytes of a descriptor
REFS = ("for-each-ref", "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)", "refs/tags")
"""Arguments by which git says its tags."""


def released(repository: Repository, objects: Objects, line: Sequence[str]) -> list[str | None]:
    """Of each commit of the line, the oldest first: the version that the first release that holds it has; else None."""
    tags = _tags(repository)
    if not tags:
        return [None] * len(line)
    place = {commit: number for number, commit in enumerate(line)}
    others = [commit for commit in tags.values() if commit not in place]
    parents = _parents(repository, others) if others else {}
    names = {f"{commit}:{repository.prefix}{DESCRIPTOR}": commit for commit in tags.values()}
    versions: dict[str, str | None] = {}
    for name, data in objects.contents(names, _LIMIT):
        versions[names[name]] = _version(data) if isinstance(data, bytes) else None
    found: list[str | None] = [None] * len(line)
    for version, commit in tags.items():
        said = versions[commit]
        number = _on_line(commit, place, parents)
        if said is not None and number is not None and said in ("", version) and found[number] is None:
            found[number] = version
    last: str | None = None
    for number in range(len(line) - 1, -1, -1):
        last = found[number] or last
        found[number] = last
    return found


def _tags(repository: Repository) -> dict[str, str]:
    """The commits of tags that may be those of releases, by version."""
    found: dict[str, str] = {}
    # not splitlines, for which more than that ends a line: a name of a tag may have such
    for told in os.fsdecode(repository.said(*REFS)).removesuffix("\n").split("\n")[:_MOST]:
        if not told:
            continue  # there are no tags
        name, commit, peeled = told.split("\0")
        tag = _TAG.fullmatch(name)
        if tag:
            found.setdefault(tag[1], peeled or commit)
    return found


def _parents(repository: Repository, commits: Sequence[str]) -> Mapping[str, str]:
    """The first parent of every commit that some come from by first parents."""
    said = repository.said("rev-list", "--first-parent", "--parents", *dict.fromkeys(commits)).decode()
    return {own: parents[0] for own, *parents in (told.split() for told in said.splitlines()) if parents}


def _on_line(commit: str, place: Mapping[str, int], parents: Mapping[str, str]) -> int | None:
    """The number of the commit of the line that another is, or was last before it left the line."""
    while commit not in place:
        if commit not in parents:
            return None
        commit = parents[commit]
    return place[commit]


def _version(data: bytes) -> str | None:
    """The version that a descriptor says; the empty text where it says none, None where it cannot be read."""
    documents = parse(data, DESCRIPTOR).documents
    value = documents[0].value if documents else None
    if not isinstance(value, dict):
        return None
    return str(value.get("version") or "")
