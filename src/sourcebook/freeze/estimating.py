# SPDX-License-Identifier: Apache-2.0
"""How large a twin will be, told before it is written: by some of its records, and all that is known beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sourcebook.content import past
from sourcebook.content.addresses import DOWNLOADS
from sourcebook.freeze.former import files_of
from sourcebook.freeze.pages import Pages
from sourcebook.freeze.result import Told, size
from sourcebook.freeze.work import Work, beside
from sourcebook.freeze.writing import File

_SAMPLE = 6  # records of a collection
_QUESTIONS = 3
_OTHERS = 30  # fixed pages, style and scripts
_OF_COLLECTION = 4  # files of all that a listing has, and feeds
_HOST = 10**9
_FILE = 100 * 10**6


def estimated(work: Work) -> Told:
    """The size of the twin, as far as it can be told by a few of its pages."""
    opened, pages = work.opened, Pages(work.opened, work.asked)
    sizes = dict(_copied(work))
    largest = max(sizes.items(), key=lambda one: one[1])
    files, total, records = len(sizes) + _OTHERS, sum(sizes.values()), 0
    for one in opened.site.collections:
        keys = work.keys.today[one.address]
        records += len(keys)
        turned = pages.listing_pages(one, len(keys))
        files += turned + _OF_COLLECTION
        if some := keys[:: max(1, len(keys) // _SAMPLE)][:_SAMPLE]:
            made = [len(content) for _, content in pages.records(one, some)]
            made += [len(work.content(opened, wanted)[0]) for wanted in pages.forms(one, some)]
            (listed,) = pages.listing(one, 1, 2)
            files += round(len(made) / len(some) * len(keys))
            total += round(sum(made) / len(some) * len(keys)) + turned * len(work.content(opened, listed)[0])
    for count, bytes_ in (_questions(work, pages), _changes(work, pages)):
        files, total = files + count, total + bytes_
    files += 2 * sum(map(len, work.keys.gone.values()))
    files += 2 * sum(len(keys) for some in work.keys.then.values() for keys in some.values())
    names = work.asked.twin.names if work.asked.twin else {}
    return Told(records, files, total, largest, len(names), tuple(_limits(total, largest)))


def _questions(work: Work, pages: Pages) -> tuple[int, int]:
    """How many files questions have, and their bytes by some of them."""
    count = len(work.opened.site.questions)
    some = range(count)[:: max(1, count // _QUESTIONS)][:_QUESTIONS]
    made = [len(work.content(work.opened, wanted)[0]) for number in some for wanted in pages.question(number)]
    return (len(made) * count // len(some), sum(made) * count // len(some)) if some else (0, 0)


def _changes(work: Work, pages: Pages) -> tuple[int, int]:
    """How many pages tell of changes, and their bytes by the first: each change is told of all, and of a collection."""
    opened = work.opened
    if not past.is_kept(opened):
        return 0, 0
    (rows,) = opened.connection.execute(f"SELECT count(*) FROM {past.CHANGES}").fetchone()
    count = 2 * (rows // past.ON_A_PAGE + 1)
    return count, count * len(work.content(opened, next(pages.changes("")))[0])


def known(work: Work, files: Iterable[File]) -> Told:
    """The same of a twin that is there already."""
    sizes = {one.path: one.bytes for one in files}
    largest = max(sizes.items(), key=lambda one: one[1])
    records = sum(map(len, work.keys.today.values()))
    names = work.asked.twin.names if work.asked.twin else {}
    total = sum(sizes.values())
    return Told(records, len(sizes), total, largest, len(names), tuple(_limits(total, largest)))


def _copied(work: Work) -> Iterator[tuple[str, int]]:
    """The files that are copied, each with its bytes."""
    for path, _ in work.opened.files:
        yield f"{DOWNLOADS}{path}", (work.opened.folder / path).stat().st_size
    for name, content in beside().items():
        yield name, len(content)
    for version in work.versions:
        for path, source, _ in files_of(version):
            yield f"releases/{version.version}/{path}", source.stat().st_size


def _limits(total: int, largest: tuple[str, int]) -> Iterator[str]:
    if total > _HOST:
        yield f"GitHub Pages takes a site of up to {size(_HOST)}: this one is larger"
    if largest[1] > _FILE:
        yield f"git and GitHub take files of up to {size(_FILE)}: {largest[0]} is larger"
