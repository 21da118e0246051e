# SPDX-License-Identifier: Apache-2.0
"""A release of partitions alone: made aside, and put beside the current one."""

from __future__ import annotations

from pathlib import Path

from sourcebook.check.result import Checked
from sourcebook.compile.scan import Scan
from sourcebook.partitions.making import Making
from sourcebook.progress import Stopwatch
from sourcebook.publish import release
from sourcebook.publish.cache import Cache
from sourcebook.publish.commit import Commit
from sourcebook.publish.compose import write_report


def parted(
    found: Scan,
    work: Path,
    cache: Cache,
    *,
    forget: bool,
    jobs: int,
    watch: Stopwatch,
) -> tuple[Checked, Path | None]:
    """Check the book of a ``cache``, whose data files were ``found``, and publish it as partitions made in ``work``.

    Returns what the check came to, and the folder of the release; None where there are errors, so that nothing is
    published. Options are those of ``build``. Raises OSError where the disk fails, EnvironmentFailure where what was
    written does not hold together.
    """
    book = cache.book
    with Commit(book.root) as commit:
        checked, digests = Making(book, work, jobs).make(found, watch)
        if not checked.ok:
            cache.forget_keys(checked)
            return checked, None
        source = commit.answer()
    watch("publishing")
    write_report(checked, source, work, watch)
    forget = forget or cache.may_hide_more(checked)
    published = release.publish(book.build, work, digests, forget=forget, partitions=True)
    cache.store.sweep()
    return checked, published
