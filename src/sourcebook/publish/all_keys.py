# SPDX-License-Identifier: Apache-2.0
"""``keys.csv`` of a release: all keys that records ever had, as git, kept versions and the last release know them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from sourcebook.book import Book
from sourcebook.book.visibility import today
from sourcebook.errors import EnvironmentFailure, UsageError
from sourcebook.files import kind, open_below
from sourcebook.history.keys import Keys, Known, end, merge, read, written
from sourcebook.history.model import KEYS
from sourcebook.history.past import Past
from sourcebook.publish import release
from sourcebook.publish.kept import kept
from sourcebook.publish.key import key_of
from sourcebook.publish.seal import is_sealed

_MOST = 64 * 1024 * 1024  # bytes of such a file


def write_keys(
    book: Book, past: Past, there: Collection[tuple[str, str]], hidden: frozenset[tuple[str, str]], work: Path
) -> None:
    """Write the file into the folder ``work``: ``there`` are the records of the release, ``hidden`` those of which
    nothing is public, whose keys stand nowhere. Raises OSError.
    """
    day = today()
    found = past.keys(there, day)
    merge(found, _known_before(book, past), there, day)
    for here in hidden:
        found.pop(here, None)
    how = {(one.collection, one.key): Known(until=one.on, how=one.how) for one in book.withdrawn if not one.property}
    end(found, how, there)
    with (work / KEYS).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(written(found))


def _known_before(book: Book, past: Past) -> Iterator[Keys]:
    """The keys of kept versions; where git does not tell the history, those of the last release too."""
    if not past.tells:
        with suppress(UsageError, EnvironmentFailure, OSError):
            last = release.current(book.build)
            if is_sealed(last, release.REPORT, release.SUMS, key_of(book.root)):
                yield _read(last)
    with suppress(EnvironmentFailure, OSError):
        for version in kept(book.build):
            yield _read(version.folder)


def _read(folder: Path) -> Keys:
    if kind(folder / KEYS) != "file":
        return {}
    with open(open_below(folder, KEYS), "rb") as file:
        return read(file.read(_MOST + 1))
