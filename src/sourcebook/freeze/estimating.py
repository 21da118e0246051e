# SPDX-License-Identifier: Apache-2.0
"""How large a twin will be, told before it is written: by some of its records, and all that is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from sourcebook.freeze.pages import Pages
from sourcebook.freeze.result import Told, size
from sourcebook.freeze.work import Work

_SAMPLE = 6  # records of a collection
_HOST = 10**9
_FILE = 100 * 10**6


def estimated(work: Work) -> Told:
    """The size of the twin, as far as it can be told by a few of its pages."""
    opened = work.opened
    pages = Pages(opened, work.asked)
    sizes = {f"-/downloads/{path}": (opened.folder / path).stat().st_size for path, _ in opened.files}
    files, total, records = len(sizes) + 30, sum(sizes.values()), 0
    largest = max(sizes.items(), key=lambda one: one[1])
    for one in opened.site.collections:
        keys = work.keys[one.address]
        some = keys[:: max(1, len(keys) // _SAMPLE)][:_SAMPLE]
        made = [len(work.answer(pages, wanted)) for key in some for wanted in pages.record(one, key)]
        turned = pages.listing_pages(one, len(keys))
        files += turned + 3
        if some:
            files += round(len(made) / len(some) * len(keys))
            total += round(sum(made) / len(some) * len(keys))
        records += len(keys)
    limits = tuple(_limits(total, largest))
    return Told(records, files, total, largest, len(work.asked.twin.names) if work.asked.twin else 0, limits)


def _limits(total: int, largest: tuple[str, int]) -> Iterator[str]:
    if total > _HOST:
        yield f"GitHub Pages takes a site of up to {size(_HOST)}: this one is larger"
    if largest[1] > _FILE:
        yield f"git and GitHub take files of up to {size(_FILE)}: {largest[0]} is larger"
