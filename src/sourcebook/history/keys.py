# SPDX-License-Identifier: Apache-2.0
"""``keys.csv``: all keys that records ever had, since when, until when, and what ended them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sourcebook.history.model import ADDED, REMOVED, RENAMED, Version, time_of

HEADINGS = ("collection", "key", "since", "until", "how")
_MOST = 64 * 1024 * 1024  # bytes of such a file


class Known(NamedTuple):
    """A key: from which day a record has it, and until which; ``how`` it ended, where it did."""

    since: str = ""
    until: str = ""
    how: str = ""


_NEW = Known()  # one for all, for there are many

Keys = Mapping[tuple[str, str], Known]


def keys_of(versions: Sequence[Version], there: Iterable[tuple[str, str]], day: str) -> dict[tuple[str, str], Known]:
    """All keys that versions tell of, and those that are ``there``; what ended without a commit did so on ``day``."""
    found: dict[tuple[str, str], Known] = {}
    for version in versions:
        on = time_of(version)[1] or ""
        fresh = {(told.collection, told.key) for told in version.changes if told.kind in (ADDED, RENAMED)}
        for told in version.changes:
            here = (told.collection, told.key)
            if told.kind in (ADDED, RENAMED):
                found[here] = Known(found[here].since if here in found else on)
            if told.kind == REMOVED:
                found[here] = Known(found.get(here, Known()).since, on or day, "removed")
            if told.kind == RENAMED:
                before = (told.collection, told.old_key or "")
                if before not in fresh:
                    found[before] = Known(found.get(before, Known()).since, on or day, "renamed")
    for here in there:
        known = found.get(here)
        found[here] = Known(known.since) if known else _NEW
    return found


def merge(
    keys: dict[tuple[str, str], Known], before: Iterable[Keys], there: Container[tuple[str, str]], day: str
) -> None:
    """Add to the keys those that others knew ``before``; what of these is not there any more ended on ``day``."""
    for others in before:
        for here, known in others.items():
            if here not in keys:
                keys[here] = known if known.until or here in there else Known(known.since, day, "removed")


def end(keys: dict[tuple[str, str], Known], how: Keys, there: Container[tuple[str, str]]) -> None:
    """Have the keys end as the book itself says that some did: ``how``, unless these are ``there``."""
    for here, told in how.items():
        if here not in there:
            keys[here] = Known(keys.get(here, _NEW).since, told.until, told.how)


def adding(text: io.StringIO) -> Callable[[Sequence[str]], object]:
    """What adds a row of the file to a ``text``: a key that has a CR too is one that can be read again."""
    plain = csv.writer(text, lineterminator="\n")
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)  # not all Pythons quote a CR that is alone

    def add(row: Sequence[str]) -> object:
        return (quoted if any("\r" in cell for cell in row) else plain).writerow(row)

    return add


def written(keys: Keys) -> Iterator[str]:
    """The file, piece by piece."""
    text = io.StringIO()
    add = adding(text)
    add(HEADINGS)
    for number, here in enumerate(sorted(keys), start=1):
        add((*here, *keys[here]))
        if number % _AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


_AT_ONCE = 1_000  # lines


def read(data: bytes) -> dict[tuple[str, str], Known]:
    """The keys of such a file; none where it is no such file."""
    if len(data) > _MOST:
        return {}
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return {}
    if not rows or tuple(rows[0]) != HEADINGS:
        return {}
    return {(row[0], row[1]): Known(*row[2:]) for row in rows[1:] if len(row) == len(HEADINGS)}
