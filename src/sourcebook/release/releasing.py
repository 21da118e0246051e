# SPDX-License-Identifier: Apache-2.0
"""Which of its two states the verb is in: the next version is to be prepared, or one that is prepared to be made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime

from sourcebook.book import Book, Folder, load_book
from sourcebook.diff.compare import diff
from sourcebook.diff.model import Compared
from sourcebook.edit.model import Proposal, Refused
from sourcebook.errors import UsageError
from sourcebook.publish.versions import fits
from sourcebook.release import changelog
from sourcebook.release.making import Making
from sourcebook.release.numbering import Level, scheme
from sourcebook.release.preparing import Preparing, next_version, places
from sourcebook.release.standing import Last, Standing
from sourcebook.release.tagging import Tagging, untagged
from sourcebook.release.weight import Weight, weight

_LEVELS = {str(one): one for one in Level}


def release(
    folder: Folder, *, level: str = "", version: str = "", tag: bool = False, force: bool = False
) -> Proposal | Making | Tagging:
    """The next step to a release of the book in ``folder``: a proposal that prepares one, or one that is to be made.

    Where the version that the descriptor says was released already (it has a tag, or is kept), the next one is
    prepared: by ``level`` ("major", "minor", "patch"), as ``version``, or as the changes since ask for. Where it was
    not, it is to be made, unless another one is asked for. Where a ``tag`` is wanted of a version that is kept and has
    none, that is to be tagged. Nothing is written. Raises Refused where the changes ask for more than was asked for
    (``force`` takes it), or a commit is to be tagged that is not HEAD, UsageError where there is no book, or
    ``version`` can be no name.
    """
    book = load_book(folder)
    if not book.collections:
        raise Refused("the descriptor has errors, so that nothing can be released; run `sourcebook check`")
    if version and not fits(version):  # before it stands in the descriptor, of which nothing could be released then
        raise UsageError(f"{version!r} can be no name of a release: letters, digits, dots and hyphens can")
    if level and version:
        raise Refused("say --version or how much larger it is to be, and not both")
    if level and level not in _LEVELS:
        raise Refused(f"a version is larger by major, minor or patch, and not by {level!r}")
    standing = Standing(book)
    kept = untagged(standing, version or standing.version) if tag and not level else None
    if kept and not (version and kept.commit == standing.head):  # which makes it again, compares, and tags it
        return Tagging(standing, kept)
    last = standing.last
    again = bool(version) and version == standing.version and not _unprepared(book, standing, last)
    if again or not (standing.released or level or version):
        if not standing.version:
            raise Refused("the descriptor says no version: say the first one with --version")
        return Making(book, standing, last if last and last.version != standing.version else None, force=force)
    return _prepared(book, last, _LEVELS.get(level), version, force=force)


def _unprepared(book: Book, standing: Standing, last: Last | None) -> bool:
    """Whether a version that the descriptor says is told nowhere yet: the first one, which nobody has prepared."""
    path = places(book).get("changelog")
    if last or standing.kept or not path:
        return False
    there = book.root / path
    if not there.is_file() or there.is_symlink():
        return True
    return standing.version not in changelog.versions_in(there.read_text("utf-8", "replace"))


def _prepared(book: Book, last: Last | None, level: Level | None, version: str, *, force: bool) -> Proposal:
    compared = _compared(book, last) if last else None
    found = weight(compared) if compared else Weight(Level.MAJOR, ("nothing was released before",), ())
    today = day_of_release()
    new = next_version(last, found, level, version, today, force=force)
    what = f"release {new}, after {last.version}" if last else f"release {new}, the first"
    return Preparing(book, new, today.isoformat(), compared).proposal(what, list(_why(last, new, found, compared)))


def _compared(book: Book, last: Last) -> Compared:
    """What changed for readers since the last version. Raises Refused where a file cannot be read."""
    compared = diff(book.root, last.side, public=True)
    if compared.notes:  # what is told in public does not say which file it is
        unread = next((one for one in diff(book.root, last.side).unreadable if one.side == "new"), None)
        if unread:
            raise Refused(f"what changed cannot be told: {unread.finding}")
    return compared


def day_of_release() -> date:
    """Today in UTC, or the day that SOURCE_DATE_EPOCH says (https://reproducible-builds.org/specs/source-date-epoch/)."""
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(said), UTC).date() if said.isdecimal() else datetime.now(UTC).date()


def _why(last: Last | None, new: str, found: Weight, compared: Compared | None) -> Iterator[str]:
    for one in found.breaking:
        yield f"breaks readers of the database: {one}"
    yield from (one for one in found.why if one not in found.breaking)
    if last and found.breaking and scheme(new) in ("months", "days"):
        yield f"a version by the calendar, such as {new}, does not show that: say it in the changelog"
    yield from compared.notes if compared else ()
