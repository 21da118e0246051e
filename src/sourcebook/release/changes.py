# SPDX-License-Identifier: Apache-2.0
"""What a release changes since the version before it, as it is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sourcebook.changeset import between
from sourcebook.errors import UsageError
from sourcebook.publish.versions import Version


@dataclass(frozen=True)
class Changes:
    """The change set after the version ``after``, as bytes, and how many records changed how.

    ``breaking`` are the changes of tables that break a reader, in words; ``lacking`` is why there is no change set.
    """

    data: bytes | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    breaking: tuple[str, ...] = ()
    after: str = ""
    lacking: str = ""


def changes_since(before: Version | None, release: Path, number: int) -> Changes:
    """What makes the ``release`` in a folder of the version ``before``, both as published.

    Without one, all of its ``number`` of records are new, and there is no change set.
    """
    if before is None:
        return Changes(counts={"added": number, "changed": 0, "removed": 0, "renamed": 0})
    try:
        found = between(before.folder, release)
    except UsageError as error:  # kept by a toolkit that did not say all that a set is made of
        return Changes(lacking=f"what changed since {before.version} is not kept beside it: {error}")
    breaking = tuple(str(one["words"]) for one in found.tables if one["breaks"])
    data = found.text().encode("utf-8", "surrogatepass")
    return Changes(data, found.counts, breaking, before.version)
