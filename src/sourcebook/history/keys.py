# SPDX-License-Identifier: Apache-2.0
"""``keys.csv``: all keys that records ever had, since when, until when, and what ended them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sourcebook.history.model import ADDED, REMOVED, RENAMED, Version, time_of

HEADINGS = ("collection", "key", "since", "until", "how")
_MOST = 64 * 1024 * 1024  # bytes of such a file


class Known(NamedTuple):
    """A key: from which day a record has it, and until which; ``how`` it ended, where it did."""

    since: str = ""
    until: str = ""
    how: str = ""


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
    now = set(there)
    for here in now:
        known = found.get(here)
        found[here] = Known(known.since) if known else Known()
    return found


def merged(
    keys: Keys, before: Iterable[Keys], there: Collection[tuple[str, str]], day: str
) -> dict[tuple[str, str], Known]:
    """The keys with those that others knew ``before``; what of these is not there any more ended on ``day``."""
    found = dict(keys)
    for others in before:
        for here, known in others.items():
            if here not in found:
                ended = known if known.until or here in there else Known(known.since, day, "removed")
                found[here] = ended
    return found


def ended(keys: Keys, how: Keys, there: Collection[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """The keys with what the book itself says ended some of them: ``how``, unless these are ``there``."""
    found = dict(keys)
    for here, told in how.items():
        if here not in there:
            found[here] = Known(found.get(here, Known()).since, told.until, told.how)
    return found


def written(keys: Keys) -> str:
    """The file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows((*here, *known) for here, known in sorted(keys.items()))
    return text.getvalue()


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
