# SPDX-License-Identifier: Apache-2.0
"""What was taken down, swept out of ``build/``: former releases, previews, what is kept for builds, kept versions.

The release that is current is looked at first: as long as it has what was taken down, nothing else is touched, for
readers would be sent back to it. What is swept is known only at the end, so that who was killed begins again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sourcebook import files
from sourcebook.book import Book, Folder, Withdrawn, load_book
from sourcebook.edit.journal import alone
from sourcebook.edit.model import Refused
from sourcebook.errors import UsageError
from sourcebook.exact import dumps
from sourcebook.machine import system
from sourcebook.progress import Progress, silent
from sourcebook.publish import pointer, release, versions
from sourcebook.publish.ground import CACHE, PARTITIONS, PATIENCE, PREVIEW, RELEASES, held
from sourcebook.publish.pointer import KINDS
from sourcebook.records.read import stream
from sourcebook.withdraw import state
from sourcebook.withdraw.known import TakenDown, entries_of, known
from sourcebook.withdraw.needles import needles
from sourcebook.withdraw.rebuilding import ASIDE, change_sets, without
from sourcebook.withdraw.scanning import Looked, looked_through

_LEFT_ASIDE = (".judged-*", f"{ASIDE}*", f"{CACHE}*")


@dataclass(frozen=True)
class Swept:
    """What was swept out of ``build/``: what was done, in words; and what is ``left`` of what was taken down.

    Of so many things (``blind``) no words could be looked for: too short, or in other records too.
    """

    entries: tuple[Withdrawn, ...]
    told: tuple[str, ...]
    left: Looked
    blind: int = 0

    @property
    def ok(self) -> bool:
        """Whether all could be looked into, and nothing is left."""
        return not (self.left.found or self.left.unread)


def pending(folder: Folder) -> tuple[Withdrawn, ...]:
    """What was taken down of a book and was not swept out of its ``build/`` yet. Raises UsageError for no book."""
    book = load_book(folder)
    return state.pending(book.build, entries_of(book)) if files.kind(book.build) == "folder" else ()


def unswept(folder: Folder) -> str:
    """What is said where something was taken down that lies in ``build/`` yet; the empty text where nothing does.

    Raises UsageError for no book.
    """
    if not pending(folder):
        return ""
    return "something was taken down and is not swept out of build/ yet: run `sourcebook build`"


def sweep(folder: Folder, *, progress: Progress = silent) -> Swept:
    """Sweep all that was taken down of the book in ``folder`` out of ``build/``, whatever was swept before.

    The release that is current is to be without it already: build first. Former releases go, with readers on them;
    what is kept for the next build goes; versions that are kept are made anew without it, or emptied. As long as
    something is left, or cannot be looked into, it is not known to be swept: the next one begins again. Raises Refused
    where the current release has what was taken down, EnvironmentFailure or OSError where the machine does not let it.
    """
    book = load_book(folder)
    entries = entries_of(book)
    if not entries or files.kind(book.build) != "folder":
        return Swept(entries, (), Looked((), 0, 0, ()))
    progress("looking for the words")
    taken = known(book)
    wanted = needles(taken.texts, "\n".join(_stays(book)))
    _current_is_without(book, taken, wanted)
    told = list(_former(book, taken, wanted))
    touched = []
    for one in versions.kept(book.build):
        if not one.withdrawn and _has(book, one.folder, taken, wanted):
            told.append(f"{one.version}: {without(book, one, taken, _reason(entries), progress)}")
            touched.append(one.version)
    others = change_sets(book, touched, _reason(entries)) if touched else []
    told += [f"{one}: its change set was made anew" for one in others if one not in touched]
    progress("looking through all that is left")
    left = looked_through(book.build, taken, wanted)
    swept = Swept(entries, tuple(told), left, taken.blind)
    if swept.ok:
        state.keep(book.build, entries)
    return swept


def remains(folder: Folder, *, progress: Progress = silent) -> tuple[TakenDown, Looked]:
    """What is left below ``build/`` of what was taken down of the book in ``folder``: every byte is looked through."""
    book = load_book(folder)
    progress("looking for the words")
    taken = known(book)
    if not taken.entries or files.kind(book.build) != "folder":
        return taken, Looked((), 0, 0, ())
    progress("looking through all files")
    return taken, looked_through(book.build, taken, needles(taken.texts, "\n".join(_stays(book))))


def _stays(book: Book) -> Iterator[str]:
    """All that the book goes on saying."""
    for record in stream(book):
        yield dumps(record.value)
    yield dumps(dict(book.descriptor))
    yield from (one.reason for one in book.withdrawn)


def _reason(entries: Sequence[Withdrawn]) -> str:
    last = max(entries, key=lambda one: one.on)
    more = f" (and {len(entries) - 1} more)" if len(entries) > 1 else ""
    return f"{last.collection} {last.key} was taken down{more}: {last.reason}"


def _current_is_without(book: Book, taken: TakenDown, wanted: Sequence[bytes]) -> None:
    try:
        current = release.current(book.build)
    except UsageError:
        return  # nothing is published from here
    within = f"{RELEASES}/{current.name}"
    if found := looked_through(book.build, taken, wanted, within=within).found:
        raise Refused(
            f"{found[0].path} of the current release has what was taken down ({found[0].what}): "
            "run `sourcebook build` first, so that readers have a release without it"
        )


def _has(book: Book, folder: Path, taken: TakenDown, wanted: Sequence[bytes]) -> bool:
    return bool(looked_through(book.build, taken, wanted, within=str(folder.relative_to(book.build))).found)


def _former(book: Book, taken: TakenDown, wanted: Sequence[bytes]) -> Iterator[str]:
    """Remove what is not current: former releases, whoever reads them, and what lies beside for builds.

    Partitions stay, if they are without what was taken down.
    """
    build = book.build
    with alone(book.root):  # what an edit left half-way is put back, and what it wrote aside goes
        pass
    with held(build, silent, PATIENCE):
        if files.kind(build / PREVIEW) in KINDS:
            files.remove(build / PREVIEW)
        parts = pointer.folder(build, PARTITIONS)
        if parts is not None and _has(book, parts, taken, wanted):
            files.remove(build / PARTITIONS)
            yield f"build/{PARTITIONS} removed, which had it; `sourcebook build --only parquet` makes it anew"
            parts = None
        count = 0
        try:
            current = release.current(build).name
        except UsageError:
            current = ""
        if files.kind(build / RELEASES) == "folder":
            stays = {current, parts.name if parts else ""}
            count = sum(path.name not in stays for path in (build / RELEASES).iterdir())
            release.prune(build, current, "", forget=True)
        left = [path for pattern in (".work-*", ".link-*", *_LEFT_ASIDE) for path in build.glob(pattern)]
        for path in left:
            if path.lstat().st_uid == system.user():
                files.remove(path)
        if count:
            yield f"{count} former {'release' if count == 1 else 'releases'} removed"
        if any(path.name.startswith(CACHE) for path in left):
            yield "what was kept for the next build removed: that build takes longer, once"
