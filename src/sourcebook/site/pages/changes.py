# SPDX-License-Identifier: Apache-2.0
"""What was changed in the book, the newest first, by release and day; of one collection, if one is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sourcebook.content import past
from sourcebook.content.labels import Labels
from sourcebook.content.past import Place, Version
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.changing import Removed, Told, as_data, commit_address, told
from sourcebook.site.machines.heads import of_changes
from sourcebook.site.parameters import wrong
from sourcebook.site.published import Published
from sourcebook.site.rendering import page

NO_HISTORY = (
    "No history is kept of this book: it was not built of a repository that has one, or its descriptor turns it off, "
    "or this is a preview."
)


@dataclass(frozen=True, slots=True)
class Commit:
    """A version with what it changed, as far as it is on the page; ``href`` is where the repository shows it."""

    version: Version
    href: str
    changes: tuple[Told | Removed, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The versions of a day."""

    day: str
    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """What is new in a release; without a name, what is in none yet."""

    name: str
    days: tuple[Day, ...]


def answer(opened: Published, asked: Asked) -> Answer | None:
    """``/changes``, and ``/changes.json``."""
    data = asked.path[0].endswith(".json")
    if not past.is_kept(opened):
        return _refused(opened, asked, 404, NO_HISTORY)
    problems = wrong(asked, ("collection", "before"))
    name, typed = asked.one("collection"), asked.one("before")
    collection = next((one for one in opened.site.collections if one.name == name), None)
    before = Place.of(typed) if typed else None
    if name and collection is None:
        problems.append(f"There is no collection “{name[:80]}”.")
    if typed and before is None:
        problems.append(f"“{typed[:80]}” is no place in the list of changes.")
    if problems:
        return _refused(opened, asked, 400, " ".join(problems))
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    changes, rest = past.page(opened, name, before, apart=True)
    shown = told(opened, labels, changes)
    following = str(rest) if rest else ""
    if data:
        return Answer.json(
            {
                **opened.named(at),
                "changes": [as_data(opened, one) for one in shown],
                "next": (at.changes(name, following, "json") or None) if rest else None,
            }
        )
    return page(
        "changes",
        opened,
        asked,
        head=of_changes(opened, asked, collection, following, typed),
        collection=collection,
        collections=[one for one in opened.site.collections if one.name in past.collections(opened)],
        releases=releases(opened, shown),
        before=typed,
        following=following,
    )


def _refused(opened: Published, asked: Asked, status: int, words: str) -> Answer:
    return page("refused", opened, asked, status=status, refused=words, told=words)


def releases(opened: Published, shown: Iterable[Told | Removed]) -> list[Release]:
    """Changes by release, day and version."""

    def version(one: Told | Removed) -> Version:
        return one.version if isinstance(one, Removed) else one.change.version

    found = []
    for name, of_release in groupby(shown, lambda one: version(one).release):
        days = []
        for day, of_day in groupby(of_release, lambda one: version(one).day):
            commits = [Commit(one, commit_address(opened, one), tuple(some)) for one, some in groupby(of_day, version)]
            days.append(Day(day, tuple(commits)))
        found.append(Release(name, tuple(days)))
    return found
