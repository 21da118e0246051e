# SPDX-License-Identifier: Apache-2.0
"""The verb ``build``: check a book, compile it, export it, and make it the current release."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sourcebook.book import DATA, Book, Folder, build_folder, load_book
from sourcebook.book.formats import FORMATS, NONE, choose
from sourcebook.check.result import Checked
from sourcebook.compile.scan import scan
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.exact import loads
from sourcebook.files import kind
from sourcebook.machine.processes import processes
from sourcebook.progress import Progress, Stopwatch, silent
from sourcebook.publish import pointer, release
from sourcebook.publish.cache import Unchanged, open_cache
from sourcebook.publish.ground import PATIENCE, VERSIONS, has_extracts, is_preview
from sourcebook.storage.afar import lying

if TYPE_CHECKING:
    from sourcebook.machine.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to: the checked book, and the folder of its release (None where errors stopped it).

    ``records`` is how many the release has, ``lacking`` the formats that it was to be in and that cannot be written
    here, ``told`` what there is to say of the build itself. A ``preview`` lies beside the current release, which stays
    that; what is ``parted`` is partitions without a database. Where everything is ``unchanged`` since the last build,
    the release is that one, and ``checked`` tells what was told then, without plans and records.
    """

    checked: Checked
    release: Path | None
    records: int = 0
    unchanged: bool = False
    lacking: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    preview: bool = False
    parted: bool = False


def build(
    folder: Folder,
    *,
    clean: bool = False,
    formats: Collection[str] | None = None,
    jobs: int = 0,
    check_seconds: float | None = None,
    sources: Folder | None = None,
    forget: bool = False,
    wait: float = PATIENCE,
    only: str = "",
    cluster: str = "",
    data: str = "",
    progress: Progress = silent,
) -> Built:
    """Build the book in ``folder`` and make the result its current release.

    What was compiled before and did not change is not compiled again, unless the build is to be ``clean``. Beside CSV,
    JSON and the Data Package it is written in the ``formats`` that are named, or else that the book says; where none
    are (an empty collection) the release has the database alone, to be looked at while a book is edited, and leaves a
    current one that has more where it is. ``jobs``
    processes may share the work, 0 for as many as gain. Each SQL statement of the book may take ``check_seconds``, by
    default what the book says; texts that it cites are held in ``sources``. The release before this one is kept for
    readers that are still on it, unless the build is to ``forget`` it, or hides what may stand in that. For another
    build of the book it waits so many seconds at most. With ``only`` parquet it is written as partitions without a
    database, beside the current release: so are books that no database should hold. With a ``cluster``, the address of
    a Dask scheduler or ``local``, its workers compile the files: the release is the same. The book's ``data`` may lie
    at an address (`sourcebook.storage`), from where they read it. Where the check finds errors nothing is published and
    the last release stays. Raises UsageError where ``folder`` is no book or a format cannot be written, OSError or
    EnvironmentFailure where the machine, or the cluster, does not let the release be written.
    """
    watch = Stopwatch(progress)
    with (
        release.work_folder(build_folder(folder), progress, wait) as work,
        _lying(build_folder(folder).parent, data),
        _reached(cluster, jobs, watch) as workers,
    ):
        watch("looking for changes")
        book = load_book(folder, check_seconds=check_seconds, sources=sources)
        _may_be_only(only, formats)
        chosen = choose(book.downloads if formats is None else formats) if formats or formats is None else NONE
        cache = open_cache(book, clean=clean)
        told = cache.told
        found = scan(book, cache.store, jobs=jobs, progress=watch, cluster=workers, data=data)
        if data and not any(source.path.startswith(f"{DATA}/") for source in found.register.sources):
            raise EnvironmentFailure(
                f"no file of a collection lies at {data}, which is to have what {DATA}/ would have"
            )
        if only:
            from sourcebook.publish.parted import parted  # which most books do not need

            checked, published, more = parted(found, work, cache, forget=forget, jobs=jobs, watch=watch)
            beside = pointer.folder(book.build) is not None
            return Built(checked, published, checked.count, told=told + more, preview=beside, parted=True)
        same = cache.unchanged(found, chosen.formats)
        if same and not _other_commit(book, same):
            exposing = cache.exposing(found, same.checked)  # partitions may have been built since then
            if forget or exposing:
                release.forgotten(book.build, same.release.name, forget=forget, exposing=exposing)
            told += _not_as_released(book, same.release)
            return Built(same.checked, same.release, same.records, unchanged=True, lacking=chosen.lacking, told=told)
        if not cache.store.keys and any(one.planned_from_records for one in book.collections):
            found.work.hashed()  # before the files are read that a schema is inferred from
        from sourcebook.publish.compose import compose  # slow to import, and not needed where nothing has changed

        last = cache.last(found)
        checked, digests, history = compose(
            book, found, work, last=last, kept=cache.history, formats=chosen.formats, jobs=jobs, watch=watch
        )
        if not checked.ok:
            cache.forget_keys(checked)
            return Built(checked, None, told=told)
        aside = not chosen.formats and _has_extracts(book)
        exposing = cache.exposing(found, checked)
        before = kind(book.build / pointer.CURRENT)
        published = release.publish(book.build, work, digests, forget=forget, exposing=exposing, aside=aside)
        cache.published(found, checked, published)
        cache.keep(found, checked, published, chosen.formats, history)
        preview = is_preview(published)
        told += _without_links(book, before)
        told += _not_as_released(book, published)
        return Built(checked, published, checked.count, lacking=chosen.lacking, told=told, preview=preview)


def _may_be_only(only: str, formats: Collection[str] | None) -> None:
    """Raise UsageError where a release cannot be of one format alone, or that cannot be written here."""
    if only and only != "parquet":
        raise UsageError(f"a book is written without a database as parquet only, and not as {only!r}")
    if only and formats is not None:
        raise UsageError("only parquet is written, so that formats are not to be named besides")
    if only and not FORMATS[only].is_there:  # by what partitions take, which is more than the format does
        from sourcebook.duck import INSTALL  # which says how to get what few need

        raise UsageError(f"{only} cannot be written here; run `{INSTALL}`")


def _lying(root: Path, data: str) -> AbstractContextManager[None]:
    """The book's data lying afar, if it does."""
    return lying(root, DATA, data) if data else nullcontext()


def _reached(cluster: str, jobs: int, watch: Stopwatch) -> AbstractContextManager[Cluster | None]:
    """The cluster that is to compile, if one is."""
    if not cluster:
        return nullcontext()
    from sourcebook.machine.cluster import reached  # slow to import, and few builds need it

    watch("reaching the cluster")
    return reached(cluster, processes(jobs))


def _has_extracts(book: Book) -> bool:
    current = pointer.folder(book.build)
    return current is not None and has_extracts(current)


def _without_links(book: Book, before: str) -> tuple[str, ...]:
    """What is said once, where a file says which release is current, and ``before`` none did."""
    if before == "file" or kind(book.build / pointer.CURRENT) != "file":
        return ()
    told = (
        f"{book.build / pointer.CURRENT} is a file that names the release, for links cannot be made here; what else "
        f"would be a link there is in build/{pointer.RELEASES}"
    )
    return (told,)


def _not_as_released(book: Book, folder: Path) -> tuple[str, ...]:
    """What is to be said of a release whose version was released before, with other data."""
    version = str(book.descriptor.get("version") or "")
    there = book.build / VERSIONS / version
    if not version or there.parent.name != VERSIONS or not there.is_dir() or not has_extracts(folder):
        return ()
    from sourcebook.publish.versions import departing  # which books that release nothing do not need

    words = departing(there, folder)
    return (words,) if words else ()


def _other_commit(book: Book, same: Unchanged) -> bool:
    """Whether the last release was built from another commit than the book is at now, or with other tags."""
    from sourcebook.publish.commit import Commit

    try:
        told = loads((same.release / release.REPORT).read_bytes()).get("source", {})
    except (OSError, ValueError):
        return False
    with Commit(book.root) as commit:
        return bool(commit.answer() != told or (told and commit.history() != same.history))
