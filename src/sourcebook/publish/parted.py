# SPDX-License-Identifier: Apache-2.0
"""A release of partitions alone: made aside, and put beside the current one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sourcebook import duck
from sourcebook.check.result import Checked
from sourcebook.compile.scan import Scan
from sourcebook.partitions.making import Making
from sourcebook.progress import Stopwatch
from sourcebook.publish import pointer, release
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
) -> tuple[Checked, Path | None, tuple[str, ...]]:
    """Check the book of a ``cache``, whose data files were ``found``, and publish it as partitions made in ``work``.

    Returns what the check came to, the folder of the release (None where there are errors, so that nothing is
    published), and what there is to say of the build. Options are those of ``build``. Raises
    OSError where the disk fails, EnvironmentFailure where what was written does not hold together.
    """
    book = cache.book
    with Commit(book.root) as commit:
        checked, digests = Making(book, work, jobs).make(found, watch)
        if not checked.ok:
            cache.forget_keys(checked)
            return checked, None, ()
        source = commit.answer()
    watch("publishing")
    write_report(checked, source, work, watch)
    exposing = cache.exposing(found, checked)
    published = release.publish(book.build, work, digests, forget=forget, exposing=exposing, partitions=True)
    cache.published(found, checked, published)
    cache.store.sweep()
    return checked, published, _unproved() + _still_public(book.build, exposing)


def _unproved() -> tuple[str, ...]:
    """What is said where nothing here can prove partitions, nor verify them."""
    if duck.is_there():
        return ()
    return (f"the partitions are not proved, for DuckDB is not here, and `verify` needs it too: run `{duck.INSTALL}`",)


def _still_public(build: Path, exposing: Collection[str]) -> tuple[str, ...]:
    """What is said where the current release, which stays, may be one that is ``exposing`` what is not public now."""
    if pointer.read(build) not in exposing:
        return ()
    told = (
        f"{build / pointer.CURRENT} was built when other things were public, and is as it was: run `sourcebook build`, "
        "which removes it"
    )
    return (told,)
